// Directions from the Hessian H:
//
//   Newton             −H⁻¹ g, by LDLᵀ: on a quadratic one step to its critical point, which may be a saddle
//   damped Newton      −(H + α I)⁻¹ g, α given, or the first of a doubling sequence for which H + α I is positive definite
//                      (Nocedal and Wright, Numerical Optimization, 2006, algorithm 3.3)
//   saddle-free        −|H|⁻¹ g, |H| with the absolute eigenvalues (Y. Dauphin et al., Identifying and attacking the saddle
//                      point problem in high-dimensional non-convex optimization, NIPS 2014)

import { directionDamped, directionNewton, directionSaddleFree, requestHessian, statusSingular } from "../../abi";
import { largest, scale } from "../../kernels/vectors";
import { cholesky, choleskyScratch, solveCholesky } from "../../linalg/cholesky";
import { ldlt, solveLdlt, solveLdltScratch } from "../../linalg/ldlt";
import { symmetricEigen, symmetricEigenScratch } from "../../linalg/symmetricEigen";
import { at, put } from "../elements";
import { gradient, Minimizer } from "../minimizer";
import { registerDirection } from "./direction";

const leastShare: f64 = 1e-3;

/** Smallest |λ| used as a divisor, relative to the largest. */
const leastEigenvalue: f64 = 1e-10;

/** Bytes of a copy of H to factor, eigenvalues and eigenvectors, pivots, and scratch. */
function newtonBytes(n: f64): f64 {
  const scratch = max(symmetricEigenScratch(n, true), max(choleskyScratch(n), solveLdltScratch(n, 1)));
  return 8 * (2 * n * n + 4 * n + 16) + scratch;
}

function directNewton(m: Minimizer): i32 {
  if (m.stage === 0) {
    m.stage = 1;
    return requestHessian;
  }
  m.stage = 0;
  const n = <usize>m.elements;
  const matrix = <usize>m.arena;
  const pivots = matrix + ((n * n) << 3);
  const scratch = (pivots + (n << 2) + 15) & ~15;
  memory.copy(matrix, m.matrix, (n * n) << 3);
  scale<f64>(m.step, gradient(m), -1, m.elements);
  if (!ldlt(matrix, n, pivots)) return singular(m);
  solveLdlt(matrix, n, pivots, m.step, 1, scratch);
  return isFinite(largest(m.step, n)) ? 0 : singular(m);
}

function singular(m: Minimizer): i32 {
  m.status = statusSingular;
  return -1;
}

function directDamped(m: Minimizer, options: Damped): i32 {
  if (m.stage === 0) {
    m.stage = 1;
    return requestHessian;
  }
  m.stage = 0;
  const n = <usize>m.elements;
  const given = options.given;
  options.damping = given;
  if (!isNaN(given)) return solveDamped(m, given) ? 0 : singular(m);
  let least: f64 = Infinity;
  let most: f64 = 0;
  for (let k: u32 = 0; k < m.elements; k++) {
    const diagonal = at(m.matrix, k * m.elements + k);
    least = min(least, diagonal);
    most = max(most, abs(diagonal));
  }
  if (most === 0) most = largest(m.matrix, n * n);
  if (most === 0) most = 1;
  const floor = leastShare * most;
  options.damping = least > 0 ? 0 : floor - least;
  for (let turn = 0; turn < 100; turn++) {
    if (solveDamped(m, options.damping)) return 0;
    options.damping = max(2 * options.damping, floor);
  }
  return singular(m);
}

/** d ← −(H + α I)⁻¹ g; returns false if the matrix is not positive definite. */
function solveDamped(m: Minimizer, alpha: f64): bool {
  const n = <usize>m.elements;
  const matrix = <usize>m.arena;
  const scratch = matrix + ((n * n + n) << 3);
  memory.copy(matrix, m.matrix, (n * n) << 3);
  for (let k: u32 = 0; k < m.elements; k++) put(matrix, k * m.elements + k, at(matrix, k * m.elements + k) + alpha);
  if (cholesky(matrix, n << 3, n, scratch) >= 0) return false;
  scale<f64>(m.step, gradient(m), -1, m.elements);
  solveCholesky(matrix, n << 3, n, m.step, 8, 1, scratch);
  return isFinite(largest(m.step, n));
}

function directSaddleFree(m: Minimizer): i32 {
  if (m.stage === 0) {
    m.stage = 1;
    return requestHessian;
  }
  m.stage = 0;
  const n = <usize>m.elements;
  const matrix = <usize>m.arena;
  const values = matrix + ((n * n) << 3);
  const vectors = values + (n << 3);
  const scratch = vectors + ((n * n) << 3);
  memory.copy(matrix, m.matrix, (n * n) << 3);
  if (!symmetricEigen(matrix, n, values, vectors, scratch)) return singular(m);
  const floor = leastEigenvalue * largest(values, n);
  if (floor === 0) {
    scale<f64>(m.step, gradient(m), -1, m.elements);
    return 0;
  }
  memory.fill(m.step, 0, n << 3);
  const g = gradient(m);
  for (let k: u32 = 0; k < m.elements; k++) {
    let along: f64 = 0;
    for (let i: u32 = 0; i < m.elements; i++) along += at(vectors, i * m.elements + k) * at(g, i);
    const factor = -along / max(abs(at(values, k)), floor);
    for (let i: u32 = 0; i < m.elements; i++) {
      put(m.step, i, at(m.step, i) + factor * at(vectors, i * m.elements + k));
    }
  }
  return 0;
}

@unmanaged
class Newton {
  arenaBytes(n: f64, residuals: f64, pairs: f64): f64 {
    return newtonBytes(n);
  }
  direct(m: Minimizer): i32 {
    return directNewton(m);
  }
}

@unmanaged
class Damped {
  /** α, NaN for an adaptive one. */
  given: f64;
  /** α of the last direction. @state */
  damping: f64;

  arenaBytes(n: f64, residuals: f64, pairs: f64): f64 {
    return newtonBytes(n);
  }
  direct(m: Minimizer): i32 {
    return directDamped(m, this);
  }
}

@unmanaged
class SaddleFree {
  arenaBytes(n: f64, residuals: f64, pairs: f64): f64 {
    return newtonBytes(n);
  }
  direct(m: Minimizer): i32 {
    return directSaddleFree(m);
  }
}

export function registerNewton(): void {
  registerDirection<Newton>(directionNewton, requestHessian);
  registerDirection<Damped>(directionDamped, requestHessian);
  registerDirection<SaddleFree>(directionSaddleFree, requestHessian);
}
