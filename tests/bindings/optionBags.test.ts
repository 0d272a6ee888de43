// Options as programs hand them on: spread with holes in them, frozen, of a class, without a prototype, and written to
// once they were given.

import {
  adam,
  clipValue,
  createTrainer,
  type Engine,
  l2,
  linear,
  meanSquaredError,
  rSquared,
  sequential,
  type Trainer,
  type TrainerOptions,
  tanh,
} from "thalweg";
import { beforeEach, describe, expect, it } from "vitest";
import { testEngine } from "./engine.js";
import { expectSameBits } from "./numbers.js";

let engine: Engine;
beforeEach(async () => {
  engine = await testEngine();
});

const samples = {
  inputs: [
    [0, 1],
    [1, 0],
    [1, 1],
    [0, 0],
  ],
  targets: [[0], [1], [2], [3]],
};

const needed = (): TrainerOptions => ({
  model: sequential([linear(2, 3), tanh(), linear(3, 1)]),
  loss: meanSquaredError(),
  optimizer: adam(),
});

/** Everything that a run leaves, in one file. */
async function left(trainer: Trainer): Promise<Uint8Array> {
  await trainer.fit(samples, { epochs: 3, batchSize: 3, validation: samples });
  return trainer.save();
}

const optional = [
  "groups",
  "penalty",
  "constraint",
  "gradient",
  "average",
  "metrics",
  "seed",
  "dtype",
  "standardize",
  "microBatch",
];

describe("an option of a trainer that is given as undefined", () => {
  it.each(optional)("is one that is left out: %s", async (name) => {
    const options = { ...needed(), [name]: undefined } as TrainerOptions;
    expectSameBits(await left(createTrainer(engine, options)), await left(createTrainer(engine, needed())));
  });
});

describe("options of a trainer", () => {
  const chosen = (): TrainerOptions => ({
    ...needed(),
    penalty: l2(0.1),
    seed: 3,
    dtype: "f64",
    metrics: [rSquared()],
  });

  it("may be inherited, answered by getters, frozen, and without a prototype", async () => {
    class Options implements TrainerOptions {
      readonly #options = chosen();
      get model() {
        return this.#options.model;
      }
      get loss() {
        return this.#options.loss;
      }
      get optimizer() {
        return this.#options.optimizer;
      }
      readonly penalty = l2(0.1);
      readonly seed = 3;
      get dtype() {
        return "f64" as const;
      }
      readonly metrics = [rSquared()];
    }
    const expected = await left(createTrainer(engine, chosen()));
    const bags = [Object.create(chosen()), new Options(), Object.freeze(chosen()), { __proto__: null, ...chosen() }];
    for (const options of bags) expectSameBits(await left(createTrainer(engine, options)), expected);
  });

  it("are taken as they were when they were given", () => {
    const layers = [linear(2, 1)];
    const gradient = [clipValue(1)];
    const metrics = [rSquared()];
    const trainer = createTrainer(engine, { ...needed(), model: sequential(layers), gradient, metrics });
    const file = trainer.save();
    layers.push(linear(1, 5));
    gradient.push(clipValue(2));
    metrics.push({ ...rSquared(), name: "again" });
    expect(trainer.predict(samples.inputs).shape).toEqual([4, 1]);
    expect(Object.keys(trainer.evaluate(samples))).toEqual(["loss", "rSquared"]);
    trainer.restore(file);
  });
});
