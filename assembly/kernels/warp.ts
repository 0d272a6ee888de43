// Images sampled at affine coordinates: pixel (p, q) of the output reads the source at column m0 q + m1 p + m2 and row
// m3 q + m4 p + m5, where a whole number is the centre of a pixel. Coordinates are computed in f64 for both types, and nothing
// is fused, so that all builds have the same bits.
//
// The forms are the nearest pixel, the mean of four weighted by distance, and this mean of coordinates that are first clamped to
// a box, m6 .. m9 = left, right, top, bottom. With zeros outside the image, the first two blend with a fill value as
// torchvision's rotate and affine do:
//
//     y = Σ w x · mask + (1 − mask) fill      where mask = Σ w over pixels inside
//
// The sum already lacks the weights outside, so a border pixel counts w mask, not w: see _apply_grid_transform of torchvision.

import { warpClamped, warpNearest } from "../abi";
import { lanes, storePart } from "./lanes";
import { copyElements, repeatElement } from "./strided";

/** What the kernels read: the words of a call. */
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

/** f64 numbers of a picture. */
export function coefficientsOf(form: i32): i32 {
  return form === warpClamped ? 10 : 6;
}

/** The value outside, coordinates of a pixel, and what there is of its four neighbours. */
@unmanaged
class Place<T> {
  fill: T;
  y: f64;
  x: f64;
  row: i32;
  column: i32;
  /** Parts of the way to the next row and column. */
  down: T;
  right: T;
  mask: T;
  up0: bool;
  up1: bool;
  left0: bool;
  left1: bool;
}

const COLUMNS = memory.data<f64>([0, 1, 2, 3, 4], 16);
const ONES = memory.data<f32>([1, 1, 1, 1], 16);
/** Scratch of a call: a place. */
export const warpScratch: u64 = 64;

/** Returns true if the numbers of a picture are finite. */
function finite(m: usize, count: i32): bool {
  let sum: f64 = 0;
  for (let k = 0; k < count; k++) sum += load<f64>(m + ((<usize>k) << 3)) * 0;
  return sum === 0;
}

/** Moves the coordinates of a place into its box. */
function clampPlace<T>(at: Place<T>, m: usize): void {
  at.x = min(max(at.x, load<f64>(m, 48)), load<f64>(m, 56));
  at.y = min(max(at.y, load<f64>(m, 64)), load<f64>(m, 72));
}

/** Finds the neighbours of a place; returns false if all are outside. Coordinates too large for i32 are outside, as is NaN. */
function settle<T>(at: Place<T>, q: Warp): bool {
  if (!(at.x > -1 && at.x < <f64>q.width && at.y > -1 && at.y < <f64>q.height)) return false;
  const row = Math.floor(at.y);
  const column = Math.floor(at.x);
  at.row = <i32>row;
  at.column = <i32>column;
  at.down = <T>(at.y - row);
  at.right = <T>(at.x - column);
  at.up0 = at.row >= 0;
  at.up1 = at.row + 1 < q.height;
  at.left0 = at.column >= 0;
  at.left1 = at.column + 1 < q.width;
  at.mask = (share<T>(at.down, at.up0, at.up1) * share<T>(at.right, at.left0, at.left1)) as T;
  return true;
}

/** Weight inside of two neighbours along an axis; exactly 1 if both are. */
function share<T>(part: T, first: bool, second: bool): T {
  return (first ? (second ? 1 : 1 - part) : part) as T;
}

function loadIf(inside: bool, at: usize): v128 {
  return inside ? v128.load(at) : i32x4.splat(0);
}

/** Mean of the four neighbours, of all channels. */
function gatherPixel<T>(out: usize, x: usize, at: Place<T>, q: Warp): void {
  const pixel = <usize>q.channels * sizeof<T>();
  const line = pixel * q.width;
  let from = x + line * at.row + pixel * at.column;
  const right = v128.splat<T>(at.right);
  const left = v128.splat<T>((1 - at.right) as T);
  const down = v128.splat<T>(at.down);
  const up = v128.splat<T>((1 - at.down) as T);
  const mask = v128.splat<T>(at.mask);
  const fill = v128.splat<T>(((1 - at.mask) * at.fill) as T);
  for (let c: usize = 0; c < q.channels; c += lanes<T>()) {
    const a = loadIf(at.up0 && at.left0, from);
    const b = loadIf(at.up0 && at.left1, from + pixel);
    const d = loadIf(at.up1 && at.left0, from + line);
    const e = loadIf(at.up1 && at.left1, from + line + pixel);
    const above = v128.add<T>(v128.mul<T>(a, left), v128.mul<T>(b, right));
    const below = v128.add<T>(v128.mul<T>(d, left), v128.mul<T>(e, right));
    let y = v128.add<T>(v128.mul<T>(above, up), v128.mul<T>(below, down));
    if (at.mask !== 1) y = v128.add<T>(v128.mul<T>(y, mask), fill);
    storePart<T>(out + c * sizeof<T>(), y, min(q.channels - c, lanes<T>()));
    from += 16;
  }
}

function addScaled<T>(to: usize, g: usize, weight: T, channels: u32): void {
  for (let c: u32 = 0; c < channels; c++) {
    store<T>(to, (load<T>(to) + weight * load<T>(g)) as T);
    to += sizeof<T>();
    g += sizeof<T>();
  }
}

/** The adjoint of `gatherPixel`: adds to the four neighbours. */
function scatterPixel<T>(out: usize, g: usize, at: Place<T>, q: Warp): void {
  const pixel = <usize>q.channels * sizeof<T>();
  const line = pixel * q.width;
  const to = out + line * at.row + pixel * at.column;
  const up = ((1 - at.down) * at.mask) as T;
  const down = (at.down * at.mask) as T;
  const left = (1 - at.right) as T;
  if (at.up0 && at.left0) addScaled<T>(to, g, (up * left) as T, q.channels);
  if (at.up0 && at.left1) addScaled<T>(to + pixel, g, (up * at.right) as T, q.channels);
  if (at.up1 && at.left0) addScaled<T>(to + line, g, (down * left) as T, q.channels);
  if (at.up1 && at.left1) addScaled<T>(to + line + pixel, g, (down * at.right) as T, q.channels);
}

/** Part of a row of pixels, one by one; out is advanced along the output, or g along it for the adjoint. */
function pixels<T>(
  image: usize,
  along: usize,
  m: usize,
  p: u32,
  from: u32,
  to: u32,
  q: Warp,
  at: Place<T>,
  adjoint: bool,
): void {
  const size = <usize>q.channels * sizeof<T>();
  const x = load<f64>(m, 8) * <f64>p + load<f64>(m, 16);
  const y = load<f64>(m, 32) * <f64>p + load<f64>(m, 40);
  for (let r = from; r < to; r++) {
    at.x = load<f64>(m) * <f64>r + x;
    at.y = load<f64>(m, 24) * <f64>r + y;
    if (q.form === warpNearest) {
      // Halves go to the even neighbour, as in torch's grid_sample.
      at.x = nearest(at.x);
      at.y = nearest(at.y);
    } else if (q.form === warpClamped) clampPlace<T>(at, m);
    if (!settle<T>(at, q)) {
      if (!adjoint) repeatElement<T>(along, changetype<usize>(at), q.channels);
    } else if (q.form === warpNearest) {
      const pixel = image + (<usize>at.row * q.width + at.column) * size;
      if (adjoint) addScaled<T>(pixel, along, 1 as T, q.channels);
      else copyElements<T>(along, pixel, q.channels);
    } else if (adjoint) scatterPixel<T>(image, along, at, q);
    else gatherPixel<T>(along, image, at, q);
    along += size;
  }
}

/** out[i] = a[count − 1 − i] for pixels of one or more channels. */
function copyBackwards<T>(out: usize, a: usize, count: usize, channels: usize): void {
  const size = channels * sizeof<T>();
  a += count * size;
  if (sizeof<T>() === 4 && channels === 1) {
    for (; count >= 4; count -= 4) {
      a -= 16;
      const v = v128.load(a);
      v128.store(out, v128.shuffle<u32>(v, v, 3, 2, 1, 0));
      out += 16;
    }
  }
  for (; count > 0; count--) {
    a -= size;
    copyElements<T>(out, a, channels);
    out += size;
  }
}

/** Returns true if rows are shifted, or mirrored and shifted, by whole pixels: crops, flips and translations. */
function isShift(m: usize, q: Warp): bool {
  const by = load<f64>(m, 16);
  return (
    q.form === warpNearest &&
    Math.abs(load<f64>(m)) === 1 &&
    load<f64>(m, 8) === 0 &&
    load<f64>(m, 24) === 0 &&
    nearest(by) === by &&
    Math.abs(by) < 0x40000000
  );
}

/** A row of a shifted image. */
function shiftRow<T>(out: usize, x: usize, m: usize, p: u32, q: Warp, fill: usize): void {
  const size = <usize>q.channels * sizeof<T>();
  const row = nearest(load<f64>(m, 32) * <f64>p + load<f64>(m, 40));
  const forward = load<f64>(m) === 1;
  const by = <i64>load<f64>(m, 16);
  // Columns start .. stop of the output lie inside: r + by, or by − r.
  let start: i64 = forward ? -by : by - q.width + 1;
  let stop: i64 = forward ? <i64>q.width - by : by + 1;
  start = min(max(start, 0), <i64>q.outWidth);
  stop = min(max(stop, start), <i64>q.outWidth);
  if (!(row >= 0 && row < <f64>q.height)) start = stop = 0;
  repeatElement<T>(out, fill, <usize>start * q.channels);
  out += <usize>start * size;
  const inside = <usize>(stop - start);
  if (inside > 0) {
    const line = x + <usize>row * q.width * size;
    if (forward) copyElements<T>(out, line + <usize>(start + by) * size, inside * q.channels);
    else copyBackwards<T>(out, line + <usize>(by - stop + 1) * size, inside, q.channels);
  }
  repeatElement<T>(out + inside * size, fill, (<usize>q.outWidth - <usize>stop) * q.channels);
}

/** Floors of four coordinates as i32; beyond i32 they saturate. */
function floors(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(i32x4.trunc_sat_f64x2_s_zero(a), i32x4.trunc_sat_f64x2_s_zero(b), 0, 1, 4, 5);
}

function narrow(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 1, 4, 5);
}

/** Pixels at four addresses and their right neighbours: those of two lanes. */
function pairs(at: v128, row: usize, high: bool): v128 {
  const a = <usize>(high ? i32x4.extract_lane(at, 2) : i32x4.extract_lane(at, 0));
  const b = <usize>(high ? i32x4.extract_lane(at, 3) : i32x4.extract_lane(at, 1));
  return v128.load64_lane(b + row, v128.load64_zero(a + row), 1);
}

function mix(a: v128, b: v128, left: v128, right: v128): v128 {
  return f32x4.add(f32x4.mul(a, left), f32x4.mul(b, right));
}

/** Mean of four neighbours of four pixels of which some lie at or beyond the border; the image has two columns or more. */
function borderFour(x: usize, row: v128, column: v128, down: v128, right: v128, q: Warp): v128 {
  const zero = i32x4.splat(0);
  const one = i32x4.splat(1);
  const lastColumn = i32x4.splat(q.width - 1);
  const lastRow = i32x4.splat(q.height - 1);
  const left0 = i32x4.le_u(column, lastColumn);
  const left1 = i32x4.le_u(i32x4.add(column, one), lastColumn);
  const up0 = i32x4.le_u(row, lastRow);
  const up1 = i32x4.le_u(i32x4.add(row, one), lastRow);
  // A pair that fits: the neighbours of a column before it or behind it are its first or its second.
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
  const blended = mix(y, f32x4.splat(<f32>q.fill), mask, f32x4.sub(ones, mask));
  return v128.bitselect(y, blended, f32x4.eq(mask, ones));
}

function shares(first: v128, second: v128, before: v128, after: v128, ones: v128): v128 {
  const one = f32x4.add(v128.and(before, first), v128.and(after, second));
  return v128.bitselect(ones, one, v128.and(first, second));
}

/** Columns of a row of one channel in f32, four at a time; returns how many it did. */
function fours(out: usize, x: usize, m: usize, p: u32, q: Warp): u32 {
  const acrossX = v128.load64_splat(m);
  const acrossY = v128.load64_splat(m, 24);
  const startX = f64x2.splat(load<f64>(m, 8) * <f64>p + load<f64>(m, 16));
  const startY = f64x2.splat(load<f64>(m, 32) * <f64>p + load<f64>(m, 40));
  const clamped = q.form === warpClamped;
  const insideX = i32x4.splat(q.width - 2);
  const insideY = i32x4.splat(q.height - 2);
  const row = (<usize>q.width) << 2;
  let low = v128.load(COLUMNS);
  let high = v128.load(COLUMNS, 16);
  let r: u32 = 0;
  for (; r + 4 <= q.outWidth; r += 4) {
    let x0 = f64x2.add(f64x2.mul(acrossX, low), startX);
    let x1 = f64x2.add(f64x2.mul(acrossX, high), startX);
    let y0 = f64x2.add(f64x2.mul(acrossY, low), startY);
    let y1 = f64x2.add(f64x2.mul(acrossY, high), startY);
    if (clamped) {
      x0 = f64x2.min(f64x2.max(x0, v128.load64_splat(m, 48)), v128.load64_splat(m, 56));
      x1 = f64x2.min(f64x2.max(x1, v128.load64_splat(m, 48)), v128.load64_splat(m, 56));
      y0 = f64x2.min(f64x2.max(y0, v128.load64_splat(m, 64)), v128.load64_splat(m, 72));
      y1 = f64x2.min(f64x2.max(y1, v128.load64_splat(m, 64)), v128.load64_splat(m, 72));
    }
    const cell0 = f64x2.floor(x0);
    const cell1 = f64x2.floor(x1);
    const line0 = f64x2.floor(y0);
    const line1 = f64x2.floor(y1);
    const right = narrow(f64x2.sub(x0, cell0), f64x2.sub(x1, cell1));
    const down = narrow(f64x2.sub(y0, line0), f64x2.sub(y1, line1));
    const column = floors(cell0, cell1);
    const line = floors(line0, line1);
    low = f64x2.add(low, v128.load64_splat(COLUMNS, 32));
    high = f64x2.add(high, v128.load64_splat(COLUMNS, 32));
    if (i32x4.all_true(v128.and(i32x4.le_u(column, insideX), i32x4.le_u(line, insideY)))) {
      const at = i32x4.add(i32x4.splat(<i32>x), i32x4.shl(i32x4.add(i32x4.mul(line, i32x4.splat(q.width)), column), 2));
      const a = pairs(at, 0, false);
      const b = pairs(at, 0, true);
      const d = pairs(at, row, false);
      const e = pairs(at, row, true);
      const left = f32x4.sub(v128.load(ONES), right);
      const above = mix(v128.shuffle<u32>(a, b, 0, 2, 4, 6), v128.shuffle<u32>(a, b, 1, 3, 5, 7), left, right);
      const below = mix(v128.shuffle<u32>(d, e, 0, 2, 4, 6), v128.shuffle<u32>(d, e, 1, 3, 5, 7), left, right);
      v128.store(out, mix(above, below, f32x4.sub(v128.load(ONES), down), down));
    } else v128.store(out, borderFour(x, line, column, down, right, q));
    out += 16;
  }
  return r;
}

/** out [batch, outHeight, outWidth, channels] from x [batch, height, width, channels] and m [batch, 6 or 10] in f64. */
export function warp<T>(out: usize, x: usize, m: usize, q: Warp, scratch: usize): void {
  const count = coefficientsOf(q.form);
  const line = <usize>q.outWidth * q.channels * sizeof<T>();
  const at = changetype<Place<T>>(scratch);
  const byFours = sizeof<T>() === 4 && q.channels === 1 && q.form !== warpNearest && q.width > 1 && q.height > 0;
  for (let n: u32 = 0; n < q.batch; n++) {
    const valid = finite(m, count);
    const shift = valid && isShift(m, q);
    at.fill = valid ? <T>q.fill : <T>NaN;
    for (let p: u32 = 0; p < q.outHeight; p++) {
      if (!valid) repeatElement<T>(out, scratch, <usize>q.outWidth * q.channels);
      else if (shift) shiftRow<T>(out, x, m, p, q, scratch);
      else {
        const done = byFours ? fours(out, x, m, p, q) : 0;
        pixels<T>(x, out + ((<usize>done) << 2), m, p, done, q.outWidth, q, at, false);
      }
      out += line;
    }
    x += <usize>q.height * q.width * q.channels * sizeof<T>();
    m += (<usize>count) << 3;
  }
}

/** The adjoint with respect to x: out has the shape of x, g that of the output of `warp`. Pixels of g are added in ascending order. */
export function warpGradient<T>(out: usize, g: usize, m: usize, q: Warp, scratch: usize): void {
  const count = coefficientsOf(q.form);
  const image = <usize>q.height * q.width * q.channels;
  const line = <usize>q.outWidth * q.channels * sizeof<T>();
  const at = changetype<Place<T>>(scratch);
  for (let n: u32 = 0; n < q.batch; n++) {
    const valid = finite(m, count);
    at.fill = valid ? <T>0 : <T>NaN;
    repeatElement<T>(out, scratch, image);
    for (let p: u32 = 0; p < q.outHeight; p++) {
      if (valid) pixels<T>(out, g, m, p, 0, q.outWidth, q, at, true);
      g += line;
    }
    out += image * sizeof<T>();
    m += (<usize>count) << 3;
  }
}
