// A cliff, the loss of fifty multiplications by the same weight: one gradient from its edge throws the weights out of
// the world. Clipping the gradient, as a whole to a norm or each component to a value, walks down instead.

import { type Engine, type Tensor, valueAndGrad } from "thalweg";
import { coordinates } from "./course/point.js";
import { print, program } from "./course/program.js";

/** (w⁵⁰ + b − 1)². */
function cliff(x: Tensor): Tensor {
  const [w, b] = coordinates(x) as [Tensor, Tensor];
  let power = w;
  for (let k = 1; k < 50; k++) power = power.multiply(w);
  return power.add(b).subtract(1).square();
}

/** What becomes of a gradient before it is used. */
export type Cure = (gradient: number[]) => number[];
export const cures: Record<string, Cure> = {
  none: (gradient) => gradient,
  norm: (gradient) => gradient.map((g) => g * Math.min(1, 1 / Math.hypot(...gradient))),
  value: (gradient) => gradient.map((g) => Math.max(-1, Math.min(1, g))),
};

/** Loss at every step from the edge, (1.15, 0), with h = 1/5000, until it is below 1e-6 or no longer a number. */
export function walk(engine: Engine, cure: Cure): { losses: number[]; firstNorm: number } {
  using f = valueAndGrad(engine, cliff);
  const losses: number[] = [];
  let x = [1.15, 0];
  const firstNorm = Math.hypot(...Array.from(f(x).gradient.data));
  for (let loss = Number.MAX_VALUE; loss > 1e-6 && Number.isFinite(loss); ) {
    const { value, gradient } = f(x);
    const step = cure(Array.from(gradient.data));
    x = x.map((value, k) => value - (step[k] as number) / 5000);
    loss = value;
    losses.push(loss);
  }
  return { losses, firstNorm };
}

await program(import.meta.url, (engine) => {
  print("clip by", "steps", "first loss", "last loss");
  for (const [name, cure] of Object.entries(cures)) {
    const { losses } = walk(engine, cure);
    print(name, losses.length, ...losses.slice(0, 1), ...losses.slice(-1));
  }
  print(`\nThe first gradient has the norm ${walk(engine, cures.norm as Cure).firstNorm.toExponential(1)}.`);
});
