// The eigenvalues at an end of the Hessian's spectrum.

import * as abi from "../../assembly/abi.js";
import { doubleAt } from "../engine/addresses.js";
import { wholeOnly } from "../engine/featureSets.js";
import { checkChoice, checkNumber, checkOptions } from "../values/options.js";
import { seedWords, stepsDone, tridiagonalEigen } from "./lanczos.js";
import { checkSurface, type LossSurface } from "./surface.js";

export interface TopEigenvaluesOptions {
  /** Number k of eigenvalues, ≥ 1; default 1. */
  readonly count?: number;
  /** The end of the spectrum: "largest" (default), "smallest", or those of largest "magnitude". */
  readonly which?: "largest" | "smallest" | "magnitude";
  /** Residual allowed, relative to the largest magnitude, > 0; default 1e-6. */
  readonly tolerance?: number;
  /** Products with the Hessian at most, ≥ count; default 200. Each keeps a vector of all parameters. */
  readonly steps?: number;
  /** Of the random start, a whole number from 0; default 0. */
  readonly seed?: number;
}

/** Eigenvalues and eigenvectors at an end of a spectrum. */
export interface TopEigenvalues {
  /** [count], from the end inwards. */
  readonly values: Float64Array;
  /** For each value its eigenvector of length 1, all parameters in one. */
  readonly vectors: readonly Float64Array[];
  /** ‖H v − λ v‖ of each: an eigenvalue lies at most so far away. */
  readonly residuals: Float64Array;
  /** Products with the Hessian that were taken. */
  readonly steps: number;
  /** Whether all residuals are within the tolerance. */
  readonly converged: boolean;
}

/**
 * Eigenvalues at an end of the Hessian's spectrum, by the Lanczos method with full reorthogonalization: the Hessian is
 * never formed, many products are one call.
 *
 * @throws RangeError  an option out of range, or a Hessian that is not finite
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

/** The same, under the name of who asks. @internal */
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
  // Rows of the basis, one more than there are steps; then T; then a step's coefficients and what they combine to.
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
      const beside = engine.doubles.slice(doubleAt(betas), doubleAt(betas) + done);
      const { values, vectors } = tridiagonalEigen(where, engine, t, beside);
      const order = Array.from(values.data.keys());
      const rank = (i: number): number => {
        const value = values.data[i] as number;
        return which === "largest" ? -value : which === "smallest" ? value : -Math.abs(value);
      };
      order.sort((a, b) => rank(a) - rank(b));
      const chosen = order.slice(0, Math.min(k, done));
      const last = beside[done - 1] as number;
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
