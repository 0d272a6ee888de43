// Level sets of a function of two numbers, with the paths of optimizers.

import { checkNumber, checkOptions, shown } from "../values/options.js";
import { type Axis, type AxisRange, areaFor, axisOf, checkAxes, checkRange, drawAxes } from "./axes.js";
import { latticePoints, regionAbove, simplified } from "./contours.js";
import type { PlotPoint } from "./lines.js";
import {
  checkSheet,
  clipped,
  fillClass,
  heading,
  label,
  legend,
  type PictureOptions,
  pictureOptions,
  round,
  seriesClass,
  sheetOf,
} from "./sheet.js";

export interface PlotLevelsOptions extends PictureOptions {
  /** Horizontal range [from, to], ascending. */
  readonly xRange: AxisRange;
  /** Vertical range [from, to], ascending. */
  readonly yRange: AxisRange;
  /** Paths by name, each a list of points [x, y]; default none. */
  readonly paths?: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** Points [x, y] by name, such as a minimum; default none. */
  readonly marks?: Readonly<Record<string, readonly number[]>>;
  /** Levels c, or their number, ≥ 1, spaced so that equal areas lie between them; default 12. */
  readonly levels?: number | readonly number[];
  /** Number of evaluations of f along each axis, ≥ 2; default 61. */
  readonly resolution?: number;
  /** Name of the horizontal axis; default none. */
  readonly xLabel?: string;
  /** Name of the vertical axis; default none. */
  readonly yLabel?: string;
}

/**
 * Level sets {(x, y): f(x, y) = c} with paths, as SVG text; higher values are darker. A path begins with a ring and ends
 * with a dot; paths of at most 30 points show each of them.
 *
 * @param f        a plain function of two numbers
 * @param options  xRange, yRange, paths, marks, levels, resolution, xLabel, yLabel, title, description, width, height
 * @throws TypeError   f is not a function, a range is missing, or a path is not a list of points
 * @throws RangeError  a range does not ascend, or f is finite nowhere in it
 * @example
 * const bowl = compile(engine, (x) => x.square().sum());
 * const path = [[2, 3], [1.6, 2.4], [1.28, 1.92]];
 * const svg = plotLevels((x, y) => bowl([x, y]), { xRange: [-3, 3], yRange: [-1, 4], paths: { descent: path } });
 * svg.startsWith("<svg"); // true
 */
export function plotLevels(f: (x: number, y: number) => number, options: PlotLevelsOptions): string {
  const where = "plotLevels";
  checkOptions(where, options, [
    ...pictureOptions,
    ...["xRange", "yRange", "paths", "marks", "levels", "resolution", "xLabel", "yLabel"],
  ]);
  if (typeof f !== "function") throw new TypeError(`${where}: expected a function of two numbers, got ${shown(f)}.`);
  const sheet = checkSheet(where, options, { height: 400 });
  const xRange = checkRange(where, "xRange", options.xRange);
  const yRange = checkRange(where, "yRange", options.yRange);
  const { xLabel = "", yLabel = "" } = options;
  checkAxes(where, { xLabel, yLabel });
  const side = checkNumber(where, "resolution", options.resolution ?? 61, { min: 2, integer: true });
  const paths = Object.entries(options.paths ?? {}).map(
    ([name, path]) => [name, checkPath(where, name, path)] as const,
  );
  const spots = Object.entries(options.marks ?? {}).map(([name, at]) => [name, checkPath(where, name, [at])] as const);
  const values = finiteValues(
    where,
    latticePoints(xRange, yRange, side).map(([x, y]) => f(x, y)),
  );
  const levels = levelsOf(where, options.levels ?? 12, values);

  const head = heading(sheet);
  const key = legend(
    paths.map(([name]) => name),
    head.height,
    sheet.width,
  );
  const texts = axisOf("linear", yRange, sheet.height, 0).ticks.map(({ text }) => text);
  const area = areaFor(where, sheet.width, sheet.height, head.height + key.height, { xLabel, yLabel }, texts);
  const x = axisOf("linear", xRange, 0, area.width);
  const y = axisOf("linear", yRange, area.height, 0);
  const lattice = { xRange, yRange, side, values };
  const marks = levels.map((level) => `<path class="level" d="${regionAbove(lattice, level, x, y)}"/>`);
  for (const [k, [, path]] of paths.entries()) marks.push(...way(path, k, x, y));
  for (const [name, [at]] of spots) if (at) marks.push(...spot(name, [x(at[0]), y(at[1])], area.width));
  const axes = drawAxes(area, x, y, { xLabel, yLabel });
  return sheetOf(sheet, [...head.marks, ...key.marks, ...axes, clipped(area, marks)]);
}

function checkPath(where: string, name: string, path: unknown): readonly PlotPoint[] {
  const points = Array.isArray(path) ? path : [];
  const wrong = points.findIndex(
    (point) => !Array.isArray(point) || typeof point[0] !== "number" || point.length !== 2,
  );
  if (points.length === 0 || wrong >= 0)
    throw new TypeError(
      `${where}: "${name}" must be points [x, y], got ${shown(points.length === 0 ? path : points[wrong])}.`,
    );
  return points.filter((point) => point.every(Number.isFinite));
}

/** Replaces non-finite values by the largest finite one. */
function finiteValues(where: string, values: readonly number[]): number[] {
  const most = values.filter(Number.isFinite).reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (most === -Infinity) throw new RangeError(`${where}: f is finite nowhere in this part of the plane.`);
  return values.map((value) => (Number.isFinite(value) ? value : most));
}

/** Returns the given levels, or as many quantiles of the values as the number says. */
function levelsOf(where: string, levels: number | readonly number[], values: readonly number[]): readonly number[] {
  if (Array.isArray(levels)) {
    for (const level of levels) checkNumber(where, "levels", level, {});
    return levels;
  }
  const count = checkNumber(where, "levels", levels, { min: 1, integer: true });
  const sorted = values.toSorted((a, b) => a - b);
  const shares = Array.from({ length: count }, (_, k) => Math.floor(((k + 0.5) * sorted.length) / count));
  return [...new Set(shares.map((at) => sorted[at] as number))];
}

/** Number of points up to which a path shows each of them. */
const few = 30;

function way(path: readonly PlotPoint[], k: number, x: Axis, y: Axis): string[] {
  const far = 1e4; // bounds the coordinates of paths that leave the picture
  const near = (at: number): number => Math.max(-far, Math.min(far, at));
  const points = path.map(([u, v]): PlotPoint => [near(x(u)), near(y(v))]);
  const d = simplified(points, 0.3).map(([u, v]) => `${round(u)},${round(v)}`);
  const dot = ([u, v]: PlotPoint, radius: number, how: string): string =>
    `<circle cx="${round(u)}" cy="${round(v)}" r="${radius}" class="${how}"/>`;
  const marks = [`<path class="line ${seriesClass(k)}" d="M${d.join("L")}"/>`];
  if (points.length <= few) marks.push(...points.slice(1, -1).map((point) => dot(point, 2.4, fillClass(k))));
  const [first, last] = [points[0], points.at(-1)];
  if (first) marks.push(dot(first, 4.5, `paper ${seriesClass(k)}`));
  if (last) marks.push(dot(last, 4, fillClass(k)));
  return marks;
}

/** Cross with its name, on the side with more room. */
function spot(name: string, [u, v]: PlotPoint, width: number): string[] {
  const right = u < width / 2;
  const how = `text-anchor="${right ? "start" : "end"}" stroke-width="3" paint-order="stroke" class="halo"`;
  return [
    `<path class="line s5" d="M${round(u - 5)},${round(v - 5)}l10,10m0,-10l-10,10"/>`,
    label(name, u + (right ? 9 : -9), v + 18, how),
  ];
}
