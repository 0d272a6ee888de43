// Householder reflectors H = I - τ u uᵀ with one element of u equal to 1, such that H x is zero except for that element.
// G. H. Golub, C. F. Van Loan, *Matrix Computations*, 2013, section 5.1, with τ and signs as in LAPACK.

import { multiplyAdd } from "../kernels/multiplyAdd";
import { addScaledTo, dot, norm, scale } from "../kernels/vectors";

/**
 * x [count] ← the other elements of u; the element at `pivot` ← that of H x. Returns τ, 0 if the other elements are 0 already.
 */
export function reflector(x: usize, count: usize, pivot: usize): f64 {
  const length = norm(x, count);
  if (length === 0) return 0;
  const alpha = load<f64>(pivot);
  const larger = max(length, abs(alpha));
  const ratio = min(length, abs(alpha)) / larger;
  const beta = -copysign<f64>(larger * sqrt<f64>(1 + ratio * ratio), alpha);
  const offset = alpha - beta;
  const reciprocal: f64 = 1 / offset;
  if (reciprocal < Infinity && reciprocal > -Infinity) scale<f64>(x, x, reciprocal, count);
  else for (const end = x + (count << 3); x < end; x += 8) store<f64>(x, load<f64>(x) / offset);
  store<f64>(pivot, beta);
  return (beta - alpha) / beta;
}

/** x [m, length] ← x H, rows `row` bytes apart, four at a time. */
export function reflectRows(x: usize, row: usize, m: usize, u: usize, length: usize, tau: f64): void {
  if (tau === 0) return;
  let r: usize = 0;
  for (; r + 4 <= m; r += 4, x += 4 * row) {
    const x1 = x + row;
    const x2 = x1 + row;
    const x3 = x2 + row;
    let s0 = f64x2.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    const pairs = (length & ~1) << 3;
    for (let j: usize = 0; j < pairs; j += 16) {
      const v = v128.load(u + j);
      s0 = multiplyAdd<f64>(v, v128.load(x + j), s0);
      s1 = multiplyAdd<f64>(v, v128.load(x1 + j), s1);
      s2 = multiplyAdd<f64>(v, v128.load(x2 + j), s2);
      s3 = multiplyAdd<f64>(v, v128.load(x3 + j), s3);
    }
    const last: f64 = length & 1 ? load<f64>(u + pairs) : 0;
    const f0 = f64x2.splat(-tau * sum(s0, last, x + pairs));
    const f1 = f64x2.splat(-tau * sum(s1, last, x1 + pairs));
    const f2 = f64x2.splat(-tau * sum(s2, last, x2 + pairs));
    const f3 = f64x2.splat(-tau * sum(s3, last, x3 + pairs));
    for (let j: usize = 0; j < pairs; j += 16) {
      const v = v128.load(u + j);
      v128.store(x + j, multiplyAdd<f64>(f0, v, v128.load(x + j)));
      v128.store(x1 + j, multiplyAdd<f64>(f1, v, v128.load(x1 + j)));
      v128.store(x2 + j, multiplyAdd<f64>(f2, v, v128.load(x2 + j)));
      v128.store(x3 + j, multiplyAdd<f64>(f3, v, v128.load(x3 + j)));
    }
    if (length & 1) {
      addLast(x + pairs, f0, last);
      addLast(x1 + pairs, f1, last);
      addLast(x2 + pairs, f2, last);
      addLast(x3 + pairs, f3, last);
    }
  }
  for (; r < m; r++, x += row) addScaledTo(x, u, -tau * dot(x, u, length), length);
}

/** Sum of both lanes, plus the product of the last elements if the length is odd (`last` is 0 if even). */
function sum(pairs: v128, last: f64, x: usize): f64 {
  const both = f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
  return last === 0 ? both : both + last * load<f64>(x);
}

function addLast(x: usize, factor: v128, last: f64): void {
  store<f64>(x, load<f64>(x) + f64x2.extract_lane(factor, 0) * last);
}
