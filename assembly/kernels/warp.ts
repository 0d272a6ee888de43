// Images sampled at affine coordinates: pixel (p, q) of the output, row p and column q, reads the source at column
// m0 q + m1 p + m2 and row m3 q + m4 p + m5, where a whole number is the center of a pixel. Coordinates are computed in f64
// for both types, and no product is fused with a sum, so that all builds have the same bits.
//
// There are three forms: the nearest pixel; the mean of the four nearest, weighted by distance; and this mean at coordinates
// that are first clamped to a box, m6 .. m9 = left, right, top, bottom. Pixels outside the image are 0, and the first two
// forms blend with a fill value as torchvision's rotate and affine do:
//
//     y = Σ w x · mask + (1 − mask) fill      where mask = Σ w over pixels inside
//
// The sum lacks the pixels outside already, so that a pixel at the border has the weight w mask, not w, as in
// _apply_grid_transform of torchvision.

import { warpClamped, warpNearest } from "../abi";
import { lanes, storePart } from "./lanes";
import { copyElements, repeatElement } from "./strided";
import { meanFours, nearestFours, Warp } from "./warpFours";

/** Coefficients of an image, in f64. */
export function coefficientsOf(form: i32): i32 {
  return form === warpClamped ? 10 : 6;
}

/** Coordinates of an output pixel, and the weight of its neighbors. */
@unmanaged
class Place {
  /** Fill value in the type of the images, f32 or f64. */
  fill: u64;
  x: f64;
  y: f64;
  /** Sum of the weights of the neighbors inside. */
  mask: f64;
}

/**
 * Offset, behind a Place, of its four neighbors, 16 bytes each: byte offset in the image as i32, −1 if outside; at 8 the
 * weight as f64.
 */
const neighborsAt: usize = 32;
/** Bytes of scratch of a call: a Place and its neighbors. */
export const warpScratch: u64 = 96;

/** Returns true if the coefficients of an image are finite. */
function finite(m: usize, count: i32): bool {
  let sum: f64 = 0;
  for (let k = 0; k < count; k++) sum += load<f64>(m + ((<usize>k) << 3)) * 0;
  return sum === 0;
}

/**
 * Finds the neighbors of a place; `size` is that of a pixel in bytes. Returns false if all are outside, as for NaN and for
 * coordinates too large for i32.
 */
function settle(at: Place, m: usize, size: usize, q: Warp): bool {
  if (q.form === warpNearest) {
    // Halves go to the even neighbor, as in torch's grid_sample.
    at.x = nearest(at.x);
    at.y = nearest(at.y);
  } else if (q.form === warpClamped) {
    at.x = min(max(at.x, load<f64>(m, 48)), load<f64>(m, 56));
    at.y = min(max(at.y, load<f64>(m, 64)), load<f64>(m, 72));
  }
  if (!(at.x > -1 && at.x < <f64>q.width && at.y > -1 && at.y < <f64>q.height)) return false;
  const column = Math.floor(at.x);
  const row = Math.floor(at.y);
  const right = at.x - column;
  const down = at.y - row;
  let neighbor = changetype<usize>(at) + neighborsAt;
  let outside: f64 = 0;
  for (let k = 0; k < 4; k++, neighbor += 16) {
    const r = <i32>row + (k >> 1);
    const c = <i32>column + (k & 1);
    const weight = (k & 1 ? right : 1 - right) * (k >> 1 ? down : 1 - down);
    const inside = <u32>r < <u32>q.height && <u32>c < <u32>q.width;
    if (!inside) outside += weight;
    store<i32>(neighbor, inside && weight !== 0 ? (r * q.width + c) * <i32>size : -1);
    store<f64>(neighbor, weight, 8);
  }
  at.mask = 1 - outside;
  return true;
}

/** out = Σ weight · neighbor for all channels, blended with the fill value. */
function gatherPixel<T>(out: usize, image: usize, at: Place, q: Warp): void {
  const fill = v128.splat<T>(<T>((1 - at.mask) * q.fill));
  for (let c: usize = 0; c < q.channels; c += lanes<T>()) {
    // −0, so that a copy keeps the sign of 0.
    let y = v128.splat<T>(-0.0 as T);
    for (let k: usize = 0; k < 64; k += 16) {
      const neighbor = changetype<usize>(at) + neighborsAt + k;
      if (load<i32>(neighbor) < 0) continue;
      const x = v128.load(image + load<i32>(neighbor) + c * sizeof<T>());
      y = v128.add<T>(y, v128.mul<T>(x, v128.splat<T>(<T>load<f64>(neighbor, 8))));
    }
    if (at.mask !== 1) y = v128.add<T>(v128.mul<T>(y, v128.splat<T>(<T>at.mask)), fill);
    storePart<T>(out + c * sizeof<T>(), y, min(<usize>q.channels - c, lanes<T>()));
  }
}

/** Adjoint of `gatherPixel`: adds weight · mask · g to each neighbor. */
function scatterPixel<T>(image: usize, g: usize, at: Place, q: Warp): void {
  for (let k: usize = 0; k < 64; k += 16) {
    const neighbor = changetype<usize>(at) + neighborsAt + k;
    if (load<i32>(neighbor) < 0) continue;
    const to = image + load<i32>(neighbor);
    const weight = v128.splat<T>(<T>(load<f64>(neighbor, 8) * at.mask));
    for (let c: usize = 0; c < q.channels; c += lanes<T>()) {
      const by = c * sizeof<T>();
      const sum = v128.add<T>(v128.load(to + by), v128.mul<T>(v128.load(g + by), weight));
      storePart<T>(to + by, sum, min(<usize>q.channels - c, lanes<T>()));
    }
  }
}

/**
 * Computes the columns of row p from column `from` on, one by one. `row` is a row of the output, or of its cotangent for the
 * adjoint.
 */
function pixels<T>(image: usize, row: usize, m: usize, p: u32, from: u32, q: Warp, at: Place, adjoint: bool): void {
  const size = <usize>q.channels * sizeof<T>();
  const x = load<f64>(m, 8) * <f64>p + load<f64>(m, 16);
  const y = load<f64>(m, 32) * <f64>p + load<f64>(m, 40);
  for (let r = from; r < q.outWidth; r++) {
    const pixel = row + <usize>r * size;
    at.x = load<f64>(m) * <f64>r + x;
    at.y = load<f64>(m, 24) * <f64>r + y;
    const inside = settle(at, m, size, q);
    if (adjoint) {
      if (inside) scatterPixel<T>(image, pixel, at, q);
    } else if (inside) gatherPixel<T>(pixel, image, at, q);
    else repeatElement<T>(pixel, changetype<usize>(at), q.channels);
  }
}

/** Copies `count` words in reverse order of pixels of `words` words each. */
function copyBackwards(out: usize, a: usize, count: usize, words: usize): void {
  const end = a;
  a += count << 2;
  if (words === 1) {
    for (; a >= end + 16; out += 16) {
      a -= 16;
      const v = v128.load(a);
      v128.store(out, v128.shuffle<u32>(v, v, 3, 2, 1, 0));
    }
  }
  for (; a > end; out += words << 2) {
    a -= words << 2;
    copyElements<f32>(out, a, words);
  }
}

/** Returns true if columns are shifted, or mirrored and shifted, by whole pixels, as in crops, flips and translations. */
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

/** Copies the part of a shifted image that lies inside; a pixel has `words` words of 4 bytes. */
function shiftPicture(out: usize, x: usize, m: usize, words: usize, q: Warp): void {
  const forward = load<f64>(m) === 1;
  const by = <i64>load<f64>(m, 16);
  // Columns start .. stop of the output lie inside: r + by, or by − r.
  const start = min(max(forward ? -by : by - q.width + 1, 0), <i64>q.outWidth);
  const stop = min(max(forward ? <i64>q.width - by : by + 1, start), <i64>q.outWidth);
  const count = <usize>(stop - start) * words;
  if (count === 0) return;
  x += (<usize>(forward ? start + by : by - stop + 1) * words) << 2;
  out += (<usize>start * words) << 2;
  for (let p: u32 = 0; p < q.outHeight; p++) {
    const row = nearest(load<f64>(m, 32) * <f64>p + load<f64>(m, 40));
    if (row >= 0 && row < <f64>q.height) {
      const line = x + ((<usize>row * q.width * words) << 2);
      if (forward) copyElements<f32>(out, line, count);
      else copyBackwards(out, line, count, words);
    }
    out += (<usize>q.outWidth * words) << 2;
  }
}

/**
 * Computes y [batch, outHeight, outWidth, channels] from x [batch, height, width, channels] and m [batch, 6 or 10] in f64;
 * or, for the adjoint, x from y, pixels of y being added in ascending order.
 */
export function warp<T>(y: usize, x: usize, m: usize, q: Warp, scratch: usize, adjoint: bool): void {
  const count = coefficientsOf(q.form);
  const row = <usize>q.outWidth * q.channels;
  const picture = <usize>q.height * q.width * q.channels;
  // `meanFours` loads the four neighbors as two pairs.
  const least = q.form === warpNearest ? 1 : 2;
  const byFours = !adjoint && sizeof<T>() === 4 && q.channels === 1 && q.width >= least && q.height >= least;
  for (let n: u32 = 0; n < q.batch; n++) {
    const valid = finite(m, count);
    const shift = valid && !adjoint && isShift(m, q);
    store<T>(scratch, valid ? (adjoint ? <T>0 : <T>q.fill) : <T>NaN);
    if (adjoint) repeatElement<T>(x, scratch, picture);
    else if (!valid || shift) repeatElement<T>(y, scratch, row * q.outHeight);
    if (shift) shiftPicture(y, x, m, <usize>q.channels * (sizeof<T>() >> 2), q);
    else if (valid) {
      for (let p: usize = 0; p < <usize>q.outHeight; p++) {
        const line = y + p * row * sizeof<T>();
        let done: u32 = 0;
        if (byFours) done = least === 1 ? nearestFours(line, x, m, <u32>p, q) : meanFours(line, x, m, <u32>p, q);
        pixels<T>(x, line, m, <u32>p, done, q, changetype<Place>(scratch), adjoint);
      }
    }
    y += row * q.outHeight * sizeof<T>();
    x += picture * sizeof<T>();
    m += (<usize>count) << 3;
  }
}
