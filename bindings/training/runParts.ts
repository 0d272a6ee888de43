// What a run gives to the files that it loads on demand. Functions of the main bundle are passed: importing them would move them
// to one more file that every page would have to load.

import type { AnySamples, Dataset, datasetOf } from "../data/dataset.js";
import type { EngineError } from "../values/errors.js";
import type { Evaluator } from "./evaluate.js";
import type { AnyFitOptions, Batches } from "./fitOptions.js";
import type { TrainerInternals } from "./internals.js";
import type { lookUpNext, lookUpSchedules, writeLayerNumbers } from "./schedules.js";
import type { MeasurementParts } from "./statistics.js";
import type { Stops } from "./stopping.js";

/** Parts of a run, and functions of the main bundle. */
export interface RunParts extends MeasurementParts {
  readonly trainer: TrainerInternals;
  readonly evaluator: Evaluator;
  readonly options: AnyFitOptions;
  readonly stops: Stops;
  readonly data: Dataset | Batches<AnySamples>;
  readonly validation: Dataset | null;
  readonly EngineError: new (message: string) => EngineError;
  readonly yieldToHost: () => Promise<void>;
  readonly datasetOf: typeof datasetOf;
  readonly lookUpNext: typeof lookUpNext;
  readonly lookUpSchedules: typeof lookUpSchedules;
  readonly writeLayerNumbers: typeof writeLayerNumbers;
  /** Prepares the trainer for the run over a data set. */
  readonly prepare: () => void;
  /** Waits until `notify` is called, here or by the run. */
  readonly changed: () => Promise<void>;
  readonly notify: () => void;
  /** True if the run is to stop. */
  readonly isStopped: () => boolean;
  /** Returns the updates to the next measurement, which is requested, or report. */
  readonly untilStop: () => number;
}
