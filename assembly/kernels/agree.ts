// Elements of two vectors with equal or opposite signs. The signs are compared, because a product of small numbers underflows.

import { lanes, lastLanes, storePart } from "./lanes";

/** Mask of lanes of opposite sign, neither 0. */
function opposed<T>(a: v128, b: v128, zero: v128): v128 {
  return v128.or(
    v128.and(v128.gt<T>(a, zero), v128.lt<T>(b, zero)),
    v128.and(v128.lt<T>(a, zero), v128.gt<T>(b, zero)),
  );
}

/** Mask of lanes of the same sign, neither 0. */
function agreeing<T>(a: v128, b: v128, zero: v128): v128 {
  return v128.or(
    v128.and(v128.gt<T>(a, zero), v128.gt<T>(b, zero)),
    v128.and(v128.lt<T>(a, zero), v128.lt<T>(b, zero)),
  );
}

/** Returns how many of the first `count` elements are of opposite sign. */
export function countOpposed<T>(a: usize, b: usize, count: usize): usize {
  const zero = i64x2.splat(0);
  let found = 0;
  for (let i: usize = 0; i < count; i += lanes<T>()) {
    const mask = opposed<T>(v128.load(a), v128.load(b), zero);
    const bits = sizeof<T>() === 4 ? i32x4.bitmask(mask) : i64x2.bitmask(mask);
    found += popcnt<i32>(bits & ((1 << (<i32>min<usize>(count - i, lanes<T>()))) - 1));
    a += 16;
    b += 16;
  }
  return found;
}

/** a[i] ← p a[i] where a[i] and b[i] are of opposite sign, else 0, for i < count. */
export function keepOpposed<T>(a: usize, b: usize, p: f64, count: usize): void {
  if (count === 0) return;
  const zero = i64x2.splat(0);
  const factor = v128.splat<T>(<T>p);
  const rest = lastLanes<T>(count);
  const last = a + (count - rest) * sizeof<T>();
  while (true) {
    const x = v128.load(a);
    const v = v128.and(v128.mul<T>(factor, x), opposed<T>(x, v128.load(b), zero));
    if (a === last) return storePart<T>(a, v, rest);
    v128.store(a, v);
    a += 16;
    b += 16;
  }
}

/** w[i] ← p w[i] + d[i], or w[i] + d[i] where w and d have the same sign, for a whole number of vectors. */
export function addDecayed<T>(w: usize, d: usize, p: f64, count: usize): void {
  const zero = i64x2.splat(0);
  const factor = v128.splat<T>(<T>p);
  for (const end = w + count * sizeof<T>(); w < end; w += 16) {
    const x = v128.load(w);
    const step = v128.load(d);
    const kept = v128.bitselect(x, v128.mul<T>(factor, x), agreeing<T>(x, step, zero));
    v128.store(w, v128.add<T>(kept, step));
    d += 16;
  }
}
