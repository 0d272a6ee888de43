// Images of one channel in f32 at affine coordinates, four columns at a time: the hot case of kernels/warp, which has the
// formulas. Means use coordinates in fixed point with 32 fractional bits: the high word is the whole part, the low word the
// fraction, and a step to the next column is an addition. Start and step are rounded to 2⁻³³ of a pixel, so that column q is
// off by at most (q + 1) 2⁻³³.

import { warpClamped } from "../abi";

/** Words of a call of a warp. */
@unmanaged
export class Warp {
  fill: f64;
  outHeight: u32;
  outWidth: u32;
  form: i32;
  batch: u32;
  height: i32;
  width: i32;
  channels: u32;
  unused: u32;
}

// Columns 0 .. 3, the step 4, and 3/2 · 2⁵², which `wholes` adds to round.
const COLUMNS = memory.data<f64>([0, 1, 2, 3, 4, 6755399441055744], 16);
// 1 in every lane, then 2⁻²⁴.
const ONES = memory.data<f32>([1, 1, 1, 1, 5.960464477539063e-8], 16);

/** Fractions in [0, 1) of numbers in fixed point, from their low words; the lowest 8 bits are dropped. */
function fractions(low: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(low, 8)), v128.load32_splat(ONES, 16));
}

/** v in fixed point, rounded. */
function fixed(v: f64): i64 {
  return <i64>Math.floor(v * 4294967296 + 0.5);
}

/** Coordinates of columns 0 and 1 in fixed point. */
function firstTwo(start: f64, step: f64): v128 {
  return i64x2.replace_lane(i64x2.splat(fixed(start)), 1, fixed(start) + fixed(step));
}

/** Loads the pixel and its right neighbor at two of four addresses: those of lanes 0 and 1, or of 2 and 3 if `high`. */
function pairs(at: v128, row: usize, high: bool): v128 {
  const a = <usize>(high ? i32x4.extract_lane(at, 2) : i32x4.extract_lane(at, 0));
  const b = <usize>(high ? i32x4.extract_lane(at, 3) : i32x4.extract_lane(at, 1));
  return v128.load64_lane(b + row, v128.load64_zero(a + row), 1);
}

/** a left + b right. */
function mix(a: v128, b: v128, left: v128, right: v128): v128 {
  return f32x4.add(f32x4.mul(a, left), f32x4.mul(b, right));
}

/** Means for four output pixels of which some have neighbors outside; the image has at least two columns. */
function borderFour(x: usize, row: v128, column: v128, down: v128, right: v128, q: Warp): v128 {
  const zero = i32x4.splat(0);
  const one = i32x4.splat(1);
  const fill = f32x4.splat(<f32>q.fill);
  const lastColumn = i32x4.splat(q.width - 1);
  const lastRow = i32x4.splat(q.height - 1);
  const left0 = i32x4.le_u(column, lastColumn);
  const left1 = i32x4.le_u(i32x4.add(column, one), lastColumn);
  const up0 = i32x4.le_u(row, lastRow);
  const up1 = i32x4.le_u(i32x4.add(row, one), lastRow);
  if (!v128.any_true(v128.and(v128.or(left0, left1), v128.or(up0, up1)))) return fill;
  // The pair of columns that is loaded is moved inside. If the wanted pair begins before it, its right pixel is the first of
  // the loaded ones; if it begins behind it, its left pixel is the second.
  const pair = i32x4.min_s(i32x4.max_s(column, zero), i32x4.sub(lastColumn, one));
  const before = i32x4.lt_s(column, pair);
  const behind = i32x4.gt_s(column, pair);
  const across = i32x4.splat(q.width);
  const base = i32x4.splat(<i32>x);
  const first = i32x4.min_s(i32x4.max_s(row, zero), lastRow);
  const second = i32x4.min_s(i32x4.max_s(i32x4.add(row, one), zero), lastRow);
  const at = i32x4.add(base, i32x4.shl(i32x4.add(i32x4.mul(first, across), pair), 2));
  const under = i32x4.add(base, i32x4.shl(i32x4.add(i32x4.mul(second, across), pair), 2));
  const a = pairs(at, 0, false);
  const b = pairs(at, 0, true);
  const d = pairs(under, 0, false);
  const e = pairs(under, 0, true);
  const even = v128.shuffle<u32>(a, b, 0, 2, 4, 6);
  const odd = v128.shuffle<u32>(a, b, 1, 3, 5, 7);
  const evenUnder = v128.shuffle<u32>(d, e, 0, 2, 4, 6);
  const oddUnder = v128.shuffle<u32>(d, e, 1, 3, 5, 7);
  const ones = v128.load(ONES);
  const left = f32x4.sub(ones, right);
  const up = f32x4.sub(ones, down);
  const above = mix(
    v128.and(v128.bitselect(odd, even, behind), v128.and(left0, up0)),
    v128.and(v128.bitselect(even, odd, before), v128.and(left1, up0)),
    left,
    right,
  );
  const below = mix(
    v128.and(v128.bitselect(oddUnder, evenUnder, behind), v128.and(left0, up1)),
    v128.and(v128.bitselect(evenUnder, oddUnder, before), v128.and(left1, up1)),
    left,
    right,
  );
  const y = mix(above, below, up, down);
  const mask = f32x4.mul(shares(up0, up1, up, down, ones), shares(left0, left1, left, right, ones));
  const blended = mix(y, fill, mask, f32x4.sub(ones, mask));
  return v128.bitselect(y, blended, f32x4.eq(mask, ones));
}

/**
 * Weights inside along one axis: `before` if the first neighbor is inside, plus `after` if the second is; exactly 1 if both
 * are.
 */
function shares(first: v128, second: v128, before: v128, after: v128, ones: v128): v128 {
  const one = f32x4.add(v128.and(before, first), v128.and(after, second));
  return v128.bitselect(ones, one, v128.and(first, second));
}

/** Returns true if all coordinates of a row along an axis are far from the bounds of i32. */
function isNear(start: f64, step: f64, q: Warp): bool {
  return Math.abs(start) < 0x20000000 && Math.abs(step) * <f64>q.outWidth < 0x20000000;
}

/** Computes the nearest pixels of row p, four columns at a time; returns the number of columns done. */
export function nearestFours(out: usize, x: usize, m: usize, p: u32, q: Warp): u32 {
  const startX = load<f64>(m, 8) * <f64>p + load<f64>(m, 16);
  const startY = load<f64>(m, 32) * <f64>p + load<f64>(m, 40);
  if (!isNear(startX, load<f64>(m), q) || !isNear(startY, load<f64>(m, 24), q)) return 0;
  const acrossX = v128.load64_splat(m);
  const acrossY = v128.load64_splat(m, 24);
  const fromX = f64x2.splat(startX);
  const fromY = f64x2.splat(startY);
  const lastColumn = i32x4.splat(q.width - 1);
  const lastRow = i32x4.splat(q.height - 1);
  const across = i32x4.splat(q.width);
  const fill = f32x4.splat(<f32>q.fill);
  let low = v128.load(COLUMNS);
  let high = v128.load(COLUMNS, 16);
  let r: u32 = 0;
  for (; r + 4 <= q.outWidth; r += 4) {
    const column = wholes(f64x2.add(f64x2.mul(acrossX, low), fromX), f64x2.add(f64x2.mul(acrossX, high), fromX));
    const row = wholes(f64x2.add(f64x2.mul(acrossY, low), fromY), f64x2.add(f64x2.mul(acrossY, high), fromY));
    const inside = v128.and(i32x4.le_u(column, lastColumn), i32x4.le_u(row, lastRow));
    // A lane outside reads the first pixel.
    const place = v128.and(i32x4.shl(i32x4.add(i32x4.mul(row, across), column), 2), inside);
    let v = v128.load32_zero(x + <usize>i32x4.extract_lane(place, 0));
    v = v128.load32_lane(x + <usize>i32x4.extract_lane(place, 1), v, 1);
    v = v128.load32_lane(x + <usize>i32x4.extract_lane(place, 2), v, 2);
    v = v128.load32_lane(x + <usize>i32x4.extract_lane(place, 3), v, 3);
    v128.store(out, v128.bitselect(v, fill, inside));
    low = f64x2.add(low, v128.load64_splat(COLUMNS, 32));
    high = f64x2.add(high, v128.load64_splat(COLUMNS, 32));
    out += 16;
  }
  return r;
}

/** Rounds four coordinates to whole numbers, halves to even: a sum with 3/2 · 2⁵² is rounded, and has them in its low word. */
function wholes(a: v128, b: v128): v128 {
  const shift = v128.load64_splat(COLUMNS, 40);
  return v128.shuffle<u32>(f64x2.add(a, shift), f64x2.add(b, shift), 0, 2, 4, 6);
}

/** Computes the means of four neighbors of row p, four columns at a time; returns the number of columns done. */
export function meanFours(out: usize, x: usize, m: usize, p: u32, q: Warp): u32 {
  const startX = load<f64>(m, 8) * <f64>p + load<f64>(m, 16);
  const startY = load<f64>(m, 32) * <f64>p + load<f64>(m, 40);
  if (!isNear(startX, load<f64>(m), q) || !isNear(startY, load<f64>(m, 24), q)) return 0;
  let lowX = firstTwo(startX, load<f64>(m));
  let lowY = firstTwo(startY, load<f64>(m, 24));
  const twoX = i64x2.splat(2 * fixed(load<f64>(m)));
  const twoY = i64x2.splat(2 * fixed(load<f64>(m, 24)));
  const insideX = i32x4.splat(q.width - 2);
  const insideY = i32x4.splat(q.height - 2);
  const across = i32x4.splat(q.width);
  const below = (<usize>q.width) << 2;
  const clamped = q.form === warpClamped;
  const firstX = clamped ? everyLane(load<f64>(m, 48)) : across;
  const lastX = clamped ? everyLane(load<f64>(m, 56)) : across;
  const firstY = clamped ? everyLane(load<f64>(m, 64)) : across;
  const lastY = clamped ? everyLane(load<f64>(m, 72)) : across;
  let r: u32 = 0;
  for (; r + 4 <= q.outWidth; r += 4) {
    const highX = i64x2.add(lowX, twoX);
    const highY = i64x2.add(lowY, twoY);
    let column = v128.shuffle<u32>(lowX, highX, 1, 3, 5, 7);
    let row = v128.shuffle<u32>(lowY, highY, 1, 3, 5, 7);
    let right = fractions(v128.shuffle<u32>(lowX, highX, 0, 2, 4, 6));
    let down = fractions(v128.shuffle<u32>(lowY, highY, 0, 2, 4, 6));
    if (clamped) {
      right = v128.and(right, isWithin(column, firstX, lastX));
      down = v128.and(down, isWithin(row, firstY, lastY));
      column = i32x4.min_s(i32x4.max_s(column, firstX), lastX);
      row = i32x4.min_s(i32x4.max_s(row, firstY), lastY);
    }
    lowX = i64x2.add(highX, twoX);
    lowY = i64x2.add(highY, twoY);
    if (i32x4.all_true(v128.and(i32x4.le_u(column, insideX), i32x4.le_u(row, insideY)))) {
      const at = i32x4.add(i32x4.splat(<i32>x), i32x4.shl(i32x4.add(i32x4.mul(row, across), column), 2));
      const a = pairs(at, 0, false);
      const b = pairs(at, 0, true);
      const d = pairs(at, below, false);
      const e = pairs(at, below, true);
      const left = f32x4.sub(v128.load(ONES), right);
      const over = mix(v128.shuffle<u32>(a, b, 0, 2, 4, 6), v128.shuffle<u32>(a, b, 1, 3, 5, 7), left, right);
      const under = mix(v128.shuffle<u32>(d, e, 0, 2, 4, 6), v128.shuffle<u32>(d, e, 1, 3, 5, 7), left, right);
      v128.store(out, mix(over, under, f32x4.sub(v128.load(ONES), down), down));
    } else v128.store(out, borderFour(x, row, column, down, right, q));
    out += 16;
  }
  return r;
}

/** True in lanes whose whole part is at least `first` and below `last`, where the fraction counts. */
function isWithin(whole: v128, first: v128, last: v128): v128 {
  return v128.and(i32x4.ge_s(whole, first), i32x4.lt_s(whole, last));
}

/** The same whole number in every lane. */
function everyLane(v: f64): v128 {
  return i32x4.splat(<i32>v);
}
