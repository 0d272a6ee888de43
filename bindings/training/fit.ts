// A run of `fit`: slices of training, one WebAssembly call each, between which it yields to the host.

import * as abi from "../../assembly/abi.js";
import { type AnySamples, checkSamples, Dataset, datasetOf } from "../data/dataset.js";
import * as fields from "../engine/recordFields.js";
import { SlicePacer, sliceTime } from "../engine/slices.js";
import { yieldToHost } from "../engine/yieldToHost.js";
import { EngineError } from "../values/errors.js";
import type { Evaluator } from "./evaluate.js";
import { checkFit, type FitOptions, type MethodRun } from "./fitOptions.js";
import type { Epoch, History, Slice } from "./history.js";
import type { TrainerInternals } from "./internals.js";
import { lookUpSchedules, writeLayerNumbers } from "./schedules.js";
import { checkMeasurable, lastBatch, measure, measured, type StepStatistics } from "./statistics.js";
import { Stops } from "./stopping.js";
import type { Remote } from "./worker/remote.js";

/** Minimum of milliseconds between calls of onProgress while a worker trains. */
const workerProgressTime = 100;

/** A run of `fit`: iterate over its epochs, or await its history. */
export class Run<Results extends string = string>
  implements AsyncIterable<Epoch<Results>>, PromiseLike<History<Results>>
{
  readonly #trainer: TrainerInternals;
  readonly #evaluator: Evaluator;
  readonly #options: FitOptions;
  readonly #stops: Stops;
  readonly #method: MethodRun | null;
  readonly #history: Promise<History<Results>>;
  readonly #epochs: Epoch<Results>[] = [];
  readonly #statistics: StepStatistics[] = [];
  readonly #notifyBound = (): void => this.#notify();
  /** Losses since the last call of onProgress, and its time. */
  #unreported: Float64Array = new Float64Array(0);
  #reported = Number.NEGATIVE_INFINITY;
  #awaited = false;
  #done = false;
  #left = false;
  #iterating = false;
  #taken = 0;
  #wake: (() => void)[] = [];

  /** @internal */
  constructor(trainer: TrainerInternals, evaluator: Evaluator, samples: AnySamples | Dataset, given: FitOptions) {
    checkSamples("fit", samples);
    const options = checkFit(given);
    this.#stops = new Stops(trainer.memory, trainer.options, options, options.validation !== undefined);
    if (options.statistics !== undefined) checkMeasurable("fit", trainer.options);
    this.#trainer = trainer;
    this.#evaluator = evaluator;
    const releases: (() => void)[] = [];
    const release = (): void => {
      for (const free of releases) free();
    };
    try {
      const data = residentData(trainer, "fit", samples, releases);
      const { validation: other } = options;
      const validation = other === undefined ? null : residentData(trainer, "fit: validation", other, releases);
      if (validation) evaluator.prepare(validation);
      trainer.programs.caller = "fit";
      this.#options = options.method ? options.method.plan(options, data.rows) : options;
      const begin = prepareRun(trainer, data, this.#options);
      const method = options.method?.begin(trainer) ?? null;
      this.#method = method;
      releases.push(() => method?.free());
      options.signal?.addEventListener?.("abort", this.#notifyBound);
      // Nothing below throws.
      begin();
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
    this.#stops.restore();
    measure(this.#trainer, -1);
  }

  #notify(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const resolve of waiting) resolve();
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  async #train(data: Dataset, validation: Dataset | null): Promise<History<Results>> {
    const { gradientTolerance = null } = this.#options;
    const { epochs = Number.POSITIVE_INFINITY, steps = Number.POSITIVE_INFINITY } = this.#options;
    const { memory, lock, programs } = this.#trainer;
    const stops = this.#stops;
    const first = memory.steps;
    const pacer = new SlicePacer(sliceTime, programs.largestRun.program.cost.flops);
    await yieldToHost();
    const found = await this.#startWorker(data, validation);
    const remote = typeof found === "string" ? null : found;
    let seconds = 0;
    const reason = (): History["stopped"] | null => this.#stopReason(epochs, steps - (memory.steps - first));
    try {
      while (!reason()) {
        const oneEpoch = validation !== null || stops.checksEpochs || this.#iterating;
        const left = { steps: steps - (memory.steps - first), epochs: oneEpoch ? 1 : epochs - this.#epochs.length };
        const slice = remote
          ? await remote.advance({ ...left, gradientTolerance })
          : lock.hold(() => this.#advance(pacer, left, data));
        seconds += slice.seconds;
        if (slice.losses.length > 0) stops.update();
        const statistics = slice.losses.length > 0 ? lock.hold(() => this.#readStatistics()) : null;
        await this.#endEpochs(slice.ended, validation, seconds, remote);
        this.#report(slice.losses, seconds, statistics, remote !== null && !reason());
        await yieldToHost();
        while (this.#waitsForConsumer()) await this.#changed();
      }
    } finally {
      remote?.end();
    }
    const workerReason = typeof found === "string" ? { workerReason: found } : {};
    const stopped = reason() ?? "finished";
    return this.#historyOf({ steps: memory.steps - first, seconds, worker: remote !== null, ...workerReason, stopped });
  }

  #historyOf(run: Omit<History, "epochs" | "method" | "best" | "statistics">): History<Results> {
    const { best } = this.#stops;
    return {
      epochs: this.#epochs,
      ...run,
      ...(this.#method ? { method: this.#method.outcome() } : {}),
      ...(best ? { best } : {}),
      ...(this.#options.statistics ? { statistics: this.#statistics } : {}),
    };
  }

  #stopReason(epochs: number, stepsLeft: number): History["stopped"] | null {
    if (this.#left) return "left";
    if (this.#options.signal?.aborted) return "signal";
    if (this.#stops.reason) return this.#stops.reason;
    if (this.#method?.ended) return "method";
    return this.#epochs.length < epochs && stepsLeft > 0 ? null : "finished";
  }

  /** Starts the worker; returns why there is none, or null if none was requested. */
  async #startWorker(data: Dataset, validation: Dataset | null): Promise<Remote | string | null> {
    const { worker = false, statistics } = this.#options;
    const trainer = this.#trainer;
    if (worker === false) return null;
    if (statistics) return "statistics are measured in this thread";
    const { Remote } = await import("./worker/remote.js");
    return Remote.start(trainer, this.#evaluator, worker === true ? null : worker, data, validation, {
      EngineError,
      yieldToHost,
      prepare: () => prepareRun(trainer, data, this.#options)(),
      lookUpSchedules: (limits) => lookUpSchedules(trainer, limits),
      writeLayerNumbers: () => writeLayerNumbers(trainer),
    });
  }

  /** Trains a slice in this thread. */
  #advance(pacer: SlicePacer, left: { steps: number; epochs: number }, data: Dataset): Slice {
    const trainer = this.#trainer;
    const { engine, memory } = trainer;
    if (!trainer.programs.runsPrepared) prepareRun(trainer, data, this.#options)();
    const most = this.#stops.checksUpdates ? 1 : abi.trainerHistoryRecords;
    const steps = Math.min(left.steps, most, this.#untilMeasured());
    const epochs = Math.min(left.epochs, abi.trainerEpochRecords);
    memory.set(fields.trainerEpochLimit, epochs);
    lookUpSchedules(trainer, { runs: pacer.runs, steps, epochs });
    const begun = performance.now();
    if (this.#method) this.#method.advance(pacer.runs, steps);
    else engine.checked((core) => core.advance(memory.record, pacer.runs, steps), memory);
    const spent = performance.now() - begun;
    pacer.update(spent);
    return { seconds: spent / 1000, losses: memory.sliceLosses(), ended: memory.sliceEpochs() };
  }

  /** Calls onProgress; `mayWait` reports are collected until workerProgressTime has passed. */
  #report(losses: Float64Array, seconds: number, statistics: StepStatistics | null, mayWait: boolean): void {
    const { onProgress } = this.#options;
    if (!onProgress) return;
    const all = this.#unreported.length > 0 ? Float64Array.from([...this.#unreported, ...losses]) : losses;
    this.#unreported = all;
    const now = performance.now();
    if (mayWait && now - this.#reported < workerProgressTime) return;
    this.#reported = now;
    this.#unreported = new Float64Array(0);
    const { memory } = this.#trainer;
    const step = { step: memory.steps, epoch: memory.get(fields.trainerEpoch), seconds, losses: all };
    onProgress({ ...step, ...(statistics ? { statistics } : {}) });
  }

  /** Requests the next measurement; returns the number of updates up to it, which end the slice. */
  #untilMeasured(): number {
    const { every } = this.#options.statistics ?? {};
    if (every === undefined) return Number.POSITIVE_INFINITY;
    const { steps } = this.#trainer.memory;
    const left = every - (steps % every);
    measure(this.#trainer, steps + left - 1);
    return left;
  }

  /** Returns the statistics of the last update, if it was measured. */
  #readStatistics(): StepStatistics | null {
    const trainer = this.#trainer;
    const { every } = this.#options.statistics ?? {};
    if (every === undefined || trainer.memory.steps % every !== 0) return null;
    const { order, rows } = lastBatch(trainer);
    const statistics = measured(trainer, order, rows);
    this.#statistics.push(statistics);
    return statistics;
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
  async #endEpochs(
    ended: Float64Array,
    validation: Dataset | null,
    seconds: number,
    remote: Remote | null,
  ): Promise<void> {
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
        const evaluation = remote ? await remote.evaluate() : lock.hold(() => this.#evaluator.evaluate(validation));
        engine.call((core) => core.observe(memory.record, evaluation.loss));
        this.#stops.epoch(epoch, loss, evaluation);
        this.#epochs.push({ ...entry, validation: evaluation, gap: evaluation.loss - loss } as Epoch<Results>);
      }
    }
    if (ended.length > 0) this.#notify();
  }

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
function prepareRun({ engine, memory, programs }: TrainerInternals, data: Dataset, options: FitOptions): () => void {
  const { batchSize = 32, shuffle = true, lastBatch = "keep" } = options;
  const batch = Math.min(batchSize, data.rows);
  const batches = [batch, lastBatch === "keep" ? data.rows % batch : 0];
  programs.prepareRuns(data, batches, shuffle, options.augment ?? data.augment);
  memory.reserveOrder(data.rows);
  return () => {
    programs.runsPrepared = true;
    // Other rows or batches start the epoch anew; the same ones continue it.
    if (memory.get(fields.trainerRows) !== data.rows || memory.get(fields.trainerPosition) % batch !== 0)
      memory.write({
        [fields.trainerPosition]: 0,
        [fields.trainerEpochLoss]: 0,
        [fields.trainerEpochPenalty]: 0,
        [fields.trainerEpochRows]: 0,
      });
    memory.write({
      [fields.trainerRows]: data.rows,
      [fields.trainerBatch]: batch,
      [fields.trainerShuffle]: Number(shuffle),
      [fields.trainerObserves]: Number(options.validation === undefined),
      [fields.trainerKeepLast]: Number(lastBatch === "keep"),
    });
    if (!shuffle) engine.bytes.copyWithin(memory.get(fields.trainerOrder), data.order, data.order + 4 * data.rows);
    // An epoch that begins is shuffled by the core.
    if (memory.get(fields.trainerPosition) !== 0) engine.call((core) => core.restoreOrder(memory.record));
  };
}
