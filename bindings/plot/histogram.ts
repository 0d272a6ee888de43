// Histograms.

import { checkNumber, checkOptions, shown } from "../values/options.js";
import { chartOf, svgOf } from "./chart.js";
import type { PlotChart } from "./data.js";
import { barsOf } from "./marks/bars.js";
import { type AxisRange, checkRange, isDrawable } from "./ranges.js";
import { type PictureOptions, pictureOptions } from "./sheet.js";

/** Options of a histogram. */
export interface PlotHistogramOptions extends PictureOptions {
  /** Number of bars, ≥ 1; default 40. */
  readonly bins?: number;
  /** Range of the bars, bounds included; default the range of the values. Values outside are not counted. */
  readonly xRange?: AxisRange;
  /** Vertical range; default from 0 to a little above the highest bar. */
  readonly yRange?: AxisRange;
  /** Name of the horizontal axis; default none. */
  readonly xLabel?: string;
  /** Name of the vertical axis; default none. */
  readonly yLabel?: string;
}

/**
 * Chart of a histogram: the fraction of all values that lies in each of equal intervals.
 *
 * @param values   numbers; those that are not finite lie in no interval, but count in the total
 * @param options  bins, xRange, yRange, xLabel, yLabel, title, description, width, height
 * @throws TypeError   values is not a list of numbers
 * @throws RangeError  no finite number, or a range that does not ascend
 * @example
 * const chart = histogramChart([0, 0, 0, 1], { bins: 2 });
 * chart.marks[0].points; // [[0.25, 0.75], [0.75, 0.25]]
 */
export function histogramChart(values: ArrayLike<number>, options: PlotHistogramOptions = {}): PlotChart {
  return histogramOf("histogramChart", values, options);
}

/**
 * Histogram as SVG text: the fraction of all values that lies in each of equal intervals.
 *
 * @param values   numbers; those that are not finite lie in no interval, but count in the total
 * @param options  bins, xRange, yRange, xLabel, yLabel, title, description, width, height
 * @throws TypeError   values is not a list of numbers
 * @throws RangeError  no finite number, or a range that does not ascend
 * @example
 * plotHistogram([0.1, 0.2, 0.2, 0.9], { bins: 10, xRange: [0, 1], xLabel: "activation" }).startsWith("<svg"); // true
 */
export function plotHistogram(values: ArrayLike<number>, options: PlotHistogramOptions = {}): string {
  return svgOf("plotHistogram", histogramOf("plotHistogram", values, options));
}

function histogramOf(where: string, values: ArrayLike<number>, options: PlotHistogramOptions): PlotChart {
  checkOptions(where, options, [...pictureOptions, "bins", "xRange", "yRange", "xLabel", "yLabel"]);
  if (!Array.isArray(values) && !ArrayBuffer.isView(values))
    throw new TypeError(`${where}: expected a list of numbers, got ${shown(values)}.`);
  const { bins: wanted = 40, ...sheet } = options;
  const frame = chartOf(where, [], sheet);
  const bins = checkNumber(where, "bins", wanted, { min: 1, below: 2 ** 24, integer: true });
  const [least, largest] = finiteExtent(values);
  if (least > largest) throw new RangeError(`${where}: nothing to draw: no value is finite.`);
  const [low, high] = options.xRange ? checkRange(where, "xRange", options.xRange) : [least, largest];
  const xRange: AxisRange = low === high ? [low - 0.5, high + 0.5] : [low, high];
  const wide = (xRange[1] - xRange[0]) / bins;
  const shares = new Array<number>(bins).fill(0);
  for (let k = 0; k < values.length; k++) {
    const value = values[k] as number;
    if (!isDrawable(value) || value < xRange[0] || value > xRange[1]) continue;
    const bin = Math.min(bins - 1, Math.floor((value - xRange[0]) / wide));
    shares[bin] = (shares[bin] as number) + 1 / values.length;
  }
  return { ...frame, x: { ...frame.x, range: xRange }, marks: [barsOf(shares, xRange, {})] };
}

/** Least and largest of the values that can be drawn. */
function finiteExtent(values: ArrayLike<number>): AxisRange {
  let [low, high] = [Infinity, -Infinity];
  for (let k = 0; k < values.length; k++) {
    const value = values[k] as number;
    if (!isDrawable(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
