// Running sums along one axis: out[o, l, i] = x[o, 0, i] + ... + x[o, l, i], one ascending chain from zero; reversed,
// the sum from l to the end, one descending chain. Lanes run over i, so the chains stay whole.

import { lanes, storePart } from "./lanes";

/** Inclusive running sum over l < length of x [outer, length, inner]; `out` may be `x`. */
export function cumulativeSum<T>(out: usize, x: usize, outer: usize, length: usize, inner: usize, reverse: bool): void {
  if (length === 0) return;
  const row = inner * sizeof<T>();
  const start: usize = reverse ? (length - 1) * row : 0;
  const step: usize = reverse ? 0 - row : row;
  for (; outer; --outer) {
    for (let i: usize = 0; i < inner; i += lanes<T>()) {
      const width = min(inner - i, lanes<T>());
      let at = start + i * sizeof<T>();
      let s = i64x2.splat(0);
      for (let l: usize = 0; l < length; ++l) {
        s = v128.add<T>(s, v128.load(x + at));
        storePart<T>(out + at, s, width);
        at += step;
      }
    }
    out += length * row;
    x += length * row;
  }
}

/** The definition, for one column of elements `row` bytes apart. */
export function cumulativeSumScalar<T>(out: usize, x: usize, row: usize, length: usize, reverse: bool): void {
  let s: T = 0;
  for (let l: usize = 0; l < length; ++l) {
    const at = (reverse ? length - 1 - l : l) * row;
    s += load<T>(x + at);
    store<T>(out + at, s);
  }
}
