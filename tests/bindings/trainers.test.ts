// Trainers of parts of one model against ordinary trainers that hand their weights over, closed forms and PyTorch.

import {
  accumulate,
  adam,
  adamW,
  asgd,
  batchNorm,
  binaryCrossEntropyWithLogits,
  cautious,
  clipGlobalNorm,
  clipNorm,
  cosineDecay,
  createTrainer,
  createTrainers,
  dropout,
  ema,
  type Layer,
  type LayerFunctions,
  type Loss,
  l1,
  l2,
  linear,
  linearSchedule,
  lookahead,
  maxNorm,
  muon,
  type NDArray,
  onesInitializer,
  type PartTrainerOptions,
  plateauSchedule,
  sam,
  scheduleFreeAdamW,
  sequential,
  sgd,
  swa,
  type Tensor,
  type Trainer,
  type TrainerOptions,
  tanh,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForEach, fixture } from "./engine.js";
import { expectClose, expectSameBits, plain } from "./numbers.js";

engineForEach();

const meanOf: Loss = { name: "mean", targets: "values", apply: (y) => y.mean() };

describe("the bilinear game min over x, max over y of x y", () => {
  const number = (): Layer => linear(1, 1, { bias: false, weight: onesInitializer });
  const game = (optimizers: { x?: TrainerOptions["optimizer"]; y?: TrainerOptions["optimizer"] } = {}) => {
    const descent = sgd({ learningRate: 0.25 });
    const apply = ({ x, y }: LayerFunctions<{ x: Layer; y: Layer }>, one: Tensor) => x(y(one));
    return createTrainers(engine, {
      layers: { x: number(), y: number() },
      trainers: {
        x: { trains: "x", apply, loss: meanOf, optimizer: optimizers.x ?? descent },
        y: { trains: "y", apply, loss: (_, value) => value.mean().negate(), optimizer: optimizers.y ?? descent },
      },
      dtype: "f64",
    });
  };
  const one = { inputs: [[1]], targets: [[0]] };
  const point = (trainer: Trainer): number[] =>
    [...Object.values(trainer.parameters())].map(({ data }) => data[0] ?? 0);

  it("is played by descent: x ← x − h y, then y ← y + h x", () => {
    const { x: first, y: second } = game().trainers;
    let [x, y] = [1, 1];
    for (let k = 0; k < 50; k++) {
      first.step(one);
      x -= 0.25 * y;
      expect(point(second)).toEqual([x, y]);
      second.step(one);
      y += 0.25 * x;
      expect(point(first)).toEqual([x, y]);
    }
    // The alternating map has determinant 1: (x, y) stays on the ellipse x² + y² − h x y.
    expectClose(x * x + y * y - 0.25 * x * y, 1.75, 1e-12);
  });

  it("is played by lookahead, whose slow weights are those of its own parameter alone", () => {
    const { x: first, y: second } = game({ y: lookahead(sgd({ learningRate: 0.25 }), { syncPeriod: 2 }) }).trainers;
    let [x, y, slow] = [1, 1, 1];
    for (let k = 1; k <= 20; k++) {
      first.step(one);
      x -= 0.25 * y;
      second.step(one);
      y += 0.25 * x;
      if (k % 2 === 0) y = slow += 0.5 * (y - slow);
      expect(point(first)).toEqual([x, y]);
    }
  });

  it("takes slow weights anew when another trainer sets them, and only then", () => {
    const { x: first, y: second } = game({ y: lookahead(sgd({ learningRate: 0.25 }), { syncPeriod: 2 }) }).trainers;
    second.step(one); // y = 1.25, slow weight 1
    first.setParameters({ "x.weight": [[2]] });
    second.step(one); // y = 1.75, then halfway from 1
    expect(point(first)).toEqual([2, 1.375]);
    second.step(one); // y = 1.875
    first.setParameters({ "y.weight": [[4]] });
    second.step(one); // y = 4.5, halfway from 4
    expect(point(first)).toEqual([2, 4.25]);
    second.step(one);
    first.restore(first.save());
    second.step(one); // from 4.25: 5.25
    expect(point(first)).toEqual([2, 4.75]);
  });

  it("takes Schedule-Free for one and averages for the other", () => {
    const set = game({ x: scheduleFreeAdamW({ learningRate: 0.01 }) });
    for (let k = 0; k < 5; k++) {
      set.trainers.x.step(one);
      set.trainers.y.step(one);
    }
    expect(point(set.trainers.x).every(Number.isFinite)).toBe(true);
  });
});

// ---- The same by ordinary trainers, each with all parameters, that hand over what they changed ----

const layersOf = () => ({
  generator: sequential([linear(2, 5), batchNorm(5), tanh(), dropout(0.3), linear(5, 2)]),
  critic: sequential([linear(2, 6), tanh(), dropout(linearSchedule({ from: 0.1, to: 0.4, length: 8 })), linear(6, 1)]),
});
type Layers = ReturnType<typeof layersOf>;
type Options = Omit<PartTrainerOptions<Layers>, "trains" | "apply" | "loss">;

const logits = binaryCrossEntropyWithLogits();
const applies = {
  generator: ({ generator, critic }: LayerFunctions<Layers>, z: Tensor) => critic(generator(z)),
  critic: ({ critic }: LayerFunctions<Layers>, x: Tensor) => critic(x),
};
type Name = keyof Layers;
const names: readonly Name[] = ["generator", "critic"];

/** A container of both layers, by hand. */
function container(name: Name): Layer {
  const layers = layersOf();
  const { generator, critic } = layers;
  return {
    name,
    parameters: { generator: generator.parameters, critic: critic.parameters },
    state: { generator: generator.state ?? {}, critic: critic.state ?? {} },
    apply: (parameters, input, context) => {
      const bound = (key: Name) => (x: Tensor) => layers[key].apply(parameters[key] as never, x, context.of(key));
      return applies[name]({ generator: bound("generator"), critic: bound("critic") }, input);
    },
  };
}

interface Pair {
  readonly pair: Readonly<Record<Name, Trainer>>;
  /** Hands everything that a trainer changed over to the other one. */
  readonly exchange: (from: Name, to: Name) => void;
}

function reference(options: Record<Name, Options>, dtype: "f32" | "f64", seed: number): Pair {
  const create = (name: Name, k: number): Trainer =>
    createTrainer(engine, {
      model: container(name),
      loss: logits,
      seed: seed + k * 2 ** 40,
      dtype,
      ...options[name],
      groups: [{ match: `${names[1 - k]}.*`, frozen: true }, ...(options[name].groups ?? [])],
    });
  const pair = { generator: create("generator", 0), critic: create("critic", 1) };
  const exchange = (from: Name, to: Name): void => {
    const changed = Object.entries(pair[from].parameters()).filter(([key]) => key.startsWith(from));
    pair[to].setParameters(Object.fromEntries(changed));
    pair[to].setState(pair[from].state());
  };
  pair.critic.setParameters(pair.generator.parameters());
  pair.critic.setState(pair.generator.state());
  return { pair, exchange };
}

function together(options: Record<Name, Options>, dtype: "f32" | "f64", seed: number) {
  return createTrainers(engine, {
    layers: layersOf(),
    trainers: {
      generator: { trains: "generator", apply: applies.generator, loss: logits, ...options.generator },
      critic: { trains: "critic", apply: applies.critic, loss: logits, ...options.critic },
    },
    dtype,
    seed,
  });
}

const batchOf = (name: Name, k: number, rows = 7) => ({
  inputs: plain([rows, 2], -1, 1, 20 + 2 * k + names.indexOf(name)),
  targets: plain([rows, 1], 0, 1, 60 + k),
});

/** Trains both alternately and compares weights, running state and losses bit for bit, after every step. */
function expectEqual(options: Record<Name, Options>, dtype: "f32" | "f64" = "f32", exactNorm = true): void {
  const set = together(options, dtype, 3);
  const { pair, exchange } = reference(options, dtype, 3);
  for (let k = 0; k < 8; k++)
    for (const [at, name] of names.entries())
      for (let repeat = 0; repeat <= at; repeat++) {
        const batch = batchOf(name, 2 * k + repeat);
        const got = set.trainers[name].step(batch);
        const wanted = pair[name].step(batch);
        exchange(name, names[1 - at] as Name);
        const what = `${name}, round ${k}`;
        if (exactNorm) expect(got.loss, what).toBe(wanted.loss);
        else expectClose(got.loss, wanted.loss, 1e-12, what);
        expect(got.penalty, what).toBe(wanted.penalty);
        // Norms are sums over an arena, in which the parameters have other places.
        expectClose(got.gradientNorm, wanted.gradientNorm, 1e-6, what);
        for (const other of names) {
          const [mine, theirs] = [set.trainers[other], pair[other]];
          for (const [key, array] of Object.entries({ ...theirs.parameters(), ...theirs.state() })) {
            const now = { ...mine.parameters(), ...mine.state() }[key] as NDArray;
            if (exactNorm) expectSameBits(now, array, `${what}: ${key}`);
            else expectClose(now, array, 1e-12, `${what}: ${key}`);
          }
        }
      }
  for (const name of names) {
    const [mine, theirs] = [set.trainers[name], pair[name]];
    const batch = batchOf(name, 99);
    if (!exactNorm) continue;
    expect(mine.evaluate(batch)).toEqual(theirs.evaluate(batch));
    expectSameBits(mine.predict(batch.inputs), theirs.predict(batch.inputs));
    if (options[name].average)
      for (const [key, array] of Object.entries(theirs.parameters({ weights: "average" })))
        expectSameBits(mine.parameters({ weights: "average" })[key], array, `average of ${key}`);
  }
}

describe("two trainers of one model equal ordinary ones that exchange weights, bit for bit", () => {
  const plainly = { optimizer: sgd({ learningRate: 0.1 }) };
  const rows: [string, Record<Name, Options>, ("f32" | "f64")?, boolean?][] = [
    ["descent", { generator: plainly, critic: plainly }],
    [
      "Adam and momentum",
      { generator: { optimizer: adam() }, critic: { optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }) } },
    ],
    ["f64", { generator: { optimizer: adam() }, critic: { optimizer: adam({ beta1: 0.5 }) } }, "f64"],
    [
      "decays, penalties and constraints",
      {
        generator: { optimizer: adamW({ weightDecay: 0.1 }), penalty: l2(0.01) },
        critic: { optimizer: adam(), penalty: l1(0.01, { proximal: true }), constraint: maxNorm(0.5) },
      },
    ],
    [
      "groups, one of them frozen",
      {
        generator: {
          optimizer: adam(),
          groups: [
            { match: "*.bias", learningRate: 0.1 },
            { match: "*.0.weight", frozen: true },
          ],
        },
        critic: { optimizer: muon(), groups: [{ match: "critic.3.*", optimizer: sgd({ learningRate: 0.1 }) }] },
      },
    ],
    [
      "look-ahead points",
      {
        generator: {
          optimizer: sgd({ learningRate: 0.1, momentum: 0.9, momentumForm: "velocity", nesterov: "lookahead" }),
        },
        critic: { optimizer: scheduleFreeAdamW({ learningRate: 0.01 }) },
      },
    ],
    [
      "averages of iterates and masks",
      { generator: { optimizer: asgd({ averageFrom: 3 }) }, critic: { optimizer: cautious(adamW()) } },
    ],
    [
      "schedules and accumulation",
      {
        generator: {
          optimizer: adam({ learningRate: cosineDecay({ initial: 0.01, length: 10 }) }),
          gradient: [accumulate(2)],
        },
        critic: { optimizer: adam({ learningRate: plateauSchedule({ initial: 0.01 }) }), gradient: [clipNorm(0.1)] },
      },
    ],
    [
      "runs of at most 3 rows",
      { generator: { optimizer: adam(), microBatch: 3 }, critic: { optimizer: adam(), microBatch: 3 } },
    ],
    [
      "averages of weights",
      { generator: { optimizer: adam(), average: ema({ decay: 0.5 }) }, critic: { optimizer: adam() } },
    ],
    [
      "means over all parameters (within rounding)",
      { generator: { optimizer: sam(adam()) }, critic: { optimizer: adam(), gradient: [clipGlobalNorm(0.1)] } },
      "f64",
      false,
    ],
  ];
  it.each(rows)("%s", (_, options, dtype, exact) => expectEqual(options, dtype, exact));

  it("with fit in place of steps, early stopping and the best weights", async () => {
    const options = { generator: { optimizer: adam({ learningRate: 0.05 }) }, critic: { optimizer: adam() } };
    const set = together(options, "f32", 3);
    const { pair, exchange } = reference(options, "f32", 3);
    const fit = { epochs: 6, batchSize: 4, validation: batchOf("critic", 9), earlyStopping: { patience: 1 } };
    for (let k = 0; k < 3; k++)
      for (const [at, name] of names.entries()) {
        const [got, wanted] = [
          await set.trainers[name].fit(batchOf(name, k), fit),
          await pair[name].fit(batchOf(name, k), fit),
        ];
        exchange(name, names[1 - at] as Name);
        expect(got.best).toEqual(wanted.best);
        for (const [key, array] of Object.entries(pair.critic.parameters()))
          expectSameBits(set.trainers.generator.parameters()[key], array, key);
      }
  });

  it("with SWA by epochs, in a worker as in this thread", async () => {
    const options = { generator: { optimizer: adam(), average: swa() }, critic: { optimizer: lookahead(adam()) } };
    const [here, there] = [together(options, "f32", 3), together(options, "f32", 3)];
    for (const name of ["generator", "critic", "generator"] as const) {
      await here.trainers[name].fit(batchOf(name, 1, 40), { epochs: 3, batchSize: 8, validation: batchOf(name, 2) });
      const run = { epochs: 3, batchSize: 8, validation: batchOf(name, 2), worker: true };
      const { worker, workerReason } = await there.trainers[name].fit(batchOf(name, 1, 40), run);
      expect([worker, workerReason]).toEqual([true, undefined]);
      expect(there.save()).toEqual(here.save());
    }
  });
});

describe("a small GAN follows PyTorch", () => {
  type Weights = Record<string, number[][] | number[]>;
  interface Round {
    readonly real: number[][];
    readonly noise: number[][];
    readonly other: number[][];
    readonly critic: number;
    readonly generator: number;
    readonly weights: Weights;
  }
  type Run = { readonly start: Weights; readonly rounds: readonly Round[] };
  const figures = fixture<{ crossEntropy: Run; wasserstein: Run }>("torch_gan");
  const layers = () => ({
    generator: sequential([linear(2, 4), tanh(), linear(4, 2)]),
    critic: sequential([linear(2, 5), tanh(), linear(5, 1)]),
  });
  const options = { learningRate: 0.02, beta1: 0.5 };
  const ones = [[1], [1], [1], [1], [1], [1]];

  it("with samples of the generator in the batch of the critic", () => {
    const { start, rounds } = figures.crossEntropy;
    const { generator, critic } = createTrainers(engine, {
      layers: layers(),
      trainers: {
        generator: {
          trains: "generator",
          apply: ({ generator }, z) => generator(z),
          loss: ({ critic }, made, wanted) => logits.apply(critic(made), wanted),
          optimizer: adam(options),
        },
        critic: { trains: "critic", apply: ({ critic }, x) => critic(x), loss: logits, optimizer: adam(options) },
      },
      dtype: "f64",
    }).trainers;
    generator.setParameters(start);
    for (const [k, round] of rounds.entries()) {
      const { data } = generator.predict(round.noise);
      const made = round.noise.map((_, row) => [data[2 * row] ?? 0, data[2 * row + 1] ?? 0]);
      const targets = [...ones, ...ones.map(() => [0])];
      expectClose(critic.step({ inputs: [...round.real, ...made], targets }).loss, round.critic, 1e-12, `critic ${k}`);
      expectClose(
        generator.step({ inputs: round.other, targets: ones }).loss,
        round.generator,
        1e-12,
        `generator ${k}`,
      );
      for (const [key, array] of Object.entries(round.weights))
        expectClose(critic.parameters()[key], array, 1e-12, `${key}, round ${k}`);
    }
  });

  it("with one program for the critic, which generates inside: real points are its targets", () => {
    const { start, rounds } = figures.wasserstein;
    const { generator, critic } = createTrainers(engine, {
      layers: layers(),
      trainers: {
        generator: {
          trains: "generator",
          apply: ({ generator }, z) => generator(z),
          loss: ({ critic }, made) => critic(made).mean().negate(),
          optimizer: adam(options),
        },
        critic: {
          trains: "critic",
          apply: ({ generator }, z) => generator(z),
          loss: ({ critic }, made, real) => critic(made).mean().subtract(critic(real).mean()),
          optimizer: adam({ ...options, weightDecay: 0.01, decayCoupling: "l2", decayFilter: "all" }),
        },
      },
      dtype: "f64",
    }).trainers;
    generator.setParameters(start);
    for (const [k, { real, noise, other, ...wanted }] of rounds.entries()) {
      expectClose(critic.step({ inputs: noise, targets: real }).loss, wanted.critic, 1e-12, `critic ${k}`);
      expectClose(generator.step({ inputs: other, targets: other }).loss, wanted.generator, 1e-12, `generator ${k}`);
      for (const [key, array] of Object.entries(wanted.weights))
        expectClose(generator.parameters()[key], array, 1e-12, `${key}, round ${k}`);
    }
  });
});
