// The trainer: a model, a loss and an optimizer over parameters that live in wasm memory. The training step itself is
// the core's; this file lays out memory, traces the programs and speaks the user's language.

import * as abi from "../assembly/abi.js";
import {
  type ArrayLike,
  arrayTypes,
  elementCount,
  type NDArray,
  sameShape,
  type TypedArray,
  toArray,
  typeCodes,
} from "./arrays.js";
import { restoreCheckpoint, saveCheckpoint } from "./checkpoint.js";
import { argumentType, createDataset, Dataset, type Samples, writeColumn } from "./data/dataset.js";
import { checkEngine, type Engine } from "./engine.js";
import { ShapeError, TraceError } from "./errors.js";
import { type FitOptions, Run } from "./fit.js";
import { ModelScope } from "./layers/context.js";
import type { Layer } from "./layers/layer.js";
import type { Loss } from "./losses.js";
import type { Metric } from "./metrics.js";
import type { Optimizer } from "./optimizers.js";
import { checkNumber, checkOptions, nearest, shown } from "./options.js";
import {
  arrangeTensors,
  type Layout,
  layOutParameters,
  layOutState,
  type Placed,
  placedTensors,
  type StateLayout,
} from "./parameters.js";
import { type Hyper, SchedulePlan } from "./scheduled.js";
import type { Tensor } from "./tensor.js";
import { blockBytes, type Cost, type Placement, type Program, readArray, traced, writeArray } from "./trace.js";

export interface TrainerOptions {
  readonly model: Layer;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly metrics?: readonly Metric[];
  /** Whole number from 0 below 2⁵³; default 0. */
  readonly seed?: number;
  /** Type of parameters and arithmetic; default "f32". */
  readonly dtype?: "f32" | "f64";
  /** Every input x enters as (x − mean) / deviation; default: as it is. */
  readonly standardize?: { readonly mean: number; readonly deviation: number };
  /** Rows of a run at most: a larger batch is accumulated in a fixed order; default 1024. */
  readonly microBatch?: number;
}

/** What `step` answers. */
export interface StepResult {
  /** Mean loss of the batch, before the update. */
  readonly loss: number;
  /** Euclidean norm of the gradient. */
  readonly gradientNorm: number;
}

/** Mean loss and metrics over samples. */
export interface Evaluation {
  readonly loss: number;
  readonly [metric: string]: number;
}

/** Rows evaluated or predicted in one run. */
const chunkRows = 256;

/** How a program's rows lie in the argument block. */
interface Signature {
  readonly inputRow: readonly number[];
  readonly targetRow: readonly number[] | null;
  readonly targetType: "f32" | "f64" | "i32";
}

/** A program and the shape of the model's output in it. */
interface Traced {
  readonly program: Program;
  readonly shape: readonly number[];
}

type Purpose = "train" | "evaluate" | "predict";

/** Trains a model. Make it with `createTrainer`. */
export class Trainer {
  readonly engine: Engine;
  readonly options: Required<Omit<TrainerOptions, "standardize">> & Pick<TrainerOptions, "standardize">;
  /** @internal */
  readonly layout: Layout;
  /** @internal */
  readonly stateLayout: StateLayout;
  /** Address of the core's record. @internal */
  readonly record: number;
  /** A run of `fit` is under way. @internal */
  busy = false;
  /** What hyper-parameters follow. @internal */
  readonly schedules: SchedulePlan;
  #region: number;
  #results = 0;
  #moments = 0;
  #columns = 0;
  #history = 0;
  #epochs = 0;
  #arguments = 0;
  #capacity = 0;
  #signature: Signature | null = null;
  #targetOffset = 0;
  #accumulator = 0;
  #order = 0;
  #orderRows = 0;
  readonly #programs = new Map<string, Traced>();

  /** @internal */
  constructor(engine: Engine, options: TrainerOptions) {
    this.engine = engine;
    const { metrics = [], seed = 0, dtype = "f32", microBatch = 1024, ...rest } = options;
    this.options = { ...rest, metrics, seed, dtype, microBatch };
    this.layout = layOutParameters(options.model, options.optimizer, dtype);
    this.stateLayout = layOutState(options.model, dtype, this.layout.parameters.length);
    const arena = blockBytes(dtype, this.layout.elements) + 64;
    const stateBytes = blockBytes(dtype, this.stateLayout.elements);
    const { states, places } = options.optimizer;
    const hypers = this.layout.groups.map(({ weightDecay }) => [weightDecay, 0, ...options.optimizer.hyper]);
    this.schedules = new SchedulePlan(hypers);
    const sizes = {
      record: abi.trainerBytes,
      groups: Math.ceil((abi.groupBytes * this.layout.groups.length) / 64) * 64,
      results: 64 * (metrics.length + 1),
      columns: 2 * abi.columnBytes + 48,
      schedules: Math.ceil(this.schedules.bytes / 64) * 64,
      history: 8 * abi.trainerHistoryRecords,
      epochs: 16 * abi.trainerEpochRecords,
      parameters: arena,
      gradients: arena,
      placed: places ? arena : 0,
      moments: states * arena,
      state: stateBytes,
      nextState: 2 * stateBytes,
    };
    const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
    this.#region = engine.allocate(total);
    engine.bytes.fill(0, this.#region, this.#region + total);
    let at = this.#region;
    const place = (bytes: number): number => {
      at += bytes;
      return at - bytes;
    };
    this.record = place(sizes.record);
    const groups = place(sizes.groups);
    this.#results = place(sizes.results);
    this.#columns = place(sizes.columns);
    const scheduled = place(sizes.schedules);
    this.#history = place(sizes.history);
    this.#epochs = place(sizes.epochs);
    const parameters = place(sizes.parameters);
    const gradients = place(sizes.gradients);
    const placed = place(sizes.placed);
    this.#moments = place(sizes.moments);
    this.set(abi.trainerState, place(sizes.state));
    this.set(abi.trainerNextState, place(sizes.nextState));
    this.set(abi.trainerStateBytes, stateBytes);
    this.set(abi.trainerSummed, Number(options.loss.reduction === "sum"));
    this.set(abi.trainerType, typeCodes[dtype]);
    this.set(abi.trainerRule, options.optimizer.rule);
    this.set(abi.trainerParameters, parameters);
    this.set(abi.trainerElements, this.layout.elements);
    this.set(abi.trainerGradients, gradients);
    this.set(abi.trainerPlaced, places ? placed : 0);
    this.set(abi.trainerMoments, this.#moments);
    this.set(abi.trainerGroups, groups);
    this.set(abi.trainerGroupCount, this.layout.groups.length);
    this.set(abi.trainerResults, this.#results);
    this.set(abi.trainerColumns, this.#columns);
    this.set(abi.trainerHistory, this.#history);
    this.set(abi.trainerHistoryLimit, abi.trainerHistoryRecords);
    this.set(abi.trainerEpochs, this.#epochs);
    this.set(abi.trainerSeedLow, seed >>> 0);
    this.set(abi.trainerSeedHigh, Math.floor(seed / 2 ** 32));
    for (const [k, group] of this.layout.groups.entries()) {
      const g = groups + k * abi.groupBytes;
      engine.ints.set([group.offset, group.elements], g >> 2);
      const numbers = (hypers[k] as Hyper[]).map((hyper) => (typeof hyper === "number" ? hyper : 0));
      engine.doubles.set(numbers, (g + abi.groupShrink) >> 3);
    }
    const { records, words } = this.schedules.place(engine, scheduled);
    this.set(abi.trainerScheduled, scheduled);
    this.set(abi.trainerScheduledCount, this.schedules.entries.length);
    this.set(abi.trainerSchedules, records);
    this.set(abi.trainerScheduleWords, words);
    engine.watch(this, this.#region);
    this.#initialize();
  }

  /** Sets a whole-number field of the record. @internal */
  set(field: number, value: number): void {
    this.engine.ints[(this.record + field) >> 2] = value;
  }

  /** A whole-number field of the record. @internal */
  get(field: number): number {
    return (this.engine.ints[(this.record + field) >> 2] as number) >>> 0;
  }

  /** A real field of the record. @internal */
  real(field: number): number {
    return this.engine.doubles[(this.record + field) >> 3] as number;
  }

  /** @internal */
  setReal(field: number, value: number): void {
    this.engine.doubles[(this.record + field) >> 3] = value;
  }

  /** Updates done since the weights were drawn. */
  get steps(): number {
    this.#alive();
    return this.real(abi.trainerStep);
  }

  /** The learning rate of the next update, of the first group if they differ. */
  get learningRate(): number {
    this.#alive();
    if (this.schedules.entries.length > 0) {
      this.lookUpSchedules(1);
      this.naming(() => this.engine.checked((core) => core.schedule(this.record)));
    }
    return this.engine.doubles[(this.get(abi.trainerGroups) + abi.groupHyper) >> 3] as number;
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
    this.#usable();
    if (typeof value !== "number") throw new TypeError(`observe: the loss must be a number, got ${shown(value)}.`);
    this.observeLoss(value);
  }

  /** @internal */
  observeLoss(value: number): void {
    this.engine.call((core) => core.observe(this.record, value));
  }

  /** Makes users' functions known for the next `count` updates. @internal */
  lookUpSchedules(count: number): void {
    this.schedules.lookUp(this.engine, this.real(abi.trainerStep), this.get(abi.trainerEpoch), count);
  }

  /** Draws the initial weights and state: a program whose results are the two arenas. */
  #initialize(): void {
    const { engine, layout, stateLayout } = this;
    const { dtype, parameters } = layout;
    if (parameters.length + stateLayout.entries.length === 0) return;
    const bytes = arrayTypes[dtype].BYTES_PER_ELEMENT;
    const program = traced(engine, (trace) => {
      const initial =
        (space: number) =>
        ({ shape, initializer, index, offset }: Placed): Placement => {
          const tensor = initializer({ trace, shape, dtype, index });
          return { tensor, space, offset: offset * bytes };
        };
      return [...parameters.map(initial(abi.spaceParameters)), ...stateLayout.entries.map(initial(abi.spaceState))];
    });
    try {
      const { seed } = this.options;
      engine.call((core) => {
        core.bindRandom(seed >>> 0, Math.floor(seed / 2 ** 32), 0, 0, 0);
        core.bindSpace(abi.spaceParameters, this.get(abi.trainerParameters));
        core.bindSpace(abi.spaceState, this.get(abi.trainerState));
      });
      engine.checked((core) => core.run(program.address, 0, 0));
    } finally {
      program.free();
    }
  }

  // Programs.

  /** Makes the argument block fit for `rows` rows of this signature; programs of another layout are dropped. @internal */
  reserve(signature: Signature, rows: number): void {
    const same = this.#signature !== null && describe(this.#signature) === describe(signature);
    if (same && rows <= this.#capacity) return;
    const capacity = Math.max(rows, same ? this.#capacity : 0);
    const { dtype } = this.options;
    const inputs = blockBytes(dtype, capacity * elementCount(signature.inputRow));
    const targets = signature.targetRow
      ? blockBytes(signature.targetType, capacity * elementCount(signature.targetRow))
      : 0;
    const block = this.engine.allocate(inputs + targets);
    if (this.#arguments) this.engine.release(this.#arguments);
    for (const { program } of this.#programs.values()) program.free();
    this.#programs.clear();
    this.#arguments = block;
    this.#targetOffset = inputs;
    this.#capacity = capacity;
    this.#signature = signature;
    this.set(abi.trainerArguments, block);
  }

  /** The program for a purpose and a number of rows, traced at its first use. @internal */
  program(purpose: Purpose, rows: number): Traced {
    const key = `${purpose} ${rows}`;
    let found = this.#programs.get(key);
    if (!found) {
      found = this.#trace(purpose, rows);
      this.#programs.set(key, found);
    }
    return found;
  }

  #trace(purpose: Purpose, rows: number): Traced {
    const { model, loss, metrics, dtype } = this.options;
    const { inputRow, targetRow, targetType } = this.#signature as Signature;
    let shape: readonly number[] = [];
    const program = traced(this.engine, (trace) => {
      const weights = placedTensors(trace, abi.spaceParameters, dtype, this.layout.parameters);
      const states = this.stateLayout.entries;
      const state = placedTensors(trace, abi.spaceState, dtype, states);
      const named = new Map(states.map(({ name }, k) => [name, state[k] as Tensor]));
      const scope = new ModelScope(trace, model, purpose === "train", rows, dtype, named);
      const x = trace.leaf(abi.spaceArguments, 0, dtype, [rows, ...inputRow]);
      const prediction = model.apply(arrangeTensors(model.parameters, weights), x, scope.context);
      ({ shape } = prediction);
      if (purpose === "predict") return [{ tensor: prediction, space: abi.spaceResults, offset: 0 }];
      const y = trace.leaf(abi.spaceArguments, this.#targetOffset, targetType, [rows, ...(targetRow ?? [])]);
      const scalar = (name: string, tensor: Tensor): Tensor => {
        if (tensor.size === 1) return tensor.reshape([]);
        throw new ShapeError(
          `${name}: must answer a scalar, got shape [${tensor.shape.join(", ")}]. Reduce it with mean().`,
        );
      };
      const value = scalar(loss.name, loss.apply(prediction, y));
      const results: Placement[] = [{ tensor: value, space: abi.spaceResults, offset: 0 }];
      if (purpose === "evaluate")
        for (const [k, metric] of metrics.entries())
          results.push({
            tensor: scalar(metric.name, metric.apply(prediction, y)),
            space: abi.spaceResults,
            offset: 64 * (k + 1),
          });
      else {
        const bytes = arrayTypes[dtype].BYTES_PER_ELEMENT;
        for (const [k, gradient] of trace.differentiate(value, weights).entries()) {
          const { offset } = this.layout.parameters[k] as Placed;
          results.push({ tensor: gradient, space: abi.spaceGradients, offset: offset * bytes });
        }
        for (const { name, offset } of states)
          results.push({ tensor: scope.next(name), space: abi.spaceNextState, offset: offset * bytes });
      }
      return results;
    });
    return { program, shape };
  }

  /** What the training program costs for a batch of this many rows, before it runs. */
  cost(samples: Samples | Dataset, rows: number): Cost {
    checkNumber("cost", "rows", rows, { min: 1, integer: true });
    return this.#withData(samples, (data) => {
      this.reserve(this.signatureOf(data, true), rows);
      return this.program("train", rows).program.cost;
    });
  }

  // Data.

  /** The dataset of samples, made for the time of `body` if they are not in wasm memory yet. */
  #withData<T>(samples: Samples | Dataset, body: (data: Dataset) => T): T {
    this.#usable();
    if (samples instanceof Dataset) return body(samples.check(this.engine));
    const data = createDataset(this.engine, samples, this.options.loss.targets);
    try {
      return body(data);
    } finally {
      data.free();
    }
  }

  #alive(): void {
    if (this.#region === 0) throw new TraceError("trainer: used after it was freed. Create it again.");
  }

  #usable(): void {
    this.#alive();
    if (this.busy) throw new TraceError("trainer: a run is under way. Wait for it, or stop it first.");
  }

  /** How rows of this data lie in the argument block. @internal */
  signatureOf(data: Dataset, withTargets: boolean): Signature {
    const [inputs, targets] = data.columns;
    if (withTargets && !targets) throw new ShapeError("trainer: the data has no targets. Give { inputs, targets }.");
    const { dtype, loss } = this.options;
    const kept = this.#signature;
    return {
      inputRow: inputs?.row ?? [],
      targetRow: targets?.row ?? kept?.targetRow ?? null,
      targetType: targets ? argumentType(targets, dtype, loss.targets === "classes") : (kept?.targetType ?? dtype),
    };
  }

  /** Points the gathering at this data. @internal */
  useData(data: Dataset): void {
    const { dtype, standardize } = this.options;
    const signature = this.#signature as Signature;
    for (const [k, column] of data.columns.entries()) {
      const source = { address: data.addresses[k] as number, type: column.type, rowElements: elementCount(column.row) };
      const target = k === 0 ? { offset: 0, type: dtype } : { offset: this.#targetOffset, type: signature.targetType };
      writeColumn(
        this.engine,
        this.#columns + k * abi.columnBytes,
        source,
        target,
        k === 0 ? (standardize ?? null) : null,
      );
    }
    this.set(abi.trainerColumnCount, data.columns.length);
  }

  /** Refuses labels that the model has no output for. @internal */
  checkLabels(data: Dataset, outputs: readonly number[]): void {
    if (this.options.loss.targets !== "classes" || !data.labelRange) return;
    const classes = outputs.at(-1) ?? 0;
    const [least, largest] = data.labelRange;
    if (least >= 0 && largest < classes) return;
    throw new RangeError(
      `trainer: label out of range: got ${least < 0 ? least : largest}, expected 0 .. ${classes - 1} for ${classes} outputs. ` +
        "Check the labels, or widen the last layer.",
    );
  }

  #gather(data: Dataset, from: number, rows: number): void {
    const { engine } = this;
    engine.call((core) =>
      core.gather(this.#columns, data.columns.length, this.#arguments, data.order + 4 * from, rows),
    );
  }

  /** Runs a program that changes nothing over the rows that were gathered, the first of which is number `row`. */
  #run(program: Program, results: number, row: number): void {
    const { engine } = this;
    const { seed } = this.options;
    engine.call((core) => {
      core.bindRandom(seed >>> 0, Math.floor(seed / 2 ** 32), this.steps >>> 0, Math.floor(this.steps / 2 ** 32), row);
      core.bindSpace(abi.spaceParameters, this.get(abi.trainerParameters));
      core.bindSpace(abi.spaceState, this.get(abi.trainerState));
    });
    engine.checked((core) => core.run(program.address, this.#arguments, results));
  }

  /** Calls `body` for chunks of rows: 256 at a time, then powers of two, so that few programs serve every number. */
  #chunks(rows: number, body: (from: number, count: number) => void): void {
    for (let from = 0; from < rows; ) {
      const count = chunkOf(rows - from);
      body(from, count);
      from += count;
    }
  }

  // What users call.

  /**
   * One update on one batch: w ← rule(w, ∇L). Nothing changes if it throws.
   *
   * @param batch  inputs [batch, ...] and targets
   * @throws ShapeError       the batch does not fit the model
   * @throws DivergenceError  the loss or the gradient is not finite
   */
  step(batch: Samples): StepResult {
    return this.#withData(batch, (data) => {
      const { engine } = this;
      this.prepareRuns(data, [data.rows]);
      this.lookUpSchedules(1);
      this.naming(() => engine.checked((core) => core.step(this.record, data.order, data.rows)));
      return { loss: this.real(abi.trainerStepLoss), gradientNorm: this.real(abi.trainerGradientNorm) };
    });
  }

  /**
   * Makes ready for steps over this data of the numbers of rows in `batches`: programs for every run that can occur, the
   * gathering, and the accumulator if a step takes several runs. @internal
   */
  prepareRuns(data: Dataset, batches: readonly number[]): void {
    const largest = Math.max(...batches);
    const micro = Math.min(this.options.microBatch, largest);
    const sizes = batches.flatMap((rows) => [Math.min(rows, micro), rows % micro]);
    this.reserve(this.signatureOf(data, true), micro);
    const programs = [...new Set(sizes)].flatMap((rows) => {
      if (rows === 0) return [];
      const { program, shape } = this.program("train", rows);
      this.checkLabels(data, shape);
      return [rows, program.address];
    });
    if (largest > micro) this.#reserveAccumulator();
    for (let k = 0; k < 2 * abi.trainerProgramSlots; k++) this.set(abi.trainerPrograms + 4 * k, programs[k] ?? 0);
    this.set(abi.trainerMicroBatch, micro);
    this.set(abi.trainerStepRows, 0);
    this.useData(data);
  }

  /** Lets faults name the parameter of an element, and the option of a number. @internal */
  naming<T>(body: () => T): T {
    const { elementName, optionName } = this.engine;
    this.engine.optionName = (group, index) => this.schedules.nameOf(group, index);
    this.engine.elementName = (element) =>
      this.layout.parameters.find(({ offset, elements }) => element >= offset && element < offset + elements)?.name ??
      "?";
    try {
      return body();
    } finally {
      Object.assign(this.engine, { elementName, optionName });
    }
  }

  /**
   * Trains over a data set: k steps are one WebAssembly call. Starts at once; the answer is both an async iterable of
   * epochs and a promise of the history. Leaving the loop, or the signal, stops it at a whole step.
   *
   * @param samples  { inputs, targets } or a data set
   * @param options  epochs or steps, batchSize, validation, and more: see FitOptions
   * @example
   * for await (const epoch of trainer.fit(data, { epochs: 5, batchSize: 64 })) console.log(epoch.loss);
   */
  fit(samples: Samples | Dataset, options: FitOptions): Run {
    this.#usable();
    return new Run(this, samples, options);
  }

  /** Loss and metrics, both means over samples whatever the reduction of the loss; nothing changes. */
  evaluate(samples: Samples | Dataset): Evaluation {
    return this.#withData(samples, (data) => this.evaluateData(data));
  }

  /** Refuses data that cannot be evaluated, before anything is done with it. @internal */
  prepareEvaluation(data: Dataset): void {
    this.reserve(this.signatureOf(data, true), Math.min(chunkRows, data.rows));
    const { shape } = this.program("evaluate", chunkOf(data.rows));
    this.checkLabels(data, shape);
  }

  /** @internal */
  evaluateData(data: Dataset): Evaluation {
    const { metrics, dtype } = this.options;
    this.prepareEvaluation(data);
    this.useData(data);
    const totals = new Array<number>(metrics.length + 1).fill(0);
    this.#chunks(data.rows, (from, count) => {
      const { program } = this.program("evaluate", count);
      this.#gather(data, from, count);
      this.#run(program, this.#results, from);
      const summed = this.options.loss.reduction === "sum";
      for (const k of totals.keys()) {
        const value = readArray(this.engine, this.#results + 64 * k, dtype, 1)[0] as number;
        totals[k] = (totals[k] as number) + (summed && k === 0 ? value : count * value);
      }
    });
    const [loss = 0, ...values] = totals.map((total) => total / data.rows);
    return { loss, ...Object.fromEntries(metrics.map((metric, k) => [metric.name, values[k] as number])) };
  }

  /**
   * The model's output for inputs [samples, ...]: { data, shape } with the same first axis. A row does not depend on
   * the rows beside it.
   */
  predict(inputs: ArrayLike): NDArray {
    return this.#withData({ inputs }, (data) => {
      const { dtype } = this.options;
      this.reserve(this.signatureOf(data, false), Math.min(chunkRows, data.rows));
      this.useData(data);
      let out: TypedArray = new arrayTypes[dtype](0);
      let row: readonly number[] = [];
      this.#chunks(data.rows, (from, count) => {
        const { program, shape } = this.program("predict", count);
        const width = elementCount(shape) / count;
        if (from === 0) {
          row = shape.slice(1);
          out = new arrayTypes[dtype](data.rows * width);
        }
        const results = this.engine.allocate(blockBytes(dtype, count * width));
        try {
          this.#gather(data, from, count);
          this.#run(program, results, from);
          out.set(readArray(this.engine, results, dtype, count * width), from * width);
        } finally {
          this.engine.release(results);
        }
      });
      return { data: out, shape: [data.rows, ...row] };
    });
  }

  /** Label and probabilities for one input, for a model that answers logits. */
  classify(input: ArrayLike): { label: number; probabilities: number[] } {
    const { data, shape } = toArray("classify", input);
    const logits = Array.from(this.predict({ data, shape: [1, ...shape] }).data);
    const largest = Math.max(...logits);
    const weights = logits.map((value) => Math.exp(value - largest));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { label: logits.indexOf(largest), probabilities: weights.map((weight) => weight / total) };
  }

  /** Copies of the parameters by name. */
  parameters(): Record<string, NDArray> {
    return this.#named(this.get(abi.trainerParameters), this.layout.parameters);
  }

  /** Copies of the running state by name, such as the statistics of batch norm. */
  state(): Record<string, NDArray> {
    return this.#named(this.get(abi.trainerState), this.stateLayout.entries);
  }

  /** State vector k of the optimizer, by parameter name. @internal */
  moment(k: number): Record<string, NDArray> {
    const arena = this.#moments + k * this.layout.elements * arrayTypes[this.options.dtype].BYTES_PER_ELEMENT;
    return this.#named(arena, this.layout.parameters);
  }

  #named(arena: number, placed: readonly Placed[]): Record<string, NDArray> {
    this.#alive();
    const { dtype } = this.layout;
    const bytes = arrayTypes[dtype].BYTES_PER_ELEMENT;
    return Object.fromEntries(
      placed.map(({ name, shape, offset, elements }) => [
        name,
        { data: readArray(this.engine, arena + offset * bytes, dtype, elements), shape },
      ]),
    );
  }

  /**
   * Replaces parameters by name. All are checked before the first is written.
   *
   * @throws RangeError  an unknown name, or numbers that are not finite
   * @throws ShapeError  a wrong shape
   */
  setParameters(values: Readonly<Record<string, ArrayLike>>): void {
    this.#usable();
    this.#write("setParameters", "parameter", this.get(abi.trainerParameters), this.layout.parameters, values);
  }

  /**
   * Replaces running state by name. All are checked before the first is written.
   *
   * @throws RangeError  an unknown name, or numbers that are not finite
   * @throws ShapeError  a wrong shape
   */
  setState(values: Readonly<Record<string, ArrayLike>>): void {
    this.#usable();
    this.#write("setState", "state", this.get(abi.trainerState), this.stateLayout.entries, values);
  }

  /** @internal */
  setMoment(k: number, values: Readonly<Record<string, ArrayLike>>): void {
    const arena = this.#moments + k * this.layout.elements * arrayTypes[this.options.dtype].BYTES_PER_ELEMENT;
    this.#write("setMoment", "parameter", arena, this.layout.parameters, values);
  }

  #write(
    where: string,
    what: string,
    arena: number,
    placed: readonly Placed[],
    values: Readonly<Record<string, ArrayLike>>,
  ): void {
    const { dtype } = this.layout;
    if (values === null || typeof values !== "object")
      throw new TypeError(`${where}: expected arrays by name, got ${shown(values)}.`);
    const checked = Object.entries(values).map(([name, value]) => {
      const parameter = placed.find((p) => p.name === name);
      if (!parameter) {
        const near = nearest(
          name,
          placed.map((p) => p.name),
        );
        throw new RangeError(`${where}: no ${what} "${name}". ${near ? `Did you mean "${near}"?` : ""}`);
      }
      const { data, shape } = toArray(name, value);
      if (!sameShape(shape, parameter.shape))
        throw new ShapeError(
          `${where}: "${name}" has the wrong shape: got [${shape.join(", ")}], expected [${parameter.shape.join(", ")}].`,
        );
      if (!Array.prototype.every.call(data, Number.isFinite))
        throw new RangeError(`${where}: "${name}" holds a number that is not finite. Check where it comes from.`);
      return { parameter, data };
    });
    const bytes = arrayTypes[dtype].BYTES_PER_ELEMENT;
    for (const { parameter, data } of checked) writeArray(this.engine, arena + parameter.offset * bytes, dtype, data);
  }

  /** Everything that decides the next step, as one safetensors file: see checkpoint. */
  save(): Uint8Array {
    this.#usable();
    return saveCheckpoint(this);
  }

  /**
   * Takes up a saved state; training goes on as if it had never stopped. Nothing changes if it throws.
   *
   * @throws RangeError  the file is damaged, of another version, or of another model
   */
  restore(bytes: Uint8Array): void {
    this.#usable();
    restoreCheckpoint(this, bytes);
  }

  // Memory for runs.

  /** The order of the rows of an epoch. @internal */
  reserveOrder(rows: number): void {
    if (rows !== this.#orderRows) {
      if (this.#order) this.engine.release(this.#order);
      this.#order = 0;
      this.#order = this.engine.allocate(4 * rows);
      this.#orderRows = rows;
      this.set(abi.trainerOrder, this.#order);
    }
  }

  /** Where the gradients of a step that takes several runs are added up. */
  #reserveAccumulator(): void {
    if (this.#accumulator) return;
    this.#accumulator = this.engine.allocate(blockBytes(this.options.dtype, this.layout.elements) + 64);
    this.set(abi.trainerAccumulator, this.#accumulator);
  }

  /** Losses of the updates of the last slice. @internal */
  sliceLosses(): Float64Array {
    return readArray(this.engine, this.#history, "f64", this.get(abi.trainerHistoryCount)) as Float64Array;
  }

  /** Pairs (updates done, mean loss) of the epochs that ended in the last slice. @internal */
  sliceEpochs(): Float64Array {
    return readArray(this.engine, this.#epochs, "f64", 2 * this.get(abi.trainerEpochCount)) as Float64Array;
  }

  /** Gives all memory back. */
  free(): void {
    if (this.#region === 0) return;
    this.#usable();
    for (const { program } of this.#programs.values()) program.free();
    this.#programs.clear();
    for (const address of [this.#arguments, this.#accumulator, this.#order, this.#region])
      if (address) this.engine.release(address);
    this.engine.unwatch(this);
    this.#region = 0;
  }

  [Symbol.dispose](): void {
    this.free();
  }
}

/** Rows of the next chunk when so many are left: 256, then powers of two. */
function chunkOf(left: number): number {
  return left >= chunkRows ? chunkRows : 2 ** Math.floor(Math.log2(left));
}

function describe({ inputRow, targetRow, targetType }: Signature): string {
  return `${inputRow.join("x")} ${targetRow?.join("x")} ${targetType}`;
}

/**
 * Creates a trainer: draws the initial weights and lays out memory; programs are traced at their first use.
 *
 * @param options  model, loss, optimizer; metrics, seed, dtype, standardize and microBatch are optional
 * @throws TypeError   a part is missing or not what it should be, or an unknown option
 * @throws RangeError  a number out of range
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
  checkOptions(where, options, ["model", "loss", "optimizer", "metrics", "seed", "dtype", "standardize", "microBatch"]);
  const { model, loss, optimizer, metrics = [], seed = 0, dtype = "f32", standardize, microBatch = 1024 } = options;
  const isPart = (part: unknown, ...keys: string[]): boolean =>
    typeof part === "object" && part !== null && keys.every((key) => key in part);
  if (!isPart(model, "apply", "parameters"))
    throw new TypeError(`${where}: model must be a layer, got ${shown(model)}. Try sequential([linear(2, 1)]).`);
  if (!isPart(loss, "apply", "targets"))
    throw new TypeError(`${where}: loss must be a loss, got ${shown(loss)}. Try meanSquaredError().`);
  if (!isPart(optimizer, "rule", "hyper"))
    throw new TypeError(`${where}: optimizer must be an optimizer, got ${shown(optimizer)}. Try adam().`);
  if (!Array.isArray(metrics) || !metrics.every((metric) => isPart(metric, "apply", "name")))
    throw new TypeError(`${where}: metrics must be an array of metrics, got ${shown(metrics)}. Try [accuracy()].`);
  if (dtype !== "f32" && dtype !== "f64")
    throw new RangeError(`${where}: dtype must be "f32" or "f64", got ${shown(dtype)}.`);
  checkNumber(where, "seed", seed, { min: 0, integer: true });
  checkNumber(where, "microBatch", microBatch, { min: 1, integer: true });
  if (standardize) {
    checkNumber(where, "standardize.mean", standardize.mean, {});
    checkNumber(where, "standardize.deviation", standardize.deviation, { above: 0 });
  }
  return new Trainer(engine, options);
}
