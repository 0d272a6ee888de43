// Schedules without an end: constant, step, exponential, inverse time and inverse square root decay.

import {
  lawConstant,
  lawExponential,
  lawInverseSquareRoot,
  lawInverseTime,
  lawMultiStep,
  lawStep,
} from "../values/contract.js";
import { checkFlag, checkNumber, checkOptions, shown } from "../values/options.js";
import { checkAscending, count, describe, hull, number, type ScheduleOptions } from "./schedule.js";
import type { Schedule } from "./scheduled.js";

/**
 * Constant: h(t) = h.
 *
 * @param value  h
 * @throws TypeError   value is not a number
 * @throws RangeError  value is not finite
 * @example
 * adam({ learningRate: constantSchedule(1e-3) });
 * @see Bottou, Curtis and Nocedal, *Optimization methods for large-scale machine learning*, SIAM Review 60, 2018, sec. 4
 */
export function constantSchedule(value: number): Schedule {
  const h = number("constantSchedule", "value", value);
  return describe("constantSchedule", lawConstant, {}, { initial: h }, [h, h]);
}

/** Options of `stepDecay`. */
export interface StepDecayOptions extends ScheduleOptions {
  /** Initial value h₀. */
  readonly initial: number;
  /** Steps or epochs T between two changes, ≥ 1. */
  readonly length: number;
  /** Factor φ > 0; default 0.1. */
  readonly factor?: number;
}

/**
 * Step decay: h(t) = h₀ φ^⌊t/T⌋.
 *
 * @param options  initial, length, factor, unit
 * @throws RangeError  length is below 1, or factor is not positive
 * @example
 * sgd({ learningRate: stepDecay({ initial: 0.1, length: 30, unit: "epoch" }) });
 * @see Szegedy et al., *Going deeper with convolutions*, CVPR 2015, sec. 6
 */
export function stepDecay(options: StepDecayOptions): Schedule {
  const where = "stepDecay";
  checkOptions(where, options, ["initial", "length", "factor", "unit"]);
  const initial = number(where, "initial", options.initial);
  const length = checkNumber(where, "length", options.length, count);
  const factor = checkNumber(where, "factor", options.factor ?? 0.1, { above: 0 });
  const end = factor > 1 ? initial * Number.POSITIVE_INFINITY : 0;
  return describe(where, lawStep, options, { initial, length, factor }, hull(initial, end));
}

/** Options of `multiStepDecay`. */
export interface MultiStepDecayOptions extends ScheduleOptions {
  /** Initial value h₀. */
  readonly initial: number;
  /** Steps or epochs mₖ from which a further factor applies, ascending, ≥ 1. */
  readonly milestones: readonly number[];
  /** Factor φ > 0 for all milestones, or a list with one for each; default 0.1. */
  readonly factor?: number | readonly number[];
}

/**
 * Multi-step decay: h(t) = h₀ ∏ φₖ over the milestones mₖ ≤ t. (Keras's PiecewiseConstantDecay changes one step later.)
 *
 * @param options  initial, milestones, factor, unit
 * @throws RangeError  milestones do not ascend, a factor is not positive, or the number of factors is wrong
 * @example
 * sgd({ learningRate: multiStepDecay({ initial: 0.1, milestones: [30, 60, 90], unit: "epoch" }) });
 * @see He, Zhang, Ren and Sun, *Deep residual learning for image recognition*, CVPR 2016, sec. 4.2
 */
export function multiStepDecay(options: MultiStepDecayOptions): Schedule {
  const where = "multiStepDecay";
  checkOptions(where, options, ["initial", "milestones", "factor", "unit"]);
  const initial = number(where, "initial", options.initial);
  const { milestones, factor = 0.1 } = options;
  checkAscending(where, "milestones", milestones);
  const factors = typeof factor === "number" ? milestones.map(() => factor) : factor;
  if (!Array.isArray(factors) || factors.length !== milestones.length)
    throw new RangeError(`${where}: factor must be a number or ${milestones.length} of them, got ${shown(factor)}.`);
  const list: number[] = [];
  const values = [initial];
  for (const [k, milestone] of milestones.entries()) {
    const phi = checkNumber(where, "factor", factors[k], { above: 0 });
    list.push(milestone, phi);
    values.push((values[k] as number) * phi);
  }
  return describe(where, lawMultiStep, options, { initial, count: milestones.length }, hull(...values), { list });
}

/** Options of `exponentialDecay`. */
export type ExponentialDecayOptions = ScheduleOptions & {
  /** Initial value h₀. */
  readonly initial: number;
  /** Limit at which the value is held; default none. */
  readonly end?: number;
} & (
    | {
        /** Decay constant a ≥ 0 of exp(−a t). */
        readonly decay: number;
        readonly rate?: never;
        readonly length?: never;
        readonly staircase?: never;
      }
    | {
        /** Factor r > 0 of r^(t/T); PyTorch's gamma with T = 1. */
        readonly rate: number;
        readonly decay?: never;
        /** Steps or epochs T in which the value is multiplied by r, > 0; default 1. */
        readonly length?: number;
        /** True uses ⌊t/T⌋ instead of t/T; default false. */
        readonly staircase?: boolean;
      }
  );

/**
 * Exponential decay: h(t) = h₀ exp(−a t) with `decay` a, or h₀ r^(t/T) with `rate` r and `length` T.
 *
 * @param options  initial, end, unit, and decay or rate, length and staircase
 * @throws TypeError   neither or both of decay and rate are given
 * @throws RangeError  decay is negative, or rate or length is not positive
 * @example
 * sgd({ learningRate: exponentialDecay({ initial: 0.1, rate: 0.96, length: 1000, staircase: true }) });
 * @see Senior, Heigold, Ranzato and Yang, *An empirical study of learning rates in deep neural networks for speech
 * recognition*, ICASSP 2013
 */
export function exponentialDecay(options: ExponentialDecayOptions): Schedule {
  const where = "exponentialDecay";
  checkOptions(where, options, ["initial", "decay", "rate", "length", "staircase", "end", "unit"]);
  const initial = number(where, "initial", options.initial);
  const { decay, rate, length = 1, staircase = false, end } = options;
  if ((decay === undefined) === (rate === undefined))
    throw new TypeError(`${where}: give either decay or rate, got ${rate === undefined ? "neither" : "both"}.`);
  if (decay !== undefined && (options.length !== undefined || options.staircase !== undefined))
    throw new TypeError(`${where}: length and staircase need rate. Leave them out, or give rate instead of decay.`);
  const a = decay === undefined ? 0 : checkNumber(where, "decay", decay, { min: 0 });
  const r = rate === undefined ? 0 : checkNumber(where, "rate", rate, { above: 0 });
  const turns = checkNumber(where, "length", length, { above: 0 });
  const stairs = Number(checkFlag(where, "staircase", staircase));
  const grows = r > 1;
  const bound = end === undefined ? null : number(where, "end", end);
  const least = grows ? -Number.MAX_VALUE : (bound ?? -Number.MAX_VALUE);
  const largest = grows ? (bound ?? Number.MAX_VALUE) : Number.MAX_VALUE;
  const limit = bound ?? (grows ? initial * Number.POSITIVE_INFINITY : 0);
  const fields = { initial, decay: a, rate: r, length: turns, staircase: stairs, least, largest };
  return describe(where, lawExponential, options, fields, hull(initial, limit));
}

/** Options of `inverseTimeDecay`. */
export interface InverseTimeDecayOptions extends ScheduleOptions {
  /** Initial value h₀. */
  readonly initial: number;
  /** Decay constant a ≥ 0. */
  readonly decay: number;
  /** Steps or epochs T > 0 that count as one; default 1. */
  readonly length?: number;
  /** True uses ⌊t/T⌋ instead of t/T; default false. */
  readonly staircase?: boolean;
}

/**
 * Inverse time decay: h(t) = h₀ / (1 + a t/T).
 *
 * @param options  initial, decay, length, staircase, unit
 * @throws RangeError  decay is negative, or length is not positive
 * @example
 * sgd({ learningRate: inverseTimeDecay({ initial: 0.1, decay: 0.01 }) });
 * @see Robbins and Monro, *A stochastic approximation method*, Annals of Mathematical Statistics 22, 1951
 */
export function inverseTimeDecay(options: InverseTimeDecayOptions): Schedule {
  const where = "inverseTimeDecay";
  checkOptions(where, options, ["initial", "decay", "length", "staircase", "unit"]);
  const initial = number(where, "initial", options.initial);
  const decay = checkNumber(where, "decay", options.decay, { min: 0 });
  const length = checkNumber(where, "length", options.length ?? 1, { above: 0 });
  const staircase = Number(checkFlag(where, "staircase", options.staircase ?? false));
  return describe(where, lawInverseTime, options, { initial, decay, length, staircase }, hull(initial, 0));
}

/** Options of `inverseSquareRootDecay`. */
export interface InverseSquareRootDecayOptions extends ScheduleOptions {
  /** Initial value h₀. */
  readonly initial: number;
  /** Step or epoch T until which h₀ is held, ≥ 1; default 1. */
  readonly length?: number;
}

/**
 * Inverse square root decay: h(t) = h₀ / √max(t/T, 1).
 *
 * @param options  initial, length, unit
 * @throws RangeError  length is below 1
 * @example
 * const decay = inverseSquareRootDecay({ initial: 1e-3, length: 4000 });
 * adam({ learningRate: warmup({ length: 4000, schedule: decay, countFrom: "start" }) });
 * @see Vaswani et al., *Attention is all you need*, NeurIPS 2017
 */
export function inverseSquareRootDecay(options: InverseSquareRootDecayOptions): Schedule {
  const where = "inverseSquareRootDecay";
  checkOptions(where, options, ["initial", "length", "unit"]);
  const initial = number(where, "initial", options.initial);
  const length = checkNumber(where, "length", options.length ?? 1, count);
  return describe(where, lawInverseSquareRoot, options, { initial, length }, hull(initial, 0));
}
