// Options of `fit`, and the methods that can replace the optimizer.

import { type Augmentation, checkAugmentation } from "../data/augmentation.js";
import type { Dataset, Samples } from "../data/dataset.js";
import type { StopSignal, UrlObject } from "../engine/globals.js";
import { batchesOf } from "../optimizers/gradientTransforms.js";
import type { Opaque } from "../values/opaque.js";
import { checkChoice, checkFlag, checkNumber, checkOptions, shown, wrongKind } from "../values/options.js";
import type { FitProgress, MethodOutcome } from "./history.js";
import type { TrainerInternals } from "./internals.js";
import type { Pace } from "./pace.js";
import type { TrainerParts } from "./parts.js";
import type { StopOptions } from "./stopping.js";

/** Minimization method, made by `lbfgs`, `bfgs`, `conjugateGradient` or `gradientDescent`. */
export interface FitMethod extends Opaque<"FitMethod"> {
  /** @internal */
  readonly method: string;
  /** Returns the options with which its runs are prepared; throws for options it does not support. @internal */
  readonly plan: (options: FitOptions, rows: number) => FitOptions;
  /** Starts on all rows, for which the runs are prepared. @internal */
  readonly begin: (trainer: TrainerInternals) => MethodRun;
}

/** A method while it runs. @internal */
export interface MethodRun {
  readonly ended: boolean;
  advance(runs: number, steps: number): void;
  outcome(): MethodOutcome;
  free(): void;
}

/** Length of a run: either epochs or steps. */
export type RunLength =
  | {
      /** Epochs to train, an integer ≥ 1; the rest of an unfinished epoch counts as one. */
      readonly epochs: number;
      /** Not with epochs. */
      readonly steps?: never;
    }
  | {
      /** Number of updates, an integer ≥ 1. */
      readonly steps: number;
      /** Not with steps. */
      readonly epochs?: never;
    };

/** Options of `fit` over data of any kind. */
export interface RunOptions<S = Samples> {
  /** Random changes of the inputs in training, `augment([randomFlip()])` for example; default: that of the data. */
  readonly augment?: Augmentation;
  /** Samples to evaluate after every epoch, which are not trained on and not augmented; default: none. */
  readonly validation?: S | Dataset;
  /** Ends the run after a whole step when aborted; default: none. */
  readonly signal?: StopSignal;
  /**
   * Trains in a worker thread, so that a page stays responsive; default false. The results are the same. Meanwhile the
   * trainer can be evaluated and saved, as of the last progress. Where the host has no workers, or the validation samples
   * have another form than the training samples (class indices here, rows of numbers there), training runs in short slices
   * in this thread: see `history.worker` and `history.workerReason`; so do streams and rolling data sets. A page whose
   * security policy forbids workers from blobs serves the package's `thalweg/worker` and gives its URL here; Node and Bun
   * treat a URL as true.
   */
  readonly worker?: boolean | string | UrlObject;
  /**
   * Measures norms by parameter and dead units of every n-th update; default: none. It does not change the training, but
   * keeps it in this thread even if `worker` is set.
   */
  readonly statistics?: {
    /** Interval in updates, counted over the life of the trainer: an integer ≥ 1. */
    readonly every: number;
  };
  /** Called after every slice, about twenty times a second; with a worker at most ten times. Default: none. */
  readonly onProgress?: (progress: FitProgress) => void;
  /**
   * Calls `onProgress` after every n-th update, counted over the life of the trainer: an integer ≥ 1; default: as stated there.
   * The numbers of the training do not change. Slices become shorter, which costs some microseconds each, and with a worker a
   * copy of the weights and the optimizer's state.
   */
  readonly progressEvery?: number;
  /**
   * Maximum of updates a second and of reports, by `createPace`; both can be changed while it runs, also to pause it. Default: as
   * fast as the host can, with reports as stated at `onProgress`. The numbers of the training do not change.
   */
  readonly pace?: Pace;
}

/**
 * Options of `fit`. A run over the same number of rows in the same batches as the previous one continues its epoch.
 */
export type FitOptions<S = Samples, Results extends string = never> = StopOptions<Results> &
  RunOptions<S> & {
    /**
     * Method that minimizes loss and penalty over all rows in place of the optimizer, `lbfgs()` for example; default: the
     * optimizer. A step is one iteration with its line search, and an epoch. During a line search the dropout masks, the
     * batches and the running state are fixed; the running state is updated once per step, and masks are drawn anew for the
     * next. Every run starts the method afresh, also after `restore`: checkpoints contain weights and counts, but not its
     * approximation of the curvature. It ends by itself when no step lowers the loss: see `history.method`.
     */
    readonly method?: FitMethod;
    /**
     * Rows of an update, an integer ≥ 1; default 32. Larger batches give less noisy and fewer updates; all rows are batch
     * gradient descent.
     */
    readonly batchSize?: number;
    /** True shuffles the rows before every epoch, in an order given by the seed; default true. */
    readonly shuffle?: boolean;
    /** "keep" or "drop" a last batch that is smaller; default "keep". */
    readonly lastBatch?: "keep" | "drop";
  } & RunLength;

/** Batches in their order, from an async generator for example: each is trained on once, as by `step`. */
export type Batches<S = Samples> = AsyncIterable<S> | Iterable<S>;

/**
 * Options of `fit` over batches. The next batch is taken when the last one was trained on. A run that ends before the batches
 * do closes their iterator, as leaving a loop over them does.
 */
export type StreamOptions<S = Samples, Results extends string = never> = StopOptions<Results> &
  RunOptions<S> & {
    /**
     * Batches of an epoch, an integer ≥ 1, for batches without an end; a run with the same number continues the epoch of the
     * previous one. Default: an epoch is one iteration of the batches. Batches that end are iterated again, if they can be;
     * those of a generator cannot: `history.stopped` is then "exhausted".
     */
    readonly stepsPerEpoch?: number;
  } & RunLength;

/** First those of arrays alone, last that of streams alone. */
const optionNames = [
  "method",
  "batchSize",
  "shuffle",
  "lastBatch",
  "epochs",
  "steps",
  "augment",
  "validation",
  "signal",
  "worker",
  "onProgress",
  "progressEvery",
  "pace",
  "statistics",
  "targetLoss",
  "gradientTolerance",
  "earlyStopping",
  "stepsPerEpoch",
] as const;

/** Options of a run over arrays or a stream. */
export type AnyFitOptions = FitOptions & Pick<StreamOptions, "stepsPerEpoch">;

/** Checks and copies the options, as the object may change during the run. */
export function checkFit(given: AnyFitOptions, streams: boolean): AnyFitOptions {
  const where = "fit";
  const names = streams ? optionNames.slice(4) : optionNames.slice(0, -1);
  checkOptions(streams ? "fit over batches" : where, given, names);
  const options = Object.fromEntries(names.map((name) => [name, given[name]])) as unknown as AnyFitOptions;
  const { epochs, steps, batchSize, lastBatch = "keep", shuffle = true, signal, worker = false } = options;
  const { onProgress, progressEvery, statistics, method, stepsPerEpoch, pace } = options;
  if ((epochs === undefined) === (steps === undefined))
    throw new TypeError(`${where}: give either epochs or steps, got ${epochs === undefined ? "neither" : "both"}.`);
  for (const [name, value] of Object.entries({ epochs, steps, batchSize, stepsPerEpoch, progressEvery }))
    if (value !== undefined) checkNumber(where, name, value, { min: 1, integer: true });
  checkChoice(where, "lastBatch", lastBatch, ["keep", "drop"]);
  checkFlag(where, "shuffle", shuffle);
  if (signal !== undefined && typeof signal?.aborted !== "boolean")
    throw wrongKind(where, "signal", "an AbortSignal", signal);
  if (typeof worker !== "boolean" && typeof worker !== "string" && !(worker instanceof URL))
    throw wrongKind(where, "worker", "true, false or the URL of thalweg/worker", worker);
  if (pace !== undefined && typeof pace?.turn !== "function")
    throw wrongKind(where, "pace", "a pace by createPace", pace);
  if (statistics !== undefined) {
    checkOptions(`${where}: statistics`, statistics, ["every"]);
    const every = checkNumber(where, "statistics.every", statistics.every, { min: 1, integer: true });
    Object.assign(options, { statistics: { every } });
  }
  if (method !== undefined && typeof method?.begin !== "function")
    throw new TypeError(
      `${where}: method must use gradients, got ${(method as FitMethod | null)?.method ?? shown(method)}. Try lbfgs().`,
    );
  checkAugmentation(where, given.augment);
  if (onProgress !== undefined && typeof onProgress !== "function")
    throw wrongKind(where, "onProgress", "a function", onProgress);
  return options;
}

/** @throws TypeError  an update accumulates several batches */
export function checkMeasurable(where: string, options: TrainerParts): void {
  if (batchesOf(options.gradient) > 1)
    throw new TypeError(
      `${where}: statistics cannot be combined with accumulate, whose updates use several batches. Drop one of them.`,
    );
}
