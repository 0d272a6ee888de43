// Problems of the optimizers' cases: start, loss and gradient in plain numbers, as record/problems.py states them.

import { read } from "./cases.js";

const { data, start } = read("problems");
const { exp, log1p, tanh } = Math;
const sum = (values) => values.reduce((total, value) => total + value, 0);
const dot = (a, b) => sum(a.map((value, k) => value * b[k]));

/** ½ Σ aᵢ (xᵢ − cᵢ)². */
const quadratic = ({ a, c }) => ({
  loss: ({ x }) => 0.5 * sum(a.map((factor, k) => factor * (x[k] - c[k]) ** 2)),
  gradient: ({ x }) => ({ x: a.map((factor, k) => factor * (x[k] - c[k])) }),
});

/** Mean softplus(−tᵢ uᵢ·x). */
const logistic = ({ u, t }) => ({
  loss: ({ x }) => sum(u.map((row, i) => log1p(exp(-t[i] * dot(row, x))))) / t.length,
  gradient: ({ x }) => {
    const slopes = u.map((row, i) => -t[i] / (1 + exp(t[i] * dot(row, x))) / t.length);
    return { x: u[0].map((_, j) => sum(slopes.map((slope, i) => slope * u[i][j]))) };
  },
});

/** Mean (tanh(X W₁ + b₁) W₂ + b₂ − Y)², matrices flattened by rows. */
function perceptron({ x, y }) {
  const layer = (rows, w, b) =>
    rows.map((row) => Array.from(b, (bias, j) => bias + sum(row.map((value, i) => value * w[i * b.length + j]))));
  const forward = ({ w1, b1, w2, b2 }) => {
    const hidden = layer(x, w1, b1).map((row) => row.map(tanh));
    const errors = layer(hidden, w2, b2).map((row, i) => row.map((value, j) => value - y[i][j]));
    return { hidden, errors };
  };
  const count = y.flat().length;
  const products = (rows, slopes) =>
    rows[0].flatMap((_, i) => slopes[0].map((_, j) => sum(rows.map((row, n) => row[i] * slopes[n][j]))));
  const columns = (rows) => rows[0].map((_, j) => sum(rows.map((row) => row[j])));
  return {
    loss: (parameters) =>
      sum(
        forward(parameters)
          .errors.flat()
          .map((error) => error ** 2),
      ) / count,
    gradient: (parameters) => {
      const { hidden, errors } = forward(parameters);
      const outer = errors.map((row) => row.map((error) => (2 * error) / count));
      const inner = hidden.map((row, n) =>
        row.map((value, i) => (1 - value ** 2) * sum(outer[n].map((slope, j) => slope * parameters.w2[i * 2 + j]))),
      );
      return { w1: products(x, inner), b1: columns(inner), w2: products(hidden, outer), b2: columns(outer) };
    },
  };
}

/** (1 − x₁)² + 100 (x₂ − x₁²)². */
const rosenbrock = () => ({
  loss: ({ x: [a, b] }) => (1 - a) ** 2 + 100 * (b - a * a) ** 2,
  gradient: ({ x: [a, b] }) => ({ x: [-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)] }),
});

const shapeOf = (value) => (Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : []);
/** @type {Record<string, (data: any) => any>} */
const makers = { quadratic, sparse: quadratic, rosenbrock, logistic, mlp: perceptron };

/**
 * Numbers by parameter, flattened by rows.
 * @typedef {Record<string, ArrayLike<number>>} Weights
 */

/**
 * A loss of parameters, in plain numbers.
 * @typedef {object} Problem
 * @property {string} name
 * @property {Record<string, any>} data  constants of the formula
 * @property {Record<string, { data: number[], shape: number[] }>} start
 * @property {(weights: Weights) => number} loss
 * @property {(weights: Weights) => Record<string, number[]>} gradient
 */

/**
 * Problems by name.
 * @type {Record<string, Problem>}
 */
export const problems = Object.fromEntries(
  Object.entries(makers).map(([name, make]) => {
    const arrays = Object.entries(start[name]).map(([key, value]) => [
      key,
      { data: [value].flat(Infinity), shape: shapeOf(value) },
    ]);
    return [name, { name, data: data[name], start: Object.fromEntries(arrays), ...make(data[name]) }];
  }),
);
