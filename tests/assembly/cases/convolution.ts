// Convolution and its gradients against their definitions, bit for bit: strides, padding on one side, dilation, groups, lines
// that are cut, bands of an image, chains of several blocks, edges of tiles. Nothing is written beside results and scratch.

import { convolve, convolveScratch } from "../../../assembly/kernels/convolution";
import {
  convolveInputGradient,
  convolveInputGradientScratch,
} from "../../../assembly/kernels/convolutionInputGradient";
import {
  convolveInputGradientScalar,
  convolveScalar,
  convolveWeightGradientScalar,
} from "../../../assembly/kernels/convolutionScalar";
import {
  convolveWeightGradient,
  convolveWeightGradientScratch,
} from "../../../assembly/kernels/convolutionWeightGradient";
import { Geometry } from "../../../assembly/kernels/geometry";

/** Batch, height, width, channels, outs, kernel, stride, top, bottom, left, right, dilation, groups. */
const FIELDS: usize = 16;
const CASES = memory.data<u32>([
  2, 5, 6, 3, 5, 3, 3, 1, 1, 0, 0, 0, 0, 1, 1, 1, 2, 8, 14, 8, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 9, 7, 4, 8, 3, 2,
  2, 3, 1, 0, 2, 1, 1, 2, 2, 2, 6, 6, 1, 8, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 4, 5, 6, 4, 1, 1, 1, 1, 0, 0, 0, 0, 1,
  1, 1, 1, 7, 5, 6, 6, 1, 1, 2, 2, 0, 0, 0, 0, 1, 1, 1, 2, 3, 3, 5, 1, 2, 2, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 700, 2, 3,
  1, 5, 1, 2, 0, 0, 2, 2, 1, 1, 1, 1, 40, 33, 2, 2, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 4, 90, 9, 3, 3, 1, 1, 1, 1,
  1, 1, 1, 1, 1, 1, 5, 5, 4, 4, 3, 3, 3, 4, 1, 1, 1, 1, 2, 1, 4, 1, 8, 8, 4, 12, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 4, 1, 12,
  70, 48, 4, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 1, 300, 1, 2, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 3, 2000, 40, 2, 3, 3,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 6, 7, 8, 8, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 8, 2, 6, 13, 7, 7, 3, 3, 1, 1, 0, 2, 1, 1, 1,
  1, 7, 1, 9, 11, 5, 5, 5, 4, 2, 3, 2, 1, 1, 2, 1, 1, 5, 1, 9, 11, 6, 6, 3, 3, 1, 1, 2, 2, 2, 2, 2, 2, 6, 1, 3, 2, 9, 9,
  2, 2, 1, 1, 1, 0, 0, 1, 1, 1, 9, 1, 1, 600, 3, 3, 1, 7, 1, 2, 0, 0, 3, 3, 1, 1, 3, 3, 8, 8, 7, 7, 2, 2, 2, 3, 3, 3, 2,
  2, 1, 2, 7, 1, 2, 2, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3,
]);
const COUNT: usize = 23;

const Q = memory.data(128, 16);
const X = memory.data(2100000, 16);
const W = memory.data(60000, 16);
const G = memory.data(200000, 16);
const OUT = memory.data(2100000, 16);
const EXPECTED = memory.data(2100000, 16);
const SCRATCH = memory.data(800000, 16);
const CANARY: u8 = 0xff;

function fill<T>(at: usize, count: usize, seed: u32): void {
  let s = seed;
  memory.fill(at, CANARY, count * sizeof<T>() + 16);
  for (let i: usize = 0; i < count; i++) {
    s = s * 1664525 + 1013904223;
    store<T>(at + i * sizeof<T>(), ((s as f64) / 4294967296 - 0.5) as T);
  }
}

function outputs(extent: u32, kernel: u32, stride: u32, padding: u32, dilation: u32): u32 {
  return (extent + padding - dilation * (kernel - 1) - 1) / stride + 1;
}

/** Case k as a geometry. */
function geometry(k: usize): Geometry {
  const at = CASES + k * FIELDS * 4;
  const q = changetype<Geometry>(Q);
  q.batch = load<u32>(at);
  q.imageHeight = load<u32>(at, 4);
  q.imageWidth = load<u32>(at, 8);
  q.channels = load<u32>(at, 12);
  q.outChannels = load<u32>(at, 16);
  q.heightKernel = load<u32>(at, 20);
  q.widthKernel = load<u32>(at, 24);
  q.heightStride = load<u32>(at, 28);
  q.widthStride = load<u32>(at, 32);
  q.top = load<u32>(at, 36);
  q.bottom = load<u32>(at, 40);
  q.left = load<u32>(at, 44);
  q.right = load<u32>(at, 48);
  q.heightDilation = load<u32>(at, 52);
  q.widthDilation = load<u32>(at, 56);
  q.groups = load<u32>(at, 60);
  q.outHeight = outputs(q.imageHeight, q.heightKernel, q.heightStride, q.top + q.bottom, q.heightDilation);
  q.outWidth = outputs(q.imageWidth, q.widthKernel, q.widthStride, q.left + q.right, q.widthDilation);
  return q;
}

/** Bytes beside a result of `size` bytes and beside so much scratch that were written, and 1 if the result is wrong. */
function judge(size: usize, scratch: usize): i32 {
  let wrong = memory.compare(OUT, EXPECTED, size) === 0 ? 0 : 1;
  for (let at = OUT + size; at < OUT + size + 64; at++) if (load<u8>(at) !== CANARY) wrong++;
  for (let at = SCRATCH + scratch; at < SCRATCH + scratch + 64; at++) if (load<u8>(at) !== CANARY) wrong++;
  return wrong;
}

function begin(size: usize, scratch: usize): void {
  memory.fill(OUT, CANARY, size + 64);
  memory.fill(SCRATCH, CANARY, scratch + 64);
}

function wrong<T>(k: usize): i32 {
  const q = geometry(k);
  const images: usize = q.batch * q.imageHeight * q.imageWidth * q.channels;
  const weights: usize = (q.heightKernel * q.widthKernel * (q.channels / q.groups) * q.outChannels) as usize;
  const outs: usize = q.batch * q.outHeight * q.outWidth * q.outChannels;
  fill<T>(X, images, 1);
  fill<T>(W, weights, 2);
  fill<T>(G, outs, 3);
  let count = 0;
  let scratch = convolveScratch<T>(q, q.batch, q.channels, q.outChannels) as usize;
  begin(outs * sizeof<T>(), scratch);
  convolve<T>(OUT, X, W, q, SCRATCH);
  convolveScalar<T>(EXPECTED, X, W, q);
  count += judge(outs * sizeof<T>(), scratch);
  scratch = convolveInputGradientScratch<T>(q, q.batch, q.channels, q.outChannels) as usize;
  begin(images * sizeof<T>(), scratch);
  convolveInputGradient<T>(OUT, G, W, q, SCRATCH);
  convolveInputGradientScalar<T>(EXPECTED, G, W, q);
  count += judge(images * sizeof<T>(), scratch);
  scratch = convolveWeightGradientScratch<T>(q, q.channels, q.outChannels) as usize;
  begin(weights * sizeof<T>(), scratch);
  convolveWeightGradient<T>(OUT, X, G, q, SCRATCH);
  convolveWeightGradientScalar<T>(EXPECTED, X, G, q);
  count += judge(weights * sizeof<T>(), scratch);
  return count;
}

describe("convolution", () => {
  it("has the bits of its definition in f32", () => {
    for (let k: usize = 0; k < COUNT; k++) expect(wrong<f32>(k)).toBe(0, `case ${k}`);
  });

  it("has the bits of its definition in f64", () => {
    for (let k: usize = 0; k < COUNT; k++) expect(wrong<f64>(k)).toBe(0, `case ${k}`);
  });
});
