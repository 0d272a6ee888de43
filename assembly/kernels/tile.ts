// The inner loops of gemm: a tile of the result stays in registers during the loop over k.
//
//     c[r, v] = c[r, v] + a[r, k] · b[k, v]
//
// Four rows by two vectors is the largest tile that does not spill registers on Node 20 and 22; unrolling over k makes it spill
// and costs 40 %. Pointers are incremented before their use, because an address that is a sum needs no zero extension, and the
// loop tests at its end, so that V8 hoists the four splat addresses: 27 instructions for 64 operations.
//
// Rows and columns beyond the matrix are computed but not stored: a missing row has the address of the last present row, and rows
// are stored from the last to the first, so that the true row overwrites it.

import { lanes, storePart } from "./lanes";
import { multiplyAdd } from "./multiplyAdd";

/** Strips of A whose four values for one k are adjacent: packed, or A stored transposed. */
@unmanaged
export class Beside {
  second<T>(a: usize, row: usize): v128 {
    return v128.load_splat<T>(a, sizeof<T>());
  }
  third<T>(a: usize, row: usize): v128 {
    return v128.load_splat<T>(a, 2 * sizeof<T>());
  }
  fourth<T>(a: usize, row: usize): v128 {
    return v128.load_splat<T>(a, 3 * sizeof<T>());
  }
}

/** Strips of A whose four values for one k are `row` bytes apart: A stored row by row. */
@unmanaged
export class Apart {
  second<T>(a: usize, row: usize): v128 {
    return v128.load_splat<T>(a + row);
  }
  third<T>(a: usize, row: usize): v128 {
    return v128.load_splat<T>(a + 2 * row);
  }
  fourth<T>(a: usize, row: usize): v128 {
    return v128.load_splat<T>(a + 3 * row);
  }
}

/**
 * Four rows by two vectors, of which `rows` (1 .. 4) rows and `columns` (lanes + 1 .. 2·lanes) columns are stored.
 * `aStep` and `bStep` are the bytes from one k to the next, `outRow` those from one row of the result to the next;
 * k ≥ 1. The sums go on from `out`, or start at zero where `first`.
 */
export function tile4x2<T, L>(
  out: usize,
  outRow: usize,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  k: usize,
  rows: usize,
  columns: usize,
  first: bool,
): void {
  const out1: usize = rows > 1 ? out + outRow : out;
  const out2: usize = rows > 2 ? out1 + outRow : out1;
  const out3: usize = rows > 3 ? out2 + outRow : out2;
  let c00 = i64x2.splat(0);
  let c01 = c00,
    c10 = c00,
    c11 = c00,
    c20 = c00,
    c21 = c00,
    c30 = c00,
    c31 = c00;
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
  const end = b + (k - 1) * bStep;
  a -= aStep;
  b -= bStep;
  do {
    a += aStep;
    b += bStep;
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load_splat<T>(a);
    c00 = multiplyAdd<T>(x, b0, c00);
    c01 = multiplyAdd<T>(x, b1, c01);
    x = changetype<L>(0).second<T>(a, aRow);
    c10 = multiplyAdd<T>(x, b0, c10);
    c11 = multiplyAdd<T>(x, b1, c11);
    x = changetype<L>(0).third<T>(a, aRow);
    c20 = multiplyAdd<T>(x, b0, c20);
    c21 = multiplyAdd<T>(x, b1, c21);
    x = changetype<L>(0).fourth<T>(a, aRow);
    c30 = multiplyAdd<T>(x, b0, c30);
    c31 = multiplyAdd<T>(x, b1, c31);
  } while (b !== end);
  storeRow<T>(out3, c30, c31, columns);
  storeRow<T>(out2, c20, c21, columns);
  storeRow<T>(out1, c10, c11, columns);
  storeRow<T>(out, c00, c01, columns);
}

/** Stores a row of two vectors, of which `columns` (lanes + 1 .. 2·lanes) columns belong to the matrix. */
export function storeRow<T>(out: usize, left: v128, right: v128, columns: usize): void {
  v128.store(out, left);
  if (columns === 2 * lanes<T>()) v128.store(out, right, 16);
  else storePart<T>(out + 16, right, columns - lanes<T>());
}

/** Four rows by one vector, of which `columns` (1 .. lanes) columns are stored; otherwise as `tile4x2`. */
export function tile4x1<T, L>(
  out: usize,
  outRow: usize,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  k: usize,
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
  const end = b + (k - 1) * bStep;
  a -= aStep;
  b -= bStep;
  do {
    a += aStep;
    b += bStep;
    const b0 = v128.load(b);
    c0 = multiplyAdd<T>(v128.load_splat<T>(a), b0, c0);
    c1 = multiplyAdd<T>(changetype<L>(0).second<T>(a, aRow), b0, c1);
    c2 = multiplyAdd<T>(changetype<L>(0).third<T>(a, aRow), b0, c2);
    c3 = multiplyAdd<T>(changetype<L>(0).fourth<T>(a, aRow), b0, c3);
  } while (b !== end);
  storePart<T>(out3, c3, columns);
  storePart<T>(out2, c2, columns);
  storePart<T>(out1, c1, columns);
  storePart<T>(out, c0, columns);
}

/** One row by eight vectors; sums start at zero. */
export function tile1x8<T>(out: usize, a: usize, aStep: usize, b: usize, bStep: usize, k: usize): void {
  let c0 = i64x2.splat(0);
  let c1 = c0,
    c2 = c0,
    c3 = c0,
    c4 = c0,
    c5 = c0,
    c6 = c0,
    c7 = c0;
  const end = b + (k - 1) * bStep;
  a -= aStep;
  b -= bStep;
  do {
    a += aStep;
    b += bStep;
    const x = v128.load_splat<T>(a);
    c0 = multiplyAdd<T>(x, v128.load(b), c0);
    c1 = multiplyAdd<T>(x, v128.load(b, 16), c1);
    c2 = multiplyAdd<T>(x, v128.load(b, 32), c2);
    c3 = multiplyAdd<T>(x, v128.load(b, 48), c3);
    c4 = multiplyAdd<T>(x, v128.load(b, 64), c4);
    c5 = multiplyAdd<T>(x, v128.load(b, 80), c5);
    c6 = multiplyAdd<T>(x, v128.load(b, 96), c6);
    c7 = multiplyAdd<T>(x, v128.load(b, 112), c7);
  } while (b !== end);
  v128.store(out, c0);
  v128.store(out, c1, 16);
  v128.store(out, c2, 32);
  v128.store(out, c3, 48);
  v128.store(out, c4, 64);
  v128.store(out, c5, 80);
  v128.store(out, c6, 96);
  v128.store(out, c7, 112);
}

/** One row by one vector; sums start at zero; `columns` (1 .. lanes) columns are stored. */
export function tile1x1<T>(out: usize, a: usize, aStep: usize, b: usize, bStep: usize, k: usize, columns: usize): void {
  let c = i64x2.splat(0);
  const end = b + (k - 1) * bStep;
  a -= aStep;
  b -= bStep;
  do {
    a += aStep;
    b += bStep;
    c = multiplyAdd<T>(v128.load_splat<T>(a), v128.load(b), c);
  } while (b !== end);
  storePart<T>(out, c, columns);
}
