// Averages of the weights along the way, as plain descriptions: steadier than the last weights, and free of the noise
// that the batches leave in them.

import { checkChoice, checkNumber, checkOptions, shown } from "./options.js";

/** A description that a trainer takes; made by ema. */
export interface WeightAverage {
  readonly average: "ema";
  readonly decay: number;
}

export interface EmaOptions {
  /** 0 ≤ d < 1; default 0.999. */
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
 *   model: linear(1, 1, { bias: false, weight: zeros }),
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
  return { average: "ema", decay: checkNumber("ema", "decay", options.decay ?? 0.999, { min: 0, below: 1 }) };
}

/** @internal */
export function checkAverage(where: string, average: unknown): void {
  if (typeof average === "object" && average !== null && "average" in average && "decay" in average) return;
  throw new TypeError(`${where}: average must be an average of weights, got ${shown(average)}. Try ema().`);
}

/** Whether the average is asked for, of a trainer that has one or not. @internal */
export function wantsAverage(where: string, options: WeightsOption, kept: WeightAverage | undefined): boolean {
  checkOptions(where, options, ["weights"]);
  if (checkChoice(where, "weights", options.weights ?? "current", ["current", "average"]) === "current") return false;
  if (kept) return true;
  throw new RangeError(`${where}: the trainer keeps no average of its weights. Create it with average: ema().`);
}
