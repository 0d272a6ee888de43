// What is known of f at a point: the tangent, which knows a direction but no length, and the parabola, which knows both.

import { type Engine, hvp, valueAndGrad } from "thalweg";
import type { Objective } from "./course/point.js";
import { print, program } from "./course/program.js";

/** (x² − 1)²/4 + x/5, and the point it is looked at from. */
export const f: Objective = (x) => x.square().subtract(1).square().multiply(0.25).add(x.multiply(0.2)).sum();
export const from = 1.8;

/** Value, slope and curvature, both models as functions, and where a step of h against the slope and Newton's step lead. */
export function modelsAt(engine: Engine, x: number, h = 0.1) {
  using first = valueAndGrad(engine, f);
  using second = hvp(engine, f);
  const { value, gradient } = first([x]);
  const slope = gradient.data[0] as number;
  const curvature = second([x], [1]).data[0] as number;
  const linear = (to: number): number => value + slope * (to - x);
  const quadratic = (to: number): number => linear(to) + (curvature / 2) * (to - x) ** 2;
  return { value, slope, curvature, linear, quadratic, descent: x - h * slope, newton: x - slope / curvature };
}

await program(import.meta.url, (engine) => {
  using value = valueAndGrad(engine, f);
  const { linear, quadratic, descent, newton } = modelsAt(engine, from);
  print("distance", "f", "linear", "quadratic");
  for (const d of [0.4, 0.2, 0.1, 0.05]) {
    const to = from - d;
    print(String(d), value([to]).value, linear(to), quadratic(to));
  }
  print("\nstep of", "leads to", "f there");
  print("−0.1 f′", descent, value([descent]).value);
  print("−f′ / f″", newton, value([newton]).value);
});
