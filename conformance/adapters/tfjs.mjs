// TensorFlow.js on its CPU backend, in single precision.

import { createRequire } from "node:module";
import { unsupported } from "../source/run.js";
import { of, pair } from "./inputs.mjs";
import { imageOps } from "./tfjs/images.mjs";
import { optimizersOf } from "./tfjs/optimizers.mjs";

const require = createRequire(import.meta.url);
const tf = require("@tensorflow/tfjs");
await tf.setBackend("cpu");

const numbersOf = (tensor) => ({ shape: tensor.shape, data: tensor.dataSync() });
const tensorOf = ({ data, shape }) => tf.tensor(Float32Array.from(data), [...shape], "float32");

function differentiate(f, inputs, upstream) {
  const names = Object.keys(inputs);
  const tensors = names.map((name) => tensorOf(inputs[name]));
  const apply = (...given) => [f(Object.fromEntries(names.map((name, k) => [name, given[k]])))].flat();
  const fed = (...given) =>
    apply(...given)
      .map((y, k) => tf.sum(tf.mul(y, tensorOf(upstream[k]))))
      .reduce((a, b) => tf.add(a, b));
  const gradients = tf.grads(fed)(tensors);
  return {
    outputs: apply(...tensors).map(numbersOf),
    gradients: Object.fromEntries(names.map((name, k) => [name, numbersOf(gradients[k])])),
  };
}

const reduced = (f) => of((x, { dim, keepdim }) => f(x, dim, keepdim));
/** An op along the last axis alone. */
const alongLast = (f) =>
  of((x, { dim }) => {
    if (dim !== x.rank - 1) throw unsupported("other axes than the last");
    return f(x);
  });

const unary = [
  "neg",
  "reciprocal",
  "square",
  "sqrt",
  "rsqrt",
  "abs",
  "sign",
  "exp",
  "expm1",
  "log",
  "log1p",
  "sin",
  "cos",
];
const hyperbolic = ["tan", "asin", "acos", "sinh", "cosh", "asinh", "acosh", "atanh"];
const more = ["atan", "erf", "relu", "sigmoid", "tanh", "softplus", "selu"];
const binary = ["add", "sub", "mul", "div", "pow", "minimum", "maximum"];

/** An activation of the library's layers. */
const activation = (x, name) => tf.layers.activation({ activation: name }).apply(x);

const movement = {
  reshape: of((x, { shape }) => tf.reshape(x, shape)),
  permute: of((x, { dims }) => tf.transpose(x, dims)),
  expand: of((x, { size }) => tf.broadcastTo(x, size)),
  narrow: of((x, { dim, start, length }) =>
    tf.slice(
      x,
      x.shape.map((_, k) => (k === dim ? start : 0)),
      x.shape.map((extent, k) => (k === dim ? length : extent)),
    ),
  ),
  // Before and after the last axis, then those of the axis before it.
  pad: of((x, { pad, value }) =>
    tf.pad(
      x,
      x.shape.map((_, k) => pad.slice(2 * (x.rank - 1 - k)).slice(0, 2)),
      value,
    ),
  ),
  index_select: of((x, { index }) => tf.gather(x, tf.tensor1d(index, "int32"))),
  cat: ({ a, b }, { dim }) => tf.concat([a, b], dim),
  where: ({ a, b }, { condition }) => tf.where(tf.tensor(condition, undefined, "bool"), a, b),
  embedding: ({ w }, { indices }) => tf.gather(w, tf.tensor(indices, undefined, "int32")),
};

const { Reduction } = tf;
const reductions = { mean: Reduction.MEAN, sum: Reduction.SUM };

/** A loss of TensorFlow.js, which takes the targets first. */
const loss = (f) =>
  of((x, { target, reduction, ...args }) => f(tf.tensor(target, undefined, "float32"), x, reductions[reduction], args));

const losses = {
  mse_loss: loss((target, x, reduction) => tf.losses.meanSquaredError(target, x, undefined, reduction)),
  l1_loss: loss((target, x, reduction) => tf.losses.absoluteDifference(target, x, undefined, reduction)),
  huber_loss: loss((target, x, reduction, { delta }) => tf.losses.huberLoss(target, x, undefined, delta, reduction)),
  // An epsilon, 1e-7 unless given, is added to both probabilities.
  binary_cross_entropy: loss((target, x, reduction) => tf.losses.logLoss(target, x, undefined, 0, reduction)),
  binary_cross_entropy_with_logits: loss((target, x, reduction, { pos_weight }) => {
    if (pos_weight) throw unsupported("weights of positive targets");
    return tf.losses.sigmoidCrossEntropy(target, x, undefined, 0, reduction);
  }),
  cross_entropy: of((x, { target, reduction, weight, label_smoothing = 0 }) => {
    if (weight && label_smoothing) throw unsupported("class weights with label smoothing");
    const labels = Array.isArray(target[0]) ? tf.tensor(target) : tf.oneHot(tf.tensor1d(target, "int32"), x.shape[1]);
    return tf.losses.softmaxCrossEntropy(labels, x, undefined, label_smoothing, reductions[reduction]);
  }),
};

/** Steps of basicLSTMCell, whose gates are in the order i, g, f, o and whose kernel takes the input before the state. */
function lstm({ x, wih, whh, bih, bhh, h0, c0 }) {
  const [batch, time, inputs] = x.shape;
  const units = h0.shape[2];
  const reordered = (w) => {
    const [i, f, g, o] = tf.split(w, 4);
    return tf.concat([i, g, f, o]);
  };
  const weights = tf.concat([tf.transpose(reordered(wih)), tf.transpose(reordered(whh))]);
  const bias = reordered(tf.add(bih, bhh));
  let [h, c] = [h0, c0].map((state) => tf.reshape(state, [batch, units]));
  const outputs = [];
  for (let t = 0; t < time; t++) {
    const at = tf.reshape(tf.slice(x, [0, t, 0], [batch, 1, inputs]), [batch, inputs]);
    [c, h] = tf.basicLSTMCell(tf.scalar(0), weights, bias, at, c, h);
    outputs.push(h);
  }
  return [tf.stack(outputs, 1), ...[h, c].map((state) => tf.reshape(state, h0.shape))];
}

/** Facts of its sources, or of the results, beside failures. */
const notes = {
  erf: "the polynomial of Abramowitz and Stegun, 7.1.26, whose absolute error is 1e-7",
  minimum: "the gradient is not summed over axes of extent 1 beside longer ones",
  maximum: "the gradient is not summed over axes of extent 1 beside longer ones",
  matmul: "the gradient is not summed over axes of extent 1 beside longer ones",
  avg_pool2d: "the value leaves padding out of the mean, the gradient divides by the whole window",
  interpolate_bilinear: "the gradient exchanges height and width",
  pad_reflect: "the gradient leaves mirrored pixels out",
  cumsum: "the gradient along the first axis has its axes exchanged",
  RMSprop: "with centered, epsilon is subtracted: the root of E[g²] − E[g]² − ε",
};

export default {
  name: "TensorFlow.js",
  version: tf.version.tfjs,
  notes,
  dtype: "f32",
  differentiate,
  optimizers: optimizersOf(tf),
  ops: {
    ...Object.fromEntries([...unary, ...hyperbolic, ...more].map((name) => [name, of((x) => tf[name](x))])),
    ...Object.fromEntries(binary.map((name) => [name, pair(tf[name])])),
    clamp: of((x, { min, max }) => tf.clipByValue(x, min, max)),
    leaky_relu: of((x, { negative_slope }) => tf.leakyRelu(x, negative_slope)),
    elu: of((x, { alpha }) => {
      if (alpha !== 1) throw unsupported("other factors than 1");
      return tf.elu(x);
    }),
    silu: of((x) => activation(x, "swish")),
    mish: of((x) => activation(x, "mish")),
    gelu: of((x, { approximate }) => activation(x, approximate === "none" ? "gelu" : "gelu_new")),
    sum: reduced(tf.sum),
    mean: reduced(tf.mean),
    amax: reduced(tf.max),
    amin: reduced(tf.min),
    prod: of((x, { dim }) => tf.prod(x, dim)),
    var: of((x, { dim, unbiased, keepdim }) => {
      if (unbiased) throw unsupported("unbiased variance");
      return tf.moments(x, dim, keepdim).variance;
    }),
    softmax: alongLast(tf.softmax),
    log_softmax: alongLast(tf.logSoftmax),
    logsumexp: of((x, { dim }) => tf.logSumExp(x, dim)),
    cumsum: of((x, { dim }) => tf.cumsum(x, dim)),
    ...movement,
    matmul: pair(tf.matMul),
    linear: ({ x, w, b }) => tf.fused.matMul({ a: x, b: w, transposeB: true, bias: b }),
    ...losses,
    ...imageOps(tf),
    lstm,
  },
};
