// A P = Q R for A [m, n] by Householder reflectors, with or without column pivoting. A is stored transposed, so that reflectors
// are made from rows and applied to rows, and pivoting exchanges rows.
// P. Businger, G. H. Golub, "Linear least squares solutions by Householder transformations", Num. Math. 7 (1965).

import { exchange, norm } from "../kernels/vectors";
import { reflector, reflectRows } from "./reflector";

/** Pivoting compares the remaining norms of columns: |R[k, k]| descends. */
export const byLength: bool = false;
/** Pivoting compares remaining norms relative to the norms of the columns, so that the units of columns do not matter. */
export const relativeNorms: bool = true;

/** Bytes of scratch for `qr`. */
export function qrScratch(n: f64): f64 {
  return n * 24 + 64;
}

/**
 * Factors at [n, m], the columns of A as rows: R[i, j], i ≤ j, replaces at[j, i]; right of the diagonal, row k has reflector k
 * without its first element, 1. factors [min(m, n)]: τ of each. pivots [n] (i32), if not 0: the column of A moved to column j,
 * that of the largest remaining norm; columns of which only rounding remains come last. Scaling a column by a power of two
 * changes no digits, so units of columns affect only the choice of pivots.
 */
export function qr(
  at: usize,
  m: usize,
  n: usize,
  factors: usize,
  pivots: usize,
  scratch: usize,
  relative: bool = relativeNorms,
): void {
  const bytes = m << 3;
  const norms = scratch;
  const known = scratch + (n << 3);
  const whole = known + (n << 3);
  if (pivots !== 0) {
    for (let j: usize = 0; j < n; j++) {
      store<i32>(pivots + (j << 2), <i32>j);
      const length = norm(at + j * bytes, m);
      store<f64>(norms + (j << 3), length);
      store<f64>(known + (j << 3), length);
      store<f64>(whole + (j << 3), length);
    }
  }
  for (let k: usize = 0; k < min(m, n); k++) {
    if (pivots !== 0) choosePivot(at, bytes, k, n, pivots, norms, relative);
    const diagonal = at + k * (bytes + 8);
    const tau = reflector(diagonal + 8, m - k - 1, diagonal);
    store<f64>(factors + (k << 3), tau);
    const kept = load<f64>(diagonal);
    store<f64>(diagonal, 1);
    reflectRows(diagonal + bytes, bytes, n - k - 1, diagonal, m - k, tau);
    store<f64>(diagonal, kept);
    if (pivots !== 0) downdateNorms(at, m, k, n, norms);
  }
}

/** Exchanges column k with the column of the largest remaining norm. */
function choosePivot(at: usize, bytes: usize, k: usize, n: usize, pivots: usize, norms: usize, relative: bool): void {
  let best = k;
  let most = remaining(norms, k, n, relative);
  for (let j = k + 1; j < n; j++) {
    const other = remaining(norms, j, n, relative);
    if (!(other > most)) continue;
    most = other;
    best = j;
  }
  if (best === k) return;
  exchange(at + k * bytes, at + best * bytes, bytes >> 3);
  // The remaining norms, the last computed norms, and the norms of the whole columns.
  for (let list: usize = 0; list < 3; list++, norms += n << 3) exchange(norms + (k << 3), norms + (best << 3), 1);
  const kept = load<i32>(pivots + (k << 2));
  store<i32>(pivots + (k << 2), load<i32>(pivots + (best << 2)));
  store<i32>(pivots + (best << 2), kept);
}

/** Remaining norm of a column, relative to its norm if `relative`. */
function remaining(norms: usize, j: usize, n: usize, relative: bool): f64 {
  const place = norms + (j << 3);
  const length = load<f64>(place);
  return relative && length > 0 ? length / load<f64>(place + (n << 4)) : length;
}

/**
 * Downdates the remaining norms after step k: by Pythagoras while that is accurate, else computed again; 0 where the norm is
 * no more than the rounding of the whole column.
 */
function downdateNorms(at: usize, m: usize, k: usize, n: usize, norms: usize): void {
  const known = norms + (n << 3);
  const whole = known + (n << 3);
  for (let j = k + 1; j < n; j++) {
    const place = j << 3;
    const length = load<f64>(norms + place);
    if (length === 0) continue;
    const column = at + ((j * m + k) << 3);
    const ratio = load<f64>(column) / length;
    const square = max<f64>(0, (1 - ratio) * (1 + ratio));
    const since = length / load<f64>(known + place);
    if (square * since * since > 1.5e-8) store<f64>(norms + place, length * sqrt<f64>(square));
    else {
      const anew = norm(column + 8, m - k - 1);
      store<f64>(norms + place, anew > rounding(m, n) * load<f64>(whole + place) ? anew : 0);
      store<f64>(known + place, anew);
    }
  }
}

/** b [count, m] ← b Q: Qᵀ times each row. */
export function multiplyByQ(at: usize, m: usize, n: usize, factors: usize, b: usize, count: usize): void {
  const bytes = m << 3;
  for (let k: usize = 0; k < min(m, n); k++)
    applyReflector(at + k * (bytes + 8), factors + (k << 3), b + (k << 3), bytes, count, m - k);
}

/** q [min(m, n), m] ← Qᵀ; its rows are the columns of Q. */
export function formQ(at: usize, m: usize, n: usize, factors: usize, q: usize): void {
  const bytes = m << 3;
  const count = min(m, n);
  memory.fill(q, 0, count * bytes);
  for (let k = count; k-- > 0; ) {
    store<f64>(q + k * (bytes + 8), 1);
    applyReflector(at + k * (bytes + 8), factors + (k << 3), q + k * (bytes + 8), bytes, count - k, m - k);
  }
}

function applyReflector(u: usize, factor: usize, rows: usize, bytes: usize, count: usize, length: usize): void {
  const kept = load<f64>(u);
  store<f64>(u, 1);
  reflectRows(rows, bytes, count, u, length, load<f64>(factor));
  store<f64>(u, kept);
}

/** Bound of the rounding of the factorization, relative to the norm of a column. */
function rounding(m: usize, n: usize): f64 {
  return <f64>max(m, n) * f64.EPSILON;
}

/** Numerical rank of A, after pivoting: columns with |R[k, k]| > max(m, n) ε ‖A[:, k]‖, whatever their units. */
export function rankOf(at: usize, m: usize, n: usize): usize {
  const least = rounding(m, n);
  let rank: usize = 0;
  for (const count = min(m, n); rank < count; rank++) {
    const column = at + rank * (m << 3);
    // ‖A[:, k]‖ is the norm of column k of R.
    if (!(abs(load<f64>(column + (rank << 3))) > least * norm(column, rank + 1))) break;
  }
  return rank;
}
