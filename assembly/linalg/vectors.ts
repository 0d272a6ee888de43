// Vectors of f64: what the factorizations are made of. Sums run in a fixed order, so the bits depend on the length
// alone; the fast build fuses each product with its sum.

import { multiplyAdd, multiplyAddScalar } from "../kernels/multiplyAdd";

/** Σ a b: four chains side by side, the rest of an odd length last. */
export function dot(a: usize, b: usize, count: usize): f64 {
  let low = f64x2.splat(0);
  let high = low;
  const end = a + ((count & ~3) << 3);
  while (a < end) {
    low = multiplyAdd<f64>(v128.load(a), v128.load(b), low);
    high = multiplyAdd<f64>(v128.load(a, 16), v128.load(b, 16), high);
    a += 32;
    b += 32;
  }
  low = f64x2.add(low, high);
  let sum = f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1);
  for (let rest = count & 3; rest; rest--) {
    sum = multiplyAddScalar<f64>(load<f64>(a), load<f64>(b), sum);
    a += 8;
    b += 8;
  }
  return sum;
}

/** a ← a + factor b. */
export function addScaled(a: usize, b: usize, count: usize, factor: f64): void {
  const f = f64x2.splat(factor);
  const end = a + ((count & ~1) << 3);
  while (a < end) {
    v128.store(a, multiplyAdd<f64>(f, v128.load(b), v128.load(a)));
    a += 16;
    b += 16;
  }
  if (count & 1) store<f64>(a, multiplyAddScalar<f64>(factor, load<f64>(b), load<f64>(a)));
}

/** a ← factor a. */
export function scale(a: usize, count: usize, factor: f64): void {
  const f = f64x2.splat(factor);
  const end = a + ((count & ~1) << 3);
  while (a < end) {
    v128.store(a, f64x2.mul(f, v128.load(a)));
    a += 16;
  }
  if (count & 1) store<f64>(a, factor * load<f64>(a));
}

/** Largest |a|, at least 0; NaN if any is. */
export function largest(a: usize, count: usize): f64 {
  let found: f64 = 0;
  for (const end = a + (count << 3); a < end; a += 8) found = max(found, abs(load<f64>(a)));
  return found;
}

/** 2^-k for the k with 2^k ≤ x < 2^(k+1), so that scaling by it is exact; 1 for 0 and for what is not finite. */
export function powerBelow(x: f64): f64 {
  const exponent = (reinterpret<u64>(x) >> 52) & 0x7ff;
  if (x === 0 || exponent === 0x7ff) return 1;
  return reinterpret<f64>(min<u64>(max<u64>(2046 - exponent, 1), 2045) << 52);
}

/** √Σ a², without overflow or underflow on the way. */
export function norm(a: usize, count: usize): f64 {
  const square = dot(a, a, count);
  if (square > 1e-280 && square < 1e280) return sqrt<f64>(square);
  const factor = powerBelow(largest(a, count));
  let sum: f64 = 0;
  for (const end = a + (count << 3); a < end; a += 8) {
    const x = factor * load<f64>(a);
    sum += x * x;
  }
  return sqrt<f64>(sum) / factor;
}

/** Exchanges a and b. */
export function exchange(a: usize, b: usize, count: usize): void {
  for (const end = a + (count << 3); a < end; a += 8, b += 8) {
    const kept = load<f64>(a);
    store<f64>(a, load<f64>(b));
    store<f64>(b, kept);
  }
}
