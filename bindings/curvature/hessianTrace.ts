// Trace of the Hessian.

import * as abi from "../../assembly/abi.js";
import { doubleAt } from "../engine/addresses.js";
import { wholeOnly } from "../engine/featureSets.js";
import { checkNumber, checkOptions } from "../values/options.js";
import { seedWords } from "./lanczos.js";
import { checkSurface, type LossSurface } from "./surface.js";

/** Options of `hessianTrace`. */
export interface HessianTraceOptions {
  /** Number of random vectors, ≥ 2; default 100. The standard error falls with its square root. */
  readonly probes?: number;
  /** Seed: integer from 0 below 2⁵³; default 0. */
  readonly seed?: number;
}

/**
 * Trace of the Hessian by Hutchinson's estimator: tr H ≈ mean of vᵀ H v over random vectors v of ±1. The estimate is
 * exact for a diagonal Hessian.
 *
 * @param surface  a surface of lossSurface or trainerSurface
 * @param options  probes, seed
 * @returns        the estimate, its standard error, and the number of vectors
 * @throws TypeError   surface is not a surface
 * @throws RangeError  an option is out of range, or the Hessian is not finite
 * @example
 * const surface = lossSurface(engine, (x) => x.square().multiply([3, 1, -2]).sum(), [0, 0, 0]);
 * hessianTrace(surface, { probes: 4 }); // { trace: 4, standardError: 0, probes: 4 }
 * @see Hutchinson, *A stochastic estimator of the trace of the influence matrix*, Comm. Statist., 1990
 */
export const hessianTrace = /* @__PURE__ */ wholeOnly(function hessianTrace(
  surface: LossSurface,
  options: HessianTraceOptions = {},
): { readonly trace: number; readonly standardError: number; readonly probes: number } {
  const where = "hessianTrace";
  const { engine, elements, record } = checkSurface(where, surface);
  checkOptions(where, options, ["probes", "seed"]);
  const probes = checkNumber(where, "probes", options.probes ?? 100, { min: 2, integer: true });
  const [low, high] = seedWords(where, options.seed);
  surface.prepare(abi.surfaceProduct);
  return engine.borrow(8 * (probes + 2 * elements) + 64, (forms) => {
    engine.checked((core) => core.quadraticForms(record, probes, low, high, forms, forms + 8 * probes));
    const values = engine.doubles.slice(doubleAt(forms), doubleAt(forms) + probes);
    const trace = values.reduce((sum, value) => sum + value, 0) / probes;
    if (!Number.isFinite(trace))
      throw new RangeError(
        `${where}: a product with the Hessian is not finite. Check value() and gradient() at this point.`,
      );
    const spread = values.reduce((sum, value) => sum + (value - trace) ** 2, 0) / (probes - 1);
    return { trace, standardError: Math.sqrt(spread / probes), probes };
  });
});
