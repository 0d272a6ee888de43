// A trainer's model as operations with weights, checked by running it.

import { doubleAt } from "../engine/addresses.js";
import { type WeightsOption, wantsAverage } from "../optimizers/averages.js";
import { writeLayerNumbers } from "../training/schedules.js";
import { type AnyTrainer, checkTrainer } from "../training/trainer.js";
import { checkShape, elementCount } from "../values/arrays.js";
import { within } from "../values/errors.js";
import { has, wrongKind } from "../values/options.js";
import { withLayouts } from "./layouts.js";
import type { Op } from "./op.js";
import { Place } from "./place.js";
import { resolve } from "./resolve.js";

/** Options that both formats take. */
export interface ExportOptions extends WeightsOption {
  /** Shape of the input of one sample, without the batch: [784], [28, 28, 1], or [time, features]. */
  readonly input: readonly number[];
}

/** A model as it is written. */
export interface ExportedModel {
  readonly trainer: AnyTrainer;
  /** Shape of a sample, as it is given. */
  readonly input: readonly number[];
  /** Shape of the output of a sample. */
  readonly output: readonly number[];
  /** True if the input are indices, whole numbers. */
  readonly indices: boolean;
  /** Operations of the evaluated model, from raw data in the layout of the library to its output. */
  readonly ops: readonly Op[];
}

/** The first operation that is not a container. */
function firstOf(ops: readonly Op[]): Op | undefined {
  const [op] = ops;
  return op?.kind === "sequence" ? firstOf(op.ops) : op;
}

/** @throws RangeError  a number is NaN or infinite in f32 */
function checkRange(where: string, name: string, numbers: ArrayLike<number>): void {
  if (!Float32Array.from(numbers).every(Number.isFinite))
    throw new RangeError(
      `${where}: "${name}" holds a number that is not finite in f32, the type of the file. Train with smaller numbers.`,
    );
}

/** Reads the model of a trainer. */
export function exportedModel(where: string, given: unknown, options: ExportOptions): ExportedModel {
  const trainer = checkTrainer(where, given);
  if (!has(options)) throw wrongKind(where, "options", "an object", options, "{ input: [784] }");
  const input = checkShape(`${where}: input`, options.input);
  const { model, standardize = {} } = trainer.options;
  const weights = options.weights === undefined ? {} : { weights: options.weights };
  wantsAverage(where, weights, trainer.options.average);
  const { engine, memory } = trainer;
  trainer.lock.read(() => writeLayerNumbers(trainer));
  const values = {
    parameters: trainer.parameters(weights),
    state: trainer.state(),
    scheduled: (name: string) => {
      const index = memory.stateLayout.scheduled.findIndex((entry) => entry.name === name);
      return engine.doubles[doubleAt(memory.layerNumbers) + index] as number;
    },
  };
  for (const [name, { data }] of Object.entries({ ...values.parameters, ...values.state }))
    checkRange(where, name, data);
  const place = new Place(values, "", input);
  const op = explained(where, () => resolve(model, place));
  // The layers check the shape when the model runs.
  const zeros = { data: new Float32Array(elementCount(input)), shape: [1, ...input] };
  const { shape } = within(where, () => trainer.predict(zeros, weights)) as { shape: readonly number[] };
  if (shape.slice(1).join() !== op.output.join())
    throw new Error(`${where}: the output is [${op.output.join(", ")}], expected [${shape.slice(1).join(", ")}].`);
  const ops = withLayouts(op);
  const moments = standardize[""];
  if (moments) {
    // A deviation that is 0 in f32 is no divisor.
    checkRange(where, "standardize", [
      ...moments.mean,
      ...moments.deviation,
      ...moments.deviation.map((value) => 1 / Math.fround(value)),
    ]);
    ops.unshift(place.op("standardize", moments));
  }
  return { trainer, input, output: op.output, indices: firstOf(ops)?.kind === "embedding", ops };
}

/** Runs a body whose errors then name the function. */
export function explained<T>(where: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new TypeError(`${where}: ${error.message}`, { cause: error });
  }
}
