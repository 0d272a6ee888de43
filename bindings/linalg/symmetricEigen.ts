// A = V Λ Vᵀ.

import type { Engine } from "../engine/engine.js";
import { wholeOnly } from "../engine/featureSets.js";
import type { ArrayLike } from "../values/arrays.js";
import { checkFlag, checkOptions } from "../values/options.js";
import { checkSolvers, type F64Array, readSymmetric, shaped, withBlocks } from "./matrix.js";

/** Options of `symmetricEigen`. */
export interface EigenOptions {
  /** True computes eigenvectors as well, in about three times the time; default true. */
  readonly vectors?: boolean;
}

/** Eigendecomposition A = V Λ Vᵀ of a symmetric matrix. */
export interface SymmetricEigen {
  /** Eigenvalues [n], ascending. */
  readonly values: F64Array;
  /** Orthonormal eigenvectors [n, n], column k for value k; [n, 0] if `vectors` was false. */
  readonly vectors: F64Array;
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix: A = V Λ Vᵀ. The error of each value is of the order of ε ‖A‖.
 *
 * @param a        A [n, n]
 * @param options  vectors
 * @returns        { values, vectors }
 * @throws RangeError  A is not symmetric or not finite
 * @throws ShapeError  A is not square
 * @example
 * symmetricEigen(engine, [[2, 0], [0, -1]]).values; // { data: [-1, 2], shape: [2] }
 * @see Dubrulle, Martin and Wilkinson, *The implicit QL algorithm*, Num. Math., 1968
 */
export const symmetricEigen = /* @__PURE__ */ wholeOnly(function symmetricEigen(
  engine: Engine,
  a: ArrayLike,
  options: EigenOptions = {},
): SymmetricEigen {
  const where = "symmetricEigen";
  checkSolvers(where, engine);
  checkOptions(where, options, ["vectors"]);
  const wanted = checkFlag(where, "vectors", options.vectors ?? true);
  const { data, rows: n } = readSymmetric(where, "A", a);
  return eigenOf(where, engine, data, n, wanted);
});

/** Eigendecomposition of a matrix that is known to be symmetric and finite. @internal */
export function eigenOf(where: string, engine: Engine, data: Float64Array, n: number, wanted: boolean): SymmetricEigen {
  const elements = wanted ? n * n : 0;
  return withBlocks(engine, [n * n, n, elements], (space, core) => {
    space.write(0, data);
    const converged = core((c, [matrix, values, vectors]) =>
      c.symmetricEigen(matrix as number, n, values as number, wanted ? (vectors as number) : 0),
    );
    if (converged === 0) throw new RangeError(`${where}: no convergence. Please report the matrix.`);
    return { values: shaped(space.read(1, n), n), vectors: shaped(space.read(2, elements), n, wanted ? n : 0) };
  });
}
