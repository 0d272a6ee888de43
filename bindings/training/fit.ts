// Fitting: slices of training, one WebAssembly call each, with the host breathing in between.

import * as abi from "../../assembly/abi.js";
import { checkSamples, Dataset, datasetOf, type Samples } from "../data/dataset.js";
import { breathe } from "../engine/breathe.js";
import type { StopSignal, UrlObject } from "../engine/globals.js";
import { EngineError } from "../values/errors.js";
import type { Opaque } from "../values/opaque.js";
import { checkChoice, checkFlag, checkNumber, checkOptions, shown, wrongKind } from "../values/options.js";
import { checkMeasurable, lastBatch, measure, measured, type StepStatistics } from "./statistics.js";
import { type BestEpoch, type StopOptions, type StopReason, Stops } from "./stopping.js";
import type { Evaluation, Trainer } from "./trainer.js";
import { Pace } from "./worker/pace.js";
import type { Remote } from "./worker/remote.js";

/** What minimizes in place of the update rule: made by `lbfgs`, `bfgs`, `conjugateGradient` and `gradientDescent`. */
export interface FitMethod extends Opaque<"FitMethod"> {
  /** @internal */
  readonly method: string;
  /** The options with which its runs are prepared; refuses what cannot go with it. @internal */
  readonly plan: (options: FitOptions, rows: number) => FitOptions;
  /** Begins over all rows, for which the runs are prepared. @internal */
  readonly begin: (trainer: Trainer) => MethodRun;
}

/** A method at work. @internal */
export interface MethodRun {
  readonly ended: boolean;
  advance(runs: number, steps: number): void;
  outcome(): MethodOutcome;
  free(): void;
}

/** Where a method left the trainer. */
export interface MethodOutcome {
  /** Loss of all rows at the weights as they are, computed as training does, without the penalty. */
  readonly loss: number;
  /** The penalty, if the trainer has one. */
  readonly penalty?: number;
  /** Euclidean norm of the gradient there, that of the penalty included. */
  readonly gradientNorm: number;
  /** How often loss and gradient of all rows were computed. */
  readonly evaluations: number;
  /** As `minimize` has it, or "stopped" where the options of fit ended the run first. */
  readonly status: string;
  /** The status as a sentence, with what to do. */
  readonly message: string;
}

/** How to train. A run over as many rows in the same batches as the last one goes on where its epoch stood. */
export type FitOptions = StopOptions & {
  /**
   * Minimizes loss and penalty over all rows, `lbfgs()` for example, in place of the optimizer, which rests meanwhile. A
   * step is an iteration with its line search, and an epoch. While it searches, dropout masks, the batches and the running
   * state stay; the running state moves once, with the step, and the masks are drawn anew for the next. The method
   * starts afresh with every run, also after `restore`: a checkpoint holds weights and counts, not what was learnt of the
   * curvature. It ends by itself where no step lowers the loss: `history.method` says why. Default: the optimizer.
   */
  readonly method?: FitMethod;
  /**
   * Rows of an update, ≥ 1; default 32. More rows make updates less noisy and fewer an epoch; more than there are means all
   * of them: batch gradient descent.
   */
  readonly batchSize?: number;
  /** Whether every epoch takes the rows in a new order, which the seed decides; default true. */
  readonly shuffle?: boolean;
  /** What becomes of a short last batch; default "keep". */
  readonly lastBatch?: "keep" | "drop";
  /** Samples that are evaluated after every epoch and never trained on; default: none. */
  readonly validation?: Samples | Dataset;
  /** Ends the run at a whole step when aborted; default: none. */
  readonly signal?: StopSignal;
  /**
   * Trains in a thread of its own, so that a page never waits; default false. The numbers are the same, and so is
   * everything else of a run; the trainer may be asked and saved meanwhile, and answers as of the last progress. Where
   * the host has no workers, or the validation samples have another form than those of training (class indices here, rows
   * of numbers there), it trains in short slices in this thread: `history.worker` says which it was, and
   * `history.workerReason` why. A page whose security policy forbids workers from blobs serves the package's
   * `thalweg/worker` and gives its URL here; Node and Bun need no file, and a URL counts as true there.
   */
  readonly worker?: boolean | string | UrlObject;
  /**
   * Measures every n-th update, counted over the life of the trainer: norms by parameter, dead units. No number of
   * training depends on it. It is done in this thread, even if a worker was asked for.
   */
  readonly statistics?: {
    /** Updates from one measured to the next, a whole number from 1. */
    readonly every: number;
  };
  /** Called after every slice, about twenty times a second; with a worker at most ten times. */
  readonly onProgress?: (progress: FitProgress) => void;
} & (
    | {
        /** Epochs to train, ≥ 1; the rest of an epoch that was begun counts as one. */
        readonly epochs: number;
        readonly steps?: never;
      }
    | {
        /** Updates to do, ≥ 1. */
        readonly steps: number;
        readonly epochs?: never;
      }
  );

/** Where training stands. */
export interface FitProgress {
  /** Updates done. */
  readonly step: number;
  /** Epochs finished. */
  readonly epoch: number;
  /** Seconds of training in this run, evaluation apart. */
  readonly seconds: number;
  /** Loss of every update of this slice. */
  readonly losses: Float64Array;
  /** Of the last update of this slice, if it was measured. */
  readonly statistics?: StepStatistics;
}

/** One epoch. */
export interface Epoch {
  /** Counted from 1 over the life of the trainer. */
  readonly epoch: number;
  /** Updates done. */
  readonly step: number;
  /**
   * Mean loss over the samples of this epoch, each taken before its update, without the penalty; with a method that of
   * all rows before its step.
   */
  readonly loss: number;
  /** Mean penalty, counted like the loss, if the trainer has one. */
  readonly penalty?: number;
  /** Seconds of training in this run, evaluation apart. */
  readonly seconds: number;
  readonly validation?: Evaluation;
  /** Generalization gap: loss over the validation samples less `loss`, if there are validation samples. */
  readonly gap?: number;
}

/** What a run leaves. */
export interface History {
  readonly epochs: readonly Epoch[];
  /** Updates of this run. */
  readonly steps: number;
  readonly seconds: number;
  /** Whether it ran in a worker. */
  readonly worker: boolean;
  /** Why it did not, if one was asked for: "this host has no workers", or what the host said. */
  readonly workerReason?: string;
  /** Why it ended. */
  readonly stopped: "finished" | "signal" | "left" | "method" | StopReason;
  /** Where the method ended, if one was given. */
  readonly method?: MethodOutcome;
  /** The best epoch, if early stopping watched. */
  readonly best?: BestEpoch;
  /** The updates that were measured, if any were to be. */
  readonly statistics?: readonly StepStatistics[];
}

/** What a slice of training answers. */
interface Slice {
  readonly seconds: number;
  readonly losses: Float64Array;
  /** Triples (updates done, mean loss, mean penalty), one an epoch that ended. */
  readonly ended: Float64Array;
}

const onPage = typeof document !== "undefined";
/** Milliseconds of a slice: short on a page's main thread, so that it stays alive. */
const sliceTime = onPage ? 20 : 50;
/** Milliseconds between two calls of onProgress, at least, while a worker trains. */
const workerProgressTime = 100;

/** A run of `fit`: iterate over its epochs, or await its history. */
export class Run implements AsyncIterable<Epoch>, PromiseLike<History> {
  readonly #trainer: Trainer;
  readonly #options: FitOptions;
  readonly #stops: Stops;
  readonly #method: MethodRun | null;
  readonly #history: Promise<History>;
  readonly #epochs: Epoch[] = [];
  readonly #statistics: StepStatistics[] = [];
  readonly #notifyBound = (): void => this.#notify();
  /** Losses that onProgress was not told yet, and when it was called last. */
  readonly #unreported: Float64Array[] = [];
  #reported = Number.NEGATIVE_INFINITY;
  #awaited = false;
  #done = false;
  #left = false;
  #iterating = false;
  #taken = 0;
  #wake: (() => void)[] = [];

  /** @internal */
  constructor(trainer: Trainer, samples: Samples | Dataset, given: FitOptions) {
    checkSamples("fit", samples);
    const options = checkFit(given);
    this.#stops = new Stops(trainer, options, options.validation !== undefined);
    if (options.statistics !== undefined) checkMeasurable("fit", trainer);
    this.#trainer = trainer;
    const owned: Dataset[] = [];
    const used: Dataset[] = [];
    const { programs } = trainer;
    const resident = (where: string, samples: Samples | Dataset): Dataset => {
      programs.caller = where;
      const given = samples instanceof Dataset;
      const data = given
        ? samples.check(trainer.engine)
        : datasetOf(where, trainer.engine, samples, trainer.options.loss.targets);
      if (!given) owned.push(data);
      data.users++;
      used.push(data);
      return data;
    };
    let method: MethodRun | null = null;
    const release = (): void => {
      for (const dataset of used) dataset.users--;
      for (const dataset of owned) dataset.free();
      method?.free();
    };
    try {
      const data = resident("fit", samples);
      const validation = options.validation === undefined ? null : resident("fit: validation", options.validation);
      if (validation) trainer.prepareEvaluation(validation);
      programs.caller = "fit";
      this.#options = options.method ? options.method.plan(options, data.rows) : options;
      const begin = prepare(trainer, data, this.#options);
      method = options.method?.begin(trainer) ?? null;
      this.#method = method;
      options.signal?.addEventListener?.("abort", this.#notifyBound);
      // From here on nothing is refused.
      begin();
      this.#history = this.#train(data, validation).finally(() => {
        trainer.busy = "idle";
        this.#done = true;
        this.#notify();
        this.#stops.restore();
        measure(trainer, -1);
        release();
        options.signal?.removeEventListener?.("abort", this.#notifyBound);
      });
    } catch (error) {
      release();
      throw error;
    }
    // Whoever only iterates meets the error there; this branch must not count as unhandled.
    this.#history.catch(() => {});
  }

  #notify(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const resolve of waiting) resolve();
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  async #train(data: Dataset, validation: Dataset | null): Promise<History> {
    const { signal, statistics, gradientTolerance = null } = this.#options;
    const { epochs = Number.POSITIVE_INFINITY, steps = Number.POSITIVE_INFINITY } = this.#options;
    const trainer = this.#trainer;
    const stops = this.#stops;
    const first = trainer.steps;
    const pace = new Pace(sliceTime, trainer.programs.largestRun.program.cost.flops);
    await breathe();
    const found = await this.#remote(data, validation);
    const remote = typeof found === "string" ? null : found;
    let seconds = 0;
    const reason = (): History["stopped"] | null => {
      if (this.#left) return "left";
      if (signal?.aborted) return "signal";
      if (stops.reason) return stops.reason;
      if (this.#method?.ended) return "method";
      return this.#epochs.length < epochs && trainer.steps - first < steps ? null : "finished";
    };
    try {
      while (!reason()) {
        const oneEpoch = validation !== null || stops.watchesEpochs || this.#iterating;
        const left = { steps: steps - (trainer.steps - first), epochs: oneEpoch ? 1 : epochs - this.#epochs.length };
        const slice = remote
          ? await remote.advance({ ...left, gradientTolerance })
          : trainer.hold(() => this.#advance(pace, left, data));
        seconds += slice.seconds;
        if (slice.losses.length > 0) stops.update();
        const seen = slice.losses.length > 0 ? trainer.hold(() => this.#lookAtStep()) : null;
        await this.#endEpochs(slice.ended, validation, seconds, remote);
        this.#report(slice.losses, seconds, seen, remote !== null && !reason());
        await breathe();
        while (this.#waitsForConsumer()) await this.#changed();
      }
    } finally {
      remote?.end();
    }
    const { best } = stops;
    return {
      epochs: this.#epochs,
      steps: trainer.steps - first,
      seconds,
      worker: remote !== null,
      ...(typeof found === "string" ? { workerReason: found } : {}),
      stopped: reason() ?? "finished",
      ...(this.#method ? { method: this.#method.outcome() } : {}),
      ...(best ? { best } : {}),
      ...(statistics ? { statistics: this.#statistics } : {}),
    };
  }

  /** The run's worker, or why there is none, if it was asked for. */
  async #remote(data: Dataset, validation: Dataset | null): Promise<Remote | string | null> {
    const { worker = false, statistics } = this.#options;
    const trainer = this.#trainer;
    if (worker === false) return null;
    if (statistics) return "statistics are measured in this thread";
    const { Remote } = await import("./worker/remote.js");
    return Remote.start(trainer, worker === true ? null : worker, data, validation, {
      EngineError,
      breathe,
      prepare: () => prepare(trainer, data, this.#options)(),
    });
  }

  /** A slice of training in this thread. */
  #advance(pace: Pace, left: { steps: number; epochs: number }, data: Dataset): Slice {
    const trainer = this.#trainer;
    const { engine, memory } = trainer;
    if (trainer.disturbed) prepare(trainer, data, this.#options)();
    const steps = Math.min(
      left.steps,
      this.#stops.watchesUpdates ? 1 : abi.trainerHistoryRecords,
      this.#untilMeasured(),
    );
    memory.set(abi.trainerEpochLimit, Math.min(left.epochs, abi.trainerEpochRecords));
    trainer.lookUpSchedules(Math.min(pace.runs, steps));
    const begun = performance.now();
    trainer.naming(() =>
      this.#method
        ? this.#method.advance(pace.runs, steps)
        : engine.checked((core) => core.advance(memory.record, pace.runs, steps)),
    );
    const spent = performance.now() - begun;
    pace.took(spent);
    return { seconds: spent / 1000, losses: memory.sliceLosses(), ended: memory.sliceEpochs() };
  }

  /** Calls onProgress; a report that may wait is kept until its time has come. */
  #report(losses: Float64Array, seconds: number, seen: StepStatistics | null, mayWait: boolean): void {
    const { onProgress } = this.#options;
    if (!onProgress) return;
    this.#unreported.push(losses);
    const now = performance.now();
    if (mayWait && now - this.#reported < workerProgressTime) return;
    this.#reported = now;
    const all = Float64Array.from(this.#unreported.splice(0).flatMap((part) => [...part]));
    const { memory, steps } = this.#trainer;
    const measured = seen ? { statistics: seen } : {};
    onProgress({ step: steps, epoch: memory.get(abi.trainerEpoch), seconds, losses: all, ...measured });
  }

  /** Updates up to the next one that is measured, which ends its slice. */
  #untilMeasured(): number {
    const { every } = this.#options.statistics ?? {};
    if (every === undefined) return Number.POSITIVE_INFINITY;
    const { steps } = this.#trainer;
    const left = every - (steps % every);
    measure(this.#trainer, steps + left - 1);
    return left;
  }

  /** What was measured, if the last update was. */
  #lookAtStep(): StepStatistics | null {
    const trainer = this.#trainer;
    const { every } = this.#options.statistics ?? {};
    if (every === undefined || trainer.steps % every !== 0) return null;
    const { order, rows } = lastBatch(trainer);
    const seen = measured(trainer, order, rows);
    this.#statistics.push(seen);
    return seen;
  }

  /**
   * While somebody iterates, the next epoch waits until this one was looked at, so that leaving the loop stops in time;
   * whoever awaits the history no longer waits for that.
   */
  #waitsForConsumer(): boolean {
    if (this.#awaited || this.#left || this.#options.signal?.aborted) return false;
    return this.#iterating && this.#taken < this.#epochs.length;
  }

  /** Takes over the epochs that ended in the last slice. */
  async #endEpochs(
    ended: Float64Array,
    validation: Dataset | null,
    seconds: number,
    remote: Remote | null,
  ): Promise<void> {
    const trainer = this.#trainer;
    const last = trainer.memory.get(abi.trainerEpoch);
    const { penalized } = trainer.memory.layout;
    for (let k = 0; k < ended.length; k += 3) {
      const [step, loss, penalty] = [ended[k] as number, ended[k + 1] as number, ended[k + 2] as number];
      const epoch = last - (ended.length - k) / 3 + 1;
      const entry = { epoch, step, loss, ...(penalized ? { penalty } : {}), seconds };
      if (!validation) {
        this.#stops.epoch(epoch, entry.loss, null);
        this.#epochs.push(entry);
      } else {
        const evaluation = remote ? await remote.evaluate() : trainer.hold(() => trainer.evaluateData(validation));
        trainer.disturbed = true;
        trainer.observeLoss(evaluation.loss);
        this.#stops.epoch(epoch, entry.loss, evaluation);
        this.#epochs.push({ ...entry, validation: evaluation, gap: evaluation.loss - loss });
      }
    }
    if (ended.length > 0) this.#notify();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Epoch> {
    this.#iterating = true;
    let taken = 0;
    try {
      while (true) {
        const next = this.#epochs[taken];
        if (next) {
          yield next;
          this.#taken = ++taken;
          this.#notify();
        } else if (this.#done) {
          await this.#history;
          return;
        } else await this.#changed();
      }
    } finally {
      this.#left = !this.#done;
      this.#notify();
      if (this.#left) await this.#history;
    }
  }

  // biome-ignore lint/suspicious/noThenProperty: a run is a promise of its history, so that `await` works on it.
  then<A = History, B = never>(
    resolved?: ((history: History) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#awaited = true;
    this.#notify();
    return this.#history.then(resolved, rejected);
  }
}

const optionNames = [
  "method",
  "epochs",
  "steps",
  "batchSize",
  "shuffle",
  "lastBatch",
  "validation",
  "signal",
  "worker",
  "onProgress",
  "statistics",
  "targetLoss",
  "gradientTolerance",
  "earlyStopping",
] as const;

/** The options, each read once: the object may change before the run has ended. */
function checkFit(given: FitOptions): FitOptions {
  const where = "fit";
  checkOptions(where, given, optionNames);
  const options = Object.fromEntries(optionNames.map((name) => [name, given[name]])) as unknown as FitOptions;
  const { epochs, steps, batchSize, lastBatch = "keep", shuffle = true, signal, worker = false } = options;
  const { onProgress, statistics, method } = options;
  if ((epochs === undefined) === (steps === undefined))
    throw new TypeError(`${where}: give either epochs or steps, got ${epochs === undefined ? "neither" : "both"}.`);
  if (epochs !== undefined) checkNumber(where, "epochs", epochs, { min: 1, integer: true });
  if (steps !== undefined) checkNumber(where, "steps", steps, { min: 1, integer: true });
  if (batchSize !== undefined) checkNumber(where, "batchSize", batchSize, { min: 1, integer: true });
  checkChoice(where, "lastBatch", lastBatch, ["keep", "drop"]);
  checkFlag(where, "shuffle", shuffle);
  if (signal !== undefined && typeof signal?.aborted !== "boolean")
    throw wrongKind(where, "signal", "an AbortSignal", signal);
  if (typeof worker !== "boolean" && typeof worker !== "string" && !(worker instanceof URL))
    throw wrongKind(where, "worker", "true, false or the URL of thalweg/worker", worker);
  if (statistics !== undefined) {
    checkOptions(`${where}: statistics`, statistics, ["every"]);
    const every = checkNumber(where, "statistics.every", statistics.every, { min: 1, integer: true });
    Object.assign(options, { statistics: { every } });
  }
  if (method !== undefined && typeof method?.begin !== "function")
    throw new TypeError(
      `${where}: method must be one of gradients, got ${(method as FitMethod | null)?.method ?? shown(method)}. Try lbfgs().`,
    );
  if (onProgress !== undefined && typeof onProgress !== "function")
    throw wrongKind(where, "onProgress", "a function", onProgress);
  return options;
}

/**
 * Makes ready what a run needs: data, programs for every number of rows that can occur. What it returns begins the run:
 * it writes into the record, and cannot throw.
 */
function prepare(trainer: Trainer, data: Dataset, options: FitOptions): () => void {
  const { batchSize = 32, shuffle = true, lastBatch = "keep" } = options;
  const batch = Math.min(batchSize, data.rows);
  const { memory, programs } = trainer;
  programs.prepareRuns(data, [batch, lastBatch === "keep" ? data.rows % batch : 0], shuffle);
  memory.reserveOrder(data.rows);
  return () => {
    trainer.disturbed = false;
    // Another number of rows or another batch starts its epoch anew; the same ones go on where they stood.
    if (memory.get(abi.trainerRows) !== data.rows || memory.get(abi.trainerPosition) % batch !== 0) {
      memory.set(abi.trainerPosition, 0);
      memory.setReal(abi.trainerEpochLoss, 0);
      memory.setReal(abi.trainerEpochPenalty, 0);
      memory.setReal(abi.trainerEpochRows, 0);
    }
    memory.write({
      [abi.trainerRows]: data.rows,
      [abi.trainerBatch]: batch,
      [abi.trainerShuffle]: Number(shuffle),
      [abi.trainerObserves]: Number(options.validation === undefined),
      [abi.trainerKeepLast]: Number(lastBatch === "keep"),
    });
    if (!shuffle) trainer.engine.bytes.copyWithin(memory.get(abi.trainerOrder), data.order, data.order + 4 * data.rows);
    trainer.engine.call((core) => core.restoreOrder(memory.record));
  };
}
