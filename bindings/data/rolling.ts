// Rolling data sets: the newest samples, in a ring of a fixed number of rows, to which samples are added while a trainer fits
// them.

import { checkEngine, type Engine } from "../engine/engine.js";
import { elementCount } from "../values/arrays.js";
import { ShapeError, within } from "../values/errors.js";
import { checkNumber, checkOptions, type TargetKinds, type TargetRange } from "../values/options.js";
import {
  type AnySamples,
  type ColumnData,
  type ColumnShape,
  checkTargetKinds,
  checkValues,
  columnsOf,
  Dataset,
  titleOf,
} from "./dataset.js";

/** Options of `createRollingDataset`. */
export interface RollingOptions {
  /** Maximum number of samples, an integer from the number of the first ones on. */
  readonly capacity: number;
  /** Kind of the targets, "classes" or "values", as for `createDataset`; default: floats are values, integers are classes. */
  readonly targets?: TargetKinds;
}

/** Describes a column, for messages. */
const described = (column: ColumnShape): string =>
  `${titleOf(column)} ${column.type} [${["samples", ...column.row].join(", ")}]`;

/** Data set of the newest samples, made by `createRollingDataset`. */
export class RollingDataset extends Dataset {
  readonly #targets: TargetKinds | undefined;
  /** Ranges of each column in the runs that use the data set. */
  readonly #used: Set<TargetRange>[] = [];
  /** Place of the next sample. */
  #next: number;

  /** @internal */
  constructor(engine: Engine, columns: readonly ColumnData[], given: AnySamples, options: RollingOptions) {
    super(engine, columns, given.augment, options.capacity);
    this.#targets = options.targets;
    this.#next = this.rows % this.capacity;
  }

  /**
   * Adds samples. Where the data set is full they take the places of the oldest ones. A run of `fit` over it goes on: samples in
   * new places take part from its next epoch on, those in old places at once. The same samples added after the same updates
   * give the same bits.
   *
   * @param samples  inputs, targets and weights of the same types and shapes as the first ones
   * @throws ShapeError  they differ in type or shape, or are more than the capacity
   * @throws RangeError  a number is not finite, or a target is out of range for a run that uses the data set
   * @throws TraceError  the data set was freed
   * @example
   * const recent = createRollingDataset(engine, { inputs: [[0, 1]], targets: [[1]] }, { capacity: 100 });
   * recent.append({ inputs: [[1, 0], [1, 1]], targets: [[1], [0]] });
   * recent.rows; // 3
   */
  append(samples: AnySamples): void {
    const where = "append";
    this.check(this.engine);
    if (samples?.augment)
      throw new TypeError(`${where}: augment belongs to the data set. Give it to createRollingDataset.`);
    const columns = columnsOf(where, samples, this.#targets);
    const [{ rows }] = columns as [ColumnData];
    this.#checkForm(where, columns, rows);
    if (this.users === 0) {
      // The next run checks all rows.
      this.ranges.length = 0;
      this.#used.length = 0;
    }
    for (const [k, { data, row }] of columns.entries())
      for (const range of this.#used[k] ?? []) checkValues(where, data, elementCount(row), range);
    // Everything is checked; the part beyond the last place continues at the first.
    const fits = Math.min(rows, this.capacity - this.#next);
    this.put(partOf(columns, 0, fits), this.#next);
    if (fits < rows) this.put(partOf(columns, fits, rows), 0);
    (this as { rows: number }).rows = Math.max(this.rows, Math.min(this.#next + rows, this.capacity));
    this.#next = (this.#next + rows) % this.capacity;
    this.version++;
  }

  #checkForm(where: string, columns: readonly ColumnData[], rows: number): void {
    if (!this.hasForm(columns)) {
      const [got, expected] = [columns, this.columns].map((list) => list.map(described).join(", "));
      throw new ShapeError(`${where}: got ${got}, expected ${expected}. Convert them as the first samples were.`);
    }
    if (rows > this.capacity)
      throw new ShapeError(
        `${where}: got ${rows} samples, more than the capacity of ${this.capacity}. Append fewer at a time.`,
      );
  }

  /** @internal */
  override checkRange(where: string, k: number, range: TargetRange | undefined): void {
    super.checkRange(where, k, range);
    this.#used[k] ??= new Set();
    if (range) this.#used[k].add(range);
  }

  /** The epoch of a run keeps the rows with which it began. @internal */
  override epochRows(rows: number, position: number): number {
    return position > 0 && rows <= this.rows ? rows : this.rows;
  }
}

/** Rows `from` .. `to` of columns. */
function partOf(columns: readonly ColumnData[], from: number, to: number): ColumnData[] {
  return columns.map((column) => ({
    ...column,
    rows: to - from,
    data: column.data.subarray(from * column.rowElements, to * column.rowElements),
  }));
}

/**
 * Copies samples into wasm memory with room for more: a data set of the newest `capacity` samples. `append` adds samples, also
 * while a trainer fits it, for labelling while training or for measurements that arrive. Labels are stored as integers if they
 * are class indices. To resume a run with the same bits, restore the trainer and append the same samples in the same order.
 *
 * @param samples  the first samples, at least one: inputs [samples, ...], targets, weights; or records of them
 * @param options  capacity, an integer ≥ the number of the first samples; targets, "classes" or "values" as for createDataset
 * @returns        the data set
 * @throws ShapeError  there are no samples, or inputs, targets and weights differ in number
 * @throws RangeError  capacity is smaller than the number of samples, or a number is not finite
 * @example
 * const labelled = createRollingDataset(
 *   engine,
 *   { inputs: [[0, 0]], targets: Int32Array.of(0) },
 *   { capacity: 1000 },
 * );
 * labelled.append({ inputs: [[1, 1]], targets: Int32Array.of(1) });
 * labelled.rows; // 2
 */
export function createRollingDataset(engine: Engine, samples: AnySamples, options: RollingOptions): RollingDataset {
  const where = "createRollingDataset";
  checkEngine(where, engine);
  checkOptions(where, options, ["capacity", "targets"]);
  const { capacity, targets } = options;
  checkTargetKinds(where, targets);
  const columns = columnsOf(where, samples, targets);
  checkNumber(where, "capacity", capacity, { min: (columns[0] as ColumnData).rows, integer: true });
  return within(
    where,
    () => new RollingDataset(engine, columns, samples, { capacity, ...(targets ? { targets } : {}) }),
  );
}
