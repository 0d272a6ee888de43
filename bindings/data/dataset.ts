// Data sets in wasm memory, stored in the element type they were given in.

import { wordAt } from "../engine/addresses.js";
import { checkEngine, type Engine } from "../engine/engine.js";
import { blockBytes, readArray, writeArray } from "../tensors/trace.js";
import {
  type ArrayLike,
  bytesOf,
  elementCount,
  firstNotFinite,
  isArrayLike,
  type StorageType,
  sameShape,
  storageType,
  type TypedArray,
  toArray,
} from "../values/arrays.js";
import { ShapeError, TraceError, within } from "../values/errors.js";
import { shownAs } from "../values/lines.js";
import {
  checkChoice,
  checkOptions,
  has,
  isRecord,
  type TargetKinds,
  type TargetRange,
  targetKind,
  wrongKind,
} from "../values/options.js";
import { type Augmentation, checkAugmentation } from "./augmentation.js";

/** Arrays by name. */
export type NamedArrays = { readonly [name: string]: ArrayLike };

/**
 * Inputs [samples, ...] and, for training, targets [samples] or [samples, ...]; or records of several of them by name, such as
 * { image, age }, which a model takes or a loss of heads needs.
 */
export interface Samples<Inputs = ArrayLike, Targets = ArrayLike> {
  /** Inputs [samples, ...], or several by name. */
  readonly inputs: Inputs;
  /** Targets [samples] or [samples, ...], or several by name; default none, for prediction. */
  readonly targets?: Targets;
  /**
   * Weights w ≥ 0 of the samples in loss and metrics, which are then Σ w l / Σ w: [samples], or [samples, ...] with the first
   * axes of the losses of a sample, such as [samples, time]. A weight of 0 masks. Default all 1. With heads: the same for all,
   * or by head.
   */
  readonly weights?: ArrayLike | (Targets extends ArrayLike ? never : { readonly [Head in keyof Targets]?: ArrayLike });
  /** Augmentation of the inputs in training, where `fit` is given no other; default none. */
  readonly augment?: Augmentation;
}

/** Samples of any form. */
export type AnySamples = Samples<ArrayLike | NamedArrays, ArrayLike | NamedArrays>;

/** Element type of a column, and the shape of one sample. */
export interface ColumnShape {
  /** Role of the column. */
  readonly role: Role;
  /** Name among several of the role; null if it is the only one. */
  readonly name: string | null;
  /** Element type. */
  readonly type: StorageType;
  /** Shape of one sample; empty for a number. */
  readonly row: readonly number[];
}

/** A column with its numbers. @internal */
export interface ColumnData extends ColumnShape {
  readonly data: TypedArray;
  readonly rows: number;
  readonly rowElements: number;
}

/** Roles of columns, in their order in a data set. @internal */
export const roles: readonly Role[] = ["inputs", "targets", "weights"];

/** Members of samples. @internal */
export const members: readonly string[] = /* @__PURE__ */ (roles as readonly string[]).concat("augment");

/** Role of a column. */
export type Role = "inputs" | "targets" | "weights";

/** Path of a column in the samples, such as "targets" or "targets.kind". @internal */
export function titleOf({ role, name }: Pick<ColumnShape, "role" | "name">): string {
  return name === null ? role : `${role}.${name}`;
}

/** True if rows of two columns are alike and have the same place in the samples. @internal */
export function sameForm(a: ColumnShape, b: ColumnShape): boolean {
  return a.role === b.role && a.name === b.name && a.type === b.type && sameShape(a.row, b.row);
}

/** Converted argument. */
type Given = ReturnType<typeof toArray>;

/** Converts an array to a column: typed arrays keep their type, plain numbers become f64, labels i32. */
function columnOf(where: string, role: Role, name: string | null, given: Given, labels: boolean): ColumnData {
  const { data, shape } = given;
  const rows = shape[0];
  if (rows === undefined || rows === 0)
    throw new ShapeError(`${where}: no samples: got shape [${shape.join(", ")}], expected a first axis of at least 1.`);
  const plain = Array.isArray(data) ? Float64Array.from(data) : data;
  const typed = labels ? wholeLabels(where, data) : plain;
  // Not by spreading an object, which takes Node 20 several microseconds.
  return {
    role,
    name,
    type: storageType(typed),
    row: shape.slice(1),
    data: typed,
    rows,
    rowElements: data.length / rows,
  };
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
function checkNumbers(where: string, { role, data, rowElements }: ColumnData): void {
  const weights = role === "weights";
  const at = weights
    ? (data as Float64Array).findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY))
    : firstNotFinite(data);
  if (at >= 0)
    throw new RangeError(
      `${where}: sample ${Math.floor(at / rowElements)} holds ${data[at]} in column ${at % rowElements}, expected finite ` +
        `numbers${weights ? " from 0" : ""}. Clean the data first.`,
    );
}

/** Checks that targets, of `width` numbers a sample, are in a range. @internal */
export function checkValues(where: string, values: TypedArray, width: number, range: TargetRange): void {
  for (const [i, value] of values.entries())
    if (!range.holds(value))
      throw new RangeError(
        `${where}: target of sample ${Math.floor(i / width)} is ${value}, expected ${range.expected}. Check the targets, ` +
          "the loss and the last layer.",
      );
}

/** Data set in wasm memory, made by `createDataset`. */
export class Dataset {
  /** Number of samples. */
  readonly rows: number;
  /** Inputs and, if given, targets and weights, in this order. */
  readonly columns: readonly ColumnShape[];
  /** Address of each column. @internal */
  readonly addresses: readonly number[];
  /** Address of the row indices 0, 1, ... in ascending order. @internal */
  readonly order: number;
  /** Number of calls and runs that use the data set. @internal */
  users = 0;
  /** Number of times that its numbers were replaced. @internal */
  version = 0;
  #region: number;
  /** Range that each column has been checked against. @internal */
  readonly ranges: TargetRange[] = [];

  /** @internal */
  constructor(
    /** Engine that it belongs to. */
    readonly engine: Engine,
    columns: readonly ColumnData[],
    /** Augmentation of the inputs in training. @internal */
    readonly augment?: Augmentation,
    /** Rows for which there is memory. @internal */
    readonly capacity = (columns[0] as ColumnData).rows,
  ) {
    this.rows = (columns[0] as ColumnData).rows;
    this.columns = columns.map(({ role, name, type, row }) => ({ role, name, type, row }));
    const sizes = columns.map(({ type, rowElements }) => blockBytes(type, capacity * rowElements));
    let at = engine.allocate(sizes.reduce((sum, size) => sum + size, blockBytes("i32", capacity)));
    this.#region = at;
    this.addresses = sizes.map((size) => {
      at += size;
      return at - size;
    });
    this.order = at;
    const order = engine.ints.subarray(wordAt(at), wordAt(at) + capacity);
    for (let i = 0; i < capacity; i++) order[i] = i;
    this.put(columns, 0);
    engine.watch(this, [this.#region]);
    shownAs(this, () => {
      const shapes = this.columns.map(
        ({ name, type, row }) => `${name === null ? "" : `${name} `}${type} [${[this.rows, ...row].join(", ")}]`,
      );
      return `Dataset { ${shapes.join(", ")} }`;
    });
  }

  /** Writes samples from a row on; the columns have the form of the data set. @internal */
  put(columns: readonly ColumnData[], row: number): void {
    for (const [k, { type, data, rowElements }] of columns.entries())
      writeArray(this.engine, (this.addresses[k] as number) + bytesOf(type, row * rowElements), type, data);
  }

  /** True if columns have the form of those of the data set. @internal */
  hasForm(columns: readonly ColumnShape[]): boolean {
    const own = this.columns;
    return columns.length === own.length && columns.every((column, k) => sameForm(column, own[k] as ColumnShape));
  }

  /** Replaces the samples if the new ones have the same form and fit in; returns false if not. @internal */
  refill(columns: readonly ColumnData[], augment: Augmentation | undefined): boolean {
    const [{ rows }] = columns as readonly [ColumnData];
    if (this.#region === 0 || augment !== this.augment || rows > this.capacity || !this.hasForm(columns)) return false;
    this.put(columns, 0);
    (this as { rows: number }).rows = rows;
    this.ranges.length = 0;
    this.version++;
    return true;
  }

  /** Rows of the epoch at a position of a trainer whose epoch has `rows` rows. @internal */
  epochRows(_rows: number, _position: number): number {
    return this.rows;
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

  /** Checks that all numbers of column k are in a range of targets, unless its last check was for the same range. @internal */
  checkRange(where: string, k: number, range: TargetRange | undefined): void {
    if (!range || range === this.ranges[k]) return;
    const { type, row } = this.columns[k] as ColumnShape;
    const width = elementCount(row);
    checkValues(where, readArray(this.engine, this.addresses[k] as number, type, this.rows * width), width, range);
    this.ranges[k] = range;
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

  /** Calls `free`, at the end of a block with `using`. */
  [Symbol.dispose](): void {
    this.free();
  }
}

/**
 * Copies samples into wasm memory, for any number of runs.
 *
 * @param samples  inputs [samples, ...] and targets [samples] (class indices) or [samples, ...] (values), or records of
 *                 them; weights ≥ 0, [samples] or [samples, ...]; augment, an augmentation of the inputs in training
 * @param targets  "classes": targets [samples] are class indices; "values": they are values; or a record of these by name.
 *                 Default: class indices if they are an Int32Array or a Uint8Array. Trainers that are given plain samples
 *                 choose by their loss
 * @returns        the data set; call free() when it is no longer needed, or leave it to the garbage collector
 * @throws ShapeError  there are no samples, weights but no targets, or inputs, targets and weights differ in number
 * @throws RangeError  a number is not finite, a label is not an integer, a weight is below 0, or targets is another word
 * @example
 * const data = createDataset(engine, { inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], targets: [[0], [1], [1], [0]] });
 */
export function createDataset(engine: Engine, samples: AnySamples, targets?: TargetKinds): Dataset {
  checkEngine("createDataset", engine);
  checkTargetKinds("createDataset", targets);
  return datasetOf("createDataset", engine, samples, targets);
}

/** Checks an option `targets`. @internal */
export function checkTargetKinds(where: string, targets: TargetKinds | undefined): void {
  for (const kind of isRecord(targets) ? Object.values(targets) : [targets])
    if (kind !== undefined) checkChoice(where, "targets", kind, ["classes", "values"]);
}

/**
 * Checks that the argument is { inputs, targets } or a data set, not rows { input, output } or inputs alone. @internal
 */
export function checkSamples(where: string, samples: AnySamples | Dataset): void {
  if (!isRecord(samples) || Array.isArray(samples) || ArrayBuffer.isView(samples))
    throw wrongKind(where, "the data", "{ inputs: xs, targets: ys }, arrays of all rows", samples);
  if (!(samples instanceof Dataset)) checkOptions(where, samples, members);
}

/** Arrays of a role by name; null is the name of a single one. @internal */
export function namedArrays(where: string, given: ArrayLike | NamedArrays): [name: string | null, ArrayLike][] {
  if (isArrayLike(given) || !isRecord(given)) return [[null, given as ArrayLike]];
  const entries = Object.entries(given);
  if (entries.length === 0 || has(given, "inputs"))
    throw wrongKind(where, "the data", "an array, or arrays by name", given, "{ image: xs, age: ys }");
  return entries;
}

/** Creates a data set for the function `where`, or refills one of the same form. @internal */
export function datasetOf(
  where: string,
  engine: Engine,
  samples: AnySamples,
  targets: TargetKinds | undefined,
  last: Dataset | null = null,
): Dataset {
  const columns = columnsOf(where, samples, targets);
  if (last?.refill(columns, samples.augment)) return last;
  const made = within(where, () => new Dataset(engine, columns, samples.augment));
  last?.free();
  return made;
}

/** Checks samples and converts them to columns. @internal */
export function columnsOf(where: string, samples: AnySamples, targets: TargetKinds | undefined): ColumnData[] {
  checkSamples(where, samples);
  checkAugmentation(where, samples.augment);
  const columns: ColumnData[] = [];
  for (const role of roles) {
    const given = samples[role];
    if (given === undefined && role !== "inputs") continue;
    if (role === "weights" && !samples.targets)
      throw new ShapeError(`${where}: the data has no targets. Give { inputs, targets }.`);
    for (const [name, value] of namedArrays(`${where}: ${role}`, given as ArrayLike)) {
      const title = titleOf({ role, name });
      const own = `${where}: ${title}`;
      const array = toArray(own, value);
      const labels = role === "targets" && areLabels(array, targetKind(targets, name));
      const column = columnOf(own, role, name, array, labels);
      checkNumbers(own, column);
      columns.push(column);
      const { rows } = columns[0] as ColumnData;
      if (column.rows !== rows)
        throw new ShapeError(`${where}: got ${rows} inputs and ${column.rows} ${title}, expected equal numbers.`);
    }
  }
  return columns;
}
