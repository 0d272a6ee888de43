// A feature of 0 .. 1 beside one of 0 .. 10,000: hopeless as they are, a few updates once both have deviation 1.

import { type Engine, sgd, type Tensor, type Trainer } from "thalweg";
import { startAt, updatesTo } from "./course/point.js";
import { print, program } from "./course/program.js";
import { eigenvalues } from "./course/symmetric.js";

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value) / values.length;
const product = (u: readonly number[], v: readonly number[]): number => mean(u.map((x, k) => x * (v[k] as number)));

/** Forty values with mean 0 in a range of this size, in an order of their own. */
const feature = (size: number, stride: number): number[] =>
  Array.from({ length: 40 }, (_, k) => size * (((stride * k) % 40) / 39 - 0.5));

/** The feature with deviation 1. */
const standardize = (values: readonly number[]): number[] =>
  values.map((value) => value / Math.sqrt(product(values, values)));

/**
 * Least squares of two features, of 0 .. 1 and of 0 .. `size`, as they are or standardized: loss, curvatures, and descent with the
 * best rate.
 */
export function twoFeatures(engine: Engine, size: number, cured: boolean) {
  const [small, large] = [feature(1, 7), feature(size, 11)];
  const targets = small.map((value, k) => 2 * value - (large[k] as number) / size);
  const [a, b] = cured ? [standardize(small), standardize(large)] : [small, large];
  const [most, least] = eigenvalues(product(a, a), product(a, b), product(b, b));
  const loss = (w: Tensor): Tensor => w.reshape([1, 2]).matmul([a, b]).subtract(targets).square().mean().multiply(0.5);
  const start = (): Trainer => startAt(engine, loss, [0, 0], sgd({ learningRate: 2 / (most + least) }));
  const scale = cured ? [small, large].map((values) => Math.sqrt(product(values, values))) : [1, 1];
  return { loss, start, condition: most / least, best: [2 * (scale[0] ?? 1), -(scale[1] ?? 1) / size] };
}

/** Condition number, and updates until the loss is below 1e-8. */
export function fitFeatures(engine: Engine, cured: boolean, limit = 5000): { condition: number; updates: number } {
  const { start, condition } = twoFeatures(engine, 1e4, cured);
  const trainer = start();
  const updates = updatesTo(1e-8, trainer, limit);
  trainer.free();
  return { condition, updates };
}

await program(import.meta.url, (engine) => {
  print("features", "condition", "updates");
  for (const cured of [false, true]) {
    const { condition, updates } = fitFeatures(engine, cured);
    print(cured ? "standardized" : "as they are", condition, updates < 5000 ? updates : "over 5,000");
  }
});
