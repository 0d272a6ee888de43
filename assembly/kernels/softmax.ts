// Softmax and its relatives over the last axis of x [rows, n], n ≥ 1, every row shifted by its maximum m:
//   softmax_j = e^(x_j - m) / S,  S = Σ e^(x_j - m),  logSoftmax_j = (x_j - m) - log S,  logSumExp = m + log S,
//   crossEntropy = logSumExp - x_label.
// Error beyond the rounding of x_j - m: f32 5 ulp for softmax, reached by equal terms, whose roundings add up; except terms below
// 2^-126 of the greatest (exp.ts).
//
// S has ONE order, which depends on n only. In f32, while more than 16 terms are left, 16 at a time are added to four f32 partial
// sums: partial l adds (e_l + e_(l + 4)) + (e_(l + 8) + e_(l + 12)). Every 256 terms, and at the end, the partials are added to
// two f64 sums (0 and 2 to the even one, 1 and 3 to the odd one), and so are the last 1 to 16 terms, by vectors. f64 terms are
// added to the two sums directly, even and odd j. Last, even + odd.
//
// Four vectors at a time make exp fast here: its instructions depend on each other, and the queue of a processor is too short to
// reach those of the next vector. Partials in f64 would cost 6 % more. Blocks of 256 terms cost 1 % more than blocks of 1,024, whose
// error reached 15 ulp; blocks of 128 cost 3 % more and reach 2.3 ulp.
//
// NaN, a +∞, or only -∞ make the whole row NaN (∞ - ∞), as in other libraries; a single -∞ is a mask and gives 0. Only logSumExp
// returns m if m is infinite, and allows n = 0, where m is -∞.

import { expNegativeLanes, expNegativeScalar } from "./exp";
import { lanes, lastLanes, storePart } from "./lanes";
import { logScalar } from "./log";

const BLOCK: usize = 256;

// 16 bytes of ones, 16 of zeros (a mask of k bytes starts at 16 - k), and -∞.
const KEEP = memory.data<u32>([0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0, 0, 0, 0]);
const LEAST32 = memory.data<u32>([0xff800000]);
const LEAST64 = memory.data<u64>([0xfff0000000000000]);

/** softmax of each row. */
export function softmaxRows<T>(out: usize, x: usize, rows: usize, n: usize): void {
  const rest = lastLanes<T>(n);
  for (; rows > 0; rows--) {
    const scale = v128.splat<T>((1 / rowExponentials<T>(out, x, n, rowMaximum<T>(x, n))) as T);
    const last = out + (n - rest) * sizeof<T>();
    for (const end = last - 48; out < end; out += 64) {
      v128.store(out, v128.mul<T>(v128.load(out), scale));
      v128.store(out, v128.mul<T>(v128.load(out, 16), scale), 16);
      v128.store(out, v128.mul<T>(v128.load(out, 32), scale), 32);
      v128.store(out, v128.mul<T>(v128.load(out, 48), scale), 48);
    }
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
    const maximum = n > 0 ? rowMaximum<T>(x, n) : v128.load_splat<T>(sizeof<T>() === 4 ? LEAST32 : LEAST64);
    const m = v128.extract_lane<T>(maximum, 0);
    if (isFinite<T>(m)) store<T>(out, ((m as f64) + logScalar<f64>(rowExponentials<T>(0, x, n, maximum))) as T);
    else store<T>(out, nanOr<T>(m, x, n));
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

/** Returns the maximum of n values in every lane. NaN is ignored here: e^(NaN - m) is NaN. */
function rowMaximum<T>(x: usize, n: usize): v128 {
  const least = v128.load_splat<T>(sizeof<T>() === 4 ? LEAST32 : LEAST64);
  const rest = lastLanes<T>(n);
  const last = x + (n - rest) * sizeof<T>();
  let top = least;
  if (n > 4 * lanes<T>()) {
    let top1 = least,
      top2 = least,
      top3 = least;
    for (const end = last - 48; x < end; x += 64) {
      top = v128.pmax<T>(top, v128.load(x));
      top1 = v128.pmax<T>(top1, v128.load(x, 16));
      top2 = v128.pmax<T>(top2, v128.load(x, 32));
      top3 = v128.pmax<T>(top3, v128.load(x, 48));
    }
    top = v128.pmax<T>(v128.pmax<T>(top, top1), v128.pmax<T>(top2, top3));
  }
  for (; x !== last; x += 16) top = v128.pmax<T>(top, v128.load(x));
  top = v128.pmax<T>(top, v128.bitselect(v128.load(x), least, keep<T>(rest)));
  top = v128.pmax<T>(top, v128.shuffle<i64>(top, top, 1, 0));
  if (sizeof<T>() === 4) top = v128.pmax<T>(top, v128.shuffle<i32>(top, top, 1, 0, 3, 2));
  return top;
}

/** Returns NaN if one of n values is NaN, else m. */
function nanOr<T>(m: T, x: usize, n: usize): T {
  for (const end = x + n * sizeof<T>(); x !== end; x += sizeof<T>()) if (isNaN<T>(load<T>(x))) m = load<T>(x);
  return m;
}

/** Returns Σ e^(x - maximum) over n values; writes the terms to `out` unless that is 0. */
function rowExponentials<T>(out: usize, x: usize, n: usize, maximum: v128): f64 {
  let sum = f64x2.splat(0);
  if (sizeof<T>() === 4) {
    while (n > 16) {
      const count = min<usize>((n - 1) & ~15, BLOCK);
      sum = f64x2.add(sum, widen<T>(inline.always(blockExponentials(out, x, count, maximum))));
      if (out !== 0) out += count * 4;
      x += count * 4;
      n -= count;
    }
  }
  const rest = lastLanes<T>(n);
  const last = x + (n - rest) * sizeof<T>();
  while (true) {
    const e = inline.always(expNegativeLanes<T>(v128.sub<T>(v128.load(x), maximum)));
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

/** Returns the four partial sums of `count` f32 terms; count is a multiple of 16. */
function blockExponentials(out: usize, x: usize, count: usize, maximum: v128): v128 {
  let sum = i64x2.splat(0);
  for (const end = x + count * 4; x !== end; x += 64) {
    const y0 = f32x4.sub(v128.load(x), maximum);
    const y1 = f32x4.sub(v128.load(x, 16), maximum);
    const y2 = f32x4.sub(v128.load(x, 32), maximum);
    const y3 = f32x4.sub(v128.load(x, 48), maximum);
    // Never taken. It keeps the compiler from moving loads past it: if the constants are loaded before y, there are too few
    // registers and the loop takes 6 % longer.
    if (x === 0) break;
    const e0 = inline.always(expNegativeLanes<f32>(y0));
    const e1 = inline.always(expNegativeLanes<f32>(y1));
    const e2 = inline.always(expNegativeLanes<f32>(y2));
    const e3 = inline.always(expNegativeLanes<f32>(y3));
    if (out !== 0) {
      v128.store(out, e0);
      v128.store(out, e1, 16);
      v128.store(out, e2, 32);
      v128.store(out, e3, 48);
      out += 64;
    }
    sum = f32x4.add(sum, f32x4.add(f32x4.add(e0, e1), f32x4.add(e2, e3)));
  }
  return sum;
}

/** The definition of S for a row with maximum m. */
export function sumOfExponentials<T>(x: usize, n: usize, m: T): f64 {
  let even: f64 = 0;
  let odd: f64 = 0;
  if (sizeof<T>() === 4) {
    while (n > 16) {
      const count = min<usize>((n - 1) & ~15, BLOCK);
      even += (partialSum(x, count, <f32>m) as f64) + (partialSum(x + 8, count, <f32>m) as f64);
      odd += (partialSum(x + 4, count, <f32>m) as f64) + (partialSum(x + 12, count, <f32>m) as f64);
      x += count * 4;
      n -= count;
    }
  }
  for (let j: usize = 0; j < n; j += lanes<T>()) {
    even += term<T>(x, j, n, m);
    odd += term<T>(x, j + 1, n, m);
  }
  return even + odd;
}

function partialSum(x: usize, count: usize, m: f32): f32 {
  let sum: f32 = 0;
  for (const end = x + count * 4; x < end; x += 64) {
    const first: f32 = expNegativeScalar<f32>(load<f32>(x) - m) + expNegativeScalar<f32>(load<f32>(x, 16) - m);
    const second: f32 = expNegativeScalar<f32>(load<f32>(x, 32) - m) + expNegativeScalar<f32>(load<f32>(x, 48) - m);
    sum += first + second;
  }
  return sum;
}

/** e_j, in f32 plus e_(j + 2); 0 beyond the row. */
function term<T>(x: usize, j: usize, n: usize, m: T): f64 {
  const e = j < n ? <f64>expNegativeScalar<T>((load<T>(x + j * sizeof<T>()) - m) as T) : 0;
  return sizeof<T>() === 4 && j + 2 < n
    ? e + <f64>expNegativeScalar<T>((load<T>(x + (j + 2) * sizeof<T>()) - m) as T)
    : e;
}

/** Mask of the first `count` lanes. */
function keep<T>(count: usize): v128 {
  return v128.load(KEEP + 16 - count * sizeof<T>());
}

/** Two f64: in f32 the sums of lanes 0 and 2, and 1 and 3, of e; in f64 e. */
function widen<T>(e: v128): v128 {
  if (sizeof<T>() === 8) return e;
  return f64x2.add(f64x2.promote_low_f32x4(e), f64x2.promote_low_f32x4(v128.shuffle<i64>(e, e, 1, 0)));
}
