// Types of the data and results of a trainer, which follow from its model, loss and metrics, and those of single updates.

import type { NamedArrays } from "../data/dataset.js";
import type { WeightsOption } from "../optimizers/averages.js";
import type { ArrayLike, NDArray } from "../values/arrays.js";
import type { StepStatistics } from "./statistics.js";

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
  /** Statistics of the update, if requested. */
  readonly statistics?: StepStatistics;
}

/** Options of `step`. */
export interface StepOptions {
  /** True measures norms by parameter and dead units; default false. */
  readonly statistics?: boolean;
}

/** Options of `refreshStatistics`. */
export interface RefreshOptions extends WeightsOption {
  /** Maximum rows of a batch, an integer ≥ 1: larger batches need more memory; default 256. */
  readonly batchSize?: number;
}
