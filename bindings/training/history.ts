// Reports of a run of `fit`: progress, epochs and history.

import type { BestEpoch } from "./bestWeights.js";
import type { Evaluation } from "./evaluate.js";
import type { StepStatistics } from "./statistics.js";
import type { StopReason } from "./stopping.js";

/** Result of a method. */
export interface MethodOutcome {
  /** Loss of all rows at the final weights, computed as in training, without the penalty. */
  readonly loss: number;
  /** The penalty, if the trainer has one. */
  readonly penalty?: number;
  /** Euclidean norm of the gradient of loss and penalty there. */
  readonly gradientNorm: number;
  /** Number of evaluations of the loss over all rows. */
  readonly evaluations: number;
  /** Status as of `minimize`, or "stopped" if the options of fit ended the run first. */
  readonly status: string;
  /** The status as a sentence, with advice. */
  readonly message: string;
}

/** Progress of a run. */
export interface FitProgress {
  /** Updates over the life of the trainer. */
  readonly step: number;
  /** Finished epochs over the life of the trainer. */
  readonly epoch: number;
  /** Seconds of training in this run, without evaluation. */
  readonly seconds: number;
  /** Loss of every update since the last report. */
  readonly losses: Float64Array;
  /** Statistics of the last update, if it was measured. */
  readonly statistics?: StepStatistics;
}

/** One epoch. */
export interface Epoch<Results extends string = string> {
  /** Number of the epoch over the life of the trainer, from 1. */
  readonly epoch: number;
  /** Updates over the life of the trainer. */
  readonly step: number;
  /**
   * Mean loss of the samples of this epoch, each before its update, without the penalty; with a method the loss of all
   * rows before its step.
   */
  readonly loss: number;
  /** Mean penalty in the same sense, if the trainer has one. */
  readonly penalty?: number;
  /** Seconds of training in this run, without evaluation. */
  readonly seconds: number;
  /** Evaluation of the validation samples, if there are any. */
  readonly validation?: Evaluation<Results>;
  /** Generalization gap: validation loss minus `loss`, if there are validation samples. */
  readonly gap?: number;
}

/** Result of a run. */
export interface History<Results extends string = string> {
  /** Epochs of this run. */
  readonly epochs: readonly Epoch<Results>[];
  /** Updates of this run. */
  readonly steps: number;
  /** Seconds of training, without evaluation. */
  readonly seconds: number;
  /** True if it ran in a worker. */
  readonly worker: boolean;
  /** Why it did not, if `worker` was set: "this host has no workers", or the message of the host. */
  readonly workerReason?: string;
  /** Why it ended; "exhausted" if there were no more batches. */
  readonly stopped: "finished" | "signal" | "left" | "method" | "exhausted" | StopReason;
  /** Result of the method, if one was given. */
  readonly method?: MethodOutcome;
  /** The best epoch, with early stopping. */
  readonly best?: BestEpoch;
  /** Statistics of the measured updates, if requested. */
  readonly statistics?: readonly StepStatistics[];
}
