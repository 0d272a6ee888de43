// Histograms.

import { checkNumber, checkOptions, shown } from "../values/options.js";
import { type AxisRange, areaFor, axisOf, checkAxes, checkRange, drawAxes, isDrawable } from "./axes.js";
import { extent } from "./lines.js";
import {
  checkSheet,
  clipped,
  fillClass,
  heading,
  type PictureOptions,
  pictureOptions,
  round,
  sheetOf,
} from "./sheet.js";

export interface PlotHistogramOptions extends PictureOptions {
  /** Number of bars, ≥ 1; default 40. */
  readonly bins?: number;
  /** Range of the bars, bounds included; default the range of the values. Values outside are not counted. */
  readonly xRange?: AxisRange;
  /** Vertical range; default from 0 to the highest bar. */
  readonly yRange?: AxisRange;
  /** Name of the horizontal axis; default none. */
  readonly xLabel?: string;
  /** Name of the vertical axis; default none. */
  readonly yLabel?: string;
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
  const where = "plotHistogram";
  checkOptions(where, options, [...pictureOptions, "bins", "xRange", "yRange", "xLabel", "yLabel"]);
  if (!Array.isArray(values) && !ArrayBuffer.isView(values))
    throw new TypeError(`${where}: expected a list of numbers, got ${shown(values)}.`);
  const sheet = checkSheet(where, options);
  const { xLabel = "", yLabel = "" } = options;
  checkAxes(where, { xLabel, yLabel });
  const bins = checkNumber(where, "bins", options.bins ?? 40, { min: 1, integer: true });
  const finite = Array.from(values).filter(isDrawable);
  if (finite.length === 0) throw new RangeError(`${where}: nothing to draw: no value is finite.`);
  const [low, high] = options.xRange ? checkRange(where, "xRange", options.xRange) : extent(finite);
  const xRange: AxisRange = low === high ? [low - 0.5, high + 0.5] : [low, high];
  const wide = (xRange[1] - xRange[0]) / bins;
  const shares = new Array<number>(bins).fill(0);
  for (const value of finite) {
    if (value < xRange[0] || value > xRange[1]) continue;
    const bin = Math.min(bins - 1, Math.floor((value - xRange[0]) / wide));
    shares[bin] = (shares[bin] as number) + 1 / values.length;
  }
  const yRange = options.yRange ? checkRange(where, "yRange", options.yRange) : ([0, extent(shares)[1] || 1] as const);

  const head = heading(sheet);
  const texts = axisOf("linear", yRange, sheet.height, 0).ticks.map(({ text }) => text);
  const area = areaFor(where, sheet.width, sheet.height, head.height, { xLabel, yLabel }, texts);
  const x = axisOf("linear", xRange, 0, area.width);
  const y = axisOf("linear", yRange, area.height, 0);
  const bars = shares.map((share, k) => {
    const [left, right] = [x(xRange[0] + k * wide), x(xRange[0] + (k + 1) * wide)];
    return share > 0
      ? `M${round(left + 0.5)},${round(area.height)}V${round(y(share))}H${round(right - 0.5)}V${round(area.height)}`
      : "";
  });
  const marks = [`<path class="${fillClass(0)}" d="${bars.join("")}"/>`];
  return sheetOf(sheet, [...head.marks, ...drawAxes(area, x, y, { xLabel, yLabel }), clipped(area, marks)]);
}
