// CSV as rows of cells, from text that comes in pieces. Papa Parse finds cells, quotes and line breaks; lines are counted here,
// as its errors count rows. A piece ends anywhere: the beginning of an unfinished row is kept for the next piece.

import Papa from "papaparse";

/** Characters that are parsed at once. */
const pieceLength = 2 ** 18;
/** Characters from which the delimiter is guessed. */
const headLength = 2 ** 16;
/** A row that is longer has a quote that is never closed. */
const rowLength = 2 ** 24;

/** Receives rows of cells without spaces around them, and the line on which each row begins, from 1. */
export interface RowReceiver {
  readonly where: string;
  /** Number of columns, 0 before the header is known. */
  readonly width: number;
  add(cells: string[], line: number): void;
}

/** The core of Papa Parse, which its streams use. */
interface Parser {
  parse(
    input: string,
    base: number,
    ignoreLastRow: boolean,
  ): { data: string[][]; errors: { code: string; row: number }[]; meta: { cursor: number } };
}

export class CsvReader {
  #rest = "";
  #begun = false;
  #parser: Parser | null = null;
  #newline = "\n";
  #line = 1;
  /** Lines of empty rows that are gaps if a row of a table of one column follows. */
  #empty: number[] = [];

  constructor(
    readonly receiver: RowReceiver,
    readonly delimiter: string | undefined,
  ) {}

  /** Takes the next piece of the text. */
  push(text: string): void {
    const from = !this.#begun && text.charCodeAt(0) === 0xfeff ? 1 : 0; // byte order mark
    if (text.length > 0) this.#begun = true;
    for (let at = from; at < text.length; at += pieceLength) this.#take(text.slice(at, at + pieceLength), false);
  }

  /** Ends the text. */
  end(): void {
    this.#take("", true);
  }

  #take(piece: string, last: boolean): void {
    const input = this.#rest + piece;
    if (!this.#parser && !last && input.length < headLength) {
      this.#rest = input;
      return;
    }
    this.#parser ??= this.#parserFor(input.slice(0, headLength));
    const { data, errors, meta } = this.#parser.parse(input, 0, !last);
    this.#rest = input.slice(meta.cursor);
    const quoted = input.includes('"');
    for (let k = 0; k < data.length; k++) {
      if (errors[0]?.row === k) throw this.#quoteError(errors[0].code);
      this.#row(data[k] as string[], quoted);
    }
    if (this.#rest.length > rowLength) throw this.#quoteError("MissingQuotes");
  }

  #parserFor(head: string): Parser {
    // CRLF ends in a line feed, too; its carriage return is a space around the last cell. A lone one is a line break of old files.
    this.#newline = head.includes("\n") || !head.includes("\r") ? "\n" : "\r";
    const newline = this.#newline as "\n";
    const delimiter =
      this.delimiter ??
      Papa.parse(head, { preview: 10, newline, skipEmptyLines: true, delimitersToGuess: [",", ";", "\t", "|"] }).meta
        .delimiter;
    return new Papa.Parser({ delimiter, newline });
  }

  #row(cells: string[], quoted: boolean): void {
    const line = this.#line++;
    for (let k = 0; k < cells.length; k++) {
      const cell = cells[k] as string;
      if (quoted) this.#countLines(cell);
      if (isSpace(cell.charCodeAt(0)) || isSpace(cell.charCodeAt(cell.length - 1))) cells[k] = cell.trim();
    }
    const { receiver } = this;
    if (cells.length === 1 && cells[0] === "") {
      if (receiver.width === 1) this.#empty.push(line);
      return;
    }
    for (const gap of this.#empty) receiver.add([""], gap);
    this.#empty = [];
    receiver.add(cells, line);
  }

  #countLines(cell: string): void {
    for (let at = cell.indexOf(this.#newline); at >= 0; at = cell.indexOf(this.#newline, at + 1)) this.#line++;
  }

  #quoteError(code: string): RangeError {
    const what =
      code === "MissingQuotes"
        ? "a quoted cell begins that is never closed. Close it"
        : "text follows the closing quote of a cell, expected a delimiter or a line break. Quote the whole cell";
    return new RangeError(`${this.receiver.where}: line ${this.#line}: ${what}, and write quotes inside of it twice.`);
  }
}

/** True for codes of white space and of letters that `trim` leaves alone; false for ASCII and for NaN, of an empty cell. */
const isSpace = (code: number): boolean => code <= 32 || code >= 160;
