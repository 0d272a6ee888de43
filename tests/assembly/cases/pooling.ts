// Max pooling and its adjoint against loops over every window, with ties and NaN, whole and partial vectors of channels.

import { Geometry } from "../../../assembly/kernels/geometry";
import { poolGather, poolScatter } from "../../../assembly/kernels/pooling";
import { windowsBytes } from "../../../assembly/kernels/windows";

/** Height, width, channels, kernel, stride, padding before and behind, dilation. */
const FIELDS: usize = 8;
const CASES = memory.data<u32>([
  4, 6, 4, 2, 2, 0, 0, 1, 5, 5, 7, 2, 2, 0, 0, 1, 4, 4, 3, 2, 1, 0, 0, 1, 5, 6, 5, 3, 2, 1, 1, 1, 7, 5, 2, 2, 1, 1, 0,
  2, 3, 3, 1, 3, 3, 0, 0, 1,
]);
const COUNT: usize = 6;
const Q = memory.data(128, 16);
const X = memory.data(8192, 16);
const U = memory.data(8192, 16);
const OUT = memory.data(8192, 16);
const SCRATCH = memory.data(4096, 16);
const EXPECTED = memory.data(8192, 16);

function geometry(k: usize): Geometry {
  const at = CASES + k * FIELDS * 4;
  const q = changetype<Geometry>(Q);
  memory.fill(Q, 0, 128);
  q.batch = 2;
  q.imageHeight = load<u32>(at);
  q.imageWidth = load<u32>(at, 4);
  q.channels = load<u32>(at, 8);
  q.heightKernel = q.widthKernel = load<u32>(at, 12);
  q.heightStride = q.widthStride = load<u32>(at, 16);
  q.top = q.left = load<u32>(at, 20);
  q.bottom = q.right = load<u32>(at, 24);
  q.heightDilation = q.widthDilation = load<u32>(at, 28);
  const reach = q.heightDilation * (q.heightKernel - 1) + 1;
  q.outHeight = (q.imageHeight + q.top + q.bottom - reach) / q.heightStride + 1;
  q.outWidth = (q.imageWidth + q.left + q.right - reach) / q.widthStride + 1;
  return q;
}

/** A few whole numbers, so that many are equal; every eleventh is NaN. */
function fill<T>(at: usize, count: usize, seed: u32, gaps: bool): void {
  let s = seed;
  for (let i: usize = 0; i < count; i++) {
    s = s * 1664525 + 1013904223;
    const value = (s >> 29) as T;
    store<T>(at + i * sizeof<T>(), gaps && i % 11 === 10 ? (NaN as T) : value);
  }
}

/** Element of the image that window (n, p, r) of channel c takes. */
function winner<T>(q: Geometry, n: u32, p: u32, r: u32, c: u32): u32 {
  let best: i32 = -1;
  for (let i: u32 = 0; i < q.heightKernel; i++) {
    for (let j: u32 = 0; j < q.widthKernel; j++) {
      const y = p * q.heightStride + i * q.heightDilation - q.top;
      const x = r * q.widthStride + j * q.widthDilation - q.left;
      if (y >= q.imageHeight || x >= q.imageWidth) continue;
      const at = ((n * q.imageHeight + y) * q.imageWidth + x) * q.channels + c;
      const value = load<T>(X + at * sizeof<T>());
      if (best < 0) best = at;
      const old = load<T>(X + best * sizeof<T>());
      if (old === old && !(value <= old)) best = at;
    }
  }
  return best;
}

function wrong<T>(k: usize): i32 {
  const q = geometry(k);
  const pixels: usize = q.batch * q.imageHeight * q.imageWidth * q.channels;
  const outs: usize = q.batch * q.outHeight * q.outWidth * q.channels;
  fill<T>(X, pixels, 1, true);
  fill<T>(U, max(pixels, outs), 2, false);
  expect(windowsBytes(q.outHeight, q.outWidth)).toBeLessThan(4096);
  let count = 0;
  // The maximum itself, then another tensor where the maximum lies.
  for (let own = 0; own < 2; own++) {
    const u = own === 0 ? X : U;
    poolGather<T>(OUT, X, u, 0, false, false, q, SCRATCH);
    memory.fill(EXPECTED, 0, pixels * sizeof<T>());
    let out: usize = 0;
    for (let n: u32 = 0; n < q.batch; n++) {
      for (let p: u32 = 0; p < q.outHeight; p++) {
        for (let r: u32 = 0; r < q.outWidth; r++) {
          for (let c: u32 = 0; c < q.channels; c++) {
            const at: usize = winner<T>(q, n, p, r, c);
            const got = load<T>(OUT + out * sizeof<T>());
            const wanted = load<T>(u + at * sizeof<T>());
            if (got !== wanted && (got === got || wanted === wanted)) count++;
            const place = EXPECTED + at * sizeof<T>();
            store<T>(place, (load<T>(place) + load<T>(U + out * sizeof<T>())) as T);
            out++;
          }
        }
      }
    }
  }
  poolScatter<T>(OUT, X, U, 0, false, false, q, SCRATCH);
  if (memory.compare(OUT, EXPECTED, pixels * sizeof<T>()) !== 0) count++;
  return count;
}

describe("max pooling", () => {
  it("takes the first of equal values and the first NaN, there and back", () => {
    for (let k: usize = 0; k < COUNT; k++) {
      expect(wrong<f32>(k)).toBe(0, `case ${k} in f32`);
      expect(wrong<f64>(k)).toBe(0, `case ${k} in f64`);
    }
  });
});
