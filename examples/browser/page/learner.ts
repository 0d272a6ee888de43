/** One method at work: its trainer, what it has reached, and its run in a worker. */

import {
  accuracy,
  createTrainer,
  type Dataset,
  type Engine,
  linear,
  relu,
  sequential,
  softmaxCrossEntropy,
  type Trainer,
} from "thalweg";
import type { Digits } from "./digits.js";
import { type Method, optimizerOf } from "./methods.js";

/** What all learners share. */
export interface School {
  engine: Engine;
  digits: Digits;
  train: Dataset;
  test: Dataset;
}

/** trainerOf: 784 inputs, 128 hidden units, 10 outputs; every method starts from the same weights. */
export function trainerOf({ engine, digits }: School, method: Method): Trainer {
  return createTrainer(engine, {
    model: sequential([linear(784, 128), relu(), linear(128, 10)]),
    loss: softmaxCrossEntropy(),
    optimizer: optimizerOf(method),
    metrics: [accuracy()],
    standardize: digits.standardize,
    seed: 7,
  });
}

export type Curve = [x: number[], y: number[]];

export class Learner {
  trainer: Trainer;
  /** Training loss, and share of test digits read correctly, against seconds of training. */
  loss: Curve = [[], []];
  accuracy: Curve = [[], []];
  seconds = 0;
  /** Whether the last run was in a worker; null before the first. */
  inWorker: boolean | null = null;
  #stop: AbortController | null = null;

  constructor(
    readonly school: School,
    readonly method: Method,
  ) {
    this.trainer = trainerOf(school, method);
  }

  get running(): boolean {
    return this.#stop !== null;
  }

  /** Trains until it is paused, or for so many epochs; tells of every progress and of every epoch. */
  async train(tell: { progress(): void; epoch(): void }, epochs = 100_000): Promise<void> {
    const { train, test } = this.school;
    this.#stop = new AbortController();
    const before = this.seconds;
    try {
      const run = this.trainer.fit(train, {
        epochs,
        batchSize: this.method.batchSize,
        validation: test,
        worker: true,
        signal: this.#stop.signal,
        onProgress: ({ losses, seconds }) => {
          this.seconds = before + seconds;
          if (losses.length > 0) this.#add(this.loss, losses.reduce((sum, loss) => sum + loss, 0) / losses.length);
          tell.progress();
        },
      });
      for await (const epoch of run) {
        this.seconds = before + epoch.seconds;
        this.#add(this.accuracy, epoch.validation?.accuracy as number);
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

  /** Back to the first weights. */
  reset(): void {
    this.trainer.free();
    this.trainer = trainerOf(this.school, this.method);
    this.forget();
  }

  /** Curves begin anew, with what the weights reach on these digits. */
  forget(test?: Dataset): void {
    this.loss = [[], []];
    this.accuracy = [[], []];
    this.seconds = 0;
    if (!test) return;
    const { loss, accuracy } = this.trainer.evaluate(test);
    this.#add(this.loss, loss);
    this.#add(this.accuracy, accuracy as number);
  }
}
