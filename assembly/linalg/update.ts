// C ← C - A · B inside larger matrices, for blocked factorizations. Rows lie `...Row` bytes apart. The tiles are those of gemm;
// panels of four columns of B are packed with the opposite sign.

import { packRows, packVectors } from "../kernels/pack";
import { Apart, tile4x1, tile4x2 } from "../kernels/tile";

/** Bytes of scratch for `subtractProduct` of this depth. */
export function panelBytes(depth: f64): f64 {
  return (depth + 2) * 32;
}

/**
 * c [m, n] ← c - a · b. a[i, p] lies at a + i·aRow + p·aStep; b[p, j] at b + p·bRow + 8j, or if `transposed` at
 * b + j·bRow + 8p. With `lower` only elements on or below the diagonal are needed, and up to three right of it in a row are
 * written too. c must not overlap a and b.
 */
export function subtractProduct(
  c: usize,
  cRow: usize,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bRow: usize,
  transposed: bool,
  m: usize,
  n: usize,
  k: usize,
  panel: usize,
  lower: bool = false,
): void {
  if (k === 0) return;
  for (let j: usize = 0; j < n; j += 4) {
    const columns = min<usize>(n - j, 4);
    if (transposed) packRows<f64>(panel, 32, b + j * bRow, bRow, k, columns);
    else packVectors(panel, b + (j << 3), columns > 2 ? 16 : 0, bRow, k);
    negate(panel, k);
    let i: usize = lower ? j : 0;
    let at = c + i * cRow + (j << 3);
    let rows = a + i * aRow;
    for (; i + 4 <= m; i += 4, at += 4 * cRow, rows += 4 * aRow)
      strip(at, cRow, rows, aRow, aStep, panel, k, 4, columns);
    for (; i < m; i++, at += cRow, rows += aRow) strip(at, cRow, rows, 0, aStep, panel, k, 1, columns);
  }
}

function strip(
  c: usize,
  cRow: usize,
  a: usize,
  aRow: usize,
  aStep: usize,
  panel: usize,
  k: usize,
  rows: usize,
  columns: usize,
): void {
  if (columns > 2) tile4x2<f64, Apart>(c, cRow, a, aRow, aStep, panel, 32, k, rows, columns, false);
  else tile4x1<f64, Apart>(c, cRow, a, aRow, aStep, panel, 32, k, rows, columns, false);
}

function negate(panel: usize, k: usize): void {
  for (const end = panel + k * 32; panel < end; panel += 32) {
    v128.store(panel, f64x2.neg(v128.load(panel)));
    v128.store(panel, f64x2.neg(v128.load(panel, 16)), 16);
  }
}
