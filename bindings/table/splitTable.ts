// Splits of a table into training and validation rows.

import { heldOf, permutation } from "../data/split.js";
import { checkNumber, checkOptions, firstGiven, shown } from "../values/options.js";
import { isGap, type TableColumn } from "./column.js";
import { gapError } from "./columnCode.js";
import { checkTable, type Table } from "./table.js";

/** Fraction and at most one of stratify, group and time. */
export interface SplitTableOptions {
  /** Fraction of the rows that is held out, with `group` that of the groups, above 0 and below 1; default 0.2. */
  readonly fraction?: number;
  /** Seed of the permutation: whole number from 0 below 2⁵³; default 0. Not with `time`. */
  readonly seed?: number;
  /** Column of classes, each of which is split by the fraction; default none. */
  readonly stratify?: string;
  /** Column of groups, each of which is on one side as a whole; default none. */
  readonly group?: string;
  /** Column of dates or numbers: the last rows by it are held out; default none. */
  readonly time?: string;
}

const modes = ["stratify", "group", "time"] as const;

/** Rows of each value of a column, values in the order of their first rows. */
function rowsByValue(where: string, table: Table, name: string): number[][] {
  const column = fullColumn(where, table, name);
  const lists = new Map<number, number[]>();
  const keys = column.numbers ?? (column.codes as Int32Array);
  for (let row = 0; row < table.rows; row++) {
    const key = keys[row] as number;
    const list = lists.get(key);
    if (list) list.push(row);
    else lists.set(key, [row]);
  }
  return [...lists.values()];
}

/** A column without gaps. */
export function fullColumn(where: string, table: Table, name: string): TableColumn {
  const column = table.find(where, name);
  if (column.gaps > 0)
    for (let row = 0; row < table.rows; row++) if (isGap(column, row)) throw gapError(where, name, table.place(row));
  return column;
}

/**
 * Splits the rows of a table into a training and a validation table, each of at least one row, which keep the order of the table.
 * Equal tables and seeds give equal splits on every machine.
 *
 * Without further options round(fraction · rows) rows are drawn. With `stratify` that many of each class are, so that both tables have
 * about the same proportions. With `group` round(fraction · groups) groups are drawn as a whole. With `time` the last
 * round(fraction · rows) rows by time are held out, and rows of one time stay together.
 *
 * @param table    at least 2 rows
 * @param options  fraction, seed, and at most one of stratify, group and time
 * @throws RangeError  a number is out of range, there is no such column, it has gaps, a class has a single row, or there is one
 *                     group or one time
 * @example
 * const table = tableOf([{ x: 1, k: "a" }, { x: 2, k: "a" }, { x: 3, k: "b" }, { x: 4, k: "b" }]);
 * splitTable(table, { fraction: 0.5, stratify: "k", seed: 1 }).validation.texts("k"); // ["a", "b"]
 * splitTable(table, { fraction: 0.25, time: "x" }).validation.numbers("x"); // [4]
 */
export function splitTable(table: Table, options: SplitTableOptions = {}): { train: Table; validation: Table } {
  const where = "splitTable";
  checkTable(where, table);
  checkOptions(where, options, ["fraction", "seed", ...modes]);
  const { fraction = 0.2, seed = 0, stratify, group, time } = options;
  checkNumber(where, "fraction", fraction, { above: 0, below: 1 });
  checkNumber(where, "seed", seed, { min: 0, integer: true });
  const [first, second] = modes.filter((mode) => options[mode] !== undefined);
  if (second) throw new TypeError(`${where}: ${first} and ${second} exclude each other. Give one of them.`);
  if (time !== undefined && firstGiven(options, ["seed"]))
    throw new TypeError(`${where}: a split by time draws nothing. Leave the seed out.`);
  if (table.rows < 2) throw new RangeError(`${where}: got ${table.rows} rows, expected at least 2, one for each part.`);
  const held =
    stratify !== undefined
      ? stratified(where, table, stratify, fraction, seed)
      : group !== undefined
        ? grouped(where, table, group, fraction, seed)
        : time !== undefined
          ? latest(where, table, time, fraction)
          : Array.from(permutation(table.rows, seed).subarray(0, heldOf(fraction, table.rows)));
  const isHeld = new Uint8Array(table.rows);
  for (const row of held) isHeld[row] = 1;
  const side = (which: number): Table =>
    table.select(Array.from({ length: table.rows }, (_, row) => row).filter((row) => isHeld[row] === which));
  return { train: side(0), validation: side(1) };
}

function stratified(where: string, table: Table, name: string, fraction: number, seed: number): number[] {
  const classes = rowsByValue(where, table, name);
  const single = classes.find((rows) => rows.length === 1);
  if (single)
    throw new RangeError(
      `${where}: only ${table.place(single[0] as number)} has its value of column ${shown(name)}, expected at least 2 rows of each ` +
        "class, one for each part. Leave the row out.",
    );
  // One permutation of all rows orders each class.
  const place = new Uint32Array(table.rows);
  for (const [k, row] of permutation(table.rows, seed).entries()) place[row] = k;
  return classes.flatMap((rows) =>
    rows.sort((a, b) => (place[a] as number) - (place[b] as number)).slice(0, heldOf(fraction, rows.length)),
  );
}

function grouped(where: string, table: Table, name: string, fraction: number, seed: number): number[] {
  const groups = rowsByValue(where, table, name);
  if (groups.length < 2)
    throw new RangeError(`${where}: column ${shown(name)} has one group, expected at least 2, one for each part.`);
  const order = permutation(groups.length, seed);
  return Array.from(order.subarray(0, heldOf(fraction, groups.length))).flatMap((k) => groups[k] as number[]);
}

function latest(where: string, table: Table, name: string, fraction: number): number[] {
  const times = timesOf(where, table, name);
  const order = Array.from(times, (_, row) => row).sort((a, b) => (times[a] as number) - (times[b] as number));
  const at = (k: number): number => times[order[k] as number] as number;
  let begin = table.rows - heldOf(fraction, table.rows);
  // Rows of one time are held out together, unless none would be left to train on.
  while (begin > 0 && at(begin) === at(begin - 1)) begin--;
  while (begin === 0 || (begin < table.rows && at(begin) === at(begin - 1))) begin++;
  if (begin === table.rows)
    throw new RangeError(
      `${where}: all rows have one time in column ${shown(name)}, expected at least 2. Check the column.`,
    );
  return order.slice(begin);
}

/** Numbers of a column of times without gaps. */
export function timesOf(where: string, table: Table, name: string): Float64Array {
  const { numbers, type } = fullColumn(where, table, name);
  if (numbers && type !== "boolean") return numbers;
  throw new TypeError(
    `${where}: column ${shown(name)} is of type "${type}", expected dates or numbers. Write dates as 2024-12-31.`,
  );
}
