// Rows of one channel in f32, four columns at a time, against the same pixels one by one: as the first of two channels, and in
// f64. Sizes down to one pixel, outputs of whole and partial vectors, every form.

import { warpClamped, warpNearest } from "../../../assembly/abi";
import { coefficientsOf, warp, warpScratch } from "../../../assembly/kernels/warp";
import { Warp } from "../../../assembly/kernels/warpFours";

const Q = memory.data(64, 16);
const M = memory.data(320, 16);
const X = memory.data(2048, 16);
const X2 = memory.data(4096, 16);
const X64 = memory.data(4096, 16);
const OUT = memory.data(2048, 16);
const OUT2 = memory.data(4096, 16);
const OUT64 = memory.data(4096, 16);
const SCRATCH = memory.data(128, 16);

/** Turned, mirrored and shifted by whole pixels, far outside, and enlarged. */
const MATRICES = memory.data<f64>([
  0.9, -0.3, 1.3, 0.35, 0.8, -1.125, -1, 0, 4, 0, 1, -1, 1, 0, 3000000000, 0, 1, 0, 0.25, 0.125, -1, -0.0625, 0.5, 1,
]);

function record(height: i32, width: i32, channels: u32, form: i32): Warp {
  const q = changetype<Warp>(Q);
  q.fill = 0.75;
  q.outHeight = 5;
  q.outWidth = 11;
  q.form = form;
  q.batch = 4;
  q.height = height;
  q.width = width;
  q.channels = channels;
  const count: usize = coefficientsOf(form);
  for (let n: usize = 0; n < 4; n++) {
    const m = M + n * count * 8;
    memory.copy(m, MATRICES + n * 48, 48);
    if (form !== warpClamped) continue;
    store<f64>(m, width > 2 ? 1 : 0, 48);
    store<f64>(m, <f64>width - 1, 56);
    store<f64>(m, 0, 64);
    store<f64>(m, height > 2 ? <f64>height - 2 : 0, 72);
  }
  return q;
}

/** Elements that differ by more than rounding. */
function wrong(height: i32, width: i32, form: i32): i32 {
  const pixels: usize = 4 * height * width;
  let s: u32 = 1;
  for (let i: usize = 0; i < pixels; i++) {
    s = s * 1664525 + 1013904223;
    const value = <f32>(s >> 8) / 16777216;
    store<f32>(X + (i << 2), value);
    store<f32>(X2 + (i << 3), value);
    store<f32>(X2 + (i << 3), value * 2, 4);
    store<f64>(X64 + (i << 3), value);
  }
  warp<f32>(OUT, X, M, record(height, width, 1, form), SCRATCH, false);
  warp<f32>(OUT2, X2, M, record(height, width, 2, form), SCRATCH, false);
  warp<f64>(OUT64, X64, M, record(height, width, 1, form), SCRATCH, false);
  let count = 0;
  for (let i: usize = 0; i < 220; i++) {
    const got = load<f32>(OUT + (i << 2));
    if (!(Math.abs(got - load<f32>(OUT2 + (i << 3))) < 1e-6)) count++;
    if (!(Math.abs(got - load<f64>(OUT64 + (i << 3))) < 1e-6)) count++;
  }
  return count;
}

/** ⟨warp x, g⟩ − ⟨x, adjoint g⟩ with g = warp x, without a fill value. */
function asymmetry(form: i32): f64 {
  const q = record(5, 6, 1, form);
  q.fill = 0;
  warp<f64>(OUT64, X64, M, q, SCRATCH, false);
  warp<f64>(OUT64, OUT2, M, q, SCRATCH, true);
  let sum: f64 = 0;
  for (let i: usize = 0; i < 220; i++) sum += load<f64>(OUT64 + (i << 3)) * load<f64>(OUT64 + (i << 3));
  for (let i: usize = 0; i < 120; i++) sum -= load<f64>(X64 + (i << 3)) * load<f64>(OUT2 + (i << 3));
  return sum;
}

describe("images at affine coordinates", () => {
  it("have the pixels one by one that they have four at a time", () => {
    expect(<u64>128).toBeGreaterThanOrEqual(warpScratch);
    for (let form = warpNearest; form <= warpClamped; form++) {
      for (let height = 1; height <= 9; height++) {
        for (let width = 1; width <= 12; width++) {
          expect(wrong(height, width, form)).toBe(0, `${height} x ${width}, form ${form}`);
        }
      }
    }
  });

  it("have an adjoint", () => {
    for (let form = warpNearest; form <= warpClamped; form++) {
      wrong(5, 6, form);
      expect(Math.abs(asymmetry(form))).toBeLessThan(1e-12, `form ${form}`);
    }
  });
});
