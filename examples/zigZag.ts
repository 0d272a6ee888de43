// The zig-zag in a narrow valley, and its cures: momentum, Nesterov, and a rate of its own for each direction.

import { adagrad, type Engine, type Optimizer, sgd } from "thalweg";
import { pathOf, startAt, updatesTo } from "./course/point.js";
import { print, program } from "./course/program.js";

const start = [1, 10];

/** ½ (100 x² + y²), a hundred times as steep across as along. */
export const valley = (engine: Engine, optimizer: Optimizer) =>
  startAt(engine, (x) => x.square().multiply([50, 0.5]).sum(), start, optimizer);

export const rules: Record<string, Optimizer> = {
  descent: sgd({ learningRate: 0.019 }),
  momentum: sgd({ learningRate: 0.019, momentum: 0.8 }),
  nesterov: sgd({ learningRate: 0.01, momentum: 0.8, nesterov: true }),
  adagrad: adagrad({ learningRate: 5 }),
};

/** Degrees between −g and the way to the minimum at 0. */
export function angle([x = 0, y = 0]: readonly number[]): number {
  const cosine = (100 * x * x + y * y) / (Math.hypot(100 * x, y) * Math.hypot(x, y));
  return (Math.acos(Math.min(1, cosine)) * 180) / Math.PI;
}

await program(import.meta.url, (engine) => {
  const path = pathOf(valley(engine, rules.descent as Optimizer), 5);
  print("", "x", "y", "degrees off the way to the minimum");
  for (const [step, point] of path.entries()) print(`step ${step}`, ...point, angle(point));
  print("\nUpdates until the loss is below 1e-6:");
  for (const [name, rule] of Object.entries(rules)) print(name, updatesTo(1e-6, valley(engine, rule)));
});
