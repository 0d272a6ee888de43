// Problems of the optimizers' cases as losses of tensors, and a trainer whose steps are updates on one.

import { problems } from "../../source/problems.js";

/** An array as a constant beside a tensor. */
const constant = (like, value) => like.multiply(0).sum().add(value);

const quadratic =
  ({ a, c }) =>
  ({ x }) =>
    x.subtract(c).square().multiply(a).sum().multiply(0.5);

const rosenbrock = ({ x }) => {
  const first = x.multiply([1, 0]).sum();
  const second = x.multiply([0, 1]).sum();
  const valley = second.subtract(first.square()).square().multiply(100);
  return first.subtract(1).square().add(valley);
};

const logistic =
  ({ u, t }) =>
  ({ x }) =>
    constant(x, u)
      .matmul(x.reshape([3, 1]))
      .reshape([6])
      .multiply(t)
      .negate()
      .softplus()
      .mean();

const perceptron =
  ({ x, y }) =>
  ({ w1, b1, w2, b2 }) =>
    constant(b1, x).matmul(w1).add(b1).tanh().matmul(w2).add(b2).subtract(y).square().mean();

/**
 * Losses by the names of the problems, of tensors by parameter.
 * @type {Record<string, (tensors: Record<string, any>) => any>}
 */
export const losses = {
  quadratic: quadratic(problems.quadratic.data),
  sparse: quadratic(problems.sparse.data),
  rosenbrock,
  logistic: logistic(problems.logistic.data),
  mlp: perceptron(problems.mlp.data),
};

const nothing = { inputs: [[0]], targets: [[0]] };

/** One update; returns the loss before it. */
export const update = (trainer) => trainer.step(nothing).loss;

/** A trainer at the start of a problem { start, loss }. */
export function trainerOf({ createTrainer }, engine, { start, loss }, optimizer, dtype) {
  const parameters = Object.entries(start).map(([name, { shape }]) => [
    name,
    { shape, initializer: (context) => context.fill(0) },
  ]);
  const model = {
    name: "point",
    parameters: Object.fromEntries(parameters),
    apply: (tensors) => loss(tensors).reshape([1, 1]),
  };
  const value = { name: "value", targets: "values", apply: (prediction) => prediction.sum() };
  const trainer = createTrainer(engine, { model, loss: value, optimizer, dtype });
  trainer.setParameters(start);
  return trainer;
}
