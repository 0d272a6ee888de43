// Linear systems and linear least squares, both by QR with column pivoting.

import type { Engine } from "../engine/engine.js";
import { wholeOnly } from "../engine/featureSets.js";
import type { ArrayLike } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import {
  checkGrowth,
  checkSolvers,
  type F64Array,
  type Matrix,
  readMatrix,
  readSides,
  readSquare,
  shaped,
  transposed,
  withBlocks,
} from "./matrix.js";
import { largestOf, powerFor, times } from "./powerScaling.js";

/** Solves for one or many right-hand sides; `advice` ends the error for a singular matrix. */
function solveBy(where: string, engine: Engine, matrix: Matrix, b: ArrayLike, advice: string): F64Array {
  const { rows: m, columns: n } = matrix;
  const sides = readSides(where, b, m);
  const count = sides.shape[1] ?? 1;
  const side = powerFor(largestOf(sides.data));
  // Columns are scaled separately; x is scaled back by the same factors.
  const columnsFirst = transposed(matrix);
  const factors = Array.from({ length: n }, (_, j) => {
    const column = columnsFirst.subarray(j * m, (j + 1) * m);
    const factor = powerFor(largestOf(column));
    column.set(times(column, factor));
    return factor;
  });
  return withBlocks(engine, [m * n, n, n, m * count, n * count], (space, core) => {
    space.write(0, columnsFirst);
    space.write(3, times(transposed({ data: sides.data, rows: m, columns: count }), side));
    const rank = core((c, [at, factors, p]) => c.qr(at as number, m, n, factors as number, p as number, 1));
    if (rank < n) throw new RangeError(`${where}: the matrix is singular: its rank is ${rank} of ${n}. ${advice}`);
    core((c, [at, factors, p, rhs, x]) =>
      c.solveQr(at as number, m, n, factors as number, p as number, rhs as number, count, x as number),
    );
    const x = space.read(4, n * count).map((value, k) => value * ((factors[Math.floor(k / count)] as number) / side));
    return shaped(checkGrowth(where, x), n, ...sides.shape.slice(1));
  });
}

/**
 * Solves a system of linear equations: A x = b, by QR with column pivoting.
 *
 * @param a  A [n, n]
 * @param b  right-hand side [n], or [n, columns] for many
 * @returns  x, shaped like b
 * @throws RangeError  A is singular to working precision, or a number of A, b or x is not finite
 * @throws ShapeError  A is not square, or b does not fit
 * @example
 * solve(engine, [[0, 2], [4, 0]], [2, 4]); // { data: [1, 1], shape: [2] }
 * @see Golub and Van Loan, *Matrix Computations*, 2013, §5.2
 */
export const solve = /* @__PURE__ */ wholeOnly(function solve(engine: Engine, a: ArrayLike, b: ArrayLike): F64Array {
  checkSolvers("solve", engine);
  const matrix = readSquare("solve", "A", a);
  return solveBy("solve", engine, matrix, b, "Remove dependent equations, or add to the diagonal.");
});

/**
 * Linear least squares: x = argmin ‖A x − b‖₂, by QR with column pivoting.
 *
 * @param a  A [m, n] of rank n, m ≥ n
 * @param b  [m], or [m, columns] for many
 * @returns  x [n], or [n, columns]
 * @throws RangeError  columns of A are linearly dependent, or a number of A, b or x is not finite
 * @throws ShapeError  A has more columns than rows, or b does not fit
 * @example
 * const line = solveLeastSquares(engine, [[1, 0], [1, 1], [1, 2]], [1, 3, 5]);
 * line.data.map((value) => Math.round(value * 1e9) / 1e9); // [1, 2]
 * @see Businger and Golub, *Linear least squares solutions by Householder transformations*, Num. Math., 1965
 */
export const solveLeastSquares = /* @__PURE__ */ wholeOnly(function solveLeastSquares(
  engine: Engine,
  a: ArrayLike,
  b: ArrayLike,
): F64Array {
  const where = "solveLeastSquares";
  checkSolvers(where, engine);
  const matrix = readMatrix(where, "A", a);
  if (matrix.rows < matrix.columns)
    throw new ShapeError(
      `${where}: A [${matrix.rows}, ${matrix.columns}] has fewer rows than columns, so x is not unique. Give at least ` +
        `${matrix.columns} rows, or drop columns.`,
    );
  return solveBy(where, engine, matrix, b, "Drop dependent columns.");
});
