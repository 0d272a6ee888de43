// In many dimensions almost every critical point is a saddle: the share of random symmetric matrices with positive
// eigenvalues only falls to 0.

import type { Engine } from "thalweg";
import { print, program } from "./course/program.js";
import { draw } from "./course/random.js";

/** True if elimination without exchanges has only positive pivots, which is equivalent to being positive definite. */
function isPositiveDefinite(matrix: number[][]): boolean {
  const a = matrix.map((row) => [...row]);
  for (const [k, pivotRow] of a.entries()) {
    const pivot = pivotRow[k] ?? 0;
    if (pivot <= 0) return false;
    for (const row of a.slice(k + 1)) {
      const factor = (row[k] ?? 0) / pivot;
      for (let j = k; j < row.length; j++) row[j] = (row[j] ?? 0) - factor * (pivotRow[j] ?? 0);
    }
  }
  return true;
}

/** The share among `count` matrices G + Gᵀ of n rows, the elements of G standard normal. */
export function shareOfDefinite(engine: Engine, n: number, count: number): number {
  const g = draw(engine, [count, n, n], n);
  const at = (m: number, i: number, j: number): number => g[(m * n + i) * n + j] ?? 0;
  let definite = 0;
  for (let m = 0; m < count; m++) {
    const matrix = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => at(m, i, j) + at(m, j, i)));
    if (isPositiveDefinite(matrix)) definite++;
  }
  return definite / count;
}

await program(import.meta.url, (engine) => {
  print("n", "share");
  for (const n of [1, 2, 3, 4, 5, 6]) print(String(n), shareOfDefinite(engine, n, 20_000));
});
