import { wholeOnly } from "../engine/featureSets.js";
import { wrapperSam } from "../values/contract.js";
import { checkFlag, checkNumber, checkOptions } from "../values/options.js";
import type { Optimizer } from "./optimizer.js";
import { checkInner, describeWrapper, wrapped } from "./wrap.js";

export interface SamOptions {
  /**
   * ρ > 0, length of the step uphill to where the gradient is taken: larger seeks flatter minima; default 0.05,
   * adaptive 0.5.
   */
  readonly radius?: number;
  /** Whether the ball is measured in units of the weights (ASAM); default false. */
  readonly adaptive?: boolean;
}

/**
 * Sharpness-aware minimization around an optimizer: its gradient is taken at w + ε, ε = ρ g / |g|, and ε = ρ w² g / |w g|
 * if it is adaptive, with norms over all parameters.
 *
 * A step evaluates the batch twice, with the same rows and the same random numbers, so it costs twice as much. Loss,
 * gradientNorm and running statistics are those of w; gradient transforms see the second gradient. A parameter of 0 is
 * not moved by the adaptive form.
 *
 * @param inner    any optimizer that takes a gradient
 * @param options  radius and adaptive
 * @throws RangeError  radius not positive
 * @throws TypeError   inner is no optimizer, takes no gradient or is in sam already
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
