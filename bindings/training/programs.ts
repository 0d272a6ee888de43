// Caches, prepares and runs the programs of a model: one per purpose and number of rows, traced at its first use, all over
// one argument block.

import * as abi from "../../assembly/abi.js";
import type { Augmentation } from "../data/augmentation.js";
import { type Dataset, type Role, roles } from "../data/dataset.js";
import { wordAt } from "../engine/addresses.js";
import type { Engine } from "../engine/engine.js";
import * as fields from "../engine/recordFields.js";
import type { Loss } from "../losses/classes.js";
import { SchedulePlan } from "../schedules/scheduled.js";
import { blockBytes } from "../tensors/trace.js";
import { wholeLines } from "../values/arrays.js";
import { ShapeError, within } from "../values/errors.js";
import { shown, type TargetRange } from "../values/options.js";
import { type Argument, columnFor, layOutColumns, ofRole, writeColumns } from "./columns.js";
import type { TrainerMemory } from "./memory.js";
import type { TrainerParts } from "./parts.js";
import { augments, type Emitter, type ModelProgram, type Purpose, traceModel } from "./purposes.js";

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
  /** Addresses of the weights, and of the running state. */
  readonly weights: number;
  readonly state: number;
}

/** Returns the rows of each run of a batch, at most `most`, as the core splits batches. */
export function runsOf(rows: number, most: number): number[] {
  const runs = Math.ceil(rows / most);
  return Array.from({ length: runs }, (_, k) => Math.floor(rows / runs) + Number(k < rows % runs));
}

/** Checks that every standardized input is in the data. */
function checkStandardized(caller: string, { columns }: Dataset, { standardize = {} }: TrainerParts): void {
  for (const name of Object.keys(standardize))
    if (!columns.some((column) => column.role === "inputs" && (column.name ?? "") === name))
      throw new ShapeError(`${caller}: standardize: the data has no input "${name}". Name its inputs, or none.`);
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
  /** Preparation of the programs and the argument block: for a run of `fit`, or for steps over data of one version. */
  prepared: "fit" | readonly [data: Dataset, version: number] | null = null;
  /** Augmentation of the last training, for calls that look at it later. */
  trained: Augmentation | undefined;
  /** Augmentation of the programs, and the largest value of a pixel for it. */
  augmentation: Augmentation | undefined;
  #peak = 1;
  /** Columns of the argument block, which all programs lie over. */
  columns: readonly Argument[] = [];
  #capacity = 0;
  /** Rows of the data. */
  #allRows = 0;
  #block = 0;
  /** Offset of the scheduled numbers of the augmentation in it. */
  #numbers = 0;
  /** Names of the columns of weights that the data has. */
  #weights: readonly (string | null)[] = [];
  #warned = false;
  /** Ranges of labels by loss. */
  readonly #labels = new Map<Loss, TargetRange & { readonly classes: number }>();

  constructor(memory: TrainerMemory, parts: TrainerParts) {
    this.#engine = memory.engine;
    this.#memory = memory;
    this.#parts = parts;
  }

  /** Allocates the argument block for `rows` rows of the data; frees the programs if its layout changes. */
  reserve(data: Dataset, rows: number, withTargets: boolean): void {
    this.prepared = null;
    this.#allRows = data.rows;
    const of = (role: Role) => ofRole(data.columns, role);
    if (withTargets && of("targets").length === 0)
      throw new ShapeError(`${this.caller}: the data has no targets. Give { inputs, targets }.`);
    this.#weights = of("weights").map(({ name }) => name);
    const parts = this.#parts;
    const own = this.columns;
    // Programs read all columns of a role: one that this data lacks would hold rows of other data.
    const reads = (role: Role) => [0, ofRole(own, role).length].includes(of(role).length);
    const same = data.columns.every((column) => columnFor(own, column, parts)) && reads("inputs") && reads("targets");
    if (same && rows <= this.#capacity) return;
    checkStandardized(this.caller, data, parts);
    const capacity = Math.max(rows, same ? this.#capacity : 0);
    // Columns that the data lacks keep their place for other data.
    const kept = roles.flatMap((role) => (of(role).length > 0 ? of(role) : ofRole(own, role)));
    const { columns, end } = layOutColumns(same ? own : kept, parts, capacity, 0);
    const records = end + blockBytes("f64", this.augmentation?.scheduled.length ?? 0);
    const schedules = records + wholeLines(columns.length * abi.columnBytes);
    const plan = new SchedulePlan([this.augmentation?.scheduled ?? []]);
    const block = within(this.caller, () => this.#memory.own(schedules + plan.bytes));
    this.#memory.disown(this.#block);
    this.free();
    this.#block = block;
    this.#numbers = end;
    this.#capacity = capacity;
    this.columns = columns;
    this.#memory.write({ [fields.trainerArguments]: block, [fields.trainerColumns]: block + records });
    this.#memory.augment(plan, block + schedules, block + end);
  }

  /** Returns the program for a purpose and a number of rows. */
  get(purpose: Purpose, rows: number, emit?: Emitter): ModelProgram {
    const key = `${purpose} ${rows} ${JSON.stringify(this.#weights)}`;
    let found = this.#programs.get(key);
    if (!found) {
      const context = {
        memory: this.#memory,
        parts: this.#parts,
        columns: this.columns.filter(({ role, name }) => role !== "weights" || this.#weights.includes(name)),
        numbers: this.#numbers,
        augmentation: augments(purpose) ? this.augmentation : undefined,
        peak: this.#peak,
      };
      found = traceModel(context, this.caller, purpose, rows, this.#allRows, emit);
      this.#programs.set(key, found);
    }
    return found;
  }

  /** Sets the augmentation of training; frees the programs that had another. */
  #augment(augmentation: Augmentation | undefined, data: Dataset): void {
    const input = augmentation?.input ?? null;
    const k = augmentation ? data.columns.findIndex(({ role, name }) => role === "inputs" && name === input) : 0;
    if (k < 0)
      throw new ShapeError(`${this.caller}: augment: the data has no input ${shown(input)}. Name one of its inputs.`);
    const peak = augmentation?.peak ?? (data.columns[k]?.type === "u8" ? 255 : 1);
    augmentation?.check(data, peak, k);
    if (augmentation === this.augmentation && peak === this.#peak) return;
    if (augmentation || this.augmentation) this.free();
    // Other schedules need another block.
    if (augmentation?.scheduled.length || this.augmentation?.scheduled.length) this.#capacity = 0;
    this.augmentation = augmentation;
    this.#peak = peak;
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
    const { loss, microBatch } = this.#parts;
    this.#checkInputs(data);
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
      this.checkTargets(data, run.outputs);
      kinds.add(run.results[0]?.weighted === true);
      return [rows, run.program.address];
    });
    if (kinds.size > 1)
      throw new TypeError(`${loss.name}: returns { sum, weight } for some numbers of rows. Return it for all or none.`);
    const memory = this.#memory;
    if (this.largestRun.results[0]?.divided && (largest > micro || memory.get(fields.trainerAccumulate)))
      throw new TypeError(
        `${this.caller}: heads with weights divide by their sum in one run. Raise microBatch of ` +
          "createTrainer, and leave out accumulate.",
      );
    memory.set(fields.trainerWeighted, Number(kinds.has(true)));
    if (largest > micro) memory.reserveAccumulator();
    const slots = Array.from({ length: 2 * abi.trainerProgramSlots }, (_, k) => programs[k] ?? 0);
    this.#engine.ints.set(slots, wordAt(memory.record + fields.trainerPrograms));
    memory.write({ [fields.trainerMicroBatch]: micro, [fields.trainerStepRows]: 0, [fields.trainerEvaluation]: 0 });
    this.useData(data, true);
  }

  #checkInputs(data: Dataset): void {
    const { model, standardize } = this.#parts;
    model.checkData?.(data as never, 1, (standardize?.[""] ?? null) as never);
  }

  /** Prepares a step over all rows of the data: what was prepared for the last one serves again, and numbers are checked anew. */
  prepareStep(data: Dataset, augmentation = data.augment): void {
    const { prepared } = this;
    if (prepared?.[0] !== data || this.#allRows !== data.rows || augmentation !== data.augment)
      this.prepareRuns(data, [data.rows], false, augmentation);
    else if (prepared[1] !== data.version) {
      this.#checkInputs(data);
      this.#augment(augmentation, data);
      this.checkTargets(data, this.largestRun.outputs);
    }
    this.prepared = [data, data.version];
  }

  /** Warns once that batch norm normalizes runs whose rows may be sorted; state of the rows themselves is that of no run. */
  #warnOfRuns(rows: number, micro: number): void {
    if (this.#warned || this.#memory.stateLayout.entries.every(({ byRow }) => byRow)) return;
    this.#warned = true;
    console.warn(
      `trainer: a batch of ${rows} rows in their order is cut into runs of ${micro}, which batch norm normalizes one by one: ` +
        "sorted rows give other results than uncut. Shuffle them, or raise microBatch of createTrainer.",
    );
  }

  /** Writes the column records, so that rows are gathered from this data, by programs of training or others. */
  useData(data: Dataset, training = false): void {
    this.prepared = null;
    const memory = this.#memory;
    const augmentation = training ? this.augmentation : undefined;
    writeColumns(memory.get(fields.trainerColumns), data, this.columns, this.#parts, undefined, !augmentation);
    memory.write({
      [fields.trainerColumnCount]: data.columns.length,
      [fields.trainerPartners]: augmentation?.mixing ? 1 : 0,
    });
  }

  /** @throws RangeError  a label without an output, or targets out of the range of the loss */
  checkTargets(data: Dataset, outputs: ModelProgram["outputs"]): void {
    const { loss } = this.#parts;
    for (const [k, column] of data.columns.entries()) {
      if (column.role !== "targets") continue;
      const own = loss.heads?.[column.name as string] ?? loss;
      const isLabel = columnFor(this.columns, column, this.#parts)?.type === "i32";
      const shape = outputs.find(([name]) => name === column.name)?.[1];
      const range = isLabel ? shape && this.#labelsOf(own, shape.at(-1) ?? 0) : own.range;
      data.checkRange(`${this.caller}: ${own.name}`, k, range);
    }
  }

  /** Range of the labels for so many outputs; the same object as long as the number is, so that data is checked once. */
  #labelsOf(loss: Loss, classes: number): TargetRange {
    const last = this.#labels.get(loss);
    if (last?.classes === classes) return last;
    const range = {
      classes,
      expected: `0 .. ${classes - 1} for ${classes} outputs`,
      holds: (y: number) => (y >= 0 && y < classes) || y === loss.ignoreIndex,
    };
    this.#labels.set(loss, range);
    return range;
  }

  /** Runs a program, which changes no parameter or state, over `rows` rows of the data from row `from` on. */
  run(program: ModelProgram, data: Dataset, from: number, rows: number, results: number): void {
    const memory = this.#memory;
    const { address: weights } = memory.weights();
    const step = memory.steps;
    const state = memory.get(fields.trainerState);
    this.runRows(program, { order: data.order, done: from, rows, total: data.rows, step, weights, state }, results);
  }

  /** Runs such a program over rows of a batch of the data in use. */
  runRows(
    { program }: ModelProgram,
    { order, done, rows, total, step, weights, state }: RowsRun,
    results: number,
  ): void {
    const memory = this.#memory;
    this.#engine.call((core) => {
      core.gatherRun(memory.record, step, order, done, rows, total);
      core.bindSpace(abi.spaceParameters, weights);
      core.bindSpace(abi.spaceState, state);
    });
    this.#engine.checked((core) => core.run(program.address, this.#block, results));
  }

  /** Addresses of all programs. */
  get regions(): number[] {
    return [...this.#programs.values()].map(({ program }) => program.address);
  }

  /** Frees the programs. */
  free(): void {
    this.prepared = null;
    for (const { program } of this.#programs.values()) program.free();
    this.#programs.clear();
  }
}
