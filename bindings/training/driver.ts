// What few runs need: the best weights, statistics, streams and workers. This file is loaded on demand with what it imports.
// Functions of the main bundle are passed as `RunParts`: importing them would move them to one more file that every page would
// have to load.

import type { AnySamples, Dataset, datasetOf } from "../data/dataset.js";
import type { EngineError } from "../values/errors.js";
import { BestWeights } from "./bestWeights.js";
import type { Evaluator } from "./evaluate.js";
import type { AnyFitOptions, Batches } from "./fitOptions.js";
import type { Driver } from "./history.js";
import type { TrainerInternals } from "./internals.js";
import { MeasuredUpdates } from "./measuredUpdates.js";
import type { lookUpNext, lookUpSchedules, writeLayerNumbers } from "./schedules.js";
import type { measure, measured } from "./statistics.js";
import type { Stops } from "./stopping.js";
import { Stream } from "./stream.js";

/** Parts of a run, and functions of the main bundle. */
export interface RunParts {
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
  readonly measure: typeof measure;
  readonly measured: typeof measured;
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

/** Returns what drives a run, and lets the run keep its best weights. */
export async function driverOf(parts: RunParts): Promise<Driver> {
  const { trainer, options, stops, data } = parts;
  const { earlyStopping, statistics, worker } = options;
  if (earlyStopping) stops.keeper = new BestWeights(trainer.memory);
  const measured = statistics && new MeasuredUpdates(parts, statistics.every);
  if (!("columns" in data)) return new Stream(parts, data, measured);
  if (!worker) return { worker: false, measured };
  if (measured) return { worker: false, workerReason: "statistics are measured in this thread", measured };
  const { Remote } = await import("./worker/remote.js");
  return Remote.start(parts, data);
}
