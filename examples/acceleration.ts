// On a smooth convex function descent is off by at most L R² / 2k, accelerated descent by 2 L R² / (k + 1)²: slopes of −1 and
// −2, where many curvatures down to almost 0 count alike.

import { type Engine, type Optimizer, sgd } from "thalweg";
import { startAt, update } from "./course/point.js";
import { print, program } from "./course/program.js";

/** f(x) = ½ Σ λᵢ xᵢ² with n curvatures evenly in 0 .. L = 1, from xᵢ = 1/√λᵢ: each adds ½ to f at the start. */
const n = 1000;
const curvatures = Array.from({ length: n }, (_, i) => (i + 0.5) / n);
const start = curvatures.map((curvature) => 1 / Math.sqrt(curvature));
/** R² = ‖x₀ − x*‖². */
const square = start.reduce((sum, x) => sum + x * x, 0);

export const rules: Record<string, Optimizer> = {
  descent: sgd({ learningRate: 1 }),
  accelerated: sgd({ learningRate: 1, nesterov: "fista" }),
};
export const bounds: Record<string, (k: number) => number> = {
  descent: (k) => square / (2 * k),
  accelerated: (k) => (2 * square) / (k + 1) ** 2,
};

/** f − f* before each of the updates. */
export function gaps(engine: Engine, optimizer: Optimizer, updates: number): number[] {
  const trainer = startAt(engine, (x) => x.square().multiply(curvatures).sum().multiply(0.5), start, optimizer);
  const losses = Array.from({ length: updates + 1 }, () => update(trainer).loss);
  trainer.free();
  return losses;
}

/** Slope of log(f − f*) over log k between two updates. */
export const slope = (losses: readonly number[], from: number, to: number): number =>
  Math.log((losses[to] ?? 0) / (losses[from] ?? 0)) / Math.log(to / from);

await program(import.meta.url, (engine) => {
  print("update", "10", "30", "100", "300", "slope");
  for (const [name, rule] of Object.entries(rules)) {
    const losses = gaps(engine, rule, 300);
    print(name, ...[10, 30, 100, 300].map((k) => losses[k] ?? 0), slope(losses, 10, 300));
    print("at most", ...[10, 30, 100, 300].map((k) => bounds[name]?.(k) ?? 0));
  }
});
