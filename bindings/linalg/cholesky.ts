// A = L Lᵀ.

import type { Engine } from "../engine/engine.js";
import { wholeOnly } from "../engine/featureSets.js";
import type { ArrayLike } from "../values/arrays.js";
import { checkGrowth, checkSolvers, type F64Array, readSides, readSymmetric, shaped, withBlocks } from "./matrix.js";
import { largestOf, liftFor, times } from "./powerScaling.js";

/** Cholesky factorization A = L Lᵀ. */
export interface Cholesky {
  /** L [n, n], lower triangular with a positive diagonal. */
  readonly factor: F64Array;
  /** Solves A x = b; x has the shape of b. @param b  [n] or [n, columns] */
  solve(b: ArrayLike): F64Array;
}

/**
 * Cholesky factorization of a symmetric positive definite matrix: A = L Lᵀ.
 *
 * @param a  A [n, n]
 * @returns  { factor, solve }
 * @throws RangeError  A is not symmetric, not positive definite, or not finite; in solve: x exceeds 1.8e308
 * @throws ShapeError  A is not square
 * @example
 * const factored = cholesky(engine, [[4, 2], [2, 5]]);
 * factored.factor; // { data: [2, 0, 1, 2], shape: [2, 2] }
 * factored.solve([8, 12]); // { data: [1, 2], shape: [2] }
 * @see Golub and Van Loan, *Matrix Computations*, 2013, §4.2
 */
export const cholesky = /* @__PURE__ */ wholeOnly(function cholesky(engine: Engine, a: ArrayLike): Cholesky {
  const where = "cholesky";
  checkSolvers(where, engine);
  const { data, rows: n } = readSymmetric(where, "A", a);
  const lift = liftFor(largestOf(data));
  const factor = withBlocks(engine, [n * n], (space, core) => {
    space.write(0, times(data, lift));
    const failed = core((c, [matrix]) => c.cholesky(matrix as number, n));
    const l = space.read(0, n * n);
    if (failed < n)
      throw new RangeError(
        `cholesky: not positive definite: pivot ${failed} is ${(l[failed * n + failed] as number) / lift}, expected a positive number. ` +
          "Use ldlt for an indefinite matrix, or add to its diagonal.",
      );
    for (let i = 0; i < n; i++) l.fill(0, i * n + i + 1, (i + 1) * n);
    return l;
  });
  const solve = (b: ArrayLike): F64Array => {
    const sides = readSides(`${where}: solve`, b, n);
    const columns = sides.shape[1] ?? 1;
    return withBlocks(engine, [n * n, n * columns], (space, core) => {
      space.write(0, factor);
      space.write(1, sides.data);
      core((c, [l, x]) => c.solveCholesky(l as number, n, x as number, columns));
      return shaped(checkGrowth(`${where}: solve`, times(space.read(1, n * columns), lift)), ...sides.shape);
    });
  };
  return { factor: shaped(times(factor, 1 / Math.sqrt(lift)).slice(), n, n), solve };
});
