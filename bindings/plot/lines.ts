// Curves over two axes, such as losses or learning rates.

import { line } from "d3-shape";
import { checkNumber, checkOptions, shown } from "../values/options.js";
import {
  type AxesOptions,
  type AxisRange,
  areaFor,
  axesOptions,
  axisOf,
  checkAxes,
  drawAxes,
  isDrawable,
} from "./axes.js";
import {
  checkSheet,
  clipped,
  dot,
  fillClass,
  heading,
  legend,
  type PictureOptions,
  pictureOptions,
  seriesClass,
  sheetOf,
} from "./sheet.js";

/** Point [x, y]. */
export type PlotPoint = readonly [number, number];

/** Curve: values at x = 0, 1, ..., or points [x, y] with x ascending. */
export type PlotCurve = ArrayLike<number> | readonly PlotPoint[];

export interface PlotLinesOptions extends PictureOptions, AxesOptions {
  /**
   * Smoothing factor β, 0 ≤ β < 1; default 0, no smoothing. Draws each curve faint, and over it its moving average
   * s ← β s + (1 − β) y, divided by 1 − βᵗ to remove the bias of the start.
   */
  readonly smoothing?: number;
  /** Names of the curves drawn as separate dots, such as measurements; their x need not ascend. Default none. */
  readonly dots?: readonly string[];
}

/**
 * Line plot of curves y(x) as SVG text, raw or with a moving average. Values that are not finite leave a gap; of points
 * closer than a pixel only the extremes are drawn.
 *
 * @param curves   a list of values, a list of points [x, y], or a record of them
 * @param options  title, description, width, height, xLabel, yLabel, xRange, yRange, xScale, yScale, smoothing, dots
 * @throws TypeError   there is no curve, or one is not a list of numbers or points
 * @throws RangeError  smoothing is outside [0, 1), dots names an unknown curve, a range does not ascend, no point is
 *   finite, or title, key and labels leave no room
 * @example
 * const losses = { "h = 0.1": [2.3, 1.1, 0.6, 0.4], "h = 0.01": [2.3, 2.1, 1.9, 1.8] };
 * plotLines(losses, { title: "Two learning rates", xLabel: "update", yLabel: "loss", smoothing: 0.5 }).startsWith("<svg"); // true
 */
export function plotLines(
  curves: PlotCurve | Readonly<Record<string, PlotCurve>>,
  options: PlotLinesOptions = {},
): string {
  const where = "plotLines";
  checkOptions(where, options, [...pictureOptions, ...axesOptions, "smoothing", "dots"]);
  return drawLines(where, curves, options);
}

/** Implements plotLines for functions of another name, which errors give. @internal */
export function drawLines(
  where: string,
  curves: PlotCurve | Readonly<Record<string, PlotCurve>>,
  options: PlotLinesOptions,
): string {
  const sheet = checkSheet(where, options);
  checkAxes(where, options);
  const { xScale = "linear", yScale = "linear" } = options;
  const smoothing = checkNumber(where, "smoothing", options.smoothing ?? 0, { min: 0, below: 1 });
  const named = isCurve(curves) ? { "": curves } : curves;
  if (typeof named !== "object" || named === null || Object.keys(named).length === 0)
    throw new TypeError(`${where}: no curve given, got ${shown(curves)}. Give { name: values }.`);
  const { dots = [] } = options;
  if (!Array.isArray(dots)) throw new TypeError(`${where}: dots must be a list of names, got ${shown(dots)}.`);
  for (const name of dots)
    if (!Object.hasOwn(named, name)) throw new RangeError(`${where}: dots names an unknown curve, got ${shown(name)}.`);
  const raw = Object.entries(named).map(([name, curve]) => pointsOf(where, name, curve));
  const drawable = ([x, y]: PlotPoint): boolean =>
    isDrawable(x) && isDrawable(y) && (xScale !== "log" || x > 0) && (yScale !== "log" || y > 0);
  const visible = raw.flat().filter(drawable);
  if (visible.length === 0) throw new RangeError(`${where}: nothing to draw: no point is finite on these scales.`);
  const xs = options.xRange ?? extent(visible.map(([x]) => x));
  const ys = options.yRange ?? roomFor(extent(visible.map(([, y]) => y)), yScale);

  const names = Object.keys(named);
  const head = heading(sheet);
  const dotted = names.map((name) => dots.includes(name));
  const key = legend(names, head.height, sheet.width, dotted);
  const top = head.height + key.height;
  const texts = axisOf(yScale, ys, sheet.height, 0).ticks.map(({ text }) => text);
  const area = areaFor(where, sheet.width, sheet.height, top, options, texts);
  const whole = visible.every(([x]) => Number.isInteger(x));
  const x = axisOf(xScale, xs[0] === xs[1] ? [xs[0], xs[0] + 1] : xs, 0, area.width, whole);
  const y = axisOf(yScale, ys, area.height, 0);
  const path = line<PlotPoint>(
    ([at]) => x(at),
    ([, value]) => y(value),
  )
    .defined(drawable)
    .digits(2);
  const mark = (points: readonly PlotPoint[], k: number, how: string): string => {
    const d = path(thinned(points, area.width) as PlotPoint[]) ?? "";
    // A point without neighbors is a line of length 0, visible only by its caps.
    const caps = d.includes("Z") ? ' stroke-linecap="round"' : "";
    return `<path class="line ${how}${seriesClass(k)}"${caps} d="${d}"/>`;
  };
  const spots = (points: readonly PlotPoint[], k: number): string => {
    const d = points.filter(drawable).map(([u, v]) => dot(x(u), y(v)));
    return `<path class="halo point ${fillClass(k)}" d="${d.join("")}"/>`;
  };
  const marks = raw.map((points, k) => (dotted[k] ? spots(points, k) : mark(points, k, smoothing > 0 ? "faint " : "")));
  if (smoothing > 0)
    marks.push(...raw.flatMap((points, k) => (dotted[k] ? [] : mark(averaged(points, smoothing), k, ""))));
  return sheetOf(sheet, [...head.marks, ...key.marks, ...drawAxes(area, x, y, options), clipped(area, marks)]);
}

function isCurve(curves: unknown): curves is PlotCurve {
  return Array.isArray(curves) || ArrayBuffer.isView(curves);
}

function pointsOf(where: string, name: string, curve: unknown): readonly PlotPoint[] {
  const isPoint = (item: unknown): boolean =>
    Array.isArray(item) && item.length === 2 && item.every((x) => typeof x === "number");
  const list = isCurve(curve) ? Array.from(curve as ArrayLike<unknown>) : [];
  if (list.length > 0 && list.every(isPoint)) return list as PlotPoint[];
  if (list.length > 0 && list.every((x) => typeof x === "number")) return list.map((x, k) => [k, x as number]);
  const what = name ? `"${name}"` : "the curve";
  throw new TypeError(`${where}: ${what} must be numbers or points [x, y], at least one, got ${shown(curve)}.`);
}

/** Bias-corrected exponential moving average of the values, at the same x. */
function averaged(points: readonly PlotPoint[], beta: number): readonly PlotPoint[] {
  let [sum, share] = [0, 1];
  return points.map(([x, y]) => {
    if (!Number.isFinite(y)) return [x, y];
    sum = beta * sum + (1 - beta) * y;
    share *= beta;
    return [x, sum / (1 - share)];
  });
}

/** Least and largest value. */
export function extent(values: readonly number[]): AxisRange {
  return values.reduce<AxisRange>(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity]);
}

/** Vertical range for values: includes 0 if they come near it, and adds a margin. */
function roomFor([low, high]: AxisRange, scale: "linear" | "log"): AxisRange {
  if (scale === "log") return low === high ? [low / 2, high * 2] : [low / 1.2, high * 1.2];
  if (low === high) return low === 0 ? [0, 1] : [Math.min(0, 2 * low), Math.max(0, 2 * low)];
  const from = low > 0 && low < high / 2 ? 0 : low - (low === 0 ? 0 : 0.04 * (high - low));
  const to = high < 0 && high > low / 2 ? 0 : high + (high === 0 ? 0 : 0.04 * (high - from));
  return [from, to];
}

/** Keeps the first, lowest, highest and last of the points in a column of pixels, or all points if they are few. */
function thinned(points: readonly PlotPoint[], width: number): readonly PlotPoint[] {
  const columns = Math.round(width);
  if (points.length <= 2 * columns) return points;
  const kept: PlotPoint[] = [];
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * points.length) / columns);
    const some = points.slice(from, Math.floor(((column + 1) * points.length) / columns));
    const by = some.toSorted((a, b) => a[1] - b[1]);
    const few = new Set([some[0], by[0], by.at(-1), some.at(-1)]) as Set<PlotPoint>;
    kept.push(...[...few].sort((a, b) => a[0] - b[0]));
  }
  return kept;
}
