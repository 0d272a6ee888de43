// Convolution, fast: products of what lies under the kernel with the weights, without laying the windows out. See
// convolutionScalar.ts for what is computed, and in which order.
//
// The gradient in the image is the same gather over g: its taps are those of the kernel from the last to the first, so that addresses
// ascend, and with a stride the pixels fall into phases, each with the taps that reach it, and no multiplication
// by zeros between pixels.
//
// Four neighbouring outputs of a line are a strip of gemm's tile, read where they lie in the band; a strip over the end of a line is
// packed. The weights are packed once. Measured on Zen 4, Node 20: see bench/rows/convolutions.js.

import { Band, bandBytes, bandReach, cutBands, layBand } from "./band";
import { blockLines, blockWidth } from "./convolutionScalar";
import { depthwise, depthwiseScratch, depthwiseSums } from "./depthwise";
import { gemm, gemmScratch, packPanels, strip } from "./gemm";
import { Geometry } from "./geometry";
import { lanes, storePart } from "./lanes";
import { packColumns, packFour } from "./pack";
import { runTile4x1, runTile4x2 } from "./runs";
import { Apart, Beside } from "./tile";

/** Values of a chain that one pass over the band takes, in whole runs: a panel of them stays in the first-level cache. */
const DEPTH: usize = 640;
/** Bytes of one row of the packed weights in a pass: with DEPTH rows they stay in the second-level cache. */
const ROW: usize = 512;

/** Bytes of a block of the weight gradient and its outputs that are read where they lie: more is packed first. */
const NEAR: usize = 1 << 16;

/** What is made of a band. */
@unmanaged
class Gather {
  out: usize; // of a sample
  outLine: usize; // bytes from one line of outputs to the next
  outPixel: usize;
  outs: usize; // columns of the packed weights
  panels: usize;
  panelRows: usize; // from one panel to the next
  runs: usize; // u32 offsets in the band
  runCount: usize;
  runLength: usize; // values
  strip: usize; // for a strip over the end of a line
}

/** Bytes at the head of the scratch: a Gather, and a Band behind it. */
const records: usize = 256;

/** Values of a chain, with what packing writes beyond them. */
function panelRowsOf(depth: u64): u64 {
  return depth + 4;
}

/** Bytes of scratch of a gather or of a weight gradient: runs, a strip, panels, and the band. */
function scratchBytes<T>(runs: u64, depth: u64, outs: u64, band: u64): u64 {
  const panels = (outs + 2 * lanes<T>() - 1) / (2 * lanes<T>());
  return records + (runs * 4 + 64) + panelRowsOf(depth) * (32 * panels + 4 * sizeof<T>()) + 128 + band;
}

/** Lays the scratch out; the band comes last. */
function open<T>(scratch: usize, runs: usize, depth: usize, outs: usize): Gather {
  const q = changetype<Gather>(scratch);
  q.outs = outs;
  q.panelRows = <usize>panelRowsOf(depth);
  q.runs = scratch + records;
  q.strip = (q.runs + runs * 4 + 63) & ~63;
  q.panels = (q.strip + q.panelRows * 4 * sizeof<T>() + 63) & ~63;
  const panels = (outs + 2 * lanes<T>() - 1) / (2 * lanes<T>());
  bandOf(q).room = q.panels + panels * q.panelRows * 32;
  return q;
}

function bandOf(q: Gather): Band {
  return changetype<Band>(changetype<usize>(q) + offsetof<Gather>());
}

/** Writes where the runs of taps begin in the band that is laid out. */
function setRuns<T>(q: Gather, b: Band): void {
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

/** The outputs of one sample. */
function gather<T>(q: Gather, b: Band): void {
  for (let line = 0; line < b.lines; line += b.bandLines) {
    const lines = min(b.lines - line, b.bandLines);
    for (let pixel = 0; pixel < b.pixels; pixel += b.bandPixels) {
      const pixels = min(b.pixels - pixel, b.bandPixels);
      layBand<T>(b, line, pixel, lines, pixels);
      setRuns<T>(q, b);
      passes<T>(q, b, q.out + <usize>line * q.outLine + <usize>pixel * q.outPixel, lines, pixels);
    }
  }
}

/** The outputs of a band, by columns and blocks of the chain. */
function passes<T>(q: Gather, b: Band, out: usize, lines: i32, pixels: i32): void {
  const perPass = max<usize>(DEPTH / q.runLength, 1);
  for (let j: usize = 0; j < q.outs; j += ROW / sizeof<T>()) {
    const columns = min(q.outs - j, ROW / sizeof<T>());
    const panels = q.panels + (j / (2 * lanes<T>())) * q.panelRows * 32;
    for (let r: usize = 0; r < q.runCount; r += perPass) {
      const count = min(q.runCount - r, perPass);
      const runs = q.runs + r * 4;
      const panel = panels + r * q.runLength * 32;
      pass<T>(q, b, out + j * sizeof<T>(), lines, pixels, runs, count, panel, columns, r === 0);
    }
  }
}

function pass<T>(
  q: Gather,
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

/** Packs what up to four outputs from m on read, of which some lie on the next line. */
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

/** Strips of four neighbouring outputs times all panels. The tiles are inlined: a call is a fifth of the time of a chain of nine. */
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

/** Whether a convolution is a product of the images as they are. */
function isProduct(q: Geometry): bool {
  return (
    (q.heightKernel | q.widthKernel | q.heightStride | q.widthStride | q.groups) === 1 &&
    (q.top | q.bottom | q.left | q.right) === 0
  );
}

/** Whether every channel has a kernel of its own, and one output. */
function isDepthwise(q: Geometry, channels: u32, outChannels: u32): bool {
  return q.groups > 1 && q.groups === channels && channels === outChannels;
}

/** Bytes of scratch `convolve` needs, for an image and weights of so many channels. */
export function convolveScratch<T>(q: Geometry, batch: u32, channels: u32, outChannels: u32): u64 {
  const pixels = batch * q.imageHeight * q.imageWidth;
  if (isProduct(q)) return gemmScratch<T>(pixels, outChannels, channels, false, false);
  if (isDepthwise(q, channels, outChannels)) {
    const kernel = <u64>q.widthKernel;
    return (
      records + depthwiseScratch<T>(q.heightKernel, kernel, q.widthDilation, q.widthStride, q.imageWidth, channels)
    );
  }
  const own: u64 = channels / q.groups;
  const taps = <u64>q.heightKernel * q.widthKernel;
  const height = bandReach(q.outHeight, q.heightStride, q.heightKernel, q.heightDilation);
  const width = bandReach(q.outWidth, q.widthStride, q.widthKernel, q.widthDilation);
  const line = bandReach(1, 1, q.heightKernel, q.heightDilation);
  const four = bandReach(min<u32>(q.outWidth, 4), q.widthStride, q.widthKernel, q.widthDilation);
  const band = bandBytes(height * width * own * sizeof<T>(), line * four * own * sizeof<T>());
  return scratchBytes<T>(taps, taps * own, outChannels / q.groups, band);
}

/** y = x ∗ w: see convolutionScalar.ts. */
export function convolve<T>(out: usize, x: usize, w: usize, q: Geometry, scratch: usize): void {
  const pixels = q.batch * q.imageHeight * q.imageWidth;
  if (isProduct(q)) return gemm<T>(out, x, w, pixels, q.outChannels, q.channels, false, false, scratch);
  const channels: usize = q.channels / q.groups;
  const outs: usize = q.outChannels / q.groups;
  if (channels === 0) memory.fill(out, 0, q.batch * q.outHeight * q.outWidth * q.outChannels * sizeof<T>());
  if (channels === 0 || outs === 0) return;
  const taps: usize = q.heightKernel * q.widthKernel;
  const depth = taps * channels;
  const single = isDepthwise(q, q.channels, q.outChannels);
  const g = single ? changetype<Gather>(scratch) : open<T>(scratch, taps, depth, outs);
  const b = bandOf(g);
  const row: usize = q.outChannels * sizeof<T>();
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
  b.lines = q.outHeight;
  b.pixels = q.outWidth;
  g.outPixel = row;
  g.outLine = row * q.outWidth;
  if (single) {
    b.source = x;
    b.channels = q.channels;
    for (let n: u32 = 0; n < q.batch; n++) {
      depthwise<T>(b, w, out, g.outLine, row, scratch + records);
      b.source += b.pixel * q.imageHeight * q.imageWidth;
      out += g.outLine * q.outHeight;
    }
    return;
  }
  cutBands<T>(b);
  for (let k: usize = 0; k < q.groups; k++) {
    packPanels<T>(g.panels, w + k * outs * sizeof<T>(), row, depth, g.panelRows, outs, false);
    b.source = x + k * channels * sizeof<T>();
    g.out = out + k * outs * sizeof<T>();
    for (let n: u32 = 0; n < q.batch; n++) {
      gather<T>(g, b);
      b.source += b.pixel * q.imageHeight * q.imageWidth;
      g.out += g.outLine * q.outHeight;
    }
  }
}

/** The taps of one axis that reach pixels phase, phase + stride, ... of the image, from the last to the first. */
@unmanaged
class Phase {
  last: i32; // tap, -1 if there is none
  step: i32; // taps from one to the next before it
  count: i32;
  from: i32; // output that the last tap of pixel `phase` reads
  apart: i32; // outputs from one tap to the next
}

function setPhase(p: Phase, phase: i32, before: i32, kernel: i32, dilation: i32, stride: i32): void {
  p.last = -1;
  p.step = 1;
  p.count = 0;
  for (let i = kernel - 1; i >= 0; i--) {
    if ((phase + before - i * dilation) % stride !== 0) continue;
    if (p.count === 0) p.last = i;
    if (p.count === 1) p.step = p.last - i;
    p.count++;
  }
  p.from = (phase + before - p.last * dilation) / stride;
  p.apart = max((p.step * dilation) / stride, 1);
}

/** Bytes of scratch `convolveInputGradient` needs. */
export function convolveInputGradientScratch<T>(q: Geometry, batch: u32, channels: u32, outChannels: u32): u64 {
  const pixels = batch * q.imageHeight * q.imageWidth;
  if (isProduct(q)) return gemmScratch<T>(pixels, channels, outChannels, false, true);
  if (isDepthwise(q, channels, outChannels)) {
    const weights = <u64>q.heightKernel * q.widthKernel * channels * sizeof<T>() + 64;
    return (
      records + weights + depthwiseScratch<T>(q.heightKernel, q.widthKernel, q.widthDilation, 1, q.outWidth, channels)
    );
  }
  const own: u64 = outChannels / q.groups;
  const taps = <u64>q.heightKernel * q.widthKernel;
  const height = bandReach(q.imageHeight, 1, q.heightKernel, q.heightDilation);
  const width = bandReach(q.imageWidth, 1, q.widthKernel, q.widthDilation);
  const line = bandReach(1, 1, q.heightKernel, q.heightDilation);
  const four = bandReach(min<u32>(q.imageWidth, 4), 1, q.widthKernel, q.widthDilation);
  const band = bandBytes(height * width * own * sizeof<T>(), line * four * own * sizeof<T>());
  return scratchBytes<T>(taps, taps * own, channels / q.groups, band);
}

/** The gradient of `convolve` in x for the cotangent g: see convolutionScalar.ts. */
export function convolveInputGradient<T>(out: usize, g: usize, w: usize, q: Geometry, scratch: usize): void {
  const pixels = q.batch * q.imageHeight * q.imageWidth;
  if (isProduct(q)) return gemm<T>(out, g, w, pixels, q.channels, q.outChannels, false, true, scratch);
  const channels: usize = q.channels / q.groups;
  const outs: usize = q.outChannels / q.groups;
  if (channels === 0) return;
  if (outs === 0) return memory.fill(out, 0, pixels * q.channels * sizeof<T>());
  const taps: usize = q.heightKernel * q.widthKernel;
  const single = isDepthwise(q, q.channels, q.outChannels);
  const a = single ? changetype<Gather>(scratch) : open<T>(scratch, taps, taps * outs, channels);
  const b = bandOf(a);
  const high = changetype<Phase>(changetype<usize>(b) + offsetof<Band>());
  const wide = changetype<Phase>(changetype<usize>(high) + offsetof<Phase>());
  b.height = q.outHeight;
  b.width = q.outWidth;
  b.pixel = q.outChannels * sizeof<T>();
  b.channels = outs;
  b.strideY = 1;
  b.strideX = 1;
  const pixel: usize = q.channels * sizeof<T>();
  const line = pixel * q.imageWidth;
  a.outPixel = pixel * q.widthStride;
  a.outLine = line * q.heightStride;
  const strideY = <i32>q.heightStride;
  const strideX = <i32>q.widthStride;
  for (let y = 0; y < min(strideY, <i32>q.imageHeight); y++) {
    setPhase(high, y, q.top, q.heightKernel, q.heightDilation, strideY);
    for (let x = 0; x < min(strideX, <i32>q.imageWidth); x++) {
      setPhase(wide, x, q.left, q.widthKernel, q.widthDilation, strideX);
      if (high.count === 0 || wide.count === 0) {
        zeroPhase<T>(out + <usize>y * line + <usize>x * pixel, q, y, x);
        continue;
      }
      b.rows = high.count;
      b.columns = wide.count;
      b.rowStep = high.apart;
      b.columnStep = wide.apart;
      b.top = high.from;
      b.left = wide.from;
      b.lines = (<i32>q.imageHeight - y + strideY - 1) / strideY;
      b.pixels = (<i32>q.imageWidth - x + strideX - 1) / strideX;
      if (single) {
        b.channels = q.channels;
        depthwisePhase<T>(b, q, out + <usize>y * line + <usize>x * pixel, g, w, high, wide, a, scratch + records);
        continue;
      }
      cutBands<T>(b);
      for (let k: usize = 0; k < q.groups; k++) {
        packTaps<T>(a, w + k * outs * sizeof<T>(), q, high, wide, channels, outs);
        b.source = g + k * outs * sizeof<T>();
        a.out = out + <usize>y * line + <usize>x * pixel + k * channels * sizeof<T>();
        for (let n: u32 = 0; n < q.batch; n++) {
          gather<T>(a, b);
          b.source += b.pixel * q.outHeight * q.outWidth;
          a.out += line * q.imageHeight;
        }
      }
    }
  }
}

/** A phase where every channel has its own kernel: its taps are copied in their order. */
function depthwisePhase<T>(
  b: Band,
  q: Geometry,
  out: usize,
  g: usize,
  w: usize,
  high: Phase,
  wide: Phase,
  a: Gather,
  scratch: usize,
): void {
  const row: usize = q.channels * sizeof<T>();
  let to = scratch;
  for (let i = 0; i < high.count; i++) {
    for (let j = 0; j < wide.count; j++) {
      const tap: usize = (high.last - i * high.step) * q.widthKernel + (wide.last - j * wide.step);
      memory.copy(to, w + tap * row, row);
      to += row;
    }
  }
  b.source = g;
  for (let n: u32 = 0; n < q.batch; n++) {
    depthwise<T>(b, scratch, out, a.outLine, a.outPixel, (to + 63) & ~63);
    b.source += b.pixel * q.outHeight * q.outWidth;
    out += row * q.imageHeight * q.imageWidth;
  }
}

/** Zeros where no tap reaches the pixels of a phase. */
function zeroPhase<T>(out: usize, q: Geometry, y: i32, x: i32): void {
  const pixel: usize = q.channels * sizeof<T>();
  const line = pixel * q.imageWidth;
  for (let n: u32 = 0; n < q.batch; n++) {
    for (let p = y; p < <i32>q.imageHeight; p += q.heightStride) {
      let at = out + <usize>(p - y) * line;
      for (let r = x; r < <i32>q.imageWidth; r += q.widthStride) {
        memory.fill(at, 0, pixel);
        at += pixel * q.widthStride;
      }
    }
    out += line * q.imageHeight;
  }
}

/** Packs the weights of the taps of a phase, transposed. */
function packTaps<T>(a: Gather, w: usize, q: Geometry, high: Phase, wide: Phase, channels: usize, outs: usize): void {
  const row: usize = q.outChannels * sizeof<T>();
  let panels = a.panels;
  for (let i = 0; i < high.count; i++) {
    for (let j = 0; j < wide.count; j++) {
      const tap: usize = (high.last - i * high.step) * q.widthKernel + (wide.last - j * wide.step);
      packPanels<T>(panels, w + tap * channels * row, row, outs, a.panelRows, channels, true);
      panels += outs * 32;
    }
  }
}

/** Bytes of scratch `convolveWeightGradient` needs. */
export function convolveWeightGradientScratch<T>(q: Geometry, channels: u32, outChannels: u32): u64 {
  const single = isDepthwise(q, channels, outChannels);
  const outs = single ? 0 : outChannels / q.groups;
  const own = single ? channels : channels / q.groups;
  const sums = single ? <u64>q.heightKernel * q.widthKernel * channels * sizeof<T>() : <u64>outs * 4 * sizeof<T>();
  const pixels = <u64>blockLines<T>(q) * blockWidth<T>(q);
  const height = bandReach(blockLines<T>(q), q.heightStride, q.heightKernel, q.heightDilation);
  const width = bandReach(blockWidth<T>(q), q.widthStride, q.widthKernel, q.widthDilation);
  const band = height * width * own * sizeof<T>() + 64;
  return scratchBytes<T>(blockLines<T>(q), single ? 0 : pixels, outs, band) + sums + 64;
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
  const a = open<T>(scratch, lines, single ? 0 : lines * width, single ? 0 : outs);
  const b = bandOf(a);
  const sums = b.room;
  b.room = (sums + (single ? taps * q.channels : outs * 4) * sizeof<T>() + 63) & ~63;
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
  if (single) b.channels = q.channels;
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

/** Adds the sums over one block, or writes them where it is the first. */
function block<T>(
  a: Gather,
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

/** Four values of the image times all outputs, where both lie. */
function sumsInPlace<T>(
  to: usize,
  toRow: usize,
  from: usize,
  step: usize,
  a: Gather,
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

/** The same from the panels of the outputs. */
function sumsPacked<T>(
  to: usize,
  toRow: usize,
  from: usize,
  step: usize,
  line: usize,
  a: Gather,
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
