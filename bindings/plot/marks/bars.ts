// Bars from 0 up, as of a histogram.

import { shown } from "../../values/options.js";
import { fillClass } from "../colors.js";
import { type AxisRange, checkRange, type PlotPoint } from "../ranges.js";
import { round } from "../text.js";
import { checkMark, type PlotMark, type PlotMarkOptions } from "./mark.js";

/**
 * Bars of equal width from 0 to their heights, side by side over a range.
 *
 * @param heights  heights, at least one
 * @param range    [from, to], the left edge of the first bar and the right edge of the last, ascending
 * @param options  name, color
 * @throws TypeError   heights is no list of numbers
 * @throws RangeError  range does not ascend
 * @example
 * chartSvg(plotChart([barsMark([0.2, 0.5, 0.3], [0, 3])], { yLabel: "share" })).startsWith("<svg"); // true
 */
export function barsMark(
  heights: ArrayLike<number>,
  range: readonly [number, number],
  options: PlotMarkOptions = {},
): PlotMark {
  const where = "barsMark";
  const { name, ...color } = checkMark(where, options);
  const list = Array.isArray(heights) || ArrayBuffer.isView(heights) ? Array.from(heights as ArrayLike<number>) : [];
  if (list.length === 0 || list.some((height) => typeof height !== "number"))
    throw new TypeError(`${where}: heights must be a list of numbers, got ${shown(heights)}.`);
  const xRange = checkRange(where, "range", range);
  return barsOf(list, xRange, { name, ...color });
}

/** Implements barsMark for checked heights. @internal */
export function barsOf(
  heights: readonly number[],
  xRange: AxisRange,
  { name = "", ...rest }: { name?: string; color?: number },
): PlotMark {
  const [from, to] = xRange;
  const wide = (to - from) / heights.length;
  return {
    kind: "bars",
    name,
    ...rest,
    sign: "dot",
    points: heights.map((height, k): PlotPoint => [from + (k + 0.5) * wide, height]),
    area: { xRange },
    draw({ x, y, height: base }, color) {
      const bars = heights.map((height, k) => {
        const [left, right] = [x(from + k * wide), x(from + (k + 1) * wide)];
        const gap = Math.min(0.5, (right - left) / 8);
        return height > 0
          ? `M${round(left + gap)},${round(base)}V${round(y(height))}H${round(right - gap)}V${round(base)}`
          : "";
      });
      return [`<path class="${fillClass(color)}" d="${bars.join("")}"/>`];
    },
  };
}
