// What minimizers do with vectors beyond linalg/vectors.

import { dot } from "../linalg/vectors";

/** out ← a + factor b. */
export function combined(out: usize, a: usize, factor: f64, b: usize, count: u32): void {
  const f = f64x2.splat(factor);
  const end = a + ((<usize>count & ~1) << 3);
  while (a < end) {
    v128.store(out, f64x2.add(v128.load(a), f64x2.mul(f, v128.load(b))));
    out += 16;
    a += 16;
    b += 16;
  }
  if (count & 1) store<f64>(out, load<f64>(a) + factor * load<f64>(b));
}

/** a ← a + factor b, and Σ a c of the new a: a step of the two-loop recursion in one pass. */
export function addScaledDot(a: usize, factor: f64, b: usize, c: usize, count: u32): f64 {
  const f = f64x2.splat(factor);
  let even = f64x2.splat(0);
  let odd = f64x2.splat(0);
  const fours = a + ((<usize>count & ~3) << 3);
  while (a < fours) {
    const first = f64x2.add(v128.load(a), f64x2.mul(f, v128.load(b)));
    const second = f64x2.add(v128.load(a, 16), f64x2.mul(f, v128.load(b, 16)));
    v128.store(a, first);
    v128.store(a, second, 16);
    even = f64x2.add(even, f64x2.mul(first, v128.load(c)));
    odd = f64x2.add(odd, f64x2.mul(second, v128.load(c, 16)));
    a += 32;
    b += 32;
    c += 32;
  }
  const pairs = f64x2.add(even, odd);
  let total = f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
  for (let k: u32 = count & ~3; k < count; k++) {
    const sum = load<f64>(a) + factor * load<f64>(b);
    store<f64>(a, sum);
    total += sum * load<f64>(c);
    a += 8;
    b += 8;
    c += 8;
  }
  return total;
}

/** out ← factor a. */
export function scaled(out: usize, factor: f64, a: usize, count: u32): void {
  const end = a + ((<usize>count) << 3);
  while (a < end) {
    store<f64>(out, factor * load<f64>(a));
    out += 8;
    a += 8;
  }
}

/** out ← A a, A [rows, count]. */
export function multiplied(out: usize, matrix: usize, a: usize, rows: u32, count: u32): void {
  for (let k: u32 = 0; k < rows; k++) put(out, k, dot(matrix + ((<usize>k * count) << 3), a, count));
}

export function at(a: usize, k: u32): f64 {
  return load<f64>(a + ((<usize>k) << 3));
}

export function put(a: usize, k: u32, value: f64): void {
  store<f64>(a + ((<usize>k) << 3), value);
}
