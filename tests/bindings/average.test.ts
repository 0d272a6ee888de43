// Averages of the weights: the recurrences in plain numbers, what reads them, that nothing else notices, and running
// statistics gathered anew for them.

import {
  adam,
  batchNorm,
  createTrainer,
  ema,
  linear,
  meanSquaredError,
  type NDArray,
  readSafetensors,
  sequential,
  sgd,
  swa,
  type Trainer,
  type TrainerOptions,
  tanh,
  writeSafetensors,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForEach } from "./engine.js";
import { expectClose, expectSameBits, flat, numbers } from "./numbers.js";

engineForEach();

const rows = 21;
const data = {
  inputs: { data: Float64Array.from(numbers(rows * 3)), shape: [rows, 3] },
  targets: { data: Float64Array.from(numbers(rows, -1, 1, 11)), shape: [rows, 1] },
};

function regression(options: Partial<TrainerOptions> = {}): Trainer {
  return createTrainer(engine, {
    model: sequential([linear(3, 7), tanh(), linear(7, 1)]),
    loss: meanSquaredError(),
    optimizer: adam({ learningRate: 0.05 }),
    dtype: "f64",
    seed: 3,
    average: ema({ decay: 0.75 }),
    ...options,
  });
}

const weights = (trainer: Trainer, which: "current" | "average" = "current"): number[] =>
  Object.values(trainer.parameters({ weights: which })).flatMap((array) => flat(array));

it.each([
  ["swa", swa({ every: 1, unit: "step" })],
  ["ema", ema({ decay: 0.5 })],
])("the first weights of %s do not depend on what lay in memory before, not even in the sign of 0", (_, average) => {
  const make = (): Trainer => regression({ average, groups: [{ match: "0.*", frozen: true }] });
  const zeros = { data: new Float64Array(21).fill(-0), shape: [3, 7] };
  const stale = make();
  stale.setParameters({ "0.weight": { data: new Float64Array(21).fill(3), shape: [3, 7] } });
  stale.save();
  for (const trainer of [stale, make()]) {
    trainer.setParameters({ "0.weight": zeros });
    trainer.step(data);
    expectSameBits(trainer.parameters({ weights: "average" })["0.weight"], zeros);
    trainer.free();
  }
});

describe.each([
  ["f64", 1e-15],
  ["f32", 3e-7],
] as const)("the average of %s weights", (dtype, tolerance) => {
  it("is w after the first update, then d a + (1 − d) w", () => {
    const trainer = regression({ dtype });
    expectSameBits(weights(trainer, "average"), weights(trainer), "before the first update");
    let average: number[] = [];
    for (let step = 1; step <= 8; step++) {
      trainer.step(data);
      const now = weights(trainer);
      average = step === 1 ? now : average.map((a, k) => 0.75 * a + 0.25 * (now[k] as number));
      expectClose(weights(trainer, "average"), average, 8 * tolerance, `after update ${step}`);
    }
  });

  it("changes nothing of the training, and is the weights with decay 0", () => {
    const kept = regression({ dtype, average: ema({ decay: 0 }) });
    const plain = createTrainer(engine, {
      model: kept.options.model,
      loss: kept.options.loss,
      optimizer: kept.options.optimizer,
      dtype,
      seed: 3,
    });
    for (let step = 0; step < 4; step++) {
      kept.step(data);
      plain.step(data);
    }
    expectSameBits(weights(kept), weights(plain));
    expectSameBits(weights(kept, "average"), weights(plain));
  });

  it("has the same bits for k steps, one by one, and on from a checkpoint", async () => {
    const together = regression({ dtype });
    await together.fit(data, { steps: 10, batchSize: rows, shuffle: false });
    const single = regression({ dtype });
    for (let step = 0; step < 5; step++) single.step(data);
    const other = regression({ dtype });
    other.restore(single.save());
    for (let step = 0; step < 5; step++) other.step(data);
    expectSameBits(weights(other, "average"), weights(together, "average"));
    expectSameBits(weights(other), weights(together));
  });

  it("is what evaluate and predict read on request, and only then", () => {
    const trainer = regression({ dtype });
    for (let step = 0; step < 5; step++) trainer.step(data);
    const other = regression({ dtype });
    other.setParameters(trainer.parameters({ weights: "average" }));
    const current = trainer.evaluate(data);
    expect(trainer.evaluate(data, { weights: "average" })).toEqual(other.evaluate(data));
    expectSameBits(trainer.predict(data.inputs, { weights: "average" }), other.predict(data.inputs));
    expect(trainer.evaluate(data)).toEqual(current);
    expect(trainer.evaluate(data, { weights: "current" })).toEqual(current);
    expect(current).not.toEqual(other.evaluate(data));
  });
});

describe.each([
  ["f64", 1e-14],
  ["f32", 1e-6],
] as const)("the equal average of %s weights", (dtype, tolerance) => {
  const mean = (taken: readonly number[][]): number[] =>
    (taken[0] as number[]).map((_, k) => taken.reduce((sum, w) => sum + (w[k] as number), 0) / taken.length);

  it("is the mean of those after updates start, start + every, ..., and the weights before", () => {
    const trainer = regression({ dtype, average: swa({ start: 3, every: 2, unit: "step" }) });
    const taken: number[][] = [];
    for (let step = 1; step <= 12; step++) {
      trainer.step(data);
      if (step >= 3 && step % 2 === 1) taken.push(weights(trainer));
      expectClose(weights(trainer, "average"), taken.length > 0 ? mean(taken) : weights(trainer), tolerance);
    }
    expect(taken.length).toBe(5);
  });

  it("by epochs, is the mean of those at their ends", async () => {
    const trainer = regression({ dtype, average: swa({ start: 2, every: 3 }) });
    const taken: number[][] = [];
    for (let epoch = 1; epoch <= 8; epoch++) {
      await trainer.fit(data, { epochs: 1, batchSize: 8 });
      if (epoch === 2 || epoch === 5 || epoch === 8) taken.push(weights(trainer));
      expectClose(weights(trainer, "average"), taken.length > 0 ? mean(taken) : weights(trainer), tolerance);
    }
    const together = regression({ dtype, average: swa({ start: 2, every: 3 }) });
    await together.fit(data, { epochs: 8, batchSize: 8 });
    expectSameBits(weights(together, "average"), weights(trainer, "average"));
    // Steps outside of epochs end none.
    trainer.step(data);
    expectSameBits(weights(together, "average"), weights(trainer, "average"));
  });

  it("goes on from a checkpoint, also from one before the first weights are taken", async () => {
    const average = swa({ start: 4, every: 3, unit: "step" });
    const whole = regression({ dtype, average });
    await whole.fit(data, { steps: 14, batchSize: 8 });
    for (const first of [2, 8]) {
      const before = regression({ dtype, average });
      await before.fit(data, { steps: first, batchSize: 8 });
      const after = regression({ dtype, average, seed: 8 });
      after.restore(before.save());
      await after.fit(data, { steps: 14 - first, batchSize: 8 });
      expectSameBits(after.save(), whole.save());
      expectSameBits(weights(after, "average"), weights(whole, "average"));
    }
  });
});

describe("statistics gathered anew", () => {
  const normalized = (options: Partial<TrainerOptions> = {}): Trainer =>
    regression({ model: sequential([linear(3, 4), batchNorm(4), tanh(), linear(4, 1)]), ...options });

  /** Mean over batches of mean and unbiased variance of what the first layer answers: PyTorch's update_bn. */
  function updateBn({ "0.weight": w, "0.bias": b }: Record<string, NDArray>, cuts: readonly number[]) {
    const x = data.inputs.data;
    const means = new Array<number>(4).fill(0);
    const variances = new Array<number>(4).fill(0);
    for (let k = 0; k + 1 < cuts.length; k++) {
      const [from, to] = [cuts[k] as number, cuts[k + 1] as number];
      for (let unit = 0; unit < 4; unit++) {
        const y = Array.from({ length: to - from }, (_, row) =>
          [0, 1, 2].reduce(
            (sum, i) => sum + (x[3 * (from + row) + i] as number) * (w!.data[4 * i + unit] as number),
            b!.data[unit] as number,
          ),
        );
        const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
        const variance = y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (y.length - 1);
        means[unit] = (means[unit] as number) + (mean * y.length) / rows;
        variances[unit] = (variances[unit] as number) + (variance * y.length) / rows;
      }
    }
    return { means, variances };
  }

  it.each([
    ["all rows in one batch", {}, [0, rows]],
    ["batches of 7", { batchSize: 7 }, [0, 7, 14, 21]],
    ["batches of nearly one size", { batchSize: 10 }, [0, 7, 14, 21]],
    ["two batches", { batchSize: 20 }, [0, 10, 21]],
  ] as const)("are the means over %s, for either weights", async (_, options, cuts) => {
    const trainer = normalized({ average: swa({ unit: "step" }) });
    await trainer.fit(data, { steps: 20, batchSize: 7 });
    const before = trainer.parameters();
    for (const which of ["current", "average"] as const) {
      trainer.refreshStatistics(data, { ...options, weights: which });
      const { means, variances } = updateBn(trainer.parameters({ weights: which }), cuts);
      expectClose(trainer.state()["1.mean"], means, 1e-13);
      expectClose(trainer.state()["1.variance"], variances, 1e-13);
    }
    expect(trainer.parameters()).toEqual(before);
    expect(trainer.steps).toBe(20);
  });

  it("make evaluation of the average what it is in a trainer with those weights", async () => {
    const trainer = normalized({ average: swa({ unit: "step" }), dtype: "f32" });
    await trainer.fit(data, { steps: 20, batchSize: 7 });
    trainer.refreshStatistics(data, { weights: "average" });
    const other = normalized({ dtype: "f32" });
    other.setParameters(trainer.parameters({ weights: "average" }));
    other.refreshStatistics(data);
    expect(other.evaluate(data)).toEqual(trainer.evaluate(data, { weights: "average" }));
  });

  it("change nothing where there is no state, or no finite statistics", () => {
    const trainer = regression();
    const before = trainer.save();
    trainer.refreshStatistics(data);
    expectSameBits(trainer.save(), before);
    const broken = normalized();
    const kept = broken.save();
    const inputs = { data: new Float64Array(rows * 3).fill(1e200), shape: [rows, 3] };
    inputs.data[0] = -1e200;
    expect(() => broken.refreshStatistics({ inputs })).toThrow(/refreshStatistics: "1.variance" .*not finite/);
    expectSameBits(broken.save(), kept);
  });
});

it("a checkpoint of no update can be taken up", () => {
  const trainer = regression();
  const other = regression({ seed: 9 });
  other.restore(trainer.save());
  expectSameBits(weights(other), weights(trainer));
  expectSameBits(weights(other, "average"), weights(trainer));
});

it("a step that fails leaves the average", () => {
  const trainer = regression();
  trainer.step(data);
  trainer.step(data);
  const before = trainer.save();
  const inputs = { data: new Float64Array(rows * 3).fill(Number.NaN), shape: [rows, 3] };
  expect(() => trainer.step({ ...data, inputs })).toThrow(/not finite|NaN/);
  expectSameBits(trainer.save(), before);
});

describe("what is refused", () => {
  const wrong = (value: unknown): never => value as never;
  it.each([
    [
      "a decay of 1",
      () => ema({ decay: 1 }),
      RangeError,
      /ema: decay must be a number of at least 0 and below 1, got 1/,
    ],
    ["a negative decay", () => ema({ decay: -0.1 }), RangeError, /ema: decay must be/],
    ["a text", () => ema({ decay: wrong("0.9") }), TypeError, /ema: decay must be/],
    ["an unknown option", () => ema(wrong({ momentum: 0.9 })), TypeError, /ema: unknown option "momentum"/],
    ["a start of 0", () => swa({ start: 0 }), RangeError, /swa: start must be a whole number of at least 1, got 0/],
    ["every 1.5", () => swa({ every: 1.5 }), RangeError, /swa: every must be a whole number/],
    [
      "another unit",
      () => swa({ unit: wrong("batch") }),
      RangeError,
      /swa: unit must be "step" or "epoch", got "batch"/,
    ],
    ["a decay of swa", () => swa(wrong({ decay: 0.9 })), TypeError, /swa: unknown option "decay"/],
    [
      "a checkpoint of another kind of average",
      () => regression({ average: swa() }).restore(regression().save()),
      RangeError,
      /restore: .*average ema\(0\.75\).*average swa\(from 1 every 1, by epoch\)/,
    ],
    [
      "a damaged count of averaged weights",
      () => {
        const { tensors, metadata } = readSafetensors(regression({ average: swa() }).save());
        regression({ average: swa() }).restore(writeSafetensors(tensors, { ...metadata, averaged: "-1" }));
      },
      RangeError,
      /restore: .*averaged is -1/,
    ],
    [
      "statistics of an average that is not kept",
      () =>
        regression({ optimizer: sgd({ learningRate: 1 }), average: wrong(undefined) }).refreshStatistics(data, {
          weights: "average",
        }),
      RangeError,
      /refreshStatistics: the trainer has no average/,
    ],
    [
      "a batch of 0",
      () => regression().refreshStatistics(data, { batchSize: 0 }),
      RangeError,
      /refreshStatistics: batchSize must be a whole number of at least 1/,
    ],
    [
      "a number for the average",
      () => regression({ average: wrong(0.9) }),
      TypeError,
      /createTrainer: average must be/,
    ],
    [
      "an average that is not kept",
      () =>
        createTrainer(engine, { model: linear(3, 1), loss: meanSquaredError(), optimizer: adam() }).evaluate(data, {
          weights: "average",
        }),
      RangeError,
      /evaluate: the trainer has no average of its weights\. .*ema\(\)/,
    ],
    [
      "weights of an unknown kind",
      () => regression().predict(data.inputs, wrong({ weights: "mean" })),
      RangeError,
      /predict: weights must be "current" or "average", got "mean"/,
    ],
    [
      "a copy by JSON, which lacks its functions",
      () => regression(wrong({ average: JSON.parse(JSON.stringify(ema())) })),
      TypeError,
      /average must be an average of weights/,
    ],
    [
      "a checkpoint of another decay",
      () => regression({ average: ema() }).restore(regression().save()),
      RangeError,
      /restore: .*average ema\(0\.75\).*average ema\(0\.999\)/,
    ],
  ])("%s", (_, body, kind, sentence) => {
    expect(body).toThrow(kind);
    expect(body).toThrow(sentence);
  });
});
