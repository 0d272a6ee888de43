// Every registered op against central differences in f64, first and second derivative, away from kinks; then what
// holds at kinks. The list of ops is read from assembly/abi.ts: an op without an example turns this file red.

import {
  bernoulli,
  concatenate,
  constant,
  convolve,
  convolveTransposed,
  type Engine,
  fill,
  iota,
  logAddExp,
  normal,
  orthogonalInitializer,
  padBorder,
  poolMax,
  poolMaxFrom,
  poolMean,
  resize,
  scan,
  type Tensor,
  uniform,
} from "thalweg";
import { beforeAll, describe, expect, it } from "vitest";
import * as abi from "../../assembly/abi.js";
import { equalize } from "../../bindings/augmentation/equalize.js";
import { warp } from "../../bindings/augmentation/warp.js";
import { Initialization } from "../../bindings/layers/initializers.js";
import { type Doubles, expectDerivatives } from "./differences.js";
import { testEngine } from "./engine.js";
import { expectClose, expectSameBits, flat, numbers, plain } from "./numbers.js";
import { compile, grad, hvp, type Inputs, run, valueAndGrad } from "./transforms.js";

interface Example {
  readonly inputs: Doubles;
  readonly f: (inputs: Inputs, engine: Engine) => Tensor;
}

/** A function of one tensor x of shape [2, 3] in low .. high. */
const one = (f: (x: Tensor, engine: Engine) => Tensor, low = -2, high = 2, shape = [2, 3]): Example => ({
  inputs: { x: plain(shape, low, high) },
  f: ({ x }, engine) => f(x as Tensor, engine),
});
/** A function of two tensors, b broadcast over a. */
const two = (
  f: (a: Tensor, b: Tensor) => Tensor,
  low = -2,
  high = 2,
  shapes = [
    [2, 1, 3],
    [4, 1],
  ],
): Example => ({
  inputs: { a: plain(shapes[0] as number[], low, high, 3), b: plain(shapes[1] as number[], low, high, 11) },
  f: ({ a, b }) => f(a as Tensor, b as Tensor),
});
const pair = (f: (a: Tensor, b: Tensor) => Tensor): Example =>
  two(f, -2, 2, [
    [2, 5],
    [2, 5],
  ]);
const labels = [2, 0, 2];
/** A function of images and weights. */
const filtered = (f: (x: Tensor, w: Tensor) => Tensor, image: number[], weights: number[]): Example =>
  two((x, w) => f(x.sin(), w.add(w.square())), -1, 1, [image, weights]);
/** Uneven sizes, strides, padding on one side, dilation and groups. */
const convolutions: Example[] = [
  filtered((x, w) => convolve(x, w).square(), [2, 4, 5, 2], [3, 2, 2, 3]),
  filtered(
    (x, w) => convolve(x, w, { stride: [2, 3], padding: [1, 0, 2, 1], dilation: [1, 2], groups: 2 }).square(),
    [2, 5, 6, 4],
    [3, 2, 2, 6],
  ),
  filtered((x, w) => convolve(x, w, { padding: "same", groups: 3 }).square(), [1, 3, 4, 3], [3, 3, 1, 6]),
  filtered((x, w) => convolve(x, w, { stride: 3 }).square(), [2, 8, 1], [2, 1, 2]),
];
const transposed: Example[] = [
  filtered((x, w) => convolveTransposed(x, w).square(), [1, 3, 2, 2], [2, 3, 3, 2]),
  filtered(
    (x, w) =>
      convolveTransposed(x, w, { stride: [2, 3], padding: [1, 0, 0, 1], outputPadding: [1, 2], groups: 2 }).square(),
    [2, 2, 3, 4],
    [3, 2, 1, 4],
  ),
];

/** Nearest, mirrored, blended with a fill value, and clamped to a box. */
const warpings: readonly ((x: Tensor) => Tensor)[] = [
  (x) => warp(x, [0.9, -0.3, 1.3, 0.35, 0.8, -1.1], [3, 5], { fill: 2 }),
  (x) => warp(x, [-1, 0, 4, 0, 1, 1], [4, 4]),
  (x) => warp(x, [0.9, -0.3, 1.3, 0.35, 0.8, -1.1], [5, 4], { interpolation: "bilinear", fill: 2 }),
  (x) => warp(x, [0.7, 0, -0.4, 0, 0.6, 0.7, 0, 3, 1, 2], [4, 6], { interpolation: "bilinear" }),
];

/** Examples of every op, by the name it has in assembly/abi.ts. */
const examples: Readonly<Record<string, readonly Example[]>> = {
  leaf: [one((x) => x)],
  constant: [one((x, engine) => constant(engine, [1, 2, 3]).multiply(x).multiply(x))],
  fill: [one((x, engine) => fill(engine, 3, [2, 3]).multiply(x).multiply(x))],
  iota: [one((x, engine) => iota(engine, 3).multiply(x.square()))],
  uniform: [one((x, engine) => uniform(engine, [2, 3]).multiply(x.square()))],
  normal: [one((x, engine) => normal(engine, [2, 3]).multiply(x.square()))],
  bernoulli: [one((x, engine) => bernoulli(engine, 0.5, [2, 3]).multiply(x.square()))],
  orthogonal: [one((x) => orthogonalInitializer()(new Initialization(x.trace, [2, 3], "f64", 0)).multiply(x.square()))],
  reshape: [
    one((x) =>
      x
        .square()
        .reshape([3, -1])
        .multiply(x.reshape([3, 2])),
    ),
    one((x) => x.reshape([1, 6, 1]).exp()),
  ],
  // A loop that carries a product and a sum, and outputs one that is kept and one that is not; scan.test.ts is about loops.
  scan: [one((x) => looped(x, false)), one((x) => looped(x, true))],
  part: [one((x) => looped(x, false))],
  standardize: [
    one((x) => standardized(x.exp(), [], 0.1).exp()),
    pair((x, g) => standardized(x.exp(), [g.sin()], 0.2).exp()),
    one((x, engine) => grad(engine, (t: Tensor) => standardized(t, [t.sin()], 0.3).exp().sum())(x).sin()),
  ],
  batchRows: [one((x) => x.gather(x.trace.emit(abi.opBatchRows, [], [], [2, 2, 0])))],
  nextRows: [one((x) => x.trace.emit(abi.opNextRows, [constantOf(x), constantOf(x)]).multiply(x.square()))],
  stopGradient: [one((x) => x.add(constantOf(x).stopGradient()).square())],
  broadcastTo: [one((x) => x.square().reshape([2, 1, 3]).broadcastTo([5, 2, 4, 3]).exp())],
  transpose: [
    one((x) => x.transpose().exp().matmul(x.square())),
    one(
      (x) =>
        x
          .exp()
          .transpose([2, 0, 1])
          .multiply(x.square().transpose([2, 0, 1])),
      -1,
      1,
      [2, 3, 4],
    ),
  ],
  slice: [
    one((x) =>
      x
        .exp()
        .slice(1, 1, 3)
        .multiply(x.slice(1, 0, 2)),
    ),
    one((x) => x.square().slice(0, -1).exp()),
  ],
  pad: [
    one((x) =>
      x
        .square()
        .pad([
          [1, 0],
          [2, 3],
        ])
        .add(1)
        .square(),
    ),
  ],
  concatenate: [
    two((a, b) => concatenate([a.exp(), b, a.multiply(b)], 0).square(), -1, 1, [
      [2, 3],
      [2, 3],
    ]),
    two((a, b) => concatenate([a, b.exp(), a], -1).square(), -1, 1, [
      [2, 3],
      [2, 1],
    ]),
  ],
  gather: [
    one((x) =>
      x
        .exp()
        .gather([
          [1, 0],
          [1, 1],
        ])
        .square(),
    ),
    one((x) => x.gather(1).exp()),
  ],
  scatterAdd: [
    one((x, engine) => grad(engine, (t: Tensor) => t.gather([1, 0, 1]).square().multiply(2).sum())(x).exp()),
  ],
  oneHot: [one((x, engine) => constant(engine, labels.slice(0, 2), "i32").oneHot(3, "f64").multiply(x.exp()))],
  cast: [
    one((x) => x.cast("f64").square()),
    one((x, engine) => constant(engine, labels, "i32").cast("f64").multiply(x.square())),
  ],
  add: [two((a, b) => a.add(b).square())],
  subtract: [two((a, b) => a.subtract(b).square()), two((a, b) => b.subtract(a).exp())],
  multiply: [two((a, b) => a.multiply(b).square()), one((x) => x.multiply(x).multiply(x))],
  divide: [two((a, b) => a.divide(b).square(), 0.5, 2), two((a, b) => a.divide(b), -2, -0.5)],
  negate: [one((x) => x.negate().exp())],
  reciprocal: [one((x) => x.reciprocal(), 0.3, 2), one((x) => x.reciprocal(), -2, -0.3)],
  power: [
    two((a, b) => a.power(b), 0.3, 2),
    one((x) => x.power(3)),
    one((x) => x.power(-2), -2, -0.5),
    one((x) => fillLike(x, 1.7).power(x)),
  ],
  square: [one((x) => x.square().square())],
  sqrt: [one((x) => x.sqrt(), 0.3, 2)],
  rsqrt: [one((x) => x.rsqrt(), 0.3, 2)],
  abs: [one((x) => x.abs().exp(), 0.3, 2), one((x) => x.abs().exp(), -2, -0.3)],
  sign: [one((x) => x.sign().multiply(x.square()), -2, -0.2)],
  minimum: [two((a, b) => a.square().minimum(b.exp()))],
  maximum: [two((a, b) => a.square().maximum(b.exp()))],
  logAddExp: [two((a, b) => logAddExp(a.square(), b)), one((x) => logAddExp(x, x.multiply(3)))],
  clamp: [one((x) => x.square().clamp(0.5, 2).exp())],
  equal: [two((a, b) => a.equal(b).add(a).square())],
  notEqual: [two((a, b) => a.notEqual(b).multiply(a).square())],
  less: [two((a, b) => a.less(b).multiply(a.exp()))],
  lessEqual: [two((a, b) => a.lessEqual(b).multiply(a.exp()))],
  greater: [two((a, b) => a.greater(b).multiply(b.exp()))],
  greaterEqual: [two((a, b) => a.greaterEqual(b).multiply(b.exp()))],
  where: [two((a, b) => a.greater(b).where(a.exp(), b.square()))],
  exp: [one((x) => x.exp().square())],
  expm1: [one((x) => x.expm1().square())],
  log: [one((x) => x.log().square(), 0.3, 3)],
  log1p: [one((x) => x.log1p().square(), -0.6, 2)],
  sin: [one((x) => x.sin().square())],
  cos: [one((x) => x.cos().square())],
  erf: [one((x) => x.erf().square())],
  atan: [one((x) => x.atan().square())],
  relu: [one((x) => x.relu().square(), 0.2, 2), one((x) => x.relu().exp(), -2, -0.2)],
  leakyRelu: [one((x) => x.leakyRelu(0.3).square(), 0.2, 2), one((x) => x.leakyRelu(0.3).square(), -2, -0.2)],
  elu: [one((x) => x.elu(1.3).square(), 0.2, 2), one((x) => x.elu(1.3).square(), -2, -0.2)],
  sigmoid: [one((x) => x.sigmoid().square())],
  tanh: [one((x) => x.tanh().square())],
  softplus: [one((x) => x.softplus().square())],
  gelu: [one((x) => x.gelu().square())],
  geluTanh: [one((x) => x.gelu("tanh").square())],
  silu: [one((x) => x.silu().square())],
  selu: [one((x) => x.selu().square(), 0.2, 2), one((x) => x.selu().square(), -2, -0.2)],
  mish: [one((x) => x.mish().square(), -3, 3)],
  hardswish: [
    one((x) => x.hardswish().square(), -2.9, 2.9),
    one((x) => x.hardswish().exp(), 3.1, 4),
    one((x) => x.hardswish().add(x).square(), -5, -3.1),
  ],
  softmax: [one((x) => x.softmax().square()), one((x) => x.softmax(0).square())],
  logSoftmax: [one((x) => x.logSoftmax().square()), one((x) => x.logSoftmax(1).square(), -2, 2, [2, 3, 2])],
  logSumExp: [one((x) => x.logSumExp().square()), one((x) => x.logSumExp(0).exp())],
  crossEntropy: [one((x) => x.crossEntropy(labels).square(), -2, 2, [3, 4])],
  matmul: [false, true].flatMap((transposeA) =>
    [false, true].flatMap((transposeB) => [
      two((a, b) => a.matmul(b, { transposeA, transposeB }).square(), -1, 1, [
        transposeA ? [4, 2] : [2, 4],
        transposeB ? [3, 4] : [4, 3],
      ]),
      two((a, b) => a.exp().matmul(b, { transposeA, transposeB }).square(), -1, 1, [
        transposeA ? [2, 1, 3, 2] : [2, 1, 2, 3],
        transposeB ? [3, 2, 3] : [3, 3, 2],
      ]),
    ]),
  ),
  sum: [
    one((x) => x.exp().sum().square()),
    one(
      (x) =>
        x
          .exp()
          .sum({ axes: [0, 2] })
          .square(),
      -1,
      1,
      [2, 3, 2],
    ),
  ],
  max: [one((x) => x.square().max({ axes: 1 }).exp()), one((x) => x.exp().max().square())],
  min: [one((x) => x.exp().min({ axes: 0, keepDimensions: true }).multiply(x)), one((x) => x.exp().min().square())],
  argMax: [
    one((x) =>
      x
        .argMax()
        .cast("f64")
        .add(1)
        .multiply(x.square().sum({ axes: 1 })),
    ),
  ],
  cumulativeSum: [
    one((x) => x.exp().cumulativeSum().square()),
    one((x) => x.exp().cumulativeSum(0, { reverse: true }).square()),
  ],
  convolve: convolutions,
  convolveInputGradient: transposed,
  convolveWeightGradient: [
    filtered(
      (x, w) =>
        grad(w.trace.engine, (v: Tensor) =>
          convolve(x, v.multiply(1), { stride: 2, padding: 1 })
            .multiply(x.slice(1, 0, 2).slice(2, 0, 2).slice(3, 0, 1))
            .sum(),
        )(w).square(),
      [2, 3, 4, 2],
      [3, 3, 2, 1],
    ),
  ],
  keepPositive: [
    one((x, engine) => grad(engine, (t: Tensor) => t.multiply(x).relu().square().sum())(x.exp().subtract(1)).square()),
  ],
  // Within a level it is constant.
  // The marks, here a constant, name all rows: others are left as they were in memory.
  touchRows: [
    one((x) => {
      const marks = x.trace.constant([-1, -1], "i32");
      return x.trace.emit(abi.opTouchRows, [x.square(), marks], [], [0]).exp();
    }),
  ],
  scatterRows: [
    one((x) => {
      const [rows, marks] = [x.reshape([-1, 1]).square(), x.trace.constant([-1, -1], "i32")];
      const indices = x.trace.constant(
        Array.from({ length: x.size }, (_, k) => k >> 1),
        "i32",
      );
      return x.trace.emit(abi.opScatterRows, [rows, indices, marks], [], [(x.size + 1) >> 1, 0]).exp();
    }),
  ],
  // Ids are whole numbers, so it is constant.
  editTokens: [
    one((x) => {
      const tokens = x.multiply(0).add(3).reshape([1, -1]);
      return x.trace.emit(abi.opEditTokens, [tokens, x.trace.fill(0.5, [1, 2], "f64")], [0.1], [abi.editSwap, 0, 0]);
    }),
  ],
  equalize: [
    one(
      (x) =>
        equalize(x.multiply(0.3).add([128, 64]), 255)
          .multiply(x)
          .square(),
      -1,
      1,
      [1, 2, 3, 2],
    ),
  ],
  poolGather: [
    one((x) => poolMax(x.square(), [2, 3], { stride: [1, 2], padding: [1, 0, 1, 1] }).square(), -1, 1, [2, 3, 5, 3]),
    one((x) => poolMax(x.exp(), 2, { stride: 2, ceilMode: true, dilation: 2 }).square(), -1, 1, [1, 7, 2]),
    one(
      (x, engine) =>
        poolMaxFrom(
          x.exp(),
          [
            constant(engine, [[[0], [1]]], "i32"),
            constant(
              engine,
              [
                [
                  [0, 1],
                  [2, 2],
                ],
              ],
              "i32",
            ),
          ],
          2,
        ).square(),
      -1,
      1,
      [2, 3, 4, 2],
    ),
  ],
  poolScatter: [
    one(
      (x, engine) => grad(engine, (t: Tensor) => poolMax(t, 2, { stride: 1 }).square().sum())(x.exp()).square(),
      -1,
      1,
      [1, 3, 4, 2],
    ),
  ],
  resample: [
    one((x) => poolMean(x.exp(), 3, { stride: 2, padding: 1 }).square(), -1, 1, [2, 4, 5, 3]),
    one((x) => resize(x.exp(), [5, 7], "bilinear").square(), -1, 1, [1, 3, 4, 2]),
    one((x) => padBorder(x.exp(), [2, 1, 0, 3], "reflect").square(), -1, 1, [1, 3, 4, 2]),
  ],
  resampleGradient: [
    one(
      (x, engine) =>
        grad(engine, (t: Tensor) => resize(t, 5, "bilinear", { alignCorners: true }).square().sum())(x.exp()).square(),
      -1,
      1,
      [2, 3, 2],
    ),
  ],
  warp: warpings.map((f) => one((x) => f(x.exp()).square(), -1, 1, [1, 4, 5, 2])),
  warpGradient: warpings.map((f) =>
    one((x, engine) => grad(engine, (t: Tensor) => f(t).square().sum())(x.exp()).square(), -1, 1, [1, 4, 5, 2]),
  ),
  product: [
    one((x) => x.product({ axes: 1 }).square()),
    one((x) => x.exp().product().square()),
    one((x) => x.product({ axes: [0, 1] }), -1, 1, [3, 5]),
  ],
};

/** Compositions that are methods of Tensor without an op of their own. */
const compositions: Readonly<Record<string, readonly Example[]>> = {
  mean: [
    one((x) =>
      x
        .exp()
        .mean({ axes: [0] })
        .square(),
    ),
  ],
  variance: [one((x) => x.exp().variance({ axes: 1 }).square()), one((x) => x.square().variance({ correction: 1 }))],
};

const constantOf = (x: Tensor): Tensor => x.multiply(0).add(2);
/** Running products of the rows of x, and squares of them with a last sum. */
function looped(x: Tensor, reverse: boolean): Tensor {
  const body = ({ product, sum }: Inputs, row: Tensor) => {
    const next = product!.multiply(row);
    return { carry: { product: next, sum: sum!.add(next.tanh()) }, output: [next, next.exp()] };
  };
  const row = x.slice(0, 0, 1).reshape([3]);
  const { carry, output } = scan(body as never, {
    carry: { product: row, sum: row.square() } as Inputs,
    sequences: x,
    reverse,
  });
  const [all, squares] = output as unknown as Tensor[];
  return all!.add(squares!).add(carry.sum!);
}

/** x standardized along the last axis, or the derivative of that along a tensor. */
const standardized = (x: Tensor, along: readonly Tensor[], epsilon: number): Tensor =>
  x.trace.emit(abi.opStandardize, [x, ...along], [epsilon], [x.shape.at(-1) as number]);

const fillLike = (x: Tensor, value: number): Tensor => x.multiply(0).stopGradient().add(value);

function check(engine: Engine, { inputs, f }: Example): void {
  let weights: { data: number[]; shape: number[] } | null = null;
  const scalar = (tensors: Inputs): Tensor => {
    const y = f(tensors, engine);
    weights ??= { data: numbers(y.size, 0.5, 1.5, 23), shape: [...y.shape] };
    return y.multiply(weights).sum();
  };
  expectDerivatives(engine, scalar, inputs, 1e-3);
}

let engine: Engine;
beforeAll(async () => {
  engine = await testEngine();
});

const ops = Object.keys(abi)
  .filter((name) => /^op[A-Z]/.test(name) && name !== "opCount" && name !== "opEntryBytes")
  .map((name) => name.charAt(2).toLowerCase() + name.slice(3));

describe("every registered op, first and second derivative", () => {
  it.each(ops)("%s", (op) => {
    const own = examples[op];
    if (!own || own.length === 0) expect.fail(`op ${op} of assembly/abi.ts has no example here: write one`);
    for (const example of own) check(engine, example);
  });

  it("knows no example of an op that is not registered", () => {
    expect(Object.keys(examples).filter((op) => !ops.includes(op))).toEqual([]);
  });

  it.each(Object.keys(compositions))("%s", (name) => {
    for (const example of compositions[name] as Example[]) check(engine, example);
  });
});

describe("at kinks", () => {
  const slopeAt = (f: (x: Tensor) => Tensor, x: number[]): number[] => flat(grad(engine, (t: Tensor) => f(t).sum())(x));
  const curvatureAt = (f: (x: Tensor) => Tensor, x: number[]): number[] =>
    flat(
      hvp(engine, (t: Tensor) => f(t).sum())(
        x,
        x.map(() => 1),
      ),
    );

  it("relu'(0) = 0, leakyRelu'(0) and elu'(0) take the lower side, abs'(0) = 0, sign' = 0", () => {
    expect(slopeAt((x) => x.relu(), [0, -0, 1, -1])).toEqual([0, 0, 1, 0]);
    expect(slopeAt((x) => x.leakyRelu(0.25), [0])).toEqual([0.25]);
    expect(slopeAt((x) => x.elu(), [0])).toEqual([1]);
    expectClose(
      slopeAt((x) => x.abs(), [0, -0, 2, -2]),
      [0, 0, 1, -1],
      0,
    );
    expectClose(
      slopeAt((x) => x.sign(), [0, 2]),
      [0, 0],
      0,
    );
  });

  it("clamp passes at both of its bounds and nowhere outside", () => {
    expect(slopeAt((x) => x.clamp(-1, 2), [-1, 2, -1.5, 2.5, 0])).toEqual([1, 1, 0, 0, 1]);
  });

  it("hardswish has the slope of its middle, as PyTorch 1.13", () => {
    expect(slopeAt((x) => x.hardswish(), [-3, 3, -3.5, 3.5, 0])).toEqual([-0.5, 1.5, 0, 1, 0.5]);
  });

  it("minimum and maximum share the cotangent at ties", () => {
    for (const op of ["minimum", "maximum"] as const) {
      const { gradient } = valueAndGrad(engine, ({ a, b }: Inputs) => a![op](b!).sum())({
        a: [1, 3, 5],
        b: [1, 5, 3],
      });
      const a = op === "minimum" ? [0.5, 1, 0] : [0.5, 0, 1];
      expectClose(gradient.a, a, 0, op);
      expectClose(
        gradient.b,
        a.map((share) => 1 - share),
        0,
        op,
      );
    }
  });

  it("max and min over an axis share the cotangent evenly between ties", () => {
    expect(slopeAt((x) => x.reshape([2, 3]).max({ axes: 1 }), [2, 2, 1, 0, 0, 0])).toEqual([
      0.5,
      0.5,
      0,
      1 / 3,
      1 / 3,
      1 / 3,
    ]);
    expect(slopeAt((x) => x.min(), [4, 1, 1, 1, 1])).toEqual([0, 0.25, 0.25, 0.25, 0.25]);
  });

  it("max over axes that do not lie together shares evenly too", () => {
    // x[0, 0, 0] = x[0, 0, 1] = x[1, 0, 0] are the largest over axes 0 and 2: a third each.
    const x = [5, 5, 0, 5, 1, 0];
    const shares = slopeAt((t) => t.reshape([2, 1, 3]).max({ axes: [0, 2] }), x);
    expectClose(shares, [1 / 3, 1 / 3, 0, 1 / 3, 0, 0], 1e-15);
  });

  it("a product with zeros is right to second order", () => {
    const product = (x: Tensor): Tensor => x.product();
    expect(slopeAt(product, [2, 0, 3, 4])).toEqual([0, 24, 0, 0]);
    expect(slopeAt(product, [2, 0, 0, 4])).toEqual([0, 0, 0, 0]);
    // Row i of the Hessian of x₀x₁x₂x₃ sums the products of the other two over pairs: only pairs that hold both zeros.
    expect(curvatureAt(product, [2, 0, 0, 4])).toEqual([0, 8, 8, 0]);
    expect(curvatureAt(product, [2, 0, 3, 4])).toEqual([12, 12 + 8 + 6, 8, 6]);
    expect(slopeAt((x) => x.product(), [0])).toEqual([1]);
  });

  it("where keeps an infinity of the branch that is not taken out of the gradient", () => {
    expect(slopeAt((x) => x.greater(0).where(x.sqrt(), 0), [4, 0])[0]).toBe(0.25);
    expect(slopeAt((x) => x.greater(0).where(x.add(1e-300), 1).log(), [2, -3])).toEqual([0.5, 0]);
  });

  it("power: x² at 0, x⁰ at 0, 0ᵇ", () => {
    expect(slopeAt((x) => x.power(2), [0, -3])).toEqual([0, -6]);
    expectClose(
      slopeAt((x) => x.power(0), [0, 2]),
      [0, 0],
      0,
    );
    expect(curvatureAt((x) => x.power(2), [0, -3, 4])).toEqual([2, 2, 2]);
    expect(curvatureAt((x) => x.power(3), [0, -2])).toEqual([0, -12]);
    expect(curvatureAt((x) => x.power(1), [0, -2])).toEqual([0, 0]);
  });
});

describe("laws", () => {
  it("what does not depend on the argument has gradient 0, integers and stopGradient carry none", () => {
    expect(flat(grad(engine, () => fill(engine, 3))([1, 2]))).toEqual([0, 0]);
    // One value everywhere is a point like any other.
    for (const of of [(t: Tensor) => t.reshape([2, 1]).square(), (t: Tensor) => t.broadcastTo([1, 2]).multiply(t)]) {
      const slope = grad(engine, (t: Tensor) => of(t).sum());
      expect(flat(run(engine, () => slope(fill(engine, 3, [2])), [0]))).toEqual([6, 6]);
    }
    expect(flat(grad(engine, (x: Tensor) => x.stopGradient().multiply(x).sum())([2, 3]))).toEqual([2, 3]);
    expect(flat(grad(engine, (x: Tensor) => x.argMax().cast("f64"))([2, 3]))).toEqual([0, 0]);
    expect(flat(grad(engine, (x: Tensor) => x.cast("i32").cast("f64").sum())([2.5, 3]))).toEqual([0, 0]);
  });

  it("grad inside a traced function differentiates again: x⁴ to its fourth derivative", () => {
    const f = (x: Tensor): Tensor => x.power(4).sum();
    const first = (x: Tensor): Tensor => grad(engine, f)(x);
    const second = (x: Tensor): Tensor => grad(engine, (t: Tensor) => first(t).sum())(x);
    const third = (x: Tensor): Tensor => grad(engine, (t: Tensor) => second(t).sum())(x);
    expectClose(compile(engine, first)([1.5]), [4 * 1.5 ** 3], 1e-14);
    expectClose(compile(engine, second)([1.5]), [12 * 1.5 ** 2], 1e-14);
    expectClose(compile(engine, third)([1.5]), [24 * 1.5], 1e-13);
    expectClose(grad(engine, (t: Tensor) => third(t).sum())([1.5]), [24], 1e-13);
  });

  it("the gradient is linear: of a f + b g it is a ∇f + b ∇g", () => {
    const f = (x: Tensor): Tensor => x.exp().sum();
    const g = (x: Tensor): Tensor => x.square().multiply(x).sum();
    const x = numbers(9, -1, 1);
    const both = flat(grad(engine, (t: Tensor) => f(t).multiply(3).subtract(g(t).multiply(2)))(x));
    const [df, dg] = [flat(grad(engine, f)(x)), flat(grad(engine, g)(x))];
    expectClose(
      both,
      df.map((value, k) => 3 * value - 2 * (dg[k] as number)),
      1e-14,
    );
  });

  it("the Hessian is symmetric: ⟨u, H v⟩ = ⟨v, H u⟩", () => {
    const f = (x: Tensor): Tensor =>
      x
        .reshape([2, 3])
        .softmax()
        .square()
        .matmul(x.reshape([3, 2]).tanh())
        .sum();
    const [x, u, v] = [numbers(6), numbers(6, -1, 1, 19), numbers(6, -1, 1, 29)];
    const h = hvp(engine, f);
    const dot = (a: number[], b: number[]): number =>
      a.reduce((total, value, k) => total + value * (b[k] as number), 0);
    expectClose(dot(u, flat(h(x, v))), dot(v, flat(h(x, u))), 1e-14);
  });

  it("f32 gradients agree with f64 within rounding", () => {
    const f = (x: Tensor): Tensor => x.gelu().softmax().log().square().sum();
    const x = numbers(12);
    const wide = grad(engine, f)(Float64Array.from(x));
    const narrow = grad(engine, f)(Float32Array.from(x));
    expect(narrow.data).toBeInstanceOf(Float32Array);
    expectClose(narrow, wide, 2e-6);
  });

  it("answers the same bits when called again", () => {
    const g = grad(engine, (x: Tensor) => x.gelu().sum());
    const x = numbers(1500);
    expectSameBits(g(x), g(x));
  });
});
