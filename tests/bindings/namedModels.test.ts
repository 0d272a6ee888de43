// Models of several inputs and outputs as functions of records, and their predictions with random layers drawing.

import {
  batchNorm,
  compile,
  concatenate,
  createTrainer,
  dropout,
  embedding,
  flatten,
  grad,
  gradientCheck,
  heads,
  linear,
  meanSquaredError,
  modelFunction,
  network,
  predictDraws,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForAll } from "./engine.js";
import { expectClose, expectSameBits, numbers } from "./numbers.js";

engineForAll();

interface Parts<T> {
  readonly age: T;
  readonly town: T;
}

const rows = 300;
const inputs = {
  age: { data: Float32Array.from(numbers(rows, 20, 80, 1)), shape: [rows, 1] },
  town: { data: Int32Array.from(numbers(rows, 0, 7, 2), Math.floor), shape: [rows, 1] },
};
const targets = {
  kind: Int32Array.from(numbers(rows, 0, 3, 5), Math.floor),
  score: numbers(rows, -1, 1, 3).map((y) => [y]),
};

const trained = (rate: number) => {
  const trainer = createTrainer(engine, {
    model: network(
      {
        town: sequential([embedding(7, 3), flatten()]),
        hidden: sequential([batchNorm(4), linear(4, 6), dropout(rate)]),
        kind: linear(6, 3),
        score: linear(6, 1),
      },
      (layers, { age, town }: Parts<Tensor>) => {
        const features = layers.hidden(concatenate([age, layers.town(town)], 1)).tanh();
        return { kind: layers.kind(features), score: layers.score(features) };
      },
    ),
    loss: heads({ kind: softmaxCrossEntropy(), score: meanSquaredError() }),
    optimizer: sgd({ learningRate: 0.05 }),
    standardize: { age: { mean: 50, deviation: 17 } },
    seed: 2,
  });
  for (let k = 0; k < 5; k++) trainer.step({ inputs, targets });
  return trainer;
};

describe("modelFunction", () => {
  it("takes and returns records, with the bits of predict; integers stay integers", () => {
    using trainer = trained(0.5);
    const model = modelFunction(trainer);
    const { kind, score } = trainer.predict(inputs);
    const output = (name: "kind" | "score") =>
      compile(engine, ({ age, town }: { age: Tensor; town: Tensor }) => model({ age, town })[name]);
    expectSameBits(output("kind")(inputs), kind);
    expectSameBits(output("score")(inputs), score);
  });

  it("has the gradient by one of the inputs", () => {
    using trainer = trained(0.5);
    const model = modelFunction(trainer);
    const town = Int32Array.of(3, 1, 0);
    const score = (age: Tensor): Tensor =>
      model({ age, town: age.trace.constant({ data: town, shape: [3, 1] }, "i32") }).score.sum();
    expect(gradientCheck(engine, score)([[30], [40], [70]]).passed).toBe(true);
    expectClose(
      grad(engine, score)({ data: Float32Array.of(30, 40, 70), shape: [3, 1] }),
      grad(engine, score)([[30], [40], [70]]),
      1e-5,
    );
  });

  it("names an input that is no tensor", () => {
    using trainer = trained(0.5);
    const model = modelFunction(trainer);
    expect(() => compile(engine, (age: Tensor) => model({ age, town: 3 as never }).score)([[30]])).toThrow(
      /^modelFunction: input "town" must be a tensor/,
    );
    expect(() => compile(engine, () => model({} as never).score)([[30]])).toThrow(/^modelFunction: the input must be/);
  });
});

describe("predictDraws", () => {
  it("draws outputs by name, with the same masks for all, in any chunks", () => {
    using trainer = trained(0.5);
    const { kind, score } = predictDraws(trainer, inputs, { draws: 3 });
    expect(kind.shape).toEqual([3, rows, 3]);
    expect(score.shape).toEqual([3, rows, 1]);
    const few = { age: inputs.age.data.subarray(0, 37), town: inputs.town.data.subarray(0, 37) };
    const part = { age: { data: few.age, shape: [37, 1] }, town: { data: few.town, shape: [37, 1] } };
    const again = predictDraws(trainer, part, { draws: 3 });
    for (const k of [0, 1, 2])
      expectSameBits(again.kind.data.slice(k * 111, (k + 1) * 111), kind.data.slice(k * 3 * rows, k * 3 * rows + 111));
    expect(Array.from(score.data.slice(0, rows))).not.toEqual(Array.from(score.data.slice(rows, 2 * rows)));
  });

  it("without dropout is what predict returns", () => {
    using trainer = trained(0);
    const { kind, score } = predictDraws(trainer, inputs, { draws: 1 });
    expectSameBits(kind.data, trainer.predict(inputs).kind);
    expectSameBits(score.data, trainer.predict(inputs).score);
  });
});
