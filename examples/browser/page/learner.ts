/** One method at work: its trainer, what it has reached, and its run in a worker. */

import {
  type Augmentation,
  accuracy,
  createDataset,
  createEngine,
  createTrainer,
  type Dataset,
  type Engine,
  type Layer,
  type preview,
  softmaxCrossEntropy,
  type Trainer,
} from "thalweg";
import type { DashboardRun } from "thalweg/dashboard";
import { type DigitSet, type Digits, PIXELS } from "./digits.js";
import { type Method, optimizerOf } from "./methods.js";
import { readSave, writeSave } from "./save.js";

/** Augmentation, of the part of the page that has it. */
export interface Distortion {
  augmentation: Augmentation;
  preview: typeof preview;
}

/** Network, data and engine of several learners. */
export interface School {
  engine: Engine;
  model: () => Layer;
  digits: Digits;
  train: Dataset;
  test: Dataset;
  distortion: Distortion | null;
  /** A learner with the first weights, which are the same for every method. */
  enroll(method: Method, augmented: boolean, run: DashboardRun): Learner;
}

/** openSchool: an engine for a network, with the digits in its memory. */
export async function openSchool(
  model: () => Layer,
  fetched: Promise<Digits>,
  distortion: Distortion | null = null,
): Promise<School> {
  const [engine, digits] = await Promise.all([createEngine(), fetched]);
  const dataset = ({ images, labels, count }: DigitSet) =>
    createDataset(engine, { inputs: { data: images, shape: [count, PIXELS] }, targets: labels });
  const school: School = {
    engine,
    model,
    digits,
    train: dataset(digits.train),
    test: dataset(digits.test),
    distortion,
    enroll: (method, augmented, run) => new Learner(school, method, augmented ? distortion : null, run),
  };
  return school;
}

/** More than anybody waits for. */
const EPOCHS = 1000;

/** trainerOf: a trainer with the first weights. */
export function trainerOf({ engine, model, digits }: School, method: Method): Trainer {
  return createTrainer(engine, {
    model: model(),
    loss: softmaxCrossEntropy(),
    optimizer: optimizerOf(method),
    metrics: [accuracy()],
    standardize: digits.standardize,
    seed: 7,
  });
}

export class Learner {
  trainer: Trainer;
  /** Updates when the network was last kept, downloaded or loaded; what came after would be lost with the page. */
  saved = 0;
  #training: Promise<unknown> = Promise.resolve();

  constructor(
    readonly school: School,
    readonly method: Method,
    /** Null for training on the digits as they are. */
    readonly distortion: Distortion | null,
    /** Its curves, and its run in the dashboard. */
    readonly run: DashboardRun,
  ) {
    this.trainer = trainerOf(school, method);
  }

  get augmented(): boolean {
    return this.distortion !== null;
  }

  get running(): boolean {
    return this.run.state === "running";
  }

  /** True if it trains in a worker; null before it first paused or ended. */
  get inWorker(): boolean | null {
    return this.run.worker;
  }

  /** True if there are updates that were not saved. */
  get unsaved(): boolean {
    return this.trainer.steps !== this.saved;
  }

  /** The last loss over training batches and over the test digits, and the test accuracies after every epoch. */
  get reached(): { loss: number | undefined; testLoss: number | undefined; accuracies: readonly number[] } {
    const { loss, validation } = this.run.curves;
    return {
      loss: loss.values.at(-1),
      testLoss: validation.loss?.values.at(-1),
      accuracies: validation.accuracy?.values ?? [],
    };
  }

  /** Trains, or goes on after a pause, until it is stopped or for a number of epochs; reports progress and the end of every epoch. */
  async train(report: { progress(): void; epoch(): void }, epochs = EPOCHS): Promise<void> {
    if (this.run.state === "paused") {
      this.run.resume();
      return;
    }
    const { train, test } = this.school;
    const run = this.run.fit(this.trainer, train, {
      epochs,
      batchSize: this.method.batchSize,
      validation: test as never,
      ...(this.distortion ? { augment: this.distortion.augmentation } : {}),
      worker: true,
      onProgress: report.progress,
      onEpoch: report.epoch,
    });
    this.#training = run.catch(() => {});
    await run;
  }

  pause(): void {
    this.run.pause();
  }

  /** Ends a paused run, so that the trainer can be changed. */
  async stop(): Promise<void> {
    this.run.stop();
    await this.#training;
  }

  /** The first training digits as the next update would see them, in units of a byte. */
  seen(count: number): ArrayLike<number> {
    const { train, digits } = this.school;
    if (!this.distortion) return digits.train.images.subarray(0, count * PIXELS);
    const { augmentation, preview } = this.distortion;
    const rows = Array.from({ length: count }, (_, k) => k);
    return preview(this.trainer, train, rows, { augment: augmentation }).inputs.data;
  }

  /** Back to the first weights. */
  async reset(): Promise<void> {
    await this.stop();
    this.trainer.free();
    this.trainer = trainerOf(this.school, this.method);
    this.run.clear();
    this.saved = 0;
  }

  /** The network as a file: the trainer's own checkpoint, with its curves beside it. */
  file(): Uint8Array {
    return writeSave(this.trainer.save(), this.run.curves);
  }

  /**
   * Goes on from a file as if training had never stopped. A checkpoint without curves, written by another program, begins
   * them with what its weights reach on the test digits.
   *
   * @throws RangeError the file is damaged or of another network; nothing has changed then
   */
  async load(file: Uint8Array): Promise<void> {
    const curves = readSave(file);
    this.trainer.restore(file);
    await this.stop();
    this.saved = this.trainer.steps;
    this.run.clear();
    try {
      if (curves) this.run.restore(curves);
    } catch {
      // Something else is in its place.
    }
    if (this.reached.accuracies.length > 0) return;
    const validation = this.trainer.evaluate(this.school.test);
    this.run.epoch({ epoch: 0, step: this.trainer.steps, loss: validation.loss, seconds: 0, validation });
  }
}
