// When a run of `fit` stops by itself, and the weights it goes back to: kept outside the trainer, by the run.

import * as abi from "../../assembly/abi.js";
import type { Metric } from "../losses/metrics.js";
import { bytesOf } from "../values/arrays.js";
import { checkChoice, checkFlag, checkNumber, checkOptions, nearest, shown } from "../values/options.js";
import type { Evaluation, Trainer } from "./trainer.js";

/** Early stopping: when to give up, and what to keep. */
export interface EarlyStopping {
  /**
   * What is watched: "loss" (default), over the validation samples, or without them the mean loss of the epoch, in either
   * case without the penalty; or the name of a metric, over the validation samples.
   */
  readonly monitor?: string;
  /** Which way is better; default "min" for the loss and "max" for metrics. */
  readonly mode?: "min" | "max";
  /** Epochs without improvement after which it stops, ≥ 0: larger waits longer; 0 and 1 both stop at the first. */
  readonly patience: number;
  /**
   * An improvement is a change by more than this, ≥ 0, in the unit of what is watched: larger stops sooner; default 0.
   */
  readonly minDelta?: number;
  /**
   * Go back to the weights of the best epoch, with the optimizer's state vectors, the average of the weights and the
   * running state that belong to them, however the run ends: stopped, finished, left, aborted or diverged. The count of updates and epochs goes on.
   * Default true.
   */
  readonly restoreBest?: boolean;
}

/** The stops of a run. */
export interface StopOptions {
  /**
   * Stops at the end of the first epoch whose loss is at most this: over the validation samples, or without them the
   * mean over the epoch; in either case without the penalty.
   */
  readonly targetLoss?: number;
  /**
   * Stops after the first update whose gradient, that of the penalty included, has at most this Euclidean norm, ≥ 0; with
   * accumulate that of its last batch. Meant for batches of all rows.
   */
  readonly gradientTolerance?: number;
  /**
   * Stops when nothing improves any more, and keeps the best weights.
   *
   * @see Prechelt, *Early stopping - but when?*, 1998
   */
  readonly earlyStopping?: EarlyStopping;
}

/** Why a run stopped by itself. */
export type StopReason = "earlyStopping" | "targetLoss" | "gradientTolerance";

/** The best epoch of a run, by what early stopping watched. */
export interface BestEpoch {
  readonly epoch: number;
  readonly value: number;
}

/** Early stopping with its defaults filled in; refuses what cannot be. */
function resolved(given: EarlyStopping, metrics: readonly Metric[], validated: boolean): Required<EarlyStopping> {
  const where = "fit: earlyStopping";
  checkOptions(where, given, ["monitor", "mode", "patience", "minDelta", "restoreBest"]);
  const { monitor = "loss", patience, minDelta = 0, restoreBest = true } = given;
  const { mode = monitor === "loss" ? "min" : "max" } = given;
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

/** Watches a run: decides when it stops and keeps the best weights. */
export class Stops {
  /** Why the run is to stop, once it is. */
  reason: StopReason | null = null;
  best: BestEpoch | null = null;
  readonly #trainer: Trainer;
  readonly #options: StopOptions;
  readonly #early: Required<EarlyStopping> | null;
  #kept: readonly Uint8Array[] = [];
  #words: readonly number[] = [];
  #waited = 0;

  /** Refuses stops that cannot be; `validated` says whether there are validation samples. */
  constructor(trainer: Trainer, options: StopOptions, validated: boolean) {
    const { targetLoss, gradientTolerance, earlyStopping } = options;
    const { metrics, optimizer } = trainer.options;
    if (targetLoss !== undefined) checkNumber("fit", "targetLoss", targetLoss, {});
    if (gradientTolerance !== undefined) checkNumber("fit", "gradientTolerance", gradientTolerance, { min: 0 });
    if (gradientTolerance !== undefined && optimizer.gradientFree)
      throw new TypeError(
        `fit: gradientTolerance needs a gradient, and ${optimizer.name} takes none. Give targetLoss.`,
      );
    this.#trainer = trainer;
    this.#options = options;
    this.#early = earlyStopping === undefined ? null : resolved(earlyStopping, metrics, validated);
  }

  /** Whether epochs have to be looked at one by one. */
  get watchesEpochs(): boolean {
    return this.#early !== null || this.#options.targetLoss !== undefined;
  }

  /** Whether updates have to be looked at one by one. */
  get watchesUpdates(): boolean {
    return this.#options.gradientTolerance !== undefined;
  }

  /** Looks at the last update. */
  update(): void {
    const { gradientTolerance } = this.#options;
    if (gradientTolerance === undefined || this.reason) return;
    const { memory } = this.#trainer;
    // A batch that its update still waits for is none.
    if (memory.get(abi.trainerAccumulatedCount) > 0) return;
    if (memory.real(abi.trainerGradientNorm) <= gradientTolerance) this.reason = "gradientTolerance";
  }

  /** Looks at an epoch that has just ended. */
  epoch(epoch: number, loss: number, validation: Evaluation | null): void {
    const { targetLoss } = this.#options;
    const measured: Evaluation = validation ?? { loss };
    if (this.#early) this.#observe(epoch, measured[this.#early.monitor] as number, this.#early);
    if (targetLoss !== undefined && measured.loss <= targetLoss) this.reason = "targetLoss";
  }

  #observe(epoch: number, value: number, { mode, patience, minDelta, restoreBest }: Required<EarlyStopping>): void {
    const { best } = this;
    const gain = best && (mode === "min" ? best.value - value : value - best.value);
    const better = gain === null ? !Number.isNaN(value) : gain > minDelta;
    if (better) {
      this.best = { epoch, value };
      this.#waited = 0;
      if (restoreBest) {
        this.#kept = this.#arenas().map((bytes) => bytes.slice());
        this.#words = this.#trainer.memory.words.map(({ read }) => read());
      }
    } else if (++this.#waited >= patience) this.reason = "earlyStopping";
  }

  /** Goes back to the best weights, if there are any. */
  restore(): void {
    for (const [k, bytes] of this.#arenas().entries()) {
      const kept = this.#kept[k];
      if (kept) bytes.set(kept);
    }
    for (const [k, value] of this.#words.entries()) this.#trainer.memory.words[k]?.write(value);
    this.#kept = [];
    this.#words = [];
  }

  /** Weights, state vectors, what is kept beside them, the average and running state, where they lie. */
  #arenas(): Uint8Array[] {
    const { engine, memory } = this.#trainer;
    return memory.arenas.map(({ arena: { address, dtype, elements } }) =>
      engine.bytes.subarray(address, address + bytesOf(dtype, elements)),
    );
  }
}
