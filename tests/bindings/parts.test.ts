// Derivatives of functions of many parts of one tensor: slices, and rows by gather. What must come out is the sum of what
// every part gives, padded to the whole, which the tests write out; what it may cost is what the parts cost together.

import { concatenate, constant, type NDArray, type Tensor } from "thalweg";
import { describe, expect, it } from "vitest";
import { expectDerivatives } from "./differences.js";
import { engine, engineForEach } from "./engine.js";
import { expectClose, expectSameBits, flat, parkMiller, plain, typed } from "./numbers.js";
import { compile, grad, hvp, type Inputs, run } from "./transforms.js";

engineForEach();

/** Axis, start, stop. */
type Range = readonly [axis: number, start: number, stop: number];
type Given = { readonly data: Float32Array | Float64Array; readonly shape: readonly number[] };

const add = (a: Tensor, b: Tensor): Tensor => a.add(b);

/** A function in which every part counts differently, and with its neighbor. */
const mixed = (parts: readonly Tensor[]): Tensor =>
  parts
    .map((part, k) =>
      part
        .multiply(0.3 + 0.1 * k)
        .sin()
        .sum()
        .add(part.mean().multiply(parts[(k + 1) % parts.length]!.sum().tanh())),
    )
    .reduce(add);

const slices = (x: Tensor, ranges: readonly Range[]): Tensor[] => ranges.map((range) => x.slice(...range));

/** The gradient of mixed(slices), from that for the slices as tensors of their own: padded, and added up from the last on. */
function padded(x: Given, ranges: readonly Range[]): number[] {
  const cut = (range: Range) => run(engine, (t: Tensor) => t.slice(...range), x) as NDArray;
  const parts = Object.fromEntries(ranges.map((range, k) => [`p${k}`, cut(range)]));
  const cotangents = grad(engine, ((p: Inputs) => mixed(Object.values(p))) as never)(parts);
  const total = Object.values(cotangents).map((g, k) => {
    const [axis, start] = ranges[k]!;
    const own = axis < 0 ? axis + x.shape.length : axis;
    const pair = (extent: number, d: number) => [start, extent - start - g.shape[d]!] as const;
    const widths = x.shape.map((extent, d) => (d === own ? pair(extent, d) : ([0, 0] as const)));
    return run(engine, (t: Tensor) => t.pad(widths), g) as NDArray;
  });
  const round = x.data instanceof Float32Array ? Math.fround : Number;
  return total
    .map(flat)
    .reverse()
    .reduce((sums, values) => sums.map((sum, k) => round(sum + values[k]!)));
}

const steps = (axis: number, count: number, length = 1, stride = length): Range[] =>
  Array.from({ length: count }, (_, k) => [axis, k * stride, k * stride + length] as const);

function shuffled<T>(values: readonly T[]): T[] {
  const next = parkMiller(5);
  return values
    .map((value) => ({ value, key: next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}

describe("slices of one tensor", () => {
  const apart: [string, number[], Range[]][] = [
    ["one, at the start", [5, 3], [[0, 0, 2]]],
    ["one, in the middle", [5, 3], [[0, 1, 4]]],
    ["one, at the end", [5, 3], [[1, 2, 3]]],
    ["that tile the first axis", [8, 3], steps(0, 4, 2)],
    ["that tile the last axis", [4, 12], steps(1, 3, 4)],
    ["that tile an axis in the middle", [3, 6, 2], steps(1, 6)],
    ["of several lengths", [10, 2], [[0, 0, 1], [0, 1, 5], [0, 5, 10]]],
    ["with gaps between them and at the ends", [20, 2], steps(0, 4, 2, 5).map(([a, f, t]) => [a, f + 1, t + 1])],
    ["with a gap wider than a tile", [3000], [[0, 5, 9], [0, 2500, 2510]]],
    ["from the last to the first", [12, 2], steps(0, 6, 2).reverse()],
    ["in any order", [40, 3], shuffled(steps(0, 40))],
    ["in any order, with gaps", [90], shuffled(steps(0, 30, 2, 3))],
    ["of which some are empty", [6, 2], [[0, 0, 0], [0, 0, 3], [0, 3, 3], [0, 3, 6], [0, 6, 6]]],
    ["along a negative axis", [4, 6], steps(-1, 3, 2)],
    ["more than one op takes", [300, 2], steps(0, 300)],
    ["two that overlap", [9, 2], [[0, 0, 6], [0, 3, 9]]],
    ["along two axes", [4, 6], [...steps(0, 2, 2), ...steps(1, 3, 2)]],
    ["the whole, and a part", [5, 2], [[0, 0, 5], [0, 1, 3]]],
  ]; // biome-ignore format: a range is a triple
  it.each(apart)("%s: the bits of padding each", (_, shape, ranges) => {
    for (const dtype of ["f64", "f32"] as const) {
      const x = { data: typed(dtype, plain(shape).data), shape };
      const got = grad(engine, (t: Tensor) => mixed(slices(t, ranges)))(x);
      expectSameBits(flat(got), padded(x, ranges), dtype);
    }
  });

  it.each([
    ["the same one twice,", [5, 2], [[0, 1, 3], [0, 1, 3], [0, 0, 3]]], // biome-ignore format: triples
    ["windows", [30, 2], steps(0, 26, 5, 1)],
    ["windows in any order", [30, 2], shuffled(steps(0, 26, 5, 1))],
    ["all that begin at the start", [12], Array.from({ length: 12 }, (_, k): Range => [0, 0, k + 1])],
    ["windows along both axes", [7, 8], [...steps(0, 5, 3, 1), ...steps(1, 6, 3, 1)]],
  ] as [string, number[], Range[]][])("%s that overlap: the sums of padding each", (_, shape, ranges) => {
    const x = { data: typed("f64", plain(shape).data), shape };
    const got = grad(engine, (t: Tensor) => mixed(slices(t, ranges)))(x);
    expectClose(got, padded(x, ranges), 1e-15);
  });

  it("of slices, and beside other uses of the tensor", () => {
    const x = plain([6, 8]);
    const grid = (t: Tensor): Tensor[] => slices(t, steps(0, 3, 2)).flatMap((band) => slices(band, steps(1, 4, 2)));
    const weights = plain([6, 8], -1, 1, 3);
    const got = grad(engine, (t: Tensor) =>
      grid(t)
        .map((cell, k) => cell.multiply(k + 1).sum())
        .reduce(add)
        .add(t.square().sum()),
    )(x);
    expectClose(
      got,
      x.data.map((value, at) => 2 * value + 4 * Math.floor(at / 16) + Math.floor((at % 8) / 2) + 1),
      1e-15,
    );
    expectDerivatives(
      engine,
      ({ x: t, w }: Inputs) => mixed(grid(t!.multiply(w!).tanh())).add(t!.multiply(w!).sum().square()),
      { x, w: weights },
      1e-3,
    );
  });

  it("keep the sign of a zero that they are given, where adding zeros lost it", () => {
    const got = grad(engine, (t: Tensor) =>
      slices(t, steps(0, 2))
        .map((part) => part.multiply(-0).sum())
        .reduce(add),
    );
    expect(flat(got(plain([2])))).toEqual([-0, -0]);
  });

  it("have second derivatives", () => {
    for (const ranges of [
      steps(0, 4),
      shuffled(steps(0, 2, 1, 2)),
      steps(0, 3, 2, 1),
      steps(-1, 3),
      [...steps(0, 2, 2), ...steps(1, 2, 2, 1)],
    ])
      expectDerivatives(engine, ({ x }: Inputs) => mixed(slices(x!.sin(), ranges)), { x: plain([4, 3]) }, 1e-3);
  });

  it("have second derivatives where a pad cut several axes at once", () => {
    const widths = [
      [1, 2],
      [2, 1],
    ] as const;
    const f = ({ x }: Inputs): Tensor => x!.pad(widths).multiply(x!.sum()).sin().square().sum();
    expectDerivatives(engine, f, { x: plain([2, 3]) }, 1e-3);
    // The gradient of x.pad is a slice along both axes; here its own gradient is taken, at different places of one tensor.
    const pads = [widths, [[2, 1], [0, 3]], [[0, 3], [3, 0]]] as const; // biome-ignore format: pairs
    const inner = ({ x, w }: Inputs): Tensor => {
      const slope = grad(engine, (a: Tensor) =>
        pads
          .map((p) => a.pad(p))
          .reduce(add)
          .multiply(w!)
          .sin()
          .sum(),
      );
      return (slope as (a: Tensor) => Tensor)(x!).square().sum();
    };
    expectDerivatives(engine, inner, { x: plain([2, 3]), w: plain([5, 6], -1, 1, 9) }, 1e-3);
  });
});

describe("rows of one table", () => {
  const table = plain([6, 3]);
  const weigh = (t: Tensor, k: number): Tensor => t.multiply(k + 0.5).sin();
  const picks: (number | number[] | number[][])[] = [2, 0, 2, [5, 1], [1], [[3], [3]], 4];
  const f = ({ t }: Inputs): Tensor => picks.map((rows, k) => weigh(t!.gather(rows as number[]), k).sum()).reduce(add);

  it("by several gathers: what one gather of all rows gives", () => {
    const all = picks.flatMap((rows) => flat(rows));
    const counts = picks.flatMap((rows, k) => flat(rows).flatMap(() => [k + 0.5, k + 0.5, k + 0.5]));
    const one = grad(engine, (t: Tensor) =>
      t
        .gather(all)
        .multiply(constant(engine, { data: counts, shape: [all.length, 3] }))
        .sin()
        .sum(),
    )(table);
    expectClose(grad(engine, f as never)({ t: table }).t, one, 1e-15);
  });

  it("have second derivatives, also beside slices", () => {
    expectDerivatives(engine, f, { t: table }, 1e-3);
    expectDerivatives(
      engine,
      ({ t }: Inputs) => f({ t: t!.tanh() }).add(mixed(slices(t!, steps(0, 3, 2)))),
      { t: table },
      1e-3,
    );
  });
});

// Four times as many parts: a cost that grows like T grows 4 times, or a little more, as an op takes 128 inputs; T² 16 times.
describe("what the derivative of T parts costs grows like T", () => {
  const cost = (f: (x: Tensor) => Tensor, shape: number[]) =>
    compile(engine, (x: Tensor) => (grad(engine, f) as (t: Tensor) => Tensor)(x)).cost(plain(shape));
  const recurrent = (T: number) => (x: Tensor) => {
    let h = x.slice(0, 0, 4);
    for (let k = 1; k < T; k++) h = x.slice(0, 4 * k, 4 * k + 4).add(h.tanh());
    return h.square().sum();
  };
  const cases: [string, (T: number) => (x: Tensor) => Tensor, (T: number) => number[]][] = [
    ["steps of a sequence", recurrent, (T) => [4 * T, 8]],
    ["every other step", recurrent, (T) => [8 * T, 8]],
    ["windows", (T) => (x) => mixed(slices(x, steps(0, T, 4, 1))), (T) => [T + 3, 8]],
    [
      "rows",
      (T) => (x) => Array.from({ length: T }, (_, k) => x.gather(k).multiply(k).sin().sum()).reduce(add),
      (T) => [T, 8],
    ],
    ["pieces of a concatenation", (T) => (x) => concatenate(mixedPieces(x, T)).square().sum(), (T) => [T, 8]],
  ];
  const mixedPieces = (x: Tensor, T: number): Tensor[] =>
    Array.from({ length: T }, (_, k) => x.slice(0, k, k + 1).multiply(k));
  it.each(cases)("%s", (_, f, shape) => {
    const [short, long] = [cost(f(64), shape(64)), cost(f(256), shape(256))];
    expect(long.instructions).toBeLessThan(6 * short.instructions);
    expect(long.flops).toBeLessThan(6 * short.flops);
    expect(long.scratchBytes).toBeLessThan(6 * short.scratchBytes);
  });

  it("and so does that of a Hessian times a vector", () => {
    const seconds = (T: number) => {
      const f = recurrent(T);
      const product = compile(engine, ({ x, v }: Inputs) =>
        (
          grad(engine, (t: Tensor) =>
            (grad(engine, f) as (t: Tensor) => Tensor)(t).multiply(v!.stopGradient()).sum(),
          ) as (t: Tensor) => Tensor
        )(x!),
      );
      return product.cost({ x: plain([4 * T, 8]), v: plain([4 * T, 8]) });
    };
    const [short, long] = [seconds(64), seconds(256)];
    expect(long.flops).toBeLessThan(6 * short.flops);
    expect(long.scratchBytes).toBeLessThan(6 * short.scratchBytes);
    expect(hvp(engine, recurrent(4))(plain([16, 8]) as never, plain([16, 8]) as never)).toBeDefined();
  });
});
