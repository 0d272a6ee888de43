// Augmentation as data sets and trainers see it: what is traced between the gathered rows and the model. bindings/augmentation
// makes it, so that a program without augmentation does not download it.

import type { Scheduled } from "../schedules/scheduled.js";
import type { Tensor } from "../tensors/tensor.js";
import type { Opaque } from "../values/opaque.js";
import { wrongKind } from "../values/options.js";

/** Rows of a run while a program is traced. @internal */
export interface GatheredRows {
  /** Inputs [rows, ...]. */
  readonly x: Tensor;
  /** Inputs of the partner of each row; null if the augmentation does not mix rows. */
  readonly partner: Tensor | null;
  /** Largest value of a pixel. */
  readonly peak: number;
  /** Values of the scheduled numbers, scalars in f64. */
  readonly numbers: readonly Tensor[];
}

/** Augmented rows. @internal */
export interface AugmentedRows {
  /** [rows, ...]. */
  readonly x: Tensor;
  /** Share of each row's own targets, [rows]; null if rows are not mixed. */
  readonly share: Tensor | null;
}

/** Random changes of the inputs in training, made by `augment`. */
export interface Augmentation extends Opaque<"Augmentation"> {
  /** Names of its ops. */
  readonly name: string;
  /** Name of the op that mixes rows with their partners; null if there is none. @internal */
  readonly mixing: string | null;
  /** Largest value of a pixel; null for that of the data. @internal */
  readonly peak: number | null;
  /** Numbers that follow schedules. @internal */
  readonly scheduled: readonly Scheduled[];
  /** Traces the ops. @internal */
  readonly apply: (rows: GatheredRows) => AugmentedRows;
}

/** Checks an option `augment`. @internal */
export function checkAugmentation(where: string, value: unknown): void {
  if (value === undefined || typeof (value as Augmentation | null)?.apply === "function") return;
  throw wrongKind(where, "augment", "an augmentation", value, "augment([randomFlip()])");
}
