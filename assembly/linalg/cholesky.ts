// Cholesky: A = L Lᵀ for a symmetric positive definite A, in place in the lower triangle, recursively: factor the first diagonal
// block, solve for the block below it, subtract its square from the last block, factor that.
// F. G. Gustavson, "Recursion leads to automatic variable blocking for dense linear-algebra algorithms", IBM J. 1997.

import { backward, forward, solveRows } from "./triangular";
import { panelBytes, subtractProduct } from "./update";

/** Largest block that is factored element by element. */
const LEAF: usize = 8;

/** Bytes of scratch for factoring and solving. */
export function choleskyScratch(n: f64): f64 {
  return panelBytes(n);
}

/**
 * Replaces the lower triangle of a [n, n], rows `row` bytes apart, by L. Returns -1, or the index of the first pivot that is not
 * positive (or NaN), which is then on the diagonal. Elements above the diagonal are not read, and some are overwritten.
 */
export function cholesky(a: usize, row: usize, n: usize, scratch: usize): i32 {
  if (n <= LEAF) return leaf(a, row, n);
  const top = ((n + LEAF) >> 4) << 3;
  const failed = cholesky(a, row, top, scratch);
  if (failed >= 0) return failed;
  const below = a + top * row;
  const rest = below + (top << 3);
  solveRows(a, row, top, below, row, n - top, scratch);
  subtractProduct(rest, row, below, row, 8, below, row, true, n - top, n - top, top, scratch, true);
  const later = cholesky(rest, row, n - top, scratch);
  return later < 0 ? later : <i32>top + later;
}

function leaf(a: usize, row: usize, n: usize): i32 {
  for (let j: usize = 0; j < n; j++) {
    const pivots = a + j * row;
    let pivot = load<f64>(pivots + (j << 3));
    for (let p: usize = 0; p < j; p++) pivot -= load<f64>(pivots + (p << 3)) * load<f64>(pivots + (p << 3));
    store<f64>(pivots + (j << 3), pivot);
    if (!(pivot > 0)) return <i32>j;
    const diagonal = sqrt<f64>(pivot);
    store<f64>(pivots + (j << 3), diagonal);
    for (let i = j + 1; i < n; i++) {
      const at = a + i * row;
      let x = load<f64>(at + (j << 3));
      for (let p: usize = 0; p < j; p++) x -= load<f64>(at + (p << 3)) * load<f64>(pivots + (p << 3));
      store<f64>(at + (j << 3), x / diagonal);
    }
  }
  return -1;
}

/** b [n, m] ← A⁻¹ b from the factor of `cholesky`. */
export function solveCholesky(l: usize, row: usize, n: usize, b: usize, bRow: usize, m: usize, scratch: usize): void {
  forward(l, row, 8, n, b, bRow, m, false, scratch);
  backward(l, 8, row, n, b, bRow, m, false, scratch);
}
