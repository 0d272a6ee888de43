// Convolution as the product of a band of the image (see band.ts) with packed weights. Four neighbouring outputs of a line
// are the four rows of gemm's tile, which reads them in place in the band. Four outputs across the end of a line are packed.

import { Band, bandBytes, bandReach, layBand } from "./band";
import { strip } from "./gemm";
import { Geometry } from "./geometry";
import { lanes, wholeLines } from "./lanes";
import { packFour } from "./pack";
import { runTile4x1, runTile4x2 } from "./runs";
import { Apart, Beside } from "./tile";

/** Largest number of terms of a sum in one multiplyPass, in whole runs: a panel of them stays in the first-level cache. */
const DEPTH: usize = 640;
/** Bytes of a row of weights in one multiplyPass: DEPTH rows of them stay in the second-level cache. */
const ROW: usize = 512;

/** The product of a band: its outputs, the packed weights, and scratch. */
@unmanaged
export class BandProduct {
  out: usize; // outputs of a sample
  outLine: usize; // bytes from one line of outputs to the next
  outPixel: usize;
  outs: usize; // columns of the packed weights
  panels: usize;
  panelRows: usize; // rows from one panel to the next
  runs: usize; // u32 offsets of the runs of taps in the band
  runCount: usize;
  runLength: usize; // values of a run
  strip: usize; // room for packing four outputs across the end of a line
}

/** Bytes reserved at the start of the scratch for a BandProduct and a Band. */
export const records: usize = 256;

/** Rows of a panel: the terms of a sum, and up to four that packing writes past them. */
function panelRowsOf(depth: u64): u64 {
  return depth + 4;
}

/** Bytes of scratch for band products or a weight gradient: runs, a strip, panels, and the band. */
export function bandProductScratch<T>(runs: u64, depth: u64, outs: u64, band: u64): u64 {
  const panels = (outs + 2 * lanes<T>() - 1) / (2 * lanes<T>());
  return records + (runs * 4 + 64) + panelRowsOf(depth) * (32 * panels + 4 * sizeof<T>()) + 128 + band;
}

/**
 * Bytes of scratch of the products of a band that is `high` by `wide` pixels as a whole, and `four` wide where it is as narrow as
 * it can be: of every tap `own` values are read, for `outs` results.
 */
export function bandScratch<T>(q: Geometry, high: u64, wide: u64, four: u64, own: u64, outs: u64): u64 {
  const taps = <u64>q.heightKernel * q.widthKernel;
  const line = bandReach(1, 1, q.heightKernel, q.heightDilation);
  const band = bandBytes(high * wide * own * sizeof<T>(), line * four * own * sizeof<T>());
  return bandProductScratch<T>(taps, taps * own, outs, band);
}

/** Divides the scratch into its parts; the band is the last. */
export function openBandProduct<T>(scratch: usize, runs: usize, depth: usize, outs: usize): BandProduct {
  const q = changetype<BandProduct>(scratch);
  q.outs = outs;
  q.panelRows = <usize>panelRowsOf(depth);
  q.runs = scratch + records;
  q.strip = wholeLines(q.runs + runs * 4);
  q.panels = wholeLines(q.strip + q.panelRows * 4 * sizeof<T>());
  const panels = (outs + 2 * lanes<T>() - 1) / (2 * lanes<T>());
  bandOf(q).room = q.panels + panels * q.panelRows * 32;
  return q;
}

export function bandOf(q: BandProduct): Band {
  return changetype<Band>(changetype<usize>(q) + offsetof<BandProduct>());
}

/** Writes the offsets in the band at which runs of adjacent taps begin. */
function setRuns<T>(q: BandProduct, b: Band): void {
  const merged = b.columnStep === 1 || b.columns === 1;
  const perRow: i32 = merged ? 1 : b.columns;
  q.runLength = merged ? b.channels * b.columns : b.channels;
  q.runCount = b.rows * perRow;
  let at = q.runs;
  for (let i = 0; i < b.rows; i++) {
    for (let j = 0; j < perRow; j++) {
      store<u32>(at, <u32>(<usize>(i * b.rowStep) * b.line + <usize>(j * b.columnStep) * b.tapPixel));
      at += 4;
    }
  }
}

/** Computes the outputs of one sample. */
export function multiplyBands<T>(q: BandProduct, b: Band): void {
  for (let line = 0; line < b.lines; line += b.bandLines) {
    const lines = min(b.lines - line, b.bandLines);
    for (let pixel = 0; pixel < b.pixels; pixel += b.bandPixels) {
      const pixels = min(b.pixels - pixel, b.bandPixels);
      layBand<T>(b, line, pixel, lines, pixels);
      setRuns<T>(q, b);
      multiplyBand<T>(q, b, q.out + <usize>line * q.outLine + <usize>pixel * q.outPixel, lines, pixels);
    }
  }
}

/** Computes the outputs of a band, by blocks of columns and of terms. */
function multiplyBand<T>(q: BandProduct, b: Band, out: usize, lines: i32, pixels: i32): void {
  const perPass = max<usize>(DEPTH / q.runLength, 1);
  for (let j: usize = 0; j < q.outs; j += ROW / sizeof<T>()) {
    const columns = min(q.outs - j, ROW / sizeof<T>());
    const panels = q.panels + (j / (2 * lanes<T>())) * q.panelRows * 32;
    for (let r: usize = 0; r < q.runCount; r += perPass) {
      const count = min(q.runCount - r, perPass);
      const runs = q.runs + r * 4;
      const panel = panels + r * q.runLength * 32;
      multiplyPass<T>(q, b, out + j * sizeof<T>(), lines, pixels, runs, count, panel, columns, r === 0);
    }
  }
}

function multiplyPass<T>(
  q: BandProduct,
  b: Band,
  out: usize,
  lines: i32,
  pixels: i32,
  runs: usize,
  count: usize,
  panel: usize,
  columns: usize,
  first: bool,
): void {
  const total = lines * pixels;
  const crosses = pixels === b.pixels && q.outLine === <usize>pixels * q.outPixel;
  const aRow = <usize>b.strideX * b.tapPixel;
  const aLine = <usize>b.strideY * b.line;
  for (let m = 0; m < total; ) {
    const y = m / pixels;
    const x = m - y * pixels;
    const strips = (pixels - x) >> 2;
    const to = out + <usize>y * q.outLine + <usize>x * q.outPixel;
    if (strips > 0) {
      const a = b.at + <usize>y * aLine + <usize>x * aRow;
      strips4<T>(to, q.outPixel, a, aRow, strips, runs, count, q.runLength, panel, q.panelRows, columns, first);
      m += strips * 4;
      continue;
    }
    const rows = crosses ? min(total - m, 4) : pixels - x;
    packStrip<T>(q.strip, b.at, aRow, aLine, m, rows, pixels, runs, count, q.runLength);
    const depth = count * q.runLength;
    strip<T, Beside>(to, q.outPixel, q.strip, 0, 4 * sizeof<T>(), panel, depth, q.panelRows, rows, columns, first);
    m += rows;
  }
}

/** Address of output m of a band that is `pixels` wide. */
function outputAt(at: usize, aRow: usize, aLine: usize, m: i32, pixels: i32): usize {
  const y = m / pixels;
  return at + <usize>y * aLine + <usize>(m - y * pixels) * aRow;
}

/** Packs the values read by up to four outputs from m on, of which some are on the next line. */
function packStrip<T>(
  to: usize,
  at: usize,
  aRow: usize,
  aLine: usize,
  m: i32,
  rows: i32,
  pixels: i32,
  runs: usize,
  count: usize,
  length: usize,
): void {
  const a0 = outputAt(at, aRow, aLine, m, pixels);
  const a1 = outputAt(at, aRow, aLine, m + min(1, rows - 1), pixels);
  const a2 = outputAt(at, aRow, aLine, m + min(2, rows - 1), pixels);
  const a3 = outputAt(at, aRow, aLine, m + min(3, rows - 1), pixels);
  for (const end = runs + count * 4; runs !== end; runs += 4) {
    const offset: usize = load<u32>(runs);
    packFour<T>(to, 4 * sizeof<T>(), a0 + offset, a1 + offset, a2 + offset, a3 + offset, length);
    to += length * 4 * sizeof<T>();
  }
}

/** Strips of four outputs times all panels. The tiles are inlined, as a call costs a fifth of the time of a sum of nine terms. */
function strips4<T>(
  out: usize,
  outRow: usize,
  a: usize,
  aRow: usize,
  strips: i32,
  runs: usize,
  count: usize,
  length: usize,
  panel: usize,
  panelRows: usize,
  columns: usize,
  first: bool,
): void {
  const runsEnd = runs + count * 4;
  length *= sizeof<T>();
  while (columns > lanes<T>()) {
    const width = min(columns, 2 * lanes<T>());
    let to = out;
    let at = a;
    for (let k = strips; k > 0; k--) {
      inline.always(
        runTile4x2<T, Apart>(to, outRow, at, aRow, sizeof<T>(), runs, runsEnd, length, panel, 32, 4, width, first),
      );
      to += 4 * outRow;
      at += 4 * aRow;
    }
    columns -= width;
    out += 32;
    panel += panelRows * 32;
  }
  if (columns === 0) return;
  for (let k = strips; k > 0; k--) {
    inline.always(
      runTile4x1<T, Apart>(out, outRow, a, aRow, sizeof<T>(), runs, runsEnd, length, panel, 32, 4, columns, first),
    );
    out += 4 * outRow;
    a += 4 * aRow;
  }
}
