// A single step whose update is measured.

import type { AnySamples, Dataset } from "../data/dataset.js";
import { doubleAt } from "../engine/addresses.js";
import * as fields from "../engine/recordFields.js";
import { blockBytes, readArray } from "../tensors/trace.js";
import { checkMeasurable } from "../training/fitOptions.js";
import { runsOf } from "../training/programs.js";
import { writeTable } from "../training/records.js";
import { Measurement, type StepStatistics } from "../training/statistics.js";
import { checkTrainer, type Trainer } from "../training/trainer.js";
import type { StepResult, TrainerTypes } from "../training/types.js";
import { wholeLines } from "../values/arrays.js";

/** Result of a step that was measured. */
export interface MeasuredStepResult extends StepResult {
  /** Statistics of the update. */
  readonly statistics: StepStatistics;
}

/**
 * Updates the weights once, as `trainer.step(batch)` does, and measures the update: norms by parameter and dead units by layer.
 * The weights are the same. `fit` measures every n-th update with its option `statistics`.
 *
 * @param trainer  a trainer that no run uses
 * @param batch    { inputs [batch, ...], targets } or a data set, all of whose rows are the batch
 * @returns        the loss, the norm of the gradient, the penalty and the statistics
 * @throws TypeError        the first argument is not a trainer, or its updates accumulate several batches
 * @throws ShapeError       the batch does not fit the model
 * @throws DivergenceError  the loss, the penalty or the gradient is not finite
 * @example
 * const { statistics } = measuredStep(trainer, data);
 * statistics.parameters["0.weight"].updateRatio < 1; // true
 */
export function measuredStep<Types extends TrainerTypes>(
  trainer: Trainer<Types>,
  batch: Parameters<Trainer<Types>["step"]>[0],
): MeasuredStepResult {
  const where = "measuredStep";
  const internals = checkTrainer(where, trainer);
  checkMeasurable(where, internals.options);
  const { memory } = internals;
  const functions = { doubleAt, blockBytes, readArray, wholeLines, runsOf, writeTable };
  const measurement = new Measurement({ trainer: internals, ...functions });
  let statistics!: StepStatistics;
  try {
    const result = internals.update(where, batch as AnySamples | Dataset, {
      before: ({ rows }) => measurement.request(memory.steps, rows),
      after({ order, rows }) {
        statistics = measurement.read(order, rows);
      },
    });
    return { ...result, statistics };
  } finally {
    memory.set(fields.trainerMeasured, -1);
  }
}
