// AdaBelief: Adam that trusts a gradient by how near it is to its mean.

import { wholeOnly } from "../engine/featureSets.js";
import type { Schedulable } from "../schedules/scheduled.js";
import { ruleAdaBelief } from "../values/contract.js";
import { type ConventionOption, type Presets, resolve } from "./convention.js";
import { type DecayOptions, decayKeys, decayOf } from "./decay.js";
import { type MomentsOptions, momentsHyper } from "./moments.js";
import { describeOptimizer, type Optimizer } from "./optimizer.js";

export interface AdabeliefOptions extends MomentsOptions, ConventionOption, DecayOptions {
  /** ε > 0, added to the mean square of every update and to its root; default 1e-16. */
  readonly epsilon?: Schedulable;
}

const presets: Presets<Required<MomentsOptions>> = {
  paper: { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-16 },
};

/**
 * AdaBelief: w ← w − h m̂ / (√ŝ + ε), with bias-corrected means m̂ of g and ŝ of (g − m)²: long steps where gradients are
 * as expected, short ones where they are not.
 *
 * Every update adds ε to s, which makes it ε / (1 − β₂) in ŝ; with convention "optax" ε is added to ŝ once.
 *
 * @throws RangeError  learningRate or epsilon not positive, a decay outside [0, 1)
 * @throws TypeError   decayCoupling without weightDecay, or an unknown option
 * @example
 * adabelief({ learningRate: 1e-3 });
 * @see Zhuang et al., *AdaBelief optimizer: Adapting stepsizes by the belief in observed gradients*, NeurIPS 2020, algorithm 2
 */
export const adabelief = /* @__PURE__ */ wholeOnly(function adabelief(options: AdabeliefOptions = {}): Optimizer {
  const where = "adabelief";
  const all = resolve(where, options, presets, decayKeys);
  const hyper = { ...momentsHyper(where, all), accumulates: Number(all.convention !== "optax") };
  const decay = decayOf(where, options, all.convention, hyper.learningRate);
  // The name that checkpoints hold.
  const parts = { name: "adaBelief", rule: ruleAdaBelief, states: 2, squares: [1], hyper, decay };
  return describeOptimizer(adabelief, options, parts);
});
