// Values and vector-Jacobian products against figures of PyTorch. The gradient fed back into output entry k is
// cos(k), k from 1; scalars take 1.

import { constant, type Engine, multiclassHinge, type Tensor } from "thalweg";
import { beforeAll, describe, expect, it } from "vitest";
import { fixture, testEngine } from "./engine.js";
import { expectClose, flat, sizeOf, typed } from "./numbers.js";
import { compile, type Inputs, valueAndGrad } from "./transforms.js";

interface Case {
  readonly op: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly shapes: Readonly<Record<string, number[]>>;
  readonly output: unknown;
  readonly outShape: number[];
  readonly grads: Readonly<Record<string, unknown>>;
}

type Expression = (inputs: Inputs, args: Case["args"], engine: Engine) => Tensor;

const { cases } = fixture<{ cases: Case[] }>("torch_ops");

/** Not in the engine yet; a name leaves this list with the op that implements it. */
const notYet: Readonly<Record<string, string>> = {
  conv2d_stride_pad: "there is no convolution yet",
  max_pool2d: "there is no pooling yet",
};

/** A unary op of x. */
const of =
  (f: (x: Tensor) => Tensor): Expression =>
  ({ x }) =>
    f(x as Tensor);
const axis = (args: Case["args"]): number => args.dim as number;
/** What a loss asks for: its sum or, by default, its mean. */
const reduced = (loss: Tensor, { reduction }: Case["args"]): Tensor => (reduction === "sum" ? loss.sum() : loss.mean());
const target = (args: Case["args"]): number[][] => args.target as number[][];
/** Huber's loss: d²/2 up to δ, then δ (|d| − δ/2). */
const huber = (x: Tensor, y: number[][], delta: number): Tensor => {
  const distance = x.subtract(y).abs();
  return distance.lessEqual(delta).where(distance.square().multiply(0.5), distance.subtract(delta / 2).multiply(delta));
};

const expressions: Readonly<Record<string, Expression>> = {
  relu: of((x) => x.relu()),
  tanh: of((x) => x.tanh()),
  elu: of((x) => x.elu()),
  silu: of((x) => x.silu()),
  gelu: of((x) => x.gelu()),
  exp: of((x) => x.exp()),
  cos: of((x) => x.cos()),
  abs: of((x) => x.abs()),
  expm1: of((x) => x.expm1()),
  sign: of((x) => x.sign()),
  leaky_relu: ({ x }, args) => x!.leakyRelu(args.negative_slope as number),
  sqrt: of((x) => x.sqrt()),
  reciprocal: of((x) => x.reciprocal()),
  softmax: ({ x }, args) => x!.softmax(axis(args)),
  logsumexp: ({ x }, args) => x!.logSumExp(axis(args)),
  log_softmax_large: ({ x }, args) => x!.logSoftmax(axis(args)),
  mean: ({ x }, args) => x!.mean({ axes: axis(args) }),
  max: ({ x }, args) => x!.max({ axes: axis(args) }),
  cumsum: ({ x }, args) => x!.cumulativeSum(axis(args)),
  matmul_batched: ({ a, b }) => a!.matmul(b!),
  add_broadcast: ({ a, b }) => a!.add(b!),
  pow: ({ a, b }) => a!.power(b!),
  linear: ({ x, w, b }) => x!.matmul(w!, { transposeB: true }).add(b!),
  layer_norm: ({ x, w, b }, args) => {
    const centered = x!.subtract(x!.mean({ axes: -1, keepDimensions: true }));
    const variance = x!.variance({ axes: -1, keepDimensions: true });
    return centered
      .multiply(variance.add(args.eps as number).rsqrt())
      .multiply(w!)
      .add(b!);
  },
  embedding: ({ w }, args) => w!.gather(args.indices as number[][]),
  mse_loss: ({ x }, args) => reduced(x!.subtract(target(args)).square(), args),
  l1_loss: ({ x }, args) => reduced(x!.subtract(target(args)).abs(), args),
  smooth_l1_loss: ({ x }, args) => reduced(huber(x!, target(args), 1), args),
  huber_loss: ({ x }, args) => reduced(huber(x!, target(args), (args.delta as number | undefined) ?? 1), args),
  cross_entropy: ({ x }, args, engine) => {
    const labels = constant(engine, args.labels as number[], "i32");
    const each = x!.crossEntropy(labels);
    if (args.weight === undefined) return reduced(each, args);
    const weights = (args.labels as number[]).map((label) => (args.weight as number[])[label] as number);
    return each
      .multiply(weights)
      .sum()
      .divide(weights.reduce((total, weight) => total + weight));
  },
  cross_entropy_soft: ({ x }, args) => x!.logSoftmax().multiply(target(args)).sum({ axes: -1 }).negate().mean(),
  bce_with_logits: ({ x }, args) => {
    // −[p y ln σ(z) + (1 − y) ln(1 − σ(z))]
    const weighted = x!
      .negate()
      .softplus()
      .multiply(target(args))
      .multiply(args.pos_weight as number[]);
    const others = x!.softplus().multiply(target(args).map((row) => row.map((y) => 1 - y)));
    return weighted.add(others).mean();
  },
  bce: ({ x }, args) => {
    const others = target(args).map((row) => row.map((y) => 1 - y));
    return x!.log().multiply(target(args)).add(x!.negate().add(1).log().multiply(others)).negate().mean();
  },
  hinge_embedding: ({ x }, args) => {
    const ones = target(args).map((row) => row.map((y) => Number(y === 1)));
    const others = target(args).map((row) => row.map((y) => Number(y === -1)));
    return x!.multiply(ones).add(x!.negate().add(1).relu().multiply(others)).mean();
  },
  // PyTorch divides by the number of classes.
  multi_margin: ({ x }, args, engine) =>
    multiclassHinge()
      .apply(x!, constant(engine, args.labels as number[], "i32"))
      .divide(3),
};

describe.each(["f64", "f32"] as const)("figures of PyTorch in %s", (dtype) => {
  const tolerance = dtype === "f64" ? 1e-12 : 1e-5;
  let engine: Engine;
  beforeAll(async () => {
    engine = await testEngine();
  });

  for (const { op, args, inputs, shapes, output, outShape, grads } of cases) {
    const name = `${op} ${JSON.stringify(args).slice(0, 50)}`;
    const reason = notYet[op];
    if (reason !== undefined) {
      it.skip(`${name}: ${reason}`, () => {});
      continue;
    }
    it(name, () => {
      const expression = expressions[op];
      if (!expression) expect.fail(`no expression for ${op}: write one, or list it as not there yet with a reason`);
      const given = Object.fromEntries(
        Object.entries(inputs).map(([key, value]) => [
          key,
          { data: typed(dtype, flat(value)), shape: shapes[key] as number[] },
        ]),
      );
      const upstream = Array.from({ length: sizeOf(outShape) }, (_, k) =>
        outShape.length === 0 ? 1 : Math.cos(k + 1),
      );
      const value = compile(engine, (tensors: Inputs) => expression(tensors, args, engine))(given);
      if (typeof value === "object") expect(value.shape).toEqual(outShape);
      expectClose(value, output, tolerance, "value", 0);
      const fed = (tensors: Inputs): Tensor =>
        expression(tensors, args, engine).multiply({ data: upstream, shape: outShape }).sum();
      const { gradient } = valueAndGrad(engine, fed)(given);
      for (const key of Object.keys(inputs)) {
        expect(gradient[key]?.shape).toEqual(shapes[key]);
        expectClose(gradient[key], grads[key], tolerance, `gradient of ${key}`, 1e-300);
        expect(gradient[key]?.data).toBeInstanceOf(dtype === "f32" ? Float32Array : Float64Array);
      }
    });
  }
});

it("names as not there yet only what the figures hold and nothing expresses", () => {
  const known = new Set(cases.map(({ op }) => op));
  for (const op of Object.keys(notYet)) {
    expect(known).toContain(op);
    expect(expressions[op]).toBeUndefined();
  }
});
