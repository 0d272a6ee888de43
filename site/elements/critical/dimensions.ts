// Kinds of critical points by dimension: the share of random symmetric matrices whose eigenvalues are all positive.

import { createTrainer, type Engine, meanSquaredError, normalInitializer, sgd, type Tensor } from "thalweg";
import { lineMark, plotChart } from "thalweg/plot";
import { format } from "../kit/numbers.ts";
import { chartHeight, type Work } from "./shown.ts";

export const sizes = [1, 2, 3, 4, 5, 6] as const;
/** Matrices of each size, and between two pauses. */
export const matrices = 20_000;
const slice = 2000;

/** Known shares: of one number, of a 2 × 2 and of a 3 × 3 matrix. */
export const known = [1 / 2, (2 - Math.SQRT2) / 4, 1 / 4 - Math.SQRT2 / (2 * Math.PI)];

/** Seed of the matrices of n rows: n for seed 1. */
export const seedOf = (seed: number, n: number): number => n + sizes.length * Math.max(0, seed - 1);

/** Standard normal numbers [count, n, n]: those that a layer starts with. */
function draw(engine: Engine, count: number, n: number, seed: number): Float64Array {
  const trainer = createTrainer(engine, {
    model: {
      name: "draws",
      parameters: { x: { shape: [count, n, n], initializer: normalInitializer(1) } },
      apply: (_: unknown, input: Tensor) => input,
    },
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: 1 }),
    dtype: "f64",
    seed,
  });
  const { x } = trainer.parameters();
  trainer.free();
  return Float64Array.from(x?.data ?? []);
}

/** True if elimination without exchanges has only positive pivots, which is equivalent to being positive definite. */
function isPositiveDefinite(matrix: Float64Array, n: number): boolean {
  for (let k = 0; k < n; k++) {
    const pivot = matrix[k * n + k] as number;
    if (pivot <= 0) return false;
    for (let row = k + 1; row < n; row++) {
      const factor = (matrix[row * n + k] as number) / pivot;
      for (let column = k; column < n; column++)
        (matrix[row * n + column] as number) -= factor * (matrix[k * n + column] as number);
    }
  }
  return true;
}

export const dimensionsWork: Work = function* (engine, { seed }, text) {
  const shares: number[] = [];
  for (const n of sizes) {
    let definite = 0;
    const g = draw(engine, matrices, n, seedOf(seed, n));
    yield;
    const matrix = new Float64Array(n * n);
    for (let m = 0; m < matrices; m++) {
      for (let k = 0; k < n * n; k++)
        matrix[k] = (g[m * n * n + k] as number) + (g[m * n * n + (k % n) * n + Math.floor(k / n)] as number);
      if (isPositiveDefinite(matrix, n)) definite++;
      if (m % slice === 0) yield;
    }
    shares.push(definite / matrices);
  }
  const points = shares.map((share, k) => [sizes[k] as number, share] as const).filter(([, share]) => share > 0);
  const exact = known.map((share, k) => [k + 1, share] as const);
  return {
    charts: [
      plotChart(
        [
          lineMark(points, { name: text("share.drawn"), color: 0 }),
          lineMark(exact, { name: text("share.known"), color: 8 }),
        ],
        {
          ...{ height: chartHeight, xRange: [1, sizes.length], yScale: "log", yRange: [1e-5, 1] },
          xLabel: "n",
          yLabel: text("axis.definite"),
        },
      ),
    ],
    table: {
      caption: text("dimensions.caption", { matrices }),
      columns: [
        { head: "n" },
        { head: text("share.drawn"), isNumber: true },
        { head: text("share.known"), isNumber: true },
      ],
      rows: sizes.map((n, k) => [
        String(n),
        format(shares[k] as number, 4),
        known[k] === undefined ? "–" : format(known[k], 4),
      ]),
    },
    sentences: [text("dimensions.says", { two: format(shares[1] as number), six: format(shares[5] as number, 2) })],
  };
};
