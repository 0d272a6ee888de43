// Schedules composed of schedules: warm-up, concatenation and scaling; and schedules from a user's function.

import { lawJoined, lawTable, lawWarmUp } from "../values/contract.js";
import { checkChoice, checkNumber, checkOptions, shown, wrongKind } from "../values/options.js";
import { count, describe, hull, number, product, type ScheduleOptions } from "./schedule.js";
import { asSchedule, type InnerSchedule, type Schedulable, type Schedule } from "./scheduled.js";

/** Options of `warmup`. */
export interface WarmupOptions extends ScheduleOptions {
  /** Length T of the warm-up in steps or epochs, ≥ 1. */
  readonly length: number;
  /** Value h(0) at the start; default 0. */
  readonly from?: number;
  /** Schedule g that follows, a number, or a function of t. */
  readonly schedule: Schedulable;
  /** Origin of the t of g, if both have the same unit: the "end" (default) or the "start" of the warm-up. */
  readonly countFrom?: "end" | "start";
}

/**
 * Linear warm-up, followed by a schedule g: h(t) = a + (g(0) − a) t/T for t < T, then g(t − T). With countFrom "start"
 * it is g(t) from T on, and the warm-up ends at g(T). If g has the other unit, its t is that of the whole training.
 *
 * @param options  length, from, schedule, countFrom, unit
 * @throws TypeError   schedule is missing or of the wrong kind
 * @throws RangeError  length is below 1
 * @example
 * const decay = cosineDecay({ initial: 0.1, length: 90, unit: "epoch" });
 * sgd({ learningRate: warmup({ length: 5000, schedule: decay }), momentum: 0.9 });
 * @see Goyal et al., *Accurate, large minibatch SGD: training ImageNet in 1 hour*, 2017
 */
export function warmup(options: WarmupOptions): Schedule {
  const where = "warmup";
  checkOptions(where, options, ["length", "from", "schedule", "countFrom", "unit"]);
  const length = checkNumber(where, "length", options.length, count);
  const from = number(where, "from", options.from ?? 0);
  const schedule = asSchedule(where, "schedule", options.schedule, options.unit);
  const fromStart = checkChoice(where, "countFrom", options.countFrom ?? "end", ["end", "start"]) === "start";
  const inner = fromStart ? { schedule, start: 0, least: length } : { schedule, start: length };
  const range = schedule.range && hull(from, ...schedule.range);
  return describe(where, lawWarmUp, options, { from, length, fromStart: Number(fromStart) }, range, {
    saved: "warmUp",
    inner: [inner],
  });
}

/** Piece of joined schedules. */
export interface SchedulePiece {
  /** Schedule, number, or function of t, whose t begins at 0 with the piece. */
  readonly schedule: Schedulable;
  /** Step or epoch at which the next piece begins, ascending, ≥ 1; must be left out for the last piece. */
  readonly until?: number;
}

/**
 * Joins schedules: h(t) = gₖ(t − tₖ) for tₖ ≤ t < tₖ₊₁, where tₖ₊₁ is the `until` of piece k and t₀ = 0.
 *
 * @param pieces   schedules in their order; all but the last with `until`
 * @param options  unit of `until`
 * @throws TypeError   there is no piece, or `until` is missing before the last piece or given in the last
 * @throws RangeError  `until` does not ascend
 * @example
 * const rate = joinSchedules([
 *   { schedule: linearSchedule({ from: 0, to: 0.1, length: 100 }), until: 100 },
 *   { schedule: 0.1, until: 500 },
 *   { schedule: cosineDecay({ initial: 0.1, length: 500 }) },
 * ]);
 * adam({ learningRate: rate });
 * @see Goyal et al., *Accurate, large minibatch SGD: training ImageNet in 1 hour*, 2017, sec. 2.2 and 5.1
 */
export function joinSchedules(pieces: readonly SchedulePiece[], options: ScheduleOptions = {}): Schedule {
  const where = "joinSchedules";
  checkOptions(where, options, ["unit"]);
  if (!Array.isArray(pieces) || pieces.length === 0)
    throw wrongKind(where, "pieces", "an array of { schedule, until }", pieces);
  let start = 0;
  const boundaries: number[] = [];
  const inner = pieces.map((piece: SchedulePiece, k): InnerSchedule => {
    checkOptions(`${where}: piece ${k}`, piece, ["schedule", "until"]);
    const schedule = asSchedule(where, `the schedule of piece ${k}`, piece.schedule, options.unit);
    const begins = start;
    if (k === pieces.length - 1) {
      if (piece.until === undefined) return { schedule, start };
      throw new TypeError(`${where}: the last piece must have no until, got ${shown(piece.until)}. Leave it out.`);
    }
    start = checkNumber(where, `until of piece ${k}`, piece.until, count);
    if (start <= begins)
      throw new RangeError(
        `${where}: pieces overlap: piece ${k} ends at ${start}, but begins at ${begins}. Sort them.`,
      );
    boundaries.push(start);
    return { schedule, start: begins, most: start - begins - 1 };
  });
  const ranges = inner.map(({ schedule }) => schedule.range);
  const range = ranges.includes(null) ? null : hull(...ranges.flatMap((bounds) => bounds ?? []));
  const fields = { boundaryCount: boundaries.length };
  return describe(where, lawJoined, options, fields, range, { list: boundaries, inner });
}

/** Options of `scaleSchedule`. */
export type ScaleScheduleOptions =
  | {
      /** Factor f: a number, a schedule or a function of t. */
      readonly factor: Schedulable;
      readonly batchSize?: never;
      readonly referenceBatchSize?: never;
      readonly rule?: never;
    }
  | {
      /** Batch size B in rows, ≥ 1. */
      readonly batchSize: number;
      /** Batch size B₀ for which the schedule was chosen, ≥ 1; default 256. */
      readonly referenceBatchSize?: number;
      /** Scaling rule: "linear" (default), f = B / B₀, or "squareRoot", f = √(B / B₀). */
      readonly rule?: "linear" | "squareRoot";
      readonly factor?: never;
    };

/**
 * Scales a schedule: h(t) = f(t) g(t), where f is a factor or a schedule; with `batchSize` f is given by a scaling rule.
 *
 * @param schedule  g: a schedule, a number or a function of t
 * @param options   factor; or batchSize, referenceBatchSize, rule
 * @throws TypeError   neither or both of factor and batchSize are given
 * @throws RangeError  a batch size is below 1
 * @example
 * sgd({ learningRate: scaleSchedule(0.1, { batchSize: 1024 }) });
 * const decay = cosineDecay({ initial: 0.1, length: 1000 });
 * sgd({ learningRate: scaleSchedule(decay, { factor: plateauSchedule({ initial: 1 }) }) });
 * @see Goyal et al., *Accurate, large minibatch SGD: training ImageNet in 1 hour*, 2017
 */
export function scaleSchedule(schedule: Schedulable, options: ScaleScheduleOptions): Schedule {
  const where = "scaleSchedule";
  checkOptions(where, options, ["factor", "batchSize", "referenceBatchSize", "rule"]);
  const { factor, batchSize, referenceBatchSize = 256, rule = "linear" } = options;
  const scaled = asSchedule(where, "schedule", schedule);
  if ((factor === undefined) === (batchSize === undefined))
    throw new TypeError(`${where}: give either factor or batchSize, got ${factor === undefined ? "neither" : "both"}.`);
  if (factor !== undefined && (options.referenceBatchSize !== undefined || options.rule !== undefined))
    throw new TypeError(`${where}: referenceBatchSize and rule need batchSize. Leave them out.`);
  const ratio =
    checkNumber(where, "batchSize", batchSize ?? 1, count) /
    checkNumber(where, "referenceBatchSize", referenceBatchSize, count);
  const root = checkChoice(where, "rule", rule, ["linear", "squareRoot"]) === "squareRoot";
  return product(scaled, asSchedule(where, "factor", factor ?? (root ? Math.sqrt(ratio) : ratio)));
}

/**
 * Schedule from a function: h(t) = f(t). The function is called on the host in advance of the updates, so it must depend
 * only on t. Checkpoints do not contain it, but mark it as "external". Where a schedule is expected, a plain function is
 * accepted as well, and its t counts steps.
 *
 * @param law      a function of t = 0, 1, ...
 * @param options  unit of t
 * @throws TypeError  law is not a function
 * @example
 * sgd({ learningRate: functionSchedule((t) => 0.1 * 0.95 ** t, { unit: "epoch" }) });
 * @see Robbins and Monro, *A stochastic approximation method*, Annals of Mathematical Statistics 22, 1951, for
 * conditions of convergence with noisy gradients: Σ h = ∞, Σ h² < ∞
 */
export function functionSchedule(law: (t: number) => number, options: ScheduleOptions = {}): Schedule {
  const where = "functionSchedule";
  checkOptions(where, options, ["unit"]);
  if (typeof law !== "function") throw wrongKind(where, "law", "a function of t", law);
  return { ...describe(where, lawTable, options, { offset: 0, first: 0, count: 0 }, null), law };
}
