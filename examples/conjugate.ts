// Conjugate gradients end on a quadratic of n numbers in n steps, where descent with the same exact search zig-zags: each
// gradient stands at right angles to the last, each direction conjugate to the one before.

import { conjugateGradient, type Engine, exactQuadratic, grad, gradientDescent } from "thalweg";
import type { Objective } from "./course/point.js";
import { print, program } from "./course/program.js";
import { rosenbrock } from "./course/rosenbrock.js";
import { search } from "./course/search.js";

/** ½ (x₁² + Σ (xₖ₊₁ − xₖ)² + xₙ²) − x₁, least at xₖ = 1 − k / (n + 1). */
export const chain: Objective = (x) => {
  const [first, last] = [x.slice(0, 0, 1), x.slice(0, x.size - 1, x.size)];
  const between = x.slice(0, 1, x.size).subtract(x.slice(0, 0, x.size - 1));
  const squares = [first, between, last].map((part) => part.square().sum());
  return squares
    .reduce((sum, part) => sum.add(part))
    .multiply(0.5)
    .subtract(first.sum());
};

/** ½ (x² + 10 y²) from where descent is slowest. */
export const ellipse: Objective = (x) => x.square().multiply([0.5, 5]).sum();
export const slowest = [10, 1];

const lineSearch = exactQuadratic();
export const methods = {
  descent: gradientDescent({ lineSearch }),
  "conjugate gradients": conjugateGradient({ beta: "fletcherReeves", lineSearch }),
};

/** The cosine between two vectors. */
function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (u: readonly number[], v: readonly number[]): number =>
    u.reduce((sum, at, k) => sum + at * (v[k] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

const minus = (a: readonly number[], b: readonly number[]): number[] => a.map((at, k) => at - (b[k] ?? 0));

/** Cosines along the way: of each gradient with the last, and of H d with the direction before; all are to be 0. */
export function rightAngles(engine: Engine, n: number): { gradients: number[]; directions: number[] } {
  const { path } = search(engine, chain, new Array(n).fill(0), methods["conjugate gradients"]);
  using gradient = grad(engine, chain);
  const slopes = path.map((x) => Array.from(gradient(x).data)).slice(0, -1);
  const steps = path.slice(1).map((x, k) => minus(x, path[k] ?? []));
  return {
    gradients: slopes.slice(1).map((slope, k) => cosine(slope, slopes[k] ?? [])),
    // On a quadratic H d is the change of the gradient along d.
    directions: steps
      .slice(1, -1)
      .map((_, k) => cosine(minus(slopes[k + 2] ?? [], slopes[k + 1] ?? []), steps[k] ?? [])),
  };
}

/** Iterations and evaluations on the Rosenbrock function with a restart every so many steps. */
export function withRestarts(engine: Engine, beta: "fletcherReeves" | "polakRibiere", restart?: number) {
  const method = conjugateGradient(restart === undefined ? { beta } : { beta, restart });
  const { status, iterations, evaluations } = search(engine, rosenbrock, [-1.2, 1], method);
  return { status, iterations, evaluations: evaluations.value };
}

await program(import.meta.url, (engine) => {
  print("steps to 1e-8", ...Object.keys(methods).map((name) => name.replace("conjugate gradients", "conjugate")));
  for (const n of [2, 4, 8, 16, 32]) {
    const start = new Array(n).fill(0);
    const counts = Object.values(methods).map(
      (method) => search(engine, chain, start, method, { maxIterations: 10_000 }).iterations,
    );
    print(`n = ${n}`, ...counts);
  }
  const { gradients, directions } = rightAngles(engine, 8);
  const largest = (cosines: number[]): string => Math.max(...cosines.map(Math.abs)).toExponential(1);
  console.log(`\nLargest cosine between gradients: ${largest(gradients)}, between H d and d: ${largest(directions)}.`);
  print("\nRosenbrock", "iterations", "evaluations");
  for (const beta of ["fletcherReeves", "polakRibiere"] as const)
    for (const restart of [undefined, 2, 5, 20]) {
      const { iterations, evaluations } = withRestarts(engine, beta, restart);
      print(`${beta === "fletcherReeves" ? "FR" : "PR"}, ${restart ?? "none"}`, iterations, evaluations);
    }
});
