// Copies blocks of a matrix in the order in which gemm's tile reads them: for each k the four values of a strip of A, or the two
// vectors of a panel of B. Unpacked, rows a power of two apart are in few sets of the first-level cache and evict each other,
// which costs 20 % of the speed at 512 bytes, half at 4,096.

import { lanes } from "./lanes";

/**
 * Transposes four rows, `row` bytes apart: to[i · step + r] = from[r · row + i] for i < count, r < 4. Rows beyond `rows` (1 .. 4)
 * are copies of the last one. Writes whole vectors: `to` has room for count rounded up to the lanes.
 */
export function packRows<T>(to: usize, step: usize, from: usize, row: usize, count: usize, rows: usize): void {
  const from1: usize = rows > 1 ? from + row : from;
  const from2: usize = rows > 2 ? from1 + row : from1;
  packFour<T>(to, step, from, from1, from2, rows > 3 ? from2 + row : from2, count);
}

/** The same of four rows wherever they lie. */
export function packFour<T>(
  to: usize,
  step: usize,
  from: usize,
  from1: usize,
  from2: usize,
  from3: usize,
  count: usize,
): void {
  for (let i: usize = 0; i < count; i += lanes<T>()) {
    const r0 = v128.load(from);
    const r1 = v128.load(from1);
    const r2 = v128.load(from2);
    const r3 = v128.load(from3);
    if (sizeof<T>() === 8) {
      v128.store(to, v128.shuffle<T>(r0, r1, 0, 2));
      v128.store(to, v128.shuffle<T>(r2, r3, 0, 2), 16);
      to += step;
      v128.store(to, v128.shuffle<T>(r0, r1, 1, 3));
      v128.store(to, v128.shuffle<T>(r2, r3, 1, 3), 16);
      to += step;
    } else {
      const low01 = v128.shuffle<T>(r0, r1, 0, 4, 1, 5);
      const low23 = v128.shuffle<T>(r2, r3, 0, 4, 1, 5);
      const high01 = v128.shuffle<T>(r0, r1, 2, 6, 3, 7);
      const high23 = v128.shuffle<T>(r2, r3, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
      to += step;
      v128.store(to, v128.shuffle<f64>(low01, low23, 1, 3));
      to += step;
      v128.store(to, v128.shuffle<f64>(high01, high23, 0, 2));
      to += step;
      v128.store(to, v128.shuffle<f64>(high01, high23, 1, 3));
      to += step;
    }
    from += 16;
    from1 += 16;
    from2 += 16;
    from3 += 16;
  }
}

/** Copies four columns of `count` (≥ 1) rows, `row` bytes apart; `columns` (1 .. 4) of them lie in the matrix. */
export function packColumns<T>(to: usize, from: usize, row: usize, count: usize, columns: usize): void {
  if (sizeof<T>() === 8) return packVectors(to, from, columns > 2 ? 16 : 0, row, count);
  const end = to + count * 16;
  do {
    v128.store(to, v128.load(from));
    from += row;
    to += 16;
  } while (to !== end);
}

/** Copies two vectors of `count` (≥ 1) rows, `row` bytes apart; `second` is the offset of the second, 16 or 0. */
export function packVectors(to: usize, from: usize, second: usize, row: usize, count: usize): void {
  const end = to + count * 32;
  do {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from + second), 16);
    from += row;
    to += 32;
  } while (to !== end);
}
