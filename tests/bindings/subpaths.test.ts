// thalweg/minimizers, /curvature, /linalg and /schedules: the same functions as at the root, with an engine made there.

import { readdirSync, readFileSync } from "node:fs";
import * as thalweg from "thalweg";
import * as curvature from "thalweg/curvature";
import * as linalg from "thalweg/linalg";
import * as minimizers from "thalweg/minimizers";
import * as schedules from "thalweg/schedules";
import { expect, it } from "vitest";
import { testEngine } from "./engine.js";

/** What small programs do without, and few import. */
const ownOfMinimizers = new Set(
  (
    "compileObjective createSearch beale booth bowl3d himmelblau matyas misprintedBeale quadratic rastrigin rosenbrock " +
    "saddle sixHumpCamel styblinskiTang"
  ).split(" "),
);
const root: Readonly<Record<string, unknown>> = thalweg;

it.each(Object.entries({ curvature, linalg, minimizers, schedules }))(
  "thalweg/%s has what the root has, and no copy of it",
  (_, subpath) => {
    const names = Object.entries(subpath);
    expect(names.length).toBeGreaterThan(6);
    for (const [name, value] of names) if (!ownOfMinimizers.has(name)) expect(root[name], name).toBe(value);
  },
);

it("only thalweg/minimizers has the test functions and searches by steps", () => {
  for (const name of ownOfMinimizers) {
    expect(minimizers, name).toHaveProperty(name);
    expect(root, name).not.toHaveProperty(name);
  }
});

it("every entry for a host is run by a test", () => {
  const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as { exports: Record<string, object> };
  const texts = ["tests/hosts", "tests/hosts/hosts", "tests/package"].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.m?js$/.test(name))
      .map((name) => readFileSync(`${folder}/${name}`, "utf8")),
  );
  const conditions = Object.keys(exports["."] as object).filter((name) => name !== "types" && name !== "default");
  expect(conditions.length).toBeGreaterThan(4);
  for (const name of conditions)
    expect(
      texts.some((text) => new RegExp(`\\b${name}\\b`).test(text)),
      `a test in tests/hosts with ${name}`,
    ).toBe(true);
});

it("an engine of the root works with the functions of a subpath", async () => {
  const engine = await testEngine();
  const f = (x: thalweg.Tensor) => x.subtract([1, 2]).square().sum();
  expect(minimizers.minimizeSync(engine, f, [0, 0], minimizers.newton()).x.data).toEqual(Float64Array.of(1, 2));
  const surface = curvature.lossSurface(engine, f, [0, 0]);
  expect(curvature.criticalPoint(surface).kind).toBe(thalweg.criticalPoint(surface).kind);
  expect(
    linalg.solve(
      engine,
      [
        [2, 0],
        [0, 4],
      ],
      [2, 8],
    ).data,
  ).toEqual(Float64Array.of(1, 2));
  const halved = schedules.stepDecay({ initial: 1, length: 2, factor: 0.5 });
  expect(schedules.scheduleValues(engine, halved, 4)).toEqual(Float64Array.of(1, 1, 0.5, 0.5));
});
