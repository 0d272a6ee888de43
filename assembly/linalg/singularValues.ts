// Singular values by one-sided Jacobi rotations of the rows of R, after a QR factorization with column pivoting: small values
// keep digits that bidiagonalization loses.
// Z. Drmač, K. Veselić, "New fast and accurate Jacobi SVD algorithm I", SIMAX 29 (2008).

import { dot, norm, powerBelow } from "../kernels/vectors";
import { byLength, qr, qrScratch } from "./qr";

/** Most sweeps; usually six to ten suffice. */
const SWEEPS: i32 = 60;

/** Bytes of scratch for `singularValues`. */
export function singularValuesScratch(n: f64): f64 {
  return n * n * 8 + n * 8 + n * 4 + 128 + qrScratch(n);
}

/**
 * values [n] ← the singular values of A, descending; at [n, m], n ≤ m, has the columns of A as rows and is overwritten. Returns
 * whether it converged: always for finite numbers whose squares do not overflow.
 */
export function singularValues(at: usize, m: usize, n: usize, values: usize, scratch: usize): bool {
  const bytes = n << 3;
  const r = scratch;
  const factors = r + ((n * bytes + 79) & ~15);
  const pivots = factors + bytes;
  qr(at, m, n, factors, pivots, pivots + ((n * 4 + 15) & ~15), byLength);
  memory.fill(r, 0, n * bytes);
  for (let i: usize = 0; i < n; i++) {
    for (let j = i; j < n; j++) store<f64>(r + i * bytes + (j << 3), load<f64>(at + ((j * m + i) << 3)));
  }
  if (!rotateAll(r, n)) return false;
  for (let i: usize = 0; i < n; i++) store<f64>(values + (i << 3), norm(r + i * bytes, n));
  descend(values, n);
  return true;
}

/** Rotates pairs of rows until all are orthogonal; returns whether they are. */
function rotateAll(r: usize, n: usize): bool {
  const bytes = n << 3;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let turned = false;
    for (let p = r; p < r + n * bytes; p += bytes) {
      for (let q = p + bytes; q < r + n * bytes; q += bytes) if (rotate(p, q, n)) turned = true;
    }
    if (!turned) return true;
  }
  return false;
}

/** Cotangent of twice the angle by which rotated rows are orthogonal; NaN if they are already. */
function cotangent(p: usize, q: usize, n: usize): f64 {
  const pp = dot(p, p, n);
  const qq = dot(q, q, n);
  if (pp > 1e-280 && qq > 1e-280) {
    const pq = dot(p, q, n);
    return abs(pq) <= 4 * f64.EPSILON * sqrt<f64>(pp) * sqrt<f64>(qq) ? NaN : (qq - pp) / (2 * pq);
  }
  // Their squares underflow: use norms, and the cosine of rows scaled to about 1. Subnormal rows have lost their digits.
  const a = norm(p, n);
  const b = norm(q, n);
  if (!(min(a, b) > f64.MIN_NORMAL_VALUE / f64.EPSILON)) return NaN;
  const toP = powerBelow(a);
  const toQ = powerBelow(b);
  let product: f64 = 0;
  for (const end = p + (n << 3); p < end; p += 8, q += 8) product += toP * load<f64>(p) * (toQ * load<f64>(q));
  const cosine = product / (toP * a * (toQ * b));
  return abs(cosine) <= 4 * f64.EPSILON ? NaN : (b / a - a / b) / (2 * cosine);
}

/** Rotates two rows so that they are orthogonal; returns false if they are already. */
function rotate(p: usize, q: usize, n: usize): bool {
  const ratio = cotangent(p, q, n);
  if (!isFinite(ratio)) return false;
  // Beyond 1e8 adding 1 to the square of the ratio has no effect, and the square may overflow.
  const size = abs(ratio);
  const tangent = copysign<f64>(1, ratio) / (size < 1e8 ? size + sqrt<f64>(1 + ratio * ratio) : 2 * size);
  const cosine: f64 = 1 / sqrt<f64>(1 + tangent * tangent);
  const sine = cosine * tangent;
  const c = f64x2.splat(cosine);
  const s = f64x2.splat(sine);
  const end = p + ((n & ~1) << 3);
  for (; p < end; p += 16, q += 16) {
    const x = v128.load(p);
    const y = v128.load(q);
    v128.store(p, f64x2.sub(f64x2.mul(c, x), f64x2.mul(s, y)));
    v128.store(q, f64x2.add(f64x2.mul(s, x), f64x2.mul(c, y)));
  }
  if (n & 1) {
    const x = load<f64>(p);
    const y = load<f64>(q);
    store<f64>(p, cosine * x - sine * y);
    store<f64>(q, sine * x + cosine * y);
  }
  return true;
}

function descend(values: usize, n: usize): void {
  for (let i: usize = 1; i < n; i++) {
    const value = load<f64>(values + (i << 3));
    let at = i;
    for (; at > 0 && load<f64>(values + ((at - 1) << 3)) < value; at--) {
      store<f64>(values + (at << 3), load<f64>(values + ((at - 1) << 3)));
    }
    store<f64>(values + (at << 3), value);
  }
}
