// Schedules, beside the figures of the conformance suite: the formulas of the course, the forms of Keras and Optax; and in training, where
// neither slices nor checkpoints may show.

import { readFileSync } from "node:fs";
import * as thalweg from "thalweg";
import {
  accumulate,
  adamW,
  constantSchedule,
  cosineDecay,
  createTrainer,
  cyclicSchedule,
  exponentialDecay,
  type FitOptions,
  functionSchedule,
  inverseSquareRootDecay,
  inverseTimeDecay,
  joinSchedules,
  linear,
  linearSchedule,
  meanSquaredError,
  multiStepDecay,
  type Optimizer,
  oneCycle,
  plateauSchedule,
  polynomialDecay,
  type Schedule,
  scaleSchedule,
  scheduleValues,
  sequential,
  sgd,
  stepDecay,
  TraceError,
  type Trainer,
  tanh,
  warmRestarts,
  warmup,
  warmupStableDecay,
} from "thalweg";
import { plotSchedule } from "thalweg/plot";
import { describe, expect, it } from "vitest";
import * as descriptions from "../../bindings/schedules/index.js";
import { scheduleOf } from "../../conformance/adapters/thalweg/schedules.mjs";
import { cases } from "../../conformance/source/index.js";
import { engine, engineForAll } from "./engine.js";
import { hash, numbers } from "./numbers.js";
import { ascending, codesOf } from "./registered.js";

engineForAll();

/** Fails unless every value differs by at most 1e-12 of the expected one. */
function expectEqual(got: ArrayLike<number>, wanted: readonly number[]): void {
  expect(got.length).toBe(wanted.length);
  for (const [k, value] of wanted.entries())
    if (!(Math.abs((got[k] as number) - value) <= 1e-12 * Math.abs(value)))
      expect.fail(`value ${k} is ${got[k]}, expected ${value}`);
}

const { exp, sqrt, cos, PI, floor, min, max, ceil } = Math;

/** Formulas as they are printed, T = 40. */
const formulas: Readonly<Record<string, [Schedule, (t: number) => number]>> = {
  constant: [constantSchedule(0.3), () => 0.3],
  "step, × 0.1 after 10, 20, 30": [stepDecay({ initial: 0.1, length: 10 }), (t) => 0.1 * 0.1 ** floor(t / 10)],
  "multi-step with factors of their own": [
    multiStepDecay({ initial: 1, milestones: [3, 20], factor: [0.5, 0.2] }),
    (t) => (t < 3 ? 1 : t < 20 ? 0.5 : 0.1),
  ],
  "exponential h₀ exp(−a t)": [exponentialDecay({ initial: 0.1, decay: 0.07 }), (t) => 0.1 * exp(-0.07 * t)],
  "inverse time h₀/(1 + a t)": [inverseTimeDecay({ initial: 0.1, decay: 0.3 }), (t) => 0.1 / (1 + 0.3 * t)],
  "inverse square root": [inverseSquareRootDecay({ initial: 0.1 }), (t) => 0.1 / sqrt(max(t, 1))],
  "linear h₀(1 − t/T)": [linearSchedule({ from: 0.1, length: 40 }), (t) => 0.1 * max(1 - t / 40, 0)],
  "cosine h₀/2 (1 + cos(π t/T))": [
    cosineDecay({ initial: 0.1, length: 40 }),
    (t) => (t >= 40 ? 0 : 0.05 * (1 + cos((PI * t) / 40))),
  ],
  "warm restarts with bounds and lengths of every cycle": [
    warmRestarts({ maximum: [0.1, 0.06, 0.03], minimum: [0.01, 0.02, 0.001], length: [10, 5, 50] }),
    (t) => {
      const [a, b, since, length] =
        t < 10 ? [0.01, 0.1, t, 10] : t < 15 ? [0.02, 0.06, t - 10, 5] : [0.001, 0.03, t - 15, 50];
      return a + ((b - a) / 2) * (1 + cos((PI * since) / length));
    },
  ],
  "warm-up from 0, then constant": [warmup({ length: 10, schedule: 0.1 }), (t) => (t < 10 ? 0.01 * t : 0.1)],
  "warm-up of an inverse square root from the start": [
    warmup({ length: 16, schedule: inverseSquareRootDecay({ initial: 0.2, length: 16 }), countFrom: "start" }),
    (t) => 0.2 * min(sqrt(16 / max(t, 1)), t / 16),
  ],
  "Keras ExponentialDecay in a staircase": [
    exponentialDecay({ initial: 0.1, rate: 0.96, length: 7, staircase: true }),
    (t) => 0.1 * 0.96 ** floor(t / 7),
  ],
  "Keras and Optax exponential decay": [
    exponentialDecay({ initial: 0.1, rate: 0.5, length: 7 }),
    (t) => 0.1 * 0.5 ** (t / 7),
  ],
  "Optax exponential decay to an end value": [
    exponentialDecay({ initial: 0.1, rate: 0.5, length: 7, end: 0.02 }),
    (t) => max(0.1 * 0.5 ** (t / 7), 0.02),
  ],
  "Optax exponential growth to an end value": [
    exponentialDecay({ initial: 0.1, rate: 2, length: 7, end: 0.5 }),
    (t) => min(0.1 * 2 ** (t / 7), 0.5),
  ],
  "Keras InverseTimeDecay in a staircase": [
    inverseTimeDecay({ initial: 0.1, decay: 0.5, length: 9, staircase: true }),
    (t) => 0.1 / (1 + 0.5 * floor(t / 9)),
  ],
  "Keras PolynomialDecay": [
    polynomialDecay({ initial: 0.01, end: 1e-4, length: 30, power: 0.5 }),
    (t) => (0.01 - 1e-4) * (1 - min(t, 30) / 30) ** 0.5 + 1e-4,
  ],
  "Keras PolynomialDecay that cycles": [
    polynomialDecay({ initial: 0.01, end: 1e-4, length: 9, cycle: true }),
    (t) => {
      const steps = 9 * (t === 0 ? 1 : ceil(t / 9));
      return (0.01 - 1e-4) * (1 - t / steps) + 1e-4;
    },
  ],
  "Keras CosineDecay with alpha": [
    cosineDecay({ initial: 0.1, length: 30, relativeMinimum: 0.2 }),
    (t) => 0.1 * (0.8 * 0.5 * (1 + cos((PI * min(t, 30)) / 30)) + 0.2),
  ],
  "Optax cosine decay with exponent": [
    cosineDecay({ initial: 0.1, length: 30, relativeMinimum: 0.2, exponent: 2 }),
    (t) => 0.1 * (0.8 * (0.5 * (1 + cos((PI * min(t, 30)) / 30))) ** 2 + 0.2),
  ],
  "Keras CosineDecayRestarts": [
    warmRestarts({ maximum: 0.1, minimum: 0.01, length: 4, growth: 2, shrink: 0.5 }),
    (t) => {
      const cycle = floor(Math.log2(t / 4 + 1));
      const share = (t - 4 * (2 ** cycle - 1)) / (4 * 2 ** cycle);
      return 0.1 * (0.9 * 0.5 * 0.5 ** cycle * (1 + cos(PI * share)) + 0.1);
    },
  ],
  "Optax one cycle": [
    oneCycle({ peak: 0.5, length: 50, convention: "optax" }),
    (t) => {
      const swing = (a: number, b: number, x: number): number => b + ((a - b) / 2) * (1 + cos(PI * x));
      return t < 15 ? swing(0.02, 0.5, t / 15) : t < 50 ? swing(0.5, 0.02 / 1e4, (t - 15) / 35) : 0.02 / 1e4;
    },
  ],
  "warm-up, stable, decay": [
    warmupStableDecay({ peak: 0.1, warmup: 5, stable: 20, decay: 25, end: 0.01 }),
    (t) => (t < 5 ? 0.02 * t : t <= 25 ? 0.1 : t >= 50 ? 0.01 : 0.1 - 0.09 * ((t - 25) / 25)),
  ],
  "warm-up, stable, 1 − √x": [
    warmupStableDecay({ peak: 0.1, warmup: 0, stable: 0, decay: 50, shape: "squareRoot" }),
    (t) => 0.1 * (1 - sqrt(min(t / 50, 1))),
  ],
  "the linear scaling rule": [scaleSchedule(0.1, { batchSize: 1024 }), () => 0.4],
  "its square root": [scaleSchedule(0.1, { batchSize: 1024, rule: "squareRoot" }), () => 0.2],
  "a function inside others": [
    joinSchedules([
      { schedule: 0.5, until: 10 },
      { schedule: warmup({ length: 5, schedule: (t) => sqrt(0.25 - 0.01 * t) }), until: 30 },
      { schedule: (t) => 0.1 / (1 + t) },
    ]),
    (t) => (t < 10 ? 0.5 : t < 15 ? 0.1 * (t - 10) : t < 30 ? sqrt(0.25 - 0.01 * (t - 15)) : 0.1 / (t - 29)),
  ],
};

it("every law of the core has its figures here", () => {
  const codes = new Set<number>();
  const collect = (schedule: Schedule): void => {
    codes.add(schedule.code);
    for (const inner of schedule.inner) collect(inner.schedule);
  };
  for (const entry of cases.schedules) collect(scheduleOf(thalweg, entry));
  for (const [schedule] of Object.values(formulas)) if (typeof schedule === "object") collect(schedule);
  expect(ascending(codes)).toEqual(codesOf("law"));
});

it("every description of a schedule has a test here", () => {
  const text = readFileSync(import.meta.filename, "utf8");
  for (const name of Object.keys(descriptions)) expect(text, name).toMatch(new RegExp(`[^\\w]${name}\\(`));
});

describe("formulas", () => {
  it.each(Object.keys(formulas))("%s", (name) => {
    const [schedule, formula] = formulas[name] as [Schedule, (t: number) => number];
    const wanted = Array.from({ length: 60 }, (_, t) => formula(t));
    const got = scheduleValues(engine, schedule, 60);
    for (const [t, value] of wanted.entries())
      if (!(Math.abs((got[t] as number) - value) <= 1e-14)) expect.fail(`h(${t}) is ${got[t]}, expected ${value}`);
  });

  it("a warm-up in steps goes with a decay in epochs", () => {
    const decay = stepDecay({ initial: 1, length: 2, factor: 0.5, unit: "epoch" });
    const got = scheduleValues(engine, warmup({ length: 4, schedule: decay }), 12, { stepsPerEpoch: 3 });
    expect(Array.from(got)).toEqual([0, 0.25, 0.5, 0.75, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
    const still = scheduleValues(engine, stepDecay({ initial: 1, length: 1, unit: "epoch" }), 3, {
      stepsPerEpoch: 2 ** 32 + 1,
    });
    expect(Array.from(still)).toEqual([1, 1, 1]);
  });

  it.each(Object.keys(formulas).filter((name) => name !== "a function inside others"))("%s survives JSON", (name) => {
    const [schedule] = formulas[name] as [Schedule, unknown];
    const copy = JSON.parse(JSON.stringify(schedule)) as Schedule;
    expect(copy).toEqual(schedule);
    expect(scheduleValues(engine, copy, 60)).toEqual(scheduleValues(engine, schedule, 60));
  });

  // The literals are the same for the debug and the release build, for every host and every run.
  it.each(Object.keys(formulas))("%s has the bits of every other build and host", (name) => {
    const [schedule] = formulas[name] as [Schedule, unknown];
    expect(hash([scheduleValues(engine, schedule, 60)]), `digest of "${name}", to write here`).toBe(digests[name]);
  });
  const digests: Record<string, string> = {
    constant: "05db4c85",
    "step, × 0.1 after 10, 20, 30": "ce5c80c5",
    "multi-step with factors of their own": "e39859c5",
    "exponential h₀ exp(−a t)": "ec31834f",
    "inverse time h₀/(1 + a t)": "925bdcc4",
    "inverse square root": "25179465",
    "linear h₀(1 − t/T)": "05c9fccc",
    "cosine h₀/2 (1 + cos(π t/T))": "9892d807",
    "warm restarts with bounds and lengths of every cycle": "8a85fd8c",
    "warm-up from 0, then constant": "4c6ecfca",
    "warm-up of an inverse square root from the start": "a87f68d3",
    "Keras ExponentialDecay in a staircase": "504004f9",
    "Keras and Optax exponential decay": "e947c14b",
    "Optax exponential decay to an end value": "3754971c",
    "Optax exponential growth to an end value": "91deb8a5",
    "Keras InverseTimeDecay in a staircase": "acd3c36c",
    "Keras PolynomialDecay": "752693c2",
    "Keras PolynomialDecay that cycles": "0a66d377",
    "Keras CosineDecay with alpha": "b4bbd429",
    "Optax cosine decay with exponent": "e6d230e7",
    "Keras CosineDecayRestarts": "845287ed",
    "Optax one cycle": "28e74ce9",
    "warm-up, stable, decay": "969ee4c5",
    "warm-up, stable, 1 − √x": "9d45e1d8",
    "the linear scaling rule": "8d54895d",
    "its square root": "aaa4e93d",
    "a function inside others": "806e710e",
  };

  it("a description that was changed by hand is refused", () => {
    const altered = (change: Partial<Schedule>): Schedule => ({
      ...warmRestarts({ maximum: 1, length: 5, growth: 2 }),
      ...change,
    });
    for (const change of [
      { fields: [2, 1, 1, 5, 0] },
      { fields: [2, 1, 2, 5, 0, 1] },
      { fields: [0.5, 1, 1, 5, 0, 1] },
      { fields: [2, 1, 1, 0, 0, 1] },
      { fields: [2, 1, 1, Number.NaN, 0, 1] },
      { code: 18 },
      { code: -1 },
      { code: 10 },
      { unit: "batch" as never },
      { inner: null as never },
      { inner: [{ schedule: altered({}), start: 0 }] },
    ])
      expect(() => scheduleValues(engine, altered(change), 3)).toThrow("is not a valid schedule");
  });

  it("every value lies in the range that the description states", () => {
    for (const [schedule] of Object.values(formulas)) {
      const [low, high] = schedule.range ?? [-Infinity, Infinity];
      for (const value of scheduleValues(engine, schedule, 60)) {
        expect(value).toBeGreaterThanOrEqual(low - 1e-16);
        expect(value).toBeLessThanOrEqual(high + 1e-16);
      }
    }
  });
});

describe("plateau", () => {
  /** The rule as each library states it, apart from PyTorch's, which is recorded. */
  const rules = {
    keras(losses: readonly number[], patience: number, cooldown: number): number[] {
      let [rate, best, wait, cooling] = [1, Infinity, 0, 0];
      return losses.map((loss) => {
        const before = rate;
        if (cooling > 0) {
          cooling--;
          wait = 0;
        }
        if (loss < best - 1e-2) [best, wait] = [loss, 0];
        else if (cooling === 0) {
          wait++;
          if (wait >= patience && rate > 0.001) {
            rate = max(rate * 0.5, 0.001);
            [cooling, wait] = [cooldown, 0];
          }
        }
        return before;
      });
    },
    optax(losses: readonly number[], patience: number, cooldown: number): number[] {
      let [rate, best, count, cooling] = [1, Infinity, 0, 0];
      return losses.map((loss) => {
        const before = rate;
        const improved = loss < (1 - 1e-2) * best;
        best = improved ? loss : best;
        count = improved ? 0 : count + 1;
        if (cooling > 0) [count, cooling] = [0, cooling - 1];
        else if (count === patience) {
          rate = max(rate * 0.5, 0.001);
          [count, cooling] = [0, cooldown];
        }
        return before;
      });
    },
  };
  const losses = numbers(120, 0, 0.3, 3).map((noise, k) => 1 / (1 + k / 20) + noise);
  for (const convention of ["keras", "optax"] as const)
    it.each([
      // Keras takes 0 for 1; Optax would then act on what is better.
      ...(convention === "keras"
        ? [
            [0, 0],
            [0, 2],
          ]
        : []),
      [1, 0],
      [2, 0],
      [3, 1],
      [3, 4],
    ])(`${convention}: patience %i, cool-down %i`, (patience, cooldown) => {
      const rate = plateauSchedule({
        initial: 1,
        factor: 0.5,
        patience,
        cooldown,
        threshold: 1e-2,
        minimum: 1e-3,
        convention,
      });
      const wanted = rules[convention](losses, patience, cooldown);
      expect(new Set(wanted).size).toBeGreaterThan(2);
      expectEqual(scheduleValues(engine, rate, 120, { losses }), wanted);
    });

  it("counts the mean of several losses as one", () => {
    const means = [1, 0.5, 0.5, 0.4, 0.4, 0.4];
    const each = means.flatMap((mean) => [mean - 0.25, mean + 0.25]);
    const options = { initial: 1, patience: 0, factor: 0.5 } as const;
    const whole = scheduleValues(engine, plateauSchedule(options), 7, { losses: means });
    const halves = scheduleValues(engine, plateauSchedule({ ...options, average: 2 }), 13, { losses: each });
    expect(Array.from(halves).filter((_, k) => k % 2 === 0)).toEqual(Array.from(whole));
  });

  it("maximizes: better is above best (1 + threshold), or above best + threshold", () => {
    const options = { initial: 1, factor: 0.5, patience: 0, mode: "maximize" } as const;
    const rates = (threshold: number, thresholdMode: "absolute" | "relative"): number[] =>
      Array.from(
        scheduleValues(engine, plateauSchedule({ ...options, threshold, thresholdMode }), 5, {
          losses: [4, 4.5, 5, 6],
        }),
      );
    // Not better by more than 0.5: 4.5 than 4; 5 is, and so is 6 than 5.
    expect(rates(0.5, "absolute")).toEqual([1, 1, 0.5, 0.5, 0.5]);
    expect(rates(1, "absolute")).toEqual([1, 1, 0.5, 0.25, 0.25]);
    // Above 4 ⋅ 1.25 are neither 4.5 nor 5.
    expect(rates(0.25, "relative")).toEqual([1, 1, 0.5, 0.25, 0.25]);
    expect(rates(0.125, "relative")).toEqual([1, 1, 0.5, 0.5, 0.5]);
  });

  it("takes NaN for a bad epoch", () => {
    const rate = plateauSchedule({ initial: 1, patience: 0, factor: 0.5 });
    expect(Array.from(scheduleValues(engine, rate, 4, { losses: [1, Number.NaN, 0.5] }))).toEqual([1, 1, 0.5, 0.5]);
  });
});

const rows = 37;
const data = {
  inputs: { data: numbers(rows * 3), shape: [rows, 3] },
  targets: { data: numbers(rows), shape: [rows, 1] },
};
const later = {
  inputs: { data: numbers(30, -1, 1, 9), shape: [10, 3] },
  targets: numbers(10, -1, 1, 4).map((y) => [y]),
};

function makeTrainer(optimizer: Optimizer, microBatch = 1024): Trainer {
  return createTrainer(engine, {
    model: sequential([linear(3, 5), tanh(), linear(5, 1)]),
    loss: meanSquaredError(),
    optimizer,
    seed: 3,
    microBatch,
  });
}

const weights = (trainer: Trainer): number[][] =>
  Object.values(trainer.parameters()).map(({ data }) => Array.from(data));

const falling = { initial: 0.1, patience: 0, threshold: 0.2, factor: 0.5 } as const;
const trained: Readonly<Record<string, () => Optimizer>> = {
  "warm restarts with weight decay": () =>
    adamW({ learningRate: warmRestarts({ maximum: 0.03, length: 7, growth: 2 }), weightDecay: 0.1 }),
  "momentum and rate": () =>
    sgd({
      learningRate: cosineDecay({ initial: 0.1, length: 40 }),
      momentum: linearSchedule({ from: 0.5, to: 0.9, length: 30 }),
    }),
  "look-ahead momentum": () =>
    sgd({
      learningRate: 0.05,
      momentum: linearSchedule({ from: 0.5, to: 0.9, length: 30 }),
      momentumForm: "velocity",
      nesterov: "lookahead",
    }),
  "epochs and steps": () =>
    sgd({ learningRate: warmup({ length: 7, schedule: stepDecay({ initial: 0.1, length: 2, unit: "epoch" }) }) }),
  "scheduled decay, betas and epsilon": () =>
    adamW({
      learningRate: 0.01,
      beta1: linearSchedule({ from: 0.8, to: 0.95, length: 20 }),
      beta2: 0.99,
      epsilon: exponentialDecay({ initial: 1e-4, rate: 0.9, end: 1e-8 }),
      weightDecay: cosineDecay({ initial: 0.2, length: 30 }),
    }),
  plateau: () => sgd({ learningRate: plateauSchedule(falling) }),
  "plateau of a function after a warm-up": () =>
    sgd({
      learningRate: warmup({
        length: 3,
        schedule: scaleSchedule((t) => 0.1 / (1 + t / 10), { factor: plateauSchedule({ ...falling, initial: 1 }) }),
      }),
    }),
  "functions of steps and epochs": () =>
    sgd({
      learningRate: functionSchedule((t) => 0.1 / (1 + t), { unit: "epoch" }),
      momentum: (t) => 0.9 - 0.5 / (1 + t),
    }),
};

describe.each(Object.keys(trained))("training: %s", (name) => {
  const make = trained[name] as () => Optimizer;
  const options = { batchSize: 8 };
  const saved = (trainer: Trainer): Uint8Array => trainer.save();

  it("epochs in one call equal steps one by one, bit for bit", async () => {
    const together = makeTrainer(make());
    await together.fit(data, { epochs: 9, ...options });
    const apart = makeTrainer(make());
    while (apart.steps < together.steps) await apart.fit(data, { steps: 1, ...options });
    expect(saved(apart)).toEqual(saved(together));
    expect(apart.learningRate).toBe(together.learningRate);
  });

  it("saved and restored in the middle goes on bit for bit", async () => {
    const whole = makeTrainer(make());
    await whole.fit(data, { steps: 41, ...options, validation: later });
    const first = makeTrainer(make());
    await first.fit(data, { steps: 23, ...options, validation: later });
    const second = makeTrainer(make());
    second.restore(first.save());
    expect(second.learningRate).toBe(first.learningRate);
    await second.fit(data, { steps: 18, ...options, validation: later });
    expect(saved(second)).toEqual(saved(whole));
  });

  it("micro-batches see the rate of their update", async () => {
    const whole = makeTrainer(make(), 3);
    await whole.fit(data, { epochs: 3, ...options });
    const apart = makeTrainer(make(), 3);
    while (apart.steps < whole.steps) await apart.fit(data, { steps: 1, ...options });
    expect(saved(apart)).toEqual(saved(whole));
  });
});

describe("training", () => {
  it.each([
    ["a schedule", cosineDecay({ initial: 0.1, length: 30 })],
    ["a function", (t: number) => 0.1 / (1 + t)],
  ] as const)("fit with %s equals steps with the rates written out", async (_, learningRate) => {
    const rates = scheduleValues(engine, learningRate, 20);
    const fitted = makeTrainer(sgd({ learningRate }));
    await fitted.fit(data, { steps: 20, batchSize: rows, shuffle: false });
    const stepped = makeTrainer(sgd({ learningRate }));
    const written = makeTrainer(sgd({ learningRate: 1 }));
    for (const rate of rates) {
      expect(stepped.learningRate).toBe(rate);
      stepped.step(data);
      const next = makeTrainer(sgd({ learningRate: rate || 1e-300 }));
      next.setParameters(written.parameters());
      next.step(data);
      written.setParameters(next.parameters());
      next.free();
    }
    expect(weights(stepped)).toEqual(weights(fitted));
    expect(weights(written)).toEqual(weights(fitted));
  });

  it("a rate reaches the decay as well: w ← (1 − h λ) w", () => {
    const zero = { inputs: [[0, 0, 0]], targets: [[0]] };
    const model = linear(3, 1, { bias: false });
    const optimizer = adamW({ learningRate: linearSchedule({ from: 0.1, to: 0.5, length: 4 }), weightDecay: 0.5 });
    const trainer = createTrainer(engine, { model, loss: meanSquaredError(), optimizer, dtype: "f64" });
    const [first = []] = weights(trainer);
    let kept = 1;
    for (const rate of [0.1, 0.2, 0.3, 0.4, 0.5, 0.5]) {
      trainer.step(zero);
      kept *= 1 - rate * 0.5;
    }
    expectEqual(
      weights(trainer)[0] as number[],
      first.map((w) => w * kept),
    );
  });

  it("plateau looks at the validation loss, and without validation at the training loss", async () => {
    for (const validation of [later, undefined]) {
      const trainer = makeTrainer(sgd({ learningRate: plateauSchedule(falling) }));
      const { epochs } = await trainer.fit(data, { epochs: 12, batchSize: 8, ...(validation ? { validation } : {}) });
      const losses = epochs.map((epoch) => (validation ? epoch.validation?.loss : epoch.loss) as number);
      const wanted = scheduleValues(engine, plateauSchedule(falling), 13, { losses });
      expect(trainer.learningRate).toBe(wanted[12]);
      expect(trainer.learningRate).toBeLessThan(0.1);
    }
  });

  it("observe feeds a plateau between steps", () => {
    const trainer = makeTrainer(sgd({ learningRate: plateauSchedule({ initial: 0.1, patience: 0, factor: 0.5 }) }));
    for (const loss of [1, 1, 1]) {
      trainer.step(data);
      trainer.observe(loss);
    }
    expect(trainer.learningRate).toBe(0.025);
    expect(() => trainer.observe("1" as never)).toThrow('observe: the loss must be a number, got "1".');
  });

  it("a user's function is asked for no step beyond the run, and its errors are the run's", async () => {
    const asked = new Set<number>();
    const trainer = makeTrainer(
      sgd({
        learningRate: (t) => {
          asked.add(t);
          return 0.1;
        },
      }),
    );
    await trainer.fit(data, { steps: 12, batchSize: 8 });
    expect([...asked].sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, t) => t));
    const bad = makeTrainer(sgd({ learningRate: (t) => 3 - t }));
    await expect(bad.fit(data, { steps: 12, batchSize: 8 })).rejects.toThrow(
      "sgd: the value of the function of learningRate at step 4 must be a number of at least 0, got -1.",
    );
  });

  it.each<[name: string, unit: "step" | "epoch", limits: FitOptions, asked: number]>([
    ["updates of three epochs", "step", { epochs: 3 }, 30],
    ["updates of epochs without their short last batch", "step", { epochs: 3, lastBatch: "drop" }, 27],
    ["epochs of thirteen updates", "epoch", { steps: 13 }, 2],
    ["epochs of ten updates, which are one epoch", "epoch", { steps: 10 }, 1],
    ["updates, in a worker", "step", { epochs: 3, worker: true }, 30],
    ["epochs, in a worker", "epoch", { steps: 13, worker: true }, 2],
  ])("a table with a number for each of the %s is long enough", async (_, unit, limits, asked) => {
    for (const [gradient, count] of [
      [[], asked],
      [[accumulate(4)], unit === "epoch" ? null : Math.ceil(asked / 4)],
    ] as const) {
      if (count === null) continue;
      const table = Array.from({ length: count }, (_, t) => 0.1 / (1 + t));
      const learningRate = functionSchedule((t) => table[t] as number, { unit });
      for (const microBatch of [1024, 2]) {
        const trainer = createTrainer(engine, {
          model: sequential([linear(3, 5), tanh(), linear(5, 1)]),
          loss: meanSquaredError(),
          optimizer: sgd({ learningRate }),
          gradient: [...gradient],
          microBatch,
        });
        expect((await trainer.fit(data, { ...limits, batchSize: 4 })).stopped).toBe("finished");
        trainer.free();
      }
    }
  });

  it("functions within other schedules are asked only for where they hold", () => {
    const table = (t: number) => [0.5, 0.25, 0.125][t] as number;
    const epochs = functionSchedule(table, { unit: "epoch" });
    expectEqual(scheduleValues(engine, epochs, 5, { stepsPerEpoch: 2 }), [0.5, 0.5, 0.25, 0.25, 0.125]);
    const joined = joinSchedules([{ schedule: table, until: 3 }, { schedule: 7 }]);
    expectEqual(scheduleValues(engine, joined, 5), [0.5, 0.25, 0.125, 7, 7]);
    // A warm-up is a line to g(T), or g(0), also if another piece begins before its end.
    const cut = (countFrom: "start" | "end"): Schedule =>
      joinSchedules([
        { schedule: warmup({ length: 10, schedule: (t) => t + 1, countFrom }), until: 4 },
        { schedule: 0 },
      ]);
    expectEqual(scheduleValues(engine, cut("start"), 5), [0, 1.1, 2.2, 3.3, 0]);
    expectEqual(scheduleValues(engine, cut("end"), 5), [0, 0.1, 0.2, 0.3, 0]);
  });

  it.each<[string, (trainer: Trainer) => unknown]>([
    ["learningRate", (trainer) => trainer.learningRate],
    ["evaluate", (trainer) => trainer.evaluate(data)],
    ["step", (trainer) => trainer.step(data)],
    ["fit", (trainer) => trainer.fit(data, { steps: 1 })],
    ["save", (trainer) => trainer.save()],
  ])("a function that asks its own trainer for %s is refused, and nothing has changed", async (_, ask) => {
    let asking = true;
    const rate = (): number => {
      if (asking) ask(trainer);
      return 0.1;
    };
    const trainer: Trainer = makeTrainer(sgd({ learningRate: rate }));
    const untouched = makeTrainer(sgd({ learningRate: () => 0.1 }));
    const words = "trainer: used by a function that it calls. Use only the arguments there.";
    expect(() => trainer.learningRate).toThrow(new TraceError(words));
    expect(() => trainer.step(data)).toThrow(new TraceError(words));
    await expect(trainer.fit(data, { steps: 2 })).rejects.toThrow(new TraceError(words));
    expect([trainer.steps, weights(trainer)]).toEqual([0, weights(untouched)]);
    asking = false;
    trainer.step(data);
    untouched.step(data);
    expect(weights(trainer)).toEqual(weights(untouched));
  });

  it("the checkpoint marks functions and refuses another schedule", async () => {
    const trainer = makeTrainer(sgd({ learningRate: (t) => 0.1 / (1 + t), momentum: 0.9 }));
    const text = new TextDecoder().decode(trainer.save());
    expect(text).toContain('"schedules":"0.learningRate=external"');
    const saved = makeTrainer(sgd({ learningRate: stepDecay({ initial: 0.1, length: 5 }) })).save();
    for (const other of [
      stepDecay({ initial: 0.1, length: 6 }),
      0.1,
      plateauSchedule({ initial: 0.1 }),
      linearSchedule({ from: 0.1, length: 5 }),
    ])
      expect(() => makeTrainer(sgd({ learningRate: other })).restore(saved)).toThrow(/another schedule/);
    const plain = makeTrainer(sgd({ learningRate: 0.1 })).save();
    expect(() => makeTrainer(sgd({ learningRate: stepDecay({ initial: 0.1, length: 5 }) })).restore(plain)).toThrow(
      'restore: the file has another schedule for the optimizer: got "", expected "0.learningRate=stepDecay"',
    );
  });

  it("a value that is not finite stops before any weight changes", async () => {
    const overflow = scaleSchedule(1e300, { factor: 1e300 });
    const trainer = makeTrainer(
      sgd({ learningRate: joinSchedules([{ schedule: 0.1, until: 7 }, { schedule: overflow }]) }),
    );
    const before = weights(trainer);
    await expect(trainer.fit(data, { steps: 20, batchSize: rows })).rejects.toThrow(
      "step 8: the schedule of learningRate is not finite. The weights of step 7 are kept.",
    );
    expect(trainer.steps).toBe(7);
    const kept = weights(trainer);
    expect(kept).not.toEqual(before);
    expect(kept.flat().every(Number.isFinite)).toBe(true);
    expect(() => trainer.step(data)).toThrow(RangeError);
    expect(() => trainer.learningRate).toThrow(RangeError);
    expect(weights(trainer)).toEqual(kept);
  });

  it("the rate of a number is that number", () => {
    expect(makeTrainer(sgd({ learningRate: 0.125 })).learningRate).toBe(0.125);
  });
});

describe("plot", () => {
  const decay = linearSchedule({ from: 0.1, length: 50 });

  it("draws the values as one path within the picture", () => {
    const svg = plotSchedule(engine, decay, { count: 101, width: 500, height: 300, title: "a < b & c" });
    expect(svg).toContain("<title>a &lt; b &amp; c</title>");
    const curves = [...svg.matchAll(/<path class="line s\d" d="(M[^"]*V[^"]*)"/g)].map((match) => match[1] as string);
    expect(curves.length).toBe(1);
    // Steps: across to the next update, then up or down to its value.
    const points = (curves[0] as string)
      .slice(1)
      .split("H")
      .map((point) => point.split(/[,V]/).map(Number) as [number, number]);
    expect(points.length).toBe(101);
    const [[left, top], [right, bottom]] = [points[0], points[100]] as [[number, number], [number, number]];
    expect([left, right].every((x) => x >= 0 && x <= 500)).toBe(true);
    expect(top).toBeLessThan(bottom);
    for (const [k, [x, y]] of points.entries()) {
      expect(x).toBeCloseTo(left + ((right - left) * k) / 100, 1);
      expect(y).toBeCloseTo(top + (bottom - top) * min(k / 50, 1), 1);
    }
    expect(svg).not.toContain("NaN");
  });

  it("names several schedules, and keeps the peaks of long ones in few points", () => {
    const spikes = joinSchedules([{ schedule: 0, until: 5001 }, { schedule: 1, until: 5002 }, { schedule: 0 }]);
    const svg = plotSchedule(engine, { decay, spikes }, { count: 20_000 });
    expect(svg).toContain(">decay</text>");
    expect(svg).toContain(">spikes</text>");
    const [, curve = ""] = [...svg.matchAll(/<path class="line s\d" d="(M[^"]*V[^"]*)"/g)].map((match) => match[1]);
    const heights = curve
      .slice(1)
      .split("H")
      .map((point) => Number(point.split(/[,V]/)[1]));
    expect(heights.length).toBeLessThan(2500);
    expect(new Set(heights).size).toBe(2);
  });

  it("refuses what it cannot draw", () => {
    expect(() => plotSchedule(engine, {})).toThrow("plotSchedule: no schedule given");
    expect(() => plotSchedule(engine, decay, { count: 1 })).toThrow("plotSchedule: count must be a whole number");
    expect(() => plotSchedule(engine, decay, { title: 3 as never })).toThrow(
      "plotSchedule: title must be text, got 3.",
    );
    expect(() => plotSchedule(engine, { a: "x" as never })).toThrow("scheduleValues: schedule must be a schedule");
  });
});

describe("errors name the option", () => {
  const cases: readonly [() => unknown, string][] = [
    [() => stepDecay({ initial: 0.1, length: 0 }), "stepDecay: length must be a whole number of at least 1, got 0."],
    [
      () => cosineDecay({ initial: 0.1, length: -5 }),
      "cosineDecay: length must be a whole number of at least 1, got -5.",
    ],
    [
      () => linearSchedule({ from: 1, length: 1.5 }),
      "linearSchedule: length must be a whole number of at least 1, got 1.5.",
    ],
    [
      () => plateauSchedule({ initial: 0.1, patience: -1 }),
      "plateauSchedule: patience must be a whole number of at least 0, got -1.",
    ],
    [
      () => plateauSchedule({ initial: 0.1, factor: 1 }),
      "plateauSchedule: factor must be a number above 0 and below 1, got 1.",
    ],
    [
      () => multiStepDecay({ initial: 1, milestones: [30, 20] }),
      "multiStepDecay: milestones must ascend, got 30 before 20. Sort them.",
    ],
    [
      () => multiStepDecay({ initial: 1, milestones: [3], factor: [0.1, 0.2] }),
      "multiStepDecay: factor must be a number or 1",
    ],
    [
      () => joinSchedules([{ schedule: 1, until: 100 }, { schedule: 2, until: 50 }, { schedule: 3 }]),
      "joinSchedules: pieces overlap: piece 1 ends at 50, but begins at 100. Sort them.",
    ],
    [() => joinSchedules([{ schedule: 1 }, { schedule: 2 }]), "joinSchedules: until of piece 0 must be a whole number"],
    [() => joinSchedules([{ schedule: 1, until: 5 }]), "joinSchedules: the last piece must have no until, got 5."],
    [() => joinSchedules([]), "joinSchedules: pieces must be an array of { schedule, until }, got []."],
    [() => warmup({ length: 0, schedule: 1 }), "warmup: length must be a whole number of at least 1, got 0."],
    [
      () => warmup({ length: 5, schedule: "cosine" as never }),
      'warmup: schedule must be a schedule, a number or a function of t, got "cosine".',
    ],
    [
      () => warmRestarts({ maximum: [1, 2], length: [1, 2, 3] }),
      "warmRestarts: length, maximum and minimum list unequal",
    ],
    [
      () => warmRestarts({ maximum: 1, length: 5, growth: 0.5 }),
      "warmRestarts: growth must be a number of at least 1, got 0.5.",
    ],
    [() => oneCycle({ peak: 1, length: 3 }), "oneCycle: length 3 is too short"],
    [
      () => cyclicSchedule({ base: 0, peak: 1, up: 0 }),
      "cyclicSchedule: up must be a whole number of at least 1, got 0.",
    ],
    [() => cyclicSchedule({ base: 0, peak: 1, up: 5, gamma: 0.9 }), 'cyclicSchedule: gamma needs mode "expRange".'],
    [() => exponentialDecay({ initial: 1 } as never), "exponentialDecay: give either decay or rate, got neither."],
    [() => stepDecay({ initial: 1, lenght: 5 } as never), 'stepDecay: unknown option "lenght". Did you mean "length"?'],
    [
      () => stepDecay({ initial: 1, length: 5, unit: "batch" as never }),
      'stepDecay: unit must be "step" or "epoch", got "batch".',
    ],
    [() => scaleSchedule(0.1, {} as never), "scaleSchedule: give either factor or batchSize, got neither."],
    [() => functionSchedule(3 as never), "functionSchedule: law must be a function of t, got 3."],
    [
      () => sgd({ learningRate: 0.1, momentum: linearSchedule({ from: 0.5, to: 1.5, length: 9 }) }),
      "sgd: every value of the schedule of momentum must be a number of at least 0 and below 1, got 1.5.",
    ],
    [
      () => sgd({ learningRate: linearSchedule({ from: 0.1, to: -0.1, length: 9 }) }),
      "sgd: every value of the schedule of learningRate must be a number of at least 0, got -0.1.",
    ],
    [
      () => adamW({ epsilon: linearSchedule({ from: 1e-4, length: 9 }) }),
      "adamW: every value of the schedule of epsilon must be a positive number, got 0.",
    ],
    [
      () => sgd({ learningRate: 0.1, momentum: 0.9, nesterov: stepDecay({ initial: 1, length: 5 }) as never }),
      "sgd: nesterov must be true or false, got a schedule (stepDecay).",
    ],
    [
      () =>
        createTrainer(engine, { ...makeTrainer(sgd({ learningRate: 1 })).options, seed: constantSchedule(1) as never }),
      "createTrainer: seed must be a whole number of at least 0, got a schedule (constantSchedule).",
    ],
    [
      () => sgd({ learningRate: JSON.parse(JSON.stringify(functionSchedule((t) => t))) }),
      "sgd: learningRate is not a valid schedule, or lost its function in JSON.",
    ],
    [() => scheduleValues(engine, 0.1, 0), "scheduleValues: count must be a whole number of at least 1, got 0."],
    [
      () => scheduleValues(engine, (t) => (t < 3 ? 1 : Number.NaN), 5),
      "scheduleValues: the value of the function of schedule at step 3 must be a finite number, got NaN.",
    ],
  ];
  it.each(cases.map(([body, sentence]) => [sentence, body] as const))("%s", (sentence, body) => {
    expect(body).toThrow(sentence);
  });
});
