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
import { meanFours, nearestFours, Warp } from "./warpFours";

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

/** Part of a row of the nearest pixels; `along` is advanced along the output, or along g for the adjoint. */
function nearestPixels<T>(
  image: usize,
  along: usize,
  m: usize,
  p: u32,
  from: u32,
  q: Warp,
  at: Place<T>,
  adjoint: bool,
): void {
  const size = <usize>q.channels * sizeof<T>();
  const x = load<f64>(m, 8) * <f64>p + load<f64>(m, 16);
  const y = load<f64>(m, 32) * <f64>p + load<f64>(m, 40);
  const fill = changetype<usize>(at);
  for (let r = from; r < q.outWidth; r++) {
    const column = nearest(load<f64>(m) * <f64>r + x);
    const row = nearest(load<f64>(m, 24) * <f64>r + y);
    const inside = column >= 0 && column < <f64>q.width && row >= 0 && row < <f64>q.height;
    const pixel = inside ? image + (<usize>row * q.width + <usize>column) * size : fill;
    if (adjoint) {
      if (inside) addScaled<T>(pixel, along, 1 as T, q.channels);
    } else if (inside) copyElements<T>(along, pixel, q.channels);
    else repeatElement<T>(along, fill, q.channels);
    along += size;
  }
}

/** Part of a row of means of four pixels, one by one. */
function meanPixels<T>(
  image: usize,
  along: usize,
  m: usize,
  p: u32,
  from: u32,
  q: Warp,
  at: Place<T>,
  adjoint: bool,
): void {
  const size = <usize>q.channels * sizeof<T>();
  const x = load<f64>(m, 8) * <f64>p + load<f64>(m, 16);
  const y = load<f64>(m, 32) * <f64>p + load<f64>(m, 40);
  for (let r = from; r < q.outWidth; r++) {
    at.x = load<f64>(m) * <f64>r + x;
    at.y = load<f64>(m, 24) * <f64>r + y;
    if (q.form === warpClamped) clampPlace<T>(at, m);
    const inside = settle<T>(at, q);
    if (adjoint) {
      if (inside) scatterPixel<T>(image, along, at, q);
    } else if (inside) gatherPixel<T>(along, image, at, q);
    else repeatElement<T>(along, changetype<usize>(at), q.channels);
    along += size;
  }
}

/** The pixels of `count` elements in reverse order. */
function copyBackwards<T>(out: usize, a: usize, count: usize, channels: usize): void {
  const size = channels * sizeof<T>();
  const end = a;
  a += count * sizeof<T>();
  if (sizeof<T>() === 4 && channels === 1) {
    for (; a >= end + 16; out += 16) {
      a -= 16;
      const v = v128.load(a);
      v128.store(out, v128.shuffle<u32>(v, v, 3, 2, 1, 0));
    }
  }
  for (; a > end; out += size) {
    a -= size;
    copyElements<T>(out, a, channels);
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

/** A shifted picture. */
function shiftPicture<T>(out: usize, x: usize, m: usize, q: Warp, fill: usize): void {
  const size = <usize>q.channels * sizeof<T>();
  const forward = load<f64>(m) === 1;
  const by = <i64>load<f64>(m, 16);
  // Columns start .. stop of the output lie inside: r + by, or by − r.
  const start = min(max(forward ? -by : by - q.width + 1, 0), <i64>q.outWidth);
  const stop = min(max(forward ? <i64>q.width - by : by + 1, start), <i64>q.outWidth);
  const before = <usize>start * q.channels;
  const inside = <usize>(stop - start) * q.channels;
  const behind = <usize>(<i64>q.outWidth - stop) * q.channels;
  const from = x + <usize>(forward ? start + by : by - stop + 1) * size;
  for (let p: u32 = 0; p < q.outHeight; p++) {
    const row = nearest(load<f64>(m, 32) * <f64>p + load<f64>(m, 40));
    if (inside > 0 && row >= 0 && row < <f64>q.height) {
      const line = from + <usize>row * q.width * size;
      if (before > 0) repeatElement<T>(out, fill, before);
      out += before * sizeof<T>();
      if (forward) copyElements<T>(out, line, inside);
      else copyBackwards<T>(out, line, inside, q.channels);
      out += inside * sizeof<T>();
      if (behind > 0) repeatElement<T>(out, fill, behind);
      out += behind * sizeof<T>();
    } else {
      repeatElement<T>(out, fill, <usize>q.outWidth * q.channels);
      out += <usize>q.outWidth * size;
    }
  }
}

/** out [batch, outHeight, outWidth, channels] from x [batch, height, width, channels] and m [batch, 6 or 10] in f64. */
export function warp<T>(out: usize, x: usize, m: usize, q: Warp, scratch: usize): void {
  const count = coefficientsOf(q.form);
  const line = <usize>q.outWidth * q.channels * sizeof<T>();
  const at = changetype<Place<T>>(scratch);
  const nearestOnly = q.form === warpNearest;
  // Four neighbours are two pairs.
  const least = nearestOnly ? 1 : 2;
  const byFours = sizeof<T>() === 4 && q.channels === 1 && q.width >= least && q.height >= least;
  for (let n: u32 = 0; n < q.batch; n++) {
    const valid = finite(m, count);
    at.fill = valid ? <T>q.fill : <T>NaN;
    if (!valid) repeatElement<T>(out, scratch, <usize>q.outHeight * q.outWidth * q.channels);
    else if (isShift(m, q)) shiftPicture<T>(out, x, m, q, scratch);
    else {
      let to = out;
      for (let p: u32 = 0; p < q.outHeight; p++, to += line) {
        let done: u32 = 0;
        if (byFours) done = nearestOnly ? nearestFours(to, x, m, p, q) : meanFours(to, x, m, p, q);
        const rest = to + ((<usize>done) << 2);
        if (nearestOnly) nearestPixels<T>(x, rest, m, p, done, q, at, false);
        else meanPixels<T>(x, rest, m, p, done, q, at, false);
      }
    }
    out += line * q.outHeight;
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
      if (valid) {
        if (q.form === warpNearest) nearestPixels<T>(out, g, m, p, 0, q, at, true);
        else meanPixels<T>(out, g, m, p, 0, q, at, true);
      }
      g += line;
    }
    out += image * sizeof<T>();
    m += (<usize>count) << 3;
  }
}
