// P A Pᵀ = L D Lᵀ for a symmetric indefinite A: L unit lower triangular, D of blocks of one and two rows. Rook pivoting bounds
// the elements of L, which the partial pivoting of Bunch and Kaufman does not.
// C. Ashcraft, R. G. Grimes, J. G. Lewis, "Accurate symmetric indefinite linear equation solvers", SIMAX 20 (1998).

import { addScaledTo, exchange } from "../kernels/vectors";
import { backward, forward } from "./triangular";
import { panelBytes } from "./update";

/** (1 + √17) / 8: two steps with one row grow elements as much as one step with two. */
const THRESHOLD: f64 = 0.6403882032022076;

/** Column of the largest off-diagonal element in row `row` of the block from `first` on; the row if all are 0. */
function largestBeside(row: usize, first: usize, index: usize, n: usize): usize {
  let found: f64 = 0;
  let at = index;
  for (let j = first; j < n; j++) {
    const size = abs(load<f64>(row + (j << 3)));
    if (j !== index && size > found) {
      found = size;
      at = j;
    }
  }
  return at;
}

/**
 * Factors a [n, n], symmetric with both triangles: L replaces the elements below the diagonal, D the diagonal and, within blocks
 * of two rows, the element below it. pivots [n] (i32): the row of A moved to row i, complemented (~) where a block of two rows
 * starts. Returns whether all numbers were finite; a zero in D is no failure.
 */
export function ldlt(a: usize, n: usize, pivots: usize): bool {
  const bytes = n << 3;
  for (let i: usize = 0; i < n; i++) store<i32>(pivots + (i << 2), <i32>i);
  for (let k: usize = 0; k < n; ) {
    let first = k;
    let second = largestBeside(a + k * bytes, k, k, n);
    let single = second === k;
    while (!single) {
      const size = abs(load<f64>(a + first * bytes + (second << 3)));
      if (!(size < Infinity)) return false;
      if (abs(load<f64>(a + first * (bytes + 8))) >= THRESHOLD * size) single = true;
      else {
        const next = largestBeside(a + second * bytes, k, second, n);
        if (!(abs(load<f64>(a + second * bytes + (next << 3))) > size)) {
          // Each is the largest in the other's row: pivot on the second alone if it is large enough, else on both.
          if (abs(load<f64>(a + second * (bytes + 8))) >= THRESHOLD * size) {
            first = second;
            single = true;
          }
          break;
        }
        first = second;
        second = next;
      }
    }
    if (!(abs(load<f64>(a + first * (bytes + 8))) < Infinity)) return false;
    move(a, n, pivots, first, k);
    if (single) {
      eliminate(a, n, k);
      k++;
    } else {
      move(a, n, pivots, second === k ? first : second, k + 1);
      if (!eliminateTwo(a, n, k)) return false;
      store<i32>(pivots + (k << 2), ~load<i32>(pivots + (k << 2)));
      k += 2;
    }
  }
  return true;
}

/** Exchanges rows and columns, including the rows of L. */
function move(a: usize, n: usize, pivots: usize, from: usize, to: usize): void {
  if (from === to) return;
  const bytes = n << 3;
  exchange(a + from * bytes, a + to * bytes, n);
  for (let row = a; row < a + n * bytes; row += bytes) exchange(row + (from << 3), row + (to << 3), 1);
  const kept = load<i32>(pivots + (from << 2));
  store<i32>(pivots + (from << 2), load<i32>(pivots + (to << 2)));
  store<i32>(pivots + (to << 2), kept);
}

function eliminate(a: usize, n: usize, k: usize): void {
  const bytes = n << 3;
  const pivotRow = a + k * bytes + ((k + 1) << 3);
  const pivot = load<f64>(pivotRow - 8);
  if (pivot === 0) return; // its row is zero: nothing to eliminate
  for (let i = k + 1; i < n; i++) {
    const at = a + i * bytes + (k << 3);
    const factor = load<f64>(at) / pivot;
    store<f64>(at, factor);
    addScaledTo(at + 8, pivotRow, -factor, n - k - 1);
  }
}

/** Eliminates with a block of two rows; returns false if its elements are not finite. */
function eliminateTwo(a: usize, n: usize, k: usize): bool {
  const bytes = n << 3;
  const row = a + k * bytes + (k << 3);
  const beside = load<f64>(row, 8);
  const upper = load<f64>(row + bytes + 8) / beside;
  const lower = load<f64>(row) / beside;
  const factor: f64 = 1 / (upper * lower - 1);
  if (!(abs(factor) < Infinity)) return false;
  for (let i = k + 2; i < n; i++) {
    const at = a + i * bytes + (k << 3);
    const x = load<f64>(at) / beside;
    const y = load<f64>(at, 8) / beside;
    const l = factor * (upper * x - y);
    const m = factor * (lower * y - x);
    store<f64>(at, l);
    store<f64>(at, m, 8);
    addScaledTo(at + 16, row + 16, -l, n - k - 2);
    addScaledTo(at + 16, row + bytes + 16, -m, n - k - 2);
  }
  return true;
}

/** out (three i32) ← numbers of positive, negative and zero eigenvalues of A (J. J. Sylvester, 1852). */
export function inertia(a: usize, n: usize, pivots: usize, out: usize): void {
  memory.fill(out, 0, 12);
  for (let k: usize = 0; k < n; k++) {
    const pivot = load<f64>(a + k * ((n << 3) + 8));
    if (load<i32>(pivots + (k << 2)) < 0) {
      // A block of two rows has a negative determinant: it is chosen only then.
      store<i32>(out, load<i32>(out) + 1);
      store<i32>(out, load<i32>(out, 4) + 1, 4);
      k++;
    } else {
      const place = out + <usize>(pivot > 0 ? 0 : pivot < 0 ? 4 : 8);
      store<i32>(place, load<i32>(place) + 1);
    }
  }
}

/** Bytes of scratch for `solveLdlt`. */
export function solveLdltScratch(n: f64, m: f64): f64 {
  return panelBytes(n) + n * m * 8 + 80;
}

/** b [n, m] ← A⁻¹ b from the factors of `ldlt`; not finite where D is singular. */
export function solveLdlt(a: usize, n: usize, pivots: usize, b: usize, m: usize, scratch: usize): void {
  const bytes = n << 3;
  const row = m << 3;
  const panel = scratch + ((n * row + 79) & ~15);
  for (let i: usize = 0; i < n; i++) memory.copy(scratch + i * row, b + original(pivots, i) * row, row);
  // The element of D below the diagonal is not part of L.
  for (let k: usize = 0; k + 1 < n; k++) {
    if (load<i32>(pivots + (k << 2)) < 0) store<f64>(a + (k + 1) * bytes + (k << 3), 0);
  }
  forward(a, bytes, 8, n, scratch, row, m, true, panel);
  divideByD(a, n, pivots, scratch, m);
  backward(a, 8, bytes, n, scratch, row, m, true, panel);
  for (let k: usize = 0; k + 1 < n; k++) {
    if (load<i32>(pivots + (k << 2)) < 0) {
      store<f64>(a + (k + 1) * bytes + (k << 3), load<f64>(a + k * bytes + ((k + 1) << 3)));
    }
  }
  for (let i: usize = 0; i < n; i++) memory.copy(b + original(pivots, i) * row, scratch + i * row, row);
}

function original(pivots: usize, i: usize): usize {
  const pivot = load<i32>(pivots + (i << 2));
  return pivot < 0 ? ~pivot : pivot;
}

function divideByD(a: usize, n: usize, pivots: usize, b: usize, m: usize): void {
  const bytes = n << 3;
  const row = m << 3;
  for (let k: usize = 0; k < n; k++) {
    const at = a + k * (bytes + 8);
    const first = b + k * row;
    if (load<i32>(pivots + (k << 2)) >= 0) {
      const pivot = load<f64>(at);
      for (let j: usize = 0; j < row; j += 8) store<f64>(first + j, load<f64>(first + j) / pivot);
      continue;
    }
    const beside = load<f64>(at, 8); // the element above the diagonal, which `ldlt` leaves as well
    const upper = load<f64>(at + bytes + 8) / beside;
    const lower = load<f64>(at) / beside;
    const factor: f64 = 1 / (upper * lower - 1);
    for (let j: usize = 0; j < row; j += 8) {
      const x = load<f64>(first + j) / beside;
      const y = load<f64>(first + row + j) / beside;
      store<f64>(first + j, factor * (upper * x - y));
      store<f64>(first + row + j, factor * (lower * y - x));
    }
    k++;
  }
}
