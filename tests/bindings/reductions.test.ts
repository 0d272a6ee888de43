// Reductions over every set of axes against plain loops: sums, means, variances, extrema, products, argMax, softmax
// and running sums.

import type { Tensor } from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForEach } from "./engine.js";
import { expectClose, expectSameBits, flat, indices, numbers, type Plain, plain, sizeOf, typed } from "./numbers.js";
import { run } from "./transforms.js";

engineForEach();

/** Reduces by collecting what falls together, in row-major order. */
function reduce({ data, shape }: Plain, axes: readonly number[], f: (values: number[]) => number): Plain {
  const kept = shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  const cells = Array.from({ length: sizeOf(kept) }, (): number[] => []);
  let k = 0;
  for (const index of indices(shape)) {
    const cell = kept.reduce(
      (position, extent, axis) => position * extent + (extent === 1 ? 0 : (index[axis] as number)),
      0,
    );
    (cells[cell] as number[]).push(data[k++] as number);
  }
  return { data: cells.map(f), shape: shape.filter((_, axis) => !axes.includes(axis)) };
}

const total = (values: number[]): number => values.reduce((sum, value) => sum + value, 0);
const mean = (values: number[]): number => total(values) / values.length;
const variance = (values: number[], correction = 0): number => {
  const center = mean(values);
  return total(values.map((value) => (value - center) ** 2)) / (values.length - correction);
};

const subsets = (rank: number): number[][] =>
  Array.from({ length: 2 ** rank }, (_, mask) =>
    Array.from({ length: rank }, (_, k) => k).filter((k) => mask & (1 << k)),
  );

type Options = { axes: number[]; keepDimensions: boolean };
const reductions: Readonly<
  Record<string, [f: (x: Tensor, options: Options) => Tensor, oracle: (values: number[]) => number, empty: boolean]>
> = {
  sum: [(x, options) => x.sum(options), total, true],
  mean: [(x, options) => x.mean(options), mean, true],
  max: [(x, options) => x.max(options), (values) => Math.max(...values), false],
  min: [(x, options) => x.min(options), (values) => Math.min(...values), false],
  product: [
    (x, options) => x.product(options),
    (values) => values.reduce((product, value) => product * value, 1),
    true,
  ],
  variance: [(x, options) => x.variance(options), (values) => variance(values), true],
};

describe.each(Object.keys(reductions))("%s", (name) => {
  const [f, oracle, emptyAllowed] = reductions[name]!;

  it.each(["f64", "f32"] as const)("over every set of axes, in %s", (dtype) => {
    for (const shape of [[], [1], [7], [2, 3], [3, 1, 5], [2, 3, 4], [5, 2, 1, 3], [2, 1, 3, 2, 2], [17, 9], [3, 33]])
      for (const axes of subsets(shape.length)) {
        const x = { data: typed(dtype, plain(shape, -2, 2, 3).data), shape };
        const expected = reduce(x, axes, oracle);
        for (const keepDimensions of [false, true]) {
          const got = run(engine, (t: Tensor) => f(t, { axes, keepDimensions }), x);
          const wanted = keepDimensions
            ? shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
            : expected.shape;
          if (typeof got === "object") expect(got.shape).toEqual(wanted);
          else expect(wanted).toEqual([]);
          expectClose(got, expected, dtype === "f64" ? 1e-13 : 2e-6, `[${shape}] over [${axes}]`);
        }
      }
  });

  it("takes negative axes, one axis as a number, and all axes by default", () => {
    const x = plain([2, 3, 4]);
    const by = (options: object) => flat(run(engine, (t: Tensor) => f(t, options as Options), x));
    expect(by({ axes: -1 })).toEqual(by({ axes: [2] }));
    expect(by({ axes: [-3, 1] })).toEqual(by({ axes: [1, 0] }));
    expect(by({})).toEqual(by({ axes: [0, 1, 2] }));
  });

  it("of empty ranges: the neutral element, or an error where there is none", () => {
    for (const [shape, axes] of [
      [[0], [0]],
      [[2, 0, 3], [1]],
      [
        [2, 0, 3],
        [0, 1],
      ],
      [[0, 3], [1]],
    ] as const) {
      const reduced = () =>
        run(engine, (t: Tensor) => f(t, { axes: [...axes], keepDimensions: false }), { data: [], shape });
      const emptyRange = axes.some((axis) => shape[axis] === 0);
      if (emptyRange && !emptyAllowed) expect(reduced).toThrowError(/empty/);
      else expectClose(reduced(), reduce({ data: [], shape }, axes, oracle), 0, `[${shape}] over [${axes}]`);
    }
  });

  it("over long ranges, along rows and down columns", () => {
    for (const shape of [
      [1, 5000],
      [5000, 1],
      [2, 2049],
      [2049, 2],
      [1023, 3],
      [3, 1025],
    ])
      for (const axis of [0, 1]) {
        // Near 1, so that the product neither vanishes nor overflows.
        const x = plain(shape, 0.99, 1.01, 11);
        const got = run(engine, (t: Tensor) => f(t, { axes: [axis], keepDimensions: false }), x);
        expectClose(got, reduce(x, [axis], oracle), 1e-12, `[${shape}] over ${axis}`);
      }
  });
});

describe("accuracy", () => {
  it("a long f32 sum loses little: 1e6 numbers of one sign within 1e-6", () => {
    const x = Float32Array.from({ length: 1e6 }, (_, k) => 0.1 + (k % 7) * 0.01);
    const exact = x.reduce((sum, value) => sum + value, 0);
    expect(Math.abs((run(engine, (t: Tensor) => t.sum(), x) as number) / exact - 1)).toBeLessThan(1e-6);
  });

  it("the variance of f32 numbers far from 0 is not lost", () => {
    const x = Float32Array.from(numbers(999, 9999, 10001));
    const exact = variance(Array.from(x));
    expect(Math.abs((run(engine, (t: Tensor) => t.variance(), x) as number) / exact - 1)).toBeLessThan(1e-6);
    const corrected = run(engine, (t: Tensor) => t.variance({ correction: 1 }), x) as number;
    expect(Math.abs(corrected / variance(Array.from(x), 1) - 1)).toBeLessThan(1e-6);
  });

  it("a sum does not depend on what lies beside it", () => {
    for (const length of [1, 5, 16, 17, 1000, 1025]) {
      const row = typed("f32", numbers(length));
      const alone = run(engine, (t: Tensor) => t.sum({ axes: 1 }), { data: row, shape: [1, length] });
      const rows = run(engine, (t: Tensor) => t.sum({ axes: 1 }), {
        data: Float32Array.from([...row, ...row, ...row]),
        shape: [3, length],
      });
      const columns = run(engine, (t: Tensor) => t.sum({ axes: 0 }), {
        data: Float32Array.from(Array.from(row).flatMap((x) => [x, 1, x])),
        shape: [length, 3],
      });
      expectSameBits(rows, [flat(alone)[0], flat(alone)[0], flat(alone)[0]]);
      expectSameBits([flat(columns)[0], flat(columns)[2]], [flat(alone)[0], flat(alone)[0]], `${length} down a column`);
    }
  });
});

describe("argMax", () => {
  const first = (values: number[]): number => {
    const nan = values.findIndex(Number.isNaN);
    return nan >= 0 ? nan : values.indexOf(Math.max(...values));
  };

  it.each(["f64", "f32"] as const)("takes the first of ties and of NaN, along any axis, in %s", (dtype) => {
    for (const shape of [[1], [5], [2, 3], [3, 1], [4, 17], [2, 3, 4]])
      for (let axis = 0; axis < shape.length; axis++) {
        const values = plain(shape, -1, 1, 9).data.map((value) => Math.round(2 * value)); // many ties
        const nan = values.map((value, k) => (k % 4 === 2 ? Number.NaN : value));
        for (const data of [values, nan]) {
          const x = { data: typed(dtype, data), shape };
          const got = run(engine, (t: Tensor) => t.argMax(axis), x);
          expect(flat(got), `[${shape}] along ${axis}`).toEqual(reduce(x, [axis], first).data);
          if (typeof got === "object") expect(got.data).toBeInstanceOf(Int32Array);
        }
      }
  });

  it("of all equal, of infinities", () => {
    expect(run(engine, (x: Tensor) => x.argMax(), [3, 3, 3])).toBe(0);
    expect(run(engine, (x: Tensor) => x.argMax(), [-Infinity, -Infinity])).toBe(0);
    expect(run(engine, (x: Tensor) => x.argMax(), [1, Infinity, Infinity])).toBe(1);
    expect(run(engine, (x: Tensor) => x.argMax(), [-0, 0])).toBe(0);
  });
});

describe("along one axis", () => {
  /** Applies f to every line along an axis. */
  function lines(x: Plain, axis: number, f: (values: number[]) => number[]): number[] {
    const out = new Array<number>(x.data.length);
    const inner = sizeOf(x.shape.slice(axis + 1));
    const length = x.shape[axis] as number;
    for (let outer = 0; outer < sizeOf(x.shape.slice(0, axis)); outer++)
      for (let i = 0; i < inner; i++) {
        const place = (k: number): number => (outer * length + k) * inner + i;
        for (const [k, value] of f(Array.from({ length }, (_, k) => x.data[place(k)] as number)).entries())
          out[place(k)] = value;
      }
    return out;
  }
  const running = (values: number[]): number[] => values.map((_, k) => total(values.slice(0, k + 1)));
  const softmax = (values: number[]): number[] => {
    const powers = values.map((value) => Math.exp(value - Math.max(...values)));
    return powers.map((power) => power / total(powers));
  };
  const cases: Readonly<
    Record<string, [f: (x: Tensor, axis: number) => Tensor, oracle: (values: number[]) => number[]]>
  > = {
    cumulativeSum: [(x, axis) => x.cumulativeSum(axis), running],
    "cumulativeSum, reverse": [
      (x, axis) => x.cumulativeSum(axis, { reverse: true }),
      (values) => running(values.toReversed()).toReversed(),
    ],
    softmax: [(x, axis) => x.softmax(axis), softmax],
    logSoftmax: [(x, axis) => x.logSoftmax(axis), (values) => softmax(values).map(Math.log)],
  };
  it.each(Object.keys(cases))("%s", (name) => {
    const [f, oracle] = cases[name]!;
    for (const shape of [[1], [5], [2, 3], [3, 1], [1, 17], [33, 2], [2, 3, 4], [0, 3], [3, 0]])
      for (let axis = 0; axis < shape.length; axis++)
        for (const dtype of ["f64", "f32"] as const) {
          const x = { data: typed(dtype, plain(shape, -3, 3).data), shape };
          for (const own of [axis, axis - shape.length])
            expectClose(
              run(engine, (t: Tensor) => f(t, own), x),
              lines(x, axis, oracle),
              dtype === "f64" ? 1e-14 : 1e-6,
              `[${shape}] along ${own}`,
            );
        }
  });

  it("logSumExp drops its axis", () => {
    const x = plain([2, 3, 4], -3, 3);
    for (let axis = 0; axis < 3; axis++) {
      const got = run(engine, (t: Tensor) => t.logSumExp(axis), x);
      expectClose(
        got,
        reduce(x, [axis], (values) => Math.log(total(values.map(Math.exp)))),
        1e-14,
      );
      expect((got as Plain).shape).toEqual(x.shape.filter((_, k) => k !== axis));
    }
  });

  it("variance of nothing is not a number, corrected or not", () => {
    const none = { data: [], shape: [2, 0] };
    for (const correction of [0, 1] as const)
      expect(flat(run(engine, (t: Tensor) => t.variance({ axes: 1, correction }), none))).toEqual([
        Number.NaN,
        Number.NaN,
      ]);
  });

  it.each(["f64", "f32"] as const)("logSumExp of nothing is ln 0, whatever lies in memory: %s", (dtype) => {
    run(engine, (t: Tensor) => t.add(1).exp(), typed(dtype, new Array(64).fill(2)));
    const none = (shape: number[]) => ({ data: typed(dtype, []), shape });
    const least = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    expect(run(engine, (t: Tensor) => t.logSumExp(), none([0]))).toBe(Number.NEGATIVE_INFINITY);
    expect(flat(run(engine, (t: Tensor) => t.logSumExp(1), none([3, 0])))).toEqual(least);
    expect(flat(run(engine, (t: Tensor) => t.logSumExp(0), none([0, 3])))).toEqual(least);
    expect(() => run(engine, (t: Tensor) => t.crossEntropy([0, 0, 0]), none([3, 0]))).toThrow(
      "crossEntropy: index 0 out of range: got 0",
    );
  });
});
