// Vector arithmetic: axpy and its relatives, sums and norms. Arguments come in one order: the output, the inputs, the scalars,
// the count of elements. The output may be one of the inputs. Nothing is written behind the last element, but inputs may be
// read up to 16 bytes past it. Sums run in a fixed order, so their bits depend on the length alone.

import { lastLanes, storePart } from "./lanes";
import { multiplyAdd, multiplyAddScalar } from "./multiplyAdd";

/** out[i] = p a[i]. */
export function scale<T>(out: usize, a: usize, p: f64, count: usize): void {
  if (count === 0) return;
  const factor = v128.splat<T>(<T>p);
  const rest = lastLanes<T>(count);
  const last = out + (count - rest) * sizeof<T>();
  while (true) {
    const v = v128.mul<T>(factor, v128.load(a));
    if (out === last) return storePart<T>(out, v, rest);
    v128.store(out, v);
    out += 16;
    a += 16;
  }
}

/** out[i] = p a[i] + q b[i]. */
export function combine<T>(out: usize, a: usize, b: usize, p: f64, q: f64, count: usize): void {
  if (count === 0) return;
  const first = v128.splat<T>(<T>p);
  const second = v128.splat<T>(<T>q);
  const rest = lastLanes<T>(count);
  const last = out + (count - rest) * sizeof<T>();
  while (true) {
    const v = v128.add<T>(v128.mul<T>(first, v128.load(a)), v128.mul<T>(second, v128.load(b)));
    if (out === last) return storePart<T>(out, v, rest);
    v128.store(out, v);
    out += 16;
    a += 16;
    b += 16;
  }
}

/** out[i] = a[i] + factor b[i] in f64. */
export function addScaled(out: usize, a: usize, b: usize, factor: f64, count: usize): void {
  const f = f64x2.splat(factor);
  const end = a + ((count & ~1) << 3);
  while (a < end) {
    v128.store(out, f64x2.add(v128.load(a), f64x2.mul(f, v128.load(b))));
    out += 16;
    a += 16;
    b += 16;
  }
  if (count & 1) store<f64>(out, load<f64>(a) + factor * load<f64>(b));
}

/** out[i] += factor b[i] in f64, for factorizations: the fast build fuses the product with the sum. */
export function addScaledTo(out: usize, b: usize, factor: f64, count: usize): void {
  const f = f64x2.splat(factor);
  const end = out + ((count & ~1) << 3);
  while (out < end) {
    v128.store(out, multiplyAdd<f64>(f, v128.load(b), v128.load(out)));
    out += 16;
    b += 16;
  }
  if (count & 1) store<f64>(out, multiplyAddScalar<f64>(factor, load<f64>(b), load<f64>(out)));
}

/** out[i] += factor b[i], returns Σ out c: a step of the two-loop recursion in one pass. */
export function addScaledDot(out: usize, b: usize, c: usize, factor: f64, count: u32): f64 {
  const f = f64x2.splat(factor);
  let even = f64x2.splat(0);
  let odd = f64x2.splat(0);
  const fours = out + ((<usize>count & ~3) << 3);
  while (out < fours) {
    const first = f64x2.add(v128.load(out), f64x2.mul(f, v128.load(b)));
    const second = f64x2.add(v128.load(out, 16), f64x2.mul(f, v128.load(b, 16)));
    v128.store(out, first);
    v128.store(out, second, 16);
    even = f64x2.add(even, f64x2.mul(first, v128.load(c)));
    odd = f64x2.add(odd, f64x2.mul(second, v128.load(c, 16)));
    out += 32;
    b += 32;
    c += 32;
  }
  const pairs = f64x2.add(even, odd);
  let total = f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
  for (let k: u32 = count & ~3; k < count; k++) {
    const sum = load<f64>(out) + factor * load<f64>(b);
    store<f64>(out, sum);
    total += sum * load<f64>(c);
    out += 8;
    b += 8;
    c += 8;
  }
  return total;
}

/** x[i] ← min(max(x[i], −bound), bound); NaN stays NaN. */
export function clampSymmetric<T>(x: usize, bound: f64, count: usize): void {
  if (count === 0) return;
  const high = v128.splat<T>(<T>bound);
  const low = v128.neg<T>(high);
  const rest = lastLanes<T>(count);
  const last = x + (count - rest) * sizeof<T>();
  while (true) {
    const v = v128.min<T>(v128.max<T>(v128.load(x), low), high);
    if (x === last) return storePart<T>(x, v, rest);
    v128.store(x, v);
    x += 16;
  }
}

/** x[r, i] ← x[r, i] − row[i] for r < rows and i < columns. */
export function subtractRow<T>(x: usize, row: usize, rows: usize, columns: usize): void {
  const rest = lastLanes<T>(columns);
  const whole = (columns - rest) * sizeof<T>();
  for (const end = x + rows * columns * sizeof<T>(); x < end; x += columns * sizeof<T>()) {
    for (let i: usize = 0; i < whole; i += 16) {
      v128.store(x + i, v128.sub<T>(v128.load(x + i), v128.load(row + i)));
    }
    storePart<T>(x + whole, v128.sub<T>(v128.load(x + whole), v128.load(row + whole)), rest);
  }
}

/** Returns Σ a b: four chains side by side, the rest of an odd length last. The fast build fuses each product with its sum. */
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

/** Returns the largest |a|, at least 0; NaN if any is NaN. */
export function largest(a: usize, count: usize): f64 {
  let found: f64 = 0;
  for (const end = a + (count << 3); a < end; a += 8) found = max(found, abs(load<f64>(a)));
  return found;
}

/** Returns 2^-k for the k with 2^k ≤ x < 2^(k+1), by which scaling is exact; 1 if x is 0 or not finite. */
export function powerBelow(x: f64): f64 {
  const exponent = (reinterpret<u64>(x) >> 52) & 0x7ff;
  if (x === 0 || exponent === 0x7ff) return 1;
  return reinterpret<f64>(min<u64>(max<u64>(2046 - exponent, 1), 2045) << 52);
}

/** Returns √Σ a², without overflow or underflow on the way. */
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

/** out ← matrix [rows, count] times a. */
export function multiplyVector(out: usize, matrix: usize, a: usize, rows: u32, count: u32): void {
  for (let k: u32 = 0; k < rows; k++)
    store<f64>(out + ((<usize>k) << 3), dot(matrix + ((<usize>k * count) << 3), a, count));
}
