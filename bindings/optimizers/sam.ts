import { wholeOnly } from "../engine/featureSets.js";
import { wrapperSam } from "../values/contract.js";
import { checkFlag, checkNumber, checkOptions } from "../values/options.js";
import type { Optimizer } from "./optimizer.js";
import { checkInner, describeWrapper, wrapped } from "./wrap.js";

/** Options of `sam`. */
export interface SamOptions {
  /** Radius ρ > 0 of the neighborhood; default 0.05, if adaptive 0.5. Larger values prefer flatter minima. */
  readonly radius?: number;
  /** True scales the neighborhood by the weights (ASAM); default false. */
  readonly adaptive?: boolean;
}

/**
 * Sharpness-aware minimization: the inner optimizer uses the gradient at w + ε with ε = ρ g / |g|, or ε = ρ w² g / |w
 * g| if adaptive, with norms over all parameters.
 *
 * A step evaluates the batch twice, with the same rows and random numbers, and costs twice as much. Loss, gradientNorm
 * and running statistics are those of w; gradient transforms apply to the second gradient. The adaptive form does not
 * perturb weights of 0.
 *
 * @param inner    an optimizer that needs a gradient
 * @param options  radius, adaptive
 * @throws RangeError  radius is not positive
 * @throws TypeError   inner is not an optimizer, needs no gradient, or contains sam
 * @example
 * const sharp = createTrainer(engine, {
 *   model: linear(1, 1, { bias: false, weight: onesInitializer }),
 *   loss: meanSquaredError(),
 *   optimizer: sam(sgd({ learningRate: 0.25 }), { radius: 0.5 }),
 * });
 * sharp.step({ inputs: [[1]], targets: [[0]] }); // { "loss": 1, "gradientNorm": 2 }
 * sharp.parameters().weight.data; // [0.25]
 * @see Foret, Kleiner, Mobahi and Neyshabur, *Sharpness-aware minimization for efficiently improving generalization*,
 * ICLR 2021, equation 2
 * @see Kwon, Kim, Park and Choi, *ASAM: Adaptive sharpness-aware minimization*, ICML 2021, equation 7
 */
export const sam = /* @__PURE__ */ wholeOnly(function sam(inner: Optimizer, options: SamOptions = {}): Optimizer {
  const where = "sam";
  checkInner(where, inner);
  checkOptions(where, options, ["radius", "adaptive"]);
  const adaptive = checkFlag(where, "adaptive", options.adaptive ?? false);
  const radius = checkNumber(where, "radius", options.radius ?? (adaptive ? 0.5 : 0.05), { above: 0 });
  const fields = { rho: radius, adaptive: Number(adaptive) };
  return wrapped(inner, describeWrapper(where, wrapperSam, fields, { evaluatesTwice: true }));
});
