// Averages of the weights along the way, as plain descriptions: steadier than the last weights, and free of the noise
// that the batches leave in them.

import type { ScheduleUnit } from "../schedules/scheduled.js";
import type { Insides, Opaque } from "../values/opaque.js";
import { checkChoice, checkNumber, checkOptions, has, wrongKind } from "../values/options.js";

/** A description that a trainer takes; made by ema or swa. */
export interface WeightAverage extends Opaque<"WeightAverage"> {
  /** @internal */
  readonly average: "ema" | "swa";
  /** d of an exponential average. @internal */
  readonly decay: number;
  /** Of an equal average, every so many weights are taken from `start` on; 0 for an exponential one. @internal */
  readonly every: number;
  /** @internal */
  readonly start: number;
  /** @internal */
  readonly unit: ScheduleUnit;
}

export interface EmaOptions {
  /** Share d of the average that an update keeps, 0 ≤ d < 1: it remembers about 1 / (1 − d) updates; default 0.999. */
  readonly decay?: number;
}

/** Which weights are asked for. */
export interface WeightsOption {
  /** Those of the last update, or their average, which the trainer must keep; default "current". */
  readonly weights?: "current" | "average";
}

/**
 * Exponential moving average of the weights: a ← d a + (1 − d) w after every update, a = w after the first. It does not
 * change the training. PyTorch's `AveragedModel` with `get_ema_multi_avg_fn`.
 *
 * @param options  decay d, 0 ≤ d < 1; default 0.999
 * @throws TypeError   not a number, or an unknown option
 * @throws RangeError  out of range
 * @example
 * const averaged = createTrainer(engine, {
 *   model: linear(1, 1, { bias: false, weight: zerosInitializer }),
 *   loss: meanSquaredError(),
 *   optimizer: sgd({ learningRate: 0.25 }),
 *   average: ema({ decay: 0.5 }),
 * });
 * const batch = { inputs: [[1]], targets: [[1]] };
 * averaged.step(batch);
 * averaged.step(batch);
 * averaged.parameters().weight.data; // [0.75]
 * averaged.parameters({ weights: "average" }).weight.data; // [0.625]
 *
 * A. Tarvainen, H. Valpola, Mean teachers are better role models, NIPS 2017, equation 1.
 */
export function ema(options: EmaOptions = {}): WeightAverage {
  checkOptions("ema", options, ["decay"]);
  const decay = checkNumber("ema", "decay", options.decay ?? 0.999, { min: 0, below: 1 });
  const made: Insides<WeightAverage> = { average: "ema", decay, every: 0, start: 0, unit: "step" };
  return made as WeightAverage;
}

export interface SwaOptions {
  /** Updates or epochs after which the first weights are taken, a whole number from 1; default 1. */
  readonly start?: number;
  /** Updates or epochs from one taking to the next, a whole number from 1; default 1. */
  readonly every?: number;
  /** What start and every count: updates, or epochs of `fit`; default "epoch". */
  readonly unit?: ScheduleUnit;
}

/**
 * Stochastic weight averaging: a ← a + (w − a) / n for the n-th weights that are taken, which makes a their mean. Before
 * the first are taken, the average is the weights. It does not change the training. PyTorch's `AveragedModel`.
 *
 * Running statistics, such as those of batch norm, belong to the weights they were gathered with: `refreshStatistics` of
 * the trainer gathers them anew for the average.
 *
 * @param options  start, every and unit
 * @throws TypeError   not a number, or an unknown option
 * @throws RangeError  not a whole number from 1, or an unknown unit
 * @example
 * const averaged = createTrainer(engine, {
 *   model: linear(1, 1, { bias: false, weight: zerosInitializer }),
 *   loss: meanSquaredError(),
 *   optimizer: sgd({ learningRate: 0.25 }),
 *   average: swa({ start: 2, every: 1, unit: "step" }),
 * });
 * const batch = { inputs: [[1]], targets: [[1]] };
 * for (let step = 0; step < 3; step++) averaged.step(batch);
 * averaged.parameters().weight.data; // [0.875]
 * averaged.parameters({ weights: "average" }).weight.data; // [0.8125]
 *
 * P. Izmailov, D. Podoprikhin, T. Garipov, D. Vetrov, A. Wilson, Averaging weights leads to wider optima and better
 * generalization, UAI 2018, algorithm 1.
 */
export function swa(options: SwaOptions = {}): WeightAverage {
  const where = "swa";
  checkOptions(where, options, ["start", "every", "unit"]);
  const { start = 1, every = 1, unit = "epoch" } = options;
  checkNumber(where, "start", start, { min: 1, integer: true });
  checkNumber(where, "every", every, { min: 1, integer: true });
  checkChoice(where, "unit", unit, ["step", "epoch"]);
  const made: Insides<WeightAverage> = { average: "swa", decay: 0, every, start, unit };
  return made as WeightAverage;
}

/** The average in words, for files that must fit. @internal */
export function describeAverage({ average, decay, every, start, unit }: WeightAverage): string {
  return average === "ema" ? `average ema(${decay})` : `average swa(from ${start} every ${every}, by ${unit})`;
}

/** @internal */
export function checkAverage(where: string, average: unknown): void {
  if (!has(average, "average", "every")) throw wrongKind(where, "average", "an average of weights", average, "ema()");
}

/** Whether the average is asked for, of a trainer that has one or not. @internal */
export function wantsAverage(where: string, options: WeightsOption, kept: WeightAverage | undefined): boolean {
  checkOptions(where, options, ["weights"]);
  if (checkChoice(where, "weights", options.weights ?? "current", ["current", "average"]) === "current") return false;
  if (kept) return true;
  throw new RangeError(`${where}: the trainer keeps no average of its weights. Create it with average: ema().`);
}
