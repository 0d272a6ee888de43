// Random programs of ops, with all shapes, types and special values: see programs.ts for what has to agree, random.ts for
// the environment variables.

import * as thalweg from "thalweg";
import { compile, type Tensor } from "thalweg";
import { expect, it } from "vitest";
import * as ops from "../../bindings/tensors/ops.js";
import { engineOf } from "./engines.js";
import { rows } from "./ops.js";
import { drawnOps, drawProgram } from "./programs.js";
import { drawnCases } from "./random.js";

it("every op that is exported has a row", async () => {
  const engine = await engineOf("release");
  const methods = new Set<string>();
  compile(engine, (x: Tensor) => {
    const prototype = Object.getPrototypeOf(x);
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype)))
      if (typeof value === "function") methods.add(name);
    return x;
  })(1);
  for (const own of ["constructor", "axis", "valueOf", "toJSON"]) methods.delete(own);
  const sources = Object.keys(ops).filter((name) => name in thalweg);
  expect(Object.keys(rows).sort()).toEqual([...methods, ...sources].sort());
});

drawnCases("programs", "programs.test.ts", 200, drawProgram);

it("every op was drawn", () => {
  if (process.env.THALWEG_CASE || process.env.THALWEG_CASES) return;
  expect(Object.keys(rows).filter((name) => !drawnOps.has(name))).toEqual([]);
});
