// Averages of the weights during training, as plain descriptions. They reduce the noise that batches cause in the
// weights.

import * as abi from "../../assembly/abi.js";
import type { RecordView } from "../engine/record.js";
import * as fields from "../engine/recordFields.js";
import type { ScheduleUnit } from "../schedules/scheduled.js";
import type { Insides, Opaque } from "../values/opaque.js";
import { checkChoice, checkNumber, checkOptions, has, wrongKind } from "../values/options.js";
import { isCount, real, type ScalarsOf } from "./scalar.js";

/** Description of a weight average, made by ema or swa; an option of trainers. */
export interface WeightAverage extends Opaque<"WeightAverage"> {
  /** Name of the function that made it. @internal */
  readonly average: "ema" | "swa";
  /** Decay d of ema; 0 for swa. @internal */
  readonly decay: number;
  /** Interval between averaged weights of swa; 0 for ema. @internal */
  readonly every: number;
  /** Update or epoch after which swa averages the first weights; 0 for ema. @internal */
  readonly start: number;
  /** Unit of start and every. @internal */
  readonly unit: ScheduleUnit;
  /** Writes its record at an address of a trainer's memory. @internal */
  readonly write: typeof writeAverage;
  /** Text that checkpoints compare. @internal */
  readonly described: string;
  /** Its numbers in a checkpoint. @internal */
  readonly scalars?: ScalarsOf;
}

/** Writes the record of an average. */
function writeAverage(
  trainer: RecordView<"trainer">,
  address: number,
  { decay, every, start, unit }: Pick<WeightAverage, "decay" | "every" | "start" | "unit">,
): void {
  trainer.engine.write(address, {
    [fields.averageDecay]: decay,
    [fields.averageEvery]: every,
    [fields.averageStart]: start,
    [fields.averageUnit]: unit === "epoch" ? abi.unitEpoch : abi.unitStep,
  });
  trainer.set(fields.trainerAverage, address);
}

/** The number of weights in the mean of swa. */
const averaged: ScalarsOf = (trainer) => {
  const { engine } = trainer;
  return [real({ engine, record: trainer.get(fields.trainerAverage) }, "averaged", fields.averageCount, isCount)];
};

/** Options of `ema`. */
export interface EmaOptions {
  /** Decay d, 0 ≤ d < 1; default 0.999. The average covers about 1 / (1 − d) updates. */
  readonly decay?: number;
}

/** Choice of weights. */
export interface WeightsOption {
  /** Weights to use: the "current" ones (default), or their "average", for trainers with the option `average`. */
  readonly weights?: "current" | "average";
}

/**
 * Exponential moving average of the weights: a ← d a + (1 − d) w after every update, a = w after the first. Training is
 * not affected. PyTorch's `AveragedModel` with `get_ema_multi_avg_fn`.
 *
 * @param options  decay
 * @throws TypeError   decay is not a number, or an option is unknown
 * @throws RangeError  decay is out of range
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
 * @see Tarvainen and Valpola, *Mean teachers are better role models*, NIPS 2017, equation 1
 */
export function ema(options: EmaOptions = {}): WeightAverage {
  checkOptions("ema", options, ["decay"]);
  const decay = checkNumber("ema", "decay", options.decay ?? 0.999, { min: 0, below: 1 });
  const numbers = { decay, every: 0, start: 0, unit: "step" } as const;
  const described = `average ema(${decay})`;
  const made: Insides<WeightAverage> = { average: "ema", ...numbers, write: writeAverage, described };
  return made as WeightAverage;
}

/** Options of `swa`. */
export interface SwaOptions {
  /** Number of updates or epochs after which the first weights are averaged, ≥ 1; default 1. */
  readonly start?: number;
  /** Number of updates or epochs between averaged weights, ≥ 1; default 1. */
  readonly every?: number;
  /** Unit of start and every: "step" for updates, or "epoch" (default) for epochs of `fit`. */
  readonly unit?: ScheduleUnit;
}

/**
 * Stochastic weight averaging: a ← a + (w − a) / n for the n-th averaged weights, so that a is their mean; before the
 * first, a = w. Training is not affected. PyTorch's `AveragedModel`.
 *
 * Running statistics, such as those of batch norm, are those of the trained weights. Call `refreshStatistics` of the
 * trainer to recompute them for the average.
 *
 * @param options  start, every, unit
 * @throws TypeError   start or every is not a number, or an option is unknown
 * @throws RangeError  start or every is not a whole number from 1, or unit is unknown
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
 * @see Izmailov et al., *Averaging weights leads to wider optima and better generalization*, UAI 2018, algorithm 1
 */
export function swa(options: SwaOptions = {}): WeightAverage {
  const where = "swa";
  checkOptions(where, options, ["start", "every", "unit"]);
  const { start = 1, every = 1, unit = "epoch" } = options;
  checkNumber(where, "start", start, { min: 1, integer: true });
  checkNumber(where, "every", every, { min: 1, integer: true });
  checkChoice(where, "unit", unit, ["step", "epoch"]);
  const described = `average swa(from ${start} every ${every}, by ${unit})`;
  const numbers = { decay: 0, every, start, unit };
  const made: Insides<WeightAverage> = {
    average: "swa",
    ...numbers,
    write: writeAverage,
    described,
    scalars: averaged,
  };
  return made as WeightAverage;
}

/** Checks that an option is a weight average. @internal */
export function checkAverage(where: string, average: unknown): void {
  if (!has(average, "average", "every")) throw wrongKind(where, "average", "an average of weights", average, "ema()");
}

/** True if the options choose the average; throws if the trainer has none. @internal */
export function wantsAverage(where: string, options: WeightsOption, kept: WeightAverage | undefined): boolean {
  checkOptions(where, options, ["weights"]);
  if (checkChoice(where, "weights", options.weights ?? "current", ["current", "average"]) === "current") return false;
  if (kept) return true;
  throw new RangeError(`${where}: the trainer has no average of its weights. Create it with average: ema().`);
}
