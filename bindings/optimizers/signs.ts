// Rules that take the sign of a gradient or of its mean: Lion, Rprop.

import { wholeOnly } from "../engine/featureSets.js";
import { checkHyper, type Schedulable } from "../schedules/scheduled.js";
import { ruleLion, ruleRprop } from "../values/contract.js";
import { checkNumber } from "../values/options.js";
import { type ConventionOption, type Presets, resolve } from "./convention.js";
import {
  type DecayOptions,
  type DecoupledCoupling,
  decayKeys,
  decoupledDecayOf,
  noDecay,
  refuseDecay,
} from "./decay.js";
import { describeOptimizer, type Optimizer } from "./optimizer.js";

const positive = { above: 0 } as const;
const share = { min: 0, below: 1 } as const;

export interface LionOptions extends ConventionOption, DecayOptions<DecoupledCoupling> {
  /**
   * Learning rate h > 0, the length of a step: larger learns faster, too large diverges; default 0.0001, a third to a
   * tenth of Adam's (Keras and Optax 0.001).
   */
  readonly learningRate?: Schedulable;
  /** Share of the mean in the sign that is stepped by, 0 ≤ β₁ < 1; the rest is the gradient; default 0.9. */
  readonly beta1?: Schedulable;
  /** Decay of the mean gradient, 0 ≤ β₂ < 1: the nearer to 1, the longer it remembers; default 0.99. */
  readonly beta2?: Schedulable;
  /** λ ≥ 0, how strongly weights are drawn to 0 at each update; default 0 (Optax 0.001). */
  readonly weightDecay?: Schedulable;
}

const lionPresets: Presets<{ learningRate: Schedulable; beta1: Schedulable; beta2: Schedulable }> = {
  paper: { learningRate: 1e-4, beta1: 0.9, beta2: 0.99 },
  keras: { learningRate: 1e-3 },
  optax: { learningRate: 1e-3 },
};

/**
 * Lion: w ← w − h sign(β₁ m + (1 − β₁) g), m ← β₂ m + (1 − β₂) g, with decoupled decay.
 *
 * @throws RangeError  learningRate not positive, a decay outside [0, 1), decayCoupling not decoupled
 * @throws TypeError   an unknown option
 * @example
 * lion({ learningRate: 1e-4, weightDecay: 0.1 });
 * @see Chen et al., *Symbolic discovery of optimization algorithms*, NeurIPS 2023, algorithm 2
 */
export const lion = /* @__PURE__ */ wholeOnly(function lion(options: LionOptions = {}): Optimizer {
  const where = "lion";
  const all = resolve(where, options, lionPresets, decayKeys);
  const hyper = {
    learningRate: checkHyper(where, "learningRate", all.learningRate, positive),
    beta1: checkHyper(where, "beta1", all.beta1, share),
    beta2: checkHyper(where, "beta2", all.beta2, share),
  };
  const usual = all.convention === "optax" ? { weightDecay: options.weightDecay ?? 1e-3 } : {};
  const advice = "A penalty under a sign would not be proportional to the weight: use a decoupled one.";
  const decay = decoupledDecayOf(where, { ...options, ...usual }, hyper.learningRate, advice);
  return describeOptimizer(lion, options, { name: where, rule: ruleLion, states: 1, hyper, decay });
});

export interface RpropOptions extends ConventionOption {
  /** Step size every weight starts with, > 0; default 0.01. */
  readonly learningRate?: number;
  /** Factor when the gradient turns, 0 < η⁻ < 1; default 0.5. */
  readonly etaMinus?: number;
  /** Factor while it keeps its sign, η⁺ > 1; default 1.2. */
  readonly etaPlus?: number;
  /** Least step size, > 0; default 1e-6. */
  readonly minStep?: number;
  /** Largest step size, ≥ minStep: no weight moves further at once; default 50. */
  readonly maxStep?: number;
}

const rpropPresets: Presets<Required<Omit<RpropOptions, "convention">>> = {
  paper: { learningRate: 0.01, etaMinus: 0.5, etaPlus: 1.2, minStep: 1e-6, maxStep: 50 },
};

/**
 * Rprop: w ← w − Δ sign g, with a step size Δ for each weight that grows while the gradient keeps its sign and shrinks
 * when it turns. For full batches: the sign of a mini-batch's gradient is noise.
 *
 * @throws RangeError  learningRate or minStep not positive, etaMinus outside (0, 1), etaPlus not above 1
 * @throws TypeError   weight decay, which the rule does not have, or an unknown option
 * @example
 * rprop({ learningRate: 0.01 }).initial; // [0, 0.01]
 * @see Riedmiller and Braun, *A direct adaptive method for faster backpropagation learning*, ICNN 1993
 */
export const rprop = /* @__PURE__ */ wholeOnly(function rprop(options: RpropOptions = {}): Optimizer {
  const where = "rprop";
  if (options !== null && typeof options === "object")
    refuseDecay(where, options, "It looks only at signs. Put the penalty into the loss.");
  const all = resolve(where, options, rpropPresets, []);
  const smallest = checkNumber(where, "minStep", all.minStep, positive);
  const hyper = {
    learningRate: checkNumber(where, "learningRate", all.learningRate, positive),
    etaMinus: checkNumber(where, "etaMinus", all.etaMinus, { above: 0, below: 1 }),
    etaPlus: checkNumber(where, "etaPlus", all.etaPlus, { above: 1 }),
    minStep: smallest,
    maxStep: checkNumber(where, "maxStep", all.maxStep, { min: smallest }),
  };
  const initial = [0, hyper.learningRate];
  return describeOptimizer(rprop, options, { name: where, rule: ruleRprop, states: 2, initial, hyper, decay: noDecay });
});
