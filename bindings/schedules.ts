// Schedules as plain descriptions: h(t) for t = 0, 1, ..., evaluated in the core. Any numeric option of an optimizer
// takes one. The first update sees t = 0.

import * as abi from "../assembly/abi.js";
import { checkChoice, checkFlag, checkNumber, checkOptions, shown } from "./options.js";
import { asSchedule, type InnerSchedule, type Schedulable, type Schedule, type ScheduleUnit } from "./scheduled.js";

/** What every schedule takes. */
export interface ScheduleOptions {
  /** What t counts: updates done, or epochs finished; default "step". */
  readonly unit?: ScheduleUnit;
}

const units = ["step", "epoch"] as const;
const count = { min: 1, integer: true } as const;

type Range = Schedule["range"];

/** Least and largest of these, null if one of them is not finite. */
function hull(...values: readonly number[]): Range {
  const range = [Math.min(...values), Math.max(...values)] as const;
  return range.every(Number.isFinite) ? range : null;
}

function describe(
  name: string,
  code: number,
  { unit = "step" }: ScheduleOptions,
  fields: readonly number[],
  range: Range,
  inner: readonly InnerSchedule[] = [],
): Schedule {
  return { schedule: name, unit: checkChoice(name, "unit", unit, units), code, fields, inner, range };
}

/** What comes next must not depend on an option that was left out. */
function number(where: string, option: string, value: unknown): number {
  return checkNumber(where, option, value, {});
}

/**
 * Constant: h(t) = h.
 *
 * @throws TypeError  not a finite number
 * @example
 * adam({ learningRate: constantSchedule(1e-3) });
 */
export function constantSchedule(value: number): Schedule {
  const h = number("constantSchedule", "value", value);
  return describe("constantSchedule", abi.scheduleConstant, {}, [h], [h, h]);
}

export interface StepDecayOptions extends ScheduleOptions {
  /** h₀. */
  readonly initial: number;
  /** Counts between two drops, ≥ 1. */
  readonly length: number;
  /** φ > 0; default 0.1. */
  readonly factor?: number;
}

/**
 * Step decay: h(t) = h₀ φ^⌊t/T⌋, T the `length`.
 *
 * @throws RangeError  length below 1, factor not positive
 * @example
 * sgd({ learningRate: stepDecay({ initial: 0.1, length: 30, unit: "epoch" }) });
 */
export function stepDecay(options: StepDecayOptions): Schedule {
  const where = "stepDecay";
  checkOptions(where, options, ["initial", "length", "factor", "unit"]);
  const initial = number(where, "initial", options.initial);
  const length = checkNumber(where, "length", options.length, count);
  const factor = checkNumber(where, "factor", options.factor ?? 0.1, { above: 0 });
  const end = factor > 1 ? initial * Number.POSITIVE_INFINITY : 0;
  return describe(where, abi.scheduleStep, options, [initial, length, factor], hull(initial, end));
}

export interface MultiStepDecayOptions extends ScheduleOptions {
  /** h₀. */
  readonly initial: number;
  /** Counts from which a further factor holds, ascending, ≥ 1. */
  readonly milestones: readonly number[];
  /** φ > 0, one for all or one for each; default 0.1. */
  readonly factor?: number | readonly number[];
}

/**
 * Multi-step decay: h(t) = h₀ ∏ φₖ over the milestones mₖ ≤ t. (Keras's piecewise constant decay drops one count later.)
 *
 * @throws RangeError  milestones that do not ascend, a factor that is not positive, or a wrong number of factors
 * @example
 * sgd({ learningRate: multiStepDecay({ initial: 0.1, milestones: [30, 60, 90], unit: "epoch" }) });
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
  const fields = [initial, milestones.length];
  const values = [initial];
  for (const [k, milestone] of milestones.entries()) {
    const phi = checkNumber(where, "factor", factors[k], { above: 0 });
    fields.push(milestone, phi);
    values.push((values[k] as number) * phi);
  }
  return describe(where, abi.scheduleMultiStep, options, fields, hull(...values));
}

function checkAscending(where: string, option: string, values: unknown): void {
  if (!Array.isArray(values) || values.length === 0)
    throw new TypeError(`${where}: ${option} must be an array of whole numbers, got ${shown(values)}.`);
  for (const [k, value] of values.entries()) {
    checkNumber(where, option, value, count);
    if (k > 0 && value <= values[k - 1])
      throw new RangeError(`${where}: ${option} must ascend, got ${values[k - 1]} before ${value}. Sort them.`);
  }
}

export type ExponentialDecayOptions = ScheduleOptions & {
  /** h₀. */
  readonly initial: number;
  /** A bound that is held once it is reached; default none. */
  readonly end?: number;
} & (
    | {
        /** a ≥ 0 of exp(−a t). */
        readonly decay: number;
        readonly rate?: never;
        readonly length?: never;
        readonly staircase?: never;
      }
    | {
        /** r > 0 of r^(t/T): PyTorch's γ with T = 1. */
        readonly rate: number;
        readonly decay?: never;
        /** T > 0; default 1. */
        readonly length?: number;
        /** Floors t/T; default false. */
        readonly staircase?: boolean;
      }
  );

/**
 * Exponential decay: h(t) = h₀ exp(−a t) with `decay` a, or h₀ r^(t/T) with `rate` r and `length` T.
 *
 * @throws TypeError   neither or both of decay and rate
 * @throws RangeError  decay negative, rate or length not positive
 * @example
 * sgd({ learningRate: exponentialDecay({ initial: 0.1, rate: 0.96, length: 1000, staircase: true }) });
 */
export function exponentialDecay(options: ExponentialDecayOptions): Schedule {
  const where = "exponentialDecay";
  checkOptions(where, options, ["initial", "decay", "rate", "length", "staircase", "end", "unit"]);
  const initial = number(where, "initial", options.initial);
  const { decay, rate, length = 1, staircase = false, end } = options;
  if ((decay === undefined) === (rate === undefined))
    throw new TypeError(`${where}: give either decay or rate, got ${rate === undefined ? "neither" : "both"}.`);
  if (decay !== undefined && (options.length !== undefined || options.staircase !== undefined))
    throw new TypeError(`${where}: length and staircase belong to rate. Drop them, or give rate instead of decay.`);
  const a = decay === undefined ? 0 : checkNumber(where, "decay", decay, { min: 0 });
  const r = rate === undefined ? 0 : checkNumber(where, "rate", rate, { above: 0 });
  const turns = checkNumber(where, "length", length, { above: 0 });
  const stairs = Number(checkFlag(where, "staircase", staircase));
  const grows = r > 1;
  const bound = end === undefined ? null : number(where, "end", end);
  const least = grows ? -Number.MAX_VALUE : (bound ?? -Number.MAX_VALUE);
  const largest = grows ? (bound ?? Number.MAX_VALUE) : Number.MAX_VALUE;
  const limit = bound ?? (grows ? initial * Number.POSITIVE_INFINITY : 0);
  return describe(
    where,
    abi.scheduleExponential,
    options,
    [initial, a, r, turns, stairs, least, largest],
    hull(initial, limit),
  );
}

export interface InverseTimeDecayOptions extends ScheduleOptions {
  /** h₀. */
  readonly initial: number;
  /** a ≥ 0. */
  readonly decay: number;
  /** T > 0; default 1. */
  readonly length?: number;
  /** Floors t/T; default false. */
  readonly staircase?: boolean;
}

/**
 * Inverse time decay: h(t) = h₀ / (1 + a t/T).
 *
 * @throws RangeError  decay negative, length not positive
 * @example
 * sgd({ learningRate: inverseTimeDecay({ initial: 0.1, decay: 0.01 }) });
 */
export function inverseTimeDecay(options: InverseTimeDecayOptions): Schedule {
  const where = "inverseTimeDecay";
  checkOptions(where, options, ["initial", "decay", "length", "staircase", "unit"]);
  const initial = number(where, "initial", options.initial);
  const decay = checkNumber(where, "decay", options.decay, { min: 0 });
  const length = checkNumber(where, "length", options.length ?? 1, { above: 0 });
  const staircase = Number(checkFlag(where, "staircase", options.staircase ?? false));
  return describe(where, abi.scheduleInverseTime, options, [initial, decay, length, staircase], hull(initial, 0));
}

export interface InverseSquareRootDecayOptions extends ScheduleOptions {
  /** h₀. */
  readonly initial: number;
  /** T ≥ 1, until which h₀ holds; default 1. */
  readonly length?: number;
}

/**
 * Inverse square root decay: h(t) = h₀ / √max(t/T, 1).
 *
 * @throws RangeError  length below 1
 * @example
 * const decay = inverseSquareRootDecay({ initial: 1e-3, length: 4000 });
 * adam({ learningRate: warmUp({ length: 4000, schedule: decay, countFrom: "start" }) });
 * @see Vaswani et al., *Attention is all you need*, NeurIPS 2017
 */
export function inverseSquareRootDecay(options: InverseSquareRootDecayOptions): Schedule {
  const where = "inverseSquareRootDecay";
  checkOptions(where, options, ["initial", "length", "unit"]);
  const initial = number(where, "initial", options.initial);
  const length = checkNumber(where, "length", options.length ?? 1, count);
  return describe(where, abi.scheduleInverseSquareRoot, options, [initial, length], hull(initial, 0));
}

export interface LinearScheduleOptions extends ScheduleOptions {
  /** h(0). */
  readonly from: number;
  /** h(T), and after it; default 0. */
  readonly to?: number;
  /** T ≥ 1. */
  readonly length: number;
}

/**
 * Linear: h(t) = a + (b − a) min(t/T, 1), from a to b; without `to` the decay a (1 − t/T).
 *
 * @throws RangeError  length below 1
 * @example
 * sgd({ learningRate: linearSchedule({ from: 0.1, length: 1000 }), momentum: 0.9 });
 */
export function linearSchedule(options: LinearScheduleOptions): Schedule {
  const where = "linearSchedule";
  checkOptions(where, options, ["from", "to", "length", "unit"]);
  const from = number(where, "from", options.from);
  const to = number(where, "to", options.to ?? 0);
  const length = checkNumber(where, "length", options.length, count);
  return describe(where, abi.scheduleLinear, options, [from, to, length], hull(from, to));
}

export interface PolynomialDecayOptions extends ScheduleOptions {
  /** h₀. */
  readonly initial: number;
  /** h(T), and after it; default 0 (Keras: 1e-4). */
  readonly end?: number;
  /** p > 0; default 1. */
  readonly power?: number;
  /** T ≥ 1. */
  readonly length: number;
  /** Goes up again at T, to reach `end` at the next multiple of T, as Keras does; default false. */
  readonly cycle?: boolean;
}

/**
 * Polynomial decay: h(t) = e + (h₀ − e) (1 − t/T)^p, and e from T on.
 *
 * @throws RangeError  length below 1, power not positive
 * @example
 * sgd({ learningRate: polynomialDecay({ initial: 0.1, end: 1e-4, power: 2, length: 1000 }) });
 */
export function polynomialDecay(options: PolynomialDecayOptions): Schedule {
  const where = "polynomialDecay";
  checkOptions(where, options, ["initial", "end", "power", "length", "cycle", "unit"]);
  const initial = number(where, "initial", options.initial);
  const end = number(where, "end", options.end ?? 0);
  const power = checkNumber(where, "power", options.power ?? 1, { above: 0 });
  const length = checkNumber(where, "length", options.length, count);
  const cycle = Number(checkFlag(where, "cycle", options.cycle ?? false));
  return describe(where, abi.schedulePolynomial, options, [initial, end, power, length, cycle], hull(initial, end));
}

export type CosineDecayOptions = ScheduleOptions & {
  /** h₀. */
  readonly initial: number;
  /** T ≥ 1. */
  readonly length: number;
  /** p > 0; default 1. */
  readonly exponent?: number;
  /** After T: "hold" the floor (Keras, Optax), or "oscillate" (PyTorch's CosineAnnealingLR); default "hold". */
  readonly after?: "hold" | "oscillate";
} & (
    | {
        /** e, PyTorch's eta_min; default 0. */
        readonly minimum?: number;
        readonly relativeMinimum?: never;
      }
    | {
        /** e / h₀, the alpha of Keras and Optax. */
        readonly relativeMinimum: number;
        readonly minimum?: never;
      }
  );

/**
 * Cosine decay: h(t) = e + (h₀ − e) ((1 + cos(π t/T)) / 2)^p. It is e only at t = T, after the last of T updates.
 *
 * @throws RangeError  length below 1, exponent not positive
 * @throws TypeError   both minimum and relativeMinimum
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
  const fields = [initial, floor, length, exponent, Number(after === "oscillate")];
  return describe(where, abi.scheduleCosine, options, fields, hull(initial, floor));
}

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
  checkNumber(where, "shrink", shrink, { above: 0 });
  if (shrink > 1) throw new RangeError(`${where}: shrink must be a number above 0 and at most 1, got ${shrink}.`);
  const at = (list: unknown, k: number): unknown => (Array.isArray(list) ? list[k] : list);
  const bounds: number[] = [];
  const fields = [growth, shrink, cycles];
  for (let k = 0; k < cycles; k++) {
    const low = number(where, "minimum", at(minimum, k));
    const high = number(where, "maximum", at(options.maximum, k));
    fields.push(checkNumber(where, "length", at(options.length, k), count), low, high);
    bounds.push(low, high);
  }
  return describe(where, abi.scheduleWarmRestarts, options, fields, hull(...bounds));
}

export interface WarmUpOptions extends ScheduleOptions {
  /** T ≥ 1. */
  readonly length: number;
  /** h(0); default 0. */
  readonly from?: number;
  /** What follows. */
  readonly schedule: Schedulable;
  /** Where the schedule's t is 0, if both count in the same unit; default "end", of the warm-up. */
  readonly countFrom?: "end" | "start";
}

/**
 * Linear warm-up in front of any schedule g: h(t) = a + (g(0) − a) t/T for t < T, then g(t − T), or g(t) with countFrom
 * "start" (the line then ends at g(T)). A schedule in the other unit counts from its own start.
 *
 * @throws RangeError  length below 1
 * @example
 * const decay = cosineDecay({ initial: 0.1, length: 90, unit: "epoch" });
 * sgd({ learningRate: warmUp({ length: 5000, schedule: decay }), momentum: 0.9 });
 * @see Goyal et al., *Accurate, large minibatch SGD: training ImageNet in 1 hour*, 2017
 */
export function warmUp(options: WarmUpOptions): Schedule {
  const where = "warmUp";
  checkOptions(where, options, ["length", "from", "schedule", "countFrom", "unit"]);
  const length = checkNumber(where, "length", options.length, count);
  const from = number(where, "from", options.from ?? 0);
  const schedule = asSchedule(where, "schedule", options.schedule, options.unit);
  const fromStart = checkChoice(where, "countFrom", options.countFrom ?? "end", ["end", "start"]) === "start";
  const inner = fromStart ? { schedule, start: 0, least: length } : { schedule, start: length };
  const range = schedule.range && hull(from, ...schedule.range);
  return describe(where, abi.scheduleWarmUp, options, [from, length, Number(fromStart)], range, [inner]);
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
  const fields = [start, Number(anneal === "linear"), ends.length, ...phases];
  return describe(where, abi.scheduleOneCycle, options, fields, hull(start, peak, end));
}

export interface WarmupStableDecayOptions extends ScheduleOptions {
  readonly peak: number;
  /** Counts on the way up, ≥ 0. */
  readonly warmup: number;
  /** Counts at the peak, ≥ 0. */
  readonly stable: number;
  /** Counts on the way down, ≥ 1. */
  readonly decay: number;
  /** h(0), if there is a warm-up; default 0. */
  readonly start?: number;
  /** The last value; default 0. */
  readonly end?: number;
  /** How it goes down: 1 − x, (1 + cos π x)/2, or 1 − √x; default "linear". */
  readonly shape?: "linear" | "cosine" | "squareRoot";
}

/**
 * Warm-up, stable, decay: a line from the start to the peak, the peak held, then down to the end.
 *
 * @throws RangeError  a negative length, or a decay below 1
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
  const fields = [start, peak, end, warmup, stable, decay, shape];
  const range = warmup > 0 ? hull(start, peak, end) : hull(peak, end);
  return describe(where, abi.scheduleWarmupStableDecay, options, fields, range);
}

export interface CyclicOptions extends ScheduleOptions {
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
 * sgd({ learningRate: cyclic({ base: 0.01, peak: 0.1, up: 2000, mode: "triangular2" }) });
 * @see Smith, *Cyclical learning rates for training neural networks*, WACV 2017
 */
export function cyclic(options: CyclicOptions): Schedule {
  const where = "cyclic";
  checkOptions(where, options, ["base", "peak", "up", "down", "mode", "gamma", "unit"]);
  const base = number(where, "base", options.base);
  const peak = number(where, "peak", options.peak);
  const up = checkNumber(where, "up", options.up, count);
  const down = checkNumber(where, "down", options.down ?? up, count);
  const modes = ["triangular", "triangular2", "expRange"] as const;
  const mode = modes.indexOf(checkChoice(where, "mode", options.mode ?? "triangular", modes));
  const gamma = checkNumber(where, "gamma", options.gamma ?? 1, { above: 0 });
  if (gamma > 1) throw new RangeError(`${where}: gamma must be a number above 0 and at most 1, got ${gamma}.`);
  if (options.gamma !== undefined && options.mode !== "expRange")
    throw new TypeError(`${where}: gamma belongs to mode "expRange". Drop it, or choose that mode.`);
  return describe(where, abi.scheduleCyclic, options, [base, peak, up, down, mode, gamma], hull(base, peak));
}

export interface PlateauOptions {
  /** h₀; 1 for a plateau that scales another schedule. */
  readonly initial: number;
  /** φ of h ← max(φ h, minimum), 0 < φ < 1; default 0.1. */
  readonly factor?: number;
  /** Bad epochs: reduced after more than so many ("pytorch"), or at so many; ≥ 0; default 10. */
  readonly patience?: number;
  /** How much better a loss has to be; default 1e-4. */
  readonly threshold?: number;
  /** Below best (1 − threshold), or below best − threshold; default "relative", in the Keras convention "absolute". */
  readonly thresholdMode?: "relative" | "absolute";
  /** Epochs of rest after a reduction, ≥ 0; default 0. */
  readonly cooldown?: number;
  /** Least value; default 0. */
  readonly minimum?: number;
  /** A change that is not larger than this is not made; default 1e-8 in the PyTorch convention, else 0. */
  readonly smallestChange?: number;
  /** Whether the number observed should go down or up; default "minimize". */
  readonly mode?: "minimize" | "maximize";
  /** Losses that count as one, their mean, ≥ 1; default 1. */
  readonly average?: number;
  /** Whose defaults and whose counting of epochs; default "pytorch". */
  readonly convention?: "pytorch" | "keras" | "optax";
}

/**
 * Reduce on plateau: h ← max(φ h, minimum) when the loss has not become better for `patience` epochs. `fit` tells it
 * the validation loss after every epoch, the training loss if there is no validation; with `step`, use
 * `trainer.observe`. What it remembers is part of a checkpoint.
 *
 * | convention | reduces | threshold | cool-down |
 * |---|---|---|---|
 * | "pytorch" | after more than `patience` bad epochs | relative | no epoch of it counts |
 * | "keras" | at `patience` bad epochs | absolute | its last epoch counts |
 * | "optax" | at `patience` bad epochs | relative | no epoch of it counts |
 *
 * @throws RangeError  patience or cooldown negative, factor outside (0, 1), threshold negative
 * @example
 * sgd({ learningRate: plateau({ initial: 0.1, patience: 3 }) });
 */
export function plateau(options: PlateauOptions): Schedule {
  const where = "plateau";
  checkOptions(where, options, [
    "initial",
    "factor",
    "patience",
    "threshold",
    "thresholdMode",
    "cooldown",
    "minimum",
    "smallestChange",
    "mode",
    "average",
    "convention",
  ]);
  const conventions = ["pytorch", "keras", "optax"] as const;
  const convention = checkChoice(where, "convention", options.convention ?? "pytorch", conventions);
  const initial = number(where, "initial", options.initial);
  const factor = checkNumber(where, "factor", options.factor ?? 0.1, { above: 0, below: 1 });
  const patience = checkNumber(where, "patience", options.patience ?? 10, { min: 0, integer: true });
  const threshold = checkNumber(where, "threshold", options.threshold ?? 1e-4, { min: 0 });
  const usual = convention === "keras" ? "absolute" : "relative";
  const isRelative =
    checkChoice(where, "thresholdMode", options.thresholdMode ?? usual, ["relative", "absolute"]) === "relative";
  const cooldown = checkNumber(where, "cooldown", options.cooldown ?? 0, { min: 0, integer: true });
  const minimum = number(where, "minimum", options.minimum ?? 0);
  const least = convention === "pytorch" ? 1e-8 : 0;
  const smallestChange = checkNumber(where, "smallestChange", options.smallestChange ?? least, { min: 0 });
  const mode = checkChoice(where, "mode", options.mode ?? "minimize", ["minimize", "maximize"]);
  const fields = [
    factor,
    convention === "pytorch" ? patience + 1 : patience,
    isRelative ? threshold : 0,
    isRelative ? 0 : threshold,
    Number(mode === "maximize"),
    cooldown,
    minimum,
    smallestChange,
    conventions.indexOf(convention),
    checkNumber(where, "average", options.average ?? 1, count),
    initial,
    ...new Array<number>(abi.plateauStateWords - 1).fill(0),
  ];
  return describe(where, abi.schedulePlateau, {}, fields, hull(initial, Math.min(initial, Math.max(minimum, 0))));
}

/** A schedule and where it ends. */
export interface Piece {
  readonly schedule: Schedulable;
  /** The count from which the next piece holds; none for the last. */
  readonly until?: number;
}

/**
 * Joined pieces: every piece holds until its `until`, and counts from where it begins.
 *
 * @param pieces   in their order; all but the last with `until`
 * @param options  unit in which `until` counts
 * @throws TypeError   no piece, `until` missing before the last piece or given in the last
 * @throws RangeError  pieces that overlap: `until` does not ascend
 * @example
 * const rate = joinSchedules([
 *   { schedule: linearSchedule({ from: 0, to: 0.1, length: 100 }), until: 100 },
 *   { schedule: 0.1, until: 500 },
 *   { schedule: cosineDecay({ initial: 0.1, length: 500 }) },
 * ]);
 * adam({ learningRate: rate });
 */
export function joinSchedules(pieces: readonly Piece[], options: ScheduleOptions = {}): Schedule {
  const where = "joinSchedules";
  checkOptions(where, options, ["unit"]);
  if (!Array.isArray(pieces) || pieces.length === 0)
    throw new TypeError(`${where}: pieces must be an array of { schedule, until }, got ${shown(pieces)}.`);
  let start = 0;
  const boundaries: number[] = [];
  const inner = pieces.map((piece: Piece, k): InnerSchedule => {
    checkOptions(`${where}: piece ${k}`, piece, ["schedule", "until"]);
    const schedule = asSchedule(where, `the schedule of piece ${k}`, piece.schedule, options.unit);
    const begins = start;
    if (k === pieces.length - 1) {
      if (piece.until === undefined) return { schedule, start };
      throw new TypeError(`${where}: the last piece never ends, got until ${shown(piece.until)}. Drop it there.`);
    }
    start = checkNumber(where, `until of piece ${k}`, piece.until, count);
    if (start <= begins)
      throw new RangeError(
        `${where}: pieces overlap: piece ${k} ends at ${start}, but begins at ${begins}. Sort them.`,
      );
    boundaries.push(start);
    return { schedule, start: begins, most: start - begins };
  });
  const ranges = inner.map(({ schedule }) => schedule.range);
  const range = ranges.includes(null) ? null : hull(...ranges.flatMap((bounds) => bounds ?? []));
  return describe(where, abi.scheduleJoined, options, [boundaries.length, ...boundaries], range, inner);
}

export type ScaleOptions =
  | {
      /** A number, or a schedule whose values are multiplied with. */
      readonly factor: Schedulable;
      readonly batchSize?: never;
      readonly referenceBatchSize?: never;
      readonly rule?: never;
    }
  | {
      /** Rows of an update. */
      readonly batchSize: number;
      /** Rows for which the schedule is meant; default 256. */
      readonly referenceBatchSize?: number;
      /** Linear in the batch, or in its square root; default "linear". */
      readonly rule?: "linear" | "squareRoot";
      readonly factor?: never;
    };

/**
 * Scaled: h(t) = f(t) g(t), f a factor or another schedule; with `batchSize` B the linear scaling rule f = B / B₀.
 *
 * @throws TypeError   neither or both of factor and batchSize
 * @throws RangeError  a batch size below 1
 * @example
 * sgd({ learningRate: scaleSchedule(0.1, { batchSize: 1024 }) });
 * const decay = cosineDecay({ initial: 0.1, length: 1000 });
 * sgd({ learningRate: scaleSchedule(decay, { factor: plateau({ initial: 1 }) }) });
 * @see Goyal et al., *Accurate, large minibatch SGD: training ImageNet in 1 hour*, 2017
 */
export function scaleSchedule(schedule: Schedulable, options: ScaleOptions): Schedule {
  const where = "scaleSchedule";
  checkOptions(where, options, ["factor", "batchSize", "referenceBatchSize", "rule"]);
  const { factor, batchSize, referenceBatchSize = 256, rule = "linear" } = options;
  const scaled = asSchedule(where, "schedule", schedule);
  if ((factor === undefined) === (batchSize === undefined))
    throw new TypeError(`${where}: give either factor or batchSize, got ${factor === undefined ? "neither" : "both"}.`);
  if (factor !== undefined && (options.referenceBatchSize !== undefined || options.rule !== undefined))
    throw new TypeError(`${where}: referenceBatchSize and rule belong to batchSize. Drop them.`);
  const ratio =
    checkNumber(where, "batchSize", batchSize ?? 1, count) /
    checkNumber(where, "referenceBatchSize", referenceBatchSize, count);
  const root = checkChoice(where, "rule", rule, ["linear", "squareRoot"]) === "squareRoot";
  const by = asSchedule(where, "factor", factor ?? (root ? Math.sqrt(ratio) : ratio));
  const [a, b] = [scaled.range, by.range];
  const range = a && b ? hull(...a.flatMap((x) => b.map((y) => x * y))) : null;
  const inner = [scaled, by].map((child) => ({ schedule: child, start: 0 }));
  return describe(where, abi.scheduleScaled, { unit: scaled.unit }, [], range, inner);
}

/**
 * A function of one's own: h(t) = f(t). It is called on the host, ahead of the updates it is for, so it may depend on t
 * alone; a checkpoint marks it "external". A bare function in the place of a schedule counts steps.
 *
 * @param law      a function of t = 0, 1, ...
 * @param options  unit of t
 * @throws TypeError  not a function
 * @example
 * sgd({ learningRate: functionSchedule((t) => 0.1 * 0.95 ** t, { unit: "epoch" }) });
 */
export function functionSchedule(law: (t: number) => number, options: ScheduleOptions = {}): Schedule {
  const where = "functionSchedule";
  checkOptions(where, options, ["unit"]);
  if (typeof law !== "function") throw new TypeError(`${where}: law must be a function of t, got ${shown(law)}.`);
  const { unit, range, inner, fields } = describe(where, abi.scheduleTable, options, [0, 0, 0], null);
  return { schedule: where, unit, code: abi.scheduleTable, fields, inner, range, law };
}
