// Ops by the names and arguments of PyTorch, on tensors of Thalweg.

import { of, pair } from "../inputs.mjs";
import { imageOps } from "./images.mjs";

const axes = ({ dim, keepdim: keepDimensions }) => ({ axes: dim, keepDimensions });

const elementwise = {
  ...Object.fromEntries(
    [
      ["neg", "negate"],
      ...["reciprocal", "square", "sqrt", "rsqrt", "abs", "sign", "exp", "expm1", "log", "log1p", "sin", "cos", "atan"],
      ...["erf", "relu", "sigmoid", "tanh", "softplus", "silu", "selu", "mish", "hardswish"],
    ]
      .map((name) => (Array.isArray(name) ? name : [name, name]))
      .map(([name, own]) => [name, of((x) => x[own]())]),
  ),
  ...Object.fromEntries(
    [
      ["add", "add"],
      ["sub", "subtract"],
      ["mul", "multiply"],
      ["div", "divide"],
      ["pow", "power"],
      ["minimum", "minimum"],
      ["maximum", "maximum"],
    ].map(([name, own]) => [name, pair((a, b) => a[own](b))]),
  ),
  clamp: of((x, { min, max }) => x.clamp(min, max)),
  leaky_relu: of((x, { negative_slope }) => x.leakyRelu(negative_slope)),
  elu: of((x, { alpha }) => x.elu(alpha)),
  gelu: of((x, { approximate }) => x.gelu(approximate === "none" ? "erf" : "tanh")),
};

const reductions = {
  sum: of((x, args) => x.sum(axes(args))),
  mean: of((x, args) => x.mean(axes(args))),
  amax: of((x, args) => x.max(axes(args))),
  amin: of((x, args) => x.min(axes(args))),
  var: of((x, { unbiased, ...args }) => x.variance({ ...axes(args), correction: Number(unbiased) })),
  prod: of((x, { dim }) => x.product({ axes: dim })),
  softmax: of((x, { dim }) => x.softmax(dim)),
  log_softmax: of((x, { dim }) => x.logSoftmax(dim)),
  logsumexp: of((x, { dim }) => x.logSumExp(dim)),
  cumsum: of((x, { dim }) => x.cumulativeSum(dim)),
};

const movement = {
  reshape: of((x, { shape }) => x.reshape(shape)),
  permute: of((x, { dims }) => x.transpose(dims)),
  expand: of((x, { size }) => x.broadcastTo(size)),
  narrow: of((x, { dim, start, length }) => x.slice(dim, start, start + length)),
  // Before and after the last axis, then those of the axis before it.
  pad: of((x, { pad }) => x.pad(x.shape.map((_, k) => pad.slice(2 * (x.rank - 1 - k)).slice(0, 2)))),
};

/** Ops that are functions of the library, or need constants of an engine. */
const functions = (thalweg, constant) => ({
  ...Object.fromEntries(
    ["tan", "asin", "acos", "sinh", "cosh", "asinh", "acosh", "atanh"].map((name) => [
      name,
      of((x) => thalweg[name](x)),
    ]),
  ),
  logaddexp: pair(thalweg.logAddExp),
  where: ({ a, b }, { condition }) => constant(condition, a.dtype).where(a, b),
  index_select: of((x, { index }) => x.gather(constant(index, "i32"))),
  cat: ({ a, b }, { dim }) => thalweg.concatenate([a, b], dim),
  matmul: pair((a, b) => a.matmul(b)),
  linear: ({ x, w, b }) => x.matmul(w, { transposeB: true }).add(b),
  embedding: ({ w }, { indices }) =>
    thalweg.applyLayer(thalweg.embedding(...w.shape), { weight: w }, constant(indices, "i32")).output,
  layer_norm: ({ x, w: gamma, b: beta }, { normalized_shape, eps: epsilon }) =>
    thalweg.applyLayer(thalweg.layerNorm(normalized_shape, { epsilon }), { gamma, beta }, x).output,
  rms_norm: ({ x, w: gamma }, { shape, eps: epsilon }) =>
    thalweg.applyLayer(thalweg.rmsNorm(shape, { epsilon }), { gamma }, x).output,
});

/** Losses by PyTorch's names, with the options each takes. */
const losses = {
  mse_loss: ({ meanSquaredError }, options) => meanSquaredError(options),
  l1_loss: ({ meanAbsoluteError }, options) => meanAbsoluteError(options),
  smooth_l1_loss: ({ smoothL1 }, options, { beta }) => smoothL1({ ...options, beta }),
  huber_loss: ({ huber }, options, { delta }) => huber({ ...options, delta }),
  hinge_embedding_loss: ({ hingeEmbedding }, options, { margin }) => hingeEmbedding({ ...options, margin }),
  binary_cross_entropy: ({ binaryCrossEntropy }, options) => binaryCrossEntropy(options),
  binary_cross_entropy_with_logits: ({ binaryCrossEntropyWithLogits }, options, { pos_weight: positiveWeight }) =>
    binaryCrossEntropyWithLogits({ ...options, ...(positiveWeight && { positiveWeight }) }),
  cross_entropy: ({ softmaxCrossEntropy }, options, { label_smoothing: labelSmoothing = 0 }) =>
    softmaxCrossEntropy({ ...options, labelSmoothing }),
  poisson_nll_loss: ({ poissonNegativeLogLikelihood }, options, { log_input: logInput, full }) =>
    poissonNegativeLogLikelihood({ ...options, logInput, full }),
  nll_loss: ({ negativeLogLikelihood }, options) => negativeLogLikelihood(options),
  multi_margin_loss: ({ multiMargin }, options, { margin, p }) => multiMargin({ ...options, margin, power: p }),
};
/** Losses with other inputs or names of reductions. */
const otherLosses = (thalweg, constant) => ({
  kl_div: of((x, { target, reduction }) =>
    thalweg
      .klDivergence({ reduction: reduction === "batchmean" ? "mean" : reduction })
      .apply(x, constant(target, x.dtype)),
  ),
  cosine_embedding_loss: ({ a, b }, { target, margin, reduction }) => {
    const rows = [a, b].map((x) => x.reshape([x.shape[0], 1, -1]));
    return thalweg
      .cosineEmbedding({ margin, reduction })
      .apply(thalweg.concatenate(rows, 1), constant(target, a.dtype));
  },
});
const ofLabels = new Set(["cross_entropy", "nll_loss", "multi_margin_loss"]);

const lossOps = (thalweg, constant) =>
  Object.fromEntries(
    Object.entries(losses).map(([name, make]) => [
      name,
      ({ x }, { target, reduction, weight, ...args }) => {
        const loss = make(thalweg, { reduction, ...(weight && { classWeights: weight }) }, args);
        const labels = ofLabels.has(name) && !Array.isArray(target[0]);
        const result = loss.apply(x, constant(target, labels ? "i32" : x.dtype));
        // A weighted mean: a sum, and the weight to divide it by.
        return "weight" in result ? result.sum.divide(result.weight).cast(x.dtype) : result;
      },
    ]),
  );

/** Recurrent layers as loops of cells: outputs [batch, time, units], then the last states. */
function recurrent(thalweg) {
  const looped =
    (makeCell, parametersOf) =>
    ({ x, h0, c0, ...weights }) => {
      const units = h0.shape[2];
      const cell = makeCell(x.shape[2], units);
      const states = Object.entries({ h: h0, ...(c0 && { c: c0 }) });
      const { carry, output } = thalweg.scan(
        (carried, at) => {
          const next = cell.apply(parametersOf(weights, units), { x: at, ...carried }, undefined);
          return { carry: next, output: next.h };
        },
        {
          carry: Object.fromEntries(states.map(([name, state]) => [name, state.reshape([-1, units])])),
          sequences: x.transpose([1, 0, 2]),
        },
      );
      return [output.transpose([1, 0, 2]), ...Object.values(carry).map((state) => state.reshape(h0.shape))];
    };
  const oneBias = ({ wih, whh, bih, bhh }) => ({
    weight: wih.transpose(),
    recurrent: whh.transpose(),
    bias: bih.add(bhh),
  });
  // The candidate's second bias stands inside the product with the reset gate.
  const twoBiases = ({ wih, whh, bih, bhh }, units) => ({
    weight: wih.transpose(),
    recurrent: whh.transpose(),
    bias: bih.add(bhh.slice(0, 0, 2 * units).pad([[0, units]])),
    recurrentBias: bhh.slice(0, 2 * units),
  });
  return {
    rnn_tanh: looped(thalweg.rnnCell, oneBias),
    lstm: looped(thalweg.lstmCell, oneBias),
    gru: looped(thalweg.gruCell, twoBiases),
  };
}

/** All ops; constants belong to an engine. */
export function opsOf(thalweg, engine) {
  const constant = (value, dtype) => thalweg.constant(engine, value, dtype);
  return {
    ...elementwise,
    ...reductions,
    ...movement,
    ...functions(thalweg, constant),
    ...lossOps(thalweg, constant),
    ...otherLosses(thalweg, constant),
    ...imageOps(thalweg, constant),
    ...recurrent(thalweg),
  };
}
