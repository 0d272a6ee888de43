// Coding of tables as samples: which columns are inputs and targets, and the numbers that the training rows gave.

import { type ArrayLike as Arrays, firstNotFinite, type NDArray, toArray } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { arrayOf, shownAs } from "../values/lines.js";
import { checkChoice, checkOptions, isRecord, shown, wrongKind } from "../values/options.js";
import type { ColumnType } from "./column.js";
import { type ColumnCode, featureNames, type NumberCode, widthOf, writeCode } from "./columnCode.js";
import {
  type CodingDefaults,
  type ColumnCoding,
  checkDefaults,
  columnCoding,
  defaultNames,
  fitCode,
} from "./fitCode.js";
import { tableOfRecords } from "./read.js";
import { checkTable, Table } from "./table.js";

/** Options of `tableCoding`. */
export interface TableCodingOptions extends CodingDefaults {
  /** Columns of the inputs, by name or with options of their own. */
  readonly inputs: readonly (string | ColumnCoding)[];
  /**
   * Column of the targets: text and booleans become class indices, numbers stay numbers. A list of columns of numbers makes
   * several targets. Default none.
   */
  readonly target?: string | ColumnCoding | readonly (string | ColumnCoding)[];
  /** Column of the weights of the samples, numbers from 0; default none. */
  readonly weights?: string;
  /** Element type of inputs and of targets that are numbers; default "f32", the type of a trainer, which dates without a scale exceed. */
  readonly dtype?: "f32" | "f64";
}

/** A coding as plain data: what `toJSON` returns and `tableCodingFrom` takes. */
export interface TableCodingData {
  /** Name of the format. */
  readonly format: "thalweg.table";
  /** Version of the format. */
  readonly version: 1;
  /** Element type of inputs and of targets that are numbers. */
  readonly dtype: "f32" | "f64";
  /** Codes of the columns of the inputs, in their order. */
  readonly inputs: readonly ColumnCode[];
  /** Codes of the columns of the targets; empty if there are none. */
  readonly targets: readonly ColumnCode[];
  /** Name of the column of the weights; null if there is none. */
  readonly weights: string | null;
}

/** Inputs [rows, features], targets and weights of a table, which `fit` and `evaluate` take. */
export interface TableSamples {
  /** Features [rows, features]. */
  readonly inputs: NDArray<Float32Array | Float64Array>;
  /** Class indices [rows], or numbers [rows, targets]. */
  readonly targets: NDArray<Float32Array | Float64Array | Int32Array>;
  /** Weights [rows], if the coding has a column of them. */
  readonly weights?: NDArray<Float64Array>;
}

/** Coding of a table's columns as samples, made by `tableCoding` of the training rows. It is plain data: see `toJSON`. */
export class TableCoding {
  readonly #data: TableCodingData;
  /** Names of the features, in their order: those of the columns, and "column=word" for each word of a one-hot column. */
  readonly features: readonly string[];
  /** Names of the classes by index; null if the target is no class. */
  readonly classes: readonly string[] | null;

  /** @internal */
  constructor(data: TableCodingData) {
    this.#data = data;
    this.features = data.inputs.flatMap(featureNames);
    const [target] = data.targets;
    this.classes = target && target.code !== "number" ? target.words : null;
    shownAs(
      this,
      () =>
        `TableCoding { ${this.features.length} features, ${this.classes ? `${this.classes.length} classes` : `${data.targets.length} targets`} }`,
    );
  }

  /** Types of the columns, with which a table of the same kind is read: `readTable(text, { types: coding.types })`. */
  get types(): Record<string, ColumnType> {
    const { inputs, targets } = this.#data;
    return Object.fromEntries([...inputs, ...targets].map(({ column, type }) => [column, type]));
  }

  /**
   * Returns the samples of a table.
   *
   * @param table  a table with the columns of the coding
   * @throws RangeError  a cell is a gap, or a word that the training rows do not have; the message names line and column
   * @throws TypeError   a column has another type than in training
   */
  samples(table: Table): TableSamples {
    const where = "samples";
    checkTable(where, table);
    const { inputs, targets, weights } = this.#data;
    const both = inputs.find(({ column }) => targets.some((target) => target.column === column));
    if (both)
      throw new RangeError(
        `${where}: column ${shown(both.column)} is an input and a target. Leave it out of the inputs; windows() may have both.`,
      );
    const samples = { inputs: this.#matrix(where, inputs, table), targets: this.targetsOf(where, table) };
    return weights === null ? samples : { ...samples, weights: weightsOf(where, table, weights) };
  }

  /**
   * Returns the inputs [rows, features] of a table, a record or several records, for `predict`.
   *
   * @param rows  a table, a record, or an array of records, with the columns of the inputs
   * @throws RangeError  a cell is a gap, missing, or a word that the training rows do not have
   */
  inputs(rows: Table | object | readonly object[]): NDArray<Float32Array | Float64Array> {
    const where = "inputs";
    const { inputs } = this.#data;
    if (rows instanceof Table) return this.#matrix(where, inputs, rows);
    if (!isRecord(rows)) throw wrongKind(where, "rows", "a table, a record or an array of records", rows);
    const records = (Array.isArray(rows) ? rows : [rows]) as object[];
    const names = [...new Set(inputs.map(({ column }) => column))];
    for (const [k, record] of records.entries())
      for (const name of names)
        if (isRecord(record) && !Object.hasOwn(record, name))
          throw new RangeError(`${where}: row ${k + 1} has no ${shown(name)}. Add it, or null where it is not known.`);
    const types = Object.fromEntries(inputs.map(({ column, type }) => [column, type]));
    return this.#matrix(where, inputs, tableOfRecords(where, records, { names, types }));
  }

  /** Column of the weights, null if there is none. @internal */
  get weights(): string | null {
    return this.#data.weights;
  }

  /** Inputs [rows, features] for the function `where`. @internal */
  inputsOf(where: string, table: Table): NDArray<Float32Array | Float64Array> {
    return this.#matrix(where, this.#data.inputs, table);
  }

  /** Class indices [rows] or numbers [rows, targets]. @internal */
  targetsOf(where: string, table: Table): NDArray<Float32Array | Float64Array | Int32Array> {
    const { targets } = this.#data;
    const [first] = targets;
    if (!first) throw new RangeError(`${where}: the coding has no target. Give tableCoding { target }.`);
    if (first.code !== "label") return this.#matrix(where, targets, table);
    const labels = new Int32Array(table.rows);
    writeCode(where, first, table, labels, 0, 1);
    return arrayOf(labels, [table.rows]);
  }

  #matrix(where: string, codes: readonly ColumnCode[], table: Table): NDArray<Float32Array | Float64Array> {
    if (table.rows === 0) throw new RangeError(`${where}: the table has no rows.`);
    const width = codes.reduce((sum, code) => sum + widthOf(code), 0);
    const data = new (this.#data.dtype === "f32" ? Float32Array : Float64Array)(table.rows * width);
    let at = 0;
    for (const code of codes) {
      writeCode(where, code, table, data, at, width);
      at += widthOf(code);
    }
    const wrong = firstNotFinite(data);
    if (wrong >= 0) {
      const name = codes.flatMap((code) => featureNames(code).map(() => code.column))[wrong % width];
      throw new RangeError(
        `${where}: ${table.place(Math.floor(wrong / width))}, column ${shown(name)}: the number exceeds ${this.#data.dtype} when it ` +
          "is scaled. Correct it.",
      );
    }
    return arrayOf(data, [table.rows, width]);
  }

  /**
   * Returns the names of predicted classes.
   *
   * @param prediction  scores [..., classes], of which the largest counts, or class indices
   * @throws RangeError  the target is no class, or an index is none of its classes
   * @throws ShapeError  the last axis is not that of the classes
   */
  decode(prediction: Arrays): string[] {
    const where = "decode";
    const { classes } = this;
    if (!classes) throw new RangeError(`${where}: the target is no class. Use invert(name, prediction) for numbers.`);
    const { data, shape } = toArray(where, prediction);
    const named = (index: number): string => {
      const name = Number.isInteger(index) ? classes[index] : undefined;
      if (name !== undefined) return name;
      throw new RangeError(
        `${where}: got class ${index}, expected 0 .. ${classes.length - 1}. Give indices or scores.`,
      );
    };
    if (shape.length < 2) return Array.from(data as ArrayLike<number>, named);
    if (shape.at(-1) !== classes.length)
      throw new ShapeError(
        `${where}: got shape [${shape.join(", ")}], expected a last axis of ${classes.length} classes. Check the last layer.`,
      );
    return Array.from({ length: data.length / classes.length }, (_, k) => {
      let best = 0;
      for (let j = 0; j < classes.length; j++) {
        const score = data[k * classes.length + j] as number;
        if (Number.isNaN(score))
          throw new RangeError(`${where}: score ${j} of row ${k} (from 0) is NaN. Check the model.`);
        if (score > (data[k * classes.length + best] as number)) best = j;
      }
      return named(best);
    });
  }

  /**
   * Returns numbers of a column in their own unit: x = y scale + shift.
   *
   * @param name    a column of numbers, booleans or dates among inputs and targets; that of the targets if it is both
   * @param values  coded numbers of that column; predictions [..., targets] if it is one of several targets
   * @throws RangeError  there is no such column, or it has no scale
   * @throws ShapeError  the last axis is not that of the targets
   * @example
   * const table = tableOf([{ speed: 4, dist: 2 }, { speed: 8, dist: 16 }]);
   * const coding = tableCoding(table, { inputs: ["speed"], target: { column: "dist", scale: "standard" } });
   * coding.invert("dist", [[-1], [0], [1]]); // [2, 9, 16]
   */
  invert(name: string, values: Arrays): Float64Array {
    const where = "invert";
    const { inputs, targets } = this.#data;
    const target = targets.findIndex(({ column }) => column === name);
    const code = targets[target] ?? inputs.find(({ column }) => column === name);
    if (code?.code !== "number") {
      const known = [...inputs, ...targets].filter(({ code }) => code === "number").map(({ column }) => shown(column));
      throw new RangeError(
        `${where}: got ${shown(name)}, expected a column of numbers: ${[...new Set(known)].join(", ") || "there is none"}.`,
      );
    }
    const { data, shape } = toArray(where, values);
    const several = target >= 0 ? targets.length : 1;
    if (several > 1 && shape.at(-1) !== several)
      throw new ShapeError(
        `${where}: got shape [${shape.join(", ")}], expected predictions with a last axis of ${several} targets.`,
      );
    const from = Math.max(0, target) % several;
    return Float64Array.from(
      { length: data.length / several },
      (_, k) => (data[k * several + from] as number) * code.scale + code.shift,
    );
  }

  /** The coding as plain data, which `JSON.stringify(coding)` writes and `tableCodingFrom` reads. */
  toJSON(): TableCodingData {
    return JSON.parse(JSON.stringify(this.#data)) as TableCodingData;
  }
}

/** Weights of the rows: numbers from 0. */
function weightsOf(where: string, table: Table, name: string): NDArray<Float64Array> {
  const { type, numbers } = table.find(where, name);
  if (!numbers || type !== "number")
    throw new TypeError(`${where}: the weights, column ${shown(name)}, are of type "${type}", expected numbers.`);
  const wrong = numbers.findIndex((value) => !(value >= 0));
  if (wrong >= 0)
    throw new RangeError(
      `${where}: ${table.place(wrong)}, column ${shown(name)}: got the weight ${numbers[wrong]}, expected a number from 0.`,
    );
  return arrayOf(numbers.slice(), [table.rows]);
}

/**
 * Makes a coding from the rows that a model is trained on: which columns are inputs and targets, how words become numbers, what
 * replaces gaps, and how numbers are scaled. All statistics are those of these rows, and other rows are coded with them.
 *
 * Numbers are standardized, text becomes one feature of 0 or 1 for each word, booleans are 0 and 1, dates are milliseconds since
 * 1970 that are standardized. A target of text or booleans becomes class indices.
 *
 * @param table    the training rows
 * @param options  inputs: columns, by name or { column, gaps, scale, code, categories, unknown }; target; weights; dtype; and gaps,
 *                 scale, unknown for all inputs that do not have their own
 * @throws RangeError  there is no such column, it is a target with gaps, all its rows are gaps, an option does not fit its type, or
 *                     its type is in doubt (see its note)
 * @throws TypeError   an option has another kind
 * @example
 * const train = tableOf([{ mass: 3, sex: "f", kind: "gull" }, { mass: 5, sex: "m", kind: "tern" }]);
 * const coding = tableCoding(train, { inputs: ["mass", "sex"], target: "kind" });
 * coding.features; // ["mass", "sex=f", "sex=m"]
 * coding.inputs({ mass: 5, sex: "f" }).data; // [1, 1, 0]
 * coding.decode([[0.1, 2.5]]); // ["tern"]
 */
export function tableCoding(table: Table, options: TableCodingOptions): TableCoding {
  const where = "tableCoding";
  checkTable(where, table);
  checkOptions(where, options, ["inputs", "target", "weights", "dtype", ...defaultNames]);
  checkDefaults(where, options);
  const { inputs, target, weights, dtype = "f32" } = options;
  checkChoice(where, "dtype", dtype, ["f32", "f64"]);
  if (!Array.isArray(inputs) || inputs.length === 0)
    throw wrongKind(where, "inputs", "a list of columns", inputs, '["age", "city"]');
  const defaults = Object.fromEntries(
    Object.entries(options).filter(
      ([name, value]) => value !== undefined && (defaultNames as readonly string[]).includes(name),
    ),
  ) as CodingDefaults;
  const codes = inputs.map((given) => {
    const coding = columnCoding(where, given);
    return fitCode(where, table, forColumn(table.find(where, coding.column).type, defaults, coding), false, dtype);
  });
  const targets = (Array.isArray(target) ? target : target === undefined ? [] : [target]).map((given) =>
    fitCode(where, table, columnCoding(where, given), true, dtype),
  );
  for (const list of [codes, targets]) checkNames(where, list);
  if (targets.length > 1 && targets.some(({ code }) => code !== "number"))
    throw new RangeError(
      `${where}: several targets must be numbers: ${targets.find(({ code }) => code !== "number")?.column} is text.`,
    );
  if (weights !== undefined) weightsOf(where, table, weights);
  return new TableCoding({
    format: "thalweg.table",
    version: 1,
    dtype,
    inputs: codes,
    targets,
    weights: weights ?? null,
  });
}

/** Options of a column: its own, else those for all columns that fit its type. */
function forColumn(type: ColumnType, { gaps, scale, unknown }: CodingDefaults, own: ColumnCoding): ColumnCoding {
  const isNumber = type === "number" || type === "date";
  const fits =
    typeof gaps === "object"
      ? typeof gaps.constant === (type === "text" ? "string" : type)
      : isNumber || gaps === "mostFrequent" || gaps === "refuse";
  return {
    ...(gaps !== undefined && fits && { gaps }),
    ...(scale !== undefined && isNumber && { scale }),
    ...(unknown !== undefined && type === "text" && own.code !== "label" && { unknown }),
    ...own,
  };
}

/** Checks that no column is named twice. */
export function checkNames(where: string, codes: readonly Pick<NumberCode, "column">[]): void {
  const names = codes.map(({ column }) => column);
  const twice = names.find((name, k) => names.indexOf(name) < k);
  if (twice !== undefined) throw new RangeError(`${where}: column ${shown(twice)} is named twice. Leave one out.`);
}
