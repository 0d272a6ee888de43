// Whether gradient descent is stable where it stands.

import { wholeOnly } from "../engine/featureSets.js";
import { checkNumber, checkOptions } from "../values/options.js";
import type { LossSurface } from "./surface.js";
import { type TopEigenvaluesOptions, topOf } from "./topEigenvalues.js";

/** The largest eigenvalue against what a learning rate bears. */
export interface Sharpness {
  /** λ_max of the Hessian. */
  readonly sharpness: number;
  /** 2 / learningRate. */
  readonly threshold: number;
  /** Whether λ_max < 2 / learningRate: steps of gradient descent shrink along its steepest direction. */
  readonly stable: boolean;
  /** How far λ_max may be off. */
  readonly residual: number;
}

/**
 * Sharpness λ_max of a loss against 2 / learningRate. Full-batch gradient descent on a quadratic oscillates and diverges
 * along an eigenvector whose eigenvalue lies above; in training, λ_max tends to rise to just there.
 *
 * @param learningRate  of plain gradient descent, > 0
 * @param options       tolerance, steps, seed: as of topEigenvalues
 * @throws RangeError  a number out of range, or a Hessian that is not finite
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
