// What trains the slices of a run, if the run does not do it itself.

import type { Evaluation } from "./evaluate.js";
import type { BatchRows, MeasuredUpdates } from "./measuredUpdates.js";

/** Result of a slice of training. */
export interface Slice {
  readonly seconds: number;
  /** Updates. */
  readonly steps: number;
  readonly losses: Float64Array;
  /** Triples (updates done, mean loss, mean penalty), one per epoch that ended. */
  readonly ended: Float64Array;
}

/** Most that a slice does. */
export interface SliceLimits {
  readonly steps: number;
  readonly epochs: number;
  readonly gradientTolerance: number | null;
}

/** Drives a run: a worker or a stream trains its slices; without `advance` the run does. */
export interface Driver {
  /** Statistics of its updates, if requested. */
  readonly measured?: MeasuredUpdates | undefined;
  /** Minimum of milliseconds between calls of onProgress, if the run has no pace. */
  readonly reportEvery?: number;
  /** True if it trains in another thread. */
  readonly worker: boolean;
  /** Why it does not, if that was requested. */
  readonly workerReason?: string | undefined;
  /** True if there are no more batches. */
  readonly exhausted?: boolean;
  advance?(limits: SliceLimits): Promise<Slice>;
  evaluate?(): Promise<Evaluation>;
  /** Address of the order of the last batch, and its number of rows. */
  readonly lastBatch?: BatchRows;
  end?(): Promise<void> | void;
}
