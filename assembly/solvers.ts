// Calls of the feature set "whole" that solve linear systems, minimize and measure curvature, in f64. Matrices are dense,
// row after row; -1 means that the engine record holds a fault.

import { streamCurvature } from "./abi";
import { lanczos as runLanczos } from "./curvature/lanczos";
import { quadraticForms as formsOf, rademacher } from "./curvature/probes";
import { ask, elementsOf, products as productsOf, alongAxes as valuesAlong } from "./curvature/surface";
import { gemm, gemmScratch } from "./kernels/gemm";
import { normal } from "./kernels/random";
import { scale } from "./kernels/vectors";
import { choleskyScratch, cholesky as factorCholesky, solveCholesky as solveWithCholesky } from "./linalg/cholesky";
import { ldlt as factorLdlt, inertia as inertiaOf, solveLdltScratch, solveLdlt as solveWithLdlt } from "./linalg/ldlt";
import { qr as factorQr, formQ as formOrthonormal, multiplyByQ, qrScratch, rankOf } from "./linalg/qr";
import { singularValues as singularValuesOf, singularValuesScratch } from "./linalg/singularValues";
import { symmetricEigen as eigenOf, symmetricEigenScratch } from "./linalg/symmetricEigen";
import { backward } from "./linalg/triangular";
import { panelBytes } from "./linalg/update";
import { claim } from "./memory/engine";
import { freeRegion } from "./memory/regions";
import { advance, covarianceAt, minimize as minimizeTraced } from "./minimizers/advance";
import { arenaBytes } from "./minimizers/directions/direction";
import { Minimizer } from "./minimizers/minimizer";
import { covarianceScratch } from "./minimizers/residuals";
import { fitByMinimizer } from "./training/fullBatch";
import { advanceByRule, minimizeByRule } from "./training/ruleSearch";
import { Trainer } from "./training/trainer";

/** Replaces the lower triangle of a [n, n] by L; returns n, the index of the first pivot that is not positive, or -1 on a fault. */
export function cholesky(a: usize, n: u32): i32 {
  const scratch = claim(choleskyScratch(n));
  if (scratch === 0) return -1;
  const failed = factorCholesky(a, (<usize>n) << 3, n, scratch);
  freeRegion(scratch);
  return failed < 0 ? n : failed;
}

/** b [n, m] ← A⁻¹ b from the factor of `cholesky`. */
export function solveCholesky(l: usize, n: u32, b: usize, m: u32): i32 {
  const scratch = claim(choleskyScratch(n));
  if (scratch === 0) return -1;
  solveWithCholesky(l, (<usize>n) << 3, n, b, (<usize>m) << 3, m, scratch);
  freeRegion(scratch);
  return 0;
}

/** Factors a [n, n] and writes its numbers of positive, negative and zero eigenvalues; returns 1, 0 if not finite. */
export function ldlt(a: usize, n: u32, pivots: usize, inertia: usize): i32 {
  if (!factorLdlt(a, n, pivots)) return 0;
  inertiaOf(a, n, pivots, inertia);
  return 1;
}

/** b [n, m] ← A⁻¹ b from the factors of `ldlt`. */
export function solveLdlt(a: usize, n: u32, pivots: usize, b: usize, m: u32): i32 {
  const scratch = claim(solveLdltScratch(n, m));
  if (scratch === 0) return -1;
  solveWithLdlt(a, n, pivots, b, m, scratch);
  freeRegion(scratch);
  return 0;
}

/**
 * Factors the m-by-n matrix whose columns are the rows of `at`, pivoting if `pivots` is not 0, by norms or, if `relative`, by
 * relative norms; returns its rank, if pivoting.
 */
export function qr(at: usize, m: u32, n: u32, factors: usize, pivots: usize, relative: i32): i32 {
  const scratch = claim(qrScratch(n));
  if (scratch === 0) return -1;
  factorQr(at, m, n, factors, pivots, scratch, relative !== 0);
  freeRegion(scratch);
  return <i32>rankOf(at, m, n);
}

/** q [min(m, n), m] ← Qᵀ. */
export function formQ(at: usize, m: u32, n: u32, factors: usize, q: usize): i32 {
  formOrthonormal(at, m, n, factors, q);
  return 0;
}

/** x [n, count] ← the least-squares solutions for the rows of b [count, m] as right-hand sides; overwrites b. */
export function solveQr(at: usize, m: u32, n: u32, factors: usize, pivots: usize, b: usize, count: u32, x: usize): i32 {
  const row = (<usize>count) << 3;
  const sorted = n * row + 64;
  const scratch = claim(<f64>n * <f64>row + 64 + panelBytes(n));
  if (scratch === 0) return -1;
  multiplyByQ(at, m, n, factors, b, count);
  for (let i: usize = 0; i < n; i++) {
    for (let j: usize = 0; j < count; j++) {
      store<f64>(scratch + i * row + (j << 3), load<f64>(b + ((j * m + i) << 3)));
    }
  }
  backward(at, 8, (<usize>m) << 3, n, scratch, row, count, false, scratch + sorted);
  for (let i: usize = 0; i < n; i++) memory.copy(x + load<i32>(pivots + (i << 2)) * row, scratch + i * row, row);
  freeRegion(scratch);
  return 0;
}

/** values [n] ← eigenvalues, ascending, and, if not 0, columns of vectors [n, n]; returns 1, 0 if a [n, n] is not finite. */
export function symmetricEigen(a: usize, n: u32, values: usize, vectors: usize): i32 {
  const scratch = claim(symmetricEigenScratch(n, vectors !== 0));
  if (scratch === 0) return -1;
  const converged = eigenOf(a, n, values, vectors, scratch);
  freeRegion(scratch);
  return converged ? 1 : 0;
}

/**
 * values [n] ← the singular values, descending, of the m-by-n matrix whose columns are the rows of `at`; n ≤ m. Returns 1, or 0
 * if it did not converge.
 */
export function singularValues(at: usize, m: u32, n: u32, values: usize): i32 {
  const scratch = claim(singularValuesScratch(n));
  if (scratch === 0) return -1;
  const converged = singularValuesOf(at, m, n, values, scratch);
  freeRegion(scratch);
  return converged ? 1 : 0;
}

/** Bytes of the arena of a minimizer: see minimizers/directions. */
export function minimizerArenaBytes(direction: u32, elements: f64, residuals: f64, pairs: f64): f64 {
  return arenaBytes(direction, elements, residuals, pairs);
}

/** Continues a minimizer after its last request is evaluated; returns the next request, 0 at the end. */
export function minimizerAdvance(minimizer: usize): i32 {
  return advance(changetype<Minimizer>(minimizer));
}

/** Minimizes a traced function for so many requests; returns 0 at the end, requestPause before it, -1 on a fault. */
export function minimizerRun(minimizer: usize, requests: u32): i32 {
  return minimizeTraced(changetype<Minimizer>(minimizer), requests);
}

/** Writes (J'J)⁻¹ of a traced function at a point to the minimizer's matrix; returns 1, 0 if J is rank deficient, -1 on a fault. */
export function minimizerCovariance(minimizer: usize, point: usize): i32 {
  const m = changetype<Minimizer>(minimizer);
  const scratch = claim(covarianceScratch(m.elements, m.residuals));
  if (scratch === 0) return -1;
  const known = covarianceAt(m, point, scratch);
  freeRegion(scratch);
  return known;
}

/** Fits a trainer for so many runs and steps; returns 0 at the end, 1 before it, -1 on a fault: see training/fullBatch. */
export function minimizerFit(trainer: usize, minimizer: usize, point: usize, runs: u32, steps: u32): i32 {
  return fitByMinimizer(changetype<Trainer>(trainer), changetype<Minimizer>(minimizer), point, runs, steps);
}

/** Uses value and gradient at the trial point of a minimizer whose points a trainer's rule moves: see training/ruleSearch. */
export function ruleAdvance(trainer: usize, minimizer: usize): i32 {
  return advanceByRule(changetype<Trainer>(trainer), changetype<Minimizer>(minimizer));
}

/** The same for a traced function, for so many requests: 0 at the end, -1 on a fault. */
export function ruleRun(trainer: usize, minimizer: usize, requests: u32): i32 {
  return minimizeByRule(changetype<Trainer>(trainer), changetype<Minimizer>(minimizer), requests);
}

/** out [m, n] ← a [k, m]ᵀ · b [k, n]. */
export function multiplyTransposed(out: usize, a: usize, b: usize, m: u32, n: u32, k: u32): i32 {
  const scratch = claim(gemmScratch<f64>(m, n, k, true, false));
  if (scratch === 0) return -1;
  gemm<f64>(out, a, b, m, n, k, true, false, scratch);
  freeRegion(scratch);
  return 0;
}

/** out [count] ← value, gradient or product of a surface: see curvature/surface. */
export function askSurface(surface: usize, kind: u32, out: usize, count: u32): i32 {
  return ask(surface, kind, out, count) ? 0 : -1;
}

/** out [rows, width] ← the products of a surface with unit vectors. */
export function surfaceProducts(surface: usize, rows: u32, width: u32, out: usize): i32 {
  return productsOf(surface, rows, width, out) ? 0 : -1;
}

/** out [count] ← values of a surface at combinations of directions. */
export function surfaceAlong(
  surface: usize,
  base: usize,
  directions: usize,
  axes: u32,
  coordinates: usize,
  count: u32,
  out: usize,
): i32 {
  return valuesAlong(surface, base, directions, axes, coordinates, count, out) ? 0 : -1;
}

/** Lanczos steps from a random start: see curvature/lanczos. */
export function lanczos(
  surface: usize,
  from: u32,
  to: u32,
  seedLow: u32,
  seedHigh: u32,
  basis: usize,
  alphas: usize,
  betas: usize,
): i32 {
  return runLanczos(surface, from, to, true, seedLow, seedHigh, basis, alphas, betas);
}

/** Lanczos steps from probe `probe`, a vector of ±1. */
export function probeLanczos(
  surface: usize,
  probe: u32,
  steps: u32,
  seedLow: u32,
  seedHigh: u32,
  basis: usize,
  alphas: usize,
  betas: usize,
): i32 {
  const elements: usize = elementsOf(surface);
  rademacher(basis, elements, probe, seedLow, seedHigh);
  scale<f64>(basis, basis, 1 / sqrt<f64>(<f64>elements), elements);
  return runLanczos(surface, 0, steps, false, seedLow, seedHigh, basis, alphas, betas);
}

/** forms [count] ← quadratic forms of the Hessian with vectors of ±1; `space` holds two vectors. */
export function quadraticForms(
  surface: usize,
  count: u32,
  seedLow: u32,
  seedHigh: u32,
  forms: usize,
  space: usize,
): i32 {
  return formsOf(surface, 0, count, seedLow, seedHigh, forms, space) ? 0 : -1;
}

/** out [count] ← standard normal numbers, the same for the same seed and index. */
export function normals(out: usize, count: u32, index: u32, seedLow: u32, seedHigh: u32): void {
  normal<f64>(out, 0, count, seedLow, seedHigh, streamCurvature, index, 2);
}
