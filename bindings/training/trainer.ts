// The trainer: a model, a loss and an optimizer over parameters that live in wasm memory. The training step itself is
// the core's; this file speaks the user's language.

import * as abi from "../../assembly/abi.js";
import { Dataset, datasetOf, type Samples } from "../data/dataset.js";
import { doubleAt } from "../engine/addresses.js";
import { checkEngine, type Engine } from "../engine/engine.js";
import { isLayer, type Layer } from "../layers/layer.js";
import type { Loss } from "../losses/classes.js";
import type { Metric } from "../losses/metrics.js";
import { checkAverage, type WeightAverage, type WeightsOption, wantsAverage } from "../optimizers/averages.js";
import type { Constraint } from "../optimizers/constraints.js";
import { checkGradientTransforms, type GradientTransform } from "../optimizers/gradientTransforms.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { Penalty } from "../optimizers/penalties.js";
import { blockBytes, type Cost, readArray } from "../tensors/trace.js";
import {
  type ArrayLike,
  arrayTypes,
  elementCount,
  type NDArray,
  type TypedArray,
  toArray,
  viewOf,
} from "../values/arrays.js";
import { ShapeError, TraceError } from "../values/errors.js";
import { arrayOf, shownAs } from "../values/lines.js";
import { checkChoice, checkFlag, checkNumber, checkOptions, has, shown, wrongKind } from "../values/options.js";
import { checkNames, restoreCheckpoint, saveCheckpoint } from "./checkpoint.js";
import { type FitOptions, Run } from "./fit.js";
import { checkConstraint, checkPenalty, isOptimizer, type ParameterGroup } from "./groups.js";
import { TrainerMemory, type TrainerParts } from "./memory.js";
import { checkNamed, readNamed } from "./namedArrays.js";
import { type ModelProgram, ModelPrograms } from "./programs.js";
import { checkMeasurable, measure, measured, type StepStatistics } from "./statistics.js";

export interface TrainerOptions {
  /** What is trained: a layer, `sequential([...])` as a rule. */
  readonly model: Layer;
  /** What is minimized: of the model's output and the targets. */
  readonly loss: Loss;
  /** What moves the weights along the gradient: `adam()` for example. */
  readonly optimizer: Optimizer;
  /** Parameters that have options of their own, by name; default: none. */
  readonly groups?: readonly ParameterGroup[];
  /** R of J = L + R, which is reported apart from the loss; default: none. */
  readonly penalty?: Penalty;
  /** What the weights are projected to after every update; default: nothing. */
  readonly constraint?: Constraint;
  /** What is done to the gradient before the update, in this order: clipping for example. Default: nothing. */
  readonly gradient?: readonly GradientTransform[];
  /** Average of the weights to keep beside them; default: none. */
  readonly average?: WeightAverage;
  /** What `evaluate` computes beside the loss, by name; default: nothing. */
  readonly metrics?: readonly Metric[];
  /**
   * What all random numbers follow from: initial weights, order of rows, dropout. Whole number from 0 below 2⁵³;
   * default 0.
   */
  readonly seed?: number;
  /** Type of parameters and arithmetic: "f64" is twice as exact in digits and about half as fast; default "f32". */
  readonly dtype?: "f32" | "f64";
  /** Every input x enters as (x − mean) / deviation; default: as it is. */
  readonly standardize?: {
    /** What is subtracted, any finite number. */
    readonly mean: number;
    /** What divides, > 0. */
    readonly deviation: number;
  };
  /**
   * Rows of a run at most, ≥ 1: a larger batch is cut into as few runs, of nearly one size, and accumulated in a fixed
   * order. Less takes less memory; default 1024.
   */
  readonly microBatch?: number;
}

/** What `step` answers. */
export interface StepResult {
  /** Loss of the batch, a mean or a sum as the loss has it, before the update and without the penalty. */
  readonly loss: number;
  /** The penalty where the gradient was taken, if the trainer has one. */
  readonly penalty?: number;
  /**
   * Euclidean norm of the gradient of the batch as it came: of loss and penalty, before any clipping; 0 where none is
   * taken.
   */
  readonly gradientNorm: number;
  /** What was asked for. */
  readonly statistics?: StepStatistics;
}

export interface StepOptions {
  /** Whether the update is measured parameter by parameter; default false. */
  readonly statistics?: boolean;
}

/** How running state is gathered anew. */
export interface RefreshOptions extends WeightsOption {
  /** Rows of a batch at most, ≥ 1: more take more memory; default 256. */
  readonly batchSize?: number;
}

/**
 * Mean loss and metrics over samples; a metric that is no mean is what it makes of its sums. `penalty` is that of the
 * weights, if the trainer has one; it is not part of the loss.
 */
export interface Evaluation {
  readonly loss: number;
  readonly [result: string]: number;
}

/** Rows evaluated or predicted in one run. */
const chunkRows = 256;

/** Trains a model. Make it with `createTrainer`. */
export class Trainer {
  readonly engine: Engine;
  /** The parts it was made of, defaults filled in. */
  readonly options: TrainerParts;
  /** @internal */
  readonly memory: TrainerMemory;
  /** @internal */
  readonly programs: ModelPrograms;
  /** "fitting" between the slices of a run, when it may be asked; "held" while a call runs, whose functions may not. @internal */
  busy: "idle" | "fitting" | "held" = "idle";
  /** The argument block was used for something else since a run was prepared. @internal */
  disturbed = false;
  #freed = false;

  /** @internal */
  constructor(engine: Engine, options: TrainerParts) {
    this.engine = engine;
    this.options = options;
    this.memory = new TrainerMemory(engine, options);
    try {
      checkNames(this.memory);
    } catch (error) {
      this.memory.free();
      throw error;
    }
    this.programs = new ModelPrograms(this.memory, options);
    shownAs(this, () => {
      const { model, loss, optimizer } = options;
      const stands = this.#freed ? "freed" : `step ${this.steps}`;
      return `Trainer { ${model.name}; ${loss.name}; ${optimizer.name}; ${stands} }`;
    });
  }

  /** Refuses a trainer that is no more, or whose own function asks it. */
  #check(): void {
    if (this.#freed) throw new TraceError("trainer: used after it was freed. Create it again.");
    if (this.busy === "held")
      throw new TraceError("trainer: a function that it calls asks it in turn. Let it depend on its arguments alone.");
  }

  /** Refuses what would change the trainer under a run. */
  #checkIdle(): void {
    this.#check();
    if (this.busy !== "idle") throw new TraceError("trainer: a run is under way. Wait for it, or stop it first.");
  }

  /** Runs `body` with the trainer held: users' functions that it calls cannot change or free what it uses. @internal */
  hold<T>(body: () => T): T {
    const { busy } = this;
    this.busy = "held";
    try {
      return body();
    } finally {
      this.busy = busy;
    }
  }

  /** A call that changes nothing. */
  #ask<T>(body: () => T): T {
    this.#check();
    return this.hold(body);
  }

  /** A call that changes the trainer. */
  #change<T>(body: () => T): T {
    this.#checkIdle();
    return this.hold(body);
  }

  /** The dataset of samples, made for the time of `body` if they are not in wasm memory yet. */
  #withData<T>(where: string, samples: Samples | Dataset, body: (data: Dataset) => T): T {
    this.disturbed = true;
    this.programs.caller = where;
    if (samples instanceof Dataset) return samples.hold(this.engine, body);
    const data = datasetOf(where, this.engine, samples, this.options.loss.targets);
    try {
      return body(data);
    } finally {
      data.free();
    }
  }

  /** Lets programs read the weights that are asked for while `body` runs. */
  #withWeights<T>(where: string, options: WeightsOption, body: () => T): T {
    this.memory.readsAverage = wantsAverage(where, options, this.options.average);
    try {
      return body();
    } finally {
      this.memory.readsAverage = false;
    }
  }

  /** Updates done since the weights were drawn. */
  get steps(): number {
    if (this.#freed) this.#check();
    return this.memory.real(abi.trainerStep);
  }

  /**
   * The learning rate of the next update: of the first group that moves, if they differ. A positive number sets it, for
   * all groups in the proportion in which they were created, from the next update on: also between the epochs and in
   * `onProgress` of a run. A checkpoint keeps it. With a schedule it cannot be set, nor without a gradient.
   *
   * @throws TypeError   no number, or a schedule drives it
   * @throws RangeError  not positive
   * @example
   * trainer.learningRate /= 10;
   * trainer.learningRate; // 0.01
   */
  get learningRate(): number {
    this.#check();
    const { engine, memory } = this;
    if (memory.rate > 0) return memory.rate;
    this.writeSchedules();
    return engine.doubles[doubleAt(memory.get(abi.trainerGroups) + abi.groupLearningRate)] as number;
  }

  set learningRate(value: number) {
    this.#check();
    const { memory } = this;
    if (Number.isNaN(memory.rate))
      throw new TypeError("trainer: learningRate follows a schedule, or there is none. Create it with a number.");
    memory.rate = checkNumber("trainer", "learningRate", value, { above: 0 });
    memory.writeRate();
  }

  /** Lets all that follows a schedule hold what it says of the next update. @internal */
  writeSchedules(): void {
    const { engine, memory } = this;
    if (memory.schedules.entries.length === 0) return;
    this.lookUpSchedules(1);
    this.naming(() => engine.checked((core) => core.schedule(memory.record)));
  }

  /** Lets the layers read what their schedules say of the next update. @internal */
  followLayers(): void {
    if (this.memory.stateLayout.followed.length > 0) this.writeSchedules();
  }

  /** The penalty of the weights that programs read, by name; nothing without one. */
  #penalty(): { readonly penalty?: number } {
    const { engine, memory } = this;
    if (!memory.layout.penalized) return {};
    this.writeSchedules();
    const { address } = memory.readsAverage ? memory.average : memory.parameters;
    return { penalty: engine.call((core) => core.penalty(memory.record, address)) };
  }

  /**
   * Tells `plateau` schedules the loss of an epoch, or whatever they look at. `fit` does it by itself; loops over `step`
   * do it here.
   *
   * @param value  the loss over the validation samples, for example
   * @throws TypeError  not a number
   * @example
   * trainer.observe(trainer.evaluate(data).loss);
   */
  observe(value: number): void {
    this.#checkIdle();
    if (typeof value !== "number") throw wrongKind("observe", "the loss", "a number", value);
    this.observeLoss(value);
  }

  /** @internal */
  observeLoss(value: number): void {
    this.engine.call((core) => core.observe(this.memory.record, value));
  }

  /** Makes users' functions known for the next `count` updates. @internal */
  lookUpSchedules(count: number): void {
    const { engine, memory } = this;
    this.hold(() => memory.schedules.lookUp(engine, memory.real(abi.trainerStep), memory.get(abi.trainerEpoch), count));
  }

  /** Lets faults name the parameter of an element, and the option of a number. @internal */
  naming<T>(body: () => T): T {
    const { engine, memory } = this;
    const { elementName, optionName } = engine;
    engine.optionName = (k) => memory.schedules.nameOf(k);
    engine.elementName = (element) =>
      memory.layout.parameters.find(({ offset, elements }) => element >= offset && element < offset + elements)?.name ??
      "?";
    try {
      return body();
    } finally {
      Object.assign(engine, { elementName, optionName });
    }
  }

  /** What the training program costs for a batch of this many rows, before it runs. */
  cost(samples: Samples | Dataset, rows: number): Cost {
    return this.#change(() => {
      checkNumber("cost", "rows", rows, { min: 1, integer: true });
      return this.#withData("cost", samples, (data) => {
        this.programs.reserve(data, rows, true);
        return this.programs.get("train", rows).program.cost;
      });
    });
  }

  /**
   * One update on one batch: w ← rule(w, ∇L), with accumulate a part of one. Nothing changes if it throws.
   *
   * @param batch    inputs [batch, ...] and targets
   * @param options  statistics: whether norms by parameter and dead units are measured beside it; default false
   * @throws ShapeError       the batch does not fit the model
   * @throws DivergenceError  the loss, the penalty or the gradient is not finite
   * @example
   * const { parameters } = trainer.step(data, { statistics: true }).statistics;
   * parameters["0.weight"].updateRatio < 1; // true
   */
  step(batch: Samples, options: StepOptions = {}): StepResult {
    return this.#change(() => this.#step(batch, options));
  }

  #step(batch: Samples, options: StepOptions): StepResult {
    checkOptions("step", options, ["statistics"]);
    const asked = checkFlag("step", "statistics", options.statistics ?? false);
    if (asked) checkMeasurable("step", this);
    return this.#withData("step", batch, (data) => {
      const { engine, memory } = this;
      this.programs.prepareRuns(data, [data.rows], false);
      this.lookUpSchedules(1);
      measure(this, asked ? this.steps : -1, data.rows);
      this.naming(() => engine.checked((core) => core.step(memory.record, data.order, data.rows)));
      return {
        loss: memory.real(abi.trainerStepLoss),
        ...(memory.layout.penalized ? { penalty: memory.real(abi.trainerPenalty) } : {}),
        gradientNorm: memory.real(abi.trainerGradientNorm),
        ...(asked ? { statistics: measured(this, data.order, data.rows) } : {}),
      };
    });
  }

  /**
   * Trains over a data set: k steps are one WebAssembly call. Starts at once; the answer is both an async iterable of
   * epochs and a promise of the history. Leaving the loop, or the signal, stops it at a whole step.
   *
   * @param samples  { inputs, targets } or a data set
   * @param options  epochs or steps, batchSize, validation, and more: see FitOptions
   * @example
   * for await (const epoch of trainer.fit(data, { epochs: 5, batchSize: 64 })) console.log(epoch.loss);
   * const { best } = await trainer.fit(data, { epochs: 100, validation: data, earlyStopping: { patience: 3 } });
   */
  fit(samples: Samples | Dataset, options: FitOptions): Run {
    const run = this.#change(() => new Run(this, samples, options));
    this.busy = "fitting";
    return run;
  }

  /**
   * Loss, a mean over samples whatever its reduction, penalty and metrics; nothing changes.
   *
   * @throws RangeError  the samples weigh nothing together
   */
  evaluate(samples: Samples | Dataset, options: WeightsOption = {}): Evaluation {
    return this.#ask(() =>
      this.#withWeights("evaluate", options, () =>
        this.#withData("evaluate", samples, (data) => this.evaluateData(data)),
      ),
    );
  }

  /** Makes ready to evaluate data, or refuses what cannot be. @internal */
  prepareEvaluation(data: Dataset): void {
    this.programs.reserve(data, Math.min(chunkRows, data.rows), true);
    this.programs.checkTargets(data, this.programs.get("evaluate", chunkOf(data.rows)).shape);
    this.programs.useData(data);
    this.followLayers();
  }

  /** @internal */
  evaluateData(data: Dataset): Evaluation {
    const { engine, programs } = this;
    this.prepareEvaluation(data);
    return engine.borrow(this.resultBytes(data), (results) => {
      return this.addUp(data, ({ chunk, from, rows }) => {
        programs.run(chunk, data, from, rows, results);
        return [engine.bytes, results];
      });
    });
  }

  /** The runs that evaluate data. @internal */
  evaluations(data: Dataset): { chunk: ModelProgram; from: number; rows: number }[] {
    return chunksOf(data.rows).map((part) => ({ ...part, chunk: this.programs.get("evaluate", part.rows) }));
  }

  /** Bytes of the results of one of them. @internal */
  resultBytes(data: Dataset): number {
    const last = this.programs.get("evaluate", chunkOf(data.rows)).answers.at(-1);
    return last ? Math.ceil((last.offset + blockBytes(last.dtype, last.elements)) / 8) * 8 : 0;
  }

  /** Adds up the results of all, which `run` leaves at an address of some bytes. @internal */
  addUp(
    data: Dataset,
    run: (part: { chunk: ModelProgram; from: number; rows: number }) => [bytes: Uint8Array, at: number],
    parts = this.evaluations(data),
  ): Evaluation {
    const { metrics, loss } = this.options;
    const totals = (parts[0] as (typeof parts)[number]).chunk.answers.map(({ elements }) => new Float64Array(elements));
    for (const part of parts) {
      const { chunk, rows } = part;
      for (const [k, { elements }] of chunk.answers.entries())
        if (elements !== totals[k]?.length)
          throw new ShapeError(
            `${(metrics[k - 1] ?? loss).name}: answers ${elements} sums for ${rows} rows and ${totals[k]?.length} for ` +
              `${chunkOf(data.rows)}, expected as many for any number of rows. Sum over the rows.`,
          );
      const [bytes, at] = run(part);
      for (const [k, { offset, elements, dtype, weighted }] of chunk.answers.entries()) {
        const summed = weighted || (k === 0 ? loss.reduction === "sum" : metrics[k - 1]?.finish !== undefined);
        const total = totals[k] as Float64Array;
        for (const [i, value] of viewOf(bytes.buffer, dtype, at + offset, elements).entries())
          total[i] = (total[i] as number) + (summed ? value : rows * value);
      }
    }
    const { answers } = (parts[0] as (typeof parts)[number]).chunk;
    const [mean, ...values] = [loss, ...metrics].map((part, k) =>
      finished(part, totals[k] as Float64Array, data.rows, answers[k]?.weighted === true),
    );
    const named = Object.fromEntries(metrics.map(({ name }, k) => [name, values[k] as number]));
    return { loss: mean as number, ...this.#penalty(), ...named };
  }

  /**
   * The model's output for inputs [samples, ...]: { data, shape } with the same first axis. A row does not depend on
   * the rows beside it.
   */
  predict(inputs: ArrayLike, options: WeightsOption = {}): NDArray {
    return this.#ask(() =>
      this.#withWeights("predict", options, () =>
        this.#withData("predict", { inputs }, (data) => this.#predictData(data)),
      ),
    );
  }

  #predictData(data: Dataset): NDArray {
    const { engine, programs } = this;
    const { dtype } = this.options;
    programs.reserve(data, Math.min(chunkRows, data.rows), false);
    programs.useData(data);
    const first = programs.get("predict", chunkOf(data.rows));
    this.followLayers();
    const row = first.shape.slice(1);
    const width = elementCount(row);
    const out: TypedArray = new arrayTypes[dtype](data.rows * width);
    engine.borrow(blockBytes(dtype, chunkOf(data.rows) * width), (results) => {
      for (const { from, rows } of chunksOf(data.rows)) {
        programs.run(programs.get("predict", rows), data, from, rows, results);
        out.set(readArray(engine, results, dtype, rows * width), from * width);
      }
    });
    return arrayOf(out, [data.rows, ...row]);
  }

  /**
   * Label and probabilities for one input, for a model that answers logits.
   *
   * @throws ShapeError  the model has a single output
   */
  classify(input: ArrayLike): { label: number; probabilities: number[] } {
    const { data, shape } = toArray("classify", input);
    const logits = Array.from(this.predict({ data, shape: [1, ...shape] }).data);
    if (logits.length < 2)
      throw new ShapeError("classify: the model returns 1 score, expected one a class. Compare what predict returns.");
    const largest = logits.reduce((most, value) => Math.max(most, value));
    const weights = logits.map((value) => Math.exp(value - largest));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { label: logits.indexOf(largest), probabilities: weights.map((weight) => weight / total) };
  }

  /** Copies of the parameters by name, or of their average. */
  parameters(options: WeightsOption = {}): Record<string, NDArray> {
    return this.#ask(() => {
      const averaged = wantsAverage("parameters", options, this.options.average);
      return readNamed(this.engine, averaged ? this.memory.average : this.memory.parameters);
    });
  }

  /** Copies of the running state by name, such as the statistics of batch norm. */
  state(): Record<string, NDArray> {
    this.#check();
    return readNamed(this.engine, this.memory.state);
  }

  /**
   * Replaces parameters by name. All are checked before the first is written.
   *
   * @throws TypeError   no object of arrays
   * @throws RangeError  an unknown name, or numbers that are not finite
   * @throws ShapeError  a wrong shape
   */
  setParameters(values: Readonly<Record<string, ArrayLike>>): void {
    this.#change(() => checkNamed(this.engine, "setParameters", this.memory.parameters, values)());
    this.memory.followWeights();
  }

  /**
   * Replaces running state by name. All are checked before the first is written. What the numbers mean is the layer's
   * affair: with a variance below 0 batch norm answers NaN.
   *
   * @throws TypeError   no object of arrays
   * @throws RangeError  an unknown name, or numbers that are not finite
   * @throws ShapeError  a wrong shape
   */
  setState(values: Readonly<Record<string, ArrayLike>>): void {
    this.#change(() => checkNamed(this.engine, "setState", this.memory.state, values)());
  }

  /**
   * Gathers the running state anew, such as the statistics of batch norm, for the weights as they are or for their
   * average: the mean, by rows, over batches of the data in their order, each as training would see it. It replaces the
   * running state, which no longer remembers what it was. PyTorch's `update_bn`.
   *
   * @param samples  inputs [samples, ...], or a data set
   * @param options  weights "current" (default) or "average"; batchSize, a whole number from 1, default 256: the samples
   *                 are cut into as few batches, of nearly one size, as hold at most so many rows
   * @throws RangeError  an average that is not kept, batchSize below 1, or statistics that are not finite
   * @example
   * const averaged = createTrainer(engine, {
   *   model: sequential([batchNorm(1), linear(1, 1)]),
   *   loss: meanSquaredError(),
   *   optimizer: sgd({ learningRate: 0.1 }),
   *   average: swa({ unit: "step" }),
   * });
   * averaged.step(data);
   * averaged.refreshStatistics(data, { weights: "average" });
   * averaged.state()["0.mean"].data; // [0.5]
   * @see Izmailov et al., *Averaging weights leads to wider optima and better generalization*, UAI 2018, section 3.2
   */
  refreshStatistics(samples: Samples | Dataset, options: RefreshOptions = {}): void {
    const where = "refreshStatistics";
    this.#change(() => {
      checkOptions(where, options, ["weights", "batchSize"]);
      const { weights = "current", batchSize = chunkRows } = options;
      checkNumber(where, "batchSize", batchSize, { min: 1, integer: true });
      this.#withWeights(where, { weights }, () =>
        this.#withData(where, samples, (data) => this.#refreshFrom(where, data, batchSize)),
      );
    });
  }

  #refreshFrom(where: string, data: Dataset, batchSize: number): void {
    const { engine, memory, programs } = this;
    const { dtype } = this.options;
    const { elements, entries } = memory.stateLayout;
    if (elements === 0) return;
    const batches = Math.ceil(data.rows / batchSize);
    const start = (k: number): number => Math.floor((k * data.rows) / batches);
    programs.reserve(data, Math.ceil(data.rows / batches), false);
    programs.useData(data);
    const means = new Float64Array(elements);
    this.followLayers();
    engine.borrow(blockBytes(dtype, elements), (results) => {
      for (let k = 0; k < batches; k++) {
        const rows = start(k + 1) - start(k);
        programs.run(programs.get("refresh", rows), data, start(k), rows, results);
        for (const [i, value] of readArray(engine, results, dtype, elements).entries())
          means[i] = (means[i] as number) + value * (rows / data.rows);
      }
    });
    const { names } = programs.get("refresh", start(1));
    const moved = entries.filter(({ name }) => names.includes(name));
    const named = moved.map(({ name, shape, offset, elements: size }) => {
      const data = means.subarray(offset, offset + size);
      return [name, { data, shape }] as const;
    });
    checkNamed(engine, where, memory.state, Object.fromEntries(named))();
  }

  /** Everything that decides the next step, as one safetensors file: see checkpoint. */
  save(): Uint8Array {
    this.#check();
    return saveCheckpoint(this);
  }

  /**
   * Takes up a saved state; training goes on as if it had never stopped. Nothing changes if it throws.
   *
   * @throws RangeError  the file is damaged, of another version, or of another model
   */
  restore(bytes: Uint8Array): void {
    this.#change(() => restoreCheckpoint(this, bytes));
  }

  /** Gives all memory back. */
  free(): void {
    if (this.#freed) return;
    this.#checkIdle();
    this.programs.free();
    this.memory.free();
    this.#freed = true;
  }

  [Symbol.dispose](): void {
    this.free();
  }
}

/** The value of the loss or of a metric over all samples: what it makes of its sums, or the mean. */
function finished(metric: Metric | Loss, sums: Float64Array, rows: number, weighted: boolean): number {
  if (!("finish" in metric) || !metric.finish) {
    const weight = weighted ? (sums[1] as number) : rows;
    if (weight !== 0) return (sums[0] as number) / weight;
    throw new RangeError(
      `${metric.name}: the weights of all samples sum to 0, so there is no mean. Check the weights.`,
    );
  }
  const value: unknown = metric.finish(sums, rows);
  if (typeof value === "number") return value;
  throw new TypeError(`${metric.name}: finish must answer a number, got ${shown(value)}.`);
}

/** Rows of the next chunk when so many are left: 256, then powers of two, so that few programs serve every number. */
function chunkOf(left: number): number {
  return left >= chunkRows ? chunkRows : 2 ** Math.floor(Math.log2(left));
}

/** First row and number of rows of every chunk. */
function chunksOf(rows: number): { from: number; rows: number }[] {
  const chunks: { from: number; rows: number }[] = [];
  for (let from = 0; from < rows; from += chunkOf(rows - from)) chunks.push({ from, rows: chunkOf(rows - from) });
  return chunks;
}

/** Cuts rows into chunks of which few different ones occur. @internal */
export function eachChunk(rows: number, body: (from: number, count: number) => void): void {
  for (const chunk of chunksOf(rows)) body(chunk.from, chunk.rows);
}

/** A trainer, and not something else. @internal */
export function checkTrainer(where: string, trainer: unknown): Trainer {
  if (trainer instanceof Trainer) return trainer;
  throw wrongKind(
    where,
    "the first argument",
    "a trainer",
    trainer,
    "createTrainer(engine, { model, loss, optimizer })",
  );
}

/**
 * Creates a trainer: draws the initial weights and lays out memory; programs are traced at their first use.
 *
 * @param options  model, loss, optimizer; groups, penalty, constraint, gradient, average, metrics, seed, dtype, standardize and microBatch are optional
 * @throws TypeError   a part is missing or not what it should be, an unknown option, or options that contradict each other
 * @throws RangeError  a number out of range, or a group whose pattern matches no parameter
 * @throws MemoryError no memory for the parameters
 * @example
 * const trainer = createTrainer(engine, {
 *   model: sequential([linear(2, 8), tanh(), linear(8, 1), sigmoid()]),
 *   loss: meanSquaredError(),
 *   optimizer: sgd({ learningRate: 0.5 }),
 *   seed: 1,
 * });
 */
export function createTrainer(engine: Engine, options: TrainerOptions): Trainer {
  const where = "createTrainer";
  checkEngine(where, engine);
  const parts = [
    "model",
    "loss",
    "optimizer",
    "groups",
    "penalty",
    "constraint",
    "gradient",
    "average",
    "metrics",
    "seed",
    "dtype",
    "standardize",
    "microBatch",
  ];
  checkOptions(where, options, parts);
  const { model, loss, optimizer, groups = [], penalty, constraint, gradient = [], average } = options;
  const { metrics = [], seed = 0, dtype = "f32", standardize, microBatch = 1024 } = options;
  if (!isLayer(model)) throw wrongKind(where, "model", "a layer", model, "sequential([linear(2, 1)])");
  if (!has(loss, "apply", "targets")) throw wrongKind(where, "loss", "a loss", loss, "meanSquaredError()");
  if (!isOptimizer(optimizer)) throw wrongKind(where, "optimizer", "an optimizer", optimizer, "adam()");
  if (penalty !== undefined) checkPenalty(where, penalty);
  if (constraint !== undefined) checkConstraint(where, constraint);
  checkGradientTransforms(where, gradient);
  if (optimizer.gradientFree && gradient.length > 0)
    throw new TypeError(`${where}: gradient has nothing to work on: ${optimizer.name} takes none. Leave it out.`);
  if (average !== undefined) checkAverage(where, average);
  if (!Array.isArray(metrics) || !metrics.every((metric) => has(metric, "apply", "name")))
    throw wrongKind(where, "metrics", "an array of metrics", metrics, "[accuracy()]");
  const taken = new Set(["loss", "penalty"]);
  for (const { name, finish } of metrics) {
    if (finish !== undefined && typeof finish !== "function")
      throw wrongKind(where, `finish of "${name}"`, "a function", finish);
    if (taken.has(name)) throw new RangeError(`${where}: two results are named "${name}". Rename the metric.`);
    taken.add(name);
  }
  checkChoice(where, "dtype", dtype, ["f32", "f64"]);
  checkNumber(where, "seed", seed, { min: 0, integer: true });
  checkNumber(where, "microBatch", microBatch, { min: 1, integer: true });
  if (standardize) {
    checkNumber(where, "standardize.mean", standardize.mean, {});
    checkNumber(where, "standardize.deviation", standardize.deviation, { above: 0 });
  }
  // Each by its name: an option that is given as undefined is one that is left out, and the lists may be written to later.
  return new Trainer(engine, {
    model,
    loss,
    optimizer,
    groups,
    penalty,
    constraint,
    gradient: [...gradient],
    average,
    metrics: [...metrics],
    seed,
    dtype,
    standardize,
    microBatch,
  } as TrainerParts);
}
