// How a column is coded as numbers: plain data that a file holds, and its application to the rows of a table.

import { shown } from "../values/options.js";
import { type ColumnType, cellOf, isGap, type TableColumn } from "./column.js";
import type { Table } from "./table.js";

/** A column of numbers, booleans or dates as one number: (x − shift) / scale. */
export interface NumberCode {
  /** Name of the column. */
  readonly column: string;
  /** Kind of its cells. */
  readonly type: "number" | "boolean" | "date";
  /** "number". */
  readonly code: "number";
  /** Number that is subtracted; 0 without scaling. */
  readonly shift: number;
  /** Number by which the difference is divided; 1 without scaling. */
  readonly scale: number;
  /** Number in place of a gap, null if gaps are errors. */
  readonly gap: number | null;
}

/** A column of text as one number for each word, 0 or 1, or as the index of its word. */
export interface WordCode {
  /** Name of the column. */
  readonly column: string;
  /** Kind of its cells. */
  readonly type: "text" | "boolean";
  /** A feature for each word, or one index. */
  readonly code: "oneHot" | "label";
  /** All words, in the order of their indices. */
  readonly words: readonly string[];
  /** Word in place of a gap, null if gaps are errors. */
  readonly gap: string | null;
  /** Coding of a word that is not in the list: an error, or zeros. */
  readonly unknown: "refuse" | "zeros";
}

/** Code of a column. */
export type ColumnCode = NumberCode | WordCode;

/** Number of features of a column. */
export const widthOf = (code: ColumnCode): number => (code.code === "oneHot" ? code.words.length : 1);

/** Names of the features of a column: its own, or one for each word. */
export const featureNames = (code: ColumnCode): string[] =>
  code.code === "oneHot" ? code.words.map((word) => `${code.column}=${word}`) : [code.column];

/** The words of a list for a message. */
export const listed = (words: readonly string[]): string =>
  words.length > 8
    ? `${words
        .slice(0, 8)
        .map((word) => shown(word))
        .join(", ")} and ${words.length - 8} more`
    : words.map((word) => shown(word)).join(", ");

/** Words of booleans, by their numbers. */
export const truths: readonly string[] = ["false", "true"];

/** Returns the column of a table that a code is for; one of gaps only has any type. */
function columnFor(where: string, code: ColumnCode, table: Table): TableColumn {
  const column = table.find(where, code.column);
  if (column.type === code.type || column.gaps === table.rows) return column;
  let row = 0;
  while (isGap(column, row)) row++;
  throw new TypeError(
    `${where}: column ${shown(code.column)} has ${nouns[column.type]}, expected ${nouns[code.type]} as in training: ` +
      `${table.place(row)} holds ${shown(cellOf(column, row))}. Read the table with { types } of the coding.`,
  );
}

const nouns: Readonly<Record<ColumnType, string>> = {
  number: "numbers",
  text: "text",
  boolean: "booleans",
  date: "dates",
};

export function gapError(where: string, name: string, place: string): RangeError {
  return new RangeError(
    `${where}: ${place} has a gap in column ${shown(name)}. Fill it, leave such rows out by dropGaps, or choose { gaps } for ` +
      "the column.",
  );
}

/** Writes the features of all rows into `out`, a matrix of `width` columns, from column `at` on. */
export function writeCode(
  where: string,
  code: ColumnCode,
  table: Table,
  out: Float32Array | Float64Array | Int32Array,
  at: number,
  width: number,
): void {
  const column = columnFor(where, code, table);
  if (code.code !== "number") {
    writeWords(where, code, column, table, out, at, width);
    return;
  }
  const { shift, scale, gap } = code;
  for (let row = 0; row < table.rows; row++) {
    let value = column.numbers ? (column.numbers[row] as number) : Number.NaN;
    if (Number.isNaN(value)) {
      if (gap === null) throw gapError(where, code.column, table.place(row));
      value = gap;
    }
    out[row * width + at] = (value - shift) / scale;
  }
}

function writeWords(
  where: string,
  { column: name, code, words, gap, unknown }: WordCode,
  column: TableColumn,
  table: Table,
  out: Float32Array | Float64Array | Int32Array,
  at: number,
  width: number,
): void {
  const indexOf = new Map(words.map((word, k) => [word, k]));
  const known = column.numbers ? truths : column.words;
  const indices = Int32Array.from(known, (word) => indexOf.get(word) ?? -1);
  const filled = gap === null ? -1 : (indexOf.get(gap) as number);
  for (let row = 0; row < table.rows; row++) {
    let index = filled;
    if (!isGap(column, row)) {
      index = indices[(column.numbers ?? (column.codes as Int32Array))[row] as number] as number;
      if (index < 0 && unknown === "refuse")
        throw new RangeError(
          `${where}: ${table.place(row)}, column ${shown(name)}: got ${shown(String(cellOf(column, row)))}, expected one of ` +
            `${listed(words)}, as in training. Correct it, or fit the coding with { unknown: "zeros" }.`,
        );
    } else if (gap === null) throw gapError(where, name, table.place(row));
    if (code === "label") out[row * width + at] = index;
    else if (index >= 0) out[row * width + at + index] = 1;
  }
}
