// Matrices as colored cells, such as confusion matrices.

import { checkOptions, shown } from "../values/options.js";
import { chartOf, svgOf } from "./chart.js";
import type { PlotChart } from "./data.js";
import { cellsOf } from "./marks/cells.js";
import { checkTexts, type PictureOptions, pictureOptions } from "./sheet.js";

/** Options of a matrix. */
export interface PlotMatrixOptions extends PictureOptions {
  /** Names of the columns; default 0, 1, .... Rows have the same names, unless `rowNames` gives others. */
  readonly names?: readonly string[];
  /** Names of the rows; default `names`. */
  readonly rowNames?: readonly string[];
  /** Name of the horizontal axis; default none. */
  readonly xLabel?: string;
  /** Name of the vertical axis; default none. */
  readonly yLabel?: string;
}

/**
 * Chart of a matrix: a cell for each number, row 0 on top. The color of a cell is its share of the largest number of its row, so that
 * rows of few samples are as visible as others; the number stands in it where there is room.
 *
 * @param rows     rows of numbers, all of one length; negative ones and those that are not finite have the color of 0
 * @param options  names, rowNames, xLabel, yLabel, title, description, width, height
 * @throws TypeError   rows are not lists of numbers, or names are not strings
 * @throws RangeError  rows differ in length, or there are not as many names as columns and rows
 * @example
 * const chart = matrixChart([[90, 10], [20, 80]], { names: ["cat", "dog"], xLabel: "predicted", yLabel: "true" });
 * chart.marks[0].read(1, 0); // "cat, dog: 10"
 */
export function matrixChart(rows: readonly ArrayLike<number>[], options: PlotMatrixOptions = {}): PlotChart {
  return matrixOf("matrixChart", rows, options);
}

/**
 * Matrix as SVG text: see matrixChart.
 *
 * @param rows     rows of numbers, all of one length; negative ones and those that are not finite have the color of 0
 * @param options  names, rowNames, xLabel, yLabel, title, description, width, height
 * @throws TypeError   rows are not lists of numbers, or names are not strings
 * @throws RangeError  rows differ in length, there are not as many names as columns and rows, or labels leave no room
 * @example
 * plotMatrix([[90, 10], [20, 80]], { names: ["cat", "dog"], xLabel: "predicted", yLabel: "true" }).startsWith("<svg"); // true
 */
export function plotMatrix(rows: readonly ArrayLike<number>[], options: PlotMatrixOptions = {}): string {
  return svgOf("plotMatrix", matrixOf("plotMatrix", rows, options));
}

function matrixOf(where: string, rows: readonly ArrayLike<number>[], options: PlotMatrixOptions): PlotChart {
  checkOptions(where, options, [...pictureOptions, "names", "rowNames", "xLabel", "yLabel"]);
  const { names, rowNames, ...sheet } = options;
  if (!Array.isArray(rows) || rows.length === 0)
    throw new TypeError(`${where}: expected a list of rows, at least one, got ${shown(rows)}.`);
  const lists = rows.map((row: unknown, k) => {
    if ((!Array.isArray(row) && !ArrayBuffer.isView(row)) || Array.from(row as number[]).some(isNoNumber))
      throw new TypeError(`${where}: row ${k} must be a list of numbers, got ${shown(row)}.`);
    return Array.from(row as ArrayLike<number>);
  });
  const columns = lists[0]?.length ?? 0;
  const odd = lists.findIndex(({ length }) => length !== columns || length === 0);
  if (odd >= 0)
    throw new RangeError(
      `${where}: row ${odd} has ${lists[odd]?.length} numbers, expected ${columns || "at least one"}.`,
    );
  const across = checkNames(where, "names", names, columns);
  const down = checkNames(where, "rowNames", rowNames ?? (lists.length === columns ? names : undefined), lists.length);
  const frame = chartOf(where, [], sheet, { height: 400 });
  return {
    ...frame,
    marks: [cellsOf(lists, across, down)],
    x: { ...frame.x, names: across },
    y: { ...frame.y, names: down },
  };
}

const isNoNumber = (value: unknown): boolean => typeof value !== "number";

/** Checks names, one for each of so many; by default their numbers. */
function checkNames(where: string, name: string, names: unknown, count: number): readonly string[] {
  if (names === undefined) return Array.from({ length: count }, (_, k) => String(k));
  if (!Array.isArray(names)) throw new TypeError(`${where}: ${name} must be a list of strings, got ${shown(names)}.`);
  checkTexts(where, Object.fromEntries(names.map((text, k) => [`${name}[${k}]`, text])));
  if (names.length !== count)
    throw new RangeError(`${where}: ${name} must be ${count} strings, got ${names.length}. Give one for each.`);
  return names;
}
