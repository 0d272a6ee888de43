// Schedules with an end, after which the last value is held.

import { lawCosine, lawLinear, lawPolynomial, lawWarmupStableDecay } from "../values/contract.js";
import { checkChoice, checkFlag, checkNumber, checkOptions } from "../values/options.js";
import { count, describe, hull, number, type ScheduleOptions } from "./schedule.js";
import type { Schedule } from "./scheduled.js";

/** Options of `linearSchedule`. */
export interface LinearScheduleOptions extends ScheduleOptions {
  /** Initial value a. */
  readonly from: number;
  /** Final value b; default 0. */
  readonly to?: number;
  /** Length T in steps or epochs, ≥ 1. */
  readonly length: number;
}

/**
 * Linear: h(t) = a + (b − a) min(t/T, 1).
 *
 * @param options  from, to, length, unit
 * @throws RangeError  length is below 1
 * @example
 * sgd({ learningRate: linearSchedule({ from: 0.1, length: 1000 }), momentum: 0.9 });
 * @see Goodfellow, Bengio and Courville, *Deep Learning*, MIT Press, 2016, eq. 8.14
 */
export function linearSchedule(options: LinearScheduleOptions): Schedule {
  const where = "linearSchedule";
  checkOptions(where, options, ["from", "to", "length", "unit"]);
  const from = number(where, "from", options.from);
  const to = number(where, "to", options.to ?? 0);
  const length = checkNumber(where, "length", options.length, count);
  return describe(where, lawLinear, options, { from, to, length }, hull(from, to));
}

/** Options of `polynomialDecay`. */
export interface PolynomialDecayOptions extends ScheduleOptions {
  /** Initial value h₀. */
  readonly initial: number;
  /** Final value e; default 0 (Keras: 1e-4). */
  readonly end?: number;
  /** Exponent p > 0; default 1. */
  readonly power?: number;
  /** Length T in steps or epochs, ≥ 1. */
  readonly length: number;
  /** True replaces T by the next multiple of T once t exceeds it, so that h rises again, as in Keras; default false. */
  readonly cycle?: boolean;
}

/**
 * Polynomial decay: h(t) = e + (h₀ − e) (1 − t/T)^p for t < T, then e.
 *
 * @param options  initial, end, power, length, cycle, unit
 * @throws RangeError  length is below 1, or power is not positive
 * @example
 * sgd({ learningRate: polynomialDecay({ initial: 0.1, end: 1e-4, power: 2, length: 1000 }) });
 * @see Chen, Papandreou, Kokkinos, Murphy and Yuille, *DeepLab*, IEEE Transactions on Pattern Analysis and Machine
 * Intelligence 40, 2018
 */
export function polynomialDecay(options: PolynomialDecayOptions): Schedule {
  const where = "polynomialDecay";
  checkOptions(where, options, ["initial", "end", "power", "length", "cycle", "unit"]);
  const initial = number(where, "initial", options.initial);
  const end = number(where, "end", options.end ?? 0);
  const power = checkNumber(where, "power", options.power ?? 1, { above: 0 });
  const length = checkNumber(where, "length", options.length, count);
  const cycle = Number(checkFlag(where, "cycle", options.cycle ?? false));
  return describe(where, lawPolynomial, options, { initial, end, power, length, cycle }, hull(initial, end));
}

/** Options of `cosineDecay`. */
export type CosineDecayOptions = ScheduleOptions & {
  /** Initial value h₀. */
  readonly initial: number;
  /** Length T in steps or epochs, ≥ 1. */
  readonly length: number;
  /** Exponent p > 0; default 1. */
  readonly exponent?: number;
  /** Values after T: "hold" the minimum (default, as Keras and Optax), or "oscillate" (PyTorch's CosineAnnealingLR). */
  readonly after?: "hold" | "oscillate";
} & (
    | {
        /** Minimum e, PyTorch's eta_min; default 0. */
        readonly minimum?: number;
        readonly relativeMinimum?: never;
      }
    | {
        /** Minimum relative to the initial value, e / h₀, the alpha of Keras and Optax. */
        readonly relativeMinimum: number;
        readonly minimum?: never;
      }
  );

/**
 * Cosine decay: h(t) = e + (h₀ − e) ((1 + cos(π t/T)) / 2)^p. The last of T updates has t = T − 1, so that e is reached
 * only afterwards.
 *
 * @param options  initial, length, minimum or relativeMinimum, exponent, after, unit
 * @throws RangeError  length is below 1, or exponent is not positive
 * @throws TypeError   both minimum and relativeMinimum are given
 * @example
 * adam({ learningRate: cosineDecay({ initial: 1e-3, length: 10_000, relativeMinimum: 0.1 }) });
 * @see Loshchilov and Hutter, *SGDR: Stochastic gradient descent with warm restarts*, ICLR 2017
 */
export function cosineDecay(options: CosineDecayOptions): Schedule {
  const where = "cosineDecay";
  checkOptions(where, options, ["initial", "length", "minimum", "relativeMinimum", "exponent", "after", "unit"]);
  const { minimum, relativeMinimum } = options;
  if (minimum !== undefined && relativeMinimum !== undefined)
    throw new TypeError(`${where}: give either minimum or relativeMinimum, got both.`);
  const initial = number(where, "initial", options.initial);
  const length = checkNumber(where, "length", options.length, count);
  const floor =
    relativeMinimum === undefined
      ? number(where, "minimum", minimum ?? 0)
      : initial * number(where, "relativeMinimum", relativeMinimum);
  const exponent = checkNumber(where, "exponent", options.exponent ?? 1, { above: 0 });
  const after = checkChoice(where, "after", options.after ?? "hold", ["hold", "oscillate"]);
  const fields = { initial, floor, length, exponent, oscillates: Number(after === "oscillate") };
  return describe(where, lawCosine, options, fields, hull(initial, floor));
}

/** Options of `warmupStableDecay`. */
export interface WarmupStableDecayOptions extends ScheduleOptions {
  /** Value between warm-up and decay. */
  readonly peak: number;
  /** Steps or epochs of the warm-up, ≥ 0. */
  readonly warmup: number;
  /** Steps or epochs at the peak, ≥ 0. */
  readonly stable: number;
  /** Steps or epochs of the decay, ≥ 1. */
  readonly decay: number;
  /** Initial value of the warm-up; default 0. */
  readonly start?: number;
  /** Final value; default 0. */
  readonly end?: number;
  /** Form of the decay in x = 0 .. 1: "linear" 1 − x (default), "cosine" (1 + cos π x)/2, or "squareRoot" 1 − √x. */
  readonly shape?: "linear" | "cosine" | "squareRoot";
}

/**
 * Warm-up, stable, decay: h rises linearly from `start` to `peak`, is held, and falls to `end`.
 *
 * @param options  peak, warmup, stable, decay, start, end, shape, unit
 * @throws RangeError  warmup or stable is negative, or decay is below 1
 * @example
 * adamW({ learningRate: warmupStableDecay({ peak: 1e-3, warmup: 100, stable: 800, decay: 100 }) });
 * @see Hu et al., *MiniCPM: unveiling the potential of small language models*, 2024; Hägele et al., *Scaling laws and
 * compute-optimal training beyond fixed training durations*, NeurIPS 2024
 */
export function warmupStableDecay(options: WarmupStableDecayOptions): Schedule {
  const where = "warmupStableDecay";
  checkOptions(where, options, ["peak", "warmup", "stable", "decay", "start", "end", "shape", "unit"]);
  const peak = number(where, "peak", options.peak);
  const start = number(where, "start", options.start ?? 0);
  const end = number(where, "end", options.end ?? 0);
  const warmup = checkNumber(where, "warmup", options.warmup, { min: 0, integer: true });
  const stable = checkNumber(where, "stable", options.stable, { min: 0, integer: true });
  const decay = checkNumber(where, "decay", options.decay, count);
  const shapes = ["linear", "cosine", "squareRoot"] as const;
  const shape = shapes.indexOf(checkChoice(where, "shape", options.shape ?? "linear", shapes));
  const fields = { start, peak, end, warmup, stable, decay, shape };
  const range = warmup > 0 ? hull(start, peak, end) : hull(peak, end);
  return describe(where, lawWarmupStableDecay, options, fields, range);
}
