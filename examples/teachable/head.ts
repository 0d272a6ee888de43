/**
 * The head learns while examples come: every change is followed by some hundred updates, a few at a time, so that messages and
 * predictions come in between.
 */

import {
  accuracy,
  adamW,
  createRollingDataset,
  createTrainer,
  type Engine,
  type RollingDataset,
  sequential,
  softmaxCrossEntropy,
  type Trainer,
} from "thalweg";
import { headLayers } from "./net.js";

/** Most examples of all classes together. */
export const CAPACITY = 2000;
/** Updates after a change, and between two looks at what has changed. */
const UPDATES = 300;
const PACE = 20;
const BATCH = 32;

export interface Example {
  /** Place of its class. */
  label: number;
  features: Float32Array;
}

export interface Progress {
  updates: number;
  /** Time spent on updates since the head was made. */
  seconds: number;
  /** Share of the examples that are named correctly. */
  accuracy: number;
  training: boolean;
}

export class Head {
  readonly #engine: Engine;
  readonly #length: number;
  readonly #report: (progress: Progress) => void;
  #classes = 0;
  #trainer: Trainer | null = null;
  #examples: Example[] = [];
  #data: RollingDataset | null = null;
  #left = 0;
  #seconds = 0;
  #training: Promise<void> = Promise.resolve();
  #running = false;

  constructor(engine: Engine, length: number, report: (progress: Progress) => void) {
    this.#engine = engine;
    this.#length = length;
    this.#report = report;
  }

  /**
   * Takes up other classes and examples.
   *
   * @param places   for each class, its place before, whose weights it keeps; −1 for a new one
   * @param examples of all classes
   */
  async arrange(places: readonly number[], examples: readonly Example[]): Promise<void> {
    await this.#rest();
    const changed = places.length !== this.#classes || places.some((place, k) => place !== k);
    if (changed) this.#reshape(places);
    this.#examples = [...examples];
    this.#data?.free();
    this.#data = null;
    this.#learn();
  }

  /** Adds an example; training goes on with it. */
  add(example: Example): void {
    this.#examples.push(example);
    this.#data?.append(samplesOf([example], this.#length));
    this.#learn();
  }

  /** Probabilities of the classes; null before two of them have examples. */
  predict(features: Float32Array): number[] | null {
    return this.#trainer && this.#distinct
      ? this.#trainer.classify({ data: features, shape: [this.#length] }).probabilities
      : null;
  }

  /** A checkpoint of the head; null without classes. */
  save(): Uint8Array | null {
    return this.#trainer?.save() ?? null;
  }

  /** Goes on from a checkpoint of as many classes. */
  async restore(file: Uint8Array): Promise<void> {
    await this.#rest();
    this.#trainer?.restore(file);
    this.#tell();
  }

  /** True if there are examples of two classes. */
  get #distinct(): boolean {
    const [first] = this.#examples;
    return this.#examples.some(({ label }) => label !== first?.label);
  }

  /** A trainer for other classes: new ones begin with weights of zero. */
  #reshape(places: readonly number[]): void {
    const old = this.#trainer?.parameters();
    const before = this.#classes;
    this.#trainer?.free();
    this.#classes = places.length;
    this.#trainer = places.length > 0 ? this.#create(places.length) : null;
    if (!old || !this.#trainer) return;
    const own = this.#trainer.parameters();
    for (const [name, { data, shape }] of Object.entries(own)) {
      const source = (old[name] as (typeof own)[string]).data;
      if (shape.at(-1) !== places.length || !name.startsWith("1.")) data.set(source as never);
      else
        for (let k = 0; k < data.length; k++) {
          const place = places[k % places.length] as number;
          const row = Math.floor(k / places.length);
          data[k] = place < 0 ? 0 : (source[row * before + place] as number);
        }
    }
    this.#trainer.setParameters(own);
  }

  #create(classes: number): Trainer {
    return createTrainer(this.#engine, {
      model: sequential(headLayers(this.#length, classes)),
      loss: softmaxCrossEntropy(),
      optimizer: adamW({ learningRate: 0.003, weightDecay: 0.1 }),
      metrics: [accuracy()],
      seed: 1,
    }) as unknown as Trainer;
  }

  /** Ends the updates after those of the moment. */
  async #rest(): Promise<void> {
    this.#left = 0;
    await this.#training;
  }

  #learn(): void {
    this.#left = UPDATES;
    if (!this.#running && this.#trainer && this.#distinct) {
      this.#running = true;
      this.#training = this.#train(this.#trainer).finally(() => {
        this.#running = false;
        this.#tell();
      });
    }
    this.#tell();
  }

  async #train(trainer: Trainer): Promise<void> {
    this.#data ??= createRollingDataset(this.#engine, samplesOf(this.#examples, this.#length), { capacity: CAPACITY });
    const data = this.#data;
    while (this.#left > 0) {
      this.#left -= PACE;
      const start = performance.now();
      await trainer.fit(data, { steps: PACE, batchSize: Math.min(BATCH, data.rows) });
      this.#seconds += (performance.now() - start) / 1000;
      this.#tell();
      // Messages come in here.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  #tell(): void {
    this.#report({
      updates: this.#trainer?.steps ?? 0,
      seconds: this.#seconds,
      accuracy: this.#trainer && this.#data ? (this.#trainer.evaluate(this.#data).accuracy as number) : Number.NaN,
      training: this.#running,
    });
  }
}

function samplesOf(examples: readonly Example[], length: number) {
  const data = new Float32Array(examples.length * length);
  for (const [k, { features }] of examples.entries()) data.set(features, k * length);
  return {
    inputs: { data, shape: [examples.length, length] },
    targets: Int32Array.from(examples, ({ label }) => label),
  };
}
