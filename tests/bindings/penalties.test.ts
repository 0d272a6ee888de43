// Penalties and constraints against plain f64 loops and the course's figures; how they are reported, saved and refused.

import {
  adam,
  asgd,
  clipGlobalNorm,
  createTrainer,
  elasticNet,
  ema,
  exponentialDecay,
  l1,
  l2,
  linear,
  maxNorm,
  meanSquaredError,
  type Optimizer,
  type Penalty,
  scheduleFreeSgd,
  sequential,
  sgd,
  type Trainer,
  type TrainerOptions,
  tanh,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { adamRule, descent, inputs, lossAt, outputs, type Rule, samples, start, startArrays } from "./descent.js";
import { engine, engineForEach } from "./engine.js";
import { expectClose, expectSameBits, flat } from "./numbers.js";

engineForEach();

function regression(penalty: Penalty | undefined, options: Partial<TrainerOptions> = {}): Trainer {
  const trainer = createTrainer(engine, {
    model: linear(inputs, outputs),
    loss: meanSquaredError(),
    dtype: "f64",
    optimizer: sgd({ learningRate: 0.1 }),
    ...(penalty ? { penalty } : {}),
    ...options,
  });
  trainer.setParameters(startArrays);
  return trainer;
}

const all = (trainer: Trainer): number[] => Object.values(trainer.parameters()).flatMap((array) => flat(array));
const sum = (w: readonly number[], f: (w: number) => number): number => w.reduce((total, value) => total + f(value), 0);
const square = (w: number): number => w * w;

const lambda = 0.3;
const soft = (w: number, t: number): number => Math.sign(w) * Math.max(Math.abs(w) - t, 0);
/** What each penalty is: its value, its gradient, and the map after an update of rate h. */
const kinds: Record<
  string,
  {
    penalty: Penalty;
    value: (w: number) => number;
    slope: (w: number) => number;
    map: (w: number, h: number) => number;
  }
> = {
  l2: { penalty: l2(lambda), value: (w) => lambda * w * w, slope: (w) => 2 * lambda * w, map: (w) => w },
  l1: {
    penalty: l1(lambda),
    value: (w) => lambda * Math.abs(w),
    slope: (w) => lambda * Math.sign(w),
    map: (w) => w,
  },
  "proximal l1": {
    penalty: l1(lambda, { proximal: true }),
    value: (w) => lambda * Math.abs(w),
    slope: () => 0,
    map: (w, h) => soft(w, h * lambda),
  },
  elasticNet: {
    penalty: elasticNet(lambda, { beta: 0.7 }),
    value: (w) => lambda * (0.7 * w * w + Math.abs(w)),
    slope: (w) => lambda * (1.4 * w + Math.sign(w)),
    map: (w) => w,
  },
  "proximal elasticNet": {
    penalty: elasticNet(lambda, { proximal: true }),
    value: (w) => lambda * (w * w + Math.abs(w)),
    slope: (w) => 2 * lambda * w,
    map: (w, h) => soft(w, h * lambda),
  },
};

describe.each(Object.entries(kinds))("%s", (_, { penalty, value, slope, map }) => {
  const rules: Record<string, { optimizer: Optimizer; rule: () => Rule; h: number }> = {
    sgd: { optimizer: sgd({ learningRate: 0.1 }), rule: () => descent(0.1), h: 0.1 },
    adam: { optimizer: adam({ learningRate: 0.05 }), rule: () => adamRule(0.05), h: 0.05 },
  };
  const forms: Record<string, { tolerance: number; options: Partial<TrainerOptions> }> = {
    f64: { tolerance: 1e-12, options: {} },
    f32: { tolerance: 2e-5, options: { dtype: "f32" } },
    "micro-batches": { tolerance: 1e-12, options: { microBatch: 5 } },
  };
  const cases = Object.keys(rules).flatMap((rule) => Object.keys(forms).map((form) => [rule, form] as const));
  it.each(cases)("follows plain loops under %s in %s", (ruleName, form) => {
    const { optimizer, rule, h } = rules[ruleName] as (typeof rules)[string];
    const { tolerance, options } = forms[form] as (typeof forms)[string];
    const trainer = regression(penalty, { optimizer, ...options });
    const [step, stepBias] = [rule(), rule()];
    let { weight, bias }: { weight: readonly number[]; bias: readonly number[] } = start;
    for (let t = 1; t <= 20; t++) {
      const { loss, gradient } = lossAt({ weight, bias });
      const g = weight.map((w, k) => (gradient.weight[k] as number) + slope(w));
      const told = trainer.step(samples);
      expectClose(told.loss, loss, tolerance, "loss");
      expectClose(told.penalty, sum(weight, value), tolerance, "penalty");
      expectClose(told.gradientNorm, Math.hypot(...g, ...gradient.bias), tolerance, "gradient norm");
      weight = step(weight, g, t).map((w) => map(w, h));
      bias = stepBias(bias, gradient.bias, t);
      expectClose(trainer.parameters().weight, weight, tolerance, `weight after update ${t}`);
      expectClose(trainer.parameters().bias, bias, tolerance, `bias after update ${t}`);
    }
    const evaluation = trainer.evaluate(samples);
    expectClose(evaluation.penalty, sum(weight, value), tolerance);
    expectClose(evaluation.loss, lossAt({ weight, bias }).loss, tolerance);
  });
});

describe("a penalty", () => {
  it("on plain descent is a decay of 2 λ if it is L2", () => {
    const penalized = regression(l2(0.3));
    const decayed = regression(undefined, {
      optimizer: sgd({ learningRate: 0.1, weightDecay: 0.6, decayCoupling: "decoupledLearningRate" }),
    });
    for (let t = 0; t < 30; t++) for (const trainer of [penalized, decayed]) trainer.step(samples);
    expectClose(all(penalized), all(decayed), 1e-14);
  });

  it("of the course's two weights: L2 prefers the spread one, L1 does not care", () => {
    const figures = [
      [1, 0, 0, 0],
      [0.25, 0.25, 0.25, 0.25],
    ].map((w) =>
      [l2(1), l1(1), elasticNet(1, { beta: 2 })].map((penalty) => {
        const trainer = createTrainer(engine, {
          model: linear(4, 1, { bias: false }),
          loss: meanSquaredError(),
          optimizer: sgd({ learningRate: 0.1 }),
          penalty,
        });
        trainer.setParameters({ weight: { data: w, shape: [4, 1] } });
        const { loss, penalty: value } = trainer.evaluate({ inputs: [[1, 1, 1, 1]], targets: [[1]] });
        expect(loss).toBe(0);
        return value;
      }),
    );
    expect(figures).toEqual([
      [1, 1, 3],
      [0.25, 1, 1.5],
    ]);
  });

  it("leaves biases alone unless its filter is all", () => {
    const [some, every] = [regression(l2(2)), regression(l2(2, { filter: "all" }))];
    const { weight, bias } = start;
    expectClose(some.evaluate(samples).penalty, 2 * sum(weight, square), 1e-14);
    expectClose(every.evaluate(samples).penalty, 2 * sum([...weight, ...bias], square), 1e-14);
  });

  it("is zero at once where the weights are, and pushes no zero", () => {
    const trainer = regression(l1(1));
    trainer.setParameters({ weight: { data: new Array(6).fill(0), shape: [3, 2] } });
    const { gradient } = lossAt({ weight: new Array(6).fill(0), bias: start.bias });
    expectClose(trainer.step(samples).gradientNorm, Math.hypot(...gradient.weight, ...gradient.bias), 1e-14);
  });

  it("proximal, gives zeros without a sign where it is large", () => {
    for (const dtype of ["f32", "f64"] as const) {
      const trainer = regression(l1(1000, { proximal: true }), { dtype });
      trainer.step(samples);
      expectSameBits(trainer.parameters().weight, new Array(6).fill(0));
    }
  });

  it("is clipped with the loss, of which it is a part", () => {
    const trainer = regression(l2(5), { gradient: [clipGlobalNorm(0.01, { convention: "optax" })] });
    const before = all(trainer);
    expect(trainer.step(samples).gradientNorm).toBeGreaterThan(1);
    expectClose(Math.hypot(...all(trainer).map((w, k) => w - (before[k] as number))), 0.001, 1e-12, "", 1e-3);
  });

  it("takes its gradient where a look-ahead rule takes that of the loss", () => {
    const optimizer = sgd({ learningRate: 0.05, momentum: 0.9, momentumForm: "velocity", nesterov: "lookahead" });
    const trainer = regression(l2(0.3), { optimizer });
    let { weight, bias }: { weight: readonly number[]; bias: readonly number[] } = start;
    let [v, u] = [weight.map(() => 0), bias.map(() => 0)];
    for (let t = 0; t < 10; t++) {
      const ahead = {
        weight: weight.map((w, k) => w + 0.9 * (v[k] as number)),
        bias: bias.map((b, k) => b + 0.9 * (u[k] as number)),
      };
      const { gradient } = lossAt(ahead);
      v = v.map(
        (value, k) => 0.9 * value - 0.05 * ((gradient.weight[k] as number) + 0.6 * (ahead.weight[k] as number)),
      );
      u = u.map((value, k) => 0.9 * value - 0.05 * (gradient.bias[k] as number));
      weight = weight.map((w, k) => w + (v[k] as number));
      bias = bias.map((b, k) => b + (u[k] as number));
      expectClose(trainer.step(samples).penalty, 0.3 * sum(ahead.weight, square), 1e-13);
    }
    expectClose(trainer.parameters().weight, weight, 1e-13);
  });

  it("follows a schedule, before the first update too", () => {
    const trainer = regression(l2(exponentialDecay({ initial: 0.4, rate: 0.5, length: 1 })));
    const { weight } = start;
    expectClose(trainer.evaluate(samples).penalty, 0.4 * sum(weight, square), 1e-14);
    expectClose(trainer.step(samples).penalty, 0.4 * sum(weight, square), 1e-14);
    const after = flat(trainer.parameters().weight);
    expectClose(trainer.evaluate(samples).penalty, 0.2 * sum(after, square), 1e-14);
    const scheduled = regression(elasticNet((t) => 0.3 / (t + 1), { proximal: true }));
    const [first, second] = [scheduled.step(samples), scheduled.step(samples)];
    expectClose(first.penalty, 0.3 * sum(weight, (w) => w * w + Math.abs(w)), 1e-14);
    expect(second.penalty).toBeLessThan((first.penalty as number) / 2 + 0.2);
  });

  it("is that of the average where the average is asked for", () => {
    const trainer = regression(l2(1), { average: ema({ decay: 0.9 }) });
    for (let t = 0; t < 4; t++) trainer.step(samples);
    const averaged = flat(trainer.parameters({ weights: "average" }).weight);
    expectClose(trainer.evaluate(samples, { weights: "average" }).penalty, sum(averaged, square), 1e-14);
    expectClose(trainer.evaluate(samples).penalty, sum(flat(trainer.parameters().weight), square), 1e-14);
  });

  it("is reported nowhere without one", async () => {
    const trainer = regression(undefined);
    expect(Object.keys(trainer.step(samples))).toEqual(["loss", "gradientNorm"]);
    expect(Object.keys(trainer.evaluate(samples))).toEqual(["loss"]);
    const { epochs } = await trainer.fit(samples, { epochs: 1 });
    expect(Object.keys(epochs[0] as object)).toEqual(["epoch", "step", "loss", "seconds"]);
  });
});

describe("a run with a penalty", () => {
  it("reports it by epoch as it counts the loss, and the gap beside it", async () => {
    const [run, single] = [regression(l2(0.3)), regression(l2(0.3))];
    const { epochs } = await run.fit(samples, { epochs: 3, batchSize: 5, shuffle: false, validation: samples });
    const x = samples.inputs.data;
    const y = samples.targets.data;
    for (const { loss, penalty, validation, gap } of epochs) {
      let [losses, penalties] = [0, 0];
      for (let from = 0; from < 17; from += 5) {
        const rows = Math.min(5, 17 - from);
        const batch = {
          inputs: { data: x.slice(3 * from, 3 * (from + rows)), shape: [rows, 3] },
          targets: { data: y.slice(2 * from, 2 * (from + rows)), shape: [rows, 2] },
        };
        const told = single.step(batch);
        losses += rows * told.loss;
        penalties += rows * (told.penalty as number);
      }
      expectClose(loss, losses / 17, 1e-14);
      expectClose(penalty, penalties / 17, 1e-14);
      const evaluation = single.evaluate(samples);
      expect(validation).toEqual(evaluation);
      expect(gap).toBe(evaluation.loss - loss);
    }
    expectSameBits(all(run), all(single));
  });

  it("reports every epoch of a slice, k steps at once as one by one", async () => {
    const told = await Promise.all(
      [false, true].map(async (iterate) => {
        const run = regression(elasticNet(0.1, { proximal: true })).fit(samples, { epochs: 7, batchSize: 4 });
        if (iterate) for await (const _ of run);
        return (await run).epochs.map(({ loss, penalty }) => [loss, penalty]);
      }),
    );
    expectSameBits(told[1], told[0]);
  });

  it("stopped in an epoch, saved and resumed is never stopped", async () => {
    for (const penalty of [l2(0.3), l1(0.1, { proximal: true })]) {
      const [never, stopped, resumed] = [regression(penalty), regression(penalty), regression(penalty)];
      const whole = await never.fit(samples, { epochs: 3, batchSize: 4 });
      await stopped.fit(samples, { steps: 7, batchSize: 4 });
      resumed.restore(stopped.save());
      const rest = await resumed.fit(samples, { epochs: 2, batchSize: 4 });
      expectSameBits(all(resumed), all(never));
      const told = (epochs: typeof whole.epochs): number[] => epochs.flatMap((e) => [e.loss, e.penalty as number]);
      expectSameBits(told(rest.epochs), told(whole.epochs.slice(1)));
    }
  });

  it("of an epoch that was begun in other batches is not counted into the next", async () => {
    // At a rate that moves nothing, every mean is the penalty at the start.
    const trainer = regression(l2(0.5), { optimizer: sgd({ learningRate: 1e-300 }) });
    const penalty = 0.5 * sum(flat(start.weight), square);
    await trainer.fit(samples, { steps: 1, batchSize: 4 });
    const { epochs } = await trainer.fit(samples, { epochs: 1, batchSize: 6 });
    expect(epochs[0]?.penalty).toBeCloseTo(penalty, 12);
  });

  it("is part of what a checkpoint fits", () => {
    const file = regression(l1(0.3)).save();
    for (const other of [undefined, l2(0.3), l1(0.3, { proximal: true })])
      expect(() => regression(other).restore(file)).toThrow(
        /restore: .*expected ".*vectors(, (proximal )?penalty l[12])?; /,
      );
    expect(() => regression(l1(0.3), { constraint: maxNorm(2) }).restore(file)).toThrow(/maxNorm\(2\)/);
    regression(l1(0.7)).restore(file);
  });

  it("stops by the loss of the data", async () => {
    const trainer = regression(l2(1));
    const { loss } = lossAt(start);
    const { stopped } = await trainer.fit(samples, { epochs: 5, batchSize: 17, targetLoss: loss + 1e-9 });
    expect(stopped).toBe("targetLoss");
    const stationary = regression(l2(1));
    const run = await stationary.fit(samples, { steps: 2000, batchSize: 17, gradientTolerance: 1e-9 });
    expect(run.stopped).toBe("gradientTolerance");
  });
});

describe("max-norm", () => {
  const norms = (w: readonly number[], columns: number): number[] =>
    Array.from({ length: columns }, (_, j) => Math.hypot(...w.filter((_, k) => k % columns === j)));

  it.each(["f32", "f64"] as const)("scales columns of %s down, and only those that are too long", (dtype) => {
    const [free, bound] = [
      regression(undefined, { dtype }),
      regression(undefined, { dtype, constraint: maxNorm(0.9) }),
    ];
    free.step(samples);
    bound.step(samples);
    const wanted = flat(free.parameters().weight);
    const [a = 0, b = 0] = norms(wanted, 2);
    expect(Math.min(a, b)).toBeLessThan(0.9);
    expect(Math.max(a, b)).toBeGreaterThan(0.9);
    const limited = wanted.map((w, k) => w * Math.min(1, 0.9 / (k % 2 === 0 ? a : b)));
    expectClose(bound.parameters().weight, limited, dtype === "f32" ? 1e-7 : 1e-15);
    const kept = a < b ? 0 : 1;
    const column = (w: readonly number[]): number[] => w.filter((_, k) => k % 2 === kept);
    expectSameBits(column(flat(bound.parameters().weight)), column(wanted), "the short column");
    expectSameBits(bound.parameters().bias, free.parameters().bias);
  });

  it("follows plain loops, after the proximal step", () => {
    const trainer = regression(l1(0.2, { proximal: true }), { constraint: maxNorm(0.5) });
    let { weight, bias }: { weight: readonly number[]; bias: readonly number[] } = start;
    for (let t = 0; t < 10; t++) {
      const { gradient } = lossAt({ weight, bias });
      weight = weight.map((w, k) => soft(w - 0.1 * (gradient.weight[k] as number), 0.02));
      const lengths = norms(weight, 2);
      weight = weight.map((w, k) => w * Math.min(1, 0.5 / (lengths[k % 2] as number)));
      bias = bias.map((b, k) => b - 0.1 * (gradient.bias[k] as number));
      trainer.step(samples);
      expectClose(trainer.parameters().weight, weight, 1e-13, `update ${t}`);
    }
  });

  it("bounds every layer of a network, in every rule, and saves with it", async () => {
    const make = (): Trainer =>
      createTrainer(engine, {
        model: sequential([linear(3, 7), tanh(), linear(7, 2)]),
        loss: meanSquaredError(),
        optimizer: adam({ learningRate: 0.3 }),
        constraint: maxNorm(0.4),
      });
    const [never, stopped, resumed] = [make(), make(), make()];
    await never.fit(samples, { steps: 9, batchSize: 4 });
    await stopped.fit(samples, { steps: 4, batchSize: 4 });
    resumed.restore(stopped.save());
    await resumed.fit(samples, { steps: 5, batchSize: 4 });
    expectSameBits(all(resumed), all(never));
    for (const [name, columns] of [
      ["0.weight", 7],
      ["2.weight", 2],
    ] as const)
      expect(Math.max(...norms(flat(never.parameters()[name]), columns))).toBeLessThanOrEqual(0.4 + 1e-7);
  });
});

describe("penalties and constraints refuse", () => {
  const cases: readonly (readonly [string, () => unknown, RegExp, ErrorConstructor | RangeErrorConstructor])[] = [
    ["a negative λ", () => l2(-1), /^l2: lambda must be a number of at least 0, got -1/, RangeError],
    ["λ that is no number", () => l1("1" as never), /^l1: lambda must be a number of at least 0, got "1"/, TypeError],
    ["a negative β", () => elasticNet(1, { beta: -1 }), /^elasticNet: beta must be a number of at least 0/, RangeError],
    [
      "a schedule below 0",
      () => l2(exponentialDecay({ initial: -1, rate: 0.5, length: 3 })),
      /lambda|initial/,
      RangeError,
    ],
    [
      "an unknown option",
      () => l1(1, { prox: true } as never),
      /^l1: unknown option "prox". Did you mean "proximal"/,
      TypeError,
    ],
    ["proximal on L2", () => l2(1, { proximal: true } as never), /^l2: unknown option "proximal"/, TypeError],
    [
      "an unknown filter",
      () => l2(1, { filter: "biases" as never }),
      /^l2: filter must be "matrices" or "all"/,
      RangeError,
    ],
    [
      "proximal that is no flag",
      () => l1(1, { proximal: 1 as never }),
      /^l1: proximal must be true or false/,
      TypeError,
    ],
    ["a limit of 0", () => maxNorm(0), /^maxNorm: limit must be a positive number, got 0/, RangeError],
    [
      "no penalty",
      () => regression(0.1 as never),
      /^createTrainer: penalty must be a penalty, got 0\.1\. Try l2/,
      TypeError,
    ],
    [
      "no constraint",
      () => regression(undefined, { constraint: 3 as never }),
      /^createTrainer: constraint must be a constraint, got 3\. Try maxNorm\(3\)/,
      TypeError,
    ],
    [
      "a proximal step on an average",
      () => regression(l1(1, { proximal: true }), { optimizer: asgd() }),
      /^createTrainer: proximal cannot be combined with asgd, whose weights are an average/,
      TypeError,
    ],
    [
      "a constraint on an average",
      () => regression(undefined, { constraint: maxNorm(1), optimizer: scheduleFreeSgd() }),
      /^createTrainer: constraint cannot be combined with scheduleFreeSgd/,
      TypeError,
    ],
    [
      "a proximal step on FISTA's extrapolation",
      () => regression(l1(1, { proximal: true }), { optimizer: sgd({ learningRate: 0.1, nesterov: "fista" }) }),
      /^createTrainer: proximal cannot be combined with sgd, whose weights are extrapolated/,
      TypeError,
    ],
    [
      "a metric of that name",
      () => regression(l2(1), { metrics: [{ name: "penalty", apply: (p) => p.mean() }] }),
      /two results are named "penalty"/,
      RangeError,
    ],
  ];
  it.each(cases)("%s", (_, body, message, kind) => {
    expect(body).toThrow(message);
    expect(body).toThrow(kind);
  });

  it("a penalty that is not finite, with nothing changed", () => {
    const trainer = regression(l2(1e300));
    trainer.setParameters({ weight: { data: new Array(6).fill(1e10), shape: [3, 2] } });
    const before = all(trainer);
    expect(() => trainer.step(samples)).toThrow(/the loss is not finite/);
    expectSameBits(all(trainer), before);
  });
});
