/**
 * The smallest network that needs a hidden layer: 2-8-1 learns XOR. tanh, then sigmoid, mean squared error over the four
 * rows, plain SGD. So small that the time goes into calls and loops, not arithmetic: it measures overhead.
 */

const ROWS = 4;
const INPUTS = Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1);
const TARGETS = Float32Array.of(0, 1, 1, 0);

/**
 * createPlainXor: a trainer that starts from copies of `weights`.
 *
 * @param {object} options
 * @param {import("./trainer.js").PlainWeights} options.weights W1 [2, hidden], b1 [hidden], W2 [hidden, 1], b2 [1]
 * @param {number} options.learningRate
 * @returns {{ weights: import("./trainer.js").PlainWeights, run: (steps: number) => number }} `run` makes that many
 *   updates on all four rows and returns the mean squared error before the last one
 */
export function createPlainXor({ weights, learningRate }) {
  const W1 = weights.W1.slice();
  const b1 = weights.b1.slice();
  const W2 = weights.W2.slice();
  const b2 = weights.b2.slice();
  const hidden = b1.length;
  const activations = new Float32Array(ROWS * hidden);
  const outputGradients = new Float32Array(ROWS);

  /** @param {number} steps */
  function run(steps) {
    let loss = 0;
    for (let step = 0; step < steps; step++) {
      loss = 0;
      for (let row = 0; row < ROWS; row++) {
        const x0 = INPUTS[2 * row];
        const x1 = INPUTS[2 * row + 1];
        const first = row * hidden;
        let score = b2[0];
        for (let j = 0; j < hidden; j++) {
          const activation = Math.tanh(x0 * W1[j] + x1 * W1[hidden + j] + b1[j]);
          activations[first + j] = activation;
          score += activation * W2[j];
        }
        const output = 1 / (1 + Math.exp(-score));
        const error = output - TARGETS[row];
        loss += error * error;
        outputGradients[row] = (2 / ROWS) * error * output * (1 - output);
      }
      loss /= ROWS;

      for (let j = 0; j < hidden; j++) {
        let gradientW2 = 0;
        let gradientB1 = 0;
        let gradient0 = 0;
        let gradient1 = 0;
        for (let row = 0; row < ROWS; row++) {
          const activation = activations[row * hidden + j];
          const gradient = outputGradients[row] * W2[j] * (1 - activation * activation);
          gradientW2 += outputGradients[row] * activation;
          gradientB1 += gradient;
          gradient0 += gradient * INPUTS[2 * row];
          gradient1 += gradient * INPUTS[2 * row + 1];
        }
        W1[j] -= learningRate * gradient0;
        W1[hidden + j] -= learningRate * gradient1;
        b1[j] -= learningRate * gradientB1;
        W2[j] -= learningRate * gradientW2;
      }
      b2[0] -= learningRate * (outputGradients[0] + outputGradients[1] + outputGradients[2] + outputGradients[3]);
    }
    return loss;
  }

  return { weights: { W1, b1, W2, b2 }, run };
}
