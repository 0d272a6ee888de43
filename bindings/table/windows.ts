// Windows of a time series: the rows of some time as inputs, the rows behind them as targets.

import type { NDArray } from "../values/arrays.js";
import { arrayOf } from "../values/lines.js";
import { checkChoice, checkNumber, checkOptions, shown, wrongKind } from "../values/options.js";
import { TableCoding } from "./coding.js";
import { fullColumn, timesOf } from "./splitTable.js";
import { checkTable, type Table } from "./table.js";

/** Options of `windows`. */
export interface WindowsOptions {
  /** Rows of the inputs of a window: whole number from 1. */
  readonly length: number;
  /** Rows behind them that are its targets: whole number from 1; default 1. */
  readonly horizon?: number;
  /** Rows from one window to the next: whole number from 1; default 1. */
  readonly stride?: number;
  /** Column of dates or numbers that orders the rows; default: their order in the table, without gaps in time. */
  readonly time?: string;
  /** Time from one row to the next, in milliseconds for dates: a positive number; default the least in the table. */
  readonly step?: number;
  /** Treatment of rows that are missing in time: "refuse" (default) throws, "split" makes no window across them. */
  readonly gaps?: "refuse" | "split";
  /** Column of groups, each of which is a series of its own; default: all rows are one series. */
  readonly group?: string;
}

/** Windows as samples. */
export interface TableWindows {
  /** Inputs [windows, length, features] and targets [windows, horizon], or [windows, horizon, targets] for several targets. */
  readonly samples: {
    readonly inputs: NDArray<Float32Array | Float64Array>;
    readonly targets: NDArray<Float32Array | Float64Array | Int32Array>;
  };
  /** Row of the table, from 0, that is the first target of each window. */
  readonly rows: Uint32Array;
}

type Numbers = Float32Array | Float64Array | Int32Array;

/** Runs of rows in the order of time, without a gap or a change of the group. */
function seriesOf(where: string, table: Table, options: WindowsOptions): number[][] {
  const { time, group, step, gaps = "refuse" } = options;
  const groups = group === undefined ? null : fullColumn(where, table, group);
  const keys = groups && (groups.numbers ?? (groups.codes as Int32Array));
  const times = time === undefined ? null : timesOf(where, table, time);
  const order = Array.from({ length: table.rows }, (_, row) => row);
  const key = (row: number): number => (keys ? (keys[row] as number) : 0);
  if (keys || times)
    order.sort((a, b) => key(a) - key(b) || (times ? (times[a] as number) - (times[b] as number) : 0) || a - b);
  const passed = (k: number): number =>
    times ? (times[order[k] as number] as number) - (times[order[k - 1] as number] as number) : 1;
  const isNew = (k: number): boolean => k === 0 || key(order[k] as number) !== key(order[k - 1] as number);
  // Times that are no whole numbers are rounded, and so are their differences.
  const isStep = (k: number): boolean =>
    Math.abs(passed(k) - least) <= 1e-6 * least + 2 ** -50 * Math.abs(times?.[order[k] as number] ?? 0);
  let least = step ?? Number.POSITIVE_INFINITY;
  if (step === undefined)
    for (let k = 1; k < order.length; k++) if (!isNew(k) && passed(k) > 0) least = Math.min(least, passed(k));
  const unit = time !== undefined && table.column(time).type === "date" ? " ms" : "";
  const series: number[][] = [];
  for (const [k, row] of order.entries()) {
    const before = order[k - 1] as number;
    if (!isNew(k) && times && passed(k) === 0)
      throw new RangeError(
        `${where}: ${table.place(before)} and ${table.place(row)} have one time, column ${shown(time)}. Leave one out, or give { group }.`,
      );
    const gap = !isNew(k) && times !== null && !isStep(k);
    if (gap && (gaps === "refuse" || passed(k) < least))
      throw new RangeError(
        `${where}: from ${table.place(before)} to ${table.place(row)} column ${shown(time)} advances by ${passed(k)}${unit}, expected ${least}${unit}. ` +
          'Add the rows, give { step }, or { gaps: "split" } if rows are missing.',
      );
    if (isNew(k) || gap) series.push([]);
    series.at(-1)?.push(row);
  }
  return series;
}

function checkWindows(where: string, table: Table, coding: TableCoding, options: WindowsOptions): void {
  checkTable(where, table);
  if (!(coding instanceof TableCoding))
    throw wrongKind(where, "the coding", "a coding", coding, "tableCoding(table, { inputs, target })");
  if (coding.weights !== null)
    throw new RangeError(
      `${where}: the coding has weights, column ${shown(coding.weights)}, and windows have none. Make a coding without weights.`,
    );
  checkOptions(where, options, ["length", "horizon", "stride", "time", "step", "gaps", "group"]);
  const { length, horizon = 1, stride = 1, step, gaps, time } = options;
  for (const [name, value] of Object.entries({ length, horizon, stride }))
    checkNumber(where, name, value, { min: 1, integer: true });
  if (step !== undefined) checkNumber(where, "step", step, { above: 0 });
  if (gaps !== undefined) checkChoice(where, "gaps", gaps, ["refuse", "split"]);
  if (time === undefined && (step !== undefined || gaps !== undefined))
    throw new TypeError(`${where}: step and gaps are about time. Give { time }, or leave them out.`);
}

/**
 * Cuts a time series into windows: the inputs of a sample are the features of `length` consecutive rows, its targets those of the
 * next `horizon` rows. No window crosses a gap in time or the border of two groups.
 *
 * Split the table by time first: then the windows of the training and the validation table share no row. The target may also be an
 * input, so that its past values forecast it.
 *
 * The inputs take windows · length · features numbers of 4 bytes (8 for f64): each row is copied into up to length / stride windows.
 *
 * @param table    rows of the series
 * @param coding   inputs and targets, fitted on the training rows
 * @param options  length, horizon, stride, time, step, gaps, group
 * @returns        samples for `fit`, class targets with horizon 1 as [windows]; and the row of the first target of each window
 * @throws RangeError  rows are missing in time, two have one time, no series is as long as length + horizon, or the coding has
 *                     weights
 * @example
 * const table = tableOf([1, 2, 3, 4, 5].map((rain, day) => ({ day, rain })));
 * const coding = tableCoding(table, { inputs: ["rain"], target: "rain", scale: "none" });
 * const { samples, rows } = windows(table, coding, { length: 3, time: "day" });
 * samples.inputs.data; // [1, 2, 3, 2, 3, 4]
 * samples.targets.data; // [4, 5]
 */
export function windows(table: Table, coding: TableCoding, options: WindowsOptions): TableWindows {
  const where = "windows";
  checkWindows(where, table, coding, options);
  const { length, horizon = 1, stride = 1 } = options;
  const inputs = coding.inputsOf(where, table);
  const targets = coding.targetsOf(where, table);
  const series = seriesOf(where, table, options);
  const counts = series.map((rows) => Math.max(0, Math.floor((rows.length - length - horizon) / stride) + 1));
  const count = counts.reduce((sum, own) => sum + own, 0);
  if (count === 0)
    throw new RangeError(
      `${where}: the longest series has ${Math.max(0, ...series.map((rows) => rows.length))} rows, expected at least length + ` +
        `horizon = ${length + horizon}. Shorten the windows.`,
    );
  /** Copies `rows` rows of every window, from the row `from` of the window on. */
  const taken = <A extends Numbers>({ data, shape }: NDArray<A>, from: number, rows: number): A => {
    const width = shape[1] ?? 1;
    const out = new (data.constructor as new (elements: number) => A)(count * rows * width);
    let at = 0;
    for (const [k, own] of series.entries())
      for (let window = 0; window < (counts[k] as number); window++)
        for (let t = 0; t < rows; t++, at += width) {
          const row = own[window * stride + from + t] as number;
          for (let j = 0; j < width; j++) out[at + j] = data[row * width + j] as number;
        }
    return out;
  };
  const [, ofTargets = 1] = targets.shape;
  const isLabel = targets.shape.length === 1;
  const shape = [count, ...(isLabel && horizon === 1 ? [] : [horizon]), ...(ofTargets === 1 ? [] : [ofTargets])];
  return {
    samples: {
      inputs: arrayOf(taken(inputs, 0, length), [count, length, inputs.shape[1] as number]),
      targets: arrayOf(taken(targets, length, horizon), shape),
    },
    rows: Uint32Array.from(
      series.flatMap((own, k) =>
        Array.from({ length: counts[k] as number }, (_, w) => own[w * stride + length] as number),
      ),
    ),
  };
}
