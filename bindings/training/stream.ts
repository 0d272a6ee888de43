// A run of `fit` over batches that come one by one, each trained on as by `step`, in one staging data set that grows to the
// largest batch. The next batch is taken when the last one was trained on. This file is loaded on demand.

import type { AnySamples, Dataset } from "../data/dataset.js";
import * as fields from "../engine/recordFields.js";
import type { Driver, Slice, SliceLimits } from "./driver.js";
import type { AnyFitOptions, Batches } from "./fitOptions.js";
import type { TrainerInternals } from "./internals.js";
import type { BatchRows, MeasuredUpdates } from "./measuredUpdates.js";
import type { RunParts } from "./runParts.js";

/** Milliseconds of a slice. */
const sliceTime = 20;
/** Microtasks for which a slice waits for one more batch. */
const patience = 8;
/**
 * Rows of the epoch in the trainer's record are this minus stepsPerEpoch, and its position counts batches: no data set has so
 * many rows, so that its runs do not continue such an epoch.
 */
const mostRows = 2 ** 31;

type AnyIterator = AsyncIterator<AnySamples> | Iterator<AnySamples>;

/** An item that was requested; `read` returns it when it has come, or throws the error of the source. */
interface Pending {
  read: (() => IteratorResult<AnySamples>) | null;
}

/** The batches of a run. */
export class Stream implements Driver {
  readonly worker = false;
  readonly workerReason: string | undefined;
  exhausted = false;
  readonly #trainer: TrainerInternals;
  readonly #source: Batches<AnySamples>;
  readonly #options: AnyFitOptions;
  readonly #parts: RunParts;
  #iterator: AnyIterator | null = null;
  /** The iterator of the last iteration. */
  #last: AnyIterator | null = null;
  #pending: Pending | null = null;
  /** Batches of this run, and of this iteration. */
  #batches = 0;
  #iterated = 0;
  /** The last batch. */
  #staging: Dataset | null = null;

  constructor(
    parts: RunParts,
    source: Batches<AnySamples>,
    readonly measured: MeasuredUpdates | undefined,
  ) {
    const { trainer, options } = parts;
    this.#trainer = trainer;
    this.#source = source;
    this.#options = options;
    this.#parts = parts;
    this.workerReason = options.worker ? "batches of a stream are trained on in this thread" : undefined;
  }

  /** Address of the order of the last batch, and its rows. */
  get lastBatch(): BatchRows {
    const { order, rows } = this.#staging as Dataset;
    return { order, rows };
  }

  /** Trains on batches until none is there, or a limit is reached. */
  async advance({ steps, epochs, gradientTolerance }: SliceLimits): Promise<Slice> {
    const { memory, lock } = this.#trainer;
    const losses: number[] = [];
    const ended: number[] = [];
    let [done, spent] = [0, 0];
    while (done < steps && ended.length < 3 * epochs && spent < sliceTime) {
      const taken = await this.#take(losses.length > 0);
      if (!taken) break;
      const begun = performance.now();
      const before = memory.steps;
      const isLast = lock.hold(() => {
        if (taken.done) this.#endEpoch();
        else {
          const left = this.#parts.untilStop();
          this.#train(taken.value);
          losses.push(...memory.sliceLosses());
          if (memory.get(fields.trainerPosition) === this.#options.stepsPerEpoch) this.#endEpoch();
          else memory.set(fields.trainerEpochCount, 0);
          return memory.steps > before && (left === 1 || gradientTolerance !== null);
        }
        return false;
      });
      ended.push(...memory.sliceEpochs());
      done += memory.steps - before;
      spent += performance.now() - begun;
      if (isLast) break;
    }
    return { seconds: spent / 1000, steps: done, losses: Float64Array.from(losses), ended: Float64Array.from(ended) };
  }

  /** Returns the next batch, or the end of an epoch; null if there is none: not yet, if `hurries`, or not any more. */
  async #take(hurries: boolean): Promise<IteratorResult<AnySamples> | null> {
    const { isStopped, changed } = this.#parts;
    for (let waited = 0; !isStopped(); waited++) {
      if (!this.#open()) return null;
      this.#pending ??= this.#request();
      const { read } = this.#pending;
      if (read) {
        this.#pending = null;
        const result = this.#read(read);
        if (result.done) this.#iterator = null;
        else this.#iterated++;
        if (!result.done || (this.#options.stepsPerEpoch === undefined && this.#iterated > 0)) return result;
      } else if (hurries && waited === patience) return null;
      else await (hurries ? null : changed());
    }
    return null;
  }

  /** Begins to iterate, if that is to be done; returns false if there are no more batches. */
  #open(): boolean {
    if (this.#iterator) return true;
    const source = this.#source as AsyncIterable<AnySamples> & Iterable<AnySamples>;
    const iterator: AnyIterator = this.#read(() => source[Symbol.asyncIterator]?.() ?? source[Symbol.iterator]());
    if (this.#last && (iterator === this.#last || this.#iterated === 0)) {
      const { epochs, stepsPerEpoch } = this.#options;
      if (this.#batches === 0) throw new RangeError("fit: there are no batches. Check what is iterated.");
      if (epochs !== undefined && stepsPerEpoch === undefined)
        throw new TypeError(
          `fit: the batches ended after ${this.#batches}, and cannot be iterated again for ${epochs} epochs. Give an object ` +
            "with [Symbol.asyncIterator]() { return batches(); }, or stepsPerEpoch.",
        );
      this.exhausted = true;
      return false;
    }
    this.#iterator = iterator;
    this.#last = iterator;
    this.#iterated = 0;
    return true;
  }

  #request(): Pending {
    const pending: Pending = { read: null };
    const settle = (read: () => IteratorResult<AnySamples>): void => {
      pending.read = read;
      this.#parts.notify();
    };
    new Promise<IteratorResult<AnySamples>>((resolve) => resolve((this.#iterator as AnyIterator).next())).then(
      (result) => settle(() => result),
      (error) =>
        settle(() => {
          throw error;
        }),
    );
    return pending;
  }

  /** Reads from the source; its errors name the batch. */
  #read<T>(read: () => T): T {
    try {
      return read();
    } catch (cause) {
      this.#iterator = null; // it has ended itself
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`fit: batch ${this.#batches + 1}: its source failed: ${message}`, { cause });
    }
  }

  /** Trains on a batch. */
  #train(batch: AnySamples): void {
    const { engine, memory, programs, options } = this.#trainer;
    const { augment } = this.#options;
    const { datasetOf, lookUpNext } = this.#parts;
    const where = `fit: batch ${this.#batches + 1}`;
    programs.caller = where;
    if (batch?.augment) throw new TypeError(`${where}: augment is an option of fit, got it in a batch. Move it there.`);
    const data = datasetOf(where, engine, batch, options.loss.targets, this.#staging);
    this.#staging = data;
    programs.prepareStep(data, augment);
    if (this.#batches === 0) this.#continueEpoch();
    lookUpNext(this.#trainer);
    engine.checked((core) => core.step(memory.record, data.order, data.rows), memory);
    engine.call((core) => core.countStep(memory.record));
    memory.set(fields.trainerPosition, memory.get(fields.trainerPosition) + 1);
    this.#batches++;
  }

  /** Continues the epoch of the last run over batches, or begins one. */
  #continueEpoch(): void {
    const { memory } = this.#trainer;
    const { stepsPerEpoch = 0, validation } = this.#options;
    const rows = mostRows - stepsPerEpoch;
    if (memory.get(fields.trainerRows) !== rows) memory.beginEpoch();
    memory.write({ [fields.trainerRows]: rows, [fields.trainerObserves]: Number(validation === undefined) });
  }

  #endEpoch(): void {
    const { engine, memory } = this.#trainer;
    engine.call((core) => core.endEpoch(memory.record));
  }

  /** Closes the iterator if its batches are not at their end, and frees the staging data set. */
  async end(): Promise<void> {
    const iterator = this.#iterator;
    this.#iterator = null;
    this.#staging?.free();
    if (!iterator?.return) return;
    const closed = new Promise((resolve) => resolve(iterator.return?.())).catch(() => {});
    // A generator closes only after the batch that it still makes.
    if (!this.#pending || this.#pending.read) await closed;
  }
}
