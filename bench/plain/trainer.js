/**
 * A trainer for one network, x · W1 + b1 → ReLU → · W2 + b2 → softmax → mean cross-entropy, in plain JavaScript: what a
 * good engineer writes by hand when there is no library. Everything is allocated once; a step leaves no garbage.
 * Batches above 1,024 samples are worked off in parts of 1,024 whose gradients add up, so that memory stays small.
 */

import { softmax } from "./elementwise.js";
import { matmul, matmulTransposedLeft, matmulTransposedRight } from "./matmul.js";
import { adamUpdate, momentumUpdate, sgdUpdate } from "./optimizers.js";

const PART = 1024;

/**
 * @typedef {object} PlainWeights
 * @property {Float32Array} W1 [inputs, hidden]
 * @property {Float32Array} b1 [hidden]
 * @property {Float32Array} W2 [hidden, classes]
 * @property {Float32Array} b2 [classes]
 */

/**
 * @typedef {{ kind: "sgd", learningRate: number }
 *   | { kind: "momentum", learningRate: number, momentum?: number }
 *   | { kind: "adam", learningRate: number, beta1?: number, beta2?: number, epsilon?: number }} PlainOptimizer
 */

/**
 * @typedef {object} PlainTrainer
 * @property {PlainWeights} weights the live weights; they change with every step
 * @property {PlainWeights} gradients of the last step
 * @property {(inputs: Float32Array, labels: ArrayLike<number>) => number} step one update on [batch, inputs] numbers;
 *   returns the mean loss before the update
 * @property {(rows: Uint8Array, labels: ArrayLike<number>, order: ArrayLike<number>, start: number, batch: number,
 *   mean: number, deviation: number) => number} stepRows one update on the rows order[start .. start + batch - 1] of a
 *   data set of bytes, each byte standardized to (byte - mean) / deviation on the way; returns the mean loss
 */

/**
 * createPlainTrainer: a trainer that starts from copies of `weights`. The sizes of the layers follow from their lengths.
 *
 * @param {object} options
 * @param {PlainWeights} options.weights
 * @param {PlainOptimizer} options.optimizer defaults: momentum 0.9, beta1 0.9, beta2 0.999, epsilon 1e-8
 * @returns {PlainTrainer}
 */
export function createPlainTrainer({ weights: initial, optimizer }) {
  const hidden = initial.b1.length;
  const classes = initial.b2.length;
  const width = initial.W1.length / hidden;
  if (!Number.isInteger(width) || initial.W2.length !== hidden * classes) {
    throw new RangeError(
      `createPlainTrainer: the lengths of the weights do not fit, got W1 ${initial.W1.length}, b1 ${hidden}, ` +
        `W2 ${initial.W2.length}, b2 ${classes}, expected W1 = inputs x b1 and W2 = b1 x b2. Check the layer sizes.`,
    );
  }
  const weights = copy(initial);
  const gradients = zeros(initial);
  const update = createUpdate(optimizer, weights, gradients);

  let capacity = 0;
  let samples = new Float32Array(0);
  let activations = new Float32Array(0);
  let activationGradients = new Float32Array(0);
  let scores = new Float32Array(0);

  /** @param {number} count */
  function reserve(count) {
    if (count <= capacity) return;
    capacity = count;
    samples = new Float32Array(count * width);
    activations = new Float32Array(count * hidden);
    activationGradients = new Float32Array(count * hidden);
    scores = new Float32Array(count * classes);
  }

  /**
   * Adds the gradients of `count` samples of a batch, and returns the sum of their losses.
   *
   * @param {Float32Array} inputs
   * @param {ArrayLike<number>} labels
   * @param {ArrayLike<number> | null} order sample i of this part has the label labels[order[start + i]]
   * @param {number} start
   * @param {number} count
   * @param {number} batch
   */
  function accumulate(inputs, labels, order, start, count, batch) {
    matmul(activations, inputs, weights.W1, count, width, hidden);
    for (let i = 0, at = 0; i < count; i++) {
      for (let j = 0; j < hidden; j++, at++) {
        const value = activations[at] + weights.b1[j];
        activations[at] = Math.max(value, 0);
      }
    }
    matmul(scores, activations, weights.W2, count, hidden, classes);
    for (let i = 0, at = 0; i < count; i++) {
      for (let j = 0; j < classes; j++, at++) scores[at] += weights.b2[j];
    }
    softmax(scores, scores, count, classes);

    // From here on `scores` is the gradient of the mean loss: (probability - 1 where the label is) / batch.
    const share = 1 / batch;
    let loss = 0;
    for (let i = 0, at = 0; i < count; i++) {
      const label = labels[order === null ? start + i : order[start + i]];
      loss -= Math.log(scores[at + label]);
      scores[at + label] -= 1;
      for (let j = 0; j < classes; j++, at++) {
        scores[at] *= share;
        gradients.b2[j] += scores[at];
      }
    }
    matmulTransposedLeft(gradients.W2, activations, scores, hidden, count, classes, true);
    matmulTransposedRight(activationGradients, scores, weights.W2, count, classes, hidden);
    for (let i = 0, at = 0; i < count; i++) {
      for (let j = 0; j < hidden; j++, at++) {
        if (activations[at] > 0) gradients.b1[j] += activationGradients[at];
        else activationGradients[at] = 0;
      }
    }
    matmulTransposedLeft(gradients.W1, inputs, activationGradients, width, count, hidden, true);
    return loss;
  }

  function clearGradients() {
    gradients.W1.fill(0);
    gradients.b1.fill(0);
    gradients.W2.fill(0);
    gradients.b2.fill(0);
  }

  return {
    weights,
    gradients,

    step(inputs, labels) {
      const batch = labels.length;
      reserve(Math.min(batch, PART));
      clearGradients();
      let loss = 0;
      if (batch <= PART) loss = accumulate(inputs, labels, null, 0, batch, batch);
      else {
        for (let start = 0; start < batch; start += PART) {
          const count = Math.min(PART, batch - start);
          const part = inputs.subarray(start * width, (start + count) * width);
          loss += accumulate(part, labels, null, start, count, batch);
        }
      }
      update();
      return loss / batch;
    },

    stepRows(rows, labels, order, start, batch, mean, deviation) {
      reserve(Math.min(batch, PART));
      clearGradients();
      const scale = 1 / deviation;
      let loss = 0;
      for (let done = 0; done < batch; done += PART) {
        const count = Math.min(PART, batch - done);
        for (let i = 0, at = 0; i < count; i++) {
          const row = order[start + done + i] * width;
          for (let j = 0; j < width; j++, at++) samples[at] = (rows[row + j] - mean) * scale;
        }
        loss += accumulate(samples, labels, order, start + done, count, batch);
      }
      update();
      return loss / batch;
    },
  };
}

/**
 * @param {PlainOptimizer} optimizer
 * @param {PlainWeights} weights
 * @param {PlainWeights} gradients
 * @returns {() => void} the update of all four parameters
 */
function createUpdate(optimizer, weights, gradients) {
  const w = [weights.W1, weights.b1, weights.W2, weights.b2];
  const g = [gradients.W1, gradients.b1, gradients.W2, gradients.b2];
  const { kind, learningRate } = optimizer;
  if (kind === "sgd") {
    return () => {
      for (let i = 0; i < 4; i++) sgdUpdate(w[i], g[i], learningRate);
    };
  }
  const first = w.map((parameter) => new Float32Array(parameter.length));
  if (kind === "momentum") {
    const { momentum = 0.9 } = optimizer;
    return () => {
      for (let i = 0; i < 4; i++) momentumUpdate(w[i], g[i], first[i], learningRate, momentum);
    };
  }
  if (kind === "adam") {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = optimizer;
    const second = w.map((parameter) => new Float32Array(parameter.length));
    let t = 0;
    return () => {
      t++;
      for (let i = 0; i < 4; i++) {
        adamUpdate(w[i], g[i], first[i], second[i], t, learningRate, beta1, beta2, epsilon);
      }
    };
  }
  throw new TypeError(
    `createPlainTrainer: unknown optimizer, got ${JSON.stringify(kind)}, expected "sgd", "momentum" or "adam". ` +
      "Choose one of the three.",
  );
}

/**
 * @param {PlainWeights} weights
 * @returns {PlainWeights}
 */
function copy({ W1, b1, W2, b2 }) {
  return { W1: W1.slice(), b1: b1.slice(), W2: W2.slice(), b2: b2.slice() };
}

/**
 * @param {PlainWeights} weights
 * @returns {PlainWeights}
 */
function zeros({ W1, b1, W2, b2 }) {
  return {
    W1: new Float32Array(W1.length),
    b1: new Float32Array(b1.length),
    W2: new Float32Array(W2.length),
    b2: new Float32Array(b2.length),
  };
}
