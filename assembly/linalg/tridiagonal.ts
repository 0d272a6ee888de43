// A = Q T Qᵀ, T tridiagonal, by Householder reflectors from the last row up; A symmetric.
//
// Reflector i changes row i, and the block above it becomes B - u wᵀ - w uᵀ with w = τ(B u - ½τ(uᵀ B u) u). Product and update
// both read the whole block; here one pass does the update by one reflector and the product for the next, so that every element
// is read once a step.
// G. W. Howell et al., "Cache efficient bidiagonalization using BLAS 2.5 operators", ACM TOMS 34 (2008).

import { multiplyAdd, multiplyAddScalar } from "../kernels/multiplyAdd";
import { addScaledTo, dot, scale } from "../kernels/vectors";
import { reflector, reflectRows } from "./reflector";

/** Bytes of scratch for `tridiagonalize`. */
export function tridiagonalScratch(n: f64): f64 {
  return n * 16 + 64;
}

/**
 * Reads the lower triangle of a [n, n]; row i ← u of reflector i without its last element, 1. `diagonal` [n] and `beside` [n] ←
 * T, with beside[i] = T[i, i - 1] and beside[0] = 0; `factors` [n] ← the τ.
 */
export function tridiagonalize(
  a: usize,
  n: usize,
  diagonal: usize,
  beside: usize,
  factors: usize,
  scratch: usize,
): void {
  const bytes = n << 3;
  let w = scratch;
  let product = scratch + ((bytes + 31) & ~15);
  let u: usize = 0;
  for (let i = n; i-- > 0; ) {
    const row = a + i * bytes;
    if (u !== 0) {
      // This row first: the next reflector is made from it.
      addScaledTo(row, u, -load<f64>(w + (i << 3)), i + 1);
      addScaledTo(row, w, -load<f64>(u + (i << 3)), i + 1);
    }
    store<f64>(diagonal + (i << 3), load<f64>(row + (i << 3)));
    if (i === 0) break;
    const last = row + ((i - 1) << 3);
    const tau = reflector(row, i - 1, last);
    store<f64>(beside + (i << 3), load<f64>(last));
    store<f64>(factors + (i << 3), tau);
    store<f64>(last, 1);
    memory.fill(product, 0, (i << 3) + 8);
    if (u !== 0) updateAndMultiply(a, bytes, i, u, w, row, product);
    else multiply(a, bytes, i, row, product);
    scale<f64>(product, product, tau, i);
    addScaledTo(product, row, -0.5 * tau * dot(product, row, i), i);
    u = row;
    const free = w;
    w = product;
    product = free;
  }
  if (n > 0) {
    store<f64>(beside, 0);
    store<f64>(factors, 0);
  }
}

/** product ← B next, from the lower triangle of B [i, i]. */
function multiply(b: usize, bytes: usize, i: usize, next: usize, product: usize): void {
  for (let r: usize = 0; r < i; r++, b += bytes) {
    const factor = load<f64>(next + (r << 3));
    addScaledTo(product, b, factor, r);
    store<f64>(product + (r << 3), dot(b, next, r) + load<f64>(b + (r << 3)) * factor);
  }
}

/** B ← B - u wᵀ - w uᵀ, and product ← B next, in one pass over the lower triangle. */
function updateAndMultiply(b: usize, bytes: usize, i: usize, u: usize, w: usize, next: usize, product: usize): void {
  for (let r: usize = 0; r < i; r++, b += bytes) {
    const at = r << 3;
    const minusU = -load<f64>(u + at);
    const minusW = -load<f64>(w + at);
    const factor = load<f64>(next + at);
    const us = f64x2.splat(minusU);
    const ws = f64x2.splat(minusW);
    const fs = f64x2.splat(factor);
    let sums = f64x2.splat(0);
    let j: usize = 0;
    for (const end = (r & ~1) << 3; j < end; j += 16) {
      let x = v128.load(b + j);
      x = multiplyAdd<f64>(us, v128.load(w + j), x);
      x = multiplyAdd<f64>(ws, v128.load(u + j), x);
      v128.store(b + j, x);
      sums = multiplyAdd<f64>(x, v128.load(next + j), sums);
      v128.store(product + j, multiplyAdd<f64>(x, fs, v128.load(product + j)));
    }
    let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
    for (; j <= at; j += 8) {
      let x = multiplyAddScalar<f64>(minusU, load<f64>(w + j), load<f64>(b + j));
      x = multiplyAddScalar<f64>(minusW, load<f64>(u + j), x);
      store<f64>(b + j, x);
      sum = multiplyAddScalar<f64>(x, load<f64>(next + j), sum);
      if (j < at) store<f64>(product + j, multiplyAddScalar<f64>(x, factor, load<f64>(product + j)));
    }
    store<f64>(product + at, sum);
  }
}

/** q [n, n] ← Qᵀ from the reflectors of `tridiagonalize` in a. */
export function formTransposed(q: usize, a: usize, n: usize, factors: usize): void {
  const bytes = n << 3;
  memory.fill(q, 0, n * bytes);
  for (let i: usize = 0; i < n; i++) {
    store<f64>(q + i * (bytes + 8), 1);
    const tau = load<f64>(factors + (i << 3));
    reflectRows(q, bytes, i, a + i * bytes, i, tau);
  }
}
