// Nadam in the forms of the paper, of lectures and of other libraries, with coupled and decoupled weight decay.

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

const formNames = [
  "lecture",
  "scheduled",
  "dozat",
  "kerasScheduled",
  "constant",
] as const satisfies readonly NadamRule["nadam"][];

/** Options of `nadam` and `nadamW`. */
interface NadamRule extends MomentsOptions, ConventionOption {
  /**
   * Learning rate h > 0; default 0.002 ("keras" and "optax" 0.001). Larger values train faster, but diverge if too
   * large.
   */
  readonly learningRate?: Schedulable;
  /** Position of ε: "outside" (default), √v̂ + ε; "inside", √(v̂ + ε); "hat", √v + ε, with the correction in the rate. */
  readonly epsilonPlacement?: "outside" | "inside" | "hat";
  /**
   * Form of p and q, see the table; default "scheduled" for "pytorch", "kerasScheduled", "constant" for "optax",
   * "lecture".
   */
  readonly nadam?: "lecture" | "scheduled" | "dozat" | "kerasScheduled" | "constant";
  /** Decay ψ ≥ 0 of μₜ = β₁ (1 − ½ ⋅ 0.96^(ψ t)) in the scheduled forms; default 0.004, for "kerasScheduled" 1. */
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
    throw new TypeError(`${where}: momentumDecay needs a scheduled form, got nadam "${form}". Leave one of them out.`);
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

/** Options of `nadam`. */
export interface NadamOptions extends NadamRule, DecayOptions {}

/**
 * Nadam: Adam with Nesterov momentum, w ← w − h (p m + q g) / (√v̂ + ε).
 *
 * | nadam | p | q |
 * |---|---|---|
 * | "scheduled" (default: PyTorch up to 1.13) | μₜ₊₁ / (1 − μₜ Πᵗ⁺¹ μ) | (1 − μₜ) / (1 − Πᵗ μ) |
 * | "dozat" (the paper, PyTorch from 2.0), "kerasScheduled" | μₜ₊₁ / (1 − Πᵗ⁺¹ μ) | (1 − μₜ) / (1 − Πᵗ μ) |
 * | "constant" | β₁ / (1 − β₁ᵗ⁺¹) | (1 − β₁) / (1 − β₁ᵗ) |
 * | "lecture" | β₁ / (1 − β₁ᵗ) | (1 − β₁) / (1 − β₁ᵗ) |
 *
 * @param options  learningRate, beta1, beta2, epsilon, epsilonPlacement, nadam, momentumDecay, weightDecay,
 *   decayCoupling, decayFilter, convention
 * @throws RangeError  learningRate or epsilon is not positive, beta1 or beta2 is outside [0, 1), or momentumDecay is
 *   negative
 * @throws TypeError   momentumDecay is given for a form without it, or an option is unknown
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

/** Options of `nadamW`. */
export interface NadamWOptions extends NadamRule, DecayOptions<DecoupledCoupling> {
  /** Weight decay λ ≥ 0; default 0.01 ("keras" 0.004, "optax" 0.0001). */
  readonly weightDecay?: Schedulable;
}

/**
 * NadamW: Nadam with decoupled weight decay, w ← (1 − h λ) w before the step.
 *
 * @param options  those of nadam, with other defaults of weightDecay and decayCoupling
 * @throws RangeError  as for nadam; weightDecay is negative, or decayCoupling is not decoupled
 * @throws TypeError   as for nadam
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
