// jax-js with its WebAssembly backend, on one thread: a step of the convolutional net of rows/convolutions.js as its users write
// it, in one compiled function. Its convolutions take [batch, channels, height, width] and [out, in, height, width].

import { defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";

/** A permutation of the axes of an array, as a copy. */
function permuted(data, shape, order) {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1));
  let places = [0];
  for (const axis of order)
    places = places.flatMap((place) => Array.from({ length: shape[axis] }, (_, k) => place + k * strides[axis]));
  return Float32Array.from(places, (place) => data[place]);
}

/** Shapes here, and the order of the axes of jax-js; of W3 the inputs are pixels of 7 by 7 with 16 channels. */
const forms = {
  W1: [
    [3, 3, 1, 8],
    [3, 2, 0, 1],
  ],
  b1: [[8], [0]],
  W2: [
    [3, 3, 8, 16],
    [3, 2, 0, 1],
  ],
  b2: [[16], [0]],
  W3: [
    [7, 7, 16, 10],
    [2, 0, 1, 3],
  ],
  b3: [[10], [0]],
};

/** Largest of two by two pixels, as a maximum over axes: reduceWindow takes several times as long. */
const pool = (x, [batch, channels, height, width]) =>
  x.reshape([batch, channels, height / 2, 2, width / 2, 2]).max([3, 5]);

/** `weights` as in plain/convolution.js. */
export async function createJaxConvolutionalNet({ weights, batch, learningRate }) {
  await init("wasm");
  defaultDevice("wasm");
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
  const loss = ([W1, b1, W2, b2, W3, b3], x, y) => {
    const first = lax.convGeneralDilated(x, W1, [1, 1], "SAME").add(b1.reshape([1, 8, 1, 1]));
    const pooled = pool(nn.relu(first), [batch, 8, 28, 28]);
    const second = lax.convGeneralDilated(pooled, W2, [1, 1], "SAME").add(b2.reshape([1, 16, 1, 1]));
    const features = pool(nn.relu(second), [batch, 16, 14, 14]).reshape([batch, 784]);
    const scores = np.matmul(features, W3.reshape([784, 10])).add(b3);
    return nn
      .logSoftmax(scores)
      .mul(nn.oneHot(y, 10))
      .sum()
      .mul(-1 / batch);
  };
  const update = jit((parameters, means, squares, corrections, x, y) => {
    const [value, gradients] = valueAndGrad(loss)(tree.ref(parameters), x, y);
    const next = gradients.map((g, k) => {
      const m = means[k].mul(beta1).add(g.ref.mul(1 - beta1));
      const v = squares[k].mul(beta2).add(g.ref.mul(g).mul(1 - beta2));
      const scaled = m.ref.mul(corrections[0].ref).div(np.sqrt(v.ref.mul(corrections[1].ref)).add(epsilon));
      return [parameters[k].sub(scaled.mul(learningRate)), m, v];
    });
    for (const correction of corrections) correction.dispose();
    return [value, ...[0, 1, 2].map((part) => next.map((all) => all[part]))];
  });
  const names = Object.keys(forms);
  const inOrder = (name) => forms[name][1].map((axis) => forms[name][0][axis]);
  let parameters = names.map((name) => np.array(permuted(weights[name], ...forms[name])).reshape(inOrder(name)));
  let means = parameters.map((array) => np.zerosLike(array.ref));
  let squares = parameters.map((array) => np.zerosLike(array.ref));
  let steps = 0;
  return {
    /** One step; returns the loss, which waits for all of it. */
    step(inputs, labels) {
      steps++;
      const corrections = [beta1, beta2].map((beta) => np.array(1 / (1 - beta ** steps)));
      const x = np.array(inputs.slice(0, batch * 784)).reshape([batch, 1, 28, 28]);
      const y = np.array(Int32Array.from(labels.subarray(0, batch)), { dtype: np.int32 });
      let value;
      [value, parameters, means, squares] = update(parameters, means, squares, corrections, x, y);
      return value.js();
    },
    weights() {
      const back = (order) => order.map((_, axis) => order.indexOf(axis));
      return Object.fromEntries(
        names.map((name, k) => [name, permuted(parameters[k].ref.dataSync(), inOrder(name), back(forms[name][1]))]),
      );
    },
  };
}

/** Layer normalization of rows in one compiled function: Σ w y and its gradients, which stay in wasm memory. */
export async function createJaxLayerNorm({ x, gamma, beta, weight }, shape, epsilon) {
  await init("wasm");
  defaultDevice("wasm");
  const factor = np.array(weight).reshape(shape);
  const loss = (x, gamma, beta, factor) => {
    const mean = np.mean(x.ref, -1, { keepdims: true });
    const centered = x.sub(mean);
    const variance = np.mean(np.square(centered.ref), -1, { keepdims: true });
    const normal = centered.div(np.sqrt(variance.add(epsilon)));
    return normal.mul(gamma).add(beta).mul(factor).sum();
  };
  const compiled = jit(valueAndGrad(loss, { argnums: [0, 1, 2] }));
  const parameters = [np.array(x).reshape(shape), np.array(gamma), np.array(beta)];
  const results = () => compiled(...parameters.map((array) => array.ref), factor.ref);
  return {
    run() {
      const [value, gradients] = results();
      for (const gradient of gradients) gradient.dispose();
      return value.js(); // waits for all of it
    },
    gradient() {
      const [value, [gradientOfX, gradientOfGamma, gradientOfBeta]] = results();
      value.dispose();
      return { x: gradientOfX.dataSync(), gamma: gradientOfGamma.dataSync(), beta: gradientOfBeta.dataSync() };
    },
  };
}
