// Gradient transforms against plain f64 formulas: PyTorch's clip_grad_norm_, Optax's clip_by_global_norm and Keras's
// clipnorm by their definitions, and what no transform may change: bits, checkpoints, a trainer whose step failed.

import {
  adam,
  centralize,
  clipGlobalNorm,
  clipNorm,
  clipValue,
  createTrainer,
  DivergenceError,
  type Engine,
  type GradientTransform,
  linear,
  meanAbsoluteError,
  meanSquaredError,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Trainer,
  type TrainerOptions,
  tanh,
  zeros,
} from "thalweg";
import { beforeEach, describe, expect, it } from "vitest";
import { testEngine } from "./engine.js";
import { expectClose, expectSameBits, flat, hash, numbers } from "./numbers.js";

let engine: Engine;
beforeEach(async () => {
  engine = await testEngine();
});

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

const cases: Record<string, { transforms: GradientTransform[]; expected: (g: Tensors) => Tensors }> = {
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
  "a chain": {
    transforms: [centralize(), clipGlobalNorm(0.1), clipValue(0.01)],
    expected: (g) => byValue(torchGlobal(centered(g), 0.1), 0.01),
  },
  "the same in another order": {
    transforms: [clipValue(0.01), clipNorm(0.02), clipGlobalNorm(0.03), centralize()],
    expected: (g) => centered(torchGlobal(torchEach(byValue(g, 0.01), 0.02), 0.03)),
  },
};

describe.each([
  ["f64", 1e-14],
  ["f32", 3e-7],
] as const)("a transform of %s gradients", (dtype, tolerance) => {
  it.each(Object.keys(cases))("is %s", (name) => {
    const { transforms, expected } = cases[name]!;
    const raw = stepOf(classifier([], { dtype }));
    const got = stepOf(classifier(transforms, { dtype }));
    const wanted = expected(raw.gradient);
    for (const [parameter, values] of Object.entries(wanted))
      expectClose(got.gradient[parameter], values, tolerance, parameter);
    expect(got.norm, "the norm that the step reports is the one before").toBe(raw.norm);
  });

  it("that has nothing to do changes no bit", () => {
    const plain = classifier([], { dtype, optimizer: adam() });
    const idle = classifier([clipGlobalNorm(1e6), clipNorm(1e6), clipValue(1e6)], { dtype, optimizer: adam() });
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

describe("at the ends of the range", () => {
  /** |w x − y| at w = 0 and y = 1, whose gradient is −x: as large as it likes, with a loss of 1. */
  const atZero = (dtype: "f32" | "f64", x: number[], gradient: readonly GradientTransform[]) => {
    const trainer = createTrainer(engine, {
      model: linear(x.length, 1, { bias: false, weight: zeros }),
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

  it("a gradient of 0 stays 0", () => {
    for (const convention of ["lecture", "pytorch", "keras", "optax"] as const) {
      const { trainer, step } = atZero("f64", [0, 0], [centralize(), clipNorm(1, { convention }), clipGlobalNorm(1)]);
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
      model: linear(1, 3, { weight: zeros }),
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
    ["no array", () => classifier(wrong(clipValue(1))), TypeError, /createTrainer: gradient must be an array/],
    [
      "a number in the list",
      () => classifier(wrong([1])),
      TypeError,
      /gradient\[0\] must be a gradient transform, got 1/,
    ],
    ["null in the list", () => classifier(wrong([clipValue(1), null])), TypeError, /gradient\[1\] must be/],
    ["an optimizer in the list", () => classifier(wrong([adam()])), TypeError, /gradient\[0\] must be/],
  ])("%s", (_, body, kind, sentence) => {
    expect(body).toThrow(kind);
    expect(body).toThrow(sentence);
  });

  it("a checkpoint of another chain", () => {
    const file = classifier([clipGlobalNorm(1)]).save();
    classifier([clipGlobalNorm(1)]).restore(file);
    for (const chain of [[], [clipGlobalNorm(2)], [clipNorm(1)], [clipGlobalNorm(1), centralize()]])
      expect(() => classifier(chain).restore(file)).toThrow(/restore: .*clipGlobalNorm\(1, 0\.000001\)/);
  });
});
