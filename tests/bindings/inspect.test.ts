// explain, profile and diagnose: programs whose ops are known, sums that agree with what a program says it costs, and
// numbers that stop being finite at a known layer, op and row.

import { readFileSync } from "node:fs";
import {
  adam,
  batchNorm,
  compile,
  constantInitializer,
  createEngine,
  createTrainer,
  DivergenceError,
  dropout,
  EngineError,
  grad,
  hessian,
  hvp,
  jacobian,
  type Layer,
  l2,
  linear,
  meanSquaredError,
  relu,
  residual,
  type Samples,
  sam,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
  type Trainer,
  type TrainerOptions,
  tanh,
  valueAndGrad,
} from "thalweg";
import { type Diagnosis, diagnose, explain, profile } from "thalweg/inspect";
import { describe, expect, it } from "vitest";
import * as abi from "../../assembly/abi.js";
import * as fields from "../../bindings/engine/recordFields.js";
import { build, engine, engineForAll, testEngine } from "./engine.js";
import { parkMiller } from "./numbers.js";

engineForAll();

const page = readFileSync(new URL("../../docs/guide/explain.md", import.meta.url), "utf8");

/** A layer without parameters. */
const layerOf = (name: string, f: (x: Tensor) => Tensor): Layer => ({ name, parameters: {}, apply: (_, x) => f(x) });
const log = layerOf("log", (x) => x.log());

/** x times a constant, unless another start is given. */
const scale = (by = 1) => linear(1, 1, { bias: false, weight: constantInitializer(by) });

const trainerOf = (model: Layer, more: Partial<TrainerOptions> = {}): Trainer =>
  createTrainer(engine, { model, loss: meanSquaredError(), optimizer: sgd({ learningRate: 1e-3 }), ...more });

const column = (values: readonly number[]): Samples => ({
  inputs: values.map((value) => [value]),
  targets: values.map(() => [0]),
});

describe("explain", () => {
  it("lists a program as it is written", () => {
    const f = compile(engine, ({ w, x }: { w: Tensor; x: Tensor }) => x.matmul(w).add(1).relu().sum({ axes: 0 }));
    const given = {
      w: [
        [1, 2, 3],
        [4, 5, 6],
      ],
      x: { data: new Float64Array(8), shape: [4, 2] },
    };
    const { ops, ...costs } = explain(f, given);
    const { instructions, ...cost } = f.cost(given);
    expect(costs).toMatchObject(cost);
    expect(ops.length).toBe(instructions);
    const array = (shape: number[], space: string, offset: number, tile = false) => ({
      dtype: "f64",
      shape,
      space,
      offset,
      tile,
    });
    expect(ops[0]).toEqual({
      name: "matmul",
      layer: null,
      backward: false,
      output: array([4, 3], "scratch", 0),
      inputs: [array([4, 2], "argument1", 0), array([2, 3], "argument0", 0)],
      bytes: 8 * (12 + 8 + 6),
      flops: 2 * 4 * 2 * 3,
    });
    expect(ops.map(({ name, output }) => [name, output.tile, output.space])).toEqual([
      ["matmul", false, "scratch"],
      ["add", true, "scratch"],
      ["relu", false, "scratch"],
      ["sum", false, "results"],
    ]);
    expect(ops.at(-1)?.output.shape).toEqual([1, 3]);
  });

  it("leaves out what is repeated, and what reaches no result", () => {
    const f = compile(engine, (x) => {
      x.exp();
      return x.square().add(x.square()).sum();
    });
    expect(explain(f, [1, 2]).ops.map(({ name }) => name)).toEqual(["square", "add", "sum"]);
  });

  it("names the layers of a training program, and what their derivatives are", () => {
    const model = sequential([linear(2, 3), residual(sequential([linear(3, 3), tanh()])), linear(3, 1)]);
    const trainer = trainerOf(model);
    const samples = { inputs: { data: new Float32Array(8), shape: [4, 2] }, targets: [[1], [2], [3], [4]] };
    const explained = explain(trainer, samples);
    const { ops } = explained;
    const { instructions, ...cost } = trainer.cost(samples, 4);
    expect({ ...explained }).toMatchObject(cost);
    const sum = (what: "flops" | "bytes") => ops.reduce((total, op) => total + op[what], 0);
    expect([sum("flops"), sum("bytes")]).toEqual([cost.flops, cost.bytes]);
    expect(ops.length).toBe(instructions);
    const named = (backward: boolean) => ops.filter((op) => op.backward === backward);
    const layers = (backward: boolean) => [...new Set(named(backward).map(({ layer }) => layer))];
    expect(layers(false)).toEqual(["0", "1.block.0", "1.block.1", "1", "2", "loss"]);
    expect(layers(true)).toEqual(["loss", "2", "1.block.1", "1.block.0", "0"]);
    expect(
      named(false)
        .filter(({ layer }) => layer === "1")
        .map(({ name }) => name),
    ).toEqual(["add"]);
    // Each weight has its gradient from a product of its own layer.
    for (const layer of ["0", "1.block.0", "2"])
      expect(
        named(true).find((op) => op.layer === layer && op.name === "matmul" && op.output.space === "gradients"),
        layer,
      ).toBeTruthy();
  });

  it.each([
    ["rows that are given", 3, 3],
    ["all samples, at most microBatch", undefined, 8],
  ])("takes %s", (_, rows, first) => {
    const trainer = trainerOf(scale(), { microBatch: 8 });
    expect(explain(trainer, column([1, 2, 3, 4, 5, 6, 7, 8, 9]), rows).ops[0]?.output.shape).toEqual([first, 1]);
  });

  it("explains whatever is made of a function, and leaves it as it was", () => {
    const f = (x: Tensor) => x.square().sum().log();
    const made = [
      compile(engine, f),
      valueAndGrad(engine, f),
      grad(engine, f),
      jacobian(engine, f),
      hessian(engine, f),
    ];
    for (const g of made) {
      const before = JSON.stringify(g([1, 2]));
      const used = engine.bytesInUse;
      expect(explain(g as (typeof made)[0], [1, 2]).ops.map(({ name }) => name)).toContain("square");
      expect(engine.bytesInUse).toBe(used);
      expect(JSON.stringify(g([1, 2]))).toBe(before);
    }
    expect(explain(hvp(engine, f), [1, 2], [1, 0]).ops.some(({ backward }) => backward)).toBe(true);
  });

  it("prints the table of docs/guide/explain.md", () => {
    const f = compile(engine, (x) => x.square().sum());
    expect(page).toContain(`\n\`\`\`text\n${explain(f, [3, 4])}\n\`\`\`\n`);
  });

  it("refuses what has no program, by name, and an engine without notes", async () => {
    for (const wrong of [undefined, null, () => 1, engine, {}])
      expect(() => explain(wrong as unknown as Trainer, column([1]))).toThrowError(
        /explain: expected a trainer, or a function made by compile/,
      );
    expect(() => profile(wrongly as unknown as Trainer, column([1]))).toThrowError(/profile: expected a trainer/);
    expect(() => diagnose(wrongly as unknown as Trainer, column([1]))).toThrowError(/diagnose: .*a trainer/);
    const dense = await createEngine({ wasm: readFileSync(new URL("../../dist/thalweg.dense.wasm", import.meta.url)) });
    expect(() =>
      explain(
        compile(dense, (x) => x),
        [1],
      ),
    ).toThrowError(/explain: this engine was made from a feature set without/);
  });
  const wrongly = { free() {} };

  it("frees what it planned when the function throws, and plans without notes afterwards", () => {
    const used = engine.bytesInUse;
    const f = compile(engine, (x) => x.matmul(x));
    expect(() => explain(f, [[1, 2]])).toThrowError(/inner extents/);
    f.free();
    expect(engine.bytesInUse).toBe(used);
    expect(engine.inspector).toBeNull();
    if (build === "debug") return;
    const bytes = () => {
      const trainer = trainerOf(scale());
      trainer.step(column([1]));
      const at = trainer.programs.get("train", 1).program.address + abi.programConstants;
      return engine.word(at);
    };
    const before = bytes();
    explain(trainerOf(scale()), column([1]));
    expect(bytes()).toBe(before);
  });
});

describe("profile", () => {
  it("times every op of a function, and the whole", () => {
    const f = compile(engine, (x) => x.exp().add(1).log().sum());
    const { ops, microseconds, ...rest } = profile(
      f,
      Array.from({ length: 3000 }, (_, k) => k / 3000),
    );
    expect(ops.map(({ name }) => name)).toEqual(["fill", "exp", "add", "log", "sum"]);
    for (const op of ops) expect(op.microseconds).toBeGreaterThanOrEqual(0);
    expect(microseconds).toBeGreaterThanOrEqual(0);
    expect(ops.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 10);
    const lines = String({ toString: rest.toString }).split("\n");
    expect(lines[0]).toMatch(/^ *us +share +op +layer +Gflop\/s +output$/);
    expect(lines.length).toBe(6);
    expect(f([0])).toBeCloseTo(Math.log(2), 12);
  });

  it("changes nothing of a trainer", () => {
    const random = parkMiller(3);
    const inputs = Array.from({ length: 12 }, () => [random(), random()]);
    const samples = { inputs, targets: new Int32Array(12) };
    const model = sequential([linear(2, 5), batchNorm(5), relu(), dropout(0.5), linear(5, 2)]);
    const [one, other] = [1, 2].map(() =>
      trainerOf(model, { loss: softmaxCrossEntropy(), optimizer: adam(), seed: 4 }),
    );
    for (const trainer of [one!, other!]) {
      trainer.step(samples);
      if (trainer === one) {
        expect(profile(one, samples).ops.map(({ layer }) => layer)).toContain("1");
        explain(one, samples, 5);
        expect(diagnose(one, samples)).toBeNull();
      }
      trainer.step(samples);
    }
    expect(one!.save()).toEqual(other!.save());
  });
});

describe("diagnose", () => {
  /** Lets the trainer diverge, and says why. */
  function diagnosed(trainer: Trainer, samples: Samples): Diagnosis {
    const before = trainer.save();
    expect(() => trainer.step(samples)).toThrowError(DivergenceError);
    const found = diagnose(trainer, samples) as Diagnosis;
    expect(trainer.save()).toEqual(before);
    return found;
  }

  it.each(["f32", "f64"] as const)(
    "names a log of a negative number in the second layer, at its row, in %s",
    (dtype) => {
      const trainer = trainerOf(sequential([scale(2), log, scale()]), { dtype });
      const found = diagnosed(trainer, column([1, 3, 2, -1.5, 4, -7]));
      expect(found).toMatchObject({ layer: "1", row: 3, index: [3, 0], inputs: [-3] });
      expect(found.op).toMatchObject({ name: "log", backward: false, output: { shape: [6, 1], dtype } });
      expect(found.value).toBeNaN();
      expect(found.message).toBe('layer "1": log of [6, 1] is NaN at row 3, index [3, 0], made of -3.');
      expect(page).toContain(found.message);
    },
  );

  it("is what a DivergenceError points to", () => {
    const trainer = trainerOf(sequential([scale(), log]));
    expect(() => trainer.step(column([-1]))).toThrowError(/diagnose\(\) of thalweg\/inspect finds the op/);
  });

  it("counts rows over the runs of a step", () => {
    const trainer = trainerOf(sequential([scale(), log]), { microBatch: 4 });
    expect(diagnosed(trainer, column([1, 2, 3, 4, 5, 6, 7, 8, 9, -1, 2])).row).toBe(9);
  });

  it("finds the first op in program order, though tiles before show a later one", () => {
    const model = sequential([scale(), layerOf("wave", (x) => x.exp().negate().add(2).log())]);
    const values = Array.from({ length: 3000 }, (_, k) => (k === 5 ? 3 : k === 2500 ? 1000 : 0));
    const found = diagnosed(trainerOf(model, { microBatch: 3000 }), column(values));
    expect(found).toMatchObject({ layer: "1", row: 2500, value: Number.POSITIVE_INFINITY, inputs: [1000] });
    expect(found.op?.name).toBe("exp");
  });

  it("finds derivatives that are not finite where the loss is", () => {
    const root = layerOf("root", (x) => x.sqrt());
    const found = diagnosed(trainerOf(sequential([scale(), root]), { loss: meanSquaredError() }), column([1, 0, 4]));
    expect(found).toMatchObject({ layer: "1", row: 1 });
    expect(found.op?.backward).toBe(true);
  });

  it("says of a number of the weights alone no row", () => {
    const model: Layer = {
      ...scale(-1),
      name: "log weight",
      apply: (parameters, x) => x.multiply((parameters.weight as Tensor).log()),
    };
    expect(diagnosed(trainerOf(model), column([1]))).toMatchObject({ layer: "model", row: null, inputs: [-1] });
  });

  it("looks where a wrapper takes its gradient a second time", () => {
    // The gradient points to smaller w, by 0.1 there below 0.
    const trainer = trainerOf(sequential([scale(0.05), log]), {
      optimizer: sam(sgd({ learningRate: 1e-3 }), { radius: 0.1 }),
    });
    const found = diagnosed(trainer, { inputs: [[1]], targets: [[5]] });
    expect(found.op?.name).toBe("log");
    expect(found.inputs[0]).toBeCloseTo(-0.05, 6);
  });

  it("says so where every op is finite and the penalty is not", () => {
    const trainer = trainerOf(scale(1e200), { penalty: l2(1), dtype: "f64" });
    const found = diagnosed(trainer, column([0]));
    expect(found).toMatchObject({ op: null, layer: null, row: null });
    expect(found.message).toMatch(/Every op is finite/);
  });

  it.each([true, false])("repeats the batch at which fit stopped; shuffled: %s", async (shuffle) => {
    const values = Array.from({ length: 40 }, (_, k) => 1 + (k % 5));
    values[23] = -4;
    const samples = column(values);
    const trainer = trainerOf(sequential([scale(), log]), { seed: 7 });
    await expect((async () => trainer.fit(samples, { epochs: 3, batchSize: 6, shuffle }))()).rejects.toThrowError(
      DivergenceError,
    );
    const found = diagnose(trainer, samples) as Diagnosis;
    expect(found.row).toBe(23);
    expect(found.op?.output.shape[0]).toBeLessThanOrEqual(6);
    const weights = trainer.parameters()["0.weight"]?.data[0] as number;
    expect(found.inputs).toEqual([Math.fround(-4 * weights)]);
  });

  it("refuses a trainer in a run", async () => {
    const trainer = trainerOf(scale());
    const samples = column([1, 2]);
    const run = trainer.fit(samples, { steps: 2 });
    expect(() => diagnose(trainer, samples)).toThrowError(/a run is in progress/);
    expect(() => explain(trainer, samples)).toThrowError(/a run is in progress/);
    await run;
  });
});

it(`a trap names the op and its shapes in the debug build; this is ${build}`, async () => {
  const own = await testEngine();
  const trainer = createTrainer(own, {
    model: linear(2, 3),
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: 1 }),
  });
  const samples = { inputs: [[1, 2]], targets: [[1, 2, 3]] };
  trainer.step(samples);
  trainer.memory.set(fields.trainerParameters, 0xffff0000);
  const step = () => trainer.step(samples);
  expect(step).toThrowError(EngineError);
  const where = / in matmul, output and inputs \[1, 3\], \[1, 2\], \[2, 3\]/;
  expect(page).toMatch(where);
  if (build === "debug") expect(step).toThrowError(where);
  else expect(step).not.toThrowError(where);
});
