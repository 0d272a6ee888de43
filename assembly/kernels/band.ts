// A band: the part of an image that some lines of outputs read, copied together with the zeros around it. In the copy every
// tap is at a fixed distance from the first tap of its output, and neighbouring taps of a line are side by side. The
// windows of an image (im2col) are never all written out. A band inside the image, of all its channels, is read in place.

import { Geometry } from "./geometry";
import { copyElements } from "./strided";

/** Largest size of a band in bytes, unless four outputs need more: with the panels of the weights, half of a second-level cache. */
const BAND: u64 = 1 << 18;

/** A grid of taps over an image, and the current band of it. */
@unmanaged
export class Band {
  source: usize; // first value of a sample
  height: i32;
  width: i32;
  pixel: usize; // bytes from one pixel of the source to the next
  channels: usize; // values that a tap reads
  rows: i32; // taps
  columns: i32;
  rowStep: i32; // pixels from one tap to the next
  columnStep: i32;
  top: i32; // line of the first tap of the first output, negative in the padding
  left: i32;
  strideY: i32; // pixels from one output to the next
  strideX: i32;
  lines: i32; // lines of outputs of a sample
  pixels: i32;
  bandLines: i32; // lines of outputs of a band, at most
  bandPixels: i32;
  at: usize; // address of the band, in the image or in `room`
  line: usize; // bytes of a line of the band
  tapPixel: usize; // bytes of a pixel of the band
  room: usize; // address of copies
}

/** Sets the taps of a convolution, each of which reads `channels` values. */
export function setKernel<T>(b: Band, q: Geometry, channels: usize): void {
  b.height = q.imageHeight;
  b.width = q.imageWidth;
  b.pixel = q.channels * sizeof<T>();
  b.channels = channels;
  b.rows = q.heightKernel;
  b.columns = q.widthKernel;
  b.rowStep = q.heightDilation;
  b.columnStep = q.widthDilation;
  b.top = -(<i32>q.top);
  b.left = -(<i32>q.left);
  b.strideY = q.heightStride;
  b.strideX = q.widthStride;
}

/** Number of pixels from the first to the last that `outputs` outputs of an axis read. */
export function bandReach(outputs: u64, stride: u64, taps: u64, step: u64): u64 {
  return (outputs - 1) * stride + (taps - 1) * step + 1;
}

/** Bytes to reserve for bands of an image: `whole` is the size of a band of all outputs, `least` that of four. */
export function bandBytes(whole: u64, least: u64): u64 {
  return max(min(whole, BAND), least) + 64;
}

/** Sets the number of outputs of a band. */
export function cutBands<T>(b: Band): void {
  const pixel = <u64>b.channels * sizeof<T>();
  const height = bandReach(1, b.strideY, b.rows, b.rowStep);
  const least = bandReach(4, b.strideX, b.columns, b.columnStep) * height * pixel;
  let line = bandReach(b.pixels, b.strideX, b.columns, b.columnStep) * pixel;
  b.bandPixels = b.pixels;
  if (line * height > BAND && b.pixels > 4) {
    // One line of outputs is too large: a band is part of a line, in whole strips of four outputs.
    const room = least < BAND ? (BAND - least) / (4 * height * pixel * b.strideX) : 0;
    b.bandPixels = <i32>min<u64>(b.pixels, 4 + 4 * room);
    line = bandReach(b.bandPixels, b.strideX, b.columns, b.columnStep) * pixel;
  }
  const more = line * height < BAND ? (BAND - line * height) / (line * b.strideY) : 0;
  b.bandLines = <i32>min<u64>(b.lines, 1 + more);
}

/** Prepares the band for `lines` by `pixels` outputs, the first of them at (line, pixel). */
export function layBand<T>(b: Band, line: i32, pixel: i32, lines: i32, pixels: i32): void {
  const top = line * b.strideY + b.top;
  const left = pixel * b.strideX + b.left;
  const height = <i32>bandReach(lines, b.strideY, b.rows, b.rowStep);
  const width = <i32>bandReach(pixels, b.strideX, b.columns, b.columnStep);
  const packed = b.channels * sizeof<T>();
  const whole = b.pixel === packed;
  if (whole && top >= 0 && left >= 0 && top + height <= b.height && left + width <= b.width) {
    b.tapPixel = b.pixel;
    b.line = <usize>b.width * b.pixel;
    b.at = b.source + <usize>top * b.line + <usize>left * b.pixel;
    return;
  }
  b.tapPixel = packed;
  b.line = <usize>width * packed;
  b.at = b.room;
  const before = min(max(-left, 0), width);
  const inside = max(min(left + width, b.width) - max(left, 0), 0);
  const after = width - before - inside;
  let to = b.room;
  for (let y = top; y < top + height; y++) {
    if (y < 0 || y >= b.height || inside === 0) {
      zero<T>(to, <usize>width * b.channels);
      to += b.line;
      continue;
    }
    zero<T>(to, <usize>before * b.channels);
    to += <usize>before * packed;
    let from = b.source + (<usize>y * b.width + max(left, 0)) * b.pixel;
    if (whole) {
      copyElements<T>(to, from, <usize>inside * b.channels);
      to += <usize>inside * packed;
    } else {
      for (let x = 0; x < inside; x++) {
        copyElements<T>(to, from, b.channels);
        from += b.pixel;
        to += packed;
      }
    }
    zero<T>(to, <usize>after * b.channels);
    to += <usize>after * packed;
  }
}

/** Writes zeros; for a few, a loop is faster than memory.fill. */
function zero<T>(to: usize, count: usize): void {
  const end = to + count * sizeof<T>();
  for (; to + 16 <= end; to += 16) v128.store(to, i64x2.splat(0));
  for (; to < end; to += sizeof<T>()) store<T>(to, 0);
}
