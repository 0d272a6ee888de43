// Statistics of single steps: norms against what the trainer shows before and after, dead units against predictions by
// hand, and that asking for them changes no number of training.

import {
  adam,
  batchNorm,
  clipGlobalNorm,
  createTrainer,
  DivergenceError,
  dropout,
  type Engine,
  type FitProgress,
  type Layer,
  l2,
  linear,
  MemoryError,
  meanSquaredError,
  randomSearch,
  relu,
  residual,
  type StepStatistics,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Trainer,
  type TrainerOptions,
  tanh,
} from "thalweg";
import { measuredStep } from "thalweg/inspect";
import { beforeEach, describe, expect, it } from "vitest";
import { lossAt, samples, start, startArrays } from "./descent.js";
import { testEngine } from "./engine.js";
import { expectClose, expectSameBits, flat, numbers } from "./numbers.js";

let engine: Engine;
beforeEach(async () => {
  engine = await testEngine();
});

const rows = 23;
const x = numbers(rows * 4, -1, 1, 31);
const data = {
  inputs: { data: Float64Array.from(x), shape: [rows, 4] },
  targets: Int32Array.from(numbers(rows, 0, 3, 41), Math.floor),
};

function network(options: Partial<TrainerOptions> = {}): Trainer {
  return createTrainer(engine, {
    model: sequential([linear(4, 9), relu(), linear(9, 6), relu(), linear(6, 3)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.05 }),
    dtype: "f64",
    seed: 2,
    ...options,
  });
}

const asked = (trainer: Trainer, batch: Parameters<Trainer["step"]>[0] = data): StepStatistics =>
  measuredStep(trainer, batch).statistics;

/** The share of units of each hidden layer that are 0 for all of the given rows, in plain loops. */
function deadByHand(trainer: Trainer, order = [...Array(rows).keys()]): Record<string, number> {
  const parameters = trainer.parameters();
  const alive: Record<string, Set<number>> = { 1: new Set(), 3: new Set() };
  for (const row of order) {
    let h = x.slice(4 * row, 4 * row + 4);
    for (const [name, layer] of [
      ["1", "0"],
      ["3", "2"],
    ] as const) {
      const w = flat(parameters[`${layer}.weight`]);
      h = flat(parameters[`${layer}.bias`]).map((b, j, { length }) =>
        Math.max(
          0,
          h.reduce((sum, value, k) => sum + value * (w[k * length + j] as number), b),
        ),
      );
      for (const [j, value] of h.entries()) if (value > 0) alive[name]?.add(j);
    }
  }
  return { 1: 1 - (alive[1]?.size ?? 0) / 9, 3: 1 - (alive[3]?.size ?? 0) / 6 };
}

describe.each(["f32", "f64"] as const)("norms of a step in %s", (dtype) => {
  const tolerance = dtype === "f32" ? 1e-6 : 1e-13;

  it("are those of gradient, weights and update", () => {
    const optimizer = adam({ learningRate: 0.05, weightDecay: 0.1 });
    const trainer = network({ dtype, optimizer, gradient: [clipGlobalNorm(0.1)] });
    for (let t = 1; t <= 3; t++) {
      const before = trainer.parameters();
      const { gradientNorm, statistics } = measuredStep(trainer, data);
      const after = trainer.parameters();
      const { step, parameters } = statistics as StepStatistics;
      expect(step).toBe(t);
      expect(Object.keys(parameters)).toEqual(Object.keys(before));
      for (const [name, told] of Object.entries(parameters)) {
        const [w, now] = [flat(before[name]), flat(after[name])];
        const moved = Math.hypot(...w.map((value, k) => value - (now[k] as number)));
        expectClose(told.weightNorm, Math.hypot(...w), tolerance);
        expectClose(told.updateNorm, moved, tolerance);
        expect(told.updateRatio).toBe(told.updateNorm / told.weightNorm);
      }
      expectClose(Math.hypot(...Object.values(parameters).map((told) => told.gradientNorm)), gradientNorm, tolerance);
    }
  });

  it("of the gradient are those of loss and penalty by parameter, in micro-batches too", () => {
    for (const microBatch of [1024, 6]) {
      const trainer = createTrainer(engine, {
        model: linear(3, 2),
        loss: meanSquaredError(),
        optimizer: sgd({ learningRate: 0.1 }),
        penalty: l2(0.3),
        dtype,
        microBatch,
      });
      trainer.setParameters(startArrays);
      const { gradient } = lossAt(start);
      const { parameters } = asked(trainer, samples);
      const penalized = gradient.weight.map((g, k) => g + 0.6 * (start.weight[k] as number));
      expectClose(parameters.weight?.gradientNorm, Math.hypot(...penalized), tolerance);
      expectClose(parameters.bias?.gradientNorm, Math.hypot(...gradient.bias), tolerance);
    }
  });
});

describe("the update ratio", () => {
  it("is 0 of what does not move, and infinite of zeros that do", () => {
    const trainer = network({ groups: [{ match: "0.*", frozen: true }] });
    const { parameters } = asked(trainer);
    expect(parameters["0.weight"]).toMatchObject({ gradientNorm: 0, updateNorm: 0, updateRatio: 0 });
    expect(parameters["0.bias"]).toEqual({ gradientNorm: 0, weightNorm: 0, updateNorm: 0, updateRatio: 0 });
    expect(parameters["2.bias"]?.updateRatio).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("dead units", () => {
  it("are those that are 0 for the whole batch before the update", () => {
    for (const microBatch of [1024, 7, 1]) {
      const trainer = network({ microBatch });
      const { "0.bias": b } = trainer.parameters();
      trainer.setParameters({ "0.bias": { data: flat(b).map((_, j) => (j % 3 === 0 ? -9 : -0.4)), shape: [9] } });
      const wanted = deadByHand(trainer);
      expect(wanted[1]).toBeGreaterThan(0.3);
      expect(wanted[1]).toBeLessThan(1);
      expectClose(Object.values(asked(trainer).deadUnits), Object.values(wanted), 1e-15, `runs of ${microBatch}`);
    }
  });

  it("are named by layer, in blocks and of layers of one's own", () => {
    const own: Layer = {
      name: "gate",
      parameters: {},
      apply(_, input, context) {
        const y = input.greater(0).cast("f64");
        context.observe(y);
        context.observe(y.multiply(0));
        return y;
      },
    };
    const trainer = network({
      model: sequential([residual(sequential([linear(4, 4), relu()])), tanh(), own, linear(4, 3)]),
    });
    const { deadUnits } = asked(trainer);
    expect(Object.keys(deadUnits).sort()).toEqual(["0.block.1", "2", "2#2"]);
    expect(deadUnits["2#2"]).toBe(1);
    expect(asked(network({ model: linear(4, 3) })).deadUnits).toEqual({});
    expect(Object.keys(asked(network({ model: relu(), loss: meanSquaredError() }), samples4()).deadUnits)).toEqual([
      "",
    ]);
  });

  it("see the batch statistics and the masks of training", () => {
    // All that batch norm lets through is dropped with probability 0.99, the same draws as in the step.
    const model = sequential([linear(4, 30), batchNorm(30), dropout(0.99), relu(), linear(30, 3)]);
    const { deadUnits } = asked(network({ model }));
    expect(deadUnits[3]).toBeGreaterThan(0.6);
    expect(deadUnits[3]).toBeLessThan(1);
  });

  it("of an output that is not led by the batch are refused", () => {
    const bad: Layer = {
      name: "bad",
      parameters: {},
      apply(_, input, context) {
        context.observe(input.sum());
        return input;
      },
    };
    const trainer = network({ model: sequential([bad, linear(4, 3)]) });
    expect(() => trainer.step(data)).toThrow(
      /^step: context\.observe: the first axis must be the 23 rows of the batch/,
    );
  });
});

describe("a step that has no memory to be measured", () => {
  it("is not done", async () => {
    engine = await testEngine({ memoryLimit: 2 ** 22 });
    const trainer = network({ model: sequential([linear(4, 300), relu(), linear(300, 3)]), optimizer: adam() });
    trainer.step(data);
    const before = trainer.save();
    const taken: number[] = [];
    for (const bytes of [2 ** 18, 2 ** 14, 2 ** 10])
      expect(() => {
        for (;;) taken.push(engine.allocate(bytes));
      }).toThrow(MemoryError);
    expect(() => measuredStep(trainer, data)).toThrow(MemoryError);
    for (const address of taken) engine.release(address);
    expectSameBits(trainer.save(), before);
    expect(measuredStep(trainer, data).statistics.step).toBe(2);
  });
});

const samples4 = () => ({ inputs: data.inputs, targets: { data: x, shape: [rows, 4] } });
const all = (trainer: Trainer): number[] => Object.values(trainer.parameters()).flatMap((array) => flat(array));

describe("a run with statistics", () => {
  const everySteps = (trainer: Trainer, every: number, steps: number, batchSize = 5) =>
    trainer.fit(data, { steps, batchSize, statistics: { every } });

  it.each([1, 2, 3, 100])("measures every %i updates and changes no number", async (every) => {
    for (const microBatch of [1024, 2]) {
      const [quiet, measured] = [network({ microBatch }), network({ microBatch })];
      await quiet.fit(data, { steps: 14, batchSize: 5 });
      const { statistics } = await everySteps(measured, every, 14);
      expectSameBits(all(measured), all(quiet));
      expectSameBits(measured.save(), quiet.save());
      const wanted = Array.from({ length: 14 }, (_, k) => k + 1).filter((t) => t % every === 0);
      expect(statistics?.map(({ step }) => step)).toEqual(wanted);
    }
  });

  it("tells of each what a single step would have told", async () => {
    const [run, single] = [network(), network()];
    const { statistics } = await run.fit(data, { steps: 12, batchSize: 5, shuffle: false, statistics: { every: 1 } });
    for (let t = 0; t < 12; t++) {
      const from = 5 * (t % 5);
      const count = Math.min(5, rows - from);
      const wanted = deadByHand(
        single,
        Array.from({ length: count }, (_, k) => from + k),
      );
      const told = asked(single, {
        inputs: { data: Float64Array.from(x.slice(4 * from, 4 * (from + count))), shape: [count, 4] },
        targets: data.targets.slice(from, from + count),
      });
      expect(statistics?.[t]).toEqual(told);
      expectClose(Object.values(told.deadUnits), Object.values(wanted), 1e-15, `update ${t + 1}`);
    }
  });

  it("looks at the last batch of an epoch, kept or dropped, before the order changes", async () => {
    for (const lastBatch of ["keep", "drop"] as const) {
      const [often, rarely] = [network(), network()];
      const options = { steps: 15, batchSize: 5, lastBatch, validation: data };
      const all = (await often.fit(data, { ...options, statistics: { every: 1 } })).statistics;
      const some = (await rarely.fit(data, { ...options, statistics: { every: 5 } })).statistics;
      expect(some).toEqual(all?.filter(({ step }) => step % 5 === 0));
    }
  });

  it("shows them as it goes, counted over the life of the trainer", async () => {
    const trainer = network();
    await trainer.fit(data, { steps: 4, batchSize: 5 });
    const seen: FitProgress[] = [];
    const { statistics } = await trainer.fit(data, {
      steps: 5,
      batchSize: 5,
      statistics: { every: 3 },
      onProgress: (progress) => seen.push(progress),
    });
    expect(statistics?.map(({ step }) => step)).toEqual([6, 9]);
    expect(seen.flatMap((progress) => progress.statistics ?? [])).toEqual(statistics);
    expect((await trainer.fit(data, { steps: 5, batchSize: 5 })).statistics).toBeUndefined();
  });

  it("the gradient of an optimizer that uses none is 0, also with a penalty", async () => {
    const trainer = network({ optimizer: randomSearch({ scale: 0.1 }), penalty: l2(0.02) });
    const { statistics = [] } = await trainer.fit(data, { steps: 6, batchSize: 23, statistics: { every: 2 } });
    const norms = statistics.flatMap(({ parameters }) => Object.values(parameters).map((one) => one.gradientNorm));
    expect(norms.length).toBe(18);
    expect(new Set(norms)).toEqual(new Set([0]));
  });

  it("is as good after a step that diverged", () => {
    const make = (): Trainer => network({ model: linear(4, 4), loss: meanSquaredError() });
    const trainer = make();
    const huge = { ...samples4(), targets: { data: x.map(() => 1e300), shape: [rows, 4] } };
    expect(() => measuredStep(trainer, huge)).toThrow(DivergenceError);
    expect(asked(trainer, samples4())).toEqual(asked(make(), samples4()));
  });

  it.each([
    [{ every: 0 }, /fit: statistics\.every must be a whole number of at least 1, got 0/],
    [{ every: 1.5 }, /fit: statistics\.every must be a whole number/],
    [{}, /fit: statistics\.every must be a whole number of at least 1, got undefined/],
    [{ each: 1 }, /fit: statistics: unknown option "each"/],
    [3, /fit: statistics: options must be an object: got 3/],
  ])("refuses %o", (statistics, message) => {
    expect(() => network().fit(data, { steps: 1, statistics: statistics as never })).toThrow(message);
  });

  it("refuses a single step of what is no trainer", () => {
    expect(() => measuredStep(data as never, data)).toThrow(/measuredStep: the first argument must be a trainer/);
  });
});
