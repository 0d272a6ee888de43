// Augmented samples of any update, without the updates before it.

import { type Augmentation, checkAugmentation } from "../data/augmentation.js";
import type { AnySamples, Dataset } from "../data/dataset.js";
import { wordAt } from "../engine/addresses.js";
import { imagesOnly } from "../engine/featureSets.js";
import * as fields from "../engine/recordFields.js";
import { Tensor } from "../tensors/tensor.js";
import { blockBytes, readArray } from "../tensors/trace.js";
import { arrayTypes, elementCount, type NDArray } from "../values/arrays.js";
import { arrayOf } from "../values/lines.js";
import { checkNumber, checkOptions, wrongKind } from "../values/options.js";
import { chunksOf } from "./evaluate.js";
import { type Emitter, type ModelProgram, readInputs } from "./purposes.js";
import { writeNext, writeScheduled } from "./schedules.js";
import { type AnyTrainer, checkTrainer } from "./trainer.js";

/** Options of `preview`. */
export interface PreviewOptions {
  /** Augmentation; default that of the data, else that of the last `fit` or `step`. */
  readonly augment?: Augmentation;
  /** Number of updates done before, an integer ≥ 0; default those of the trainer, for its next update. */
  readonly step?: number;
  /** Number of epochs done before, an integer ≥ 0, for schedules by epoch; default those of the trainer. */
  readonly epoch?: number;
  /** Places in the batch to return, integers from 0 and below the number of rows; default all. */
  readonly places?: readonly number[];
}

/** Augmented samples. */
export interface Preview {
  /** Augmented inputs [places, ...], in the unit of the data: before `standardize`. */
  readonly inputs: NDArray;
  /** Weight of each sample's own targets, [places], if the augmentation mixes samples. */
  readonly share?: Float64Array;
}

/**
 * Returns augmented samples, as the update after `step` others would compute them for a batch of these rows in this order,
 * with the seed of the trainer. Changes nothing; no other update needs to run.
 *
 * @param trainer  a trainer, whose seed and type are used
 * @param samples  { inputs [samples, ...] }, or a data set
 * @param rows     rows of the batch in their order: indices of samples, 0 .. samples − 1
 * @param options  augment, step, epoch, places
 * @returns        inputs [rows or places, ...] and, if samples are mixed, share
 * @throws TypeError   trainer is not a trainer, or there is no augmentation
 * @throws RangeError  a row, a place, step or epoch is out of range
 * @throws ShapeError  the samples do not fit the augmentation
 * @example
 * const noisy = augment([gaussianNoise(0.1)]);
 * preview(trainer, data, [0, 1], { augment: noisy, step: 400, places: [1] }).inputs.shape; // [1, 1]
 */
export const preview = /* @__PURE__ */ imagesOnly(function preview(
  trainer: AnyTrainer,
  samples: AnySamples | Dataset,
  rows: readonly number[],
  options: PreviewOptions = {},
): Preview {
  const where = "preview";
  checkTrainer(where, trainer);
  checkOptions(where, options, ["augment", "step", "epoch", "places"]);
  checkAugmentation(where, options.augment);
  const step = checkNumber(where, "step", options.step ?? trainer.steps, { min: 0, integer: true });
  const epoch = options.epoch ?? trainer.memory.get(fields.trainerEpoch);
  checkNumber(where, "epoch", epoch, { min: 0, below: 2 ** 32, integer: true });
  return trainer.lock.read(() =>
    trainer.withData(where, samples, (data) => {
      const indices = checkIndices(where, "rows", rows, data.rows);
      const places = options.places && checkIndices(where, "places", options.places, rows.length);
      const augmentation = options.augment ?? data.augment ?? trainer.programs.trained;
      if (!augmentation)
        throw new TypeError(`${where}: there is no augmentation. Give { augment: augment([randomFlip()]) }.`);
      return atTime(trainer, step, epoch, () => augmented(trainer, data, augmentation, indices, step, places));
    }),
  );
});

function checkIndices(where: string, name: string, given: readonly number[], below: number): Int32Array {
  if (!(Array.isArray(given) || ArrayBuffer.isView(given)) || given.length === 0)
    throw wrongKind(where, name, "an array of at least one index", given);
  for (const index of given) checkNumber(where, name, index, { min: 0, below, integer: true });
  return Int32Array.from(given);
}

/** Runs `body` while the trainer has these numbers of updates and epochs, at which schedules are evaluated. */
function atTime<T>(trainer: AnyTrainer, step: number, epoch: number, body: () => T): T {
  const { memory } = trainer;
  const before = { [fields.trainerStep]: memory.steps, [fields.trainerEpoch]: memory.get(fields.trainerEpoch) };
  try {
    memory.write({ [fields.trainerStep]: step, [fields.trainerEpoch]: epoch });
    return body();
  } finally {
    if (!trainer.engine.broken) {
      memory.write(before);
      writeScheduled(trainer);
    }
  }
}

/** Traces the augmented input, and the shares. */
const emit: Emitter = (_, context, trace, rows) => {
  const { inputs, mixed } = readInputs(context, trace, rows);
  const x = (inputs instanceof Tensor ? inputs : inputs[context.augmentation?.input as string]) as Tensor;
  return { read: mixed ? [{ tensor: x }, { tensor: mixed.share.cast("f64") }] : [{ tensor: x }] };
};

function augmented(
  trainer: AnyTrainer,
  data: Dataset,
  augmentation: Augmentation,
  indices: Int32Array,
  step: number,
  places: Int32Array | undefined,
): Preview {
  const { engine, memory, programs, options } = trainer;
  const { dtype } = options;
  // Single places are computed by themselves.
  const runs = places ? Array.from(places, (from) => ({ from, rows: 1 })) : chunksOf(indices.length);
  const most = Math.max(...runs.map((run) => run.rows));
  programs.reserveRuns(data, most, augmentation, false);
  programs.useData(data, true);
  writeNext(trainer);
  const [, [, ...row]] = programs.get("preview", most, emit).outputs[0] as ModelProgram["outputs"][0];
  const width = elementCount(row);
  const total = runs.reduce((sum, run) => sum + run.rows, 0);
  const inputs = new arrayTypes[dtype](total * width);
  const share = new Float64Array(total);
  engine.borrow(4 * indices.length, (order) =>
    engine.borrow(blockBytes(dtype, most * width) + blockBytes("f64", most), (results) => {
      engine.ints.set(indices, wordAt(order));
      let done = 0;
      for (const { from, rows } of runs) {
        const batch = { order, done: from, rows, total: indices.length, step };
        const run = { ...batch, weights: memory.parameters.address, state: memory.state.address };
        programs.runRows(programs.get("preview", rows, emit), run, results);
        inputs.set(readArray(engine, results, dtype, rows * width), done * width);
        if (augmentation.mixing)
          share.set(readArray(engine, results + blockBytes(dtype, rows * width), "f64", rows), done);
        done += rows;
      }
    }),
  );
  return { inputs: arrayOf(inputs, [total, ...row]), ...(augmentation.mixing ? { share } : {}) };
}
