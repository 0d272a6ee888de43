// Adam and its variants: AMSGrad, AdamW, AdaMax, RAdam.

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
const fraction = { min: 0, below: 1 } as const;

/** Options of `adam` and `adamW`, apart from those of weight decay. */
interface AdamRule extends MomentsOptions, ConventionOption {
  /**
   * Position of ε: "outside" (default), √v̂ + ε; "inside", √(v̂ + ε); "hat" (default with "keras"), √v + ε, with the bias
   * corrections in the learning rate.
   */
  readonly epsilonPlacement?: "outside" | "inside" | "hat";
  /** Second constant ε ≥ 0, inside the root, Optax's eps_root; default 0. */
  readonly epsilonRoot?: Schedulable;
  /**
   * Bias correction by 1 / (1 − βᵗ): true (default) for both means, false for none, or only the "first" or the
   * "second".
   */
  readonly biasCorrection?: boolean | "first" | "second";
  /** True uses the largest v so far (AMSGrad); default false. */
  readonly amsgrad?: boolean;
  /** Maximum of AMSGrad: "raw" (default) of v, bias-corrected afterwards, or "corrected" (default with "optax") of v̂. */
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

/** Options of `adam`. */
export interface AdamOptions extends AdamRule, DecayOptions {}

/**
 * Adam: w ← w − h m̂ / (√v̂ + ε), with bias-corrected means m̂ of g and v̂ of g². AMSGrad with amsgrad: true.
 *
 * @param options  learningRate, beta1, beta2, epsilon, epsilonPlacement, epsilonRoot, biasCorrection, amsgrad,
 *   amsgradMax, weightDecay, decayCoupling, decayFilter, convention
 * @throws RangeError  learningRate or epsilon is not positive, or beta1 or beta2 is outside [0, 1)
 * @throws TypeError   amsgradMax is given without amsgrad or decayCoupling without weightDecay, or an option is unknown
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

/** Options of `adamW`. */
export interface AdamWOptions extends AdamRule, DecayOptions<DecoupledCoupling> {
  /** Weight decay λ ≥ 0; default 0.01 ("keras" 0.004, "optax" 0.0001). */
  readonly weightDecay?: Schedulable;
}

/**
 * AdamW: Adam with decoupled weight decay, w ← (1 − h λ) w before the step.
 *
 * @param options  those of adam, with other defaults of weightDecay and decayCoupling
 * @throws RangeError  as for adam; weightDecay is negative, or decayCoupling is not decoupled
 * @throws TypeError   as for adam
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

/** Options of `adamax`. */
export interface AdamaxOptions
  extends Omit<MomentsOptions, "learningRate" | "epsilon">,
    ConventionOption,
    DecayOptions {
  /** Learning rate h > 0; default 0.002 ("keras" 0.001). Larger values train faster, but diverge if too large. */
  readonly learningRate?: Schedulable;
  /** Constant ε ≥ 0 that avoids a division by 0; default 1e-8 ("lecture" 0, "keras" 1e-7). */
  readonly epsilon?: Schedulable;
  /**
   * Position of ε: "insideMax" (default), max(β₂ u, |g| + ε), or "outside" (default with "keras" and "lecture"), u + ε.
   */
  readonly epsilonPlacement?: "insideMax" | "outside";
}

const adamaxPresets: Presets<Required<Omit<AdamaxOptions, keyof DecayOptions | "convention">>> = {
  paper: { learningRate: 0.002, beta1: 0.9, beta2: 0.999, epsilon: 0, epsilonPlacement: "outside" },
  pytorch: { epsilon: 1e-8, epsilonPlacement: "insideMax" },
  keras: { learningRate: 1e-3, epsilon: 1e-7 },
  optax: { epsilon: 1e-8, epsilonPlacement: "insideMax" },
};

/**
 * AdaMax: u ← max(β₂ u, |g|), w ← w − h m̂ / u, with the bias-corrected mean m̂ of g; the step is 0 where u is 0.
 *
 * @param options  learningRate, beta1, beta2, epsilon, epsilonPlacement, weightDecay, decayCoupling, decayFilter,
 *                 convention
 * @throws RangeError  learningRate is not positive, epsilon is negative, or beta1 or beta2 is outside [0, 1)
 * @throws TypeError   an option is unknown
 * @example
 * adamax({ learningRate: 0.002 });
 * @see Kingma and Ba, *Adam: A method for stochastic optimization*, ICLR 2015, algorithm 2
 */
export const adamax = /* @__PURE__ */ wholeOnly(function adamax(options: AdamaxOptions = {}): Optimizer {
  const where = "adamax";
  const all = resolve(where, options, adamaxPresets, decayKeys);
  const hyper = {
    learningRate: checkHyper(where, "learningRate", all.learningRate, positive),
    beta1: checkHyper(where, "beta1", all.beta1, fraction),
    beta2: checkHyper(where, "beta2", all.beta2, fraction),
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

/** Options of `radam`. */
export interface RadamOptions extends MomentsOptions, ConventionOption, DecayOptions {
  /**
   * Position of ε: "outside", √v̂ + ε; "inside", √(v̂ + ε); "hat", √v + ε. Default "hat" for "pytorch", else "outside".
   */
  readonly epsilonPlacement?: "outside" | "inside" | "hat";
  /** Value of ρₜ above which steps are adaptive, ≥ 4; default 5 for "pytorch" and "optax", else 4, as in the paper. */
  readonly threshold?: number;
}

const radamPresets: Presets<Required<Omit<RadamOptions, keyof DecayOptions | "convention">>> = {
  paper: { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, epsilonPlacement: "outside", threshold: 4 },
  pytorch: { epsilonPlacement: "hat", threshold: 5 },
  optax: { threshold: 5 },
};

/**
 * RAdam: w ← w − h rₜ m̂ / (√v̂ + ε), Adam with a factor rₜ that rectifies the variance of 1/√v̂. While that variance is
 * infinite, w ← w − h m̂.
 *
 * @param options  learningRate, beta1, beta2, epsilon, epsilonPlacement, threshold, weightDecay, decayCoupling,
 *   decayFilter, convention
 * @throws RangeError  learningRate or epsilon is not positive, beta1 or beta2 is outside [0, 1), or threshold is below 4
 * @throws TypeError   an option is unknown
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
