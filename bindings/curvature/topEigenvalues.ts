// Extreme eigenvalues of the Hessian.

import * as abi from "../../assembly/abi.js";
import { doubleAt } from "../engine/addresses.js";
import { wholeOnly } from "../engine/featureSets.js";
import { checkChoice, checkNumber, checkOptions } from "../values/options.js";
import { seedWords, stepsDone, tridiagonalEigen } from "./lanczos.js";
import { checkSurface, type LossSurface } from "./surface.js";

/** Options of `topEigenvalues`; those of `sharpness`, apart from `count`. */
export interface TopEigenvaluesOptions {
  /** Number k of eigenvalues, 1 .. parameters; default 1. */
  readonly count?: number;
  /** Eigenvalues to compute: the "largest" (default), the "smallest", or those of largest "magnitude". */
  readonly which?: "largest" | "smallest" | "magnitude";
  /** Tolerance of the residuals relative to the largest magnitude, > 0; default 1e-6. */
  readonly tolerance?: number;
  /** Maximum number of Hessian-vector products, ≥ k; default max(200, 2 k). Each stores a vector [parameters]. */
  readonly steps?: number;
  /** Seed of the random start vector: integer from 0 below 2⁵³; default 0. */
  readonly seed?: number;
}

/** Extreme eigenvalues with their eigenvectors. */
export interface TopEigenvalues {
  /** Eigenvalues [k], the most extreme first. */
  readonly values: Float64Array;
  /** Eigenvector [parameters] of norm 1 for each value. */
  readonly vectors: readonly Float64Array[];
  /** Residuals ‖H v − λ v‖ [k]; an eigenvalue of H lies within this distance of each value. */
  readonly residuals: Float64Array;
  /** Number of Hessian-vector products computed. */
  readonly steps: number;
  /** True if all residuals are within the tolerance. */
  readonly converged: boolean;
}

/**
 * Extreme eigenvalues of the Hessian: H v = λ v, by the Lanczos method with full reorthogonalization, without forming H.
 *
 * @param surface  a surface of lossSurface or trainerSurface
 * @param options  count, which, tolerance, steps, seed
 * @throws TypeError   surface is not a surface
 * @throws RangeError  an option is out of range, or the Hessian is not finite
 * @example
 * const surface = lossSurface(engine, (x) => x.square().multiply([3, 1, -2]).sum(), [0, 0, 0]);
 * const { values } = topEigenvalues(surface, { count: 2 });
 * values.map((value) => Math.round(value * 1e6) / 1e6); // [6, 2]
 * @see Paige, *The computation of eigenvalues and eigenvectors of very large sparse matrices*, 1971
 */
export const topEigenvalues = /* @__PURE__ */ wholeOnly(function topEigenvalues(
  surface: LossSurface,
  options: TopEigenvaluesOptions = {},
): TopEigenvalues {
  const where = "topEigenvalues";
  checkOptions(where, options, ["count", "which", "tolerance", "steps", "seed"]);
  return topOf(where, surface, options);
});

/** Implements topEigenvalues for functions of another name, which errors give. @internal */
export function topOf(where: string, surface: LossSurface, options: TopEigenvaluesOptions): TopEigenvalues {
  const { engine, elements: n, record } = checkSurface(where, surface);
  const k = checkNumber(where, "count", options.count ?? 1, { min: 1, integer: true });
  if (k > n) throw new RangeError(`${where}: count must be at most ${n}, the number of parameters, got ${k}.`);
  const which = checkChoice(where, "which", options.which ?? "largest", ["largest", "smallest", "magnitude"]);
  const tolerance = checkNumber(where, "tolerance", options.tolerance ?? 1e-6, { above: 0 });
  const limit = Math.min(
    n,
    checkNumber(where, "steps", options.steps ?? Math.max(200, 2 * k), { min: k, integer: true }),
  );
  const [low, high] = seedWords(where, options.seed);
  surface.prepare(abi.surfaceProduct);
  // Memory: the basis of limit + 1 rows, the diagonals of T, coefficients [limit, k], and eigenvectors [k, n].
  return engine.borrow(8 * ((limit + 1) * n + 2 * limit + k * limit + k * n) + 64, (basis) => {
    const alphas = basis + 8 * (limit + 1) * n;
    const betas = alphas + 8 * limit;
    const coefficients = betas + 8 * limit;
    const combined = coefficients + 8 * k * limit;
    let done = 0;
    for (;;) {
      const to = Math.min(limit, done + Math.max(10, 2 * k));
      const from = done;
      done = stepsDone(where, engine, (core) => core.lanczos(record, from, to, low, high, basis, alphas, betas));
      const t = engine.doubles.slice(doubleAt(alphas), doubleAt(alphas) + done);
      const offDiagonal = engine.doubles.slice(doubleAt(betas), doubleAt(betas) + done);
      const { values, vectors } = tridiagonalEigen(where, engine, t, offDiagonal);
      const order = Array.from(values.data.keys());
      const rank = (i: number): number => {
        const value = values.data[i] as number;
        return which === "largest" ? -value : which === "smallest" ? value : -Math.abs(value);
      };
      order.sort((a, b) => rank(a) - rank(b));
      const chosen = order.slice(0, Math.min(k, done));
      const last = offDiagonal[done - 1] as number;
      const residuals = chosen.map((i) => Math.abs(last * (vectors.data[(done - 1) * done + i] as number)));
      const size = values.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const exhausted = done < to || done === n;
      const converged = chosen.length === k && (exhausted || residuals.every((r) => r <= tolerance * size));
      if (!converged && done < limit && !exhausted) continue;
      const columns = new Float64Array(done * k);
      for (const [j, i] of chosen.entries())
        for (let step = 0; step < done; step++) columns[step * k + j] = vectors.data[step * done + i] as number;
      engine.doubles.set(columns, doubleAt(coefficients));
      engine.checked((core) => core.multiplyTransposed(combined, coefficients, basis, k, n, done));
      const found = chosen.map((_, j) =>
        engine.doubles.slice(doubleAt(combined) + j * n, doubleAt(combined) + (j + 1) * n),
      );
      return {
        values: Float64Array.from(chosen, (i) => values.data[i] as number),
        vectors: found,
        residuals: Float64Array.from(residuals),
        steps: done,
        converged,
      };
    }
  });
}
