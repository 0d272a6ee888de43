// Cumulative sums along one axis: out[o, l, i] = x[o, 0, i] + ... + x[o, l, i], one ascending chain from zero; reversed, the sum
// from l to the end, one descending chain. Chains are in f64 for both types: in f32 a million terms have an error of 1 %. Lanes
// run over i, so chains are not split.

import { lanes, storePart } from "./lanes";

/** Inclusive cumulative sum over l < length of x [outer, length, inner]; `out` may be `x`. */
export function cumulativeSum<T>(out: usize, x: usize, outer: usize, length: usize, inner: usize, reverse: bool): void {
  if (length === 0) return;
  const row = inner * sizeof<T>();
  if (inner === 1) {
    for (; outer; --outer) {
      cumulativeSumScalar<T>(out, x, row, length, reverse);
      out += length * row;
      x += length * row;
    }
    return;
  }
  const start: usize = reverse ? (length - 1) * row : 0;
  const step: usize = reverse ? 0 - row : row;
  for (; outer; --outer) {
    for (let i: usize = 0; i < inner; i += lanes<T>()) {
      const width = min(inner - i, lanes<T>());
      let at = start + i * sizeof<T>();
      let s = i64x2.splat(0);
      let t = s;
      for (let l: usize = 0; l < length; ++l) {
        const v = v128.load(x + at);
        if (sizeof<T>() === 8) {
          s = f64x2.add(s, v);
          storePart<T>(out + at, s, width);
        } else {
          s = f64x2.add(s, f64x2.promote_low_f32x4(v));
          t = f64x2.add(t, f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 0)));
          const high = f32x4.demote_f64x2_zero(t);
          storePart<T>(out + at, v128.shuffle<i64>(f32x4.demote_f64x2_zero(s), high, 0, 2), width);
        }
        at += step;
      }
    }
    out += length * row;
    x += length * row;
  }
}

/** The definition, for one column of elements `row` bytes apart. */
export function cumulativeSumScalar<T>(out: usize, x: usize, row: usize, length: usize, reverse: bool): void {
  let s: f64 = 0;
  let at: usize = reverse ? (length - 1) * row : 0;
  for (let l: usize = 0; l < length; ++l) {
    s += <f64>load<T>(x + at);
    store<T>(out + at, <T>s);
    at += reverse ? 0 - row : row;
  }
}
