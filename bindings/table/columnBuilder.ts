// Builds a column from its cells, one after the other, and finds its type. A column is taken for numbers until a cell is none;
// then it becomes text with every cell as it was written, for which the builder keeps how each number was.

import { type ColumnType, isGap, type TableColumn } from "./column.js";
import { dateIn, givenNumberIn, isNumeral, otherNumber, plainNumber } from "./numerals.js";

/** Words that are gaps in columns of numbers, booleans and dates, unless others are given; in text only the empty cell is. */
const gapWords = ["", "NA", "N/A", "NaN", "null"];

// Form in which a number was written: 0 .. 15 decimals, a gap word from `gapForm` on, as the language writes it, or in a list.
const gapForm = 16;
const ownForm = 254;
const listedForm = 255;

/** Longest list of gap words. */
export const mostGapWords = ownForm - gapForm;

function grown<A extends Float64Array | Int32Array | Uint8Array>(array: A, count: number): A {
  if (count < array.length) return array;
  const larger = new (array.constructor as new (length: number) => A)(Math.max(64, 2 * array.length));
  larger.set(array as never);
  return larger;
}

export class ColumnBuilder {
  #rows = 0;
  #numbers = new Float64Array(0);
  #forms = new Uint8Array(0);
  readonly #listed = new Map<number, string>();
  #codes = new Int32Array(0);
  readonly #words = new Map<string, number>();
  readonly #gapWords: readonly string[];
  /** Storage of the cells now; `guess` are numbers until one is none. */
  #kind: "guess" | ColumnType;

  constructor(
    readonly name: string,
    readonly type: ColumnType | undefined,
    readonly givenGaps: readonly string[] | undefined,
  ) {
    this.#kind = type ?? "guess";
    this.#gapWords = givenGaps ?? gapWords;
  }

  /** Adds a cell; returns false if it is not of the given type. */
  add(cell: string | number): boolean {
    if (this.#kind === "guess") {
      if (this.#addGuess(cell)) return true;
      this.#becomeText();
    }
    if (this.#kind === "text") {
      this.#addWord(String(cell));
      return true;
    }
    const isWord = typeof cell === "string";
    const gap = isWord && this.#gapWords.includes(cell);
    const value = gap ? Number.NaN : this.#givenValue(cell);
    if (Number.isNaN(value) && !gap) return false;
    this.#addNumber(value);
    return true;
  }

  #givenValue(cell: string | number): number {
    if (this.#kind === "date") return dateIn(String(cell));
    if (this.#kind === "boolean") return truthOf(String(cell));
    return typeof cell === "number" && Number.isFinite(cell) ? cell : givenNumberIn(String(cell));
  }

  #addNumber(value: number): void {
    this.#numbers = grown(this.#numbers, this.#rows);
    this.#numbers[this.#rows++] = value;
  }

  #addGuess(cell: string | number): boolean {
    let form = ownForm;
    let value = cell as number;
    if (typeof cell === "string") {
      value = plainNumber(cell);
      if (Number.isNaN(value)) {
        value = otherNumber(cell);
        form = Number.isNaN(value) ? gapForm + this.#gapWords.indexOf(cell) : listedForm;
        if (form < gapForm) return false;
        if (form === listedForm) this.#listed.set(this.#rows, cell);
      } else {
        const point = cell.indexOf(".");
        form = point < 0 ? 0 : cell.length - 1 - point;
      }
    } else if (!Number.isFinite(cell)) return false;
    this.#forms = grown(this.#forms, this.#rows);
    this.#forms[this.#rows] = form;
    this.#addNumber(value);
    return true;
  }

  #becomeText(): void {
    const [rows, numbers, forms] = [this.#rows, this.#numbers, this.#forms];
    this.#kind = "text";
    this.#rows = 0;
    this.#numbers = new Float64Array(0);
    this.#forms = new Uint8Array(0);
    for (let k = 0; k < rows; k++) {
      const form = forms[k] as number;
      const value = numbers[k] as number;
      if (form === listedForm) this.#addWord(this.#listed.get(k) as string);
      else if (form === ownForm) this.#addWord(String(value));
      else if (form >= gapForm) this.#addWord(this.#gapWords[form - gapForm] as string);
      else this.#addWord(value.toFixed(form));
    }
    this.#listed.clear();
  }

  #addWord(word: string): void {
    this.#codes = grown(this.#codes, this.#rows);
    const gap = this.givenGaps ? this.givenGaps.includes(word) : word === "";
    let code = gap ? -1 : this.#words.get(word);
    if (code === undefined) {
      code = this.#words.size;
      this.#words.set(word, code);
    }
    this.#codes[this.#rows++] = code;
  }

  /** Returns the column; `place` names a row in its note. */
  finish(place: (row: number) => string): TableColumn {
    if (this.#kind === "text" && this.type === undefined)
      return this.#asValues("boolean", truthOf) ?? this.#asValues("date", dateIn) ?? this.#asText(place);
    return this.#kind === "text"
      ? this.#asText(place)
      : this.#asNumbers(this.#kind === "guess" ? "number" : this.#kind);
  }

  #column(type: ColumnType, numbers: Float64Array | null, codes: Int32Array | null, note: string | null): TableColumn {
    const words = codes ? [...this.#words.keys()] : [];
    const column = { name: this.name, type, gaps: 0, note, numbers, codes, words };
    let gaps = 0;
    for (let k = 0; k < this.#rows; k++) if (isGap(column, k)) gaps++;
    return { ...column, gaps };
  }

  #asNumbers(type: ColumnType): TableColumn {
    return this.#column(type, this.#numbers.slice(0, this.#rows), null, null);
  }

  /** The column as booleans or dates if all of its words are, gaps apart. */
  #asValues(type: ColumnType, value: (word: string) => number): TableColumn | null {
    const values = new Float64Array(this.#words.size);
    let found = 0;
    for (const [word, code] of this.#words) {
      const read = value(word);
      values[code] = read;
      if (!Number.isNaN(read)) found++;
      else if (!this.#gapWords.includes(word)) return null;
    }
    if (found === 0) return null;
    const numbers = Float64Array.from(this.#codes.subarray(0, this.#rows), (code) => values[code] ?? Number.NaN);
    return this.#column(type, numbers, null, null);
  }

  #asText(place: (row: number) => string): TableColumn {
    return this.#column("text", null, this.#codes.slice(0, this.#rows), this.type ? null : this.#note(place));
  }

  /** A doubt about a column that was taken for text. */
  #note(place: (row: number) => string): string | null {
    const words = [...this.#words.keys()];
    const isDate = words.map((word) => !Number.isNaN(dateIn(word)));
    const isNumber = words.map(isNumeral);
    const [noun, isValue] = isNumber.includes(true) ? (["numbers", isNumber] as const) : (["dates", isDate] as const);
    const isStray = words.map((word, code) => !isValue[code] && !this.#gapWords.includes(word));
    let values = 0;
    let other = -1;
    let gap = -1;
    for (let k = 0; k < this.#rows; k++) {
      const code = this.#codes[k] as number;
      if (code < 0) continue;
      if (isValue[code]) values++;
      else if (isStray[code] && other < 0) other = k;
      else if (!isStray[code] && gap < 0) gap = k;
    }
    const wordOf = (row: number): string => JSON.stringify(words[this.#codes[row] as number]);
    if (values > 0 && other >= 0)
      return `${values} of ${this.#rows} cells are ${noun}, but ${place(other)} holds ${wordOf(other)}`;
    return gap < 0 ? null : `${place(gap)} holds ${wordOf(gap)}, which is no gap in a column of text`;
  }
}

/** 1 or 0 of a cell of a column of booleans, NaN of any other. */
function truthOf(cell: string): number {
  return /^true$/i.test(cell) ? 1 : /^false$/i.test(cell) ? 0 : Number.NaN;
}
