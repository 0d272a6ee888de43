// Damping turns Newton's step into descent: −(H + α I)⁻¹ g is Newton's step at α = 0 and −g / α for large α. Where H has
// negative curvatures, α must be above −λ_min: below, the step is not a descent direction.

import { dampedNewton, type Engine, fixedStep } from "thalweg";
import type { Objective } from "./course/point.js";
import { print, program } from "./course/program.js";
import { search } from "./course/search.js";

/** ½ (x² + 9y²), looked at from (3, 1): g = (3, 9), Newton's step is (−3, −1). */
export const valley: Objective = (x) => x.square().multiply([0.5, 4.5]).sum();
export const from = [3, 1];

export const alphas = [0, 0.1, 1, 10, 100, 1000];

/** The step with α. */
export function stepWith(engine: Engine, alpha: number): number[] {
  const method = dampedNewton({ damping: alpha, lineSearch: fixedStep() });
  const { x } = search(engine, valley, from, method, { maxIterations: 1 });
  return x.map((at, k) => at - (from[k] ?? 0));
}

/** Degrees between two steps. */
export function angle(a: readonly number[], b: readonly number[]): number {
  const [[ax = 0, ay = 0], [bx = 0, by = 0]] = [a, b];
  return Math.abs((Math.atan2(ax * by - ay * bx, ax * bx + ay * by) * 180) / Math.PI);
}

export const newtonStep = [-3, -1];
export const descent = [-3, -9];

/** Effect of one step with α at a saddle with curvatures 2 and −2. */
export function atSaddle(engine: Engine, alpha: number): string {
  const method = dampedNewton({ damping: alpha, lineSearch: fixedStep() });
  return search(engine, (x) => x.square().multiply([1, -1]).sum(), [1, 0.5], method, { maxIterations: 1 }).status;
}

await program(import.meta.url, (engine) => {
  print("α", "step x", "step y", "° to Newton", "° to −g", "α|d| / |g|");
  for (const alpha of alphas) {
    const step = stepWith(engine, alpha);
    const size = (alpha * Math.hypot(...step)) / Math.hypot(...descent);
    print(String(alpha), ...step, angle(step, newtonStep), angle(step, descent), size);
  }
  print("\nAt a saddle of curvatures 2 and −2:");
  for (const alpha of [1, 3]) print(`α = ${alpha}`, atSaddle(engine, alpha));
});
