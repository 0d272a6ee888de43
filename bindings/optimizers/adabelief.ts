// AdaBelief: Adam with the variance of the gradient around its mean in place of the mean square.

import { wholeOnly } from "../engine/featureSets.js";
import type { Schedulable } from "../schedules/scheduled.js";
import { ruleAdaBelief } from "../values/contract.js";
import { type ConventionOption, type Presets, resolve } from "./convention.js";
import { type DecayOptions, decayKeys, decayOf } from "./decay.js";
import { type MomentsOptions, momentsHyper } from "./moments.js";
import { describeOptimizer, type Optimizer } from "./optimizer.js";

/** Options of `adabelief`. */
export interface AdabeliefOptions extends MomentsOptions, ConventionOption, DecayOptions {
  /** Constant ε > 0, added to s at every update and to the root of ŝ; default 1e-16. */
  readonly epsilon?: Schedulable;
}

const presets: Presets<Required<MomentsOptions>> = {
  paper: { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-16 },
};

/**
 * AdaBelief: w ← w − h m̂ / (√ŝ + ε), with bias-corrected means m̂ of g and ŝ of (g − m)². Steps are longer where
 * gradients are close to their mean.
 *
 * Every update adds ε to s, which contributes ε / (1 − β₂) to ŝ.
 *
 * @param options  learningRate, beta1, beta2, epsilon, weightDecay, decayCoupling, decayFilter, convention
 * @throws RangeError  learningRate or epsilon is not positive, or beta1 or beta2 is outside [0, 1)
 * @throws TypeError   decayCoupling is given without weightDecay, or an option is unknown
 * @example
 * adabelief({ learningRate: 1e-3 });
 * @see Zhuang et al., *AdaBelief optimizer: Adapting stepsizes by the belief in observed gradients*, NeurIPS 2020,
 *   algorithm 2
 */
export const adabelief = /* @__PURE__ */ wholeOnly(function adabelief(options: AdabeliefOptions = {}): Optimizer {
  const where = "adabelief";
  const all = resolve(where, options, presets, decayKeys);
  const hyper = momentsHyper(where, all);
  const decay = decayOf(where, options, all.convention, hyper.learningRate);
  // The name that checkpoints hold.
  const parts = { name: "adaBelief", rule: ruleAdaBelief, states: 2, squares: [1], hyper, decay };
  return describeOptimizer(adabelief, options, parts);
});
