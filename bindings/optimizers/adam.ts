// Adam and its kin: AMSGrad, AdamW, AdaMax, RAdam.

import { wholeOnly } from "../engine/featureSets.js";
import { checkHyper, type Schedulable } from "../schedules/scheduled.js";
import { ruleAdaMax, ruleAdam, ruleAmsgrad, ruleRAdam } from "../values/contract.js";
import { checkChoice, checkFlag, checkNumber } from "../values/options.js";
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

const positive = { above: 0 } as const;
const share = { min: 0, below: 1 } as const;

interface AdamRule extends MomentsOptions, ConventionOption {
  /** √v̂ + ε, √(v̂ + ε), or √v + ε with the corrections in the rate; default "outside" (Keras "hat"). */
  readonly epsilonPlacement?: "outside" | "inside" | "hat";
  /** ε ≥ 0 that stands inside the root as well; default 0. */
  readonly epsilonRoot?: Schedulable;
  /** Whether the means are divided by 1 − βᵗ: both, none, or only the first or second; default true. */
  readonly biasCorrection?: boolean | "first" | "second";
  /** Whether the largest v so far divides; default false. */
  readonly amsgrad?: boolean;
  /** Largest of v, corrected afterwards, or of v̂; default "raw" (Optax "corrected"). */
  readonly amsgradMax?: "raw" | "corrected";
}

const adamPresets: Presets<Required<Omit<AdamRule, "convention">>> = {
  paper: {
    learningRate: 1e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    epsilonPlacement: "outside",
    epsilonRoot: 0,
    biasCorrection: true,
    amsgrad: false,
    amsgradMax: "raw",
  },
  keras: { epsilon: 1e-7, epsilonPlacement: "hat" },
  optax: { amsgradMax: "corrected" },
};

function adamRule(where: string, options: AdamRule) {
  const all = resolve(where, options, adamPresets, decayKeys);
  const { biasCorrection: corrections } = all;
  if (corrections !== "first" && corrections !== "second") checkFlag(where, "biasCorrection", corrections);
  const amsgrad = checkFlag(where, "amsgrad", all.amsgrad);
  const amsgradMax = checkChoice(where, "amsgradMax", all.amsgradMax, ["raw", "corrected"]);
  if (!amsgrad && options.amsgradMax !== undefined)
    throw new TypeError(`${where}: amsgradMax needs amsgrad. Give amsgrad: true.`);
  const hyper = {
    ...momentsHyper(where, all),
    placement: epsilonPlacements.indexOf(
      checkChoice(where, "epsilonPlacement", all.epsilonPlacement, epsilonPlacements),
    ),
    epsilonRoot: checkHyper(where, "epsilonRoot", all.epsilonRoot, { min: 0 }),
    corrections: { true: 3, false: 0, first: 1, second: 2 }[`${corrections}`],
    maximum: Number(amsgradMax === "corrected"),
  };
  const rule = amsgrad ? ruleAmsgrad : ruleAdam;
  return { parts: { name: where, rule, states: amsgrad ? 3 : 2, squares: [1, 2], hyper }, convention: all.convention };
}

export interface AdamOptions extends AdamRule, DecayOptions {}

/**
 * Adam: w ← w − h m̂ / (√v̂ + ε), with bias-corrected means m̂ of g and v̂ of g²; AMSGrad with amsgrad: true.
 *
 * @throws RangeError  learningRate or epsilon not positive, a decay outside [0, 1)
 * @throws TypeError   amsgradMax without amsgrad, decayCoupling without weightDecay, or an unknown option
 * @example
 * adam({ learningRate: 1e-3 });
 * @see Kingma and Ba, *Adam: A method for stochastic optimization*, ICLR 2015, algorithm 1
 * @see Reddi, Kale and Kumar, *On the convergence of Adam and beyond*, ICLR 2018 (AMSGrad)
 */
export function adam(options: AdamOptions = {}): Optimizer {
  const { parts, convention } = adamRule("adam", options);
  return describeOptimizer(adam, options, {
    ...parts,
    decay: decayOf("adam", options, convention, parts.hyper.learningRate),
  });
}

export interface AdamWOptions extends AdamRule, DecayOptions<DecoupledCoupling> {
  /** λ ≥ 0, how strongly weights are drawn to 0 at each update; default 0.01 (Keras 0.004, Optax 0.0001). */
  readonly weightDecay?: Schedulable;
}

/**
 * AdamW: Adam with decoupled decay, w ← (1 − h λ) w before the step.
 *
 * @throws RangeError  as adam, and weightDecay negative or decayCoupling not decoupled
 * @throws TypeError   as adam
 * @example
 * adamW({ learningRate: 1e-3, weightDecay: 0.01 });
 * @see Loshchilov and Hutter, *Decoupled weight decay regularization*, ICLR 2019
 */
export function adamW(options: AdamWOptions = {}): Optimizer {
  const { parts, convention } = adamRule("adamW", options);
  const withDecay = { ...options, weightDecay: options.weightDecay ?? decoupledDefaults[convention] };
  const decay = decoupledDecayOf("adamW", withDecay, parts.hyper.learningRate, "Use adam with this coupling.");
  return describeOptimizer(adamW, options, { ...parts, decay });
}

export interface AdamaxOptions
  extends Omit<MomentsOptions, "learningRate" | "epsilon">,
    ConventionOption,
    DecayOptions {
  /**
   * Learning rate h > 0, the length of a step: larger learns faster, too large diverges; default 0.002 (Keras 0.001).
   */
  readonly learningRate?: Schedulable;
  /** ε ≥ 0 beside the largest gradient, so that nothing is divided by 0; default 1e-8 (lectures 0, Keras 1e-7). */
  readonly epsilon?: Schedulable;
  /** max(β₂ u, |g| + ε), or u + ε; default "insideMax" (Keras "outside"). */
  readonly epsilonPlacement?: "insideMax" | "outside";
}

const adamaxPresets: Presets<Required<Omit<AdamaxOptions, keyof DecayOptions | "convention">>> = {
  paper: { learningRate: 0.002, beta1: 0.9, beta2: 0.999, epsilon: 0, epsilonPlacement: "outside" },
  pytorch: { epsilon: 1e-8, epsilonPlacement: "insideMax" },
  keras: { learningRate: 1e-3, epsilon: 1e-7 },
  optax: { epsilon: 1e-8, epsilonPlacement: "insideMax" },
};

/**
 * AdaMax: u ← max(β₂ u, |g|), w ← w − h m̂ / u; the step is 0 where u is 0.
 *
 * @throws RangeError  learningRate not positive, epsilon negative, a decay outside [0, 1)
 * @throws TypeError   an unknown option
 * @example
 * adamax({ learningRate: 0.002 });
 * @see Kingma and Ba, *Adam: A method for stochastic optimization*, ICLR 2015, algorithm 2
 */
export const adamax = /* @__PURE__ */ wholeOnly(function adamax(options: AdamaxOptions = {}): Optimizer {
  const where = "adamax";
  const all = resolve(where, options, adamaxPresets, decayKeys);
  const hyper = {
    learningRate: checkHyper(where, "learningRate", all.learningRate, positive),
    beta1: checkHyper(where, "beta1", all.beta1, share),
    beta2: checkHyper(where, "beta2", all.beta2, share),
    epsilon: checkHyper(where, "epsilon", all.epsilon, { min: 0 }),
    inside: Number(
      checkChoice(where, "epsilonPlacement", all.epsilonPlacement, ["insideMax", "outside"]) === "insideMax",
    ),
  };
  const decay = decayOf(where, options, all.convention, hyper.learningRate);
  // The name that checkpoints hold.
  const parts = { name: "adaMax", rule: ruleAdaMax, states: 2, squares: [1], hyper, decay };
  return describeOptimizer(adamax, options, parts);
});

export interface RadamOptions extends MomentsOptions, ConventionOption, DecayOptions {
  /** √v̂ + ε, √(v̂ + ε), or √v + ε with the correction in the rate; default "hat" (otherwise "outside"). */
  readonly epsilonPlacement?: "outside" | "inside" | "hat";
  /** The adaptive step begins when ρₜ exceeds it, at least 4; default 5 (lectures 4, the paper's). */
  readonly threshold?: number;
}

const radamPresets: Presets<Required<Omit<RadamOptions, keyof DecayOptions | "convention">>> = {
  paper: { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, epsilonPlacement: "outside", threshold: 4 },
  pytorch: { epsilonPlacement: "hat", threshold: 5 },
  optax: { threshold: 5 },
};

/**
 * RAdam: Adam with the step rectified for the variance of 1/√v̂, and plain momentum while that variance is infinite.
 *
 * @throws RangeError  learningRate or epsilon not positive, a decay outside [0, 1), threshold below 4
 * @throws TypeError   an unknown option
 * @example
 * radam({ learningRate: 1e-3 });
 * @see Liu et al., *On the variance of the adaptive learning rate and beyond*, ICLR 2020, algorithm 2
 */
export const radam = /* @__PURE__ */ wholeOnly(function radam(options: RadamOptions = {}): Optimizer {
  const where = "radam";
  const all = resolve(where, options, radamPresets, decayKeys);
  const hyper = {
    ...momentsHyper(where, all),
    placement: epsilonPlacements.indexOf(
      checkChoice(where, "epsilonPlacement", all.epsilonPlacement, epsilonPlacements),
    ),
    threshold: checkNumber(where, "threshold", all.threshold, { min: 4 }),
  };
  const decay = decayOf(where, options, all.convention, hyper.learningRate);
  return describeOptimizer(radam, options, { name: where, rule: ruleRAdam, states: 2, squares: [1], hyper, decay });
});
