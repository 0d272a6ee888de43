// The part of an image that a band of outputs reads, copied with the zeros around it: then every tap of every output lies at
// one distance from the output's first, and neighbouring taps of a line side by side. Nothing as large as all windows
// of an image is ever laid out. Where nothing has to be added, the image is read where it lies.

import { Geometry } from "./geometry";
import { copyElements } from "./strided";

/** Bytes of a band, if one line of outputs fits: with the panels of the weights, half of a second-level cache. */
const BAND: u64 = 1 << 18;

/** A grid of taps over an image, and the band of it that is laid out. */
@unmanaged
export class Band {
  source: usize; // first value of a sample
  height: i32;
  width: i32;
  pixel: usize; // bytes from one pixel of the source to the next
  channels: usize; // values that a tap reads
  rows: i32; // taps
  columns: i32;
  rowStep: i32; // pixels from one to the next
  columnStep: i32;
  top: i32; // the first tap of the first output
  left: i32;
  strideY: i32; // pixels from one output to the next
  strideX: i32;
  lines: i32; // outputs in all
  pixels: i32;
  bandLines: i32; // outputs of a band, at most
  bandPixels: i32;
  at: usize; // what is laid out: its address,
  line: usize; // bytes of a line,
  tapPixel: usize; // bytes of a pixel
  room: usize; // where it is laid out
}

/** The taps of a convolution that read so many channels, over its image. */
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

/** Pixels from the first that so many outputs read to the last. */
export function bandReach(outputs: u64, stride: u64, taps: u64, step: u64): u64 {
  return (outputs - 1) * stride + (taps - 1) * step + 1;
}

/** Bytes that bands of an image need at most, which take so many whole, and least so many. */
export function bandBytes(whole: u64, least: u64): u64 {
  return max(min(whole, BAND), least) + 64;
}

/** Sets how many outputs a band has. */
export function cutBands<T>(b: Band): void {
  const pixel = <u64>b.channels * sizeof<T>();
  const height = bandReach(1, b.strideY, b.rows, b.rowStep);
  const least = bandReach(4, b.strideX, b.columns, b.columnStep) * height * pixel;
  let line = bandReach(b.pixels, b.strideX, b.columns, b.columnStep) * pixel;
  b.bandPixels = b.pixels;
  if (line * height > BAND && b.pixels > 4) {
    // Not even one line fits: parts of lines, in whole strips of four.
    const room = least < BAND ? (BAND - least) / (4 * height * pixel * b.strideX) : 0;
    b.bandPixels = <i32>min<u64>(b.pixels, 4 + 4 * room);
    line = bandReach(b.bandPixels, b.strideX, b.columns, b.columnStep) * pixel;
  }
  const more = line * height < BAND ? (BAND - line * height) / (line * b.strideY) : 0;
  b.bandLines = <i32>min<u64>(b.lines, 1 + more);
}

/** Lays out what `lines` by `pixels` outputs read, the first of them at (line, pixel). */
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

/** Zeros, of which a few are faster than by memory.fill. */
function zero<T>(to: usize, count: usize): void {
  const end = to + count * sizeof<T>();
  for (; to + 16 <= end; to += 16) v128.store(to, i64x2.splat(0));
  for (; to < end; to += sizeof<T>()) store<T>(to, 0);
}
