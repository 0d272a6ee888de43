// Columns of a table: numbers in a Float64Array, words as indices into a list of distinct words.

/** Kind of the cells of a column. */
export type ColumnType = "number" | "text" | "boolean" | "date";

export const columnTypes: readonly ColumnType[] = ["number", "text", "boolean", "date"];

/** A column of a table. */
export interface TableColumn {
  /** Name, of the header. */
  readonly name: string;
  /** Kind of the cells. */
  readonly type: ColumnType;
  /** Number of gaps. */
  readonly gaps: number;
  /** A doubt about the type that was found, null if there is none: a column of numbers and words, for example, is text. */
  readonly note: string | null;
  /** Numbers; 0 and 1 of booleans, milliseconds since 1970 of dates; NaN at gaps. @internal */
  readonly numbers: Float64Array | null;
  /** Indices of words, −1 at gaps. @internal */
  readonly codes: Int32Array | null;
  /** Distinct words of the whole table, in the order of their first rows. @internal */
  readonly words: readonly string[];
}

/** True if a column has a gap in a row. */
export function isGap({ numbers, codes }: TableColumn, row: number): boolean {
  return numbers ? Number.isNaN(numbers[row]) : (codes as Int32Array)[row] === -1;
}

/** Cell of a column as a value of the language; null for a gap. Dates are ISO texts. */
export function cellOf(column: TableColumn, row: number): string | number | boolean | null {
  if (isGap(column, row)) return null;
  const { type, numbers, codes, words } = column;
  if (!numbers) return words[(codes as Int32Array)[row] as number] as string;
  const value = numbers[row] as number;
  if (type === "boolean") return value === 1;
  return type === "date" ? new Date(value).toISOString() : value;
}

/** Rows of a column, by index. */
export function columnRows(column: TableColumn, rows: ArrayLike<number>): TableColumn {
  const taken = <A extends Float64Array | Int32Array>(from: A | null, to: A): A | null => {
    if (!from) return null;
    for (let k = 0; k < rows.length; k++) to[k] = from[rows[k] as number] as number;
    return to;
  };
  const count = rows.length;
  const numbers = column.numbers && taken(column.numbers, new Float64Array(count));
  const codes = column.codes && taken(column.codes, new Int32Array(count));
  let gaps = 0;
  const made = { ...column, numbers, codes };
  for (let k = 0; k < count; k++) if (isGap(made, k)) gaps++;
  return { ...made, gaps };
}
