// Predictions with random layers drawing: masks of Philox as written from its paper, means and variances in closed form, the
// same numbers whatever the chunks, steps or earlier calls, and batch norm as in evaluation.

import {
  batchNorm,
  createTrainer,
  dropout,
  dropout2d,
  ema,
  flatten,
  functionSchedule,
  gaussianNoise,
  type Layer,
  linear,
  meanSquaredError,
  predictDraws,
  relu,
  residual,
  sequential,
  sgd,
  TraceError,
  type Trainer,
  type TrainerOptions,
} from "thalweg";
import { describe, expect, it } from "vitest";
import * as abi from "../../assembly/abi.js";
import { engine, engineForAll } from "./engine.js";
import { expectClose, expectSameBits } from "./numbers.js";
import { philox } from "./philox.js";

engineForAll();

const rate = 0.4;
const rowsOf = (rows: number, width = 3): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: width }, (_, j) => ((i * 31 + j * 17) % 13) / 4 - 1));

function make(layers: readonly Layer[], options: Partial<TrainerOptions> = {}): Trainer {
  return createTrainer(engine, {
    model: sequential([...layers]),
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: 0.01 }),
    seed: 7,
    ...options,
  });
}

describe("predictDraws", () => {
  it("drops by masks of its own stream: element by row, step by draw", () => {
    const seed = 2 ** 40 + 5;
    using trainer = make([linear(3, 3), dropout(rate)], { seed });
    const inputs = rowsOf(5);
    const plain = trainer.predict(inputs).data;
    const { data, shape } = predictDraws(trainer, inputs, { draws: 3, first: 2 });
    expect(shape).toEqual([3, 5, 3]);
    // Of the layers, containers first, dropout is number 2.
    const word = (draw: number, element: number): number =>
      philox([element >> 2, abi.streamPredict + 2, draw, 0], [5, 2 ** 8])[element & 3] as number;
    const scale = Math.fround(1 / (1 - rate));
    const wanted = Array.from({ length: 45 }, (_, at) => {
      const [draw, element] = [2 + Math.floor(at / 15), at % 15];
      const kept = (word(draw, element) >>> 8) / 2 ** 24 < 1 - rate ? 1 : 0;
      return Math.fround((plain[element] as number) * Math.fround(kept * scale)) + 0;
    });
    expectSameBits(
      Array.from(data, (value) => value + 0),
      wanted,
    );
  });

  it("has the mean and the variance of dropout before a linear layer", () => {
    using trainer = make([dropout(rate), linear(3, 1)], { dtype: "f64" });
    const draws = 40_000;
    const inputs = [[1, -2, 0.5]];
    const data = Array.from(predictDraws(trainer, inputs, { draws }).data);
    const mean = data.reduce((sum, y) => sum + y, 0) / draws;
    const variance = data.reduce((sum, y) => sum + (y - mean) ** 2, 0) / draws;
    const { "1.weight": w } = trainer.parameters();
    const wanted = inputs[0]!.reduce((sum, x, k) => sum + (x * w!.data[k]!) ** 2, 0) * (rate / (1 - rate));
    expect(Math.abs(mean - trainer.predict(inputs).data[0]!)).toBeLessThan(4 * Math.sqrt(wanted / draws));
    expect(Math.abs(variance / wanted - 1)).toBeLessThan(0.05);
  });

  it("is the same in every call, at every step and in any chunks, and changes nothing", () => {
    using trainer = make([linear(3, 4), dropout(rate), relu(), dropout(0.2), linear(4, 2)]);
    const all = rowsOf(300);
    const saved = trainer.save();
    const { data } = predictDraws(trainer, all, { draws: 2 });
    expect(trainer.save()).toEqual(saved);
    for (const rows of [1, 37, 255, 299]) {
      const part = predictDraws(trainer, all.slice(0, rows), { draws: 2 }).data;
      for (const k of [0, 1])
        expectSameBits(part.slice(k * 2 * rows, (k + 1) * 2 * rows), data.slice(k * 600, k * 600 + 2 * rows));
    }
    expectSameBits(predictDraws(trainer, all, { draws: 1, first: 1 }), data.slice(600));
    // Masks do not depend on the step: with the weights of before the outputs are those of before.
    const weights = trainer.parameters();
    for (let k = 0; k < 3; k++) trainer.step({ inputs: rowsOf(4), targets: rowsOf(4, 2) });
    trainer.setParameters(weights);
    expectSameBits(predictDraws(trainer, all, { draws: 2 }), data);
  });

  it("draws other numbers for every draw and row, and other than a step of training", () => {
    using trainer = make([dropout(0.5)], { model: sequential([dropout(0.5)]) });
    const { data } = predictDraws(trainer, [Array(64).fill(1), Array(64).fill(1)], { draws: 50 });
    const masks = new Set(Array.from({ length: 100 }, (_, k) => data.slice(64 * k, 64 * k + 64).join("")));
    expect(masks.size).toBe(100);
    expect(abi.streamPredict).not.toBe(abi.streamLayer);
  });

  it("of a model without random layers is what predict returns", () => {
    using trainer = make([linear(3, 4), batchNorm(4), relu(), linear(4, 2)], {
      standardize: { mean: [1, 2, 3], deviation: 2 },
    });
    for (let k = 0; k < 5; k++) trainer.step({ inputs: rowsOf(8), targets: rowsOf(8, 2) });
    const inputs = rowsOf(7);
    const { data } = trainer.predict(inputs);
    expectSameBits(predictDraws(trainer, inputs, { draws: 2 }), [...data, ...data]);
  });

  it("applies layers with running state as in evaluation, at any depth, and leaves it", () => {
    using trainer = make([linear(3, 3), residual(sequential([batchNorm(3), gaussianNoise(0.1)])), dropout(rate)]);
    for (let k = 0; k < 5; k++) trainer.step({ inputs: rowsOf(8), targets: rowsOf(8) });
    const before = trainer.state();
    const inputs = rowsOf(2);
    const draws = 20_000;
    const { data } = predictDraws(trainer, inputs, { draws });
    expect(trainer.state()).toEqual(before);
    // The mean is that of evaluation, with which the statistics of two rows have nothing to do.
    const mean = Array.from({ length: 6 }, (_, i) => {
      let sum = 0;
      for (let k = 0; k < draws; k++) sum += data[6 * k + i] as number;
      return sum / draws;
    });
    expectClose(mean, trainer.predict(inputs), 0.05);
  });

  it("follows scheduled rates, and reads the average", () => {
    const scheduled = functionSchedule((step) => (step < 3 ? 0 : 0.5));
    using trainer = make([linear(3, 40), dropout(scheduled)], { average: ema({ decay: 0.9 }) });
    const zeros = (): number =>
      Array.from(predictDraws(trainer, rowsOf(1), { draws: 1 }).data).filter((y) => y === 0).length;
    expect(zeros()).toBe(0);
    for (let k = 0; k < 3; k++) trainer.step({ inputs: rowsOf(4), targets: rowsOf(4, 40) });
    expect(zeros()).toBeGreaterThan(8);
    const kept = (weights: "current" | "average") =>
      predictDraws(trainer, rowsOf(1), { draws: 1, weights }).data.find((y: number) => y !== 0);
    expect(kept("average")).not.toBe(kept("current"));
  });

  it("takes images, bytes and models that return vectors", () => {
    using trainer = make([dropout2d(0.5), flatten()]);
    const inputs = { data: new Uint8Array(2 * 2 * 2 * 3).fill(200), shape: [2, 2, 2, 3] };
    const { data, shape } = predictDraws(trainer, inputs, { draws: 4 });
    expect(shape).toEqual([4, 2, 12]);
    expect([...new Set(data)].sort()).toEqual([0, 400]);
    // A channel is dropped as a whole.
    for (let at = 0; at < data.length; at += 12)
      for (let c = 0; c < 3; c++) expect(new Set([0, 3, 6, 9].map((k) => data[at + k + c])).size).toBe(1);
  });

  it("frees what it used", () => {
    using trainer = make([linear(3, 4), dropout(rate)]);
    predictDraws(trainer, rowsOf(300), { draws: 1 });
    const before = engine.bytesInUse;
    for (let k = 0; k < 20; k++) predictDraws(trainer, rowsOf(300), { draws: 2 });
    expect(engine.bytesInUse).toBe(before);
  });

  it("refuses in words, and works on", () => {
    const trainer = make([linear(3, 4), dropout(rate)]);
    const called =
      (options: unknown, inputs: unknown = rowsOf(2)) =>
      () =>
        predictDraws(trainer, inputs as never, options as never);
    expect(() => predictDraws({} as never, [1], { draws: 1 })).toThrow(
      /^predictDraws: the first argument must be a trainer/,
    );
    expect(called(undefined)).toThrow(/^predictDraws: options must be/);
    expect(called({})).toThrow(/^predictDraws: draws/);
    expect(called({ draws: 0 })).toThrow(/^predictDraws: draws must be.*got 0/);
    expect(called({ draws: 2, first: -1 })).toThrow(/^predictDraws: first must be/);
    expect(called({ draws: 2, samples: 3 })).toThrow(/samples/);
    expect(called({ draws: 2, weights: "average" })).toThrow(/^predictDraws: the trainer has no average/);
    expect(called({ draws: 2 }, [[1, 2]])).toThrow(/^predictDraws: /);
    expect(called({ draws: 2 }, [[1, 2, Number.NaN]])).toThrow(/^predictDraws: inputs/);
    expect(called({ draws: 2 })().shape).toEqual([2, 2, 4]);
    trainer.free();
    expect(called({ draws: 2 })).toThrow(TraceError);
  });
});
