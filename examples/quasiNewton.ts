// BFGS builds the inverse of the Hessian from steps s and changes y of the gradient, so that H y = s; L-BFGS remembers the
// last m pairs only. On a chained Rosenbrock function a few pairs do nearly as well as all.

import { bfgs, type Engine, grad, lbfgs } from "thalweg";
import { print, program } from "./course/program.js";
import { rosenbrock, rosenbrockStart } from "./course/rosenbrock.js";
import { search } from "./course/search.js";

export const dimensions = 100;
export const memories = [1, 2, 5, 10, 20];

/** Iterations and evaluations of L-BFGS with m pairs, or of BFGS, and the value after each iteration. */
export function runWith(engine: Engine, m?: number) {
  const method = m === undefined ? bfgs() : lbfgs({ memory: m });
  const { status, iterations, evaluations, value, path } = search(
    engine,
    rosenbrock,
    rosenbrockStart(dimensions),
    method,
    { maxIterations: 5000, gradientTolerance: 1e-6 },
  );
  return { status, iterations, evaluations: evaluations.value, value, path };
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, at, k) => sum + at * (b[k] ?? 0), 0);
const times = (matrix: readonly number[][], v: readonly number[]): number[] => matrix.map((row) => dot(row, v));

/** H of BFGS, written out: (I − ρ s yᵀ) H (I − ρ y sᵀ) + ρ s sᵀ, multiplied out. */
export function updated(h: readonly number[][], s: readonly number[], y: readonly number[]): number[][] {
  const rho = 1 / dot(y, s);
  const hy = times(h, y);
  const factor = rho * (1 + rho * dot(y, hy));
  return h.map((row, i) =>
    row.map((at, j) => {
      const [si = 0, sj = 0, hyi = 0, hyj = 0] = [s[i], s[j], hy[i], hy[j]];
      return at + factor * si * sj - rho * (hyi * sj + si * hyj);
    }),
  );
}

/**
 * Along the way of BFGS over n numbers: how far H y is from s, and how far the next step from −H g in its direction, both
 * relative, H being built here from the points that were visited.
 */
export function secant(engine: Engine, n: number): { misfit: number; sine: number }[] {
  const { path } = search(engine, rosenbrock, rosenbrockStart(n), bfgs());
  using gradient = grad(engine, rosenbrock);
  const slopes = path.map((x) => Array.from(gradient(x).data));
  let h: number[][] | null = null;
  return path.slice(1, -1).map((x, k) => {
    const s = x.map((at, i) => at - (path[k]?.[i] ?? 0));
    const slope = slopes[k + 1] ?? [];
    const y = slope.map((at, i) => at - (slopes[k]?.[i] ?? 0));
    const scale = dot(s, y) / dot(y, y);
    h = updated(h ?? s.map((_, i) => s.map((_, j) => (i === j ? scale : 0))), s, y);
    const off = times(h, y).map((at, i) => at - (s[i] ?? 0));
    const direction = times(h, slope);
    const next = (path[k + 2] ?? []).map((at, i) => at - (x[i] ?? 0));
    const cosine = dot(direction, next) / Math.sqrt(dot(direction, direction) * dot(next, next));
    return { misfit: Math.sqrt(dot(off, off) / dot(s, s)), sine: Math.sqrt(Math.max(0, 1 - cosine * cosine)) };
  });
}

await program(import.meta.url, (engine) => {
  print(`${dimensions} numbers`, "iterations", "evaluations");
  for (const m of memories) {
    const { iterations, evaluations } = runWith(engine, m);
    print(`m = ${m}`, iterations, evaluations);
  }
  const { iterations, evaluations } = runWith(engine);
  print("BFGS", iterations, evaluations);
  const misfits = secant(engine, 10).map(({ misfit }) => misfit);
  console.log(`\n|H y − s| / |s| is at most ${Math.max(...misfits).toExponential(1)} in ${misfits.length} updates.`);
});
