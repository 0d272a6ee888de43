// Fast convolution: products of bands of the image with weights that are packed once, without a copy of all windows.
// convolutionScalar.ts defines the result and the order of its sums. Measured by bench/rows/convolutions.js.

import { bandReach, cutBands, setKernel } from "./band";
import { BandProduct, bandOf, bandScratch, multiplyBands, openBandProduct, records } from "./bandProduct";
import { depthwise, depthwiseScratch } from "./depthwise";
import { gemm, gemmScratch, packPanels } from "./gemm";
import { Geometry, isDepthwise, isProduct } from "./geometry";

/** Bytes of scratch that `convolve` needs for these numbers of channels of the image and of the output. */
export function convolveScratch<T>(q: Geometry, batch: u32, channels: u32, outChannels: u32): u64 {
  const pixels = batch * q.imageHeight * q.imageWidth;
  if (isProduct(q)) return gemmScratch<T>(pixels, outChannels, channels, false, false);
  if (isDepthwise(q, channels, outChannels)) {
    const kernel = <u64>q.widthKernel;
    return (
      records + depthwiseScratch<T>(q.heightKernel, kernel, q.widthDilation, q.widthStride, q.imageWidth, channels)
    );
  }
  const high = bandReach(q.outHeight, q.heightStride, q.heightKernel, q.heightDilation);
  const wide = bandReach(q.outWidth, q.widthStride, q.widthKernel, q.widthDilation);
  const four = bandReach(min<u32>(q.outWidth, 4), q.widthStride, q.widthKernel, q.widthDilation);
  return bandScratch<T>(q, high, wide, four, channels / q.groups, outChannels / q.groups);
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
  const g = single ? changetype<BandProduct>(scratch) : openBandProduct<T>(scratch, taps, depth, outs);
  const b = bandOf(g);
  const row: usize = q.outChannels * sizeof<T>();
  setKernel<T>(b, q, single ? <usize>q.channels : channels);
  b.lines = q.outHeight;
  b.pixels = q.outWidth;
  g.outPixel = row;
  g.outLine = row * q.outWidth;
  if (single) {
    b.source = x;
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
      multiplyBands<T>(g, b);
      b.source += b.pixel * q.imageHeight * q.imageWidth;
      g.out += g.outLine * q.outHeight;
    }
  }
}
