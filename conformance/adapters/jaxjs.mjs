// jax-js in single precision, on its WebAssembly backend unless another is chosen. It has no optimizers and schedules. Arrays are consumed by use: what is
// used again takes a reference, `.ref`.

import { defaultDevice, init, lax, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { unsupported } from "../source/run.js";
import { of, pair } from "./inputs.mjs";
import own from "./package.json" with { type: "json" };

const arrayOf = ({ data, shape }) => np.array(Float32Array.from(data)).reshape([...shape]);
const integers = (value) => np.array([value].flat(Infinity), { dtype: np.int32 }).reshape(shapeOf(value));
const shapeOf = (value) => (Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : []);
const numbersOf = (array) => ({ shape: array.shape, data: array.dataSync() });
const total = (arrays) => arrays.reduce((a, b) => a.add(b));

function differentiate(f, inputs, upstream) {
  const arrays = () => Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, arrayOf(value)]));
  const outputs = [f(arrays())].flat().map(numbersOf);
  const fed = (tensors) => total([f(tensors)].flat().map((y, k) => y.mul(arrayOf(upstream[k])).sum()));
  const [, gradient] = valueAndGrad(fed)(arrays());
  return {
    outputs,
    gradients: Object.fromEntries(Object.entries(gradient).map(([name, array]) => [name, numbersOf(array)])),
  };
}

const unary = {
  neg: np.negative,
  reciprocal: np.reciprocal,
  square: np.square,
  sqrt: np.sqrt,
  abs: np.abs,
  sign: np.sign,
  exp: np.exp,
  expm1: np.expm1,
  log: np.log,
  log1p: np.log1p,
  sin: np.sin,
  cos: np.cos,
  tan: np.tan,
  asin: np.asin,
  acos: np.acos,
  sinh: np.sinh,
  cosh: np.cosh,
  asinh: np.arcsinh,
  acosh: np.arccosh,
  atanh: np.arctanh,
  atan: np.atan,
  erf: lax.erf,
  relu: nn.relu,
  sigmoid: nn.sigmoid,
  tanh: np.tanh,
  softplus: nn.softplus,
  silu: nn.silu,
  selu: nn.selu,
  mish: nn.mish,
  hardswish: nn.hardSilu,
};
const binary = {
  add: np.add,
  sub: np.subtract,
  mul: np.multiply,
  div: np.trueDivide,
  pow: np.power,
  minimum: np.minimum,
  maximum: np.maximum,
  logaddexp: np.logaddexp,
  matmul: np.matmul,
};
const reduced =
  (f) =>
  ({ x }, { dim, keepdim: keepdims }) =>
    f(x, dim, { keepdims });

const pairs = (value, axes) => Array.from({ length: axes }, () => value);

function convolution({ x, w, b }, { stride, padding, dilation, groups: featureGroupCount }) {
  const axes = x.shape.length - 2;
  const sides = pairs([padding, padding], axes);
  const options = { rhsDilation: pairs(dilation, axes), featureGroupCount };
  return withBias(lax.convGeneralDilated(x, w, pairs(stride, axes), sides, options), b);
}

function transposed({ x, w, b }, { stride, padding, output_padding, groups }) {
  if (groups !== 1 || output_padding !== 0) throw unsupported("groups and padding of the output");
  const sides = pairs([padding, padding], 2);
  return withBias(lax.convTranspose(x, w, [stride, stride], sides, { transposeKernel: true }), b);
}

const withBias = (y, b) => y.add(b.reshape([1, -1, ...pairs(1, y.shape.length - 2)]));

const pooled =
  (reduce) =>
  ({ x }, { kernel_size, stride, padding = 0 }) => {
    if (padding !== 0) throw unsupported("padding of windows");
    return lax.reduceWindow(x, reduce, [1, 1, kernel_size, kernel_size], [1, 1, stride, stride]);
  };

const movement = {
  reshape: of((x, { shape }) => x.reshape(shape)),
  permute: of((x, { dims }) => np.transpose(x, dims)),
  expand: of((x, { size }) => np.broadcastTo(x, size)),
  narrow: of((x, { dim, start, length }) => x.slice(...pairs([], dim), [start, start + length])),
  // Before and after the last axis, then those of the axis before it.
  pad: of((x, { pad }) =>
    np.pad(
      x,
      x.shape.map((_, k) => pad.slice(2 * (x.shape.length - 1 - k)).slice(0, 2)),
    ),
  ),
  index_select: of((x, { index }) => np.take(x, integers(index), 0)),
  cat: ({ a, b }, { dim }) => np.concatenate([a, b], dim),
  where: ({ a, b }, { condition }) => np.where(np.array(condition.map((row) => row.map(Boolean))), a, b),
  embedding: ({ w }, { indices }) => np.take(w, integers(indices), 0),
};

const ops = {
  ...Object.fromEntries(Object.entries(unary).map(([name, f]) => [name, of(f)])),
  ...Object.fromEntries(Object.entries(binary).map(([name, f]) => [name, pair(f)])),
  clamp: of((x, { min, max }) => np.clip(x, min, max)),
  leaky_relu: of((x, { negative_slope }) => nn.leakyRelu(x, negative_slope)),
  elu: of((x, { alpha }) => nn.elu(x, alpha)),
  gelu: of((x, { approximate }) => nn.gelu(x, { approximate: approximate === "tanh" })),
  sum: reduced(np.sum),
  mean: reduced(np.mean),
  amax: reduced(np.max),
  amin: reduced(np.min),
  prod: reduced(np.prod),
  var: of((x, { dim, unbiased, keepdim }) => np.var_(x, dim, { correction: Number(unbiased), keepdims: keepdim })),
  softmax: of((x, { dim }) => nn.softmax(x, dim)),
  log_softmax: of((x, { dim }) => nn.logSoftmax(x, dim)),
  logsumexp: of((x, { dim }) => nn.logsumexp(x, dim)),
  cumsum: of((x, { dim }) => np.cumsum(x, dim)),
  ...movement,
  layer_norm: ({ x, w, b }, { normalized_shape, eps: epsilon }) =>
    nn
      .standardize(
        x,
        normalized_shape.map((_, k) => -1 - k),
        { epsilon },
      )
      .mul(w)
      .add(b),
  conv1d: convolution,
  conv2d: convolution,
  conv_transpose2d: transposed,
  max_pool2d: pooled((window) => np.max(window)),
  avg_pool2d: pooled((window) => np.mean(window)),
};

/** Facts of its sources, or of the results, beside failures. */
const notes = {
  log: "a polynomial on the WebAssembly backend, whose absolute error is 1e-5 near 1",
  sin: "polynomials on the WebAssembly backend",
  cos: "polynomials on the WebAssembly backend",
  sinh: "(eˣ − e⁻ˣ) / 2, which loses the digits of small numbers",
  cosh: "(eˣ + e⁻ˣ) / 2, whose derivative loses the digits of small numbers",
  asinh: "ln(x + √(x² + 1)), which loses the digits of small numbers, and of large negative ones",
  atanh: "ln((1 + x) / (1 − x)) / 2, which loses the digits of small numbers",
  erf: "the polynomial of Abramowitz and Stegun, 7.1.26, whose absolute error is 1e-7",
  elu: "eˣ − 1, which loses the digits of small numbers",
  tanh: "(e⁻²ˣ − 1) / (e⁻²ˣ + 1), which loses the digits of small numbers",
  mish: "x tanh(ln(1 + eˣ)) with that hyperbolic tangent",
  pow: "the exponential of b ln a, whose derivative at a = 0 is 0 times infinity",
  matmul: "the value alone passes; the gradient throws",
  prod: "the gradient is the product divided by each number",
};

/** The adapter on a backend, "wasm" or "cpu". */
export async function jaxjs(device) {
  await init(device);
  defaultDevice(device);
  return {
    name: `jax-js (${device})`,
    version: own.devDependencies["@jax-js/jax"],
    dtype: "f32",
    notes,
    differentiate,
    ops,
  };
}

export default await jaxjs("wasm");
