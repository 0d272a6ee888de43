// The learning-rate range test against updates written out, and what it leaves behind: nothing.

import {
  adam,
  cosineDecay,
  createDataset,
  createTrainer,
  findLearningRate,
  linear,
  meanSquaredError,
  type Optimizer,
  sgd,
  type Trainer,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForEach } from "./engine.js";
import { numbers } from "./numbers.js";

engineForEach();

const rows = 24;
const inputs = Array.from({ length: rows }, (_, k) => numbers(2, -1, 1, k + 1));
const targets = inputs.map(([a, b]) => [2 * (a as number) - (b as number) + 0.5]);
const samples = { inputs, targets };

const create = (optimizer: Optimizer): Trainer =>
  createTrainer(engine, { model: linear(2, 1), loss: meanSquaredError(), optimizer, dtype: "f64", seed: 6 });

/** Losses of updates on all rows with these rates, in plain JavaScript. */
function plainLosses(trainer: Trainer, rates: ArrayLike<number>): number[] {
  const { weight, bias } = trainer.parameters();
  const w = Array.from(weight?.data ?? []);
  let b = bias?.data[0] as number;
  return Array.from(rates, (rate) => {
    const errors = inputs.map(([x, y], k) => {
      const line = (x as number) * (w[0] as number) + (y as number) * (w[1] as number) + b;
      return line - (targets[k]?.[0] as number);
    });
    const loss = errors.reduce((sum, error) => sum + error * error, 0) / rows;
    for (const j of [0, 1]) {
      const slope = errors.reduce((sum, error, k) => sum + (2 * error * (inputs[k]?.[j] as number)) / rows, 0);
      w[j] = (w[j] as number) - rate * slope;
    }
    b -= (rate * errors.reduce((sum, error) => sum + 2 * error, 0)) / rows;
    return loss;
  });
}

describe("the range test", () => {
  it("does updates with rates that grow by one factor, and suggests where the loss falls fastest", () => {
    const trainer = create(sgd({ learningRate: 0.5 }));
    const got = findLearningRate(trainer, samples, { from: 1e-4, to: 1, steps: 9, batchSize: 100, smoothing: 0 });
    const expected = plainLosses(trainer, got.rates);
    expect(got.rates.length).toBe(9);
    for (const [k, rate] of got.rates.entries()) expect(rate).toBeCloseTo(1e-4 * 10 ** (k / 2), 12);
    for (const [k, loss] of expected.entries()) expect(got.losses[k]).toBeCloseTo(loss, 12);
    expect(got.smoothed).toEqual(got.losses);
    const drops = expected.slice(2).map((loss, k) => (expected[k] as number) - loss);
    expect(got.suggestion).toBe(got.rates[drops.indexOf(Math.max(...drops)) + 1]);
  });

  it("rates are powers within two units in the last place, and the same bits everywhere", () => {
    const { rates } = findLearningRate(create(sgd({ learningRate: 1e-9 })), samples, {
      ...{ from: 2 ** -10, to: 1, steps: 11, divergence: 1e300 },
    });
    for (const [k, rate] of rates.entries()) expect(Math.abs(rate / 2 ** (k - 10) - 1)).toBeLessThanOrEqual(2 ** -51);
    const { rates: tenths } = findLearningRate(create(sgd({ learningRate: 1e-9 })), samples, {
      ...{ from: 1e-3, to: 1, steps: 7, divergence: 1e300 },
    });
    expect(Array.from(tenths)).toEqual([
      0.001, 0.003162277660168379, 0.009999999999999998, 0.03162277660168379, 0.09999999999999998, 0.31622776601683805,
      1,
    ]);
  });

  it("a data set in the engine gives the numbers of its arrays", () => {
    const options = { from: 1e-3, steps: 20, batchSize: 7 };
    const resident = createDataset(engine, samples);
    const trainer = create(adam());
    expect(findLearningRate(trainer, resident, options)).toEqual(findLearningRate(trainer, samples, options));
    resident.free();
  });

  it("batches come from one order of all rows, again and again", () => {
    // The loss of the k-th batch at a rate that changes nothing is the mean of the errors of its rows.
    const trainer = create(sgd({ learningRate: 1 }));
    const { losses } = findLearningRate(trainer, samples, { ...{ from: 1e-300, to: 1e-299, steps: 9, batchSize: 8 } });
    for (const k of [0, 1, 2]) expect([losses[k + 3], losses[k + 6]]).toEqual([losses[k], losses[k]]);
    const whole = trainer.evaluate(samples).loss;
    expect(((losses[0] as number) + (losses[1] as number) + (losses[2] as number)) / 3).toBeCloseTo(whole, 12);
  });

  it("smooths without bias", () => {
    const beta = 0.8;
    const { losses, smoothed } = findLearningRate(create(sgd({ learningRate: 1 })), samples, {
      steps: 20,
      batchSize: 5,
      smoothing: beta,
    });
    for (const [k, value] of smoothed.entries()) {
      const weights = Array.from({ length: k + 1 }, (_, t) => beta ** (k - t));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      expect(value).toBeCloseTo(
        weights.reduce((sum, weight, t) => sum + weight * (losses[t] as number), 0) / total,
        12,
      );
    }
  });

  it.each([
    ["sgd", () => sgd({ learningRate: 0.1, momentum: 0.9 })],
    ["adam with a schedule", () => adam({ learningRate: cosineDecay({ initial: 0.1, length: 50 }) })],
  ] as const)("leaves no trace: %s", (_, optimizer) => {
    const trainer = create(optimizer());
    const untouched = create(optimizer());
    for (const each of [trainer, untouched]) for (let k = 0; k < 3; k++) each.step(samples);
    const before = trainer.save();
    // Up to rates at which the loss goes away.
    const { rates, losses } = findLearningRate(trainer, samples, { to: 1e6, batchSize: 7, divergence: 1e300 });
    expect(losses.length).toBe(rates.length);
    expect(losses.length).toBeGreaterThan(40);
    expect(trainer.save()).toEqual(before);
    expect(trainer.learningRate).toBe(untouched.learningRate);
    for (let k = 0; k < 3; k++) expect(trainer.step(samples)).toEqual(untouched.step(samples));
    expect(trainer.save()).toEqual(untouched.save());
  });

  it("leaves no trace when it throws", () => {
    const trainer = create(sgd({ learningRate: 0.1 }));
    const before = trainer.save();
    expect(() => findLearningRate(trainer, { inputs: [[1], [2]], targets: [[1], [2]] })).toThrow();
    expect(trainer.save()).toEqual(before);
    expect(trainer.learningRate).toBe(0.1);
  });

  it("ends where the loss is a multiple of its least", () => {
    const trainer = create(sgd({ learningRate: 0.1 }));
    const { rates, smoothed } = findLearningRate(trainer, samples, { to: 1e4 });
    expect(rates.length).toBeLessThan(100);
    expect(smoothed.findIndex((value, k) => value > 4 * Math.min(...smoothed.slice(0, k + 1)))).toBe(
      smoothed.length - 1,
    );
  });

  it.each([
    [{ from: 0 }, "from must be a positive number"],
    [{ from: 1, to: 0.5 }, "to must be"],
    [{ steps: 1 }, "steps must be"],
    [{ batchSize: 0 }, "batchSize must be"],
    [{ smoothing: 1 }, "smoothing must be"],
    [{ divergence: 1 }, "divergence must be"],
    [{ seed: 0.5 }, "seed must be"],
    [{ rates: 3 }, 'unknown option "rates"'],
  ])("refuses %j", (options, sentence) => {
    expect(() => findLearningRate(create(sgd({ learningRate: 0.1 })), samples, options as object)).toThrow(sentence);
  });
});
