// Cyclic schedules: warm restarts, one cycle, triangular cycles.

import { lawCyclic, lawOneCycle, lawWarmRestarts } from "../values/contract.js";
import { checkChoice, checkFlag, checkNumber, checkOptions } from "../values/options.js";
import { count, describe, hull, number, type ScheduleOptions } from "./schedule.js";
import type { Schedule } from "./scheduled.js";

/** Options of `warmRestarts`. */
export interface WarmRestartsOptions extends ScheduleOptions {
  /** Length Tᵢ in steps or epochs, ≥ 1, of the first cycle or a list for the first cycles. */
  readonly length: number | readonly number[];
  /** Value b at the start of a cycle, or a list for the first cycles. */
  readonly maximum: number | readonly number[];
  /** Value a at the end of a cycle, or a list for the first cycles; default 0. */
  readonly minimum?: number | readonly number[];
  /** Factor of the length from each cycle after the listed ones to the next, ≥ 1; default 1 (Keras: 2). */
  readonly growth?: number;
  /** Factor of the height b − a from each cycle after the listed ones to the next, 0 < shrink ≤ 1; default 1. */
  readonly shrink?: number;
}

/**
 * Cosine decay with warm restarts: h = a + (b − a)/2 (1 + cos(π T_cur/Tᵢ)), with T_cur since the last restart and the
 * length Tᵢ of cycle i. Cycles after the listed ones repeat the last, with `growth` and `shrink`.
 *
 * @param options  length, maximum, minimum, growth, shrink, unit
 * @throws RangeError  a length or growth is below 1, shrink is outside (0, 1], or lists differ in length
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

/** Options of `oneCycle`. */
export interface OneCycleOptions extends ScheduleOptions {
  /** Value after the first phase: the maximum for a learning rate, the minimum for a momentum. */
  readonly peak: number;
  /** Value h(0) at the start; default peak / 25. */
  readonly start?: number;
  /** Value at the end; default start / 10,000. */
  readonly end?: number;
  /** Length T of the cycle in steps or epochs, ≥ 2. */
  readonly length: number;
  /** Fraction of the length until the peak, 0 < upShare < 1; default 0.3. */
  readonly upShare?: number;
  /** Interpolation in a phase: "cosine" (default) or "linear". */
  readonly anneal?: "cosine" | "linear";
  /** True returns to the start in a second phase as long as the first, and goes to the end in a third; default false. */
  readonly threePhase?: boolean;
  /** Position of peak and end: upShare T − 1 and T − 1 ("pytorch", default), or ⌊upShare T⌋ and T ("optax"). */
  readonly convention?: "pytorch" | "optax";
}

/**
 * One cycle: h rises from `start` to `peak` and falls to `end`, which is held afterwards. Combine it with a cycle of the
 * momentum in the opposite direction: oneCycle({ start: 0.95, peak: 0.85, end: 0.95, ... }).
 *
 * @param options  peak, start, end, length, upShare, anneal, threePhase, convention, unit
 * @throws RangeError  length is below 2, upShare is outside (0, 1), or a phase is shorter than 1
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
      `${where}: length ${length} is too short: the phases end at ${ends.join(", ")}, expected positive and ascending. ` +
        `Give a larger length, or another upShare${three ? " (below 0.5 with threePhase)" : ""}.`,
    );
  const fields = { start, linear: Number(anneal === "linear"), count: ends.length };
  return describe(where, lawOneCycle, options, fields, hull(start, peak, end), { list: phases });
}

/** Options of `cyclicSchedule`. */
export interface CyclicScheduleOptions extends ScheduleOptions {
  /** Value at the start and the end of a cycle. */
  readonly base: number;
  /** Value in between: the maximum for a learning rate, the minimum for a momentum. */
  readonly peak: number;
  /** Steps or epochs from base to peak, ≥ 1. */
  readonly up: number;
  /** Steps or epochs from peak to base, ≥ 1; default `up`. */
  readonly down?: number;
  /** Factor of the height of cycle c at t: 1 for "triangular" (default), 2^−c for "triangular2", γ^t for "expRange". */
  readonly mode?: "triangular" | "triangular2" | "expRange";
  /** Base γ of "expRange", 0 < γ ≤ 1; default 1. */
  readonly gamma?: number;
}

/**
 * Triangular cycles: h rises linearly from `base` to `peak` in `up` steps or epochs, falls back in `down`, and repeats.
 *
 * @param options  base, peak, up, down, mode, gamma, unit
 * @throws RangeError  up or down is below 1, or gamma is outside (0, 1]
 * @throws TypeError   gamma is given for another mode than "expRange"
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
    throw new TypeError(`${where}: gamma needs mode "expRange". Leave it out, or choose that mode.`);
  return describe(where, lawCyclic, options, { base, peak, up, down, mode, gamma }, hull(base, peak), {
    saved: "cyclic",
  });
}
