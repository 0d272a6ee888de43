// Descent on a convex function with ‖g‖ ≤ L for T steps of R / (L √T) is off by at most R L / √T on average.

import { type Engine, sgd } from "thalweg";
import { type Objective, startAt, update } from "./course/point.js";
import { print, program } from "./course/program.js";

/** Two functions with slopes of at most 1 and the least value 0, and starts at most R = 1 from their minimum. */
export const functions: Record<string, { f: Objective; start: number[] }> = {
  "|x|": { f: (x) => x.abs().sum(), start: [1] },
  "√(1 + x²) − 1": { f: (x) => x.square().add(1).sqrt().subtract(1).sum(), start: [1] },
  "max(|x|, |y|)": { f: (x) => x.abs().max(), start: [0.8, 0.6] },
};

/** Mean of f over the points at which T gradients were taken. */
export function averageGap(engine: Engine, name: string, steps: number): number {
  const { f, start } = functions[name] as (typeof functions)[string];
  const trainer = startAt(engine, f, start, sgd({ learningRate: 1 / Math.sqrt(steps) }));
  let total = 0;
  for (let k = 0; k < steps; k++) total += update(trainer).loss;
  trainer.free();
  return total / steps;
}

await program(import.meta.url, (engine) => {
  print("average gap", "T = 1", "T = 10", "T = 100", "T = 1000");
  const horizons = [1, 10, 100, 1000];
  for (const name of Object.keys(functions)) print(name, ...horizons.map((steps) => averageGap(engine, name, steps)));
  print("bound 1/√T", ...horizons.map((steps) => 1 / Math.sqrt(steps)));
});
