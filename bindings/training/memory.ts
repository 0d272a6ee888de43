// The memory of a trainer: one region with the core's record, the arenas of parameters, gradients, optimizer state and
// running state, and what the core reports; besides it the regions that depend on the data.

import * as abi from "../../assembly/abi.js";
import { doubleAt, wordAt } from "../engine/addresses.js";
import type { Engine } from "../engine/engine.js";
import { registered } from "../engine/featureSets.js";
import type { InitialContext } from "../layers/initializers.js";
import type { Layer } from "../layers/layer.js";
import type { Loss } from "../losses/classes.js";
import type { Metric } from "../losses/metrics.js";
import type { WeightAverage } from "../optimizers/averages.js";
import type { Constraint } from "../optimizers/constraints.js";
import { batchesOf, type GradientTransform } from "../optimizers/gradientTransforms.js";
import type { Optimizer, Wrapper } from "../optimizers/optimizer.js";
import type { Penalty } from "../optimizers/penalties.js";
import { type Hyper, SchedulePlan } from "../schedules/scheduled.js";
import { Tensor } from "../tensors/tensor.js";
import { blockBytes, type Placement, readArray, type Trace, traced, writeArray } from "../tensors/trace.js";
import { arrayTypes, bytesOf, checkShape, halvesOf, sameShape, typeCode, wholeLines } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import type { ParameterGroup } from "./groups.js";
import type { Arena } from "./namedArrays.js";
import { type Layout, layOutParameters, layOutState, type Placed, type StateLayout } from "./parameters.js";

/** The parts of a trainer, defaults filled in. */
export interface TrainerParts {
  readonly model: Layer;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly groups: readonly ParameterGroup[];
  readonly penalty?: Penalty;
  readonly constraint?: Constraint;
  readonly gradient: readonly GradientTransform[];
  readonly average?: WeightAverage;
  readonly metrics: readonly Metric[];
  readonly seed: number;
  readonly dtype: "f32" | "f64";
  readonly standardize?: { readonly mean: number; readonly deviation: number };
  readonly microBatch: number;
}

/** A number beside the arenas that decides the next step: part of a checkpoint. */
export interface Word {
  readonly name: string;
  read(): number;
  write(value: number): void;
  /** Whether a number from a file can be it. */
  fits(value: number): boolean;
  /** What it is in a file that does not name it: one from before there was such a number, or where nobody set it. */
  readonly absent?: number;
}

/** Counts of a file, which go on growing: far from 2⁵³, where adding 1 changes nothing. */
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0 && value <= 2 ** 52;

/** Lays a trainer out and keeps its regions. */
export class TrainerMemory {
  /** Address of the core's record. */
  readonly record: number;
  readonly layout: Layout;
  readonly stateLayout: StateLayout;
  /** What hyper-parameters follow. */
  readonly schedules: SchedulePlan;
  /** Address of the column records. */
  readonly columns: number;
  /** Vectors beside the weights and the state of the rule, by the prefix of their names in a checkpoint. */
  readonly besides: readonly { readonly prefix: string; readonly arena: Arena }[];
  /** What belongs to the weights, as the vectors do. */
  readonly words: readonly Word[];
  /** Where training stands. */
  readonly counters: readonly Word[];
  /** Whether programs outside of training read the average of the weights. */
  readsAverage = false;
  /** What training changes, the gradient and what is only read at the next step apart. @internal */
  readonly changing: readonly (readonly [at: number, length: number])[];
  /** The groups, and the records of what schedules drive with the values of users' functions. @internal */
  readonly followed: readonly (readonly [at: number, length: number])[];
  /** The learning rate that was set last, or that of the first group that moves; NaN if it cannot be set. @internal */
  rate: number;
  readonly #moments: number;
  readonly #history: number;
  readonly #epochs: number;
  readonly #dtype: "f32" | "f64";
  readonly #regions = new Set<number>();
  #order = 0;
  #orderRows = 0;
  #accumulator = 0;

  constructor(
    readonly engine: Engine,
    parts: TrainerParts,
  ) {
    const { model, loss, optimizer, gradient, average, seed, dtype } = parts;
    this.#dtype = dtype;
    this.layout = layOutParameters(model, parts, dtype);
    this.stateLayout = layOutState(model, dtype, this.layout.parameters.length);
    checkDeclared(this.layout, this.stateLayout);
    const { groups, elements, places } = this.layout;
    const { followed } = this.stateLayout;
    this.schedules = new SchedulePlan([...groups.map(({ hyper }) => hyper), followed.map(({ follows }) => follows)]);
    const arena = blockBytes(dtype, elements) + 64;
    const stateBytes = blockBytes(dtype, this.stateLayout.elements);
    const matrices = groups.reduce((sum, group) => sum + group.matrices.length, 0);
    const { wrappers } = optimizer;
    const apart = wrappers.some(({ changesUpdate }) => changesUpdate) || groups.some(({ cautious }) => cautious);
    const twice = wrappers.some(({ evaluatesTwice }) => evaluatesTwice);
    const keeping = wrappers.filter(({ keepsWeights }) => keepsWeights);
    const wraps = apart || wrappers.length > 0;
    const transforms = gradient.filter(({ code }) => code !== null);
    const batches = batchesOf(gradient);
    const [seedLow, seedHigh] = halvesOf(seed);
    const sizes = {
      record: wholeLines(abi.trainerBytes),
      sweep: wholeLines(abi.sweepBytes),
      groups: wholeLines(abi.groupBytes * groups.length),
      results: 64,
      columns: wholeLines(2 * abi.columnBytes),
      scheduled: wholeLines(this.schedules.bytes),
      history: 8 * abi.trainerHistoryRecords,
      epochs: 24 * abi.trainerEpochRecords,
      parameters: arena,
      gradients: arena,
      placed: places ? arena : 0,
      moments: this.layout.states * arena,
      state: stateBytes + wholeLines(8 * followed.length),
      nextState: (twice ? 3 : 2) * stateBytes,
      matrices: wholeLines(abi.matrixBytes * matrices),
      workspace: this.layout.workspace,
      average: average ? abi.averageHeader + arena : 0,
      tensors: wholeLines(abi.tensorBytes * this.layout.parameters.length),
      chain: transforms.length > 0 ? chainBytes(this.layout, transforms) : 0,
      accumulated: batches > 1 ? arena : 0,
      wrapping: wraps ? wholeLines(abi.wrappingBytes + abi.wrapperBytes * wrappers.length) : 0,
      updates: apart ? arena : 0,
      perturbed: twice ? arena : 0,
      kept: keeping.length * arena,
    };
    const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
    const region = this.own(total);
    engine.bytes.fill(0, region, region + total);
    let next = region;
    const at = Object.fromEntries(
      Object.entries(sizes).map(([name, size]) => {
        next += size;
        return [name, next - size];
      }),
    ) as Record<keyof typeof sizes, number>;
    this.record = at.record;
    this.columns = at.columns;
    this.#moments = at.moments;
    this.#history = at.history;
    this.#epochs = at.epochs;
    const groupRange = [at.groups, at.results - at.groups] as const;
    const scheduledRange = [at.scheduled, at.history - at.scheduled] as const;
    this.followed = [groupRange, scheduledRange];
    this.rate = optimizer.gradientFree ? Number.NaN : this.#firstRate;
    this.changing = [
      [at.record + abi.trainerPosition, abi.trainerPrograms - abi.trainerPosition],
      ...this.followed,
      [at.parameters, at.gradients - at.parameters],
      [at.moments, region + total - at.moments],
    ];
    engine.watch(this, this.#regions);
    try {
      this.write({
        [abi.trainerType]: typeCode(dtype),
        [abi.trainerSweep]: at.sweep,
        [abi.trainerParameters]: at.parameters,
        [abi.trainerElements]: elements,
        [abi.trainerGradients]: at.gradients,
        [abi.trainerLookAhead]: places ? at.placed : 0,
        [abi.trainerStateVectors]: at.moments,
        [abi.trainerWorkspace]: at.workspace,
        [abi.trainerGroups]: at.groups,
        [abi.trainerGroupCount]: groups.length,
        [abi.trainerState]: at.state,
        [abi.trainerNextState]: at.nextState,
        [abi.trainerStateBytes]: stateBytes,
        [abi.trainerSummed]: Number(loss.reduction === "sum"),
        [abi.trainerResults]: at.results,
        [abi.trainerColumns]: at.columns,
        [abi.trainerHistory]: at.history,
        [abi.trainerHistoryLimit]: abi.trainerHistoryRecords,
        [abi.trainerEpochs]: at.epochs,
        [abi.trainerSeedLow]: seedLow,
        [abi.trainerSeedHigh]: seedHigh,
      });
      this.#writeGroups(at.groups, at.matrices);
      if (average) {
        this.set(abi.trainerAverage, at.average);
        const unit = average.unit === "epoch" ? abi.unitEpoch : abi.unitStep;
        const { decay, every, start } = average;
        engine.writeReals(at.average, {
          [abi.averageDecay]: decay,
          [abi.averageEvery]: every,
          [abi.averageStart]: start,
          [abi.averageUnit]: unit,
        });
      }
      this.#writeTensors(at.tensors);
      if (transforms.length > 0) this.#writeChain(at.chain, transforms);
      if (batches > 1) {
        this.write({ [abi.trainerAccumulate]: batches, [abi.trainerAccumulated]: at.accumulated });
      }
      if (wraps) {
        const blocks = { updates: apart ? at.updates : 0, perturbed: twice ? at.perturbed : 0, kept: at.kept };
        this.#writeWrapping(at.wrapping, wrappers, blocks, arena);
      }
      this.besides = [
        ...keeping.map(({ wrapper }, k) => ({ prefix: `${wrapper}.`, arena: this.#arenaAt(at.kept + k * arena) })),
        ...(batches > 1 ? [{ prefix: "accumulated.", arena: this.#arenaAt(at.accumulated) }] : []),
      ];
      this.words = this.#wordsOf(parts, batches);
      this.counters = this.#countersOf();
      const starts = groups.map((_, k) => at.groups + k * abi.groupBytes + abi.groupDecoupledDecay);
      const { records, words } = this.schedules.place(engine, at.scheduled, [...starts, at.state + stateBytes]);
      this.write({
        [abi.trainerScheduled]: at.scheduled,
        [abi.trainerScheduledCount]: this.schedules.entries.length,
        [abi.trainerSchedules]: records,
        [abi.trainerScheduleWords]: words,
      });
      this.#initialize(seed);
      this.followWeights();
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** Writes the group records and the table of matrices, and starts the state vectors. */
  #writeGroups(address: number, table: number): void {
    const { doubles } = this.engine;
    let matrix = table;
    for (const [k, group] of this.layout.groups.entries()) {
      const g = address + k * abi.groupBytes;
      const numbers = group.hyper.map((hyper) => (typeof hyper === "number" ? hyper : 0));
      doubles.set(numbers, doubleAt(g + abi.groupDecoupledDecay));
      this.engine.write(g, {
        [abi.groupOffset]: group.offset,
        [abi.groupElements]: group.elements,
        [abi.groupRule]: registered(this.engine, "rule", group.rule, group.name),
        [abi.groupProximal]: Number(group.proximal),
        [abi.groupCautious]: Number(group.cautious),
        [abi.groupMatrices]: matrix,
        [abi.groupMatrixCount]: group.matrices.length,
      });
      for (const { offset, rows, columns } of group.matrices) {
        this.engine.write(matrix, {
          [abi.matrixOffset]: offset,
          [abi.matrixRows]: rows,
          [abi.matrixColumns]: columns,
        });
        matrix += abi.matrixBytes;
      }
      for (const [state, value] of group.initial.entries()) {
        const start = this.moment(state).address + bytesOf(this.#dtype, group.offset);
        writeArray(this.engine, start, this.#dtype, new arrayTypes[this.#dtype](group.elements).fill(value));
      }
    }
  }

  /** Writes the parameters that move as what works tensor by tensor sees them. */
  #writeTensors(table: number): void {
    const placed = this.layout.parameters.filter(({ elements, frozen }) => elements > 0 && !frozen);
    for (const [k, { offset, elements, shape }] of placed.entries()) {
      const columns = shape.length >= 2 ? (shape.at(-1) as number) : 0;
      const rows = columns > 0 ? elements / columns : 0;
      this.engine.write(table + k * abi.tensorBytes, {
        [abi.tensorOffset]: offset,
        [abi.tensorElements]: elements,
        [abi.tensorRows]: rows,
        [abi.tensorColumns]: columns,
      });
    }
    this.write({ [abi.trainerTensors]: table, [abi.trainerTensorCount]: placed.length });
  }

  /** Writes what is done to the gradient. */
  #writeChain(chain: number, transforms: readonly GradientTransform[]): void {
    const { engine } = this;
    const records = chain + abi.chainBytes;
    engine.write(chain, {
      [abi.chainType]: typeCode(this.#dtype),
      [abi.chainElements]: this.layout.elements,
      [abi.chainTensors]: this.get(abi.trainerTensors),
      [abi.chainTensorCount]: this.get(abi.trainerTensorCount),
      [abi.chainTransforms]: records,
      [abi.chainTransformCount]: transforms.length,
      [abi.chainWorkspace]: wholeLines(records + abi.transformBytes * transforms.length),
      [abi.chainWeights]: this.get(abi.trainerParameters),
    });
    for (const [k, transform] of transforms.entries()) {
      const at = records + k * abi.transformBytes;
      const code = registered(engine, "transform", transform.code as number, transform.transform);
      engine.write(at, { [abi.transformCode]: code });
      engine.doubles.set(transform.fields, doubleAt(at + abi.transformFields));
    }
    this.set(abi.trainerChain, chain);
  }

  /** Writes what surrounds the update. */
  #writeWrapping(
    wrapping: number,
    wrappers: readonly Wrapper[],
    { updates, perturbed, kept }: { updates: number; perturbed: number; kept: number },
    arena: number,
  ): void {
    const { engine } = this;
    const records = wrapping + abi.wrappingBytes;
    engine.write(wrapping, {
      [abi.wrappingType]: typeCode(this.#dtype),
      [abi.wrappingElements]: this.layout.elements,
      [abi.wrappingTensors]: this.get(abi.trainerTensors),
      [abi.wrappingTensorCount]: this.get(abi.trainerTensorCount),
      [abi.wrappingWrappers]: records,
      [abi.wrappingWrapperCount]: wrappers.length,
      [abi.wrappingUpdates]: updates,
      [abi.wrappingPerturbed]: perturbed,
    });
    let next = kept;
    for (const [k, wrapper] of wrappers.entries()) {
      const at = records + k * abi.wrapperBytes;
      const code = registered(engine, "wrapper", wrapper.code, wrapper.wrapper);
      engine.write(at, { [abi.wrapperCode]: code, [abi.wrapperState]: wrapper.keepsWeights ? next : 0 });
      engine.doubles.set(wrapper.fields, doubleAt(at + abi.wrapperFields));
      if (wrapper.keepsWeights) next += arena;
    }
    this.set(abi.trainerWrapping, wrapping);
  }

  /** A whole number of the record as a word. */
  #whole(name: string, field: number, most = 2 ** 31): Word {
    return {
      name,
      read: () => this.get(field),
      write: (value) => this.set(field, value),
      fits: (value) => isCount(value) && value <= most,
    };
  }

  /** A real number, at a place counted from the record, as a word. */
  #real(name: string, field: number, fits: (value: number) => boolean): Word {
    return { name, read: () => this.real(field), write: (value) => this.setReal(field, value), fits };
  }

  /** What belongs to the weights beside the arenas. */
  #wordsOf({ optimizer, average }: TrainerParts, batches: number): Word[] {
    const words: Word[] = [];
    if (batches > 1) {
      words.push(this.#whole("accumulatedBatches", abi.trainerAccumulatedCount, batches - 1));
      words.push(this.#whole("accumulatedRows", abi.trainerAccumulatedRows));
      words.push({ ...this.#real("accumulatedWeight", abi.trainerAccumulatedWeight, Number.isFinite), absent: 0 });
    }
    if (average?.average === "swa")
      words.push(this.#real("averaged", this.get(abi.trainerAverage) - this.record + abi.averageCount, isCount));
    const lowest = optimizer.hyperNames.indexOf("lowestLoss");
    if (optimizer.gradientFree && lowest >= 0) {
      const first = this.get(abi.trainerGroups) - this.record + abi.groupLearningRate + 8 * lowest;
      const write = (value: number): void => {
        for (const k of this.layout.groups.keys()) this.setReal(first + k * abi.groupBytes, value);
      };
      words.push({ ...this.#real("lowestLoss", first, Number.isFinite), write });
    }
    return words;
  }

  /** Learning rate of each group as it was created, 0 of frozen ones. */
  get #rates(): readonly Hyper[] {
    return this.layout.groups.map(({ hyper }) => hyper[(abi.groupLearningRate - abi.groupDecoupledDecay) / 8] as Hyper);
  }

  /** That of the first group that moves; NaN if anything follows a schedule. */
  get #firstRate(): number {
    const rates = this.#rates;
    if (rates.some((rate) => typeof rate !== "number")) return Number.NaN;
    return (rates.find((rate) => rate !== 0) ?? Number.NaN) as number;
  }

  /** Lets all groups have the learning rate that was set, in their proportion to the first one that moves. @internal */
  writeRate(): void {
    const { rate } = this;
    const firstRate = this.#firstRate;
    if (Number.isNaN(rate)) return;
    for (const [k, own] of this.#rates.entries())
      this.setReal(
        this.get(abi.trainerGroups) - this.record + k * abi.groupBytes + abi.groupLearningRate,
        // Factor 1 leaves every rate to the bit what it was.
        own === firstRate ? rate : (own as number) * (rate / firstRate),
      );
  }

  /** Counts of updates and epochs, and what an epoch has added up so far. */
  #countersOf(): Word[] {
    const rate: Word = {
      name: "learningRate",
      read: () => this.rate,
      write: (value) => {
        this.rate = value;
        this.writeRate();
      },
      fits: (value) => value > 0 && Number.isFinite(value),
      absent: this.rate,
    };
    return [
      ...(Number.isNaN(this.rate) ? [] : [rate]),
      this.#real("step", abi.trainerStep, isCount),
      this.#real("epochLoss", abi.trainerEpochLoss, Number.isFinite),
      this.#real("epochRows", abi.trainerEpochRows, (value) => value >= 0 && value < Number.POSITIVE_INFINITY),
      ...(this.layout.penalized ? [this.#real("epochPenalty", abi.trainerEpochPenalty, Number.isFinite)] : []),
      this.#whole("epoch", abi.trainerEpoch),
      this.#whole("position", abi.trainerPosition),
      this.#whole("rows", abi.trainerRows),
      this.#whole("seedLow", abi.trainerSeedLow, 2 ** 32 - 1),
      this.#whole("seedHigh", abi.trainerSeedHigh, 2 ** 21 - 1),
    ];
  }

  /** Lets the weights that wrappers keep be those of the trainer, which were set from outside. */
  followWeights(): void {
    const from = this.get(abi.trainerParameters);
    const bytes = bytesOf(this.#dtype, this.layout.elements);
    for (const { prefix, arena } of this.besides)
      if (prefix !== "accumulated.") this.engine.bytes.copyWithin(arena.address, from, from + bytes);
  }

  /** Sets whole-number fields of the record. */
  write(fields: Readonly<Record<number, number>>): void {
    this.engine.write(this.record, fields);
  }

  /** Sets one. */
  set(field: number, value: number): void {
    this.engine.ints[wordAt(this.record + field)] = value;
  }

  /** A whole-number field of the record. */
  get(field: number): number {
    return this.engine.word(this.record + field);
  }

  /** A real field of the record. */
  real(field: number): number {
    return this.engine.doubles[doubleAt(this.record + field)] as number;
  }

  setReal(field: number, value: number): void {
    this.engine.doubles[doubleAt(this.record + field)] = value;
  }

  /** Everything that is given back with the trainer. @internal */
  get regions(): Iterable<number> {
    return this.#regions;
  }

  /** A region that is given back with the trainer. */
  own(bytes: number): number {
    const address = this.engine.allocate(bytes);
    this.#regions.add(address);
    return address;
  }

  /** Gives one of the regions back; 0 does nothing. */
  disown(address: number): void {
    if (!this.#regions.delete(address)) return;
    this.engine.release(address);
  }

  /** All that the weights and the optimizer are, with the prefixes of the names in a checkpoint. */
  get arenas(): readonly { readonly prefix: string; readonly arena: Arena; readonly vector?: number }[] {
    const vectors = Array.from({ length: this.layout.states }, (_, vector) => ({
      prefix: `optimizer.${vector}.`,
      arena: this.moment(vector),
      vector,
    }));
    return [
      { prefix: "", arena: this.parameters },
      ...vectors,
      ...this.besides,
      ...(this.get(abi.trainerAverage) ? [{ prefix: "average.", arena: this.average }] : []),
      { prefix: "state.", arena: this.state },
    ];
  }

  /** Where the parameters lie. */
  get parameters(): Arena {
    return this.#arenaAt(this.get(abi.trainerParameters));
  }

  /** Where the average of the weights lies; before any were taken it is the weights. */
  get average(): Arena {
    const from = this.get(abi.trainerParameters);
    const record = this.get(abi.trainerAverage);
    const average = record + abi.averageHeader;
    const bytes = bytesOf(this.#dtype, this.layout.elements);
    const equal = this.engine.doubles[doubleAt(record + abi.averageEvery)] !== 0;
    const taken = equal ? this.engine.doubles[doubleAt(record + abi.averageCount)] : this.real(abi.trainerStep);
    if (taken === 0) this.engine.bytes.copyWithin(average, from, from + bytes);
    return this.#arenaAt(average);
  }

  /** Where the running state lies. */
  get state(): Arena {
    const { entries: placed, elements } = this.stateLayout;
    return { what: "state", address: this.get(abi.trainerState), dtype: this.#dtype, placed, elements };
  }

  /** Where state vector k of the optimizer lies. */
  moment(k: number): Arena {
    return this.#arenaAt(this.#moments + bytesOf(this.#dtype, k * this.layout.elements));
  }

  #arenaAt(address: number): Arena {
    const { parameters: placed, elements } = this.layout;
    return { what: "parameter", address, dtype: this.#dtype, placed, elements };
  }

  /** Draws the initial weights and state: a program whose results are the two arenas. */
  #initialize(seed: number): void {
    const { engine, layout, stateLayout } = this;
    if (layout.parameters.length + stateLayout.entries.length === 0) return;
    const program = traced(engine, (trace) => [
      ...layout.parameters.map((placed) => this.#initial(trace, placed, abi.spaceParameters)),
      ...stateLayout.entries.map((placed) => this.#initial(trace, placed, abi.spaceState)),
    ]);
    try {
      engine.call((core) => {
        core.bindRandom(...halvesOf(seed), 0, 0, 0);
        core.bindSpace(abi.spaceParameters, this.get(abi.trainerParameters));
        core.bindSpace(abi.spaceState, this.get(abi.trainerState));
      });
      engine.checked((core) => core.run(program.address, 0, 0));
    } finally {
      program.free();
    }
    for (const { address, placed } of [this.parameters, this.state])
      for (const { name, offset, elements } of placed) {
        const at = address + bytesOf(this.#dtype, offset);
        if (!readArray(engine, at, this.#dtype, elements).every(Number.isFinite))
          throw new RangeError(`createTrainer: the initial value of "${name}" is not finite. Check its initializer.`);
      }
  }

  #initial(trace: Trace, placed: Placed, space: number): Placement {
    const { name, shape, initializer, index, offset } = placed;
    const context: InitialContext = { trace, shape, dtype: this.#dtype, index };
    const tensor: unknown = initializer(context);
    if (!(tensor instanceof Tensor))
      throw new TypeError(`createTrainer: the initializer of "${name}" answers no tensor.`);
    if (!sameShape(tensor.shape, shape) || tensor.dtype !== this.#dtype)
      throw new ShapeError(
        `createTrainer: the initializer of "${name}" answers [${tensor.shape.join(", ")}] in ${tensor.dtype}, expected ` +
          `[${shape.join(", ")}] in ${this.#dtype}.`,
      );
    return { tensor, space, offset: bytesOf(this.#dtype, offset) };
  }

  /** Room for the order of the rows of an epoch. */
  reserveOrder(rows: number): void {
    if (rows === this.#orderRows) return;
    const order = this.own(4 * rows);
    this.disown(this.#order);
    this.#order = order;
    this.#orderRows = rows;
    this.set(abi.trainerOrder, order);
  }

  /** Room to add up the gradients of a step that takes several runs. */
  reserveAccumulator(): void {
    if (this.#accumulator) return;
    this.#accumulator = this.own(blockBytes(this.#dtype, this.layout.elements) + 64);
    this.set(abi.trainerAccumulator, this.#accumulator);
  }

  /** Losses of the updates of the last slice. */
  sliceLosses(): Float64Array {
    return readArray(this.engine, this.#history, "f64", this.get(abi.trainerHistoryCount)) as Float64Array;
  }

  /** Triples (updates done, mean loss, mean penalty) of the epochs that ended in the last slice. */
  sliceEpochs(): Float64Array {
    return readArray(this.engine, this.#epochs, "f64", 3 * this.get(abi.trainerEpochCount)) as Float64Array;
  }

  /** Gives all regions back. */
  free(): void {
    this.engine.unwatch(this);
    for (const address of this.#regions) this.engine.release(address);
    this.#regions.clear();
  }
}

/** Room for the chain of gradient transforms: its record, the transforms, two f64 a column of the widest tensor. */
function chainBytes({ parameters }: Layout, transforms: readonly GradientTransform[]): number {
  const records = abi.chainBytes + abi.transformBytes * transforms.length;
  const widest = Math.max(1, ...parameters.map(({ shape }) => shape.at(-1) ?? 0));
  return wholeLines(records) + Math.max(abi.chainScratch, 16 * widest) + 64;
}

/** Extents must be whole. */
function checkDeclared({ parameters }: Layout, { entries }: StateLayout): void {
  for (const { name, shape } of [...parameters, ...entries]) checkShape(`createTrainer: "${name}"`, shape);
}
