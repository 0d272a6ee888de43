// Tiles of gemm for sums whose terms of A are in several runs, such as the lines under a kernel. Within a run A advances by
// `aStep`, from one run to the next by an offset; B is contiguous.
//
//     c[r, v] = c[r, v] + a[r, run, k] · b[run · length + k, v]

import { storePart } from "./lanes";
import { multiplyAdd } from "./multiplyAdd";
import { storeRow } from "./tile";

/**
 * Four rows by two vectors, of which `columns` (lanes + 1 .. 2·lanes) columns and `rows` rows are stored. `runs` .. `runsEnd`
 * holds the u32 byte offsets of the runs from `a`; `length` is the bytes of A in a run. Other parameters as `tile4x2`.
 */
export function runTile4x2<T, L>(
  out: usize,
  outRow: usize,
  a: usize,
  aRow: usize,
  aStep: usize,
  runs: usize,
  runsEnd: usize,
  length: usize,
  b: usize,
  bStep: usize,
  rows: usize,
  columns: usize,
  first: bool,
): void {
  const out1: usize = rows > 1 ? out + outRow : out;
  const out2: usize = rows > 2 ? out1 + outRow : out1;
  const out3: usize = rows > 3 ? out2 + outRow : out2;
  let c00: v128, c01: v128, c10: v128, c11: v128, c20: v128, c21: v128, c30: v128, c31: v128;
  c00 = c01 = c10 = c11 = c20 = c21 = c30 = c31 = i64x2.splat(0);
  if (!first) {
    c00 = v128.load(out);
    c01 = v128.load(out, 16);
    c10 = v128.load(out1);
    c11 = v128.load(out1, 16);
    c20 = v128.load(out2);
    c21 = v128.load(out2, 16);
    c30 = v128.load(out3);
    c31 = v128.load(out3, 16);
  }
  a -= aStep;
  b -= bStep;
  do {
    let at = a + load<u32>(runs);
    const end = at + length;
    do {
      at += aStep;
      b += bStep;
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let x = v128.load_splat<T>(at);
      c00 = multiplyAdd<T>(x, b0, c00);
      c01 = multiplyAdd<T>(x, b1, c01);
      x = changetype<L>(0).second<T>(at, aRow);
      c10 = multiplyAdd<T>(x, b0, c10);
      c11 = multiplyAdd<T>(x, b1, c11);
      x = changetype<L>(0).third<T>(at, aRow);
      c20 = multiplyAdd<T>(x, b0, c20);
      c21 = multiplyAdd<T>(x, b1, c21);
      x = changetype<L>(0).fourth<T>(at, aRow);
      c30 = multiplyAdd<T>(x, b0, c30);
      c31 = multiplyAdd<T>(x, b1, c31);
    } while (at !== end);
    runs += 4;
  } while (runs !== runsEnd);
  storeRow<T>(out3, c30, c31, columns);
  storeRow<T>(out2, c20, c21, columns);
  storeRow<T>(out1, c10, c11, columns);
  storeRow<T>(out, c00, c01, columns);
}

/** Four rows by one vector, of which `columns` (1 .. lanes) columns are stored. */
export function runTile4x1<T, L>(
  out: usize,
  outRow: usize,
  a: usize,
  aRow: usize,
  aStep: usize,
  runs: usize,
  runsEnd: usize,
  length: usize,
  b: usize,
  bStep: usize,
  rows: usize,
  columns: usize,
  first: bool,
): void {
  const out1: usize = rows > 1 ? out + outRow : out;
  const out2: usize = rows > 2 ? out1 + outRow : out1;
  const out3: usize = rows > 3 ? out2 + outRow : out2;
  let c0 = i64x2.splat(0);
  let c1 = c0,
    c2 = c0,
    c3 = c0;
  if (!first) {
    c0 = v128.load(out);
    c1 = v128.load(out1);
    c2 = v128.load(out2);
    c3 = v128.load(out3);
  }
  a -= aStep;
  b -= bStep;
  do {
    let at = a + load<u32>(runs);
    const end = at + length;
    do {
      at += aStep;
      b += bStep;
      const b0 = v128.load(b);
      c0 = multiplyAdd<T>(v128.load_splat<T>(at), b0, c0);
      c1 = multiplyAdd<T>(changetype<L>(0).second<T>(at, aRow), b0, c1);
      c2 = multiplyAdd<T>(changetype<L>(0).third<T>(at, aRow), b0, c2);
      c3 = multiplyAdd<T>(changetype<L>(0).fourth<T>(at, aRow), b0, c3);
    } while (at !== end);
    runs += 4;
  } while (runs !== runsEnd);
  storePart<T>(out3, c3, columns);
  storePart<T>(out2, c2, columns);
  storePart<T>(out1, c1, columns);
  storePart<T>(out, c0, columns);
}
