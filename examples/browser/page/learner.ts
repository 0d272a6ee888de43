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
import { type Curve, type Curves, emptyCurves } from "./curves.js";
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
  enroll(method: Method, augmented: boolean): Learner;
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
    enroll: (method, augmented) => new Learner(school, method, augmented ? distortion : null),
  };
  return school;
}

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
  curves: Curves = emptyCurves();
  /** Seconds of training so far. */
  seconds = 0;
  /** Updates when the network was last kept, downloaded or loaded; what came after would be lost with the page. */
  saved = 0;
  /** True if the last run was in a worker; null before the first. */
  inWorker: boolean | null = null;
  #stop: AbortController | null = null;

  constructor(
    readonly school: School,
    readonly method: Method,
    /** Null for training on the digits as they are. */
    readonly distortion: Distortion | null,
  ) {
    this.trainer = trainerOf(school, method);
  }

  get augmented(): boolean {
    return this.distortion !== null;
  }

  get running(): boolean {
    return this.#stop !== null;
  }

  /** True if there are updates that were not saved. */
  get unsaved(): boolean {
    return this.trainer.steps !== this.saved;
  }

  /** Trains until it is paused, or for a number of epochs; reports progress and the end of every epoch. */
  async train(tell: { progress(): void; epoch(): void }, epochs = 100_000): Promise<void> {
    const { train, test } = this.school;
    this.#stop = new AbortController();
    const before = this.seconds;
    try {
      const run = this.trainer.fit(train, {
        epochs,
        batchSize: this.method.batchSize,
        validation: test,
        ...(this.distortion ? { augment: this.distortion.augmentation } : {}),
        worker: true,
        signal: this.#stop.signal,
        onProgress: ({ losses, seconds }) => {
          this.seconds = before + seconds;
          if (losses.length > 0)
            this.#add(this.curves.loss, losses.reduce((sum, loss) => sum + loss, 0) / losses.length);
          tell.progress();
        },
      });
      for await (const epoch of run) {
        this.seconds = before + epoch.seconds;
        this.#add(this.curves.testLoss, epoch.validation?.loss as number);
        this.#add(this.curves.accuracy, epoch.validation?.accuracy as number);
        tell.epoch();
      }
      this.inWorker = (await run).worker;
    } finally {
      this.#stop = null;
    }
  }

  #add([x, y]: Curve, value: number): void {
    x.push(this.seconds);
    y.push(value);
  }

  pause(): void {
    this.#stop?.abort();
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
  reset(): void {
    this.trainer.free();
    this.trainer = trainerOf(this.school, this.method);
    this.curves = emptyCurves();
    this.seconds = 0;
    this.saved = 0;
  }

  /** The network as a file: the trainer's own checkpoint, with seconds and curves beside it. */
  file(): Uint8Array {
    return writeSave(this.trainer.save(), { seconds: this.seconds, curves: this.curves });
  }

  /**
   * Goes on from a file as if training had never stopped. A checkpoint without curves, written by another program, begins
   * them with what its weights reach on the test digits.
   *
   * @throws RangeError the file is damaged or of another network; nothing has changed then
   */
  load(file: Uint8Array): void {
    const { seconds, curves } = readSave(file);
    this.trainer.restore(file);
    this.seconds = seconds;
    this.curves = curves;
    this.saved = this.trainer.steps;
    if (curves.accuracy[0].length > 0) return;
    const { loss, accuracy } = this.trainer.evaluate(this.school.test);
    this.#add(this.curves.testLoss, loss);
    this.#add(this.curves.accuracy, accuracy as number);
  }
}
