// What the two languages share: written once, matched by name, and refused where it does not fit.

import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { EngineError } from "thalweg";
import { describe, expect, it } from "vitest";
import * as abi from "../../assembly/abi.js";
import { type Given, inOrder, type Registered } from "../../bindings/engine/fields.js";
import { lawJoined, ruleAdam, searchBacktracking } from "../../bindings/values/contract.js";
import { testEngine } from "./engine.js";

describe("codes that saved files hold", () => {
  // A checkpoint holds the records of its schedules, and a description as JSON the code of its law.
  it("stay what they are", () => {
    expect(Object.fromEntries(Object.entries(abi).filter(([name]) => name in pinned))).toEqual(pinned);
    const others = Object.keys(abi).filter((name) => /^schedule(?!Count|Header|EntryBytes)[A-Z]/.test(name));
    expect(Object.keys(pinned)).toEqual(expect.arrayContaining(others));
  });
  const pinned = {
    scheduleConstant: 0,
    scheduleStep: 1,
    scheduleMultiStep: 2,
    scheduleExponential: 3,
    scheduleInverseTime: 4,
    scheduleInverseSquareRoot: 5,
    scheduleLinear: 6,
    schedulePolynomial: 7,
    scheduleCosine: 8,
    scheduleWarmRestarts: 9,
    scheduleWarmUp: 10,
    scheduleOneCycle: 11,
    scheduleWarmupStableDecay: 12,
    scheduleCyclic: 13,
    schedulePlateau: 14,
    scheduleJoined: 15,
    scheduleScaled: 16,
    scheduleTable: 17,
    // Words of a record, and what t counts.
    scheduleCode: 0,
    scheduleWords: 1,
    scheduleUnit: 2,
    unitStep: 0,
    unitEpoch: 1,
    // Where the state of a plateau begins, in bytes of its fields.
    plateauRate: 80,
    plateauBytes: 136,
  };
});

describe("fields", () => {
  it("are matched by name, whatever their order", () => {
    const given = { beta2: 0.999, maximum: 0, epsilon: 1e-8, learningRate: 0.1, corrections: 3, beta1: 0.9 };
    const ordered = inOrder(ruleAdam, { ...given, placement: 1, epsilonRoot: 2 });
    expect(ordered).toEqual([0.1, 0.9, 0.999, 1e-8, 1, 2, 3, 0]);
  });

  it("that are missing or unknown do not compile", () => {
    const describe = <R extends Registered, Got>(_: R, given: Got & Given<R, number, Got>): unknown => given;
    describe(searchBacktracking, { cubic: 1, factor: 0.5, sufficientDecrease: 0.1 });
    // @ts-expect-error factor is missing
    describe(searchBacktracking, { cubic: 1, sufficientDecrease: 0.1 });
    // @ts-expect-error none is called shrink
    describe(searchBacktracking, { cubic: 1, factor: 0.5, sufficientDecrease: 0.1, shrink: 1 });
    const named = { boundaryCount: 1, boundaries: 2 };
    // @ts-expect-error none is called boundaries
    describe(lawJoined, named);
  });
});

describe("a slip in assembly/ is refused by scripts/contract.mjs:", () => {
  const root = process.cwd();
  const written = (file: string, from: string, to: string): string => {
    const copy = mkdtempSync(join(tmpdir(), "thalweg-contract-"));
    try {
      cpSync(join(root, "assembly"), join(copy, "assembly"), { recursive: true });
      cpSync(join(root, "bindings/optimizers"), join(copy, "bindings/optimizers"), { recursive: true });
      const path = join(copy, "assembly", file);
      const text = readFileSync(path, "utf8");
      expect(text).toContain(from);
      writeFileSync(path, text.replace(from, to));
      const script = pathToFileURL(join(root, "scripts/contract.mjs")).href;
      const source =
        `import(${JSON.stringify(script)}).then((contract) => contract.writeContract())` +
        ".catch((error) => console.log(error.message))";
      return execFileSync(process.execPath, ["-e", source], { cwd: copy, encoding: "utf8" });
    } finally {
      rmSync(copy, { recursive: true });
    }
  };
  it.each([
    [
      "a search that reads what it does not say it needs",
      "minimizers/searches/moreThuente.ts",
      "requestValue | requestGradient);",
      "requestValue);",
      /moreThuente\.ts:\d+: searchMoreThuente uses what requestGradient asks for, .* Add requestGradient\./,
    ],
    [
      "a direction that asks for what it does not say",
      "minimizers/directions/newton.ts",
      "directionDamped, requestHessian);",
      "directionDamped);",
      /newton\.ts:\d+: directionDamped uses what requestHessian asks for/,
    ],
    [
      "a law whose code is not pinned",
      "schedules/cosine.ts",
      "registerLaw<Cosine>(scheduleCosine)",
      "registerLaw<Cosine>(scheduleSine)",
      /cosine\.ts:\d+: assembly\/numbers\.ts has no number for scheduleSine\. Add it there/,
    ],
    [
      "a code that is there twice",
      "optimizers/lion.ts",
      "registerRule<Lion>(ruleLion)",
      "registerRule<Lion>(ruleAdam)",
      /ruleAdam is registered twice/,
    ],
    ["a field that is no number", "optimizers/sgd.ts", "learningRate: f64;", "learningRate: Sgd;", /must be a number/],
  ] as const)("%s", (_, file, from, to, sentence) => {
    expect(written(file, from, to)).toMatch(sentence);
  });
});

it("a program at address 0 traps, and breaks its engine", async () => {
  const engine = await testEngine();
  expect(() => engine.call((core) => core.run(0, 0, 0))).toThrow(EngineError);
  expect(() => engine.allocate(64)).toThrow("broken by an earlier trap");
});
