// Augmentation as data sets and trainers see it: a function that is traced between the gathered rows and the model. Its
// makers are in bindings/augmentation, so that a page without augmentation does not download them.

import type { Engine } from "../engine/engine.js";
import type { Scheduled } from "../schedules/scheduled.js";
import type { Tensor } from "../tensors/tensor.js";
import type { StorageType } from "../values/arrays.js";
import type { Opaque } from "../values/opaque.js";
import { type TargetKinds, wrongKind } from "../values/options.js";

/** Gathered rows of a run, while a program is traced. @internal */
export interface GatheredRows {
  readonly rows: number;
  /** Returns the inputs [rows, ...]; for twice as many rows, those of the partners follow those of the rows. */
  readonly read: (rows: number) => Tensor;
  /** Returns the current value of scheduled number k, a scalar in f64. */
  readonly number: (k: number) => Tensor;
  /** Largest value of a pixel. */
  readonly peak: number;
}

/** Augmented rows. @internal */
export interface AugmentedRows {
  /** Inputs [rows, ...]. */
  readonly x: Tensor;
  /** Mixing of rows with their partners, null if they are not mixed. */
  readonly mixed: {
    /** Weight of each row's own targets, [rows]. */
    readonly share: Tensor;
    /** Mixes targets: `both` are those of the rows and, behind them, those of their partners; returns [rows, ...]. */
    readonly targets: (both: Tensor, prediction: Tensor, loss: MixedLoss) => Tensor;
  } | null;
}

/** Members of a loss that decide how targets are mixed. @internal */
export interface MixedLoss {
  readonly name: string;
  readonly targets: TargetKinds;
  readonly probabilities?: boolean;
  readonly ignoreIndex?: number | undefined;
}

/** Inputs of a data set. @internal */
export interface Inputs {
  readonly engine: Engine;
  /** Number of times that the numbers were replaced. */
  readonly version: number;
  readonly rows: number;
  readonly columns: readonly { readonly role: string; readonly type: StorageType; readonly row: readonly number[] }[];
  readonly addresses: readonly number[];
}

/** Means and deviations of a standardization: lists of one number, or of one for each channel. @internal */
export interface Moments {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Random changes of the inputs in training, made by `augment`. */
export interface Augmentation extends Opaque<"Augmentation"> {
  /** Names of its ops, in their order. */
  readonly name: string;
  /** Name of the input that it changes; null if there is only one. @internal */
  readonly input: string | null;
  /** Name of the op that mixes rows with their partners; null if there is none. @internal */
  readonly mixing: string | null;
  /** Largest value of a pixel; null for 255 if the data are u8, else 1. @internal */
  readonly peak: number | null;
  /** Numbers that follow schedules. @internal */
  readonly scheduled: readonly Scheduled[];
  /** Checks column `input` of a data set before it is augmented. @internal */
  readonly check: (data: Inputs, peak: number, input: number) => void;
  /** Traces the ops. @internal */
  readonly apply: (rows: GatheredRows) => AugmentedRows;
}

/** Checks an option `augment`. @internal */
export function checkAugmentation(where: string, value: unknown): void {
  if (value === undefined || Array.isArray((value as Augmentation | null)?.scheduled)) return;
  throw wrongKind(where, "augment", "an augmentation", value, "augment([randomFlip()])");
}
