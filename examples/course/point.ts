// Minimizing a function of a few numbers with any optimizer: the numbers are the parameters of a layer, and its output
// is the loss.

import { createTrainer, type Engine, type Layer, type Loss, type Optimizer, type Tensor, type Trainer } from "thalweg";

/** Function of a point [n] that returns a scalar. */
export type Objective = (x: Tensor) => Tensor;

const value: Loss = { name: "value", targets: "values", apply: (output) => output.sum() };
const nothing = { inputs: [[0]], targets: [[0]] };

/** Options of a trainer that minimizes a function: its only parameter is the point x, in f64, and its loss is f(x). */
export function functionOf(f: Objective, start: readonly number[]): { model: Layer; loss: Loss; dtype: "f64" } {
  const x = {
    shape: [start.length],
    initializer: ({ trace }: { trace: Tensor["trace"] }) => trace.constant([...start], "f64"),
  };
  const model: Layer = { name: "point", parameters: { x }, apply: ({ x }) => (x ? f(x).reshape([1, 1]) : fail()) };
  return { model, loss: value, dtype: "f64" };
}

/** A trainer of a function. */
export const startAt = (
  engine: Engine,
  f: Objective,
  start: readonly number[],
  optimizer: Optimizer,
  seed = 0,
): Trainer => createTrainer(engine, { ...functionOf(f, start), optimizer, seed });

const fail = (): never => {
  throw new Error("the point is missing");
};

/** Current point. */
export const pointOf = (trainer: Trainer): number[] => Array.from(trainer.parameters().x?.data ?? []);

/** One update: the loss and the norm of the gradient before it. */
export const update = (trainer: Trainer): { loss: number; gradientNorm: number } => trainer.step(nothing);

/** The start and the point after each of the updates. */
export function pathOf(trainer: Trainer, updates: number): number[][] {
  const path = [pointOf(trainer)];
  for (let k = 0; k < updates; k++) {
    update(trainer);
    path.push(pointOf(trainer));
  }
  return path;
}

/** Updates until the loss is below a target, at most `limit`. */
export function updatesTo(target: number, trainer: Trainer, limit = 100_000): number {
  let count = 0;
  while (count < limit && update(trainer).loss > target) count++;
  return count;
}

/** The coordinates of a point as scalars. */
export function coordinates(x: Tensor): Tensor[] {
  return Array.from({ length: x.size }, (_, k) => x.slice(0, k, k + 1).reshape([]));
}
