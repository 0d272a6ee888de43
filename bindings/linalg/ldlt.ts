// P A Pᵀ = L D Lᵀ.

import { wordAt } from "../engine/addresses.js";
import type { Engine } from "../engine/engine.js";
import { wholeOnly } from "../engine/featureSets.js";
import type { ArrayLike } from "../values/arrays.js";
import { checkGrowth, checkSolvers, type F64Array, readSides, readSymmetric, shaped, withBlocks } from "./matrix.js";
import { largestOf, liftFor, times } from "./powerScaling.js";

/** LDLᵀ factorization P A Pᵀ = L D Lᵀ. */
export interface Ldlt {
  /** L [n, n], lower triangular with ones on the diagonal. */
  readonly lower: F64Array;
  /** D [n, n], block diagonal with blocks of one and two rows. */
  readonly blocks: F64Array;
  /** Permutation P: row i of P A is row permutation[i] of A. */
  readonly permutation: Int32Array;
  /** Numbers of positive, negative and zero eigenvalues of D, which for exact arithmetic are those of A. */
  readonly inertia: { readonly positive: number; readonly negative: number; readonly zero: number };
  /** Solves A x = b; x has the shape of b. @param b  [n] or [n, columns] */
  solve(b: ArrayLike): F64Array;
}

/**
 * LDLᵀ factorization of a symmetric, possibly indefinite matrix: P A Pᵀ = L D Lᵀ, with rook pivoting. By Sylvester's law
 * of inertia A has as many positive and negative eigenvalues as D; `inertia` has their numbers.
 *
 * @param a  A [n, n]
 * @returns  { lower, blocks, permutation, inertia, solve }
 * @throws RangeError  A is not symmetric or not finite, or a factor exceeds 1.8e308; in solve: A is singular, or x
 *   exceeds 1.8e308
 * @throws ShapeError  A is not square
 * @example
 * const factored = ldlt(engine, [[0, 1], [1, 0]]);
 * factored.inertia; // { positive: 1, negative: 1, zero: 0 }
 * factored.solve([3, 4]); // { data: [4, 3], shape: [2] }
 * @see Ashcraft, Grimes and Lewis, *Accurate symmetric indefinite linear equation solvers*, SIAM J. Matrix Anal., 1998
 */
export const ldlt = /* @__PURE__ */ wholeOnly(function ldlt(engine: Engine, a: ArrayLike): Ldlt {
  const where = "ldlt";
  checkSolvers(where, engine);
  const { data, rows: n } = readSymmetric(where, "A", a);
  const factor = liftFor(largestOf(data));
  const { factors, pivots, counts } = withBlocks(engine, [n * n, n, 2], (space, core) => {
    space.write(0, times(data, factor));
    const finite = core((c, [matrix, p, i]) => c.ldlt(matrix as number, n, p as number, i as number));
    if (finite === 0) throw new RangeError("ldlt: an element exceeds 1.8e308. Scale the matrix.");
    return { factors: space.read(0, n * n), pivots: space.readInts(1, n), counts: space.readInts(2, 3) };
  });
  const [positive = 0, negative = 0, zero = 0] = counts;
  const solve = (b: ArrayLike): F64Array => {
    const sides = readSides(`${where}: solve`, b, n);
    const columns = sides.shape[1] ?? 1;
    if (zero > 0)
      throw new RangeError(
        `ldlt: the matrix is singular: ${zero} of ${n} eigenvalues are 0. Use solveLeastSquares on independent columns.`,
      );
    return withBlocks(engine, [n * n, n, n * columns], (space, core) => {
      space.write(0, factors);
      engine.ints.set(pivots, wordAt(space.addresses[1] as number));
      space.write(2, sides.data);
      core((c, [l, p, x]) => c.solveLdlt(l as number, n, p as number, x as number, columns));
      return shaped(checkGrowth(`${where}: solve`, times(space.read(2, n * columns), factor)), ...sides.shape);
    });
  };
  const lower = new Float64Array(n * n);
  const blocks = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    lower[i * n + i] = 1;
    blocks[i * n + i] = (factors[i * n + i] as number) / factor;
    // The first row of a block of two rows has a complemented pivot; the element below its diagonal belongs to D.
    const second = i > 0 && (pivots[i - 1] as number) < 0;
    for (let j = 0; j < i; j++) if (!second || j < i - 1) lower[i * n + j] = factors[i * n + j] as number;
    if (second) {
      blocks[i * n + i - 1] = (factors[i * n + i - 1] as number) / factor;
      blocks[(i - 1) * n + i] = (factors[i * n + i - 1] as number) / factor;
    }
  }
  return {
    lower: shaped(lower, n, n),
    blocks: shaped(blocks, n, n),
    permutation: pivots.map((pivot) => (pivot < 0 ? ~pivot : pivot)),
    inertia: { positive, negative, zero },
    solve,
  };
});
