// Sharpness, which limits the learning rate of gradient descent.

import { wholeOnly } from "../engine/featureSets.js";
import { checkNumber, checkOptions } from "../values/options.js";
import type { LossSurface } from "./surface.js";
import { type TopEigenvaluesOptions, topOf } from "./topEigenvalues.js";

/** Sharpness of a loss and its limit for a learning rate. */
export interface Sharpness {
  /** λ_max of the Hessian. */
  readonly sharpness: number;
  /** 2 / learningRate. */
  readonly threshold: number;
  /** True if λ_max < 2 / learningRate, so that gradient descent is stable on the quadratic model of the loss. */
  readonly stable: boolean;
  /** Residual ‖H v − λ v‖, a bound of the error of λ_max. */
  readonly residual: number;
}

/**
 * Sharpness of a loss: λ_max(H), compared with 2 / learningRate. Full-batch gradient descent on a quadratic diverges
 * along eigenvectors with larger eigenvalues; in training, λ_max tends to rise to that limit.
 *
 * @param surface       a surface of lossSurface or trainerSurface
 * @param learningRate  learning rate of plain gradient descent, > 0
 * @param options       tolerance, steps, seed, as for topEigenvalues
 * @throws TypeError   surface is not a surface
 * @throws RangeError  a number is out of range, or the Hessian is not finite
 * @example
 * const surface = lossSurface(engine, (x) => x.square().multiply([2, 1]).sum(), [1, 1]);
 * sharpness(surface, 0.25).threshold; // 8
 * sharpness(surface, 0.25).stable; // true
 * @see Cohen et al., *Gradient descent on neural networks typically occurs at the edge of stability*, ICLR 2021
 */
export const sharpness = /* @__PURE__ */ wholeOnly(function sharpness(
  surface: LossSurface,
  learningRate: number,
  options: Omit<TopEigenvaluesOptions, "count" | "which"> = {},
): Sharpness {
  const where = "sharpness";
  checkOptions(where, options, ["tolerance", "steps", "seed"]);
  const threshold = 2 / checkNumber(where, "learningRate", learningRate, { above: 0 });
  const { values, residuals } = topOf(where, surface, { ...options, count: 1, which: "largest" });
  const [largest = 0] = values;
  return { sharpness: largest, threshold, stable: largest < threshold, residual: residuals[0] as number };
});
