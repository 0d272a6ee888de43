// Singular values and the condition number.

import type { Engine } from "../engine/engine.js";
import { wholeOnly } from "../engine/featureSets.js";
import type { ArrayLike } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { checkGrowth, checkSolvers, type F64Array, readMatrix, shaped, transposed, withBlocks } from "./matrix.js";
import { largestOf, powerFor, times } from "./powerScaling.js";

/**
 * Singular values of a matrix: σ₁ ≥ σ₂ ≥ …, by one-sided Jacobi rotations, which compute small values accurately.
 *
 * @param a  A [m, n]
 * @returns  [min(m, n)], descending
 * @throws RangeError  A is not finite, or a singular value exceeds 1.8e308
 * @throws ShapeError  A is not a matrix
 * @example
 * singularValues(engine, [[0, 3], [2, 0], [0, 0]]); // { data: [3, 2], shape: [2] }
 * @see Drmač and Veselić, *New fast and accurate Jacobi SVD algorithm*, SIAM J. Matrix Anal., 2008
 */
export const singularValues = /* @__PURE__ */ wholeOnly(function singularValues(
  engine: Engine,
  a: ArrayLike,
): F64Array {
  const where = "singularValues";
  checkSolvers(where, engine);
  const { values, factor } = singularValuesOf(where, engine, a);
  return shaped(checkGrowth(where, times(values, 1 / factor)), values.length);
});

/** Singular values times `factor`, a power of two. */
function singularValuesOf(where: string, engine: Engine, a: ArrayLike): { values: Float64Array; factor: number } {
  const matrix = readMatrix(where, "A", a);
  const { data, rows, columns } = matrix;
  const tall = rows >= columns;
  const [m, n] = tall ? [rows, columns] : [columns, rows];
  const factor = powerFor(largestOf(data));
  const columnsFirst = times(tall ? transposed(matrix) : data, factor);
  return withBlocks(engine, [m * n, n], (space, core) => {
    space.write(0, columnsFirst);
    const converged = core((c, [at, values]) => c.singularValues(at as number, m, n, values as number));
    if (converged === 0) throw new RangeError(`${where}: no convergence. Please report the matrix.`);
    return { values: space.read(1, n), factor };
  });
}

/**
 * Condition number in the 2-norm: σ_max / σ_min, the largest factor by which a relative error of b can grow in the
 * solution of A x = b. Infinite for a singular matrix.
 *
 * @param a  A [m, n]
 * @throws RangeError  A is not finite
 * @throws ShapeError  A is not a matrix, or empty
 * @example
 * conditionNumber(engine, [[4, 0], [0, 0.5]]); // 8
 * @see Golub and Van Loan, *Matrix Computations*, 2013, §2.6
 */
export const conditionNumber = /* @__PURE__ */ wholeOnly(function conditionNumber(
  engine: Engine,
  a: ArrayLike,
): number {
  const where = "conditionNumber";
  checkSolvers(where, engine);
  const { values } = singularValuesOf(where, engine, a);
  if (values.length === 0) throw new ShapeError(`${where}: A is empty, expected at least 1 row and 1 column.`);
  const least = values.at(-1) as number;
  return least === 0 ? Number.POSITIVE_INFINITY : (values[0] as number) / least;
});
