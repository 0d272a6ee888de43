// PlotCurves over two axes, such as losses or learning rates.

import { checkFlag, checkOptions, shown } from "../values/options.js";
import { chartOf, chartOptions, type PlotChartOptions, svgOf } from "./chart.js";
import type { PlotChart } from "./data.js";
import { dotsOf } from "./marks/dots.js";
import { lineOf, type PlotCurve } from "./marks/line.js";
import { pointsOf } from "./marks/mark.js";

/** Options of curves. */
export interface PlotLinesOptions extends PlotChartOptions {
  /** Names of the curves drawn as separate dots, such as measurements; their x need not ascend. Default none. */
  readonly dots?: readonly string[];
  /** True holds each value until the next point, as learning rates and counts do; default false. */
  readonly steps?: boolean;
}

/** One curve, or several by name. */
export type PlotCurves = PlotCurve | Readonly<Record<string, PlotCurve>>;

/**
 * Chart of curves y(x), raw or with a moving average. Values that are not finite leave a gap; of points closer than a pixel only
 * the extremes are drawn.
 *
 * @param curves   a list of values, a list of points [x, y], or a record of them
 * @param options  dots, steps, smoothing, series, title, description, width, height, xLabel, yLabel, xRange, yRange, xScale, yScale
 * @throws TypeError   there is no curve, or one is not a list of numbers or points
 * @throws RangeError  smoothing is outside [0, 1), dots names an unknown curve, or a range does not ascend
 * @example
 * const chart = linesChart({ training: [2.3, 1.1, 0.6], test: [2.2, 1.3, 0.9] }, { xLabel: "epoch", yScale: "log" });
 * chartCsv(chart).split("\r\n")[0]; // "epoch,training,test"
 */
export function linesChart(curves: PlotCurves, options: PlotLinesOptions = {}): PlotChart {
  return linesOf("linesChart", curves, options);
}

/**
 * Line plot of curves y(x) as SVG text: see linesChart.
 *
 * @param curves   a list of values, a list of points [x, y], or a record of them
 * @param options  dots, steps, smoothing, series, title, description, width, height, xLabel, yLabel, xRange, yRange, xScale, yScale
 * @throws TypeError   there is no curve, or one is not a list of numbers or points
 * @throws RangeError  smoothing is outside [0, 1), dots names an unknown curve, a range does not ascend, no point is
 *   finite, or title, key and labels leave no room
 * @example
 * const losses = { "h = 0.1": [2.3, 1.1, 0.6, 0.4], "h = 0.01": [2.3, 2.1, 1.9, 1.8] };
 * plotLines(losses, { title: "Two learning rates", xLabel: "update", yLabel: "loss", smoothing: 0.5 }).startsWith("<svg"); // true
 */
export function plotLines(curves: PlotCurves, options: PlotLinesOptions = {}): string {
  return svgOf("plotLines", linesOf("plotLines", curves, options));
}

function isCurve(curves: unknown): curves is PlotCurve {
  return Array.isArray(curves) || ArrayBuffer.isView(curves);
}

/** Implements linesChart for functions of another name, which errors give. @internal */
export function linesOf(where: string, curves: PlotCurves, options: PlotLinesOptions): PlotChart {
  checkOptions(where, options, [...chartOptions, "dots", "steps"]);
  const named = isCurve(curves) ? { "": curves } : curves;
  if (typeof named !== "object" || named === null || Object.keys(named).length === 0)
    throw new TypeError(`${where}: no curve given, got ${shown(curves)}. Give { name: values }.`);
  const { dots = [] } = options;
  if (!Array.isArray(dots)) throw new TypeError(`${where}: dots must be a list of names, got ${shown(dots)}.`);
  for (const name of dots)
    if (!Object.hasOwn(named, name)) throw new RangeError(`${where}: dots names an unknown curve, got ${shown(name)}.`);
  const steps = checkFlag(where, "steps", options.steps ?? false);
  const marks = Object.entries(named).map(([name, curve]) => {
    const points = pointsOf(where, name, curve);
    return dots.includes(name) ? dotsOf(points, { name }) : lineOf(points, { name, steps });
  });
  return chartOf(where, marks, options);
}
