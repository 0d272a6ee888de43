// Parts of least squares: measures that do not depend on units, and the covariance of the solution.

import { norm } from "../kernels/vectors";
import { qr, qrScratch, rankOf } from "../linalg/qr";
import { at, put } from "./elements";
import { acceptedValue, gradient, Minimizer } from "./minimizer";

/** Norm of column k of J. */
export function columnLength(m: Minimizer, k: u32): f64 {
  const rows = <usize>m.residuals;
  return norm(<usize>m.matrix + ((<usize>k * rows) << 3), rows);
}

/** ‖r‖ at the accepted point. */
export function residualLength(m: Minimizer): f64 {
  return sqrt<f64>(2 * acceptedValue(m));
}

/** Largest cosine of the angle between r and a column of J at the accepted point; 0 if r is 0. */
export function largestCosine(m: Minimizer): f64 {
  const length = residualLength(m);
  let cosine: f64 = 0;
  if (length === 0) return cosine;
  for (let k: u32 = 0; k < m.elements; k++) {
    const column = columnLength(m, k);
    if (column > 0) cosine = max(cosine, abs(at(gradient(m), k) / column / length));
  }
  return cosine;
}

/** Factor of the rounding of r. */
const roundings: f64 = 8;

/**
 * True if the decrease predicted by the linear model, ‖Q'r‖² / 2 over the first `rank` elements, is below the rounding of r. `right`
 * holds Q'r. The rounding of r is estimated from its parts, the columns of J times x.
 */
export function isHidden(m: Minimizer, right: usize, rank: usize): bool {
  const length = residualLength(m);
  let parts = length;
  for (let k: u32 = 0; k < m.elements; k++) parts += columnLength(m, k) * abs(at(m.x, k));
  const gain = norm(right, rank);
  return 0.5 * gain * gain <= roundings * f64.EPSILON * parts * length;
}

/** Bytes of scratch for `covariance`. */
export function covarianceScratch(n: f64, rows: f64): f64 {
  return 8 * (n * rows + 2 * n + 8) + qrScratch(n);
}

/** Replaces J in m.matrix by (J'J)⁻¹ [n, n]; returns false if J is rank deficient. */
export function covariance(m: Minimizer, scratch: usize): bool {
  const n = m.elements;
  const bytes = m.residuals << 3;
  const columns = scratch;
  const factors = columns + <usize>n * bytes;
  const pivots = factors + ((<usize>n) << 3);
  memory.copy(columns, m.matrix, <usize>n * bytes);
  qr(columns, m.residuals, n, factors, pivots, pivots + ((<usize>n) << 3));
  if (rankOf(columns, m.residuals, n) < n) return false;
  // Column k of R⁻¹ replaces that of R, from the diagonal up.
  for (let k: u32 = 0; k < n; k++) {
    const column = columns + <usize>k * bytes;
    const diagonal: f64 = 1 / at(column, k);
    for (let i: u32 = 0; i < k; i++) {
      let sum: f64 = 0;
      for (let j = i; j < k; j++) sum += at(columns + <usize>j * bytes, i) * at(column, j);
      put(column, i, -sum * diagonal);
    }
    put(column, k, diagonal);
  }
  for (let i: u32 = 0; i < n; i++) {
    for (let j: u32 = 0; j < n; j++) {
      let sum: f64 = 0;
      for (let k = max(i, j); k < n; k++) {
        const column = columns + <usize>k * bytes;
        sum += at(column, i) * at(column, j);
      }
      put(m.matrix, load<u32>(pivots + (i << 2)) * n + load<u32>(pivots + (j << 2)), sum);
    }
  }
  return true;
}
