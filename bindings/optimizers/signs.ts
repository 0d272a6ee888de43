// Rules that use only the sign of the gradient or of its mean: Lion, Rprop.

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
const fraction = { min: 0, below: 1 } as const;

/** Options of `lion`. */
export interface LionOptions extends ConventionOption, DecayOptions<DecoupledCoupling> {
  /** Learning rate h > 0; default 0.0001 ("keras" and "optax" 0.001). A third to a tenth of Adam's is usual. */
  readonly learningRate?: Schedulable;
  /** Weight β₁ of the mean gradient in the step, 0 ≤ β₁ < 1; default 0.9. The gradient has weight 1 − β₁. */
  readonly beta1?: Schedulable;
  /** Decay rate of the mean gradient, 0 ≤ β₂ < 1; default 0.99. Larger values average over more updates. */
  readonly beta2?: Schedulable;
  /** Weight decay λ ≥ 0; default 0 ("optax" 0.001). */
  readonly weightDecay?: Schedulable;
}

const lionPresets: Presets<{ learningRate: Schedulable; beta1: Schedulable; beta2: Schedulable }> = {
  paper: { learningRate: 1e-4, beta1: 0.9, beta2: 0.99 },
  keras: { learningRate: 1e-3 },
  optax: { learningRate: 1e-3 },
};

/**
 * Lion: w ← w − h sign(β₁ m + (1 − β₁) g), m ← β₂ m + (1 − β₂) g, with decoupled weight decay.
 *
 * @param options  learningRate, beta1, beta2, weightDecay, decayCoupling, decayFilter, convention
 * @throws RangeError  learningRate is not positive, beta1 or beta2 is outside [0, 1), or decayCoupling is not decoupled
 * @throws TypeError   an option is unknown
 * @example
 * lion({ learningRate: 1e-4, weightDecay: 0.1 });
 * @see Chen et al., *Symbolic discovery of optimization algorithms*, NeurIPS 2023, algorithm 2
 */
export const lion = /* @__PURE__ */ wholeOnly(function lion(options: LionOptions = {}): Optimizer {
  const where = "lion";
  const all = resolve(where, options, lionPresets, decayKeys);
  const hyper = {
    learningRate: checkHyper(where, "learningRate", all.learningRate, positive),
    beta1: checkHyper(where, "beta1", all.beta1, fraction),
    beta2: checkHyper(where, "beta2", all.beta2, fraction),
  };
  const usual = all.convention === "optax" ? { weightDecay: options.weightDecay ?? 1e-3 } : {};
  const advice = "Under a sign it would not be proportional to the weight. Use a decoupled one.";
  const decay = decoupledDecayOf(where, { ...options, ...usual }, hyper.learningRate, advice);
  return describeOptimizer(lion, options, { name: where, rule: ruleLion, states: 1, hyper, decay });
});

/** Options of `rprop`. */
export interface RpropOptions extends ConventionOption {
  /** Initial step size of every weight, > 0; default 0.01. */
  readonly learningRate?: number;
  /** Factor η⁻ of the step size when the gradient changes its sign, 0 < η⁻ < 1; default 0.5. */
  readonly etaMinus?: number;
  /** Factor η⁺ of the step size while the gradient keeps its sign, η⁺ > 1; default 1.2. */
  readonly etaPlus?: number;
  /** Minimum step size, > 0; default 1e-6. */
  readonly minStep?: number;
  /** Maximum step size, ≥ minStep; default 50. */
  readonly maxStep?: number;
}

const rpropPresets: Presets<Required<Omit<RpropOptions, "convention">>> = {
  paper: { learningRate: 0.01, etaMinus: 0.5, etaPlus: 1.2, minStep: 1e-6, maxStep: 50 },
};

/**
 * Rprop: w ← w − Δ sign g, with a step size Δ for each weight that is multiplied by η⁺ while the gradient keeps its sign,
 * and by η⁻ when it changes. For full batches only, as the sign of the gradient of a mini-batch is too noisy.
 *
 * @param options  learningRate, etaMinus, etaPlus, minStep, maxStep, convention
 * @throws RangeError  learningRate or minStep is not positive, etaMinus is outside (0, 1), etaPlus is not above 1, or
 *   maxStep is below minStep
 * @throws TypeError   an option is unknown, or one of weight decay, which the rule does not support
 * @example
 * rprop({ learningRate: 0.01 }).initial; // [0, 0.01]
 * @see Riedmiller and Braun, *A direct adaptive method for faster backpropagation learning*, ICNN 1993
 */
export const rprop = /* @__PURE__ */ wholeOnly(function rprop(options: RpropOptions = {}): Optimizer {
  const where = "rprop";
  if (options !== null && typeof options === "object")
    refuseDecay(where, options, "It uses only signs. Add a penalty to the loss.");
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
