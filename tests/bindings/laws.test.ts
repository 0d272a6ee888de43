// Laws that hold for every shape and every number, with shapes and numbers drawn by fast-check.

import fc from "fast-check";
import { concatenate, type NDArray, type Tensor } from "thalweg";
import { describe, it } from "vitest";
import { build, engine, engineForEach } from "./engine.js";
import { broadcastShape, expectClose, expectSameBits, flat, sizeOf } from "./numbers.js";
import { grad, hvp, type Inputs, run } from "./transforms.js";

engineForEach();

const runs = { numRuns: build === "debug" ? 25 : 60, seed: 20240917 };
const number = fc.double({ min: -4, max: 4, noNaN: true, noDefaultInfinity: true });
const shape = (rank: fc.Arbitrary<number>, largest = 6): fc.Arbitrary<number[]> =>
  rank.chain((n) => fc.array(fc.integer({ min: 1, max: largest }), { minLength: n, maxLength: n }));
interface Drawn {
  data: number[];
  shape: number[];
}
const filled = (extents: number[]): fc.Arbitrary<Drawn> =>
  fc
    .array(number, { minLength: sizeOf(extents), maxLength: sizeOf(extents) })
    .map((data) => ({ data, shape: extents }));
const array = (rank = fc.integer({ min: 0, max: 4 })): fc.Arbitrary<Drawn> => shape(rank).chain(filled);
const matrix = array(fc.constant(2));
/** Two arrays that broadcast: axes of the second are dropped from the left or set to 1. */
const broadcastable = array().chain((a) =>
  fc
    .tuple(fc.nat(a.shape.length), fc.array(fc.boolean(), { minLength: a.shape.length, maxLength: a.shape.length }))
    .chain(([drop, ones]) => filled(a.shape.map((extent, k) => (ones[k] ? 1 : extent)).slice(drop)))
    .map((b) => ({ a, b })),
);

const of = (f: (x: Tensor) => Tensor, x: Drawn): number[] => flat(run(engine, f, x));
const both = (f: (a: Tensor, b: Tensor) => Tensor, a: Drawn, b: Drawn): number[] =>
  flat(run(engine, ({ a, b }: Inputs) => f(a!, b!), { a, b }));

describe("broadcasting", () => {
  it("a + b = b + a, a b = b a, bit for bit", () =>
    fc.assert(
      fc.property(broadcastable, ({ a, b }) => {
        expectSameBits(
          both((x, y) => x.add(y), a, b),
          both((x, y) => y.add(x), a, b),
        );
        expectSameBits(
          both((x, y) => x.multiply(y), a, b),
          both((x, y) => y.multiply(x), a, b),
        );
      }),
      runs,
    ));

  it("an op on broadcast operands is the op on operands broadcast by hand", () =>
    fc.assert(
      fc.property(broadcastable, ({ a, b }) => {
        const common = broadcastShape(a.shape, b.shape) as number[];
        const byHand = both((x, y) => x.broadcastTo(common).subtract(y.broadcastTo(common)), a, b);
        expectSameBits(
          both((x, y) => x.subtract(y), a, b),
          byHand,
        );
      }),
      runs,
    ));

  it("the gradient of a broadcast sums over what was repeated", () =>
    fc.assert(
      fc.property(broadcastable, ({ a, b }) => {
        const g = grad(engine, ({ a, b }: Inputs) => a!.multiply(b!).sum())({ a, b });
        const total = (values: number[]): number => values.reduce((sum, value) => sum + value, 0);
        // Σ b ∂/∂b = Σ a b = Σ a ∂/∂a.
        const weighted = (x: Drawn, slope: NDArray): number => total(x.data.map((value, k) => value * slope.data[k]!));
        expectClose(weighted(b, g.b!), weighted(a, g.a!), 1e-11);
      }),
      runs,
    ));
});

describe("movement", () => {
  it("transpose undone is the identity", () =>
    fc.assert(
      fc.property(
        array().chain((x) =>
          fc.tuple(
            fc.constant(x),
            fc.shuffledSubarray(
              x.shape.map((_, k) => k),
              { minLength: x.shape.length },
            ),
          ),
        ),
        ([x, permutation]) => {
          const back = permutation.map((_, k) => permutation.indexOf(k));
          expectSameBits(
            of((t) => t.transpose(permutation).transpose(back), x),
            x.data,
          );
          expectSameBits(
            of((t) => t.transpose().transpose(), x),
            x.data,
          );
        },
      ),
      runs,
    ));

  it("slices put together again are the whole; pad undone by slice is the identity", () =>
    fc.assert(
      fc.property(
        array(fc.integer({ min: 1, max: 4 })).chain((x) =>
          fc
            .nat(x.shape.length - 1)
            .chain((axis) => fc.tuple(fc.constant(x), fc.constant(axis), fc.nat(x.shape[axis]!), fc.nat(3))),
        ),
        ([x, axis, cut, width]) => {
          expectSameBits(
            of((t) => concatenate([t.slice(axis, 0, cut), t.slice(axis, cut)], axis), x),
            x.data,
          );
          const widths = x.shape.map((_, k): [number, number] => (k === axis ? [width, cut] : [0, 0]));
          expectSameBits(
            of((t) => t.pad(widths).slice(axis, width, width + x.shape[axis]!), x),
            x.data,
          );
          expectClose(
            of((t) => t.pad(widths).sum(), x),
            of((t) => t.sum(), x),
            1e-13,
          );
        },
      ),
      runs,
    ));

  it("gather of all rows in their order is the identity", () =>
    fc.assert(
      fc.property(array(fc.integer({ min: 1, max: 4 })), (x) => {
        expectSameBits(
          of((t) => t.gather(Array.from({ length: x.shape[0]! }, (_, k) => k)), x),
          x.data,
        );
      }),
      runs,
    ));
});

describe("reductions", () => {
  it("a sum over all axes is the sum of sums over each", () =>
    fc.assert(
      fc.property(array(), (x) => {
        const stepwise = of((t) => x.shape.reduce((sum) => sum.sum({ axes: 0 }), t), x);
        expectClose(
          stepwise,
          of((t) => t.sum(), x),
          1e-12,
        );
      }),
      runs,
    ));

  it("sums along rows are a product with ones", () =>
    fc.assert(
      fc.property(matrix, (x) => {
        const ones = new Array<number>(x.shape[1]!).fill(1).map((one) => [one]);
        expectClose(
          of((t) => t.matmul(ones), x),
          of((t) => t.sum({ axes: 1 }), x),
          1e-12,
        );
      }),
      runs,
    ));

  it("the last running sum is the sum; forward plus reverse is the sum plus the element", () =>
    fc.assert(
      fc.property(matrix, (x) => {
        expectClose(
          of((t) => t.cumulativeSum(1).slice(1, -1), x),
          of((t) => t.sum({ axes: 1 }), x),
          1e-12,
        );
        const around = of(
          (t) =>
            t
              .cumulativeSum(0)
              .add(t.cumulativeSum(0, { reverse: true }))
              .subtract(t),
          x,
        );
        expectClose(
          around,
          of((t) => t.sum({ axes: 0 }).broadcastTo(x.shape), x),
          1e-12,
        );
      }),
      runs,
    ));

  it("min x = −max −x; the mean lies between; the variance is E x² − (E x)²", () =>
    fc.assert(
      fc.property(array(), (x) => {
        expectSameBits(
          of((t) => t.min().add(0), x),
          of((t) => t.negate().max().negate().add(0), x),
        );
        const [mean, least, largest] = [
          of((t) => t.mean(), x)[0]!,
          of((t) => t.min(), x)[0]!,
          of((t) => t.max(), x)[0]!,
        ];
        expectClose(Math.min(Math.max(mean, least), largest), mean, 1e-14);
        expectClose(
          of((t) => t.variance(), x),
          of((t) => t.square().mean().subtract(t.mean().square()), x),
          1e-12,
        );
      }),
      runs,
    ));
});

describe("softmax", () => {
  it("rows sum to 1, and a shift changes nothing", () =>
    fc.assert(
      fc.property(matrix, number, (x, by) => {
        expectClose(
          of((t) => t.softmax().sum({ axes: 1 }), x),
          new Array<number>(x.shape[0]!).fill(1),
          1e-14,
        );
        expectClose(
          of((t) => t.add(by * 100).softmax(), x),
          of((t) => t.softmax(), x),
          1e-12,
        );
        expectClose(
          of((t) => t.logSoftmax().exp(), x),
          of((t) => t.softmax(), x),
          1e-13,
        );
        expectClose(
          of((t) => t.logSumExp(), x),
          of((t) => t.exp().sum({ axes: 1 }).log(), x),
          1e-13,
        );
      }),
      runs,
    ));

  it("crossEntropy is the one-hot product with −logSoftmax", () =>
    fc.assert(
      fc.property(
        matrix.chain((x) =>
          fc.tuple(
            fc.constant(x),
            fc.array(fc.nat(x.shape[1]! - 1), { minLength: x.shape[0]!, maxLength: x.shape[0]! }),
          ),
        ),
        ([x, labels]) => {
          const hot = labels.map((label) => Array.from({ length: x.shape[1]! }, (_, k) => Number(k === label)));
          expectClose(
            of((t) => t.crossEntropy(labels), x),
            of((t) => t.logSoftmax().multiply(hot).sum({ axes: 1 }).negate(), x),
            1e-13,
          );
        },
      ),
      runs,
    ));
});

describe("products", () => {
  const triple = fc
    .array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 4 })
    .chain(([m, k, l, n]) => fc.tuple(filled([m!, k!]), filled([k!, l!]), filled([l!, n!]), filled([k!, l!])));

  it("(A B) C = A (B C), A (B + D) = A B + A D, (A B)ᵀ = Bᵀ Aᵀ", () =>
    fc.assert(
      fc.property(triple, ([a, b, c, d]) => {
        const all = { a, b, c, d };
        const value = (f: (p: Inputs) => Tensor): number[] => flat(run(engine, f, all));
        expectClose(
          value(({ a, b, c }) => a!.matmul(b!).matmul(c!)),
          value(({ a, b, c }) => a!.matmul(b!.matmul(c!))),
          1e-11,
        );
        expectClose(
          value(({ a, b, d }) => a!.matmul(b!.add(d!))),
          value(({ a, b, d }) => a!.matmul(b!).add(a!.matmul(d!))),
          1e-12,
        );
        expectSameBits(
          value(({ a, b }) => a!.matmul(b!).transpose()),
          value(({ a, b }) => b!.matmul(a!, { transposeA: true, transposeB: true })),
        );
      }),
      runs,
    ));
});

describe("derivatives", () => {
  it("the gradient is linear, and that of the sum is 1 everywhere", () =>
    fc.assert(
      fc.property(array(), number, number, (x, p, q) => {
        const [f, g] = [(t: Tensor) => t.tanh().sum(), (t: Tensor) => t.square().sum()];
        const slope = (h: (t: Tensor) => Tensor): number[] => flat(grad(engine, h)(x));
        const [df, dg] = [slope(f), slope(g)];
        const mixed = slope((t) => f(t).multiply(p).add(g(t).multiply(q)));
        expectClose(
          mixed,
          df.map((value, k) => p * value + q * dg[k]!),
          1e-12,
        );
        expectSameBits(
          slope((t) => t.sum()),
          x.data.map(() => 1),
        );
      }),
      runs,
    ));

  it("the Hessian of a quadratic form ½ xᵀ A x is the symmetric part of A", () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }).chain((n) => fc.tuple(filled([n, n]), filled([n]), filled([n]))),
        ([a, x, v]) => {
          const n = x.shape[0]!;
          const form = (t: Tensor): Tensor => {
            const row = t.reshape([1, n]);
            return row.matmul(a).matmul(row, { transposeB: true }).sum().multiply(0.5);
          };
          const expected = x.data.map((_, i) =>
            v.data.reduce((total, value, j) => total + ((a.data[i * n + j]! + a.data[j * n + i]!) / 2) * value, 0),
          );
          expectClose(hvp(engine, form)(x, v), expected, 1e-12);
        },
      ),
      runs,
    ));
});
