// Values and vector-Jacobian products against figures of PyTorch. The gradient fed back into output entry k is
// cos(k), k from 1; scalars take 1.

import {
  applyLayer,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  constant,
  type Engine,
  embedding,
  hingeEmbedding,
  huber,
  type Loss,
  type LossOptions,
  layerNorm,
  meanAbsoluteError,
  meanSquaredError,
  multiMargin,
  smoothL1,
  softmaxCrossEntropy,
  type Tensor,
} from "thalweg";
import { beforeAll, describe, expect, it } from "vitest";
import { fixture, testEngine } from "./engine.js";
import { expectClose, flat, sizeOf, typed } from "./numbers.js";
import { scalarLoss } from "./scalarLoss.js";
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
const target = (args: Case["args"]): number[][] => args.target as number[][];
const labels = (args: Case["args"], engine: Engine): Tensor => constant(engine, args.labels as number[], "i32");
/** A loss against the target of the case, with its reduction. */
const loss =
  (make: (options: LossOptions & { delta?: number }) => Loss): Expression =>
  ({ x }, { reduction = "mean", delta, target: wanted }, engine) => {
    const options = { reduction, ...(delta === undefined ? {} : { delta }) } as LossOptions;
    return scalarLoss(make(options), x!, constant(engine, wanted as number[][], x!.dtype));
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
  layer_norm: ({ x, w, b }, args) =>
    applyLayer(layerNorm(4, { epsilon: args.eps as number }), { gamma: w, beta: b } as never, x!).output,
  embedding: ({ w }, args, engine) =>
    applyLayer(embedding(4, 3), { weight: w } as never, constant(engine, args.indices as number[][], "i32")).output,
  mse_loss: loss(meanSquaredError),
  l1_loss: loss(meanAbsoluteError),
  smooth_l1_loss: loss(smoothL1),
  huber_loss: loss(huber),
  cross_entropy: ({ x }, args, engine) => {
    const { reduction = "mean", weight } = args as { reduction?: "mean" | "sum"; weight?: number[] };
    const loss = softmaxCrossEntropy({ reduction, ...(weight ? { classWeights: weight } : {}) });
    return scalarLoss(loss, x!, labels(args, engine));
  },
  cross_entropy_soft: ({ x }, args, engine) =>
    softmaxCrossEntropy().apply(x!, constant(engine, target(args), x!.dtype)),
  bce_with_logits: ({ x }, args, engine) =>
    binaryCrossEntropyWithLogits({ positiveWeight: args.pos_weight as number[] }).apply(
      x!,
      constant(engine, target(args), x!.dtype),
    ),
  bce: loss(binaryCrossEntropy),
  hinge_embedding: loss(hingeEmbedding),
  multi_margin: ({ x }, args, engine) => multiMargin().apply(x!, labels(args, engine)),
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
