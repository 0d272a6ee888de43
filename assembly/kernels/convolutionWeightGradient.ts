// Gradient of a convolution in its weights, summed over blocks of outputs. The four rows of gemm's tile are four neighbouring
// values of a line of the kernel, its columns the output channels. convolutionScalar.ts defines the result and the order.

import { Band, bandReach, layBand, setKernel } from "./band";
import { BandProduct, bandOf, bandProductScratch, openBandProduct } from "./bandProduct";
import { blockLines, blockWidth } from "./convolutionScalar";
import { depthwiseSums } from "./depthwise";
import { packPanels, strip } from "./gemm";
import { Geometry, isDepthwise } from "./geometry";
import { lanes, storePart, wholeLines } from "./lanes";
import { packColumns } from "./pack";
import { runTile4x1, runTile4x2 } from "./runs";
import { Beside } from "./tile";

/** Largest block of the image and g, in bytes, that is read in place; larger ones are packed first. */
const NEAR: usize = 1 << 16;

/** Bytes of scratch that `convolveWeightGradient` needs. */
export function convolveWeightGradientScratch<T>(q: Geometry, channels: u32, outChannels: u32): u64 {
  const single = isDepthwise(q, channels, outChannels);
  const outs = single ? 0 : outChannels / q.groups;
  const own = single ? channels : channels / q.groups;
  const sums = single ? <u64>q.heightKernel * q.widthKernel * channels * sizeof<T>() : <u64>outs * 4 * sizeof<T>();
  const pixels = <u64>blockLines<T>(q) * blockWidth<T>(q);
  const height = bandReach(blockLines<T>(q), q.heightStride, q.heightKernel, q.heightDilation);
  const width = bandReach(blockWidth<T>(q), q.widthStride, q.widthKernel, q.widthDilation);
  const band = height * width * own * sizeof<T>() + 64;
  return bandProductScratch<T>(blockLines<T>(q), single ? 0 : pixels, outs, band) + sums + 64;
}

/** The gradient of `convolve` in w for the cotangent g: see convolutionScalar.ts. */
export function convolveWeightGradient<T>(out: usize, x: usize, g: usize, q: Geometry, scratch: usize): void {
  const channels: usize = q.channels / q.groups;
  const outs: usize = q.outChannels / q.groups;
  const taps: usize = q.heightKernel * q.widthKernel;
  if (q.batch * q.outHeight * q.outWidth === 0) memory.fill(out, 0, taps * channels * q.outChannels * sizeof<T>());
  if (channels === 0 || outs === 0) return;
  const lines = <i32>blockLines<T>(q);
  const width = <i32>blockWidth<T>(q);
  const single = isDepthwise(q, q.channels, q.outChannels);
  const a = openBandProduct<T>(scratch, lines, single ? 0 : lines * width, single ? 0 : outs);
  const b = bandOf(a);
  const sums = b.room;
  b.room = wholeLines(sums + (single ? taps * q.channels : outs * 4) * sizeof<T>());
  setKernel<T>(b, q, single ? <usize>q.channels : channels);
  const row: usize = q.outChannels * sizeof<T>();
  const passes: usize = single ? 1 : <usize>q.groups;
  for (let k: usize = 0; k < passes; k++) {
    b.source = x + k * channels * sizeof<T>();
    let from = g + k * outs * sizeof<T>();
    let first = true;
    for (let n: u32 = 0; n < q.batch; n++) {
      for (let line = 0; line < <i32>q.outHeight; line += lines) {
        for (let pixel = 0; pixel < <i32>q.outWidth; pixel += width) {
          const high = min(<i32>q.outHeight - line, lines);
          const wide = min(<i32>q.outWidth - pixel, width);
          layBand<T>(b, line, pixel, high, wide);
          const at = from + (<usize>line * q.outWidth + pixel) * row;
          if (single) {
            const to = first ? out : sums;
            depthwiseSums<T>(to, b, at, row * q.outWidth, high, wide);
            if (!first) addRows<T>(out, row, sums, row, taps, q.channels);
          } else block<T>(a, b, out + k * outs * sizeof<T>(), row, at, high, wide, sums, first);
          first = false;
        }
      }
      b.source += b.pixel * q.imageHeight * q.imageWidth;
      from += row * q.outHeight * q.outWidth;
    }
  }
}

/** Adds the sums over a block to the gradient, or writes them if it is the first. */
function block<T>(
  a: BandProduct,
  b: Band,
  out: usize,
  row: usize,
  g: usize,
  lines: i32,
  width: i32,
  sums: usize,
  first: bool,
): void {
  const pixels: usize = lines * width;
  const step = <usize>b.strideX * b.tapPixel;
  const line = <usize>b.strideY * b.line;
  const near = <usize>(lines + b.rows) * line + pixels * a.outs * sizeof<T>() <= NEAR;
  for (let y = 0; y < lines; y++) store<u32>(a.runs + (y << 2), <u32>(<usize>y * line));
  if (!near) packPanels<T>(a.panels, g, row, pixels, a.panelRows, a.outs, false);
  const merged = b.columnStep === 1 || b.columns === 1;
  const parts: i32 = merged ? 1 : b.columns;
  const length: usize = merged ? b.channels * b.columns : b.channels;
  const sumRow: usize = first ? row : a.outs * sizeof<T>();
  for (let i = 0; i < b.rows; i++) {
    for (let j = 0; j < parts; j++) {
      const tap = b.at + <usize>(i * b.rowStep) * b.line + <usize>(j * b.columnStep) * b.tapPixel;
      for (let m: usize = 0; m < length; m += 4) {
        const rows = min<usize>(length - m, 4);
        const to = first ? out : sums;
        const from = tap + m * sizeof<T>();
        if (near) sumsInPlace<T>(to, sumRow, from, step, a, g, row, lines, width, rows);
        else sumsPacked<T>(to, sumRow, from, step, line, a, lines, width, rows);
        if (!first) addRows<T>(out, row, sums, sumRow, rows, a.outs);
        out += rows * row;
      }
    }
  }
}

/** Sums for up to four values of the kernel and all output channels, from the image and g in place. */
function sumsInPlace<T>(
  to: usize,
  toRow: usize,
  from: usize,
  step: usize,
  a: BandProduct,
  g: usize,
  row: usize,
  lines: i32,
  width: i32,
  rows: usize,
): void {
  const end = a.runs + ((<usize>lines) << 2);
  const length = <usize>width * step;
  let columns = a.outs;
  while (columns > lanes<T>()) {
    const own = min(columns, 2 * lanes<T>());
    runTile4x2<T, Beside>(to, toRow, from, 0, step, a.runs, end, length, g, row, rows, own, true);
    columns -= own;
    to += 32;
    g += 32;
  }
  if (columns) runTile4x1<T, Beside>(to, toRow, from, 0, step, a.runs, end, length, g, row, rows, columns, true);
}

/** The same sums from packed values of the image and packed g. */
function sumsPacked<T>(
  to: usize,
  toRow: usize,
  from: usize,
  step: usize,
  line: usize,
  a: BandProduct,
  lines: i32,
  width: i32,
  rows: usize,
): void {
  let at = a.strip;
  for (let y = 0; y < lines; y++) {
    packColumns<T>(at, from, step, width, rows);
    at += <usize>width * 4 * sizeof<T>();
    from += line;
  }
  const pixels: usize = lines * width;
  strip<T, Beside>(to, toRow, a.strip, 0, 4 * sizeof<T>(), a.panels, pixels, a.panelRows, rows, a.outs, true);
}

/** out[r, v] += a[r, v] */
function addRows<T>(out: usize, outRow: usize, a: usize, aRow: usize, rows: usize, count: usize): void {
  for (; rows; --rows) {
    for (let j: usize = 0; j < count; j += lanes<T>()) {
      const sum = v128.add<T>(v128.load(out + j * sizeof<T>()), v128.load(a + j * sizeof<T>()));
      storePart<T>(out + j * sizeof<T>(), sum, min(count - j, lanes<T>()));
    }
    out += outRow;
    a += aRow;
  }
}
