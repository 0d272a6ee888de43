// Lines and steps through points.

import { checkFlag, shown } from "../../values/options.js";
import { seriesClass } from "../colors.js";
import { isDrawable, isOn, type PlotPoint } from "../ranges.js";
import { thinned } from "../simplify.js";
import { round } from "../text.js";
import { checkMark, type PlotFrame, type PlotMark, type PlotMarkOptions, pointsOf } from "./mark.js";

/** Curve: values at x = 0, 1, ..., or points [x, y] with x ascending. */
export type PlotCurve = ArrayLike<number> | readonly PlotPoint[];

/** Options of a line. */
export interface LineMarkOptions extends PlotMarkOptions {
  /** True holds each value until the next point; default false, straight lines between points. */
  readonly steps?: boolean;
  /** False leaves the line as it is in charts that smooth; default true. */
  readonly smooth?: boolean;
  /** Seconds at which the points were measured, as many as points, for an axis of time; default none. */
  readonly times?: ArrayLike<number>;
}

/**
 * Line through points y(x). Values that are not finite leave a gap; of points closer than a pixel only the extremes are drawn.
 * If the chart smooths, the line is faint, and its moving average is drawn over it.
 *
 * @param curve    values at 0, 1, ..., or points [x, y]
 * @param options  name, color, steps, smooth, times
 * @throws TypeError   curve is no list of numbers or points
 * @throws RangeError  times has another length than the points
 * @example
 * const loss = lineMark([2.3, 1.1, 0.6], { name: "loss" });
 * chartSvg(plotChart([loss], { xLabel: "epoch" })).startsWith("<svg"); // true
 */
export function lineMark(curve: PlotCurve, options: LineMarkOptions = {}): PlotMark {
  const where = "lineMark";
  const { name, ...color } = checkMark(where, options, ["steps", "smooth", "times"]);
  const points = pointsOf(where, name, curve);
  const steps = checkFlag(where, "steps", options.steps ?? false);
  const smooth = checkFlag(where, "smooth", options.smooth ?? true);
  const { times: given } = options;
  if (given !== undefined && !Array.isArray(given) && !ArrayBuffer.isView(given))
    throw new TypeError(`${where}: times must be a list of numbers, got ${shown(given)}.`);
  const times = given === undefined ? undefined : Array.from(given);
  if (times !== undefined && (times.length !== points.length || times.some((time) => typeof time !== "number")))
    throw new RangeError(`${where}: times must be ${points.length} numbers, one a point, got ${shown(given)}.`);
  return lineOf(points, { name, ...color, steps, smooth, ...(times ? { times } : {}) });
}

/** Checked options of a line. */
interface LineParts {
  readonly name?: string;
  readonly of?: string;
  readonly color?: number;
  readonly steps?: boolean;
  readonly smooth?: boolean;
  readonly times?: readonly number[];
}

/** Implements lineMark for checked points. @internal */
export function lineOf(points: readonly PlotPoint[], parts: LineParts): PlotMark {
  const { name = "", steps = false, smooth = true, ...rest } = parts;
  return {
    kind: "line",
    name,
    ...rest,
    sign: "line",
    points,
    at: (others) => lineOf(others, parts),
    draw(frame, color) {
      if (frame.smoothing === 0 || !smooth) return pathOf(points, frame, seriesClass(color), steps);
      const mean = averaged(points, frame.smoothing);
      return [
        ...pathOf(points, frame, `faint ${seriesClass(color)}`, steps),
        ...pathOf(mean, frame, seriesClass(color), steps),
      ];
    },
  };
}

/** Path through points; nothing if there are none on these scales. */
function pathOf(points: readonly PlotPoint[], { x, y, width }: PlotFrame, how: string, steps: boolean): string[] {
  const far = 1e5; // bounds the coordinates of lines that leave the frame
  const near = (at: number): number => round(Math.max(-far, Math.min(far, at)));
  let d = "";
  let [length, alone] = [0, false];
  for (const [u, v] of thinned(points, width)) {
    if (!isOn(x.kind, u) || !isOn(y.kind, v)) {
      alone ||= length === 1;
      length = 0;
      continue;
    }
    const [left, top] = [near(x(u)), near(y(v))];
    d += length === 0 ? `M${left},${top}` : steps ? `H${left}V${top}` : `L${left},${top}`;
    length++;
  }
  alone ||= length === 1;
  if (d === "") return [];
  // A point without neighbors is a line of length 0, visible only by its caps.
  const drawn = alone ? d.replace(/(M[-\d.,]*)(?=M|$)/g, "$1Z") : d;
  return [`<path class="line ${how}"${alone ? ' stroke-linecap="round"' : ""} d="${drawn}"/>`];
}

/**
 * Moving average s ← β s + (1 − β) y of the values of points, divided by 1 − βᵗ to remove the bias of the start.
 *
 * Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015, section 3.
 */
export function averaged(points: readonly PlotPoint[], beta: number): readonly PlotPoint[] {
  let [sum, share] = [0, 1];
  return points.map(([x, y]) => {
    if (!isDrawable(y)) return [x, y];
    sum = beta * sum + (1 - beta) * y;
    share *= beta;
    return [x, sum / (1 - share)];
  });
}
