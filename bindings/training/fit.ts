// A run of `fit`: slices of training, one WebAssembly call each, between which it yields to the host.

import * as abi from "../../assembly/abi.js";
import { type AnySamples, checkSamples, Dataset, datasetOf } from "../data/dataset.js";
import { doubleAt } from "../engine/addresses.js";
import * as fields from "../engine/recordFields.js";
import { SlicePacer, sliceTime } from "../engine/slices.js";
import { yieldToHost } from "../engine/yieldToHost.js";
import { blockBytes, readArray } from "../tensors/trace.js";
import { wholeLines } from "../values/arrays.js";
import { EngineError } from "../values/errors.js";
import { has } from "../values/options.js";
import type { Driver, Slice } from "./driver.js";
import type { Evaluator } from "./evaluate.js";
import { type AnyFitOptions, type Batches, checkFit, checkMeasurable, type MethodRun } from "./fitOptions.js";
import type { Epoch, History } from "./history.js";
import type { TrainerInternals } from "./internals.js";
import { runsOf } from "./programs.js";
import { writeTable } from "./records.js";
import { lookUpNext, lookUpSchedules, writeLayerNumbers } from "./schedules.js";
import type { StepStatistics } from "./statistics.js";
import { Stops } from "./stopping.js";

/** A run of `fit`: iterate over its epochs, or await its history. */
export class Run<Results extends string = string>
  implements AsyncIterable<Epoch<Results>>, PromiseLike<History<Results>>
{
  readonly #trainer: TrainerInternals;
  readonly #evaluator: Evaluator;
  readonly #options: AnyFitOptions;
  readonly #stops: Stops;
  readonly #method: MethodRun | null;
  readonly #history: Promise<History<Results>>;
  readonly #epochs: Epoch<Results>[] = [];
  readonly #notifyBound = (): void => this.#notify();
  /** Losses since the last call of onProgress, and its time. */
  #unreported: Float64Array = new Float64Array(0);
  #reported = Number.NEGATIVE_INFINITY;
  #awaited = false;
  #done = false;
  #left = false;
  #iterating = false;
  #taken = 0;
  #pacer: SlicePacer | null = null;
  /** Version of the data for which the run is prepared. */
  #version = 0;
  #driver: Driver | null = null;
  #wake: (() => void)[] = [];

  /** @internal */
  constructor(
    trainer: TrainerInternals,
    evaluator: Evaluator,
    samples: AnySamples | Dataset | Batches<AnySamples>,
    given: AnyFitOptions,
  ) {
    const batches = iterates(samples) ? samples : null;
    if (!batches) checkSamples("fit", samples as AnySamples);
    const options = checkFit(given, batches !== null);
    this.#stops = new Stops(trainer.memory, trainer.options, options, options.validation !== undefined);
    if (options.statistics !== undefined) checkMeasurable("fit", trainer.options);
    this.#trainer = trainer;
    this.#evaluator = evaluator;
    const releases: (() => void)[] = [];
    const release = (): void => {
      for (const free of releases) free();
    };
    try {
      const data = batches ?? residentData(trainer, "fit", samples as AnySamples, releases);
      const { validation: other } = options;
      const validation = other === undefined ? null : residentData(trainer, "fit: validation", other, releases);
      if (validation) evaluator.prepare(validation);
      trainer.programs.caller = "fit";
      this.#options = options.method ? options.method.plan(options, (data as Dataset).rows) : options;
      const begin = batches ? null : prepareRun(trainer, data as Dataset, this.#options);
      const method = options.method?.begin(trainer) ?? null;
      this.#method = method;
      releases.push(() => method?.free());
      options.signal?.addEventListener?.("abort", this.#notifyBound);
      // Nothing below throws.
      begin?.();
      this.#history = this.#train(data, validation).finally(() => {
        this.#end();
        release();
        options.signal?.removeEventListener?.("abort", this.#notifyBound);
      });
    } catch (error) {
      release();
      throw error;
    }
    // Iteration throws the error; this branch must not count as an unhandled rejection.
    this.#history.catch(() => {});
  }

  #end(): void {
    this.#trainer.lock.state = "idle";
    this.#done = true;
    this.#notify();
    this.#stops.best?.restore();
    this.#trainer.memory.set(fields.trainerMeasured, -1);
  }

  #notify(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const resolve of waiting) resolve();
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  async #train(data: Dataset | Batches<AnySamples>, validation: Dataset | null): Promise<History<Results>> {
    const { gradientTolerance = null, pace } = this.#options;
    const { epochs = Number.POSITIVE_INFINITY, steps = Number.POSITIVE_INFINITY } = this.#options;
    const { lock } = this.#trainer;
    const stops = this.#stops;
    await yieldToHost();
    const driver = await this.#start(data, validation);
    this.#driver = driver;
    let done = 0;
    let seconds = 0;
    const reason = (): History["stopped"] | null => this.#stopReason(epochs, steps - done);
    try {
      while (!reason()) {
        const most = pace ? await pace.turn(done) : steps;
        if (!most) continue;
        const oneEpoch = validation !== null || stops.checksEpochs || this.#iterating;
        const left = {
          steps: Math.min(steps - done, this.#untilStop(), most),
          epochs: oneEpoch ? 1 : epochs - this.#epochs.length,
        };
        const slice = driver?.advance
          ? await driver.advance({ ...left, gradientTolerance })
          : lock.hold(() => this.#advance(left, data as Dataset));
        done += slice.steps;
        seconds += slice.seconds;
        if (slice.losses.length > 0) stops.update();
        const measured = driver?.measured;
        const read = measured && slice.losses.length > 0;
        const statistics = read ? lock.hold(() => measured.read(driver.lastBatch)) : null;
        await this.#endEpochs(slice.ended, validation, seconds);
        this.#report(slice, seconds, statistics, !reason());
        await yieldToHost();
        while (this.#waitsForConsumer()) await this.#changed();
      }
    } finally {
      await driver?.end?.();
    }
    const { worker = false, workerReason } = driver ?? {};
    const stopped = reason() ?? "finished";
    return this.#historyOf({ steps: done, seconds, worker, ...(workerReason ? { workerReason } : {}), stopped });
  }

  #historyOf(run: Omit<History, "epochs" | "method" | "best" | "statistics">): History<Results> {
    const best = this.#stops.best?.epoch;
    const { measured } = this.#driver ?? {};
    return {
      epochs: this.#epochs,
      ...run,
      ...(this.#method ? { method: this.#method.outcome() } : {}),
      ...(best ? { best } : {}),
      ...(measured ? { statistics: measured.all } : {}),
    };
  }

  #stopReason(epochs: number, stepsLeft: number): History["stopped"] | null {
    if (this.#left) return "left";
    if (this.#options.signal?.aborted) return "signal";
    if (this.#stops.reason) return this.#stops.reason;
    if (this.#method?.ended) return "method";
    if (this.#epochs.length >= epochs || stepsLeft <= 0) return "finished";
    return this.#driver?.exhausted ? "exhausted" : null;
  }

  /** Returns what drives the run; null for a plain one. */
  async #start(data: Dataset | Batches<AnySamples>, validation: Dataset | null): Promise<Driver | null> {
    const options = this.#options;
    const trainer = this.#trainer;
    const isPlain = !(options.worker || options.statistics || options.earlyStopping);
    if (isPlain && data instanceof Dataset) return null;
    const { driverOf } = await import("./onDemand.js");
    return driverOf({
      trainer,
      evaluator: this.#evaluator,
      options,
      stops: this.#stops,
      data,
      validation,
      EngineError,
      yieldToHost,
      datasetOf,
      lookUpNext,
      lookUpSchedules,
      writeLayerNumbers,
      doubleAt,
      blockBytes,
      readArray,
      wholeLines,
      runsOf,
      writeTable,
      prepare: () => prepareRun(trainer, data as Dataset, options)(),
      changed: () => this.#changed(),
      notify: this.#notifyBound,
      isStopped: () => this.#stopReason(Number.POSITIVE_INFINITY, 1) !== null,
      untilStop: () => this.#untilStop(),
    });
  }

  /** Trains a slice in this thread. */
  #advance(left: { steps: number; epochs: number }, data: Dataset): Slice {
    const trainer = this.#trainer;
    const { engine, memory, programs } = trainer;
    if (programs.prepared !== "fit" || data.version !== this.#version) {
      prepareRun(trainer, data, this.#options)();
      // Rows that were added wait for the end of the epoch.
      if (memory.get(fields.trainerRows) === data.rows) this.#version = data.version;
    }
    this.#pacer ??= new SlicePacer(sliceTime, programs.largestRun.program.cost.flops);
    const { runs } = this.#pacer;
    const most = Math.min(left.steps, this.#stops.checksUpdates ? 1 : abi.trainerHistoryRecords);
    const epochs = Math.min(left.epochs, data.version === this.#version ? abi.trainerEpochRecords : 1);
    memory.set(fields.trainerEpochLimit, epochs);
    lookUpSchedules(trainer, { runs, steps: most, epochs });
    const before = memory.steps;
    const begun = performance.now();
    if (this.#method) this.#method.advance(runs, most);
    else engine.checked((core) => core.advance(memory.record, runs, most), memory);
    const spent = performance.now() - begun;
    this.#pacer.update(spent);
    const steps = memory.steps - before;
    return { seconds: spent / 1000, steps, losses: memory.sliceLosses(), ended: memory.sliceEpochs() };
  }

  /** Calls onProgress; reports that `mayWait` are collected until the next one is due. */
  #report({ losses, steps }: Slice, seconds: number, statistics: StepStatistics | null, mayWait: boolean): void {
    const { onProgress, progressEvery: every, pace } = this.#options;
    if (!onProgress) return;
    const all = this.#unreported.length > 0 ? Float64Array.from([...this.#unreported, ...losses]) : losses;
    this.#unreported = all;
    const { memory } = this.#trainer;
    const now = performance.now();
    const wait = pace?.reportEvery ?? this.#driver?.reportEvery ?? 0;
    const isDue = every ? steps > 0 && memory.steps % every === 0 : now - this.#reported >= wait;
    if (mayWait && !isDue) return;
    this.#reported = now;
    this.#unreported = new Float64Array(0);
    const step = { step: memory.steps, epoch: memory.get(fields.trainerEpoch), seconds, losses: all };
    onProgress({ ...step, ...(statistics ? { statistics } : {}) });
  }

  /** Returns the number of updates to the next measurement, which is requested, or report: they end the slice. */
  #untilStop(): number {
    const { progressEvery = Number.POSITIVE_INFINITY } = this.#options;
    const left = progressEvery - (this.#trainer.memory.steps % progressEvery);
    return Math.min(left, this.#driver?.measured?.request() ?? left);
  }

  /**
   * True while the next epoch waits until the consumer has received the last one, so that leaving the loop stops in time; it
   * does not once the history is awaited.
   */
  #waitsForConsumer(): boolean {
    if (this.#awaited || this.#left || this.#options.signal?.aborted) return false;
    return this.#iterating && this.#taken < this.#epochs.length;
  }

  /** Evaluates and records the epochs that ended in the last slice. */
  async #endEpochs(ended: Float64Array, validation: Dataset | null, seconds: number): Promise<void> {
    const { engine, memory, lock } = this.#trainer;
    const last = memory.get(fields.trainerEpoch);
    const { penalized } = memory.layout;
    for (let k = 0; k < ended.length; k += 3) {
      const [step, loss, penalty] = [ended[k] as number, ended[k + 1] as number, ended[k + 2] as number];
      const epoch = last - (ended.length - k) / 3 + 1;
      const entry = { epoch, step, loss, ...(penalized ? { penalty } : {}), seconds };
      if (!validation) {
        this.#stops.epoch(epoch, loss, null);
        this.#epochs.push(entry);
      } else {
        const driver = this.#driver;
        // Without a driver nothing may come between the last update and the evaluation.
        const evaluation = driver?.evaluate
          ? await driver.evaluate()
          : lock.hold(() => this.#evaluator.evaluate(validation));
        engine.call((core) => core.observe(memory.record, evaluation.loss));
        this.#stops.epoch(epoch, loss, evaluation);
        this.#epochs.push({ ...entry, validation: evaluation, gap: evaluation.loss - loss } as Epoch<Results>);
      }
    }
    if (ended.length > 0) this.#notify();
  }

  /** Yields each epoch when it ends. Leaving the loop stops the run after a whole step. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Epoch<Results>> {
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
  then<A = History<Results>, B = never>(
    resolved?: ((history: History<Results>) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#awaited = true;
    this.#notify();
    return this.#history.then(resolved, rejected);
  }
}

/** True for an iterable of batches; arrays are samples of another form. */
function iterates(samples: unknown): samples is Batches<AnySamples> {
  return has(samples, Symbol.asyncIterator) || (has(samples, Symbol.iterator) && !has(samples, "length"));
}

/** Returns samples as a data set in wasm memory that is in use until it is released. */
function residentData(
  { engine, programs, options }: TrainerInternals,
  where: string,
  samples: AnySamples | Dataset,
  releases: (() => void)[],
): Dataset {
  programs.caller = where;
  const given = samples instanceof Dataset;
  const data = given ? samples.check(engine) : datasetOf(where, engine, samples, options.loss.targets);
  data.users++;
  releases.push(() => {
    data.users--;
    if (!given) data.free();
  });
  return data;
}

/**
 * Prepares a run: its data, and programs for every number of rows. Returns a function that writes the records and so begins
 * the run; it does not throw.
 */
function prepareRun({ engine, memory, programs }: TrainerInternals, data: Dataset, options: AnyFitOptions): () => void {
  const { batchSize = 32, shuffle = true, lastBatch = "keep" } = options;
  const rows = data.epochRows(memory.get(fields.trainerRows), memory.get(fields.trainerPosition));
  const batch = Math.min(batchSize, rows);
  const rest = lastBatch === "keep" ? rows % batch : 0;
  programs.prepareRuns(data, [batch, rest], shuffle, options.augment ?? data.augment);
  memory.reserveOrder(rows);
  return () => {
    programs.prepared = "fit";
    // Other rows or batches, or a rest that is dropped now, start the epoch anew; the same ones continue it.
    const position = memory.get(fields.trainerPosition);
    if (memory.get(fields.trainerRows) !== rows || position % batch !== 0 || (!rest && position + batch > rows))
      memory.beginEpoch();
    memory.write({
      [fields.trainerRows]: rows,
      [fields.trainerBatch]: batch,
      [fields.trainerShuffle]: Number(shuffle),
      [fields.trainerObserves]: Number(options.validation === undefined),
      [fields.trainerKeepLast]: Number(lastBatch === "keep"),
    });
    if (!shuffle) engine.bytes.copyWithin(memory.get(fields.trainerOrder), data.order, data.order + 4 * rows);
    // An epoch that begins is shuffled by the core.
    if (memory.get(fields.trainerPosition) !== 0) engine.call((core) => core.restoreOrder(memory.record));
  };
}
