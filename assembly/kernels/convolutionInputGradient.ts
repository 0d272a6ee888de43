// Gradient of a convolution in its image: band products as in convolution.ts, of bands of g. The taps are taken from the last to
// the first, so that addresses ascend. With a stride s, the pixels of an axis form s phases; only some taps reach the pixels of
// a phase, so no time is spent on zeros between outputs. convolutionScalar.ts defines the result and the order of its sums.

import { Band, bandReach, cutBands } from "./band";
import { BandProduct, bandOf, bandScratch, multiplyBands, openBandProduct, records } from "./bandProduct";
import { depthwise, depthwiseScratch } from "./depthwise";
import { gemm, gemmScratch, packPanels } from "./gemm";
import { Geometry, isDepthwise, isProduct } from "./geometry";
import { wholeLines } from "./lanes";

/** The taps of one axis that reach pixels phase, phase + stride, ... of the image, from the last to the first. */
@unmanaged
class Phase {
  last: i32; // tap, -1 if there is none
  step: i32; // taps from one of them to the one before it
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

/** Bytes of scratch that `convolveInputGradient` needs. */
export function convolveInputGradientScratch<T>(q: Geometry, batch: u32, channels: u32, outChannels: u32): u64 {
  const pixels = batch * q.imageHeight * q.imageWidth;
  if (isProduct(q)) return gemmScratch<T>(pixels, channels, outChannels, false, true);
  if (isDepthwise(q, channels, outChannels)) {
    const weights = <u64>q.heightKernel * q.widthKernel * channels * sizeof<T>() + 64;
    return (
      records + weights + depthwiseScratch<T>(q.heightKernel, q.widthKernel, q.widthDilation, 1, q.outWidth, channels)
    );
  }
  const high = bandReach(q.imageHeight, 1, q.heightKernel, q.heightDilation);
  const wide = bandReach(q.imageWidth, 1, q.widthKernel, q.widthDilation);
  const four = bandReach(min<u32>(q.imageWidth, 4), 1, q.widthKernel, q.widthDilation);
  return bandScratch<T>(q, high, wide, four, outChannels / q.groups, channels / q.groups);
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
  const a = single ? changetype<BandProduct>(scratch) : openBandProduct<T>(scratch, taps, taps * outs, channels);
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
          multiplyBands<T>(a, b);
          b.source += b.pixel * q.outHeight * q.outWidth;
          a.out += line * q.imageHeight;
        }
      }
    }
  }
}

/** Computes a phase of a depthwise convolution, with the taps copied in their order. */
function depthwisePhase<T>(
  b: Band,
  q: Geometry,
  out: usize,
  g: usize,
  w: usize,
  high: Phase,
  wide: Phase,
  a: BandProduct,
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
    depthwise<T>(b, scratch, out, a.outLine, a.outPixel, wholeLines(to));
    b.source += b.pixel * q.outHeight * q.outWidth;
    out += row * q.imageHeight * q.imageWidth;
  }
}

/** Writes zeros to the pixels of a phase that no tap reaches. */
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
function packTaps<T>(
  a: BandProduct,
  w: usize,
  q: Geometry,
  high: Phase,
  wide: Phase,
  channels: usize,
  outs: usize,
): void {
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
