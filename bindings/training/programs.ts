// Caches, prepares and runs the programs of a model: one per purpose and number of rows, traced at its first use, all over
// one argument block.

import * as abi from "../../assembly/abi.js";
import type { Augmentation } from "../data/augmentation.js";
import { argumentType, type ColumnShape, type Dataset, writeColumn } from "../data/dataset.js";
import { wordAt } from "../engine/addresses.js";
import type { Engine } from "../engine/engine.js";
import * as fields from "../engine/recordFields.js";
import { SchedulePlan } from "../schedules/scheduled.js";
import { blockBytes } from "../tensors/trace.js";
import { elementCount, halvesOf, sameShape } from "../values/arrays.js";
import { ShapeError, within } from "../values/errors.js";
import type { TargetRange } from "../values/options.js";
import type { TrainerMemory } from "./memory.js";
import type { TrainerParts } from "./parts.js";
import { type Argument, augments, type ModelProgram, type Purpose, type Signature, traceModel } from "./purposes.js";
import { gathered } from "./standardize.js";

/** A run over rows of a batch that is listed at an address. */
export interface RowsRun {
  readonly order: number;
  /** Rows of the batch in earlier runs. */
  readonly done: number;
  readonly rows: number;
  /** Rows of the batch. */
  readonly total: number;
  /** Updates done, a part of the seed of random numbers. */
  readonly step: number;
  /** Address of the weights. */
  readonly weights: number;
}

/** Returns the rows of each run of a batch, at most `most`, as the core splits batches. */
export function runsOf(rows: number, most: number): number[] {
  const runs = Math.ceil(rows / most);
  return Array.from({ length: runs }, (_, k) => Math.floor(rows / runs) + Number(k < rows % runs));
}

/** Traces, caches and runs the programs of a trainer. */
export class ModelPrograms {
  readonly #engine: Engine;
  readonly #memory: TrainerMemory;
  readonly #parts: TrainerParts;
  readonly #programs = new Map<string, ModelProgram>();
  /** Name of the calling function, for errors. */
  caller = "trainer";
  /** Program of the largest run of training. */
  largestRun!: ModelProgram;
  /** True if the programs and the argument block are those that `prepareRuns` prepared. */
  runsPrepared = false;
  /** Augmentation of the last training, for calls that look at it later. */
  trained: Augmentation | undefined;
  /** Augmentation of the programs, and the largest value of a pixel for it. */
  augmentation: Augmentation | undefined;
  #peak = 1;
  #signature: Signature | null = null;
  #capacity = 0;
  /** Rows of the data. */
  #allRows = 0;
  #block = 0;
  /** Offsets of the columns in it, and of the scheduled numbers of the augmentation. */
  #offsets: number[] = [];
  /** True if the data has weights; programs with and without them lie over one block. */
  #weighted = false;
  #warned = false;
  #labels: { readonly classes: number; readonly range: TargetRange } | null = null;

  constructor(memory: TrainerMemory, parts: TrainerParts) {
    this.#engine = memory.engine;
    this.#memory = memory;
    this.#parts = parts;
  }

  /** Allocates the argument block for `rows` rows of the data; frees the programs if its layout changes. */
  reserve(data: Dataset, rows: number, withTargets: boolean): void {
    this.runsPrepared = false;
    this.#allRows = data.rows;
    if (withTargets && !data.columns[1])
      throw new ShapeError(`${this.caller}: the data has no targets. Give { inputs, targets }.`);
    this.#weighted = data.columns.length > 2;
    const same = this.#fits(data);
    if (same && rows <= this.#capacity) return;
    const signature = this.#signatureOf(data);
    const capacity = Math.max(rows, same ? this.#capacity : 0);
    const offsets = [0];
    let numbers = 0;
    for (const column of signature.columns) {
      numbers += column ? blockBytes(column.type, capacity * elementCount(column.row)) : 0;
      offsets.push(numbers);
    }
    const schedules = numbers + blockBytes("f64", signature.scheduled);
    const plan = new SchedulePlan([this.augmentation?.scheduled ?? []]);
    const block = within(this.caller, () => this.#memory.own(schedules + plan.bytes));
    this.#memory.disown(this.#block);
    this.free();
    this.#block = block;
    this.#offsets = offsets;
    this.#capacity = capacity;
    this.#signature = signature;
    this.#memory.set(fields.trainerArguments, block);
    this.#memory.augment(plan, block + schedules, block + numbers);
  }

  /** True if the columns of the data are those of the block. */
  #fits(data: Dataset): boolean {
    return data.columns.every((column, k) => {
      const own = this.#signature?.columns[k];
      return own && own.type === this.#typeOf(column, k) && sameShape(own.row, column.row);
    });
  }

  /** Element type of column k in the block. */
  #typeOf(column: ColumnShape, k: number): Argument["type"] {
    const { dtype, loss } = this.#parts;
    return argumentType(column, dtype, k === 1 && loss.targets === "classes");
  }

  /** Columns of the data, and those of the block that it lacks. */
  #signatureOf(data: Dataset): Signature {
    return {
      columns: [0, 1, 2].map((k) => {
        const column = data.columns[k];
        return column ? { row: column.row, type: this.#typeOf(column, k) } : (this.#signature?.columns[k] ?? null);
      }),
      scheduled: this.augmentation?.scheduled.length ?? 0,
    };
  }

  /** Returns the program for a purpose and a number of rows. */
  get(purpose: Purpose, rows: number): ModelProgram {
    const key = `${purpose} ${rows} ${this.#weighted}`;
    let found = this.#programs.get(key);
    if (!found) {
      const signature = this.#signature as Signature;
      const context = {
        memory: this.#memory,
        parts: this.#parts,
        ...signature,
        columns: this.#weighted ? signature.columns : signature.columns.slice(0, 2),
        offsets: this.#offsets,
        augmentation: augments(purpose) ? this.augmentation : undefined,
        peak: this.#peak,
      };
      found = traceModel(context, this.caller, purpose, rows, this.#allRows);
      this.#programs.set(key, found);
    }
    return found;
  }

  /** Sets the augmentation of training; frees the programs that had another. */
  #augment(augmentation: Augmentation | undefined, data: Dataset): void {
    const peak = augmentation?.peak ?? (data.columns[0]?.type === "u8" ? 255 : 1);
    augmentation?.check(data, peak);
    if (augmentation === this.augmentation && peak === this.#peak) return;
    if (augmentation || this.augmentation) this.free();
    // Other schedules need another block.
    if (augmentation?.scheduled.length || this.augmentation?.scheduled.length) this.#capacity = 0;
    this.augmentation = augmentation;
    this.#peak = peak;
    this.#memory.set(fields.trainerPartners, Number(augmentation !== undefined && augmentation.mixing !== null));
  }

  /** Reserves for runs of training of at most `rows` rows, and their partners if the augmentation mixes rows. */
  reserveRuns(data: Dataset, rows: number, augmentation: Augmentation | undefined, withTargets = true): void {
    this.#augment(augmentation, data);
    this.reserve(data, augmentation?.mixing ? 2 * rows : rows, withTargets);
  }

  /**
   * Prepares steps over batches of the data with these numbers of rows: the programs of all runs, the gathering, and the
   * accumulator if a step has several runs. `shuffled` is true if rows are in random order.
   */
  prepareRuns(data: Dataset, batches: readonly number[], shuffled = true, augmentation = data.augment): void {
    const { loss, microBatch, model, standardize = null } = this.#parts;
    model.checkData?.(data as never, 1, standardize as never);
    const largest = Math.max(...batches);
    const micro = Math.min(microBatch, largest);
    if (largest > micro && !shuffled) this.#warnOfRuns(largest, micro);
    const sizes = [...new Set(batches.flatMap((rows) => runsOf(rows, micro)))];
    const most = Math.max(...sizes);
    this.reserveRuns(data, most, augmentation);
    this.trained = augmentation;
    const kinds = new Set<boolean>();
    const programs = sizes.flatMap((rows) => {
      const run = this.get("train", rows);
      if (rows === most) this.largestRun = run;
      this.checkTargets(data, run.shape);
      kinds.add(run.results[0]?.weighted === true);
      return [rows, run.program.address];
    });
    if (kinds.size > 1)
      throw new TypeError(`${loss.name}: returns { sum, weight } for some numbers of rows. Return it for all or none.`);
    const memory = this.#memory;
    memory.set(fields.trainerWeighted, Number(kinds.has(true)));
    if (largest > micro) memory.reserveAccumulator();
    const slots = Array.from({ length: 2 * abi.trainerProgramSlots }, (_, k) => programs[k] ?? 0);
    this.#engine.ints.set(slots, wordAt(memory.record + fields.trainerPrograms));
    memory.write({ [fields.trainerMicroBatch]: micro, [fields.trainerStepRows]: 0, [fields.trainerEvaluation]: 0 });
    this.useData(data, true);
  }

  /** Warns once that batch norm normalizes runs whose rows may be sorted. */
  #warnOfRuns(rows: number, micro: number): void {
    if (this.#warned || this.#memory.stateLayout.elements === 0) return;
    this.#warned = true;
    console.warn(
      `trainer: a batch of ${rows} rows in their order is cut into runs of ${micro}, and batch norm normalizes each run by ` +
        "itself: sorted rows give other results than uncut. Shuffle them, or raise microBatch of createTrainer.",
    );
  }

  /** Writes the column records, so that rows are gathered from this data, by programs of training or others. */
  useData(data: Dataset, training = false): void {
    this.runsPrepared = false;
    const standardize = training && this.augmentation ? null : gathered(this.#parts.standardize);
    const { columns } = this.#signature as Signature;
    for (const [k, column] of data.columns.entries()) {
      const source = { address: data.addresses[k] as number, type: column.type, rowElements: elementCount(column.row) };
      const target = { offset: this.#offsets[k] as number, type: (columns[k] as Argument).type };
      const at = this.#memory.columns + k * abi.columnBytes;
      writeColumn(this.#engine, at, source, target, k === 0 ? standardize : null);
    }
    this.#memory.set(fields.trainerColumnCount, data.columns.length);
  }

  /** @throws RangeError  a label without an output, or targets out of the range of the loss */
  checkTargets(data: Dataset, outputs: readonly number[]): void {
    const { name, range } = this.#parts.loss;
    const isLabel = this.#signature?.columns[1]?.type === "i32";
    data.checkRange(`${this.caller}: ${name}`, isLabel ? this.#labelsOf(outputs.at(-1) ?? 0) : range);
  }

  /** Range of the labels for so many outputs; the same object as long as the number is, so that data is checked once. */
  #labelsOf(classes: number): TargetRange {
    if (this.#labels?.classes === classes) return this.#labels.range;
    const { ignoreIndex } = this.#parts.loss;
    const range = {
      expected: `0 .. ${classes - 1} for ${classes} outputs`,
      holds: (y: number) => (y >= 0 && y < classes) || y === ignoreIndex,
    };
    this.#labels = { classes, range };
    return range;
  }

  /** Runs a program, which changes no parameter or state, over `rows` rows of the data from row `from` on. */
  run(program: ModelProgram, data: Dataset, from: number, rows: number, results: number): void {
    const memory = this.#memory;
    const { address: weights } = memory.readsAverage ? memory.average : memory.parameters;
    const step = memory.steps;
    this.runRows(program, { order: data.order, done: from, rows, total: data.rows, step, weights }, results);
  }

  /** Runs such a program over rows of a batch of the data in use. */
  runRows(
    { program, augmented }: ModelProgram,
    { order, done, rows, total, step, weights }: RowsRun,
    results: number,
  ): void {
    const memory = this.#memory;
    const { seed } = this.#parts;
    const block = this.#block;
    this.#engine.call((core) => {
      if (augmented) core.gatherRun(memory.record, step, order, done, rows, total);
      else {
        core.gather(memory.columns, memory.get(fields.trainerColumnCount), block, order + 4 * done, rows);
        core.bindRandom(...halvesOf(seed), ...halvesOf(step), done);
      }
      core.bindSpace(abi.spaceParameters, weights);
      core.bindSpace(abi.spaceState, memory.get(fields.trainerState));
    });
    this.#engine.checked((core) => core.run(program.address, block, results));
  }

  /** Addresses of all programs. */
  get regions(): number[] {
    return [...this.#programs.values()].map(({ program }) => program.address);
  }

  /** Frees the programs. */
  free(): void {
    this.runsPrepared = false;
    for (const { program } of this.#programs.values()) program.free();
    this.#programs.clear();
  }
}
