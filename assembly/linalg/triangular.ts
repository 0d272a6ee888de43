// Triangular systems with many right-hand sides, in place, recursively by halves of the triangle, so that most of the work is
// products of blocks. t[i, j] lies at t + i·tRow + j·tStep; exchanging the two steps solves with the transpose, so that forward
// and backward solve with L, Lᵀ, U and Uᵀ. A zero on the diagonal gives infinities: callers check before.

import { addScaledTo, scale } from "../kernels/vectors";
import { subtractProduct } from "./update";

/** Largest triangle that is solved row by row. */
const LEAF: usize = 8;

/** About half of n, a multiple of LEAF. */
function half(n: usize): usize {
  return ((n + LEAF) >> 4) << 3;
}

/** b [n, m] ← T⁻¹ b for a lower triangle, with ones on the diagonal if `unit`; `panel` has `panelBytes(n)`. */
export function forward(
  t: usize,
  tRow: usize,
  tStep: usize,
  n: usize,
  b: usize,
  bRow: usize,
  m: usize,
  unit: bool,
  panel: usize,
): void {
  if (n > LEAF) {
    const top = half(n);
    const below = b + top * bRow;
    forward(t, tRow, tStep, top, b, bRow, m, unit, panel);
    subtractProduct(below, bRow, t + top * tRow, tRow, tStep, b, bRow, false, n - top, m, top, panel);
    return forward(t + top * (tRow + tStep), tRow, tStep, n - top, below, bRow, m, unit, panel);
  }
  for (let i: usize = 0; i < n; i++) {
    const row = b + i * bRow;
    for (let j: usize = 0; j < i; j++) addScaledTo(row, b + j * bRow, -load<f64>(t + i * tRow + j * tStep), m);
    if (!unit) divide(row, m, load<f64>(t + i * (tRow + tStep)));
  }
}

/** b [n, m] ← T⁻¹ b for an upper triangle. */
export function backward(
  t: usize,
  tRow: usize,
  tStep: usize,
  n: usize,
  b: usize,
  bRow: usize,
  m: usize,
  unit: bool,
  panel: usize,
): void {
  if (n > LEAF) {
    const top = half(n);
    const below = b + top * bRow;
    backward(t + top * (tRow + tStep), tRow, tStep, n - top, below, bRow, m, unit, panel);
    subtractProduct(b, bRow, t + top * tStep, tRow, tStep, below, bRow, false, top, m, n - top, panel);
    return backward(t, tRow, tStep, top, b, bRow, m, unit, panel);
  }
  for (let i = n; i-- > 0; ) {
    const row = b + i * bRow;
    for (let j = i + 1; j < n; j++) addScaledTo(row, b + j * bRow, -load<f64>(t + i * tRow + j * tStep), m);
    if (!unit) divide(row, m, load<f64>(t + i * (tRow + tStep)));
  }
}

/** b [m, n] ← b L⁻ᵀ: solves with L for every row of b. */
export function solveRows(l: usize, lRow: usize, n: usize, b: usize, bRow: usize, m: usize, panel: usize): void {
  if (n > LEAF) {
    const left = half(n);
    const right = b + (left << 3);
    const below = l + left * lRow;
    solveRows(l, lRow, left, b, bRow, m, panel);
    subtractProduct(right, bRow, b, bRow, 8, below, lRow, true, m, n - left, left, panel);
    return solveRows(below + (left << 3), lRow, n - left, right, bRow, m, panel);
  }
  for (let i: usize = 0; i < m; i++) {
    const row = b + i * bRow;
    for (let j: usize = 0; j < n; j++) {
      const pivots = l + j * lRow;
      let x = load<f64>(row + (j << 3));
      for (let p: usize = 0; p < j; p++) x -= load<f64>(row + (p << 3)) * load<f64>(pivots + (p << 3));
      store<f64>(row + (j << 3), x / load<f64>(pivots + (j << 3)));
    }
  }
}

/** a ← a / by; for many elements by the reciprocal, with half a unit in the last place more error. */
function divide(a: usize, count: usize, by: f64): void {
  const reciprocal: f64 = 1 / by;
  if (count > 4 && abs(reciprocal) < Infinity) return scale<f64>(a, a, reciprocal, count);
  for (const end = a + (count << 3); a < end; a += 8) store<f64>(a, load<f64>(a) / by);
}
