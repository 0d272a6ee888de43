// L2 rounds the valley: with a penalty λ Σ w² the condition number is (max + 2λ) / (min + 2λ), and descent is shorter.

import { type Engine, sgd } from "thalweg";
import { startAt, update } from "./course/point.js";
import { print, program } from "./course/program.js";

/** The steepest and the flattest curvature. */
const [max, min] = [100, 1];

/** Condition number of ½ (100 x² + y²) with the penalty, and the updates until the gradient, penalty apart, is 1e-6. */
export function descent(engine: Engine, lambda: number): { condition: number; updates: number } {
  const [steep, flat] = [max + 2 * lambda, min + 2 * lambda];
  const optimizer = sgd({
    learningRate: 2 / (steep + flat),
    weightDecay: lambda,
    decayCoupling: "penalty",
    decayFilter: "all",
  });
  const trainer = startAt(
    engine,
    (x) =>
      x
        .square()
        .multiply([max / 2, min / 2])
        .sum(),
    [1, 1],
    optimizer,
  );
  while (update(trainer).gradientNorm > 1e-6);
  const updates = trainer.steps - 1;
  trainer.free();
  return { condition: steep / flat, updates };
}

await program(import.meta.url, (engine) => {
  for (const lambda of [0, 0.5, 5, 50]) {
    const { condition, updates } = descent(engine, lambda);
    print(`λ = ${lambda}`, "condition", condition, "updates", updates);
  }
});
