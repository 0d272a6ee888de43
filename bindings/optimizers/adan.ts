// Adan: Nesterov's momentum of an adaptive method, by the difference of successive gradients.

import { wholeOnly } from "../engine/featureSets.js";
import { checkHyper, type Schedulable } from "../schedules/scheduled.js";
import { ruleAdan } from "../values/contract.js";
import { type ConventionOption, resolve } from "./convention.js";
import { type DecayOptions, type DecoupledCoupling, decayKeys, decoupledDecayOf } from "./decay.js";
import { describeOptimizer, type Optimizer } from "./optimizer.js";

export interface AdanOptions extends ConventionOption, DecayOptions<DecoupledCoupling> {
  /** Learning rate h > 0, the length of a step: larger learns faster, too large diverges; default 0.001. */
  readonly learningRate?: Schedulable;
  /** Decay of the mean gradient, 0 ≤ β₁ < 1; default 0.98. */
  readonly beta1?: Schedulable;
  /** Decay of the mean difference, 0 ≤ β₂ < 1; default 0.92. */
  readonly beta2?: Schedulable;
  /** Decay of the mean square, 0 ≤ β₃ < 1; default 0.99. */
  readonly beta3?: Schedulable;
  /**
   * ε > 0 beside the root, so that nothing is divided by 0: larger makes steps of small gradients shorter; default
   * 1e-8.
   */
  readonly epsilon?: Schedulable;
}

const paper = { learningRate: 1e-3, beta1: 0.98, beta2: 0.92, beta3: 0.99, epsilon: 1e-8 };
const share = { min: 0, below: 1 } as const;
const positive = { above: 0 } as const;

/**
 * Adan: w ← (w − h (m̂ + β₂ v̂) / (√n̂ + ε)) / (1 + h λ), with bias-corrected means m̂ of g, v̂ of d = g − g₋ and n̂ of
 * (g + β₂ d)², where g₋ is the gradient before. Its βᵢ are the paper's taken from 1. All conventions agree on it.
 *
 * Decay divides the new weights, as the last line of the paper's algorithm 1 and its authors' code do. Only where a
 * wrapper or decayCoupling "cautious" keeps updates apart from the weights it is w ← (1 − h λ) w, as in AdamW.
 *
 * @throws RangeError  learningRate or epsilon not positive, a decay outside [0, 1), decayCoupling not decoupled
 * @throws TypeError   decayCoupling without weightDecay, or an unknown option
 * @example
 * adan({ learningRate: 1e-3, weightDecay: 0.02 });
 * @see Xie, Zhou, Li, Lin and Yan, *Adan: Adaptive Nesterov momentum algorithm for faster optimizing deep models*, IEEE TPAMI 2024, algorithm 1
 */
export const adan = /* @__PURE__ */ wholeOnly(function adan(options: AdanOptions = {}): Optimizer {
  const where = "adan";
  const all = resolve(where, options, { paper }, decayKeys);
  const hyper = {
    learningRate: checkHyper(where, "learningRate", all.learningRate, positive),
    beta1: checkHyper(where, "beta1", all.beta1, share),
    beta2: checkHyper(where, "beta2", all.beta2, share),
    beta3: checkHyper(where, "beta3", all.beta3, share),
    epsilon: checkHyper(where, "epsilon", all.epsilon, positive, positive),
  };
  const coupled = 'Use decayCoupling "decoupledLearningRate".';
  const decay = decoupledDecayOf(where, options, hyper.learningRate, coupled);
  return describeOptimizer(adan, options, { name: where, rule: ruleAdan, states: 4, squares: [2], hyper, decay });
});
