// Softmax and its relatives over the last axis of x [rows, n], n ≥ 1, every row shifted by its maximum m:
//   softmax_j = e^(x_j - m) / S,  S = Σ e^(x_j - m),  logSoftmax_j = (x_j - m) - log S,  logSumExp = m + log S,
//   crossEntropy = logSumExp - x_label.
// Error beyond the rounding of x_j - m: f32 3 ulp for softmax, however long the row, as S and log S are f64 always.
// S has ONE order, which depends on n alone: two partial sums over ascending vectors, then their sum. For f32 they take
// e_(4v) + e_(4v + 2) and e_(4v + 1) + e_(4v + 3), for f64 the even and the odd j.
// NaN, a +∞, or nothing but -∞ make the whole row NaN (∞ - ∞), as in other libraries; a single -∞ is a mask and gets 0.
// logSumExp alone shifts by 0 where m is infinite, hence it gives +∞ and -∞ there.

import { expLanes } from "./exp";
import { lanes, storePart } from "./lanes";
import { logScalar } from "./log";

// 16 bytes to keep, 16 to drop (read from 16 - k on, k are kept), and -∞.
const KEEP = memory.data<u32>([0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0, 0, 0, 0]);
const LEAST32 = memory.data<u32>([0xff800000]);
const LEAST64 = memory.data<u64>([0xfff0000000000000]);

/** softmax of each row. */
export function softmaxRows<T>(out: usize, x: usize, rows: usize, n: usize): void {
  const rest = lastLanes<T>(n);
  for (; rows > 0; rows--) {
    const scale = v128.splat<T>((1 / rowExponentials<T>(out, x, n, rowMaximum<T>(x, n))) as T);
    const last = out + (n - rest) * sizeof<T>();
    for (; out !== last; out += 16) v128.store(out, v128.mul<T>(v128.load(out), scale));
    storePart<T>(out, v128.mul<T>(v128.load(out), scale), rest);
    out += rest * sizeof<T>();
    x += n * sizeof<T>();
  }
}

/** log(softmax) of each row. */
export function logSoftmaxRows<T>(out: usize, x: usize, rows: usize, n: usize): void {
  const rest = lastLanes<T>(n);
  for (; rows > 0; rows--) {
    const maximum = rowMaximum<T>(x, n);
    const log = v128.splat<T>(logScalar<f64>(rowExponentials<T>(0, x, n, maximum)) as T);
    const last = out + (n - rest) * sizeof<T>();
    for (; out !== last; out += 16, x += 16) {
      v128.store(out, v128.sub<T>(v128.sub<T>(v128.load(x), maximum), log));
    }
    storePart<T>(out, v128.sub<T>(v128.sub<T>(v128.load(x), maximum), log), rest);
    out += rest * sizeof<T>();
    x += rest * sizeof<T>();
  }
}

/** out[r] = log Σ e^x over row r. */
export function logSumExpRows<T>(out: usize, x: usize, rows: usize, n: usize): void {
  for (; rows > 0; rows--) {
    let maximum = rowMaximum<T>(x, n);
    maximum = v128.and(maximum, v128.eq<T>(v128.sub<T>(maximum, maximum), v128.splat<T>(0 as T)));
    const log = logScalar<f64>(rowExponentials<T>(0, x, n, maximum));
    store<T>(out, ((v128.extract_lane<T>(maximum, 0) as f64) + log) as T);
    out += sizeof<T>();
    x += n * sizeof<T>();
  }
}

/** out[r] = logSumExp of row r - its value at labels[r] (i32, 0 .. n - 1). */
export function crossEntropyRows<T>(out: usize, x: usize, labels: usize, rows: usize, n: usize): void {
  for (; rows > 0; rows--) {
    const maximum = rowMaximum<T>(x, n);
    const log = logScalar<f64>(rowExponentials<T>(0, x, n, maximum));
    const labelled = load<T>(x + (load<i32>(labels) as usize) * sizeof<T>());
    store<T>(out, ((v128.extract_lane<T>(maximum, 0) as f64) - (labelled as f64) + log) as T);
    out += sizeof<T>();
    labels += 4;
    x += n * sizeof<T>();
  }
}

/** The maximum of n values in every lane. NaN is passed over here: it comes back as e^(NaN - m). */
function rowMaximum<T>(x: usize, n: usize): v128 {
  const least = v128.load_splat<T>(sizeof<T>() === 4 ? LEAST32 : LEAST64);
  const rest = lastLanes<T>(n);
  const last = x + (n - rest) * sizeof<T>();
  let top = least;
  for (; x !== last; x += 16) top = v128.pmax<T>(top, v128.load(x));
  top = v128.pmax<T>(top, v128.bitselect(v128.load(x), least, keep<T>(rest)));
  top = v128.pmax<T>(top, v128.shuffle<i64>(top, top, 1, 0));
  if (sizeof<T>() === 4) top = v128.pmax<T>(top, v128.shuffle<i32>(top, top, 1, 0, 3, 2));
  return top;
}

/** Σ e^(x - maximum) over n values; the terms go to out unless it is 0. */
function rowExponentials<T>(out: usize, x: usize, n: usize, maximum: v128): f64 {
  const rest = lastLanes<T>(n);
  const last = x + (n - rest) * sizeof<T>();
  let sum = f64x2.splat(0);
  while (true) {
    const e = inline.always(expLanes<T>(v128.sub<T>(v128.load(x), maximum)));
    if (x === last) {
      if (out !== 0) storePart<T>(out, e, rest);
      sum = f64x2.add(sum, widen<T>(v128.and(e, keep<T>(rest))));
      return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
    }
    sum = f64x2.add(sum, widen<T>(e));
    if (out !== 0) {
      v128.store(out, e);
      out += 16;
    }
    x += 16;
  }
}

/** Lanes in use in the last vector of n elements. */
function lastLanes<T>(n: usize): usize {
  return ((n - 1) & (lanes<T>() - 1)) + 1;
}

/** A mask of the first `count` lanes. */
function keep<T>(count: usize): v128 {
  return v128.load(KEEP + 16 - count * sizeof<T>());
}

/** Two f64 terms with the sum of the lanes of e. */
function widen<T>(e: v128): v128 {
  if (sizeof<T>() === 8) return e;
  return f64x2.add(f64x2.promote_low_f32x4(e), f64x2.promote_low_f32x4(v128.shuffle<i64>(e, e, 1, 0)));
}
