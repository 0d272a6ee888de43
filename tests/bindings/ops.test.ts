// Ops, layers and losses against figures of PyTorch.

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
  poolMax,
  smoothL1,
  softmaxCrossEntropy,
  type Tensor,
} from "thalweg";
import { beforeAll, describe, expect, it } from "vitest";
import { fixture, testEngine } from "./engine.js";
import { convolution, type Expression, expectFigure, type Figure, pool } from "./figures.js";
import { scalarLoss } from "./scalarLoss.js";

const { cases } = fixture<{ cases: Figure[] }>("torch_ops");

/** A unary op of x. */
const of =
  (f: (x: Tensor) => Tensor): Expression =>
  ({ x }) =>
    f(x as Tensor);
const axis = (args: Figure["args"]): number => args.dim as number;
const target = (args: Figure["args"]): number[][] => args.target as number[][];
const labels = (args: Figure["args"], engine: Engine): Tensor => constant(engine, args.labels as number[], "i32");
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
  conv2d_stride_pad: convolution,
  max_pool2d: pool((x, { kernel, stride }: Record<string, number>) => poolMax(x, kernel!, { stride: stride! })),
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
  let engine: Engine;
  beforeAll(async () => {
    engine = await testEngine();
  });

  for (const figure of cases) {
    const { op, args } = figure;
    it(`${op} ${JSON.stringify(args).slice(0, 50)}`, () => {
      const expression = expressions[op];
      if (!expression) expect.fail(`no expression for ${op}: write one`);
      expectFigure(engine, dtype, figure, expression);
    });
  }
});
