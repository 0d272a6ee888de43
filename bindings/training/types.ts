// Types of the data and results of a trainer, which follow from its model, loss and metrics, and those of single updates.

import type { Dataset, NamedArrays } from "../data/dataset.js";
import type { WeightsOption } from "../optimizers/averages.js";
import type { ArrayLike, NDArray } from "../values/arrays.js";

/** Types of a trainer's data and results. */
export interface TrainerTypes {
  /** Arrays that the model takes. */
  inputs: unknown;
  /** Arrays that the loss takes. */
  targets: unknown;
  /** Arrays that `predict` returns. */
  outputs: unknown;
  /** Names of metrics. */
  results: string;
}

/** Types of a trainer of one output, of which nothing else is known. */
export interface AnyTypes {
  /** An array, or arrays by name. */
  inputs: ArrayLike | NamedArrays;
  /** An array, or arrays by name. */
  targets: ArrayLike | NamedArrays;
  /** An array. */
  outputs: NDArray;
  /** Any names. */
  results: string;
}

/** Result of `step`. */
export interface StepResult {
  /** Loss of the batch before the update, a mean or a sum as the loss defines it, without the penalty. */
  readonly loss: number;
  /** The penalty at the point of the gradient, if the trainer has one. */
  readonly penalty?: number;
  /**
   * Euclidean norm of the gradient of loss and penalty, before any transform; 0 for optimizers without a gradient.
   */
  readonly gradientNorm: number;
}

/** Calls before and after the update of a step, with the data set of its batch. @internal */
export interface StepCalls {
  before(data: Dataset): void;
  after(data: Dataset): void;
}

/** Options of `refreshStatistics`. */
export interface RefreshOptions extends WeightsOption {
  /** Maximum rows of a batch, an integer ≥ 1: larger batches need more memory; default 256. */
  readonly batchSize?: number;
}
