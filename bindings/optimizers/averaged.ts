// Rules whose weights are an average of iterates: Schedule-Free and averaged SGD. The gradient is computed at another
// point, so the loss that training reports is not that of the weights, which `evaluate` computes.

import { wholeOnly } from "../engine/featureSets.js";
import { checkHyper, type Schedulable } from "../schedules/scheduled.js";
import { ruleAsgd, ruleScheduleFreeAdamW, ruleScheduleFreeSgd } from "../values/contract.js";
import { checkNumber } from "../values/options.js";
import { type ConventionOption, type Presets, resolve } from "./convention.js";
import { type DecayOptions, type DecoupledCoupling, decayKeys, decayOf, decoupledDecayOf } from "./decay.js";
import { describeOptimizer, type Optimizer } from "./optimizer.js";

const weightsAre = "an average of its iterates";
const positive = { above: 0 } as const;
const fraction = { min: 0, below: 1 } as const;

/** Options of schedule-free methods. */
interface ScheduleFreeRule {
  /** Weight β of the average in the point of the gradient, 0 ≤ β < 1; default 0.9. */
  readonly beta?: Schedulable;
  /** Number of updates of the linear warm-up, ≥ 0; default 0. */
  readonly warmupSteps?: number;
}

function scheduleFreeHyper(where: string, all: { learningRate: Schedulable; beta: Schedulable; warmupSteps: number }) {
  return {
    learningRate: checkHyper(where, "learningRate", all.learningRate, positive),
    beta: checkHyper(where, "beta", all.beta, fraction),
    warmup: checkNumber(where, "warmupSteps", all.warmupSteps, { min: 0, integer: true }),
  };
}

/** Options of `scheduleFreeSgd`. */
export interface ScheduleFreeSgdOptions extends ScheduleFreeRule, ConventionOption, DecayOptions {
  /** Learning rate h > 0; default 1. Larger values train faster, but diverge if too large. */
  readonly learningRate?: Schedulable;
}

const sgdPresets: Presets<{ learningRate: Schedulable; beta: Schedulable; warmupSteps: number }> = {
  paper: { learningRate: 1, beta: 0.9, warmupSteps: 0 },
};

/**
 * Schedule-Free SGD: y = (1 − β) z + β x, z ← z − γ g(y), x ← (1 − a) x + a z with a = γₜ² / Σ γᵢ², where x are the
 * weights and γₜ is the learning rate after the warm-up factor.
 *
 * The averaging replaces a schedule of the learning rate. a depends on the option warmupSteps, not on a schedule.
 *
 * @param options  learningRate, beta, warmupSteps, weightDecay, decayCoupling, decayFilter, convention
 * @throws RangeError  learningRate is not positive, beta is outside [0, 1), or warmupSteps is not a whole number from 0
 * @throws TypeError   an option is unknown
 * @example
 * scheduleFreeSgd({ learningRate: 0.5, warmupSteps: 100 });
 * @see Defazio et al., *The road less scheduled*, NeurIPS 2024, eqs. 3-5
 */
export const scheduleFreeSgd = /* @__PURE__ */ wholeOnly(function scheduleFreeSgd(
  options: ScheduleFreeSgdOptions = {},
): Optimizer {
  const where = "scheduleFreeSgd";
  const all = resolve(where, options, sgdPresets, decayKeys);
  const hyper = { ...scheduleFreeHyper(where, all), beta2: 0, epsilon: 0 };
  const decay = decayOf(where, options, all.convention, hyper.learningRate);
  return describeOptimizer(scheduleFreeSgd, options, {
    name: where,
    rule: ruleScheduleFreeSgd,
    states: 1,
    looksAhead: true,
    weightsAre,
    hyper,
    decay,
  });
});

/** Options of `scheduleFreeAdamW`. */
export interface ScheduleFreeAdamWOptions extends ScheduleFreeRule, ConventionOption, DecayOptions<DecoupledCoupling> {
  /** Learning rate h > 0; default 0.0025. Larger values train faster, but diverge if too large. */
  readonly learningRate?: Schedulable;
  /** Decay rate of the mean square, 0 ≤ β₂ < 1; default 0.999. */
  readonly beta2?: Schedulable;
  /** Constant ε > 0 outside the root; default 1e-8. */
  readonly epsilon?: Schedulable;
}

const adamWPresets: Presets<Required<Omit<ScheduleFreeAdamWOptions, keyof DecayOptions | "convention">>> = {
  paper: { learningRate: 2.5e-3, beta: 0.9, warmupSteps: 0, beta2: 0.999, epsilon: 1e-8 },
};

/**
 * Schedule-Free AdamW: scheduleFreeSgd with z ← z − γ (g / (√v̂ + ε) + λ y).
 *
 * @param options  learningRate, beta, beta2, epsilon, warmupSteps, weightDecay, decayCoupling, decayFilter, convention
 * @throws RangeError  learningRate or epsilon is not positive, beta or beta2 is outside [0, 1), or weightDecay is
 *   negative
 * @throws TypeError   an option is unknown
 * @example
 * scheduleFreeAdamW({ learningRate: 0.0025, weightDecay: 0.01 });
 * @see Defazio et al., *The road less scheduled*, NeurIPS 2024, algorithm 1
 */
export const scheduleFreeAdamW = /* @__PURE__ */ wholeOnly(function scheduleFreeAdamW(
  options: ScheduleFreeAdamWOptions = {},
): Optimizer {
  const where = "scheduleFreeAdamW";
  const all = resolve(where, options, adamWPresets, decayKeys);
  const hyper = {
    ...scheduleFreeHyper(where, all),
    beta2: checkHyper(where, "beta2", all.beta2, fraction),
    epsilon: checkHyper(where, "epsilon", all.epsilon, positive, positive),
  };
  const advice = "Use scheduleFreeSgd with this coupling.";
  const decay = decoupledDecayOf(where, options, hyper.learningRate, advice);
  return describeOptimizer(scheduleFreeAdamW, options, {
    name: where,
    rule: ruleScheduleFreeAdamW,
    states: 2,
    squares: [1],
    looksAhead: true,
    weightsAre,
    hyper,
    decay,
  });
});

/** Options of `asgd`. */
export interface AsgdOptions extends ConventionOption, DecayOptions<"l2" | "penalty"> {
  /** Initial learning rate h > 0; default 0.01. Larger values train faster, but diverge if too large. */
  readonly learningRate?: Schedulable;
  /** Decay λ ≥ 0 of the weights and of the learning rate η = h / (1 + λ h (t − 1))^α; default 0.0001. */
  readonly lambda?: Schedulable;
  /** Exponent α ≥ 0 of the learning rate; default 0.75. */
  readonly alpha?: Schedulable;
  /** Update t₀ after which the average begins, ≥ 0; before, the weights are the iterate. Default 1e6. */
  readonly averageFrom?: number;
}

const asgdPresets: Presets<{
  learningRate: Schedulable;
  lambda: Schedulable;
  alpha: Schedulable;
  averageFrom: number;
}> = {
  paper: { learningRate: 0.01, lambda: 1e-4, alpha: 0.75, averageFrom: 1e6 },
};

/**
 * Averaged SGD: z ← (1 − λ η) z − η g(z), where the weights are the average of z since update t₀.
 *
 * The weights here are the average `ax` of PyTorch, whose parameters are z.
 *
 * @param options  learningRate, lambda, alpha, averageFrom, weightDecay, decayCoupling, decayFilter, convention
 * @throws RangeError  learningRate is not positive, another number is negative, or decayCoupling is decoupled
 * @throws TypeError   an option is unknown
 * @example
 * asgd({ learningRate: 0.01, averageFrom: 100 });
 * @see Polyak and Juditsky, *Acceleration of stochastic approximation by averaging*, SIAM J. Control Optim. 30, 1992
 */
export const asgd = /* @__PURE__ */ wholeOnly(function asgd(options: AsgdOptions = {}): Optimizer {
  const where = "asgd";
  const all = resolve(where, options, asgdPresets, decayKeys);
  const hyper = {
    learningRate: checkHyper(where, "learningRate", all.learningRate, positive),
    lambda: checkHyper(where, "lambda", all.lambda, { min: 0 }),
    alpha: checkHyper(where, "alpha", all.alpha, { min: 0 }),
    start: checkNumber(where, "averageFrom", all.averageFrom, { min: 0 }),
  };
  const { weightDecay, decayCoupling = all.convention === "lecture" ? "penalty" : "l2" } = options;
  const withCoupling = weightDecay === undefined ? options : { ...options, decayCoupling };
  const decay = decayOf(where, withCoupling, all.convention, hyper.learningRate);
  if (decay.decoupled !== 0)
    throw new RangeError(
      `asgd: decayCoupling "${options.decayCoupling}" has the effect of lambda. Give lambda instead.`,
    );
  return describeOptimizer(asgd, options, {
    name: where,
    rule: ruleAsgd,
    states: 1,
    looksAhead: true,
    weightsAre,
    hyper,
    decay,
  });
});
