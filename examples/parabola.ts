// Gradient descent on x² and on x₁² + x₂²: every step multiplies the point by 1 − 2h.

import { type Engine, sgd } from "thalweg";
import { pathOf, startAt } from "./course/point.js";
import { print, program } from "./course/program.js";

/** The points that gradient descent visits on the sum of squares. */
export function descend(engine: Engine, start: readonly number[], learningRate: number, updates: number): number[][] {
  const trainer = startAt(engine, (x) => x.square().sum(), start, sgd({ learningRate }));
  const path = pathOf(trainer, updates);
  trainer.free();
  return path;
}

await program(import.meta.url, (engine) => {
  print("x² from 1 with four rates: 0.5 arrives at once, 1 never, above 1 it diverges.");
  for (const rate of [0.4, 0.5, 1, 1.1]) print(`h = ${rate}`, ...descend(engine, [1], rate, 4).flat());
  print("\nx₁² + x₂² from (2, 3) with h = 0.1: every step keeps 0.8 of the point.");
  const path = descend(engine, [2, 3], 0.1, 99);
  for (const step of [0, 1, 2, 3, 98, 99]) print(`step ${step}`, ...(path[step] ?? []));
});
