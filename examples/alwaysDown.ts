// Conjugate directions that go down after any step. After inexact steps the d = −g + β d₋₁ of Fletcher and Reeves may rise. An
// improved formula, d = −θ g + β d₋₁ with θ = d₋₁′ (g − g₋₁) / g₋₁′ g₋₁, has g′ d = −g′ g after every step.

import { compile, type Engine, grad } from "thalweg";
import { print, program } from "./course/program.js";
import { rosenbrock, rosenbrockStart } from "./course/rosenbrock.js";

const dot = (u: readonly number[], v: readonly number[]): number => u.reduce((sum, x, k) => sum + x * (v[k] ?? 0), 0);
const along = (u: readonly number[], t: number, v: readonly number[]): number[] => u.map((x, k) => x + t * (v[k] ?? 0));

/** Factor of −g, from the direction before, the gradient before and the gradient. */
type Theta = (direction: readonly number[], before: readonly number[], gradient: readonly number[]) => number;

/**
 * Formulas for θ. Sources: Fletcher and Reeves, Function minimization by conjugate gradients, 1964; Zhang, Zhou and Li, Global
 * convergence of a modified Fletcher-Reeves conjugate gradient method with Armijo-type line search, Numerische Mathematik, 2006.
 */
export const formulas: Record<string, Theta> = {
  "Fletcher-Reeves": () => 1,
  improved: (d, before, g) => dot(d, along(g, -1, before)) / dot(before, before),
};

/** Steps to take: by halving until the function falls enough, by the condition of Armijo, or of a fixed length. */
export type Steps = "halving" | number;

/**
 * Slope g′ d / g′ g and cosine between g and d of every direction, and the values, on the Rosenbrock function of n numbers. A direction
 * that rises becomes −g.
 */
export function descend(engine: Engine, formula: string, steps: Steps, iterations: number, n = 2) {
  using value = compile(engine, rosenbrock);
  using gradient = grad(engine, rosenbrock);
  const theta = formulas[formula] as Theta;
  const f = (x: readonly number[]): number => value([...x]) as number;
  const slopeAt = (x: readonly number[]): number[] => Array.from(gradient([...x]).data);
  let x = rosenbrockStart(n);
  let g = slopeAt(x);
  let d = g.map((at) => -at);
  const [slopes, cosines, values]: [number[], number[], number[]] = [[-1], [-1], [f(x)]];
  for (let k = 0; k < iterations && dot(g, g) > 1e-12; k++) {
    const slope = dot(g, d);
    let step = steps === "halving" ? 1 : steps / Math.sqrt(dot(d, d));
    if (steps === "halving") while (f(along(x, step, d)) > f(x) + 1e-4 * step * slope) step /= 2;
    x = along(x, step, d);
    const next = slopeAt(x);
    const beta = dot(next, next) / dot(g, g);
    d = along(
      next.map((at) => -theta(d, g, next) * at),
      beta,
      d,
    );
    slopes.push(dot(next, d) / dot(next, next));
    cosines.push(dot(next, d) / Math.sqrt(dot(next, next) * dot(d, d)));
    if (dot(next, d) >= 0) d = next.map((at) => -at);
    g = next;
    values.push(f(x));
  }
  return { slopes, cosines, values };
}

await program(import.meta.url, (engine) => {
  print("formula", "steps", "iterations", "that rise", "largest g′d", "f at the end");
  for (const formula of Object.keys(formulas))
    for (const steps of ["halving", 0.001, 0.01] as const) {
      const { slopes, values } = descend(engine, formula, steps, 1000);
      const rising = slopes.filter((slope) => slope >= 0).length;
      print(formula, String(steps), values.length - 1, rising, Math.max(...slopes), values.at(-1) ?? 0);
    }
});
