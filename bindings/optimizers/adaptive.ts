// Rules that divide by a root of squared gradients, without a mean of the gradient: Adagrad, Adadelta, RMSprop.

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
const share = { min: 0, below: 1 } as const;
const placements = ["outside", "inside"] as const;

export interface AdagradOptions extends ConventionOption, DecayOptions {
  /**
   * Learning rate h > 0, the length of a step: larger learns faster, too large diverges; default 0.01 (Keras 0.001).
   */
  readonly learningRate?: Schedulable;
  /**
   * ε > 0 beside the root, so that nothing is divided by 0: larger makes steps of small gradients shorter; default
   * 1e-10 (lectures 1e-8, Keras and Optax 1e-7).
   */
  readonly epsilon?: Schedulable;
  /** √s + ε or √(s + ε); default "outside" (Keras and Optax "inside"). */
  readonly epsilonPlacement?: "outside" | "inside";
  /** Where the sum of squares s starts, ≥ 0: larger makes the first steps shorter; default 0 (Keras and Optax 0.1). */
  readonly initialAccumulator?: number;
  /** δ ≥ 0 of the rate h / (1 + (t − 1) δ), which falls with it; default 0. */
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
 * @throws RangeError  learningRate or epsilon not positive, initialAccumulator, rateDecay or weightDecay negative
 * @throws TypeError   an unknown option
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

export interface AdadeltaOptions extends ConventionOption, DecayOptions {
  /** Learning rate h > 0, the length of a step: larger learns faster, too large diverges; default 1 (Keras 0.001). */
  readonly learningRate?: Schedulable;
  /**
   * Decay of both means, of squared gradients and of squared steps, 0 ≤ ρ < 1: the nearer to 1, the longer they
   * remember; default 0.9 (Keras 0.95).
   */
  readonly rho?: Schedulable;
  /** ε > 0 inside both roots: the first steps grow with it; default 1e-6 (Keras 1e-7). */
  readonly epsilon?: Schedulable;
}

const adadeltaPresets: Presets<Required<Omit<AdadeltaOptions, keyof DecayOptions | "convention">>> = {
  paper: { learningRate: 1, rho: 0.9, epsilon: 1e-6 },
  keras: { learningRate: 1e-3, rho: 0.95, epsilon: 1e-7 },
};

/**
 * Adadelta: s ← ρ s + (1 − ρ) g², δ = √(u + ε) / √(s + ε) ⋅ g, u ← ρ u + (1 − ρ) δ², w ← w − h δ.
 *
 * @throws RangeError  learningRate or epsilon not positive, rho outside [0, 1), weightDecay negative
 * @throws TypeError   an unknown option
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
    rho: checkHyper(where, "rho", all.rho, share),
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

export interface RmspropOptions extends ConventionOption, DecayOptions {
  /**
   * Learning rate h > 0, the length of a step: larger learns faster, too large diverges; default 0.01 (otherwise
   * 0.001).
   */
  readonly learningRate?: Schedulable;
  /**
   * Decay of the mean square, 0 ≤ ρ < 1: the nearer to 1, the slower the scale of the steps follows; default 0.99
   * (otherwise 0.9).
   */
  readonly rho?: Schedulable;
  /**
   * ε > 0 beside the root, so that nothing is divided by 0: larger makes steps of small gradients shorter; default 1e-8
   * (Keras 1e-7).
   */
  readonly epsilon?: Schedulable;
  /** √s + ε or √(s + ε); default "outside" (Keras and Optax "inside"). */
  readonly epsilonPlacement?: "outside" | "inside";
  /** Whether the variance s − m² takes the place of s; default false. */
  readonly centered?: boolean;
  /** μ of a buffer of steps, 0 ≤ μ < 1: the nearer to 1, the longer a direction is kept; default 0: none. */
  readonly momentum?: Schedulable;
  /** Whether the buffer adds up h g/d instead of g/d; default false (Keras and Optax true). */
  readonly rateInMomentum?: boolean;
  /** Where the sum of squares s starts, ≥ 0: larger makes the first steps shorter; default 0. */
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
 * RMSprop: s ← ρ s + (1 − ρ) g², w ← w − h g / (√s + ε); centered, with momentum, or both.
 *
 * @throws RangeError  learningRate or epsilon not positive, rho or momentum outside [0, 1)
 * @throws TypeError   rateInMomentum without momentum, or an unknown option
 * @example
 * rmsprop({ learningRate: 0.001, centered: true, momentum: 0.9 }).states; // 3
 * @see Tieleman and Hinton, *Lecture 6.5*, Coursera: Neural networks for machine learning, 2012
 * @see Graves, *Generating sequences with recurrent neural networks*, arXiv 1308.0850, 2013, eqs. 38-45 (centered)
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const where = "rmsprop";
  const all = resolve(where, options, rmspropPresets, decayKeys);
  const learningRate = checkHyper(where, "learningRate", all.learningRate, positive);
  const momentum = checkHyper(where, "momentum", all.momentum, share);
  if (momentum === 0 && options.rateInMomentum !== undefined)
    throw new TypeError("rmsprop: rateInMomentum needs momentum. Give momentum, for example 0.9.");
  const hyper = {
    learningRate,
    rho: checkHyper(where, "rho", all.rho, share),
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
