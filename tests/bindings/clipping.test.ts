// Gradient transforms against plain f64 formulas: PyTorch's clip_grad_norm_, Optax's clip_by_global_norm and Keras's
// clipnorm by their definitions, adaptive clipping, noise, accumulation, and what no transform may change: bits, checkpoints, a trainer whose step failed.

import {
  accumulate,
  adam,
  centralize,
  clipAdaptive,
  clipGlobalNorm,
  clipNorm,
  clipValue,
  createTrainer,
  DivergenceError,
  dropout,
  type GradientTransform,
  gradientNoise,
  type Layer,
  linear,
  lookahead,
  meanAbsoluteError,
  meanSquaredError,
  onesInitializer,
  readSafetensors,
  sam,
  sequential,
  sgd,
  softmaxCrossEntropy,
  stepDecay,
  type Trainer,
  type TrainerOptions,
  tanh,
  writeSafetensors,
  zerosInitializer,
} from "thalweg";
import { measuredStep } from "thalweg/inspect";
import { describe, expect, it } from "vitest";
import { engine, engineForEach } from "./engine.js";
import { expectClose, expectSameBits, flat, hash, numbers } from "./numbers.js";
import { ascending, codesOf } from "./registered.js";

engineForEach();

const rows = 37;
const inputs = { data: Float64Array.from(numbers(rows * 5, -2, 2)), shape: [rows, 5] };
const targets = Int32Array.from(numbers(rows, 0, 3, 99), Math.floor);
const data = { inputs, targets };

/** Tensors of 45, 9, 27 and 3 numbers: none a whole number of vectors. */
function classifier(gradient: readonly GradientTransform[], options: Partial<TrainerOptions> = {}): Trainer {
  return createTrainer(engine, {
    model: sequential([linear(5, 9), tanh(), linear(9, 3)]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 1 }),
    dtype: "f64",
    seed: 5,
    gradient,
    ...options,
  });
}

type Tensors = Record<string, number[]>;

/** What a step of rate 1 takes off the weights: the gradient that the rule saw. */
function stepOf(trainer: Trainer): { gradient: Tensors; norm: number } {
  const before = trainer.parameters();
  const { gradientNorm } = trainer.step(data);
  const after = trainer.parameters();
  const gradient = Object.fromEntries(
    Object.entries(before).map(([name, { data }]) => {
      const now = flat(after[name]);
      return [name, Array.from(data, (w, k) => w - (now[k] as number))];
    }),
  );
  return { gradient, norm: gradientNorm };
}

const norm = (g: readonly number[]): number => Math.sqrt(g.reduce((sum, value) => sum + value * value, 0));
const each = (g: Tensors, change: (g: number[], name: string) => number[]): Tensors =>
  Object.fromEntries(Object.entries(g).map(([name, values]) => [name, change(values, name)]));
const all = (g: Tensors): number[] => Object.values(g).flat();

/** torch.nn.utils.clip_grad_norm_: the norm of the norms, a factor of at most 1. */
const torchGlobal = (g: Tensors, c: number): Tensors => {
  const total = norm(Object.values(g).map(norm));
  const factor = Math.min(1, c / (total + 1e-6));
  return each(g, (values) => values.map((value) => value * factor));
};
/** optax.clip_by_global_norm. */
const optaxGlobal = (g: Tensors, c: number): Tensors => {
  const total = norm(all(g));
  return total < c ? g : each(g, (values) => values.map((value) => (value / total) * c));
};
/** keras.optimizers with global_clipnorm. */
const kerasGlobal = (g: Tensors, c: number): Tensors => {
  const total = norm(all(g));
  return each(g, (values) => values.map((value) => value * c * Math.min(1 / total, 1 / c)));
};
/** keras.optimizers with clipnorm. */
const kerasEach = (g: Tensors, c: number): Tensors =>
  each(g, (values) => values.map((value) => (value * c) / Math.max(norm(values), c)));
const torchEach = (g: Tensors, c: number): Tensors =>
  each(g, (values) => torchGlobal({ values }, c).values as number[]);
const byValue = (g: Tensors, c: number): Tensors =>
  each(g, (values) => values.map((value) => Math.min(Math.max(value, -c), c)));
const columns: Record<string, number> = { "0.weight": 9, "2.weight": 3 };
const centered = (g: Tensors): Tensors =>
  each(g, (values, name) => {
    const width = columns[name];
    if (width === undefined) return values;
    const mean = Array.from({ length: width }, (_, j) => {
      const column = values.filter((_, k) => k % width === j);
      return column.reduce((sum, value) => sum + value, 0) / column.length;
    });
    return values.map((value, k) => value - (mean[k % width] as number));
  });

/** Columns of a matrix, a vector as one. */
const units = (values: number[], width = 1): number[][] =>
  Array.from({ length: width }, (_, j) => values.filter((_, k) => k % width === j));
/** Brock et al. 2021, with weights as they are before the step. */
const adaptive = (g: Tensors, w: Tensors, limit: number, epsilon: number): Tensors =>
  each(g, (values, name) => {
    const width = columns[name] ?? 1;
    const factors = units(values, width).map((slope, j) => {
      const weight = norm(units(w[name] as number[], width)[j] as number[]);
      return Math.min(1, (limit * Math.max(weight, epsilon)) / norm(slope));
    });
    return values.map((value, k) => value * (factors[k % width] as number));
  });

const cases: Record<string, { transforms: GradientTransform[]; expected: (g: Tensors, w: Tensors) => Tensors }> = {
  "PyTorch's clip_grad_norm_": { transforms: [clipGlobalNorm(0.1)], expected: (g) => torchGlobal(g, 0.1) },
  "PyTorch's of a limit above the norm": { transforms: [clipGlobalNorm(1e3)], expected: (g) => torchGlobal(g, 1e3) },
  "Optax's clip_by_global_norm": {
    transforms: [clipGlobalNorm(0.1, { convention: "optax" })],
    expected: (g) => optaxGlobal(g, 0.1),
  },
  "Keras's global_clipnorm": {
    transforms: [clipGlobalNorm(0.1, { convention: "keras" })],
    expected: (g) => kerasGlobal(g, 0.1),
  },
  "Keras's clipnorm": {
    transforms: [clipNorm(0.1, { convention: "keras" })],
    expected: (g) => kerasEach(g, 0.1),
  },
  "clip_grad_norm_ tensor by tensor": { transforms: [clipNorm(0.1)], expected: (g) => torchEach(g, 0.1) },
  "clip by value": { transforms: [clipValue(0.02)], expected: (g) => byValue(g, 0.02) },
  centralize: { transforms: [centralize()], expected: centered },
  "adaptive clipping": { transforms: [clipAdaptive()], expected: (g, w) => adaptive(g, w, 0.01, 1e-3) },
  "adaptive clipping that some units feel": {
    transforms: [clipAdaptive({ limit: 0.08, epsilon: 0.7 })],
    expected: (g, w) => adaptive(g, w, 0.08, 0.7),
  },
  "adaptive clipping of what was centralized": {
    transforms: [centralize(), clipAdaptive({ limit: 0.02 })],
    expected: (g, w) => adaptive(centered(g), w, 0.02, 1e-3),
  },
  "a chain": {
    transforms: [centralize(), clipGlobalNorm(0.1), clipValue(0.01)],
    expected: (g) => byValue(torchGlobal(centered(g), 0.1), 0.01),
  },
  "the same in another order": {
    transforms: [clipValue(0.01), clipNorm(0.02), clipGlobalNorm(0.03), centralize()],
    expected: (g) => centered(torchGlobal(torchEach(byValue(g, 0.01), 0.02), 0.03)),
  },
};

it("every transform of the core has a row", () => {
  const rows = [...Object.values(cases).flatMap(({ transforms }) => transforms), gradientNoise({ scale: 1 })];
  expect(ascending(rows.map(({ code }) => code ?? -1))).toEqual(codesOf("transform"));
});

describe.each([
  ["f64", 1e-14],
  ["f32", 3e-7],
] as const)("a transform of %s gradients", (dtype, tolerance) => {
  it.each(Object.keys(cases))("is %s", (name) => {
    const { transforms, expected } = cases[name]!;
    const raw = stepOf(classifier([], { dtype }));
    const got = stepOf(classifier(transforms, { dtype }));
    const weights = Object.entries(classifier([], { dtype }).parameters()).map(([name, w]) => [name, flat(w)]);
    const wanted = expected(raw.gradient, Object.fromEntries(weights));
    for (const [parameter, values] of Object.entries(wanted))
      expectClose(got.gradient[parameter], values, tolerance, parameter);
    expect(got.norm, "the norm that the step reports is the one before").toBe(raw.norm);
  });

  it("that has nothing to do changes no bit", () => {
    const plain = classifier([], { dtype, optimizer: adam() });
    const rest = [clipGlobalNorm(1e6), clipNorm(1e6), clipValue(1e6), clipAdaptive({ limit: 1e9 })];
    const idle = classifier([accumulate(1), ...rest], { dtype, optimizer: adam() });
    for (let k = 0; k < 3; k++) {
      plain.step(data);
      idle.step(data);
    }
    expectSameBits(Object.values(idle.parameters()).flatMap(flat), Object.values(plain.parameters()).flatMap(flat));
  });

  it("of a clipped norm has that norm", () => {
    const { gradient } = stepOf(classifier([clipGlobalNorm(0.1, { convention: "lecture" })], { dtype }));
    expectClose(norm(all(gradient)), 0.1, dtype === "f64" ? 1e-13 : 1e-6);
  });
});

describe("however the work is cut", () => {
  const noisy = [accumulate(2), centralize(), clipAdaptive(), clipGlobalNorm(0.08), gradientNoise({ scale: 0.01 })];
  const transforms = [centralize(), clipNorm(0.05), clipGlobalNorm(0.08)];
  const hashOf = (trainer: Trainer): string => hash(Object.values(trainer.parameters()).map(({ data }) => data));
  it.each(["f32", "f64"] as const)(
    "the bits are the same: k steps, one by one, on from a checkpoint, %s",
    async (dtype) => {
      const make = () => classifier(transforms, { dtype, optimizer: adam({ learningRate: 0.01 }) });
      const together = make();
      await together.fit(data, { steps: 12, batchSize: rows, shuffle: false });
      const single = make();
      for (let k = 0; k < 6; k++) single.step(data);
      const other = make();
      other.restore(single.save());
      for (let k = 0; k < 6; k++) other.step(data);
      expect(hashOf(other)).toBe(hashOf(together));
    },
  );

  it.each(["f32", "f64"] as const)(
    "also with noise and accumulation, and a state saved half way, %s",
    async (dtype) => {
      const make = (seed = 5) =>
        classifier(noisy, {
          dtype,
          seed,
          model: sequential([linear(5, 9), tanh(), dropout(0.3), linear(9, 3)]),
          optimizer: sam(lookahead(adam({ learningRate: stepDecay({ initial: 0.1, length: 3, factor: 0.5 }) }))),
        });
      const together = make();
      await together.fit(data, { steps: 7, batchSize: rows, shuffle: false });
      const single = make();
      for (let k = 0; k < 5; k++) single.step(data);
      expect(single.steps).toBe(2);
      const other = make(99);
      other.restore(single.save());
      for (let k = 0; k < 9; k++) other.step(data);
      expect(other.steps).toBe(7);
      expect(hashOf(other)).toBe(hashOf(together));
    },
  );

  it("the gradient of the whole batch is clipped, not that of each run", () => {
    const whole = stepOf(classifier([clipGlobalNorm(0.1)]));
    const cut = stepOf(classifier([clipGlobalNorm(0.1)], { microBatch: 8 }));
    expectClose(all(cut.gradient), all(whole.gradient), 1e-13);
  });

  it("release and debug give the bits of this hash", () => {
    const trainer = classifier(transforms, { dtype: "f32", optimizer: sgd({ learningRate: 0.125 }) });
    for (let k = 0; k < 4; k++) trainer.step(data);
    expect(hashOf(trainer)).toBe("bc6cb8f7");
  });
});

describe("a parameter of three axes and very many columns", () => {
  const wide = 3001;
  const shape = [2, 1, wide];
  // The loss Σ w s, whose gradient is s wherever w is.
  const slopes = numbers(2 * wide, -1, 1, 12);
  const model: Layer = {
    name: "wide",
    parameters: { w: { shape, initializer: ({ trace }) => trace.constant({ data: weights, shape }, "f64") } },
    apply: ({ w }) => w!.multiply({ data: slopes, shape }).sum().reshape([1, 1]),
  };
  const weights = numbers(2 * wide, -1, 1, 13);
  const over = (f: (column: number[], j: number) => number[]): number[] => {
    const made = units(slopes, wide).map(f);
    return slopes.map((_, k) => made[k % wide]![Math.floor(k / wide)] as number);
  };
  const size = (values: readonly number[]): number => Math.hypot(...values);
  const expected = {
    clipAdaptive: over((g, j) => {
      const w = [weights[j] as number, weights[wide + j] as number];
      return g.map((value) => value * Math.min(1, (0.5 * Math.max(size(w), 0.001)) / size(g)));
    }),
    centralize: over(([a = 0, b = 0]) => [(a - b) / 2, (b - a) / 2]),
  };
  it.each([
    ["clipAdaptive", clipAdaptive({ limit: 0.5 })],
    ["centralize", centralize()],
  ] as const)("%s takes its columns by the last axis, and room for all of them", (name, transform) => {
    const trainer = createTrainer(engine, {
      model,
      loss: { name: "itself", targets: "values", apply: (prediction) => prediction.sum() },
      // What is kept of a wrapper lies behind the room of the transforms.
      optimizer: lookahead(sgd({ learningRate: 1 }), { syncPeriod: 2, slowStepSize: 0.5 }),
      gradient: [transform],
      dtype: "f64",
    });
    const step = (): number[] => {
      const before = flat(trainer.parameters().w);
      trainer.step({ inputs: [[0]], targets: [[0]] });
      const after = flat(trainer.parameters().w);
      return before.map((value, k) => value - (after[k] as number));
    };
    expectClose(step(), expected[name], 1e-14);
    step();
    if (name === "centralize") {
      // Half of two equal steps is one.
      const moved = flat(trainer.parameters().w).map((value, k) => (weights[k] as number) - value);
      expectClose(moved, expected.centralize, 1e-14);
    }
  });
});

describe("noise", () => {
  /** A gradient of 0 in two tensors, the larger beyond one draw of the core: what a step takes off is the noise. */
  const still = (dtype: "f32" | "f64", seed: number, decay?: number) => {
    const trainer = createTrainer(engine, {
      model: linear(1, 3001, { weight: zerosInitializer }),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 1 }),
      dtype,
      seed,
      gradient: [gradientNoise({ scale: 0.25, ...(decay === undefined ? {} : { decay }) })],
    });
    const batch = { inputs: [[0]], targets: [new Array<number>(3001).fill(0)] };
    return () => {
      trainer.setParameters({
        weight: { data: new Float64Array(3001), shape: [1, 3001] },
        bias: new Array(3001).fill(0),
      });
      trainer.step(batch);
      const { weight, bias } = trainer.parameters();
      return [flat(weight), flat(bias)];
    };
  };

  it.each(["f32", "f64"] as const)(
    "is normal, of variance η / (1 + t)^γ, other for every update and tensor, %s",
    (dtype) => {
      for (const [decay, gamma] of [
        [undefined, 0.55],
        [0, 0],
        [2, 2],
      ] as const) {
        const step = still(dtype, 3, decay);
        const draws = [step(), step(), step()];
        expect(new Set(draws.flat().map((numbers) => numbers[0])).size).toBe(6);
        for (const [t, tensors] of draws.entries())
          for (const numbers of tensors) {
            const sigma = Math.sqrt(0.25 / (1 + t) ** gamma);
            const mean = numbers.reduce((sum, x) => sum + x, 0) / 3001;
            const variance = numbers.reduce((sum, x) => sum + x * x, 0) / 3001;
            // Four standard errors.
            expect(Math.abs(mean)).toBeLessThan((4 * sigma) / Math.sqrt(3001));
            expect(Math.abs(variance / sigma ** 2 - 1)).toBeLessThan(4 * Math.sqrt(2 / 3000));
          }
      }
      expect(still(dtype, 3)()).toEqual(still(dtype, 3)());
      expect(still(dtype, 3)()).not.toEqual(still(dtype, 4)());
    },
  );

  it("falls by γ = 0.55 unless another decay is given, bit for bit", () => {
    const [plain, given, other] = [still("f64", 3), still("f64", 3, 0.55), still("f64", 3, 0.5)];
    for (let t = 0; t < 3; t++) {
      const draws = plain();
      expect(given()).toEqual(draws);
      const slower = other();
      // The same numbers of the seed, so that the ratio is that of the σ: (1 + t)^((0.55 − 0.5) / 2).
      expectClose(
        slower[1],
        draws[1]!.map((draw) => draw * (1 + t) ** 0.025),
        1e-13,
      );
    }
  });

  it("the draws of f32 are those of f64, rounded", () => {
    const [narrow, wide] = [still("f32", 1)(), still("f64", 1)()];
    for (const k of [0, 1]) expectClose(narrow[k], wide[k]!, 3e-7);
  });

  it("that overflows is reported, and nothing has changed", () => {
    const trainer = classifier([gradientNoise({ scale: 1e100 })], { dtype: "f32" });
    const before = trainer.save();
    expect(() => trainer.step(data)).toThrow(DivergenceError);
    expectSameBits(trainer.save(), before);
  });
});

describe("accumulation", () => {
  it("is of up to 2³² − 1 batches", () => {
    expect(accumulate(2 ** 32 - 1).fields).toEqual([2 ** 32 - 1]);
    expect(() => accumulate(2 ** 32)).toThrow("accumulate: batches must be below 2³², got 4294967296.");
  });

  it("keeps what it has gathered when the weights are set", () => {
    // One weight w and the loss w x: the gradient is x wherever w is.
    const trainer = createTrainer(engine, {
      model: linear(1, 1, { bias: false }),
      loss: { name: "itself", targets: "values", apply: (prediction) => prediction.mean() },
      optimizer: sgd({ learningRate: 1 }),
      gradient: [accumulate(2)],
      dtype: "f64",
    });
    trainer.step({ inputs: [[4]], targets: [[0]] });
    trainer.setParameters({ weight: [[100]] });
    trainer.step({ inputs: [[8]], targets: [[0]] });
    expect(flat(trainer.parameters().weight)).toEqual([100 - (4 + 8) / 2]);
  });

  const part = (from: number, to: number) => ({
    inputs: { data: inputs.data.slice(5 * from, 5 * to), shape: [to - from, 5] },
    targets: targets.slice(from, to),
  });
  const model = sequential([linear(5, 9), tanh(), dropout(0.4), linear(9, 3)]);

  it("of equal batches is one large batch, dropout included", () => {
    const options = { model, optimizer: adam({ learningRate: 0.05 }) };
    const whole = classifier([clipGlobalNorm(0.1)], options);
    const parts = classifier([accumulate(3), clipGlobalNorm(0.1)], options);
    for (let step = 0; step < 4; step++) {
      const { loss } = whole.step(part(0, 36));
      const losses = [0, 12, 24].map((from) => parts.step(part(from, from + 12)).loss);
      expectClose(losses.reduce((sum, value) => sum + value, 0) / 3, loss, 1e-13);
      expect(parts.steps).toBe(whole.steps);
    }
    expectClose(
      Object.values(parts.parameters()).flatMap(flat),
      Object.values(whole.parameters()).flatMap(flat),
      1e-10,
    );
  });

  it("is the mean of the gradients of unequal batches", () => {
    const trainer = classifier([accumulate(2)]);
    const before = Object.values(trainer.parameters()).flatMap(flat);
    const slopes = [part(0, 30), part(30, 37)].map((batch) => {
      const single = classifier([]);
      const { loss, gradientNorm } = single.step(batch);
      const result = trainer.step(batch);
      expectClose(result.loss, loss, 1e-15);
      expectClose(result.gradientNorm, gradientNorm, 1e-14);
      return Object.values(single.parameters()).flatMap((w) => flat(w));
    });
    const wanted = before.map((w, k) => w - (2 * w - slopes[0]![k]! - slopes[1]![k]!) / 2);
    expectClose(Object.values(trainer.parameters()).flatMap(flat), wanted, 1e-13);
  });

  it("schedules count updates; every batch reports its loss; what is left of an epoch goes on", async () => {
    const rates: number[] = [];
    const losses: number[] = [];
    const trainer = classifier([accumulate(3)], {
      optimizer: sgd({
        learningRate: (t) => {
          rates.push(t);
          return 0.1;
        },
      }),
    });
    const run = await trainer.fit(data, {
      epochs: 4,
      batchSize: 8,
      onProgress: (progress) => losses.push(...progress.losses),
    });
    // 5 batches an epoch, the last of 5 rows: 20 batches, 6 updates.
    expect(losses.length).toBe(20);
    expect(trainer.steps).toBe(6);
    expect(run.steps).toBe(6);
    expect(run.epochs.map(({ step }) => step)).toEqual([1, 3, 5, 6]);
    expect(Math.max(...rates)).toBeGreaterThanOrEqual(5);
    for (const [k, { loss }] of run.epochs.entries()) {
      const own = losses.slice(5 * k, 5 * k + 5);
      const sum = own.reduce((total, value, j) => total + value * (j < 4 ? 8 : 5), 0);
      expectClose(loss, sum / rows, 1e-13);
    }
    const stopped = await trainer.fit(data, { steps: 2, batchSize: 8 });
    expect(stopped.steps).toBe(2);
    expect(trainer.steps).toBe(8);
  });

  it("a batch that fails leaves what was gathered", () => {
    const trainer = createTrainer(engine, {
      model: linear(1, 1, { weight: onesInitializer }),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 0.1 }),
      gradient: [accumulate(3)],
    });
    const batch = (x: number) => ({ inputs: [[x]], targets: [[0]] });
    trainer.step(batch(1));
    const before = trainer.save();
    expect(() => trainer.step(batch(1e30))).toThrow(DivergenceError);
    expectSameBits(trainer.save(), before);
    trainer.step(batch(2));
    trainer.step(batch(3));
    expect(trainer.steps).toBe(1);
    // The mean of 2 x² is 28/3.
    expectClose(trainer.parameters().weight, [1 - 2.8 / 3], 1e-6);
  });

  it("a last batch that a transform makes infinite leaves what was gathered", () => {
    const trainer = createTrainer(engine, {
      model: linear(4, 1, { bias: false, weight: zerosInitializer }),
      loss: meanAbsoluteError(),
      optimizer: sgd({ learningRate: 1 }),
      gradient: [accumulate(2), centralize()],
    });
    const batch = { inputs: [[3e38, 3e38, 3e38, 1]], targets: [[1]] };
    trainer.step(batch);
    const before = trainer.save();
    expect(() => trainer.step(batch)).toThrow(DivergenceError);
    expectSameBits(trainer.save(), before);
  });
});

describe("at the ends of the range", () => {
  /** |w x − y| at w = 0 and y = 1, whose gradient is −x: as large as it likes, with a loss of 1. */
  const atZero = (dtype: "f32" | "f64", x: number[], gradient: readonly GradientTransform[]) => {
    const trainer = createTrainer(engine, {
      model: linear(x.length, 1, { bias: false, weight: zerosInitializer }),
      loss: meanAbsoluteError(),
      optimizer: sgd({ learningRate: 1 }),
      dtype,
      gradient,
    });
    return { trainer, step: () => trainer.step({ inputs: [x], targets: [[1]] }) };
  };
  const exact = { convention: "optax" } as const;

  it.each([
    ["global", clipGlobalNorm],
    ["of each parameter", clipNorm],
  ])("an f64 gradient whose squares overflow is clipped all the same: %s", (_, clip) => {
    const { trainer, step } = atZero("f64", [3e160, 4e160], [clip(5, exact)]);
    step();
    expectClose(trainer.parameters().weight, [3, 4], 1e-15);
  });

  it("and is left alone if the limit is larger still", () => {
    const { trainer, step } = atZero("f64", [3e160, 4e160], [clipGlobalNorm(1e161, exact)]);
    step();
    expectSameBits(trainer.parameters().weight, [3e160, 4e160]);
  });

  it("an f32 gradient keeps its digits when the factor would be denormal", () => {
    const { trainer, step } = atZero("f32", [3e37, 4e37], [clipGlobalNorm(5e-6, exact)]);
    step();
    expectClose(trainer.parameters().weight, [3e-6, 4e-6], 3e-7, "weight", 0);
  });

  it("adaptive clipping feels norms whose squares overflow, and lets weights of 0 leave", () => {
    const { trainer, step } = atZero("f64", [3e160, 4e160], [clipAdaptive({ limit: 5, epsilon: 1 })]);
    step();
    expectClose(trainer.parameters().weight, [3, 4], 1e-15);
  });

  it("adaptive clipping keeps the digits of f32 when the factor would be denormal", () => {
    const { trainer, step } = atZero("f32", [3e37, 4e37], [clipAdaptive({ limit: 5e-6, epsilon: 1 })]);
    step();
    expectClose(trainer.parameters().weight, [3e-6, 4e-6], 3e-7, "weight", 0);
  });

  it("a matrix of one row is one unit of adaptive clipping", () => {
    const trainer = createTrainer(engine, {
      model: linear(1, 4, { bias: false, weight: onesInitializer }),
      loss: meanSquaredError({ reduction: "sum" }),
      optimizer: sgd({ learningRate: 1 }),
      dtype: "f64",
      gradient: [clipAdaptive({ limit: 0.5 })],
    });
    // Gradient 2 (w − y) = (6, 0, 0, 8): of norm 10, cut to half of |w| = 2.
    trainer.step({ inputs: [[1]], targets: [[-2, 1, 1, -3]] });
    expectClose(trainer.parameters().weight, [0.4, 1, 1, 0.2], 1e-14);
  });

  it("a gradient of 0 stays 0", () => {
    for (const convention of ["lecture", "pytorch", "keras", "optax"] as const) {
      const { trainer, step } = atZero(
        "f64",
        [0, 0],
        [centralize(), clipNorm(1, { convention }), clipGlobalNorm(1), clipAdaptive()],
      );
      step();
      expectSameBits(trainer.parameters().weight, [0, 0]);
    }
  });

  it("a column whose sum overflows is reported, and nothing has changed", () => {
    const { trainer, step } = atZero("f32", [3e38, -3e38, -3e38, 1], [centralize(), clipGlobalNorm(1)]);
    const before = trainer.save();
    expect(step).toThrow(DivergenceError);
    expect(step).toThrow(/"?weight/);
    expectSameBits(trainer.save(), before);
  });

  it("one input leaves nothing of the gradient to centralize, and a vector is no matrix", () => {
    const trainer = createTrainer(engine, {
      model: linear(1, 3, { weight: zerosInitializer }),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 1 }),
      gradient: [centralize()],
    });
    trainer.step({ inputs: [[2]], targets: [[1, 2, 3]] });
    expectSameBits(trainer.parameters().weight, [0, 0, 0]);
    expect(flat(trainer.parameters().bias).every((value) => value > 0)).toBe(true);
  });

  it("a step that fails changes nothing", () => {
    const trainer = classifier([clipGlobalNorm(1)], { dtype: "f32", optimizer: adam() });
    trainer.step(data);
    const before = trainer.save();
    const broken = { inputs: { data: new Float64Array(rows * 5).fill(Number.NaN), shape: [rows, 5] }, targets };
    expect(() => trainer.step(broken)).toThrow(/not finite|NaN/);
    expectSameBits(trainer.save(), before);
  });
});

describe("what is refused", () => {
  const wrong = (value: unknown): never => value as never;
  it.each([
    ["a limit of 0", () => clipValue(0), RangeError, /clipValue: limit must be a positive number, got 0/],
    ["a negative norm", () => clipNorm(-1), RangeError, /clipNorm: maxNorm must be a positive number, got -1/],
    ["NaN", () => clipGlobalNorm(Number.NaN), RangeError, /clipGlobalNorm: maxNorm must be a positive number/],
    ["a text", () => clipGlobalNorm(wrong("1")), TypeError, /clipGlobalNorm: maxNorm must be a positive number/],
    ["an unknown option", () => clipNorm(1, wrong({ eps: 1 })), TypeError, /clipNorm: unknown option "eps"/],
    ["an unknown convention", () => clipNorm(1, wrong({ convention: "jax" })), RangeError, /clipNorm: convention must/],
    ["an adaptive limit of 0", () => clipAdaptive({ limit: 0 }), RangeError, /clipAdaptive: limit must be a positive/],
    ["an epsilon of 0", () => clipAdaptive({ epsilon: 0 }), RangeError, /clipAdaptive: epsilon must be a positive/],
    ["a misspelt option", () => clipAdaptive(wrong({ clipping: 1 })), TypeError, /clipAdaptive: unknown option/],
    ["no scale of noise", () => gradientNoise(wrong({})), TypeError, /gradientNoise: scale must be a positive number/],
    ["a scale of 0", () => gradientNoise({ scale: 0 }), RangeError, /gradientNoise: scale must be a positive number/],
    [
      "growing noise",
      () => gradientNoise({ scale: 1, decay: -1 }),
      RangeError,
      /gradientNoise: decay must be a number/,
    ],
    ["no batch", () => accumulate(0), RangeError, /accumulate: batches must be a whole number of at least 1, got 0/],
    ["half a batch", () => accumulate(1.5), RangeError, /accumulate: batches must be a whole number/],
    ["too many batches", () => accumulate(2 ** 32), RangeError, /accumulate: batches must be below/],
    [
      "accumulation that does not come first",
      () => classifier([clipValue(1), accumulate(2)]),
      TypeError,
      /createTrainer: gradient\[1\] is accumulate, which must be first/,
    ],
    [
      "accumulation twice",
      () => classifier([accumulate(2), accumulate(2)]),
      TypeError,
      /gradient\[1\] is accumulate, which must be first and only once/,
    ],
    [
      "a step that is measured while batches accumulate",
      () => measuredStep(classifier([accumulate(2)]), data),
      TypeError,
      /measuredStep: statistics cannot be combined with accumulate/,
    ],
    [
      "a run that is measured while batches accumulate",
      () => classifier([accumulate(2)]).fit(data, { steps: 1, statistics: { every: 1 } }),
      TypeError,
      /fit: statistics cannot be combined with accumulate/,
    ],
    [
      "a damaged count of batches",
      () => {
        const { tensors, metadata } = readSafetensors(classifier([accumulate(2)]).save());
        classifier([accumulate(2)]).restore(writeSafetensors(tensors, { ...metadata, accumulatedBatches: "2" }));
      },
      RangeError,
      /restore: .*accumulatedBatches is 2/,
    ],
    ["no array", () => classifier(wrong(clipValue(1))), TypeError, /createTrainer: gradient must be an array/],
    [
      "a number in the list",
      () => classifier(wrong([1])),
      TypeError,
      /gradient\[0\] must be a gradient transform, got 1/,
    ],
    ["null in the list", () => classifier(wrong([clipValue(1), null])), TypeError, /gradient\[1\] must be/],
    [
      "a copy by JSON, which lacks its functions",
      () => classifier(wrong(JSON.parse(JSON.stringify([clipValue(1)])))),
      TypeError,
      /gradient\[0\] must be a gradient transform/,
    ],
    ["an optimizer in the list", () => classifier(wrong([adam()])), TypeError, /gradient\[0\] must be/],
  ])("%s", (_, body, kind, sentence) => {
    expect(body).toThrow(kind);
    expect(body).toThrow(sentence);
  });

  it("a checkpoint of another chain", () => {
    const file = classifier([clipGlobalNorm(1)]).save();
    classifier([clipGlobalNorm(1)]).restore(file);
    for (const chain of [
      [],
      [accumulate(2), clipGlobalNorm(1)],
      [clipGlobalNorm(2)],
      [clipNorm(1)],
      [clipGlobalNorm(1), centralize()],
    ])
      expect(() => classifier(chain).restore(file)).toThrow(/restore: .*clipGlobalNorm\(1, 0\.000001\)/);
  });
});
