// The average of the weights: the recurrence in plain numbers, what reads it, and that nothing else notices.

import {
  adam,
  createTrainer,
  type Engine,
  ema,
  linear,
  meanSquaredError,
  sequential,
  type Trainer,
  type TrainerOptions,
  tanh,
} from "thalweg";
import { beforeEach, describe, expect, it } from "vitest";
import { testEngine } from "./engine.js";
import { expectClose, expectSameBits, flat, numbers } from "./numbers.js";

let engine: Engine;
beforeEach(async () => {
  engine = await testEngine();
});

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
      /evaluate: the trainer keeps no average of its weights\. .*ema\(\)/,
    ],
    [
      "weights of an unknown kind",
      () => regression().predict(data.inputs, wrong({ weights: "mean" })),
      RangeError,
      /predict: weights must be "current" or "average", got "mean"/,
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
