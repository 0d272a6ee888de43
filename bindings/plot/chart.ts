// Charts as data: marks within two axes; and their drawing as static SVG.

import { checkNumber, checkOptions, isRecord, shown } from "../values/options.js";
import { type AxesOptions, axesOptions, checkAxes } from "./axes.js";
import { colorsOf, type PlotChart } from "./data.js";
import { type KeyEntry, keyOf } from "./key.js";
import { drawnIn, type Margins, marginsOf, rangesOf } from "./layout.js";
import type { PlotMark } from "./marks/mark.js";
import { checkSheet, heading, type PictureOptions, pictureOptions, type Sheet, sheetOf } from "./sheet.js";

/** Options of a chart. */
export interface PlotChartOptions extends PictureOptions, AxesOptions {
  /**
   * Smoothing factor β, 0 ≤ β < 1; default 0, no smoothing. Draws each line faint, and over it its moving average
   * s ← β s + (1 − β) y, divided by 1 − βᵗ to remove the bias of the start.
   */
  readonly smoothing?: number;
  /**
   * Names of series in the order of their colors; default the order in which they appear. Charts with the same list have one color
   * for one name.
   */
  readonly series?: readonly string[];
}

export const chartOptions = [...pictureOptions, ...axesOptions, "smoothing", "series"] as const;

/**
 * Chart of marks, drawn in their order, as plain data: `chartSvg` draws it as text, `mountChart` in a page, and `chartCsv` writes its
 * points as a table.
 *
 * @param marks    marks, such as those of lineMark, dotsMark or levelsMark
 * @param options  title, description, width, height, xLabel, yLabel, xRange, yRange, xScale, yScale, smoothing, series
 * @throws TypeError   a mark is none
 * @throws RangeError  a range does not ascend, or smoothing is outside [0, 1)
 * @example
 * const chart = plotChart([lineMark([2.3, 1.1, 0.6], { name: "loss" }), ruleMark({ x: 1 }, "stop")], { xLabel: "epoch" });
 * chartSvg(chart).startsWith("<svg"); // true
 */
export function plotChart(marks: readonly PlotMark[], options: PlotChartOptions = {}): PlotChart {
  const where = "plotChart";
  checkOptions(where, options, chartOptions);
  if (!Array.isArray(marks) || marks.length === 0)
    throw new TypeError(`${where}: expected a list of marks, at least one, got ${shown(marks)}.`);
  checkMarks(where, marks);
  return chartOf(where, marks, options);
}

/** Implements plotChart for checked marks. @internal */
export function chartOf(
  where: string,
  marks: readonly PlotMark[],
  options: PlotChartOptions,
  usual: Partial<Sheet> = {},
): PlotChart {
  const { series = [] } = options;
  if (!Array.isArray(series) || series.some((name) => typeof name !== "string"))
    throw new TypeError(`${where}: series must be a list of names, got ${shown(series)}.`);
  return {
    ...checkSheet(where, options, usual),
    marks,
    ...checkAxes(where, options),
    smoothing: checkNumber(where, "smoothing", options.smoothing ?? 0, { min: 0, below: 1 }),
    series,
  };
}

/** Checks a chart that a user gives, whose parts may have been exchanged. */
export function checkChart(where: string, chart: unknown): PlotChart {
  const { marks, x, y, width, ...rest } = (isRecord(chart) ? chart : {}) as Partial<PlotChart>;
  if (!Array.isArray(marks) || !isRecord(x) || !isRecord(y) || typeof width !== "number")
    throw new TypeError(`${where}: expected a chart, got ${shown(chart)}. Make one by plotChart.`);
  checkMarks(where, marks);
  const { title, description, height, smoothing, series } = rest;
  const sheet = chartOf(where, marks, given({ title, description, width, height, smoothing, series }));
  const axes = checkAxes(where, {
    ...given({ xLabel: x.label, xScale: x.scale, xRange: x.range }),
    ...given({ yLabel: y.label, yScale: y.scale, yRange: y.range }),
  });
  for (const [name, { names }] of Object.entries({ x, y }))
    if (names !== null && (!Array.isArray(names) || names.some((text) => typeof text !== "string")))
      throw new TypeError(`${where}: names of ${name} must be a list of strings or null, got ${shown(names)}.`);
  return { ...sheet, x: { ...axes.x, names: x.names }, y: { ...axes.y, names: y.names } };
}

/** Options without those that are null or undefined. */
const given = (options: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null && value !== undefined));

function checkMarks(where: string, marks: readonly (PlotMark | null)[]): void {
  for (const [k, mark] of marks.entries()) {
    const { draw, points, name, sign } = mark ?? ({} as Partial<PlotMark>);
    if (typeof draw !== "function" || !Array.isArray(points) || typeof name !== "string" || typeof sign !== "string")
      throw new TypeError(`${where}: marks[${k}] must be a mark, got ${shown(mark)}. Make one by lineMark.`);
  }
}

/** Series of marks for the key, each name once. */
export function entriesOf(marks: readonly PlotMark[], colors: ReadonlyMap<string, number>): KeyEntry[] {
  const entries = new Map<string, KeyEntry>();
  for (const { name, sign, color, of } of marks)
    if (name && of === undefined && sign !== "none" && !entries.has(name))
      entries.set(name, { name, sign, color: color ?? colors.get(name) ?? 0 });
  return [...entries.values()];
}

/** Body of a chart: title, key, axes, marks; `margins` place the frame of several charts alike. */
export function bodyOf(where: string, chart: PlotChart, margins?: Margins): readonly string[] {
  const colors = colorsOf(chart);
  const head = heading(chart);
  const key = margins ? { height: 0, marks: [] } : keyOf(entriesOf(chart.marks, colors), head.height, chart.width);
  const ranges = rangesOf(where, chart);
  const room = margins ?? marginsOf(chart, head.height + key.height, ranges);
  return [...head.marks, ...key.marks, ...drawnIn(where, chart, room, colors, ranges).body];
}

/**
 * Chart as SVG text, which needs no script.
 *
 * @param chart  a chart made by plotChart, linesChart, levelsChart, ...
 * @throws TypeError   chart is none
 * @throws RangeError  no point is finite on the scales, or title, key and labels leave no room
 * @example
 * chartSvg(linesChart({ "h = 0.1": [2.3, 1.1, 0.6], "h = 0.01": [2.3, 2.1, 1.9] })).startsWith("<svg"); // true
 */
export function chartSvg(chart: PlotChart): string {
  return svgOf("chartSvg", checkChart("chartSvg", chart));
}

/** Implements chartSvg for functions of another name. @internal */
export function svgOf(where: string, chart: PlotChart): string {
  return sheetOf(chart, bodyOf(where, chart));
}
