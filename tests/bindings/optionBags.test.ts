// Options as programs hand them on: spread with holes in them, frozen, of a class, without a prototype, and written to
// once they were given.

import {
  adabelief,
  adadelta,
  adagrad,
  adam,
  adamax,
  adamW,
  adan,
  asgd,
  clipValue,
  createTrainer,
  l2,
  linear,
  lion,
  type Metric,
  meanSquaredError,
  muon,
  nadam,
  nadamW,
  type Optimizer,
  radam,
  rmsprop,
  rprop,
  rSquared,
  scheduleFreeAdamW,
  scheduleFreeSgd,
  sequential,
  sgd,
  type Trainer,
  type TrainerOptions,
  tanh,
} from "thalweg";
import { plotLevels } from "thalweg/plot";
import { describe, expect, it } from "vitest";
import { engine, engineForEach } from "./engine.js";
import { expectSameBits } from "./numbers.js";

engineForEach();

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

describe("an option of an optimizer that is given as undefined", () => {
  const optimizers: Readonly<Record<string, (options: never) => Optimizer>> = {
    ...{ adabelief, adamax, adadelta, adagrad, adam, adamW, adan, asgd, lion, muon, nadam, nadamW, radam, rmsprop },
    ...{ rprop, scheduleFreeAdamW, scheduleFreeSgd, sgd },
  };
  const every = ["convention", "learningRate", "beta1", "beta2", "momentum", "momentumForm", "nesterov", "dampening"];
  every.push("firstStep", "weightDecay", "decayCoupling", "decayFilter");
  const conventions = ["lecture", "pytorch", "keras", "optax"] as const;

  it.each(Object.keys(optimizers))("is one that is left out: %s", (name) => {
    const make = optimizers[name] as (options: object) => Optimizer;
    for (const convention of conventions)
      for (const given of [{}, { momentum: 0.9 }, { nesterov: "fista" }, { weightDecay: 0.01 }]) {
        const bag = { convention, learningRate: 0.1, ...given };
        const tried = (options: object): unknown => {
          try {
            return JSON.stringify(make(options));
          } catch (error) {
            return (error as Error).message;
          }
        };
        for (const option of every.filter((key) => !(key in bag)))
          if (!/unknown option/.test(String(tried({ learningRate: 0.1, [option]: undefined }))))
            expect(tried({ ...bag, [option]: undefined }), `${convention} ${option}`).toBe(tried(bag));
      }
  });
});

describe("an option of a group that is given as undefined", () => {
  const grouped = (group: object): Trainer =>
    createTrainer(engine, {
      ...needed(),
      optimizer: adam({ learningRate: 0.2 }),
      groups: [{ match: "*.bias", ...group }],
    });

  it("leaves what the trainer's optimizer has", async () => {
    const hole = grouped({ beta1: 0.5, learningRate: undefined, penalty: undefined });
    expectSameBits(await left(hole), await left(grouped({ beta1: 0.5 })));
  });

  it("neither stands beside frozen nor changes anything", () => {
    grouped({ frozen: true, learningRate: undefined });
    expect(() => grouped({ learningRate: undefined })).toThrow(/the group changes nothing/);
  });
});

describe("the width of a picture that is given as undefined", () => {
  it("is the one of its kind", () => {
    const bowl = (x: number, y: number): number => x * x + y * y;
    const ranges = { xRange: [-1, 1], yRange: [-1, 1] } as const;
    const hole = { ...ranges, width: undefined, height: undefined } as unknown as typeof ranges;
    expect(plotLevels(bowl, hole)).toBe(plotLevels(bowl, ranges));
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
    for (const options of bags) expectSameBits(await left(createTrainer(engine, options as TrainerOptions)), expected);
  });

  it("are taken as they were when they were given", () => {
    const layers = [linear(2, 1)];
    const gradient = [clipValue(1)];
    const metrics: Metric[] = [rSquared()];
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
