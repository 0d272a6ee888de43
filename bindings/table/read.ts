// Reads tables from records, CSV text and streams.

import { areTexts, checkOptions, isRecord, nearest, shown, wrongKind } from "../values/options.js";
import { type ColumnType, columnTypes } from "./column.js";
import { ColumnBuilder, mostGapWords } from "./columnBuilder.js";
import { CsvReader, type RowReceiver } from "./csv.js";
import { Table } from "./table.js";
import { type TableStream, textsOf } from "./texts.js";

/** Options of `tableOf` and `readTable`. */
export interface ReadTableOptions {
  /** Character between cells; default: the one of , ; tab and | that fits the first ten rows best. */
  readonly delimiter?: string;
  /** Names of the columns of a text that has none in its first line; default: the first line has them. */
  readonly names?: readonly string[];
  /** Types of columns by name; default: found in the cells. */
  readonly types?: Readonly<Record<string, ColumnType>>;
  /**
   * Words that are gaps, in every column. Default "", "NA", "N/A", "NaN" and "null" in columns of numbers, booleans and dates, "" in
   * columns of text.
   */
  readonly gaps?: readonly string[];
  /** Encoding of bytes, by a label that TextDecoder knows, such as "windows-1252"; default "utf-8". */
  readonly encoding?: string;
}

/** Rows of a table as records: numbers, texts, booleans, dates; null, undefined and what is missing are gaps. */
export type TableRecords = readonly object[];

const optionNames = ["delimiter", "names", "types", "gaps", "encoding"] as const;

function checkReadOptions(where: string, options: ReadTableOptions): void {
  checkOptions(where, options, optionNames);
  const { delimiter, names, types, gaps, encoding } = options;
  if (delimiter !== undefined && (typeof delimiter !== "string" || !/^[^\r\n"\ufeff]$/.test(delimiter)))
    throw wrongKind(where, "delimiter", 'one character other than a quote or a line break, such as ";"', delimiter);
  for (const [name, list] of Object.entries({ names, gaps }))
    if (list !== undefined && !areTexts(list)) throw wrongKind(where, name, "a list of texts", list);
  if (gaps && gaps.length > mostGapWords)
    throw new RangeError(`${where}: gaps has ${gaps.length} words, expected at most ${mostGapWords}.`);
  if (types !== undefined && (!isRecord(types) || Array.isArray(types)))
    throw wrongKind(where, "types", "types by column name", types, '{ types: { zip: "text" } }');
  for (const [name, type] of Object.entries(types ?? {}))
    if (!columnTypes.includes(type))
      throw new RangeError(
        `${where}: the type of ${shown(name)} must be ${columnTypes.map((known) => `"${known}"`).join(" or ")}, got ${shown(type)}.`,
      );
  if (encoding !== undefined && typeof encoding !== "string")
    throw wrongKind(where, "encoding", "a label", encoding, '"utf-8"');
}

/** Collects rows into columns. */
class TableBuilder implements RowReceiver {
  #columns: ColumnBuilder[] = [];
  #places = new Uint32Array(64);
  #rows = 0;

  constructor(
    readonly where: string,
    readonly options: ReadTableOptions,
    readonly unit: "line" | "row",
  ) {
    if (options.names) this.begin(options.names, 0);
  }

  get width(): number {
    return this.#columns.length;
  }

  /** Begins the columns, named in this line. */
  begin(names: readonly string[], line: number): void {
    const at = line === 0 ? "" : `line ${line}: `;
    const named = names.map((name, k) => name || `column ${k + 1}`);
    for (const [k, name] of named.entries())
      if (named.indexOf(name) < k)
        throw new RangeError(
          `${this.where}: ${at}columns ${named.indexOf(name) + 1} and ${k + 1} are both named ${shown(name)}. Rename one.`,
        );
    const types = new Map(Object.entries(this.options.types ?? {}));
    for (const name of types.keys())
      if (!named.includes(name)) {
        const near = nearest(name, named);
        throw new RangeError(
          `${this.where}: types names the column ${shown(name)}, which the table does not have. ` +
            (near === null
              ? `Its columns: ${named.map((known) => shown(known)).join(", ")}.`
              : `Did you mean ${shown(near)}?`),
        );
      }
    this.#columns = named.map((name) => new ColumnBuilder(name, types.get(name), this.options.gaps));
  }

  /** Adds a row of cells as they are written. */
  add(cells: readonly (string | number)[], place: number): void {
    const columns = this.#columns;
    if (columns.length === 0) {
      this.begin(cells as readonly string[], place);
      return;
    }
    if (cells.length !== columns.length) throw this.#lengthError(cells, place);
    for (let k = 0; k < columns.length; k++) {
      const column = columns[k] as ColumnBuilder;
      if (!column.add(cells[k] as string | number)) throw this.#cellError(column, cells[k], place);
    }
    if (this.#rows === this.#places.length) {
      const larger = new Uint32Array(2 * this.#rows);
      larger.set(this.#places);
      this.#places = larger;
    }
    this.#places[this.#rows++] = place;
  }

  #lengthError(cells: readonly unknown[], place: number): RangeError {
    const { length } = this.#columns;
    const where = `${this.where}: line ${place} has ${cells.length} cells, expected ${length}`;
    if (cells.length < length)
      return new RangeError(
        `${where}: columns from ${shown(this.#columns[cells.length]?.name)} on are missing. Correct the line, or give { delimiter }.`,
      );
    return new RangeError(
      `${where}: ${shown(cells[length])} is behind the last column, ${shown(this.#columns[length - 1]?.name)}. Quote cells ` +
        "that hold the delimiter, or give { delimiter }.",
    );
  }

  #cellError({ name, type }: ColumnBuilder, cell: unknown, place: number): RangeError {
    const wanted = { number: "a number", boolean: "true or false", date: "a date such as 2024-12-31", text: "text" };
    return new RangeError(
      `${this.where}: ${this.unit} ${place}, column ${shown(name)}: got ${shown(cell)}, expected ${wanted[type ?? "text"]}. ` +
        "Correct it, give the column another type, or list the word in { gaps }.",
    );
  }

  finish(): Table {
    if (this.#columns.length === 0)
      throw new RangeError(
        `${this.where}: the table is empty: got no columns. Give records, or text with a line of names.`,
      );
    const places = this.#places.slice(0, this.#rows);
    const place = (row: number): string => `${this.unit} ${places[row]}`;
    return new Table(
      this.#columns.map((column) => column.finish(place)),
      places,
      this.unit,
    );
  }
}

/** A cell of a record as a number or a text. */
function cellIn(where: string, record: object, name: string, row: number): string | number {
  const value = Object.hasOwn(record, name) ? (record as Record<string, unknown>)[name] : undefined;
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value.trim();
  if (typeof value === "number") return Number.isNaN(value) ? "NaN" : value; // as text has it, a gap among numbers
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (Object.prototype.toString.call(value) === "[object Date]" && !Number.isNaN((value as Date).getTime()))
    return (value as Date).toISOString();
  throw new TypeError(
    `${where}: row ${row}, column ${shown(name)}: got ${shown(value)}, expected a number, a text, a boolean, a date or null.`,
  );
}

/** Table of records, of the columns named in `options`, or else of all. @internal */
export function tableOfRecords(where: string, records: TableRecords, options: ReadTableOptions): Table {
  for (const [k, record] of records.entries())
    if (!isRecord(record) || Array.isArray(record))
      throw wrongKind(where, `row ${k + 1}`, "an object with named cells", record, "[{ age: 39, city: 'Oslo' }]");
  const found = new Set<string>();
  if (!options.names) for (const record of records) for (const name of Object.keys(record)) found.add(name);
  const names = options.names ?? [...found];
  const builder = new TableBuilder(where, { ...options, names }, "row");
  for (const [k, record] of records.entries())
    builder.add(
      names.map((name) => cellIn(where, record, name, k + 1)),
      k + 1,
    );
  return builder.finish();
}

function tableIn(where: string, source: unknown, options: ReadTableOptions): Table | null {
  if (Array.isArray(source)) return tableOfRecords(where, source, options);
  if (typeof source !== "string") return null;
  const builder = new TableBuilder(where, options, "line");
  const reader = new CsvReader(builder, options.delimiter);
  reader.push(source);
  reader.end();
  return builder.finish();
}

/**
 * Makes a table of records or of CSV text, at once; `readTable` reads streams, too.
 *
 * The type of a column is found in its cells. Numbers are decimal numerals: 007, 1,5, 0x10, Infinity, 1e400 and whole numbers from
 * 2⁵³ stay text. Then come booleans (true, false) and ISO dates (2024-12-31, with or without a time, in UTC); all else is text.
 * A column of numbers and words is text with all cells as they were written, and a note says so.
 *
 * Lines of text without anything in them are left out, and so are spaces around cells.
 *
 * @param source   records, one for each row, or CSV text with the names of the columns in its first line
 * @param options  delimiter, names, types, gaps
 * @throws RangeError  a row has too few or too many cells, two columns have one name, or a cell is not of the given type; the
 *                     message names line and column
 * @throws TypeError   source is neither, or a cell is an object
 * @example
 * const table = tableOf("id,mass,alive\n007,3.5,true\n008,NA,false");
 * table.types; // { "id": "text", "mass": "number", "alive": "boolean" }
 * table.row(1); // { "id": "008", "mass": null, "alive": false }
 */
export function tableOf(source: TableRecords | string, options: ReadTableOptions = {}): Table {
  const where = "tableOf";
  checkReadOptions(where, options);
  const table = tableIn(where, source, options);
  if (table) return table;
  throw wrongKind(where, "source", "an array of records or CSV text", source, "await readTable(stream)");
}

/**
 * Reads a table from records, CSV text, or a stream of CSV as bytes or text: a ReadableStream, an AsyncIterable, a Blob or a
 * File. A stream is read no faster than its rows are added to the table, and of its text only the unfinished row is kept. Types of columns are
 * as in `tableOf`.
 *
 * @param source   what is read
 * @param options  delimiter, names, types, gaps, and the encoding of bytes
 * @returns        a promise of the table
 * @throws RangeError  as `tableOf`, or bytes are not of the encoding
 * @throws TypeError   source is none of these, or a chunk is neither bytes nor text
 * @example
 * const lines = async function* () { yield "day,rain\n2012-01-01,0.5\n2012-"; yield "01-02,10.9\n"; };
 * const table = await readTable(lines());
 * table.types; // { "day": "date", "rain": "number" }
 */
export async function readTable(
  source: TableRecords | string | TableStream,
  options: ReadTableOptions = {},
): Promise<Table> {
  const where = "readTable";
  checkReadOptions(where, options);
  const table = tableIn(where, source, options);
  if (table) return table;
  const builder = new TableBuilder(where, options, "line");
  const reader = new CsvReader(builder, options.delimiter);
  for await (const text of textsOf(where, source as TableStream, options.encoding)) reader.push(text);
  reader.end();
  return builder.finish();
}
