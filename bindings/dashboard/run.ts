// A run of a dashboard: what it records, and how it is paused and stopped.

import type { AnySamples, Dataset, Samples } from "../data/dataset.js";
import type { AnyFitOptions, Batches, FitOptions, StreamOptions } from "../training/fitOptions.js";
import type { Epoch, FitProgress, History } from "../training/history.js";
import type { NDArray } from "../values/arrays.js";
import { has, shown } from "../values/options.js";
import { type Fits, PausableFit, type RunState } from "./pausable.js";
import { checkCurves, type RunCurves, RunRecord } from "./record.js";

/** Trainer of which a run shows the training. */
export interface ShownTrainer extends Fits {
  /** Returns copies of the parameters by name. */
  parameters(): Readonly<Record<string, NDArray>>;
}

/** Options of a run: those of `trainer.fit`, and what is called after an epoch. */
export type DashboardFitOptions = (FitOptions<AnySamples, string> | StreamOptions<AnySamples, string>) & {
  /** Called after every epoch, once it is recorded, to show a confusion matrix for example; default none. */
  readonly onEpoch?: (epoch: Epoch) => void;
};

/** Outlets through which a run shows what changes. @internal */
export interface RunOutlets {
  curves(): void;
  status(run: DashboardRun): void;
  weights(run: string, parameters: Readonly<Record<string, NDArray>>): void;
  state(run: DashboardRun): void;
}

/** Milliseconds between histograms of the weights. */
const weightsTime = 1000;

/** A run of a dashboard; made by `dashboard.run`. */
export class DashboardRun {
  readonly #outlets: RunOutlets;
  readonly #record = new RunRecord();
  #fit: PausableFit | null = null;
  /** Updates and epochs over the life of the trainer, as of the last report. */
  #steps = 0;
  #epoch = 0;
  /** Epochs or updates that the run of fit will have made, and how many there were at its beginning. */
  #goal: { readonly unit: "epochs" | "steps"; readonly count: number; readonly from: number } | null = null;

  /** @internal */
  constructor(
    /** Name in the keys of the charts. */
    readonly name: string,
    outlets: RunOutlets,
  ) {
    this.#outlets = outlets;
  }

  /** "idle" while nothing runs, "running" or "paused". */
  get state(): RunState {
    return this.#fit?.state ?? "idle";
  }

  /** True if it trained in a worker, false if not; null before its first pause or end. */
  get worker(): boolean | null {
    return this.#fit?.worker ?? null;
  }

  /** Its curves as plain data, which JSON can hold. */
  get curves(): RunCurves {
    return this.#record.curves;
  }

  /** Updates, finished epochs and share of the run of fit, for the status. @internal */
  get status(): { steps: number; epoch: number; epochs: number | null; share: number } {
    const { unit, count, from } = this.#goal ?? { unit: "steps", count: 1, from: 0 };
    const done = (unit === "epochs" ? this.#epoch : this.#steps) - from;
    const epochs = this.#goal && unit === "epochs" ? from + count : null;
    return { steps: this.#steps, epoch: this.#epoch, epochs, share: Math.max(0, Math.min(1, done / count)) };
  }

  /**
   * Trains as `trainer.fit` does, shows it, and returns its history. Paused and resumed, it reaches the same numbers as without. A pause
   * takes effect after a whole step; with early stopping, a method or a stream of batches at the end of the epoch. A stop ends it as a
   * signal does. After every epoch, at most once a second, histograms of the parameters are drawn.
   *
   * @param trainer  a trainer
   * @param data     samples, a data set, or batches
   * @param options  those of trainer.fit, and onEpoch
   * @throws TypeError  trainer does not train, or the run is not idle; and whatever trainer.fit throws
   * @example
   * const show = async (dashboard) => {
   *   const history = await dashboard.run("sgd").fit(trainer, data, { epochs: 3 });
   *   history.epochs.length; // 3
   * };
   */
  async fit(trainer: ShownTrainer, data: Samples | Dataset | Batches, options: DashboardFitOptions): Promise<History> {
    const where = "DashboardRun.fit";
    if (!has(trainer) || typeof trainer.fit !== "function" || typeof trainer.parameters !== "function")
      throw new TypeError(`${where}: the first argument must be a trainer, got ${shown(trainer)}.`);
    if (!has(options)) throw new TypeError(`${where}: options must be an object, got ${shown(options)}.`);
    if (this.state !== "idle") throw new TypeError(`${where}: "${this.name}" is ${this.state}. Stop it first.`);
    const { onEpoch, ...rest } = options;
    if (onEpoch !== undefined && typeof onEpoch !== "function")
      throw new TypeError(`${where}: onEpoch must be a function, got ${shown(onEpoch)}.`);
    const { epochs, steps = 1 } = rest as AnyFitOptions;
    const unit = epochs === undefined ? "steps" : "epochs";
    const from = unit === "steps" ? this.#steps : this.#epoch;
    this.#goal = { unit, count: epochs ?? steps, from };
    let drawn = Number.NEGATIVE_INFINITY;
    this.#fit = new PausableFit(trainer, data, rest as AnyFitOptions, {
      begin: () => this.#record.begin(),
      progress: (progress) => this.progress(progress),
      changed: () => this.#outlets.state(this),
      epoch: (epoch) => {
        this.epoch(epoch);
        if (performance.now() - drawn >= weightsTime) {
          drawn = performance.now();
          this.#outlets.weights(this.name, trainer.parameters());
        }
        onEpoch?.(epoch);
      },
    });
    const history = await this.#fit.run();
    // Whoever stopped it may have freed the trainer.
    if (history.stopped !== "signal") this.#outlets.weights(this.name, trainer.parameters());
    return history;
  }

  /**
   * Records progress, of a run of fit that the dashboard did not begin.
   *
   * @param progress  what fit gave to onProgress
   * @throws TypeError  progress is none
   */
  progress(progress: FitProgress): void {
    if (!has(progress, "step", "seconds", "losses"))
      throw new TypeError(`progress: expected what fit gives to onProgress, got ${shown(progress)}.`);
    this.#record.progress(progress);
    [this.#steps, this.#epoch] = [progress.step, progress.epoch];
    this.#outlets.curves();
    this.#outlets.status(this);
  }

  /**
   * Records an epoch, of a run of fit that the dashboard did not begin.
   *
   * @param epoch  what the iteration of a run of fit gave
   * @throws TypeError  epoch is none
   */
  epoch(epoch: Epoch): void {
    if (!has(epoch, "epoch", "step", "seconds"))
      throw new TypeError(`epoch: expected an epoch of a run of fit, got ${shown(epoch)}.`);
    this.#record.epoch(epoch);
    [this.#steps, this.#epoch] = [epoch.step, epoch.epoch];
    this.#outlets.curves();
    this.#outlets.status(this);
  }

  /** Pauses the run that `fit` began; nothing if it does not run. */
  pause(): void {
    this.#fit?.pause();
  }

  /** Resumes a paused run. */
  resume(): void {
    this.#fit?.resume();
  }

  /** Ends the run that `fit` began after a whole step, paused or not. */
  stop(): void {
    if (this.state !== "idle") this.#fit?.stop();
  }

  /**
   * Replaces its curves by those of an earlier run, after `trainer.restore` for example.
   *
   * @param curves  what `curves` returned, also through JSON
   * @throws TypeError  curves are none
   */
  restore(curves: RunCurves): void {
    this.#record.restore(checkCurves("restore", curves));
    this.#steps = this.curves.loss.steps.at(-1) ?? 0;
    this.#outlets.curves();
    this.#outlets.status(this);
  }

  /** Removes its curves. */
  clear(): void {
    this.#record.clear();
    [this.#steps, this.#epoch, this.#goal] = [0, 0, null];
    this.#outlets.curves();
    this.#outlets.status(this);
  }
}
