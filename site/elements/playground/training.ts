// A training that goes on in slices between frames, with the curves of its losses. Wherever it is cut, the numbers are the same.

import {
  createDataset,
  createTrainer,
  type Dataset,
  DivergenceError,
  type Engine,
  type StepStatistics,
  type Trainer,
} from "thalweg";
import type { Values } from "../kit/controls.ts";
import { arraysOf, type Data } from "./data.ts";
import { madeOf, type Plan } from "./model.ts";
import { batchOf, type Change, isFree, rateOf, runOptions } from "./optimizers.ts";

interface Evaluated {
  readonly loss: number;
  /** Accuracy or R². */
  readonly measure: number;
}

/** Training and test samples after a step. */
interface Marked {
  readonly step: number;
  readonly train: Evaluated;
  readonly test: Evaluated | null;
}

/** Why a training has ended. */
type Ending = "limit" | "early" | "loss" | "gap" | "method" | "diverged";

/** Points of a curve; with more of them every second is left out. */
const mostPoints = 100;
/** Milliseconds that a slice of steps takes, about, and after which gradients are measured again. */
const sliceTime = 4;
const measureTime = 120;

type Epochs = AsyncGenerator<{ readonly epoch: number; readonly gap?: number }>;

export class Training {
  readonly data: Data;
  readonly plan: Plan;
  readonly trainer: Trainer;
  /** The losses now. */
  now: Marked;
  statistics: StepStatistics | null = null;
  ending: Ending | null = null;
  /** Epoch whose weights early stopping kept. */
  best: number | null = null;
  readonly #values: Values;
  readonly #train: Dataset;
  readonly #test: Dataset | null;
  /** Rates that hold from a step on, ascending. */
  #changes: readonly Change[];
  readonly #curve: { readonly tick: number; readonly at: Marked }[] = [];
  /** Steps, or epochs of a run, between two points of the curve. */
  #every: number;
  /** A run by epochs, which methods and conditions of stopping need; null where slices of steps do. */
  #epochs: Epochs | null = null;
  readonly #isRun: boolean;
  #chunk: number;
  readonly #leastChunk: number;
  #measured = Number.NEGATIVE_INFINITY;

  constructor(engine: Engine, plan: Plan, data: Data, values: Values, changes: readonly Change[]) {
    this.data = data;
    this.plan = plan;
    this.#values = values;
    this.#changes = changes;
    const { metric, method: _, ...parts } = madeOf(plan);
    this.trainer = createTrainer(engine, { ...parts, metrics: [metric], seed: values.seed }) as unknown as Trainer;
    this.#train = createDataset(engine, arraysOf(data.train, data.task));
    this.#test = data.test.length > 0 ? createDataset(engine, arraysOf(data.test, data.task)) : null;
    this.#isRun = plan.method !== null || values.stop !== "none";
    this.#every = this.#isRun ? 1 : 10;
    // About a millisecond: shorter slices would cost more than their steps.
    this.#leastChunk = Math.max(1, Math.round(2048 / batchOf(values, Math.max(1, data.train.length))));
    this.#chunk = this.#leastChunk;
    this.#applyChanges();
    this.now = this.#evaluated();
    this.#curve.push({ tick: 0, at: this.now });
  }

  get step(): number {
    return this.trainer.steps;
  }

  get stepsOfEpoch(): number {
    return this.plan.method ? 1 : Math.ceil(this.data.train.length / batchOf(this.#values, this.data.train.length));
  }

  /** The curves, from the beginning to the last step. */
  get curve(): readonly Marked[] {
    const points = this.#curve.map(({ at }) => at);
    return points.at(-1)?.step === this.now.step ? points : [...points, this.now];
  }

  /** Takes rates that differ from the former ones after the present step only. */
  change(changes: readonly Change[]): void {
    this.#changes = changes;
    this.#applyChanges();
  }

  /** Trains up to a step, or until the time is over; at least once. `isSure` says that it will go there, in further calls. */
  async advance(target: number, milliseconds: number, isSure = false): Promise<void> {
    const end = performance.now() + milliseconds;
    const goal = Math.min(target, this.#values.limit);
    // Points that would be left out later are not made.
    if (isSure && !this.#isRun) this.#thin(goal);
    try {
      while (!this.ending && this.step < goal) {
        if (this.#isRun) await this.#advanceEpoch();
        else await this.#advanceSteps(goal);
        if (performance.now() >= end) break;
      }
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      this.ending = "diverged";
    }
    if (!this.ending && this.step >= this.#values.limit) this.ending = "limit";
    if (this.now.step !== this.step) this.now = this.#evaluated();
  }

  /** Trains a slice of steps, which ends at the next point of the curve, change of the rate, or goal. */
  async #advanceSteps(goal: number): Promise<void> {
    const from = this.step;
    const every = this.#every;
    const change = this.#changes.find(([step]) => step > from)?.[0] ?? Number.POSITIVE_INFINITY;
    const steps = Math.min(goal - from, every - (from % every), change - from, this.#chunk);
    const begun = performance.now();
    const isMeasured = from + steps === goal || begun - this.#measured > measureTime;
    const history = await this.trainer.fit(this.#train, {
      ...runOptions(this.#values, this.data.train.length),
      steps,
      ...(isMeasured ? { statistics: { every: from + steps } } : {}),
    });
    if (isMeasured) this.#measured = begun;
    const spent = Math.max(performance.now() - begun, 0.05);
    this.#chunk = Math.max(this.#leastChunk, Math.min(4096, 2 * this.#chunk, Math.round((steps * sliceTime) / spent)));
    this.statistics = history.statistics?.at(-1) ?? this.statistics;
    this.#applyChanges();
    if (this.step % every === 0) this.#mark(this.step);
  }

  #applyChanges(): void {
    const rate = this.#changes.findLast(([step]) => step <= this.step)?.[1];
    if (rate !== undefined && isFree(this.#values)) this.trainer.learningRate = rateOf(rate);
  }

  /** Trains an epoch of a run. */
  async #advanceEpoch(): Promise<void> {
    this.#epochs ??= this.#run();
    const { value, done } = await this.#epochs.next();
    if (done) return;
    if (value.epoch % this.#every === 0) this.#mark(value.epoch);
    if (this.#values.stop !== "gap" || !((value.gap ?? 0) > this.#values.gap)) return;
    this.ending = "gap";
    await this.#epochs.return(undefined);
  }

  async *#run(): Epochs {
    const method = madeOf(this.plan).method;
    const { patience, target, stop, limit } = this.#values;
    const run = this.trainer.fit(this.#train, {
      ...(method ? { method } : runOptions(this.#values, this.data.train.length)),
      steps: limit,
      ...(this.#test ? { validation: this.#test } : {}),
      ...(stop === "early" ? { earlyStopping: { patience } } : {}),
      ...(stop === "loss" ? { targetLoss: target } : {}),
    });
    for await (const epoch of run) yield epoch;
    const { stopped, best } = await run;
    const endings: Readonly<Record<string, Ending>> = { earlyStopping: "early", targetLoss: "loss", method: "method" };
    this.ending = endings[stopped] ?? "limit";
    this.best = best?.epoch ?? null;
    this.now = this.#evaluated(); // at the best weights
  }

  #evaluated(): Marked {
    const test = this.#test && this.#lossOf(this.#test);
    return { step: this.step, train: this.#lossOf(this.#train), test };
  }

  #lossOf(data: Dataset): Evaluated {
    const { loss, ...measures } = this.trainer.evaluate(data) as unknown as Record<string, number>;
    const measure = measures[this.data.task === "classes" ? "accuracy" : "rSquared"];
    return { loss: loss as number, measure: measure as number };
  }

  /** Adds a point to the curve. */
  #mark(tick: number): void {
    this.now = this.#evaluated();
    this.#curve.push({ tick, at: this.now });
    this.#thin(tick);
  }

  /** Leaves out points so that there are few enough up to a step, or an epoch of a run. */
  #thin(tick: number): void {
    while (Math.floor(tick / this.#every) > mostPoints) this.#every *= 2;
    const kept = this.#curve.filter((point) => point.tick % this.#every === 0);
    if (kept.length < this.#curve.length) this.#curve.splice(0, this.#curve.length, ...kept);
  }

  /** Ends what runs, and frees all memory. */
  async end(): Promise<void> {
    await this.#epochs?.return(undefined);
    this.trainer.free();
    this.#train.free();
    this.#test?.free();
  }
}
