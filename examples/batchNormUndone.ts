// Batch normalization can learn to do nothing: with γ = √(σ² + ε) and β = μ of the batch what goes in comes out.

import { applyLayer, batchNorm, compile, type Engine, type Tensor } from "thalweg";
import { print, program } from "./course/program.js";

export const batch = [
  [1, 100, -3],
  [2, 300, -3.5],
  [4, -100, -2],
  [9, 0, -7],
];
const epsilon = 1e-5;

/** Batch norm of a batch in training, with the γ and β given or with 1 and 0. */
export function normalized(engine: Engine, gamma: readonly number[], beta: readonly number[]): number[][] {
  using norm = compile(engine, (x: Tensor) => {
    const zero = x.multiply(0).sum({ axes: 0 });
    const parameters = { gamma: zero.add(gamma), beta: zero.add(beta) };
    const state = { mean: zero, variance: zero };
    return applyLayer(batchNorm(3, { epsilon }), parameters, x, { training: true, state }).output;
  });
  const { data } = norm(batch) as { data: ArrayLike<number> };
  return batch.map((row, i) => row.map((_, k) => data[3 * i + k] ?? Number.NaN));
}

/** √(σ² + ε) and μ of every feature of the batch. */
export function undoing(): { gamma: number[]; beta: number[] } {
  const mean = (values: number[]): number => values.reduce((sum, x) => sum + x) / values.length;
  const columns = [0, 1, 2].map((k) => batch.map((row) => row[k] ?? 0));
  const beta = columns.map(mean);
  const gamma = columns.map((column, k) => Math.sqrt(mean(column.map((x) => (x - (beta[k] ?? 0)) ** 2)) + epsilon));
  return { gamma, beta };
}

await program(import.meta.url, (engine) => {
  const { gamma, beta } = undoing();
  for (const [name, rows] of [
    ["in", batch],
    ["γ = 1, β = 0", normalized(engine, [1, 1, 1], [0, 0, 0])],
    ["undone", normalized(engine, gamma, beta)],
  ] as const)
    for (const [k, row] of rows.entries()) print(k === 0 ? name : "", ...row);
});
