// Initial values: moments and bounds against their formulas, conventions, orthogonality, and the numbers they stay at.

import {
  constantInitializer,
  createTrainer,
  heNormal,
  heUniform,
  type Initializer,
  type Layer,
  lecunNormal,
  lecunUniform,
  linear,
  meanSquaredError,
  normalInitializer,
  onesInitializer,
  orthogonalInitializer,
  relu,
  sequential,
  sgd,
  truncatedNormalInitializer,
  uniformInitializer,
  varianceScaling,
  xavierNormal,
  xavierUniform,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForAll } from "./engine.js";
import { expectClose, expectSameBits, flat } from "./numbers.js";

engineForAll();

const fanIn = 120;
const fanOut = 80;

function drawn(initializer: Initializer, shape = [fanIn, fanOut], dtype: "f32" | "f64" = "f64", seed = 3): number[] {
  const model: Layer = { name: "w", parameters: { w: { shape, initializer } }, apply: (_, x) => x };
  const trainer = createTrainer(engine, {
    model,
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: 1 }),
    dtype,
    seed,
  });
  const values = flat(trainer.parameters().w);
  trainer.free();
  return values;
}

const mean = (x: number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
const deviation = (x: number[]): number => Math.sqrt(mean(x.map((value) => value * value)) - mean(x) ** 2);
const largest = (x: number[]): number => x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
/** Deviation of a standard normal cut at ±2. */
const cut = 0.8796256610342398;

describe("deviation, mean and bound", () => {
  const cases: readonly (readonly [string, Initializer, number, number])[] = [
    ["heNormal", heNormal, Math.sqrt(2 / fanIn), Infinity],
    ["heUniform", heUniform, Math.sqrt(2 / fanIn), Math.sqrt(6 / fanIn)],
    ["xavierNormal", xavierNormal, Math.sqrt(2 / 200), Infinity],
    ["xavierUniform", xavierUniform, Math.sqrt(2 / 200), Math.sqrt(6 / 200)],
    ["lecunNormal", lecunNormal, Math.sqrt(1 / fanIn), Infinity],
    ["lecunUniform", lecunUniform, Math.sqrt(1 / fanIn), Math.sqrt(3 / fanIn)],
    ["normal", normalInitializer(0.3), 0.3, Infinity],
    ["uniform", uniformInitializer(-0.2, 0.2), 0.4 / Math.sqrt(12), 0.2],
    ["truncated", truncatedNormalInitializer({ deviation: 0.5 }), 0.5 * cut, 1],
    ["truncated, corrected", truncatedNormalInitializer({ deviation: 0.5, correction: true }), 0.5, 1 / cut],
    [
      "he as in Keras",
      varianceScaling({ scale: 2, convention: "keras" }),
      Math.sqrt(2 / fanIn),
      (2 * Math.sqrt(2 / fanIn)) / cut,
    ],
    [
      "he as in TensorFlow.js",
      varianceScaling({ scale: 2, convention: "tfjs" }),
      cut * Math.sqrt(2 / fanIn),
      2 * Math.sqrt(2 / fanIn),
    ],
    ["fan out", varianceScaling({ mode: "fanOut" }), Math.sqrt(1 / fanOut), Infinity],
    [
      "PyTorch's linear layer",
      varianceScaling({ scale: 1 / 3, distribution: "uniform" }),
      Math.sqrt(1 / 3 / fanIn),
      1 / Math.sqrt(fanIn),
    ],
  ];
  it.each(cases)("%s", (_, initializer, sigma, bound) => {
    for (const dtype of ["f64", "f32"] as const) {
      const values = drawn(initializer, [fanIn, fanOut], dtype);
      // 9600 numbers: four standard errors.
      expect(Math.abs(mean(values))).toBeLessThan((4 * sigma) / Math.sqrt(9600));
      expect(Math.abs(deviation(values) / sigma - 1)).toBeLessThan(4 / Math.sqrt(2 * 9600));
      expect(largest(values)).toBeLessThanOrEqual(bound * (1 + 1e-6));
      if (Number.isFinite(bound)) expect(largest(values)).toBeGreaterThan(0.97 * bound);
    }
  });

  it("constant, ones and a bias of fan 1", () => {
    expect(drawn(constantInitializer(0.25), [3])).toEqual([0.25, 0.25, 0.25]);
    expect(drawn(onesInitializer, [2])).toEqual([1, 1]);
    expect(drawn(heNormal, [5]).every(Number.isFinite)).toBe(true);
    expect(drawn(heNormal, []).every(Number.isFinite)).toBe(true);
  });
});

describe("truncated normal", () => {
  it("is the inverse of the distribution function at uniform numbers: share below ±1 and ±½ of what is within ±2", () => {
    const values = drawn(truncatedNormalInitializer({ deviation: 1 }), [200, 200]);
    const within = (bound: number) => values.filter((value) => Math.abs(value) < bound).length / values.length;
    // erf(x/√2) / erf(√2)
    expect(Math.abs(within(1) - 0.6826894921370859 / 0.9544997361036416)).toBeLessThan(0.01);
    expect(Math.abs(within(0.5) - 0.38292492254802624 / 0.9544997361036416)).toBeLessThan(0.01);
    expect(new Set(values).size).toBeGreaterThan(39900);
  });
});

describe("orthogonal", () => {
  it.each([[[7, 7]], [[40, 9]], [[9, 40]], [[1, 5]], [[5, 1]], [[3, 4, 20]], [[60, 60]]])(
    "of shape %j has orthonormal rows or columns",
    (shape) => {
      for (const [dtype, tolerance] of [
        ["f64", 1e-14],
        ["f32", 3e-7],
      ] as const) {
        const values = drawn(orthogonalInitializer(2), shape, dtype);
        const columns = shape.at(-1) as number;
        const rows = values.length / columns;
        const at = (i: number, j: number) => (values[i * columns + j] as number) / 2;
        const few = Math.min(rows, columns);
        for (let a = 0; a < few; a++)
          for (let b = 0; b <= a; b++) {
            let dot = 0;
            if (rows <= columns) for (let k = 0; k < columns; k++) dot += at(a, k) * at(b, k);
            else for (let k = 0; k < rows; k++) dot += at(k, a) * at(k, b);
            expectClose(dot, Number(a === b), tolerance, `${a}, ${b}`);
          }
      }
    },
  );

  it("is uniform: entries of many have mean 0 and variance 1 / n, and differ by seed", () => {
    const entries = Array.from({ length: 60 }, (_, seed) => drawn(orthogonalInitializer(), [8, 8], "f64", seed)).flat();
    expect(Math.abs(mean(entries))).toBeLessThan(4 * Math.sqrt(1 / 8 / entries.length));
    expectClose(deviation(entries), Math.sqrt(1 / 8), 1e-3);
    expect(drawn(orthogonalInitializer(), [8, 8], "f64", 1)).not.toEqual(
      drawn(orthogonalInitializer(), [8, 8], "f64", 2),
    );
  });

  it("keeps the norm through a deep linear network", () => {
    const trainer = createTrainer(engine, {
      model: sequential(Array.from({ length: 12 }, () => linear(16, 16, { weight: orthogonalInitializer() }))),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 1 }),
      dtype: "f64",
    });
    const x = Array.from({ length: 16 }, (_, k) => Math.sin(k + 1));
    const norm = (v: number[]) => Math.sqrt(v.reduce((total, value) => total + value * value, 0));
    expectClose(norm(flat(trainer.predict([x]))), norm(x), 1e-13);
  });
});

describe("streams and sentences", () => {
  it("a parameter's numbers depend on the seed and on its place in declaration order alone", () => {
    const weights = (model: Layer) =>
      createTrainer(engine, {
        model,
        loss: meanSquaredError(),
        optimizer: sgd({ learningRate: 1 }),
        seed: 6,
      }).parameters();
    const a = weights(sequential([linear(4, 4), relu(), linear(4, 4, { weight: xavierNormal })]));
    const b = weights(sequential([linear(4, 4), linear(4, 4, { weight: xavierNormal, bias: false })]));
    expectSameBits(a["2.weight"], b["1.weight"]);
    expectSameBits(a["0.weight"], b["0.weight"]);
  });

  it("an initializer of one's own fills, takes numbers and draws, in the shape and type of the parameter", () => {
    expect(drawn((context) => context.fill(0.5), [2])).toEqual([0.5, 0.5]);
    const given = [
      [1, 2],
      [3, 4],
    ];
    expect(drawn((context) => context.constant(given), [2, 2])).toEqual([1, 2, 3, 4]);
    expect(drawn((context) => context.uniform(), [3, 4])).toEqual(drawn(uniformInitializer(0, 1), [3, 4]));
    expect(drawn((context) => context.normal().multiply(0.1), [9])).toEqual(drawn(normalInitializer(0.1), [9]));
  });

  it("a second draw of one parameter has other numbers than the first", () => {
    // u − v of independent uniform numbers has variance 1/6; of equal ones it would have 0.
    const difference = drawn((context) => context.uniform().subtract(context.uniform()), [200, 200]);
    expectClose(mean(difference.map((x) => x * x)), 1 / 6, 0.02);
  });

  it("wrong shapes and types in an initializer are named", () => {
    expect(() => drawn((context) => context.fill(0, [-1]), [2])).toThrow(/context.fill: /);
    expect(() => drawn((context) => context.normal([2], "i32" as never), [2])).toThrow(/context: /);
  });

  it("wrong options are named", () => {
    expect(() => truncatedNormalInitializer({ deviation: 0 })).toThrowError(
      /truncatedNormalInitializer: deviation must be a positive number/,
    );
    expect(() => varianceScaling({ mode: "fan_in" as never })).toThrowError(/varianceScaling: mode must be/);
    expect(() => varianceScaling({ distributoin: "normal" } as never)).toThrowError(/Did you mean "distribution"/);
    expect(() => uniformInitializer(1, 1)).toThrowError(/uniformInitializer: high must be/);
    expect(() => orthogonalInitializer(0)).toThrowError(/orthogonalInitializer: gain must be/);
    expect(() => drawn(orthogonalInitializer(), [4])).toThrowError(
      /orthogonalInitializer: needs at least 2 axes, got shape \[4\]/,
    );
    expect(() => constantInitializer(Number.NaN)).toThrowError(/constantInitializer: value must be/);
  });

  it.each(["0.weight", "0.bias", "1.weight", "1.bias"])(
    "a value of %s that is not finite is named, and nothing is kept of the trainer",
    (name) => {
      const broken: Initializer = (context) => context.fill(0).reciprocal();
      const layers = [0, 1].map((k) =>
        linear(4, 4, {
          ...(name === `${k}.weight` ? { weight: broken } : {}),
          ...(name === `${k}.bias` ? { bias: broken } : {}),
        }),
      );
      const before = engine.bytesInUse;
      const options = { model: sequential(layers), loss: meanSquaredError(), optimizer: sgd({ learningRate: 1 }) };
      expect(() => createTrainer(engine, options)).toThrow(
        `createTrainer: the initial value of "${name}" is not finite.`,
      );
      expect(engine.bytesInUse).toBe(before);
    },
  );

  it.each([
    ["a name", "heNormal", '"heNormal"'],
    ["a number", 5, "5"],
  ])("%s is no initializer, and its parameter is not lost", (_, weight, shown) => {
    const model = sequential([linear(2, 2, { weight: weight as never })]);
    expect(() =>
      createTrainer(engine, { model, loss: meanSquaredError(), optimizer: sgd({ learningRate: 1 }) }),
    ).toThrow(
      new TypeError(`createTrainer: the initializer of "0.weight" must be a function, got ${shown}. Try heNormal.`),
    );
  });
});
