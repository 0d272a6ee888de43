// Types of the data and results of a trainer, which follow from its model, loss and metrics.

import type { NamedArrays } from "../data/dataset.js";
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
  inputs: ArrayLike | NamedArrays;
  targets: ArrayLike | NamedArrays;
  outputs: NDArray;
  results: string;
}
