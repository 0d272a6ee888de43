// Schedules made of schedules: a warm-up in front, pieces one after the other, a factor, and a function of one's own.

import { lawJoined, lawTable, lawWarmUp } from "../values/contract.js";
import { checkChoice, checkNumber, checkOptions, shown, wrongKind } from "../values/options.js";
import { count, describe, hull, number, product, type ScheduleOptions } from "./schedule.js";
import { asSchedule, type InnerSchedule, type Schedulable, type Schedule } from "./scheduled.js";

export interface WarmupOptions extends ScheduleOptions {
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

/** A schedule and where it ends. */
export interface SchedulePiece {
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
  const fields = { boundaryCount: boundaries.length };
  return describe(where, lawJoined, options, fields, range, { list: boundaries, inner });
}

export type ScaleScheduleOptions =
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
    throw new TypeError(`${where}: referenceBatchSize and rule belong to batchSize. Drop them.`);
  const ratio =
    checkNumber(where, "batchSize", batchSize ?? 1, count) /
    checkNumber(where, "referenceBatchSize", referenceBatchSize, count);
  const root = checkChoice(where, "rule", rule, ["linear", "squareRoot"]) === "squareRoot";
  return product(scaled, asSchedule(where, "factor", factor ?? (root ? Math.sqrt(ratio) : ratio)));
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
 * @see Robbins and Monro, *A stochastic approximation method*, Annals of Mathematical Statistics 22, 1951, for laws under
 * which descent on noisy gradients converges: Σ h = ∞, Σ h² < ∞
 */
export function functionSchedule(law: (t: number) => number, options: ScheduleOptions = {}): Schedule {
  const where = "functionSchedule";
  checkOptions(where, options, ["unit"]);
  if (typeof law !== "function") throw wrongKind(where, "law", "a function of t", law);
  return { ...describe(where, lawTable, options, { offset: 0, first: 0, count: 0 }, null), law };
}
