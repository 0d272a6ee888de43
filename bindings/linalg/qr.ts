// A P = Q R.

import type { Engine } from "../engine/engine.js";
import { wholeOnly } from "../engine/featureSets.js";
import type { ArrayLike } from "../values/arrays.js";
import { checkFlag, checkOptions } from "../values/options.js";
import { checkGrowth, checkSolvers, type F64Array, readMatrix, shaped, transposed, withBlocks } from "./matrix.js";
import { largestOf, powerFor, times } from "./powerScaling.js";

/** Options of `qr`. */
export interface QrOptions {
  /** True permutes columns so that |R[k, k]| descends, which reveals the rank; default false. */
  readonly pivot?: boolean;
}

/** QR factorization A P = Q R. */
export interface Qr {
  /** Q [m, min(m, n)], with orthonormal columns. */
  readonly q: F64Array;
  /** R [min(m, n), n], upper triangular. */
  readonly r: F64Array;
  /** Permutation P: column j of A P is column permutation[j] of A; 0, 1, … without pivoting. */
  readonly permutation: Int32Array;
  /** Numerical rank, valid with pivoting: the number of leading k with |R[k, k]| > max(m, n) ε ‖column k of R‖. */
  readonly rank: number;
}

/**
 * QR factorization by Householder reflectors: A P = Q R, with P = I unless `pivot` is true.
 *
 * @param a        A [m, n]
 * @param options  pivot
 * @returns        { q, r, permutation, rank }
 * @throws RangeError  A is not finite, or an element of R exceeds 1.8e308
 * @throws ShapeError  A is not a matrix
 * @example
 * const { r, rank } = qr(engine, [[3, 6], [4, 8]], { pivot: true });
 * r.data.map(Math.round); // [-10, -5, 0, 0]
 * rank; // 1
 * @see Businger and Golub, *Linear least squares solutions by Householder transformations*, Num. Math., 1965
 */
export const qr = /* @__PURE__ */ wholeOnly(function qr(engine: Engine, a: ArrayLike, options: QrOptions = {}): Qr {
  const where = "qr";
  checkSolvers(where, engine);
  checkOptions(where, options, ["pivot"]);
  const pivot = checkFlag(where, "pivot", options.pivot ?? false);
  const matrix = readMatrix(where, "A", a);
  const { rows: m, columns: n } = matrix;
  const k = Math.min(m, n);
  const factor = powerFor(largestOf(matrix.data));
  return withBlocks(engine, [m * n, k, n, k * m], (space, core) => {
    space.write(0, times(transposed(matrix), factor));
    const rank = core((c, [at, factors, p]) =>
      c.qr(at as number, m, n, factors as number, pivot ? (p as number) : 0, 0),
    );
    core((c, [at, factors, , q]) => c.formQ(at as number, m, n, factors as number, q as number));
    const columns = checkGrowth(where, times(space.read(0, m * n), 1 / factor));
    const r = new Float64Array(k * n);
    for (let j = 0; j < n; j++)
      for (let i = 0; i <= Math.min(j, k - 1); i++) r[i * n + j] = columns[j * m + i] as number;
    const permutation = pivot ? space.readInts(2, n) : Int32Array.from({ length: n }, (_, j) => j);
    const q = transposed({ data: space.read(3, k * m), rows: k, columns: m });
    return { q: shaped(q, m, k), r: shaped(r, k, n), permutation, rank };
  });
});
