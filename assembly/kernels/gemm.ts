// out = op(A) · op(B) for row-major matrices; op leaves a matrix as it is stored or transposes it.
//
//     out[i, j] = ((0 + a[i, 0] · b[0, j]) + a[i, 1] · b[1, j]) + ...
//
// Each element is one ascending chain over k on every path: a block of k continues from the stored partial sum. So the bits do
// not depend on m, n or the path, and equal those of `gemmScalar`.
//
// With few rows or few columns the tiles read A and B unpacked. Otherwise B is packed, by blocks of k and columns, into panels
// that stay in the second-level cache, and A, strip by strip, into the first-level cache. After Goto and van de Geijn, "Anatomy of
// high-performance matrix multiplication", ACM TOMS 34 (2008), with a strip in place of their block of A.
//
// The tile is inlined where it runs most: there its steps are constants, which saves 5 %, and short chains save the call.
// Zen 4, Node 20, from 128 to 512 cubed: 90 to 93 % of `limit`.

import { lanes } from "./lanes";
import { multiplyAddScalar } from "./multiplyAdd";
import { packColumns, packRows, packVectors } from "./pack";
import { Apart, Beside, tile1x1, tile1x8, tile4x1, tile4x2 } from "./tile";

/** Largest depth of a packed panel: 16 KB of it and 8 KB of the strip share the first-level cache. */
const BLOCK_K: usize = 512;
/** Bytes of one row of a packed block: with BLOCK_K rows it fills a quarter of the second-level cache. */
const BLOCK_ROW: usize = 512;
/**
 * Rows of A so many bytes apart are in one set of the first-level cache and are always packed. Nearer rows are packed in the
 * reproducible build only, where that is 3 % faster; in the fast build it is 4 % slower.
 */
const FAR: usize = 4096;

/** True if both operands are read unpacked; the sizes are measured. A vector is its own transpose. */
function isDirect<T>(m: usize, n: usize, k: usize, transposeA: bool, transposeB: bool): bool {
  return (!transposeB || n === 1 || k === 1) && (m <= 12 || k <= 4 || n <= <usize>(transposeA ? 4 : 8) * lanes<T>());
}

/** Returns the largest block of k: equal parts of at most BLOCK_K, a multiple of the lanes. */
function blockOf<T>(k: usize): usize {
  const parts = (k + BLOCK_K - 1) / BLOCK_K;
  return ((k + parts - 1) / parts + lanes<T>() - 1) & -lanes<T>();
}

/** Bytes of scratch for `gemm`: none for small products, never more than 272 KB. */
export function gemmScratch<T>(m: usize, n: usize, k: usize, transposeA: bool, transposeB: bool): usize {
  if (m === 0 || n === 0 || k === 0 || isDirect<T>(m, n, k, transposeA, transposeB)) return 0;
  const row: usize = min((n * sizeof<T>() + 31) & ~31, BLOCK_ROW);
  return blockOf<T>(k) * (row + 4 * sizeof<T>());
}

/**
 * out [m, n] = op(A) · op(B). A is stored [m, k], or [k, m] if `transposeA`; B [k, n], or [n, k] if `transposeB`.
 * `scratch` has `gemmScratch` bytes. `out` overlaps neither operand.
 */
export function gemm<T>(
  out: usize,
  a: usize,
  b: usize,
  m: usize,
  n: usize,
  k: usize,
  transposeA: bool,
  transposeB: bool,
  scratch: usize,
): void {
  if (m === 0 || n === 0) return;
  if (k === 0) memory.fill(out, 0, m * n * sizeof<T>());
  else if (!isDirect<T>(m, n, k, transposeA, transposeB)) {
    packed<T>(out, a, b, m, n, k, transposeA, transposeB, scratch);
  } else if (transposeA || k === 1) direct<T, Beside>(out, a, sizeof<T>(), m * sizeof<T>(), b, m, n, k);
  else direct<T, Apart>(out, a, k * sizeof<T>(), sizeof<T>(), b, m, n, k);
}

/** Reads the operands unpacked: strips of four rows, then the remaining rows one by one. */
function direct<T, L>(out: usize, a: usize, aRow: usize, aStep: usize, b: usize, m: usize, n: usize, k: usize): void {
  const row = n * sizeof<T>();
  const whole = n & -(2 * lanes<T>());
  for (; m >= 4; m -= 4) {
    let j: usize = 0;
    for (; j < whole; j += 2 * lanes<T>()) {
      inline.always(
        tile4x2<T, L>(out + j * sizeof<T>(), row, a, aRow, aStep, b + j * sizeof<T>(), row, k, 4, 2 * lanes<T>(), true),
      );
    }
    const rest = n - whole;
    if (rest > lanes<T>()) {
      tile4x2<T, L>(out + j * sizeof<T>(), row, a, aRow, aStep, b + j * sizeof<T>(), row, k, 4, rest, true);
    } else if (rest) {
      tile4x1<T, L>(out + j * sizeof<T>(), row, a, aRow, aStep, b + j * sizeof<T>(), row, k, 4, rest, true);
    }
    out += 4 * row;
    a += 4 * aRow;
  }
  for (; m; --m) {
    let j: usize = 0;
    for (; j + 8 * lanes<T>() <= n; j += 8 * lanes<T>()) {
      tile1x8<T>(out + j * sizeof<T>(), a, aStep, b + j * sizeof<T>(), row, k);
    }
    for (; j < n; j += lanes<T>()) {
      tile1x1<T>(out + j * sizeof<T>(), a, aStep, b + j * sizeof<T>(), row, k, min(n - j, lanes<T>()));
    }
    out += row;
    a += aRow;
  }
}

/** Packs blocks of B into panels, and strips of A one at a time. */
function packed<T>(
  out: usize,
  a: usize,
  b: usize,
  m: usize,
  n: usize,
  k: usize,
  transposeA: bool,
  transposeB: bool,
  scratch: usize,
): void {
  const outRow = n * sizeof<T>();
  const aRow = (transposeA ? m : k) * sizeof<T>();
  const bRow = (transposeB ? k : n) * sizeof<T>();
  const blockK = blockOf<T>(k);
  const aStep = 4 * sizeof<T>();
  const panels = scratch + blockK * aStep;
  for (let j: usize = 0; j < n; j += BLOCK_ROW / sizeof<T>()) {
    const columns = min(n - j, BLOCK_ROW / sizeof<T>());
    for (let p: usize = 0; p < k; p += blockK) {
      const depth = min(k - p, blockK);
      const bBlock = transposeB ? b + j * bRow + p * sizeof<T>() : b + p * bRow + j * sizeof<T>();
      packPanels<T>(panels, bBlock, bRow, depth, blockK, columns, transposeB);
      for (let i: usize = 0; i < m; i += 4) {
        const rows = min<usize>(m - i, 4);
        const c = out + i * outRow + j * sizeof<T>();
        const first = p === 0;
        const aStrip = a + (transposeA ? p * aRow + i * sizeof<T>() : i * aRow + p * sizeof<T>());
        if (ASC_FEATURE_RELAXED_SIMD && !transposeA && rows === 4 && aRow < FAR) {
          strip<T, Apart>(c, outRow, aStrip, aRow, sizeof<T>(), panels, depth, blockK, rows, columns, first);
        } else {
          if (transposeA) packColumns<T>(scratch, aStrip, aRow, depth, rows);
          else packRows<T>(scratch, aStep, aStrip, aRow, depth, rows);
          strip<T, Beside>(c, outRow, scratch, 0, aStep, panels, depth, blockK, rows, columns, first);
        }
      }
    }
  }
}

/** Packs `columns` columns of a block of B into panels of two vectors, each `blockK` deep. */
export function packPanels<T>(
  panel: usize,
  b: usize,
  bRow: usize,
  depth: usize,
  blockK: usize,
  columns: usize,
  transposeB: bool,
): void {
  for (let left = columns; ; left -= 2 * lanes<T>()) {
    if (transposeB) {
      packRows<T>(panel, 32, b, bRow, depth, min<usize>(left, 4));
      if (sizeof<T>() === 4 && left > 4) {
        packRows<T>(panel + 16, 32, b + 4 * bRow, bRow, depth, min<usize>(left - 4, 4));
      }
      b += 2 * lanes<T>() * bRow;
    } else {
      packVectors(panel, b, left > lanes<T>() ? 16 : 0, bRow, depth);
      b += 32;
    }
    if (left <= 2 * lanes<T>()) return;
    panel += blockK * 32;
  }
}

/** Multiplies a strip of A by all panels of a block. */
export function strip<T, L>(
  out: usize,
  outRow: usize,
  a: usize,
  aRow: usize,
  aStep: usize,
  panel: usize,
  depth: usize,
  blockK: usize,
  rows: usize,
  columns: usize,
  first: bool,
): void {
  while (columns > lanes<T>()) {
    const width = min(columns, 2 * lanes<T>());
    inline.always(tile4x2<T, L>(out, outRow, a, aRow, aStep, panel, 32, depth, rows, width, first));
    columns -= width;
    out += 32;
    panel += blockK * 32;
  }
  if (columns) tile4x1<T, L>(out, outRow, a, aRow, aStep, panel, 32, depth, rows, columns, first);
}

/** The definition. */
export function gemmScalar<T>(
  out: usize,
  a: usize,
  b: usize,
  m: usize,
  n: usize,
  k: usize,
  transposeA: bool,
  transposeB: bool,
): void {
  for (let i: usize = 0; i < m; ++i) {
    for (let j: usize = 0; j < n; ++j) {
      let s: T = 0;
      for (let p: usize = 0; p < k; ++p) {
        const x = load<T>(a + (transposeA ? p * m + i : i * k + p) * sizeof<T>());
        const y = load<T>(b + (transposeB ? j * k + p : p * n + j) * sizeof<T>());
        s = multiplyAddScalar<T>(x, y, s);
      }
      store<T>(out + (i * n + j) * sizeof<T>(), s);
    }
  }
}
