// Nadam in the four forms that are in use, coupled and decoupled.

import { wholeOnly } from "../engine/featureSets.js";
import type { Schedulable } from "../schedules/scheduled.js";
import { ruleNadam } from "../values/contract.js";
import { checkChoice, checkNumber } from "../values/options.js";
import { type ConventionOption, type Presets, resolve } from "./convention.js";
import {
  type DecayOptions,
  type DecoupledCoupling,
  decayKeys,
  decayOf,
  decoupledDecayOf,
  decoupledDefaults,
} from "./decay.js";
import { epsilonPlacements, type MomentsOptions, momentsHyper } from "./moments.js";
import { describeOptimizer, type Optimizer } from "./optimizer.js";

const formNames = ["lecture", "scheduled", "dozat", "kerasScheduled", "constant"] as const;

interface NadamRule extends MomentsOptions, ConventionOption {
  /**
   * Learning rate h > 0, the length of a step: larger learns faster, too large diverges; default 0.002 (Keras and Optax
   * 0.001).
   */
  readonly learningRate?: Schedulable;
  /** √v̂ + ε, √(v̂ + ε), or √v + ε with the correction in the rate; default "outside". */
  readonly epsilonPlacement?: "outside" | "inside" | "hat";
  /** How the mean looks ahead; default by convention: "scheduled", "lecture", "kerasScheduled", "constant". */
  readonly nadam?: (typeof formNames)[number];
  /** ψ ≥ 0 of μₜ = β₁ (1 − ½ ⋅ 0.96^(ψ t)), for the scheduled forms; default 0.004, in Keras's 1. */
  readonly momentumDecay?: Schedulable;
}

const nadamPresets: Presets<Required<Omit<NadamRule, "convention" | "momentumDecay">>> = {
  paper: {
    learningRate: 2e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    epsilonPlacement: "outside",
    nadam: "scheduled",
  },
  lecture: { nadam: "lecture" },
  keras: { learningRate: 1e-3, epsilon: 1e-7, nadam: "kerasScheduled" },
  optax: { learningRate: 1e-3, nadam: "constant" },
};

// Codes of the core.
const forms = { lecture: 0, constant: 1, dozat: 2, kerasScheduled: 2, scheduled: 3 } as const;

function nadamRule(where: string, options: NadamRule) {
  const all = resolve(where, options, nadamPresets, ["momentumDecay", ...decayKeys]);
  const form = checkChoice(where, "nadam", all.nadam, formNames);
  if (forms[form] < forms.dozat && options.momentumDecay !== undefined)
    throw new TypeError(
      `${where}: momentumDecay belongs to the scheduled forms, got nadam "${form}". Drop one of them.`,
    );
  const hyper = {
    ...momentsHyper(where, all),
    placement: epsilonPlacements.indexOf(
      checkChoice(where, "epsilonPlacement", all.epsilonPlacement, epsilonPlacements),
    ),
    form: forms[form],
    momentumDecay: checkNumber(
      where,
      "momentumDecay",
      options.momentumDecay ?? (form === "kerasScheduled" ? 1 : 4e-3),
      {
        min: 0,
      },
    ),
  };
  return { parts: { name: where, rule: ruleNadam, states: 2, squares: [1], hyper }, convention: all.convention };
}

export interface NadamOptions extends NadamRule, DecayOptions {}

/**
 * Nadam: Adam with Nesterov's look-ahead in the mean, w ← w − h (p m + q g) / (√v̂ + ε).
 *
 * | nadam | p | q |
 * |---|---|---|
 * | "scheduled" (default: PyTorch up to 1.13) | μₜ₊₁ / (1 − μₜ Πᵗ⁺¹ μ) | (1 − μₜ) / (1 − Πᵗ μ) |
 * | "dozat" (the paper, PyTorch from 2.0), "kerasScheduled" | μₜ₊₁ / (1 − Πᵗ⁺¹ μ) | (1 − μₜ) / (1 − Πᵗ μ) |
 * | "constant" | β₁ / (1 − β₁ᵗ⁺¹) | (1 − β₁) / (1 − β₁ᵗ) |
 * | "lecture" | β₁ / (1 − β₁ᵗ) | (1 − β₁) / (1 − β₁ᵗ) |
 *
 * @throws RangeError  learningRate or epsilon not positive, a decay outside [0, 1), momentumDecay negative
 * @throws TypeError   momentumDecay with a form that has none, or an unknown option
 * @example
 * nadam({ learningRate: 0.002, convention: "keras" });
 * @see Dozat, *Incorporating Nesterov momentum into Adam*, ICLR workshop 2016
 */
export const nadam = /* @__PURE__ */ wholeOnly(function nadam(options: NadamOptions = {}): Optimizer {
  const { parts, convention } = nadamRule("nadam", options);
  return describeOptimizer(nadam, options, {
    ...parts,
    decay: decayOf("nadam", options, convention, parts.hyper.learningRate),
  });
});

export interface NadamWOptions extends NadamRule, DecayOptions<DecoupledCoupling> {
  /** λ ≥ 0, how strongly weights are drawn to 0 at each update; default 0.01 (Keras 0.004, Optax 0.0001). */
  readonly weightDecay?: Schedulable;
}

/**
 * NadamW: Nadam with decoupled decay, w ← (1 − h λ) w before the step.
 *
 * @throws RangeError  as nadam, and weightDecay negative or decayCoupling not decoupled
 * @throws TypeError   as nadam
 * @example
 * nadamW({ learningRate: 0.002, weightDecay: 0.01 });
 * @see Dozat, *Incorporating Nesterov momentum into Adam*, ICLR workshop 2016
 * @see Loshchilov and Hutter, *Decoupled weight decay regularization*, ICLR 2019
 */
export const nadamW = /* @__PURE__ */ wholeOnly(function nadamW(options: NadamWOptions = {}): Optimizer {
  const { parts, convention } = nadamRule("nadamW", options);
  const withDecay = { ...options, weightDecay: options.weightDecay ?? decoupledDefaults[convention] };
  const decay = decoupledDecayOf("nadamW", withDecay, parts.hyper.learningRate, "Use nadam with this coupling.");
  return describeOptimizer(nadamW, options, { ...parts, decay });
});
