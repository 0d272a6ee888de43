// Exact optima in f64, on real data: ridge against its normal equations, lasso and elastic net against coordinate descent
// with the right zeros, logistic regression against Newton's method. The oracles are plain loops over the same data
// (diabetes of Efron et al. 2004 and iris of Fisher 1936, tests/fixtures/data_small.json, which names its source).

import {
  binaryCrossEntropyWithLogits,
  createTrainer,
  elasticNet,
  type Loss,
  l1,
  l2,
  linear,
  meanSquaredError,
  type Penalty,
  sgd,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForEach, fixture } from "./engine.js";
import { expectClose, flat } from "./numbers.js";

engineForEach();

type Matrix = number[][];
const { diabetes, iris } = fixture<Record<"diabetes" | "iris", { X: Matrix; y: number[] }>>("data_small");

/** Columns of mean 0 and variance 1. */
function standardized(X: Matrix): Matrix {
  const columns = X[0]?.map((_, j) => {
    const column = X.map((row) => row[j] as number);
    const mean = column.reduce((a, b) => a + b) / column.length;
    const deviation = Math.sqrt(column.reduce((a, b) => a + (b - mean) ** 2, 0) / column.length);
    return column.map((value) => (value - mean) / deviation);
  }) as Matrix;
  return X.map((_, i) => columns.map((column) => column[i] as number));
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, k) => sum + v * (b[k] as number), 0);

/** Gaussian elimination with partial pivoting. */
function solve(A: Matrix, b: readonly number[]): number[] {
  const M = A.map((row, i) => [...row, b[i] as number]);
  const n = M.length;
  for (let c = 0; c < n; c++) {
    const pivot = M.slice(c).reduce(
      (best, row, k) => (Math.abs(row[c] as number) > Math.abs(M[best]?.[c] as number) ? c + k : best),
      c,
    );
    [M[c], M[pivot]] = [M[pivot] as number[], M[c] as number[]];
    for (let r = 0; r < n; r++) {
      if (r === c) continue;
      const factor = (M[r]?.[c] as number) / (M[c]?.[c] as number);
      M[r] = (M[r] as number[]).map((value, k) => value - factor * (M[c]?.[k] as number));
    }
  }
  return M.map((row, i) => (row[n] as number) / (row[i] as number));
}

/** Descends on all rows at once until the weights stand still. */
async function optimum(X: Matrix, y: readonly number[], loss: Loss, penalty: Penalty, rate: number, steps: number) {
  const trainer = createTrainer(engine, {
    model: linear(X[0]?.length as number, 1),
    loss,
    optimizer: sgd({ learningRate: rate }),
    penalty,
    dtype: "f64",
    seed: 1,
  });
  const { stopped } = await trainer.fit(
    { inputs: X, targets: y.map((value) => [value]) },
    { steps, batchSize: X.length, shuffle: false },
  );
  expect(stopped).toBe("finished");
  const { weight, bias } = trainer.parameters();
  return { w: flat(weight), b: flat(bias)[0] as number };
}

const X = standardized(diabetes.X);
const n = X.length;
const y = diabetes.y;
const mean = y.reduce((a, b) => a + b) / n;
const centered = y.map((value) => value - mean);
// Curvature: at most 8.1, twice the largest eigenvalue of the correlations, and 2 more of the largest penalty; at least
// 0.017.
const rate = 0.19;
const steps = 10_000;

/** Minimizes (1/n) Σ (x w − y)² + λ₂ Σ w² + λ₁ Σ |w| one coordinate at a time (Friedman et al., JSS 33, 2010). */
function coordinateDescent(squares: number, magnitudes: number): number[] {
  const w = new Array<number>(10).fill(0);
  const columns = w.map((_, j) => X.map((row) => row[j] as number));
  const residual = [...centered];
  for (let sweep = 0; sweep < 20_000; sweep++)
    for (const [j, column] of columns.entries()) {
      const before = w[j] as number;
      const along = dot(column, column) / n;
      const rho = dot(column, residual) / n + along * before;
      const now = (Math.sign(rho) * Math.max(0, Math.abs(rho) - magnitudes / 2)) / (along + squares);
      if (now === before) continue;
      w[j] = now;
      for (let i = 0; i < n; i++) residual[i] = (residual[i] as number) - (now - before) * (column[i] as number);
    }
  return w;
}

describe("exact optima on the diabetes data", () => {
  it("ridge is (XᵀX / n + λ I)⁻¹ Xᵀy / n", async () => {
    for (const lambda of [0.01, 1]) {
      const A = X[0]?.map((_, i) =>
        X[0]?.map(
          (_, j) => X.reduce((s, row) => s + (row[i] as number) * (row[j] as number), 0) / n + (i === j ? lambda : 0),
        ),
      ) as Matrix;
      const wanted = solve(
        A,
        A.map((_, j) => X.reduce((s, row, i) => s + (row[j] as number) * (centered[i] as number), 0) / n),
      );
      const { w, b } = await optimum(X, y, meanSquaredError(), l2(lambda), rate, steps);
      expectClose(w, wanted, 1e-9, `λ = ${lambda}`);
      expectClose(b, mean, 1e-9);
    }
  });

  it.each([
    [2, 3],
    [20, 6],
    [60, 8],
    [150, 10],
  ])("lasso of λ = %d has its zeros (%i of 10) exactly", async (lambda, zeros) => {
    const wanted = coordinateDescent(0, lambda);
    const { w, b } = await optimum(X, y, meanSquaredError(), l1(lambda, { proximal: true }), rate, steps);
    expect(wanted.filter((value) => value === 0).length).toBe(zeros);
    expect(w.map((value) => value === 0)).toEqual(wanted.map((value) => value === 0));
    expectClose(w, wanted, 1e-8);
    expectClose(b, mean, 1e-9);
  });

  it("elastic net keeps its zeros and shrinks the rest", async () => {
    for (const [lambda, beta] of [
      [20, 0.01],
      [40, 0.005],
      [5, 0.1],
    ] as const) {
      const wanted = coordinateDescent(lambda * beta, lambda);
      const { w } = await optimum(X, y, meanSquaredError(), elasticNet(lambda, { beta, proximal: true }), rate, steps);
      expect(w.map((value) => value === 0)).toEqual(wanted.map((value) => value === 0));
      expectClose(w, wanted, 1e-8);
    }
  });

  it("lasso through the gradient hovers around its zeros and reaches none", async () => {
    const wanted = coordinateDescent(0, 60);
    const { w } = await optimum(X, y, meanSquaredError(), l1(60), 0.01, 5000);
    expect(w.some((value) => value === 0)).toBe(false);
    for (const [j, value] of wanted.entries()) if (value === 0) expect(Math.abs(w[j] as number)).toBeLessThan(1.5);
  });
});

describe("exact optima on the iris data", () => {
  const kept = iris.X.map((row, i) => [row, iris.y[i]] as const).filter(([, label]) => label !== 0);
  const features = standardized(kept.map(([row]) => row));
  const labels = kept.map(([, label]) => Number(label === 2));

  it.each([0.001, 0.1])("logistic regression with λ Σ w² of %d is where Newton ends", async (lambda) => {
    const count = features.length;
    const design = features.map((row) => [...row, 1]);
    let theta = [0, 0, 0, 0, 0];
    for (let step = 0; step < 30; step++) {
      const p = design.map((row) => 1 / (1 + Math.exp(-dot(row, theta))));
      const ridge = (j: number): number => (j < 4 ? 2 * lambda : 0);
      const g = theta.map(
        (t, j) =>
          design.reduce((s, row, i) => s + ((p[i] as number) - (labels[i] as number)) * (row[j] as number), 0) / count +
          ridge(j) * t,
      );
      const H = theta.map((_, j) =>
        theta.map(
          (_, k) =>
            design.reduce(
              (s, row, i) => s + (p[i] as number) * (1 - (p[i] as number)) * (row[j] as number) * (row[k] as number),
              0,
            ) /
              count +
            (j === k ? ridge(j) : 0),
        ),
      );
      const move = solve(H, g);
      theta = theta.map((t, j) => t - (move[j] as number));
    }
    const { w, b } = await optimum(features, labels, binaryCrossEntropyWithLogits(), l2(lambda), 1, 30_000);
    expectClose([...w, b], theta, 1e-9);
  });
});
