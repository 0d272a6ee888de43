// Adaptive rules without a mean of the gradient: Adagrad, Adadelta, RMSprop.

import { wholeOnly } from "../engine/featureSets.js";
import { checkHyper, type Schedulable } from "../schedules/scheduled.js";
import {
  ruleAdadelta,
  ruleAdagrad,
  ruleRmsprop,
  ruleRmspropCentered,
  ruleRmspropCenteredMomentum,
  ruleRmspropMomentum,
} from "../values/contract.js";
import { checkChoice, checkFlag, checkNumber } from "../values/options.js";
import { type ConventionOption, type Presets, resolve } from "./convention.js";
import { type DecayOptions, decayKeys, decayOf } from "./decay.js";
import { describeOptimizer, type Optimizer } from "./optimizer.js";

const positive = { above: 0 } as const;
const fraction = { min: 0, below: 1 } as const;
const placements = ["outside", "inside"] as const;

/** Options of `adagrad`. */
export interface AdagradOptions extends ConventionOption, DecayOptions {
  /** Learning rate h > 0; default 0.01 ("keras" 0.001). Larger values train faster, but diverge if too large. */
  readonly learningRate?: Schedulable;
  /**
   * Constant ε > 0 that avoids a division by 0; default 1e-10 ("lecture" 1e-8, "keras" and "optax" 1e-7). Larger values
   * shorten the steps of small gradients.
   */
  readonly epsilon?: Schedulable;
  /** Position of ε: "outside" (default), √s + ε, or "inside" (default with "keras" and "optax"), √(s + ε). */
  readonly epsilonPlacement?: "outside" | "inside";
  /**
   * Initial value of the sum of squares s, ≥ 0; default 0 ("keras" and "optax" 0.1). Larger values shorten the first
   * steps.
   */
  readonly initialAccumulator?: number;
  /** Decay δ ≥ 0 of the learning rate h / (1 + (t − 1) δ) at update t = 1, 2, ...; default 0. */
  readonly rateDecay?: Schedulable;
}

const adagradPresets: Presets<Required<Omit<AdagradOptions, keyof DecayOptions | "convention">>> = {
  paper: { learningRate: 0.01, epsilon: 1e-8, epsilonPlacement: "outside", initialAccumulator: 0, rateDecay: 0 },
  pytorch: { epsilon: 1e-10 },
  keras: { learningRate: 1e-3, epsilon: 1e-7, epsilonPlacement: "inside", initialAccumulator: 0.1 },
  optax: { epsilon: 1e-7, epsilonPlacement: "inside", initialAccumulator: 0.1 },
};

/**
 * Adagrad: s ← s + g², w ← w − h g / (√s + ε).
 *
 * @param options  learningRate, epsilon, epsilonPlacement, initialAccumulator, rateDecay, weightDecay, decayCoupling,
 *   decayFilter, convention
 * @throws RangeError  learningRate or epsilon is not positive, or initialAccumulator, rateDecay or weightDecay is
 *   negative
 * @throws TypeError   an option is unknown
 * @example
 * adagrad({ learningRate: 0.1, convention: "keras" }).initial; // [0.1]
 * @see Duchi, Hazan and Singer, *Adaptive subgradient methods*, JMLR 12, 2011
 */
export const adagrad = /* @__PURE__ */ wholeOnly(function adagrad(options: AdagradOptions = {}): Optimizer {
  const where = "adagrad";
  const all = resolve(where, options, adagradPresets, decayKeys);
  const learningRate = checkHyper(where, "learningRate", all.learningRate, positive);
  const hyper = {
    learningRate,
    epsilon: checkHyper(where, "epsilon", all.epsilon, positive, positive),
    inside: placements.indexOf(checkChoice(where, "epsilonPlacement", all.epsilonPlacement, placements)),
    rateDecay: checkHyper(where, "rateDecay", all.rateDecay, { min: 0 }),
  };
  const initial = [checkNumber(where, "initialAccumulator", all.initialAccumulator, { min: 0 })];
  const decay = decayOf(where, options, all.convention, learningRate);
  return describeOptimizer(adagrad, options, {
    name: where,
    rule: ruleAdagrad,
    states: 1,
    squares: [0],
    initial,
    hyper,
    decay,
  });
});

/** Options of `adadelta`. */
export interface AdadeltaOptions extends ConventionOption, DecayOptions {
  /** Learning rate h > 0; default 1 ("keras" 0.001). Larger values train faster, but diverge if too large. */
  readonly learningRate?: Schedulable;
  /** Decay rate of the mean squares of gradients and of steps, 0 ≤ ρ < 1; default 0.9 ("keras" 0.95). */
  readonly rho?: Schedulable;
  /** Constant ε > 0 inside both roots; default 1e-6 ("keras" 1e-7). Larger values lengthen the first steps. */
  readonly epsilon?: Schedulable;
}

const adadeltaPresets: Presets<Required<Omit<AdadeltaOptions, keyof DecayOptions | "convention">>> = {
  paper: { learningRate: 1, rho: 0.9, epsilon: 1e-6 },
  keras: { learningRate: 1e-3, rho: 0.95, epsilon: 1e-7 },
};

/**
 * Adadelta: s ← ρ s + (1 − ρ) g², δ = √(u + ε) / √(s + ε) ⋅ g, u ← ρ u + (1 − ρ) δ², w ← w − h δ.
 *
 * @param options  learningRate, rho, epsilon, weightDecay, decayCoupling, decayFilter, convention
 * @throws RangeError  learningRate or epsilon is not positive, rho is outside [0, 1), or weightDecay is negative
 * @throws TypeError   an option is unknown
 * @example
 * adadelta({ rho: 0.95 });
 * @see Zeiler, *ADADELTA: An adaptive learning rate method*, arXiv 1212.5701, 2012, algorithm 1
 */
export const adadelta = /* @__PURE__ */ wholeOnly(function adadelta(options: AdadeltaOptions = {}): Optimizer {
  const where = "adadelta";
  const all = resolve(where, options, adadeltaPresets, decayKeys);
  const learningRate = checkHyper(where, "learningRate", all.learningRate, positive);
  const hyper = {
    learningRate,
    rho: checkHyper(where, "rho", all.rho, fraction),
    epsilon: checkHyper(where, "epsilon", all.epsilon, positive, positive),
  };
  const decay = decayOf(where, options, all.convention, learningRate);
  return describeOptimizer(adadelta, options, {
    name: where,
    rule: ruleAdadelta,
    states: 2,
    squares: [0, 1],
    hyper,
    decay,
  });
});

/** Options of `rmsprop`. */
export interface RmspropOptions extends ConventionOption, DecayOptions {
  /**
   * Learning rate h > 0; default 0.01 for "pytorch", else 0.001. Larger values train faster, but diverge if too large.
   */
  readonly learningRate?: Schedulable;
  /** Decay rate of the mean square, 0 ≤ ρ < 1; default 0.99 for "pytorch", else 0.9. */
  readonly rho?: Schedulable;
  /**
   * Constant ε > 0 that avoids a division by 0; default 1e-8 ("keras" 1e-7). Larger values shorten steps of small
   * gradients.
   */
  readonly epsilon?: Schedulable;
  /** Position of ε: "outside" (default), √s + ε, or "inside" (default with "keras" and "optax"), √(s + ε). */
  readonly epsilonPlacement?: "outside" | "inside";
  /** True uses the variance s − m² in place of s, where m is the mean gradient; default false. */
  readonly centered?: boolean;
  /** Momentum μ of the steps, 0 ≤ μ < 1; default 0, no momentum. */
  readonly momentum?: Schedulable;
  /**
   * True accumulates h g/d in the momentum, false g/d, where d is the divisor; default false ("keras" and "optax"
   * true).
   */
  readonly rateInMomentum?: boolean;
  /** Initial value of the mean square s, ≥ 0; default 0. Larger values shorten the first steps. */
  readonly initialAccumulator?: number;
}

const rmspropPresets: Presets<Required<Omit<RmspropOptions, keyof DecayOptions | "convention">>> = {
  paper: {
    learningRate: 1e-3,
    rho: 0.9,
    epsilon: 1e-8,
    epsilonPlacement: "outside",
    centered: false,
    momentum: 0,
    rateInMomentum: false,
    initialAccumulator: 0,
  },
  pytorch: { learningRate: 0.01, rho: 0.99 },
  keras: { epsilon: 1e-7, epsilonPlacement: "inside", rateInMomentum: true },
  optax: { epsilonPlacement: "inside", rateInMomentum: true },
};

/**
 * RMSprop: s ← ρ s + (1 − ρ) g², w ← w − h g / (√s + ε); optionally centered and with momentum.
 *
 * @param options  learningRate, rho, epsilon, epsilonPlacement, centered, momentum, rateInMomentum, initialAccumulator,
 *   weightDecay, decayCoupling, decayFilter, convention
 * @throws RangeError  learningRate or epsilon is not positive, or rho or momentum is outside [0, 1)
 * @throws TypeError   rateInMomentum is given without momentum, or an option is unknown
 * @example
 * rmsprop({ learningRate: 0.001, centered: true, momentum: 0.9 }).states; // 3
 * @see Tieleman and Hinton, *Lecture 6.5*, Coursera: Neural networks for machine learning, 2012
 * @see Graves, *Generating sequences with recurrent neural networks*, arXiv 1308.0850, 2013, eqs. 38-45 (centered)
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const where = "rmsprop";
  const all = resolve(where, options, rmspropPresets, decayKeys);
  const learningRate = checkHyper(where, "learningRate", all.learningRate, positive);
  const momentum = checkHyper(where, "momentum", all.momentum, fraction);
  if (momentum === 0 && options.rateInMomentum !== undefined)
    throw new TypeError("rmsprop: rateInMomentum needs momentum. Give momentum, for example 0.9.");
  const hyper = {
    learningRate,
    rho: checkHyper(where, "rho", all.rho, fraction),
    epsilon: checkHyper(where, "epsilon", all.epsilon, positive, positive),
    inside: placements.indexOf(checkChoice(where, "epsilonPlacement", all.epsilonPlacement, placements)),
    momentum,
    rateInMomentum: Number(checkFlag(where, "rateInMomentum", all.rateInMomentum)),
  };
  const centered = checkFlag(where, "centered", all.centered);
  const [plain, moving] = centered
    ? [ruleRmspropCentered, ruleRmspropCenteredMomentum]
    : [ruleRmsprop, ruleRmspropMomentum];
  const states = 1 + Number(centered) + Number(momentum !== 0);
  const initial = [checkNumber(where, "initialAccumulator", all.initialAccumulator, { min: 0 })];
  const decay = decayOf(where, options, all.convention, learningRate);
  return describeOptimizer(rmsprop, options, {
    name: where,
    rule: momentum !== 0 ? moving : plain,
    states,
    initial,
    squares: [0],
    hyper,
    decay,
  });
}
