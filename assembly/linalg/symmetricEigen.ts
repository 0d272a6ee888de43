// A = V Λ Vᵀ for a symmetric A: reduction to a tridiagonal matrix, then the implicit QL method. A is first scaled by a power of
// two, so that no square overflows or underflows.

import { largest, powerBelow, scale } from "../kernels/vectors";
import { implicitQl, implicitQlScratch } from "./implicitQl";
import { formTransposed, tridiagonalize, tridiagonalScratch } from "./tridiagonal";

/** Bytes of scratch for `symmetricEigen`. */
export function symmetricEigenScratch(n: f64, withVectors: bool): f64 {
  const vectors: f64 = withVectors ? n * n * 8 + 64 : 0;
  return vectors + n * 16 + 64 + max(tridiagonalScratch(n), implicitQlScratch(n));
}

/**
 * values [n] ← the eigenvalues of a [n, n], ascending; if `vectors` is not 0, its columns [n, n] ← the unit eigenvectors. Reads
 * the lower triangle of a and overwrites a. Returns whether it converged: always for finite numbers, never for others.
 */
export function symmetricEigen(a: usize, n: usize, values: usize, vectors: usize, scratch: usize): bool {
  if (n === 0) return true;
  const bytes = n << 3;
  let size: f64 = 0;
  for (let i: usize = 0; i < n; i++) size = max(size, largest(a + i * bytes, i + 1));
  if (!(size < Infinity)) return false;
  const factor = powerBelow(size);
  scale<f64>(a, a, factor, n * n);
  const rows = scratch;
  const beside: usize = vectors === 0 ? scratch : scratch + ((n * bytes + 79) & ~15);
  const factors = beside + bytes;
  const rest = factors + ((bytes + 31) & ~15);
  tridiagonalize(a, n, values, beside, factors, rest);
  if (vectors !== 0) formTransposed(rows, a, n, factors);
  if (!implicitQl(values, beside, n, vectors === 0 ? 0 : rows, n, rest)) return false;
  scale<f64>(values, values, 1 / factor, n);
  sort(values, n, vectors, rows);
  return true;
}

/** Sorts the values; row i of `rows` becomes the column of `vectors` to which its value moves. */
function sort(values: usize, n: usize, vectors: usize, rows: usize): void {
  const bytes = n << 3;
  for (let i: usize = 0; i < n; i++) {
    const at = values + (i << 3);
    let least = at;
    for (let other = at + 8; other < values + bytes; other += 8) {
      if (load<f64>(other) < load<f64>(least)) least = other;
    }
    const value = load<f64>(least);
    store<f64>(least, load<f64>(at));
    store<f64>(at, value);
    if (vectors === 0) continue;
    const from = rows + ((least - values) >> 3) * bytes;
    const kept = rows + i * bytes;
    for (let j: usize = 0; j < n; j++) {
      store<f64>(vectors + j * bytes + (i << 3), load<f64>(from + (j << 3)));
      store<f64>(from + (j << 3), load<f64>(kept + (j << 3)));
    }
  }
}
