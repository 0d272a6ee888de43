// Data sets in wasm memory, stored in the element type they were given in.

import { wordAt } from "../engine/addresses.js";
import { checkEngine, type Engine } from "../engine/engine.js";
import * as fields from "../engine/recordFields.js";
import { blockBytes, readArray, writeArray } from "../tensors/trace.js";
import {
  type ArrayLike,
  elementCount,
  firstNotFinite,
  type StorageType,
  storageType,
  type TypedArray,
  toArray,
  typeCode,
} from "../values/arrays.js";
import { ShapeError, TraceError, within } from "../values/errors.js";
import { shownAs } from "../values/lines.js";
import { checkChoice, checkOptions, isRecord, type TargetRange, wrongKind } from "../values/options.js";
import { type Augmentation, checkAugmentation } from "./augmentation.js";

/** Inputs [samples, ...] and, for training, targets [samples] or [samples, ...]. */
export interface Samples {
  readonly inputs: ArrayLike;
  readonly targets?: ArrayLike;
  /**
   * Weights w ≥ 0 of the samples in loss and metrics, which are then Σ w l / Σ w: [samples], or [samples, ...] with the first
   * axes of the losses of a sample, such as [samples, time]. A weight of 0 masks. Default all 1.
   */
  readonly weights?: ArrayLike;
  /** Augmentation of the inputs in training, where `fit` is given no other; default none. */
  readonly augment?: Augmentation;
}

/** Element type of a column (inputs, targets or weights), and the shape of one sample. */
export interface ColumnShape {
  readonly type: StorageType;
  readonly row: readonly number[];
}

interface ColumnData extends ColumnShape {
  readonly data: TypedArray;
  readonly rows: number;
  readonly rowElements: number;
}

/** Converted argument. */
type Given = ReturnType<typeof toArray>;

/** Converts an array to a column: typed arrays keep their type, plain numbers become f64, labels i32. */
function columnOf(where: string, { data, shape }: Given, labels: boolean): ColumnData {
  const rows = shape[0];
  if (rows === undefined || rows === 0)
    throw new ShapeError(`${where}: no samples: got shape [${shape.join(", ")}], expected a first axis of at least 1.`);
  const row = shape.slice(1);
  const rowElements = data.length / rows;
  if (labels) return { type: "i32", row, data: wholeLabels(where, data), rows, rowElements };
  const typed = Array.isArray(data) ? Float64Array.from(data) : data;
  return { type: storageType(typed), row, data: typed, rows, rowElements };
}

function wholeLabels(where: string, data: TypedArray | number[]): Int32Array {
  if (data instanceof Int32Array) return data;
  const labels = Int32Array.from(data);
  const at = labels.findIndex((label, k) => label !== data[k]);
  if (at >= 0)
    throw new RangeError(`${where}: label ${at} must be a whole number from 0, got ${data[at]}. Use class indices.`);
  return labels;
}

/** True if targets are class indices: shape [samples], and declared "classes" or in an integer array. */
function areLabels({ data, shape }: Given, targets: "classes" | "values" | undefined): boolean {
  if (shape.length !== 1 || targets === "values") return false;
  return targets === "classes" || data instanceof Int32Array || data instanceof Uint8Array;
}

/** Checks that numbers are finite, and weights from 0. */
function checkNumbers(where: string, { data, rowElements }: ColumnData, weights: boolean): void {
  const at = weights
    ? (data as Float64Array).findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY))
    : firstNotFinite(data);
  if (at >= 0)
    throw new RangeError(
      `${where}: sample ${Math.floor(at / rowElements)} holds ${data[at]} in column ${at % rowElements}, expected finite ` +
        `numbers${weights ? " from 0" : ""}. Clean the data first.`,
    );
}

/** Data set in wasm memory, made by `createDataset`. */
export class Dataset {
  /** Number of samples. */
  readonly rows: number;
  /** Inputs and, if given, targets and weights. */
  readonly columns: readonly ColumnShape[];
  /** Address of each column. @internal */
  readonly addresses: readonly number[];
  /** Address of the row indices 0, 1, ... in ascending order. @internal */
  readonly order: number;
  /** Number of calls and runs that use the data set. @internal */
  users = 0;
  #region: number;
  /** Range that the targets have been checked against. */
  #range: TargetRange | undefined;

  /** @internal */
  constructor(
    readonly engine: Engine,
    columns: readonly ColumnData[],
    /** Augmentation of the inputs in training. @internal */
    readonly augment?: Augmentation,
  ) {
    const rows = columns[0]?.rows ?? 0;
    this.rows = rows;
    this.columns = columns.map(({ type, row }) => ({ type, row }));
    const sizes = columns.map(({ type, data }) => blockBytes(type, data.length));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    this.#region = engine.allocate(total + blockBytes("i32", rows));
    let at = this.#region;
    this.addresses = columns.map(({ type, data }, k) => {
      const address = at;
      writeArray(engine, address, type, data);
      at += sizes[k] as number;
      return address;
    });
    this.order = at;
    const order = engine.ints.subarray(wordAt(at), wordAt(at) + rows);
    for (let i = 0; i < rows; i++) order[i] = i;
    engine.watch(this, [this.#region]);
    shownAs(this, () => {
      const shapes = this.columns.map(({ type, row }) => `${type} [${[rows, ...row].join(", ")}]`);
      return `Dataset { ${shapes.join(", ")} }`;
    });
  }

  /** Address of the region of the whole data set. @internal */
  get region(): number {
    return this.#region;
  }

  /** Checks that the data set is of this engine and was not freed. @internal */
  check(engine: Engine): this {
    if (this.#region === 0) throw new TraceError("dataset: used after it was freed. Create it again.");
    if (this.engine !== engine) throw new TraceError("dataset: belongs to another engine. Create it with this one.");
    return this;
  }

  /** Runs `body`, during which the data set cannot be freed. @internal */
  hold<T>(engine: Engine, body: (data: this) => T): T {
    this.check(engine).users++;
    try {
      return body(this);
    } finally {
      this.users--;
    }
  }

  /** Checks that all targets are in the range of a loss, unless the last check was for the same range. @internal */
  checkRange(name: string, range: TargetRange | undefined): void {
    const [, column] = this.columns;
    if (!range || !column || range === this.#range) return;
    const width = elementCount(column.row);
    const values = readArray(this.engine, this.addresses[1] as number, column.type, this.rows * width);
    for (const [k, value] of values.entries())
      if (!range.holds(value))
        throw new RangeError(
          `${name}: target of sample ${Math.floor(k / width)} is ${value}, expected ${range.expected}. Check the targets, ` +
            "the loss and the last layer.",
        );
    this.#range = range;
  }

  /**
   * Frees the memory of the data set. Repeated calls have no effect.
   * @throws TraceError  a call or a run is using the data set
   */
  free(): void {
    if (this.#region === 0) return;
    if (this.users > 0) throw new TraceError("dataset: a call or a run is using it. Wait for it, or stop it first.");
    this.engine.unwatch(this);
    this.engine.release(this.#region);
    this.#region = 0;
  }

  [Symbol.dispose](): void {
    this.free();
  }
}

/**
 * Copies samples into wasm memory, for any number of runs.
 *
 * @param samples  inputs [samples, ...] and targets [samples] (class indices) or [samples, ...] (values); weights ≥ 0,
 *                 [samples] or [samples, ...]; augment, an augmentation of the inputs in training
 * @param targets  "classes": targets [samples] are class indices; "values": they are values. Default: class indices if
 *                 they are an Int32Array or a Uint8Array. Trainers that are given plain samples choose by their loss
 * @returns        the data set; call free() when it is no longer needed, or leave it to the garbage collector
 * @throws ShapeError  there are no samples, weights but no targets, or inputs, targets and weights differ in number
 * @throws RangeError  a number is not finite, a label is not an integer, a weight is below 0, or targets is another word
 * @example
 * const data = createDataset(engine, { inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], targets: [[0], [1], [1], [0]] });
 */
export function createDataset(engine: Engine, samples: Samples, targets?: "classes" | "values"): Dataset {
  checkEngine("createDataset", engine);
  if (targets !== undefined) checkChoice("createDataset", "targets", targets, ["classes", "values"]);
  return datasetOf("createDataset", engine, samples, targets);
}

/**
 * Checks that the argument is { inputs, targets } or a data set, not rows { input, output } or inputs alone. @internal
 */
export function checkSamples(where: string, samples: Samples | Dataset): void {
  if (!isRecord(samples) || Array.isArray(samples) || ArrayBuffer.isView(samples))
    throw wrongKind(where, "the data", "{ inputs: xs, targets: ys }, arrays of all rows", samples);
  if (!(samples instanceof Dataset)) checkOptions(where, samples, [...columnNames, "augment"]);
}

/** Members of samples that are columns. @internal */
export const columnNames = ["inputs", "targets", "weights"] as const;

/** Creates a data set for the function `where`. @internal */
export function datasetOf(
  where: string,
  engine: Engine,
  samples: Samples,
  targets: "classes" | "values" | undefined,
): Dataset {
  checkSamples(where, samples);
  checkAugmentation(where, samples.augment);
  const columns: ColumnData[] = [];
  for (const [k, name] of columnNames.entries()) {
    if (k > 0 && samples[name] === undefined) continue;
    if (k > columns.length) throw new ShapeError(`${where}: the data has no targets. Give { inputs, targets }.`);
    const own = `${where}: ${name}`;
    const given = toArray(own, samples[name]);
    const column = columnOf(own, given, k === 1 && areLabels(given, targets));
    checkNumbers(own, column, k === 2);
    columns.push(column);
    const rows = columns[0]?.rows;
    if (column.rows !== rows)
      throw new ShapeError(`${where}: got ${rows} inputs and ${column.rows} ${name}, expected equal numbers.`);
  }
  return within(where, () => new Dataset(engine, columns, samples.augment));
}

/** Element type of a column in the argument block of a program. @internal */
export function argumentType(column: ColumnShape, dtype: "f32" | "f64", labels: boolean): "f32" | "f64" | "i32" {
  return labels && column.type === "i32" ? "i32" : dtype;
}

/** Writes the record by which the core gathers rows of a column. @internal */
export function writeColumn(
  engine: Engine,
  at: number,
  source: { address: number; type: StorageType; rowElements: number },
  target: { offset: number; type: "f32" | "f64" | "i32" },
  standard: readonly [mean: number, deviation: number] | null,
): void {
  engine.write(at, {
    [fields.columnAddress]: source.address,
    [fields.columnType]: typeCode(source.type),
    [fields.columnRowElements]: source.rowElements,
    [fields.columnTarget]: target.offset,
    [fields.columnTargetType]: typeCode(target.type),
    // (x − mean) / deviation as scale · x + shift.
    [fields.columnScale]: standard ? 1 / standard[1] : 1,
    [fields.columnShift]: standard ? -standard[0] / standard[1] : 0,
  });
}
