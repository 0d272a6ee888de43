// Data sets that stay in wasm memory, in the type they came in.

import * as abi from "../../assembly/abi.js";
import { doubleAt, wordAt } from "../engine/addresses.js";
import { checkEngine, type Engine } from "../engine/engine.js";
import * as fields from "../engine/recordFields.js";
import { blockBytes, readArray, writeArray } from "../tensors/trace.js";
import {
  type ArrayLike,
  elementCount,
  type StorageType,
  storageType,
  type TypedArray,
  toArray,
  typeCode,
} from "../values/arrays.js";
import { ShapeError, TraceError } from "../values/errors.js";
import { shownAs } from "../values/lines.js";
import { checkChoice, checkOptions, isRecord, type TargetRange, wrongKind } from "../values/options.js";

/** Inputs and, for training, their targets: first axis samples. */
export interface Samples {
  readonly inputs: ArrayLike;
  readonly targets?: ArrayLike;
}

/** What a column holds for one sample. */
export interface ColumnShape {
  readonly type: StorageType;
  readonly row: readonly number[];
}

interface ColumnData extends ColumnShape {
  readonly data: TypedArray;
  readonly rows: number;
  readonly rowElements: number;
}

/** An array as it was given. */
type Given = ReturnType<typeof toArray>;

/** The type in which a column is stored: typed arrays keep theirs, plain numbers become f64, whole labels i32. */
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

function range(values: Int32Array): [number, number] {
  let least = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    least = Math.min(least, value);
    largest = Math.max(largest, value);
  }
  return [least, largest];
}

/** Whether targets are class indices: one a sample, and in an array of whole numbers if nothing else is said. */
function areLabels({ data, shape }: Given, targets: "classes" | "values" | undefined): boolean {
  if (shape.length !== 1 || targets === "values") return false;
  return targets === "classes" || data instanceof Int32Array || data instanceof Uint8Array;
}

function checkFinite(where: string, { data, rowElements }: ColumnData): void {
  if (data instanceof Uint8Array || data instanceof Int32Array) return;
  let total = 0;
  for (let i = 0; i < data.length; i++) total += (data[i] as number) * 0;
  if (total === 0) return;
  const at = (data as Float64Array).findIndex((value) => !Number.isFinite(value));
  throw new RangeError(
    `${where}: sample ${Math.floor(at / rowElements)} holds ${data[at]} in column ${at % rowElements}, expected finite ` +
      "numbers. Clean the data first.",
  );
}

/** A data set in wasm memory. */
export class Dataset {
  readonly rows: number;
  readonly columns: readonly ColumnShape[];
  /** Addresses of the columns, then of an order of all rows. @internal */
  readonly addresses: readonly number[];
  /** Address of the rows in their own order. @internal */
  readonly order: number;
  /** Least and largest label, if the targets are labels. @internal */
  readonly labelRange: readonly [number, number] | null;
  /** Calls and runs that are under way over it. @internal */
  users = 0;
  #region: number;
  /** The range that its targets are known to keep. */
  #range: TargetRange | undefined;

  /** @internal */
  constructor(
    readonly engine: Engine,
    columns: readonly ColumnData[],
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
    const labels = columns[1];
    this.labelRange = labels?.type === "i32" && labels.row.length === 0 ? range(labels.data as Int32Array) : null;
    engine.watch(this, [this.#region]);
    shownAs(this, () => {
      const shapes = this.columns.map(({ type, row }) => `${type} [${[rows, ...row].join(", ")}]`);
      return `Dataset { ${shapes.join(", ")} }`;
    });
  }

  /** Address of the region that holds all of it. @internal */
  get region(): number {
    return this.#region;
  }

  /** @internal */
  check(engine: Engine): this {
    if (this.#region === 0) throw new TraceError("dataset: used after it was freed. Create it again.");
    if (this.engine !== engine) throw new TraceError("dataset: belongs to another engine. Create it with this one.");
    return this;
  }

  /** Runs `body` over it, in which nobody can free it. @internal */
  hold<T>(engine: Engine, body: (data: this) => T): T {
    this.check(engine).users++;
    try {
      return body(this);
    } finally {
      this.users--;
    }
  }

  /** Refuses targets that a loss does not take; a large set is read once for each kind of loss. @internal */
  checkRange({ name, range }: { readonly name: string; readonly range?: TargetRange }): void {
    const [, column] = this.columns;
    if (!range || !column || range === this.#range) return;
    const width = elementCount(column.row);
    const values = readArray(this.engine, this.addresses[1] as number, column.type, this.rows * width);
    for (const [k, value] of values.entries())
      if (!range.holds(value))
        throw new RangeError(
          `${name}: target of sample ${Math.floor(k / width)} is ${value}, expected ${range.expected}. Scale the targets, ` +
            "or take another loss.",
        );
    this.#range = range;
  }

  /** Gives its memory back. */
  free(): void {
    if (this.#region === 0) return;
    if (this.users > 0)
      throw new TraceError("dataset: a call or a run over it is under way. Wait for it, or stop it first.");
    this.engine.unwatch(this);
    this.engine.release(this.#region);
    this.#region = 0;
  }

  [Symbol.dispose](): void {
    this.free();
  }
}

/**
 * Copies samples into wasm memory once, for any number of runs.
 *
 * @param samples  inputs [samples, ...] and targets [samples] (class indices) or [samples, ...] (values)
 * @param targets  "classes": plain numbers [samples] are class indices, as those in an Int32Array or a Uint8Array are
 *                 anyway; "values": none are. A trainer that is given samples goes by its loss
 * @throws ShapeError  no samples, or inputs and targets of different number
 * @throws RangeError  numbers that are not finite, labels that are not whole, targets that are neither of these words
 * @example
 * const data = createDataset(engine, { inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], targets: [[0], [1], [1], [0]] });
 */
export function createDataset(engine: Engine, samples: Samples, targets?: "classes" | "values"): Dataset {
  checkEngine("createDataset", engine);
  if (targets !== undefined) checkChoice("createDataset", "targets", targets, ["classes", "values"]);
  return datasetOf("createDataset", engine, samples, targets);
}

/** Refuses what are no samples, such as rows { input, output } or inputs alone. @internal */
export function checkSamples(where: string, samples: Samples | Dataset): void {
  if (!isRecord(samples) || Array.isArray(samples) || ArrayBuffer.isView(samples))
    throw wrongKind(where, "the data", "{ inputs: xs, targets: ys }, arrays of all rows", samples);
  if (!(samples instanceof Dataset)) checkOptions(where, samples, ["inputs", "targets"]);
}

/** The data set of samples, for whoever was given them. @internal */
export function datasetOf(
  where: string,
  engine: Engine,
  samples: Samples,
  targets: "classes" | "values" | undefined,
): Dataset {
  checkSamples(where, samples);
  const read = (name: "inputs" | "targets", labels: (given: Given) => boolean): ColumnData => {
    const own = `${where}: ${name}`;
    const given = toArray(own, samples[name]);
    const column = columnOf(own, given, labels(given));
    checkFinite(own, column);
    return column;
  };
  const inputs = read("inputs", () => false);
  if (samples.targets === undefined) return new Dataset(engine, [inputs]);
  const second = read("targets", (given) => areLabels(given, targets));
  if (second.rows !== inputs.rows)
    throw new ShapeError(`${where}: got ${inputs.rows} inputs and ${second.rows} targets, expected as many of both.`);
  return new Dataset(engine, [inputs, second]);
}

/** Bytes of one row of a column in the argument block. @internal */
export function argumentType(column: ColumnShape, dtype: "f32" | "f64", labels: boolean): "f32" | "f64" | "i32" {
  return labels && column.type === "i32" ? "i32" : dtype;
}

/** Writes a column record for the gathering. @internal */
export function writeColumn(
  engine: Engine,
  at: number,
  source: { address: number; type: StorageType; rowElements: number },
  target: { offset: number; type: "f32" | "f64" | "i32" },
  standard: { mean: number; deviation: number } | null,
): void {
  engine.write(at, {
    [fields.columnAddress]: source.address,
    [fields.columnType]: typeCode(source.type),
    [fields.columnRowElements]: source.rowElements,
    [fields.columnTarget]: target.offset,
    [fields.columnTargetType]: typeCode(target.type),
  });
  // (x − mean) / deviation as one multiplication and one addition.
  engine.doubles[doubleAt(at + abi.columnScale)] = standard ? 1 / standard.deviation : 1;
  engine.doubles[doubleAt(at + abi.columnShift)] = standard ? -standard.mean / standard.deviation : 0;
}
