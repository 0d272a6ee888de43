// gemm against its definition, bit for bit, on every path: direct, packed, several blocks, edges of tiles.

import { gemm, gemmScalar, gemmScratch } from "../../../assembly/kernels/gemm";

const SIZES = memory.data<u32>([0, 1, 3, 4, 5, 8, 15, 16, 17, 33]);
/** m, n, k: one block and several, whole and ragged. */
const LARGE = memory.data<u32>([64, 40, 70, 63, 67, 65, 14, 130, 520, 18, 9, 1030, 1, 70, 600, 20, 300, 4]);
const A = memory.data(160000, 16);
const B = memory.data(560000, 16);
const OUT = memory.data(60000, 16);
const EXPECTED = memory.data(60000, 16);
const SCRATCH = memory.data(300000, 16);

/** Bytes of fill: as a float a NaN, so that whatever is read from outside a matrix shows. */
const CANARY: u8 = 0xff;

function fill<T>(at: usize, count: usize, seed: u32): void {
  let s = seed;
  for (let i: usize = 0; i < count; i++) {
    s = s * 1664525 + 1013904223;
    store<T>(at + i * sizeof<T>(), ((s as f64) / 4294967296 - 0.5) as T);
  }
}

/** Bytes of [from, to) that are not CANARY. */
function touched(from: usize, to: usize): i32 {
  let count = 0;
  for (; from < to; from++) {
    if (load<u8>(from) !== CANARY) count++;
  }
  return count;
}

/** Wrong bytes of one product of each transposition; everything starts `start` elements off alignment. */
function wrong<T>(m: usize, n: usize, k: usize, start: usize): i32 {
  const shift = start * sizeof<T>();
  const size = m * n * sizeof<T>();
  let count = 0;
  for (let transposes: u32 = 0; transposes < 4; transposes++) {
    const transposeA = (transposes & 1) !== 0;
    const transposeB = (transposes & 2) !== 0;
    memory.fill(A, CANARY, shift + m * k * sizeof<T>() + 16);
    memory.fill(B, CANARY, shift + k * n * sizeof<T>() + 16);
    memory.fill(OUT, CANARY, shift + size + 64);
    fill<T>(A + shift, m * k, 1);
    fill<T>(B + shift, k * n, 2);
    const scratch = gemmScratch<T>(m, n, k, transposeA, transposeB);
    memory.fill(SCRATCH, CANARY, scratch + 64);
    gemm<T>(OUT + shift, A + shift, B + shift, m, n, k, transposeA, transposeB, SCRATCH);
    gemmScalar<T>(EXPECTED, A + shift, B + shift, m, n, k, transposeA, transposeB);
    if (memory.compare(OUT + shift, EXPECTED, size) !== 0) count++;
    count += touched(OUT, OUT + shift) + touched(OUT + shift + size, OUT + shift + size + 64);
    count += touched(SCRATCH + scratch, SCRATCH + scratch + 64);
  }
  return count;
}

function everySize<T>(): void {
  for (let i: usize = 0; i < 10; i++) {
    for (let j: usize = 0; j < 10; j++) {
      let count = 0;
      const m = load<u32>(SIZES + 4 * i);
      const n = load<u32>(SIZES + 4 * j);
      for (let p: usize = 0; p < 10; p++) count += wrong<T>(m, n, load<u32>(SIZES + 4 * p), (i + j + p) & 3);
      expect(count).toBe(0, `${m.toString()} by ${n.toString()}`);
    }
  }
}

function everyBlock<T>(): void {
  for (let i: usize = 0; i < 6; i++) {
    const at = LARGE + 12 * i;
    const k = load<u32>(at, 8);
    expect(wrong<T>(load<u32>(at), load<u32>(at, 4), k, 1)).toBe(0, `k = ${k.toString()}`);
  }
}

/** Elements of a product of ones, 20 by 40 by 70, that are NaN after one NaN was put into A (row 7) or B (column 5). */
function spread<T>(intoA: bool): i32 {
  for (let i: usize = 0; i < 20 * 70; i++) store<T>(A + i * sizeof<T>(), 1);
  for (let i: usize = 0; i < 70 * 40; i++) store<T>(B + i * sizeof<T>(), 1);
  store<T>(intoA ? A + (7 * 70 + 33) * sizeof<T>() : B + (33 * 40 + 5) * sizeof<T>(), NaN as T);
  gemm<T>(OUT, A, B, 20, 40, 70, false, false, SCRATCH);
  let count = 0;
  for (let i: usize = 0; i < 20; i++) {
    for (let j: usize = 0; j < 40; j++) {
      const v = load<T>(OUT + (i * 40 + j) * sizeof<T>());
      if ((intoA ? i === 7 : j === 5) ? v !== v : v === (70 as T)) count++;
    }
  }
  return count;
}

describe("gemm", () => {
  it("has the bits of its definition at every small size and start, and writes no further (f32)", () =>
    everySize<f32>());
  it("has the bits of its definition at every small size and start, and writes no further (f64)", () =>
    everySize<f64>());
  it("has the bits of its definition over several blocks (f32)", () => everyBlock<f32>());
  it("has the bits of its definition over several blocks (f64)", () => everyBlock<f64>());
  it("carries a NaN to its row or column, no further", () => {
    expect(spread<f32>(true)).toBe(800);
    expect(spread<f32>(false)).toBe(800);
    expect(spread<f64>(true)).toBe(800);
    expect(spread<f64>(false)).toBe(800);
  });
  it("asks for bounded scratch, and for none where nothing is packed", () => {
    expect(gemmScratch<f32>(8, 4096, 4096, false, false)).toBe(0);
    expect(gemmScratch<f64>(4096, 4096, 4096, true, true)).toBeLessThanOrEqual(272 * 1024);
    expect(gemmScratch<f32>(1 << 20, 1 << 20, 1 << 20, false, true)).toBeLessThanOrEqual(272 * 1024);
  });
});
