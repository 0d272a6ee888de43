// A small adapter: plain numbers, with derivatives by differences.

import { unsupported } from "thalweg-conformance";

/** A tensor is { data, shape } here; in an adapter of yours it is what your library has. */
const each =
  (f) =>
  ({ x }) => ({ shape: x.shape, data: Array.from(x.data, f) });

/** The outputs of f, and the gradients of Σ upstream · outputs with respect to every input. */
function differentiate(f, inputs, upstream) {
  const fed = (point) => f(point).data.reduce((sum, value, k) => sum + value * upstream[0].data[k], 0);
  const slope = (name, k) => {
    const { data, shape } = inputs[name];
    const moved = (by) => ({
      ...inputs,
      [name]: { shape, data: data.map((value, i) => (i === k ? value + by : value)) },
    });
    return (fed(moved(1e-6)) - fed(moved(-1e-6))) / 2e-6;
  };
  const gradients = Object.entries(inputs).map(([name, { data, shape }]) => [
    name,
    { shape, data: data.map((_, k) => slope(name, k)) },
  ]);
  return { outputs: [f(inputs)], gradients: Object.fromEntries(gradients) };
}

/** Gradient descent with momentum, at the start of a problem. */
function descent({ momentum = 0, dampening, nesterov, weight_decay }, { start, gradient }) {
  if (dampening || nesterov || weight_decay) throw unsupported("dampening, Nesterov momentum and weight decay");
  const weights = Object.fromEntries(Object.entries(start).map(([name, { data }]) => [name, [...data]]));
  const velocity = Object.fromEntries(Object.entries(weights).map(([name, data]) => [name, data.map(() => 0)]));
  return {
    weights: () => weights,
    step(rate) {
      for (const [name, slopes] of Object.entries(gradient(weights)))
        for (const [k, g] of slopes.entries()) {
          velocity[name][k] = momentum * velocity[name][k] + g;
          weights[name][k] -= rate * velocity[name][k];
        }
    },
  };
}

export default {
  name: "plain numbers",
  version: "1.0.0",
  dtype: "f32",
  differentiate,
  ops: {
    sin: each(Math.sin),
    tanh: each(Math.tanh),
    softplus: each((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  },
  optimizers: { SGD: descent },
  schedules: {
    ExponentialLR: ({ lr, gamma }, { count }) => Array.from({ length: count }, (_, t) => lr * gamma ** t),
  },
};
