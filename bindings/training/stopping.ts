// Stopping criteria of a run of `fit`.

import * as fields from "../engine/recordFields.js";
import type { Metric } from "../losses/metrics.js";
import { checkChoice, checkFlag, checkNumber, checkOptions, nearest, shown } from "../values/options.js";
import type { BestWeights } from "./bestWeights.js";
import type { Evaluation } from "./evaluate.js";
import type { TrainerMemory } from "./memory.js";
import type { TrainerParts } from "./parts.js";

/** Options of early stopping. */
export interface EarlyStopping<Results extends string = string> {
  /**
   * Monitored quantity: "loss" (default), of the validation samples, or without these the mean loss of the epoch, in
   * both cases without the penalty; or the name of a metric, of the validation samples.
   */
  readonly monitor?: "loss" | Results;
  /** "min" if smaller values are better, "max" if larger ones; default "min" for losses and "max" for metrics. */
  readonly mode?: "min" | "max";
  /** Epochs without improvement after which training stops, an integer ≥ 0; 0 and 1 both stop at the first. */
  readonly patience: number;
  /** Smallest change that counts as an improvement, ≥ 0, in the unit of the monitored quantity; default 0. */
  readonly minDelta?: number;
  /**
   * Restores the weights of the best epoch, with the optimizer's state vectors, the average of the weights and the
   * running state that belong to them, however the run ends: stopped, finished, left, aborted or diverged. The counts of
   * updates and epochs are kept. Default true.
   */
  readonly restoreBest?: boolean;
}

/** Stopping criteria of a run. */
export interface StopOptions<Results extends string = string> {
  /**
   * Stops at the end of the first epoch whose loss is at most this: that of the validation samples, or without these the
   * mean of the epoch; in both cases without the penalty. Default: none.
   */
  readonly targetLoss?: number;
  /**
   * Stops after the first update whose gradient, including that of the penalty, has at most this Euclidean norm, ≥ 0;
   * with accumulate the gradient of its last batch. Meant for batches of all rows. Default: none.
   */
  readonly gradientTolerance?: number;
  /**
   * Stops when there is no improvement any more, and keeps the best weights. Default: none.
   *
   * @see Prechelt, *Early stopping - but when?*, 1998
   */
  readonly earlyStopping?: EarlyStopping<Results>;
}

/** The criterion that stopped a run. */
export type StopReason = "earlyStopping" | "targetLoss" | "gradientTolerance";

/** Checks the options of early stopping and adds the defaults. */
function checkEarlyStopping(
  given: EarlyStopping,
  metrics: readonly Metric[],
  validated: boolean,
): Required<EarlyStopping> {
  const where = "fit: earlyStopping";
  checkOptions(where, given, ["monitor", "mode", "patience", "minDelta", "restoreBest"]);
  const { monitor = "loss", patience, minDelta = 0, restoreBest = true } = given;
  const { mode = /(^|\.)loss$/.test(monitor) ? "min" : "max" } = given;
  checkNumber(where, "patience", patience, { min: 0, integer: true });
  checkNumber(where, "minDelta", minDelta, { min: 0 });
  checkFlag(where, "restoreBest", restoreBest);
  checkChoice(where, "mode", mode, ["min", "max"]);
  const names = ["loss", ...metrics.map(({ name }) => name)];
  if (!names.includes(monitor)) {
    const near = typeof monitor === "string" ? nearest(monitor, names) : null;
    throw new RangeError(
      `${where}: monitor must be "loss" or the name of a metric of the trainer, got ${shown(monitor)}. ` +
        (near ? `Did you mean "${near}"?` : `Known: ${names.join(", ")}.`),
    );
  }
  if (monitor !== "loss" && !validated)
    throw new TypeError(`${where}: monitor "${monitor}" needs validation samples. Give validation, or monitor "loss".`);
  return { monitor, mode, patience, minDelta, restoreBest };
}

/** Monitors a run: decides when it stops. */
export class Stops {
  /** The criterion that was met, or null. */
  reason: StopReason | null = null;
  /** The best epoch and its weights, with early stopping, once it is loaded. */
  best: BestWeights | null = null;
  readonly #memory: TrainerMemory;
  readonly #options: StopOptions;
  readonly #early: Required<EarlyStopping> | null;

  /** Checks the options; `validated` is true if there are validation samples. */
  constructor(memory: TrainerMemory, parts: TrainerParts, options: StopOptions, validated: boolean) {
    const { targetLoss, gradientTolerance, earlyStopping } = options;
    const { metrics, optimizer } = parts;
    if (targetLoss !== undefined) checkNumber("fit", "targetLoss", targetLoss, {});
    if (gradientTolerance !== undefined) checkNumber("fit", "gradientTolerance", gradientTolerance, { min: 0 });
    if (gradientTolerance !== undefined && optimizer.gradientFree)
      throw new TypeError(`fit: gradientTolerance needs a gradient, and ${optimizer.name} uses none. Give targetLoss.`);
    this.#memory = memory;
    this.#options = options;
    this.#early = earlyStopping === undefined ? null : checkEarlyStopping(earlyStopping, metrics, validated);
  }

  /** True if a criterion is checked after every epoch. */
  get checksEpochs(): boolean {
    return this.#early !== null || this.#options.targetLoss !== undefined;
  }

  /** True if a criterion is checked after every update. */
  get checksUpdates(): boolean {
    return this.#options.gradientTolerance !== undefined;
  }

  /** Checks the last update. */
  update(): void {
    const { gradientTolerance } = this.#options;
    if (gradientTolerance === undefined || this.reason) return;
    const memory = this.#memory;
    // A batch that is only accumulated is no update.
    if (memory.get(fields.trainerAccumulatedCount) > 0) return;
    if (memory.get(fields.trainerGradientNorm) <= gradientTolerance) this.reason = "gradientTolerance";
  }

  /** Checks an epoch that has just ended. */
  epoch(epoch: number, loss: number, validation: Evaluation | null): void {
    const { targetLoss } = this.#options;
    const measured: Evaluation = validation ?? { loss };
    const early = this.#early;
    if (early && this.best?.observe(epoch, measured[early.monitor] as number, early)) this.reason = "earlyStopping";
    if (targetLoss !== undefined && measured.loss <= targetLoss) this.reason = "targetLoss";
  }
}
