// Tables: columns with names and types, and the places of their rows in what was read.

import { shownAs } from "../values/lines.js";
import { nearest, shown, wrongKind } from "../values/options.js";
import { type ColumnType, cellOf, columnRows, isGap, type TableColumn } from "./column.js";

/** A cell as a value of the language; dates are ISO texts, and null is a gap. */
export type TableCell = string | number | boolean | null;

/** Columns of equal length with names and types, made by `readTable` and `tableOf`. A table is immutable. */
export class Table {
  /** Number of rows. */
  readonly rows: number;
  /** Names, types, numbers of gaps and notes of the columns. */
  readonly columns: readonly TableColumn[];
  readonly #places: Uint32Array;
  readonly #unit: "line" | "row";

  /** @internal */
  constructor(columns: readonly TableColumn[], places: Uint32Array, unit: "line" | "row") {
    this.rows = places.length;
    this.columns = columns;
    this.#places = places;
    this.#unit = unit;
    shownAs(
      this,
      () => `Table { ${this.rows} rows: ${columns.map(({ name, type }) => `${name} ${type}`).join(", ")} }`,
    );
  }

  /** Types of the columns by name, which may be given as `types` when another table is read. */
  get types(): Record<string, ColumnType> {
    return Object.fromEntries(this.columns.map(({ name, type }) => [name, type]));
  }

  /**
   * Returns a column by its name.
   * @param name  name of the column
   * @throws RangeError  there is none
   */
  column(name: string): TableColumn {
    return this.find("column", name);
  }

  /** Returns a column for the function `where`. @internal */
  find(where: string, name: string): TableColumn {
    const found = this.columns.find((column) => column.name === name);
    if (found) return found;
    if (typeof name !== "string") throw wrongKind(where, "a column", "its name", name);
    const names = this.columns.map((column) => column.name);
    const near = nearest(name, names);
    throw new RangeError(
      `${where}: the table has no column ${shown(name)}. ` +
        (near === null
          ? `Its columns: ${names.map((known) => shown(known)).join(", ")}.`
          : `Did you mean ${shown(near)}?`),
    );
  }

  /**
   * Returns a copy of the cells of a column of numbers, booleans (0 and 1) or dates (milliseconds since 1970); NaN at gaps.
   *
   * @param name  name of the column
   * @throws RangeError  there is no such column
   * @throws TypeError   its cells are text
   * @example
   * tableOf("city,rain\nBergen,2250\nAswan,1").numbers("rain"); // [2250, 1]
   */
  numbers(name: string): Float64Array {
    const { numbers } = this.find("numbers", name);
    if (numbers) return numbers.slice();
    throw new TypeError(`numbers: the cells of column ${shown(name)} are text. Use texts().`);
  }

  /**
   * Returns the cells of a column of text; null at gaps.
   *
   * @param name  name of the column
   * @throws RangeError  there is no such column
   * @throws TypeError   its cells are numbers
   * @example
   * tableOf("city,rain\nBergen,2250\nAswan,1").texts("city"); // ["Bergen", "Aswan"]
   */
  texts(name: string): (string | null)[] {
    const { type, codes, words } = this.find("texts", name);
    if (codes) return Array.from(codes, (code) => words[code] ?? null);
    throw new TypeError(`texts: column ${shown(name)} is of type "${type}". Use numbers().`);
  }

  /**
   * Returns a row as a record.
   * @param index  0 .. rows − 1
   * @throws RangeError  there is no such row
   */
  row(index: number): Record<string, TableCell> {
    this.#check("row", index);
    return Object.fromEntries(this.columns.map((column) => [column.name, cellOf(column, index)]));
  }

  /** Place of a row in what was read, for messages: "line 17" of a text, "row 16" of records. @internal */
  place(row: number): string {
    return `${this.#unit} ${this.#places[row]}`;
  }

  #check(where: string, row: unknown): void {
    if (!Number.isInteger(row) || (row as number) < 0 || (row as number) >= this.rows)
      throw new RangeError(`${where}: there is no row ${shown(row)}, expected 0 .. ${this.rows - 1}.`);
  }

  /**
   * Returns the table of some rows, in the given order. Errors still name the places of the rows in the source.
   *
   * @param rows  indices, 0 .. rows − 1; a row may come several times
   * @throws RangeError  there is no such row
   * @example
   * tableOf([{ a: 1 }, { a: 2 }, { a: 3 }]).select([2, 0]).numbers("a"); // [3, 1]
   */
  select(rows: ArrayLike<number>): Table {
    const length = (rows as { length?: unknown } | null)?.length;
    if (typeof rows !== "object" || !Number.isSafeInteger(length) || (length as number) < 0)
      throw wrongKind("select", "rows", "a list of row indices", rows);
    const places = new Uint32Array(rows.length);
    for (let k = 0; k < rows.length; k++) {
      this.#check("select", rows[k]);
      places[k] = this.#places[rows[k] as number] as number;
    }
    return new Table(
      this.columns.map((column) => columnRows(column, rows)),
      places,
      this.#unit,
    );
  }

  /**
   * Returns the table without the rows that have a gap.
   *
   * @param names  columns that are looked at; default all
   * @throws RangeError  there is no such column
   * @example
   * tableOf("a,b\n1,\n2,3").dropGaps(["b"]).numbers("a"); // [2]
   */
  dropGaps(names?: readonly string[]): Table {
    if (names !== undefined && !Array.isArray(names)) throw wrongKind("dropGaps", "names", "a list of names", names);
    const columns = names ? names.map((name) => this.find("dropGaps", name)) : this.columns;
    const kept: number[] = [];
    for (let row = 0; row < this.rows; row++) if (!columns.some((column) => isGap(column, row))) kept.push(row);
    return this.select(kept);
  }
}

/** Checks that an argument is a table. */
export function checkTable(where: string, table: unknown): Table {
  if (table instanceof Table) return table;
  throw wrongKind(where, "the table", "a table", table, "await readTable(rows)");
}
