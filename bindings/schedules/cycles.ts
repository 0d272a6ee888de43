// Schedules that rise again: warm restarts, one cycle, triangular cycles.

import { lawCyclic, lawOneCycle, lawWarmRestarts } from "../values/contract.js";
import { checkChoice, checkFlag, checkNumber, checkOptions } from "../values/options.js";
import { count, describe, hull, number, type ScheduleOptions } from "./schedule.js";
import type { Schedule } from "./scheduled.js";

/** One number for all cycles, or one for each. */
type EachCycle = number | readonly number[];

export interface WarmRestartsOptions extends ScheduleOptions {
  /** Tᵢ ≥ 1 of the first cycle, or of each of the first cycles. */
  readonly length: EachCycle;
  /** b, where a cycle begins. */
  readonly maximum: EachCycle;
  /** a, where it ends; default 0. */
  readonly minimum?: EachCycle;
  /** How much longer every cycle after the listed ones is, ≥ 1; default 1 (Keras: 2). */
  readonly growth?: number;
  /** What the height b − a of every cycle after the listed ones is multiplied by, 0 < shrink ≤ 1; default 1. */
  readonly shrink?: number;
}

/**
 * Cosine with warm restarts: h = a + (b − a)/2 (1 + cos(π T_cur/Tᵢ)), T_cur since the last restart, Tᵢ the length of
 * cycle i. Cycles beyond the listed ones continue the last, with `growth` and `shrink`.
 *
 * @throws RangeError  a length below 1, growth below 1, shrink outside (0, 1], lists of unequal lengths
 * @example
 * sgd({ learningRate: warmRestarts({ maximum: 0.1, length: 10, growth: 2, unit: "epoch" }) });
 * sgd({ learningRate: warmRestarts({ maximum: [0.1, 0.05], minimum: [0.01, 0.001], length: [100, 300] }) });
 * @see Loshchilov and Hutter, *SGDR: Stochastic gradient descent with warm restarts*, ICLR 2017
 */
export function warmRestarts(options: WarmRestartsOptions): Schedule {
  const where = "warmRestarts";
  checkOptions(where, options, ["length", "maximum", "minimum", "growth", "shrink", "unit"]);
  const { minimum = 0, growth = 1, shrink = 1 } = options;
  const lists = { length: options.length, maximum: options.maximum, minimum };
  const sizes = Object.values(lists).flatMap((value) => (Array.isArray(value) ? [value.length] : []));
  const cycles = Math.max(1, ...sizes);
  if (sizes.some((size) => size !== cycles))
    throw new RangeError(`${where}: length, maximum and minimum list unequal numbers of cycles: ${sizes.join(", ")}.`);
  checkNumber(where, "growth", growth, { min: 1 });
  checkNumber(where, "shrink", shrink, { above: 0, max: 1 });
  const at = (list: unknown, k: number): unknown => (Array.isArray(list) ? list[k] : list);
  const bounds: number[] = [];
  const list: number[] = [];
  for (let k = 0; k < cycles; k++) {
    const low = number(where, "minimum", at(minimum, k));
    const high = number(where, "maximum", at(options.maximum, k));
    list.push(checkNumber(where, "length", at(options.length, k), count), low, high);
    bounds.push(low, high);
  }
  return describe(where, lawWarmRestarts, options, { growth, shrink, count: cycles }, hull(...bounds), { list });
}

export interface OneCycleOptions extends ScheduleOptions {
  /** The value at the top; for a momentum, at the bottom. */
  readonly peak: number;
  /** h(0); default peak / 25. */
  readonly start?: number;
  /** The last value; default start / 10,000. */
  readonly end?: number;
  /** Counts of the whole cycle, ≥ 2. */
  readonly length: number;
  /** Share of the way up, 0 < upShare < 1; default 0.3. */
  readonly upShare?: number;
  /** Form of the phases; default "cosine". */
  readonly anneal?: "cosine" | "linear";
  /** Back to the start as long as it went up, and to the end in a third phase; default false. */
  readonly threePhase?: boolean;
  /** The peak at upShare T − 1 and the end at T − 1 ("pytorch", default), or at ⌊upShare T⌋ and T ("optax"). */
  readonly convention?: "pytorch" | "optax";
}

/**
 * One cycle: from the start up to the peak, and down to the end; after the last count the end is held. For the momentum
 * that goes with it: oneCycle({ start: 0.95, peak: 0.85, end: 0.95, ... }).
 *
 * @throws RangeError  length below 2, upShare outside (0, 1), phases shorter than 1 count
 * @example
 * sgd({
 *   learningRate: oneCycle({ peak: 0.5, length: 1000 }),
 *   momentum: oneCycle({ start: 0.95, peak: 0.85, end: 0.95, length: 1000 }),
 * });
 * @see Smith and Topin, *Super-convergence: very fast training of neural networks using large learning rates*, 2018
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  const where = "oneCycle";
  checkOptions(where, options, [
    "peak",
    "start",
    "end",
    "length",
    "upShare",
    "anneal",
    "threePhase",
    "convention",
    "unit",
  ]);
  const peak = number(where, "peak", options.peak);
  const start = number(where, "start", options.start ?? peak / 25);
  const end = number(where, "end", options.end ?? start / 1e4);
  const length = checkNumber(where, "length", options.length, { min: 2, integer: true });
  const up = length * checkNumber(where, "upShare", options.upShare ?? 0.3, { above: 0, below: 1 });
  const anneal = checkChoice(where, "anneal", options.anneal ?? "cosine", ["cosine", "linear"]);
  const three = checkFlag(where, "threePhase", options.threePhase ?? false);
  const optax = checkChoice(where, "convention", options.convention ?? "pytorch", ["pytorch", "optax"]) === "optax";
  const top = optax ? Math.floor(up) : up - 1;
  const last = optax ? length : length - 1;
  const phases = [top, peak, ...(three ? [2 * top, start] : []), last, end];
  const ends = phases.filter((_, k) => k % 2 === 0);
  if (ends.some((at, k) => at <= (ends[k - 1] ?? 0)))
    throw new RangeError(
      `${where}: length ${length} leaves a phase nothing: the phases end at ${ends.join(", ")}. Give a larger length, ` +
        `or another upShare${three ? " (below 0.5 with threePhase)" : ""}.`,
    );
  const fields = { start, linear: Number(anneal === "linear"), count: ends.length };
  return describe(where, lawOneCycle, options, fields, hull(start, peak, end), { list: phases });
}

export interface CyclicScheduleOptions extends ScheduleOptions {
  /** Where a cycle begins and ends. */
  readonly base: number;
  /** The other bound; for a momentum, the lower one. */
  readonly peak: number;
  /** Counts from base to peak, ≥ 1. */
  readonly up: number;
  /** Counts from peak to base, ≥ 1; default as many. */
  readonly down?: number;
  /** Height of cycle c at t: 1, 2^−c or γ^t of the first; default "triangular". */
  readonly mode?: "triangular" | "triangular2" | "expRange";
  /** 0 < γ ≤ 1 of "expRange"; default 1. */
  readonly gamma?: number;
}

/**
 * Cyclic: from the base to the peak in `up` counts and back in `down`, over and over.
 *
 * @throws RangeError  up or down below 1, gamma outside (0, 1]
 * @throws TypeError   gamma in another mode than "expRange"
 * @example
 * sgd({ learningRate: cyclicSchedule({ base: 0.01, peak: 0.1, up: 2000, mode: "triangular2" }) });
 * @see Smith, *Cyclical learning rates for training neural networks*, WACV 2017
 */
export function cyclicSchedule(options: CyclicScheduleOptions): Schedule {
  const where = "cyclicSchedule";
  checkOptions(where, options, ["base", "peak", "up", "down", "mode", "gamma", "unit"]);
  const base = number(where, "base", options.base);
  const peak = number(where, "peak", options.peak);
  const up = checkNumber(where, "up", options.up, count);
  const down = checkNumber(where, "down", options.down ?? up, count);
  const modes = ["triangular", "triangular2", "expRange"] as const;
  const mode = modes.indexOf(checkChoice(where, "mode", options.mode ?? "triangular", modes));
  const gamma = checkNumber(where, "gamma", options.gamma ?? 1, { above: 0, max: 1 });
  if (options.gamma !== undefined && options.mode !== "expRange")
    throw new TypeError(`${where}: gamma belongs to mode "expRange". Drop it, or choose that mode.`);
  return describe(where, lawCyclic, options, { base, peak, up, down, mode, gamma }, hull(base, peak), {
    saved: "cyclic",
  });
}
