// Adan: an adaptive method with Nesterov momentum by differences of successive gradients.

import { wholeOnly } from "../engine/featureSets.js";
import { checkHyper, type Schedulable } from "../schedules/scheduled.js";
import { ruleAdan } from "../values/contract.js";
import { type ConventionOption, resolve } from "./convention.js";
import { type DecayOptions, type DecoupledCoupling, decayKeys, decoupledDecayOf } from "./decay.js";
import { describeOptimizer, type Optimizer } from "./optimizer.js";

/** Options of `adan`. */
export interface AdanOptions extends ConventionOption, DecayOptions<DecoupledCoupling> {
  /** Learning rate h > 0; default 0.001. Larger values train faster, but diverge if too large. */
  readonly learningRate?: Schedulable;
  /** Decay rate of the mean gradient, 0 ≤ β₁ < 1; default 0.98. */
  readonly beta1?: Schedulable;
  /** Decay rate of the mean difference of gradients, 0 ≤ β₂ < 1; default 0.92. */
  readonly beta2?: Schedulable;
  /** Decay rate of the mean square, 0 ≤ β₃ < 1; default 0.99. */
  readonly beta3?: Schedulable;
  /** Constant ε > 0 that avoids a division by 0; default 1e-8. Larger values shorten the steps of small gradients. */
  readonly epsilon?: Schedulable;
}

const paper = { learningRate: 1e-3, beta1: 0.98, beta2: 0.92, beta3: 0.99, epsilon: 1e-8 };
const fraction = { min: 0, below: 1 } as const;
const positive = { above: 0 } as const;

/**
 * Adan: w ← (w − h (m̂ + β₂ v̂) / (√n̂ + ε)) / (1 + h λ), with bias-corrected means m̂ of g, v̂ of d = g − g₋ and n̂ of
 * (g + β₂ d)², where g₋ is the previous gradient. Its βᵢ are 1 − βᵢ of the paper. It is the same for all conventions.
 *
 * Weight decay divides the new weights, as in the last line of the paper's algorithm 1 and in its authors' code. With a
 * wrapper that changes updates or decayCoupling "cautious" it is w ← (1 − h λ) w, as in AdamW.
 *
 * @param options  learningRate, beta1, beta2, beta3, epsilon, weightDecay, decayCoupling, decayFilter, convention
 * @throws RangeError  learningRate or epsilon is not positive, a β is outside [0, 1), or decayCoupling is not decoupled
 * @throws TypeError   decayCoupling is given without weightDecay, or an option is unknown
 * @example
 * adan({ learningRate: 1e-3, weightDecay: 0.02 });
 * @see Xie, Zhou, Li, Lin and Yan, *Adan: Adaptive Nesterov momentum algorithm for faster optimizing deep models*, IEEE
 *   TPAMI 2024, algorithm 1
 */
export const adan = /* @__PURE__ */ wholeOnly(function adan(options: AdanOptions = {}): Optimizer {
  const where = "adan";
  const all = resolve(where, options, { paper }, decayKeys);
  const hyper = {
    learningRate: checkHyper(where, "learningRate", all.learningRate, positive),
    beta1: checkHyper(where, "beta1", all.beta1, fraction),
    beta2: checkHyper(where, "beta2", all.beta2, fraction),
    beta3: checkHyper(where, "beta3", all.beta3, fraction),
    epsilon: checkHyper(where, "epsilon", all.epsilon, positive, positive),
  };
  const coupled = 'Use decayCoupling "decoupledLearningRate".';
  const decay = decoupledDecayOf(where, options, hyper.learningRate, coupled);
  return describeOptimizer(adan, options, { name: where, rule: ruleAdan, states: 4, squares: [2], hyper, decay });
});
