// Decision regions of a classifier of points in the plane.

import { type ArrayLike as Numbers, toArray } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { checkFlag, checkNumber, checkOptions, shown } from "../values/options.js";
import { type AxisRange, areaFor, axisOf, checkAxes, checkRange, drawAxes } from "./axes.js";
import { latticePoints, regionAbove } from "./contours.js";
import {
  checkSheet,
  clipped,
  fillClass,
  heading,
  type PictureOptions,
  pictureOptions,
  round,
  seriesClass,
  sheetOf,
} from "./sheet.js";

export interface PlotRegionsOptions extends PictureOptions {
  /** Horizontal range [from, to], ascending. */
  readonly xRange: AxisRange;
  /** Vertical range [from, to], ascending. */
  readonly yRange: AxisRange;
  /** Samples to draw: inputs [samples, 2] and targets [samples], class indices; default none. */
  readonly samples?: { readonly inputs: Numbers; readonly targets: Numbers };
  /**
   * True draws the set of equal scores of every two classes, even where a third class has a higher score; for a linear
   * classifier these are its hyperplanes. Default false.
   */
  readonly lines?: boolean;
  /** Number of points along each axis at which scores are computed, ≥ 2; default 81. */
  readonly resolution?: number;
  /** Name of the horizontal axis; default none. */
  readonly xLabel?: string;
  /** Name of the vertical axis; default none. */
  readonly yLabel?: string;
}

/** Marker of each class relative to (x, y): square, triangle, diamond, so that classes differ without color. */
const shapes = ["m-2.5-2.5h5v5h-5z", "m0-4l3.5,6h-7z", "m0-4l3,4-3,4-3-4z"];

/**
 * Decision regions {(x, y): class k has the largest score} of a classifier in the plane, with samples, as SVG text.
 *
 * @param scores   a function of points [points, 2] that returns their scores [points, classes] as a flat list
 * @param options  xRange, yRange, samples, lines, resolution, xLabel, yLabel, title, description, width, height
 * @throws TypeError   scores is not a function, or a range is missing
 * @throws RangeError  a point has fewer than two scores or one that is not finite, a target is not a class index, a range
 *   does not ascend, or title and labels leave no room
 * @throws ShapeError  samples are not inputs [samples, 2] and targets [samples]
 * @example
 * const samples = { inputs: [[0, 0], [1, 1]], targets: [0, 1] };
 * const scores = (points) => points.flatMap(([x, y]) => [1 - x - y, x + y - 1]);
 * plotRegions(scores, { xRange: [-1, 2], yRange: [-1, 2], samples }).startsWith("<svg"); // true
 */
export function plotRegions(scores: (points: number[][]) => ArrayLike<number>, options: PlotRegionsOptions): string {
  const where = "plotRegions";
  checkOptions(where, options, [
    ...pictureOptions,
    ...["xRange", "yRange", "samples", "lines", "resolution", "xLabel", "yLabel"],
  ]);
  if (typeof scores !== "function")
    throw new TypeError(`${where}: expected a function of points, got ${shown(scores)}.`);
  const sheet = checkSheet(where, options, { height: 400 });
  const xRange = checkRange(where, "xRange", options.xRange);
  const yRange = checkRange(where, "yRange", options.yRange);
  const { xLabel = "", yLabel = "", samples, lines = false } = options;
  checkFlag(where, "lines", lines);
  checkAxes(where, { xLabel, yLabel });
  const side = checkNumber(where, "resolution", options.resolution ?? 81, { min: 2, integer: true });
  const rows = rowsOf(where, scores(latticePoints(xRange, yRange, side).map(([x, y]) => [x, y])), side * side);
  const margins = marginsOf(rows);
  const known = samples === undefined ? [] : samplesOf(where, samples, margins.length);

  const head = heading(sheet);
  const texts = axisOf("linear", yRange, sheet.height, 0).ticks.map(({ text }) => text);
  const area = areaFor(where, sheet.width, sheet.height, head.height, { xLabel, yLabel }, texts);
  const x = axisOf("linear", xRange, 0, area.width);
  const y = axisOf("linear", yRange, area.height, 0);
  const outline = (values: readonly number[]): string => regionAbove({ xRange, yRange, side, values }, 0, x, y);
  const regions = margins.map(
    (values, k) => `<path class="region ${fillClass(k)} ${seriesClass(k)}" d="${outline(values)}"/>`,
  );
  const equal = lines ? differencesOf(rows).map((values) => outline(values)) : [];
  const hyperplanes = equal.map((d) => `<path class="line dashed axis" d="${d}"/>`);
  const points = margins.map((_, k) => {
    const own = known.filter(({ point, label }) => label === k && point.every(Number.isFinite));
    const d = own.map(
      ({ point: [u = 0, v = 0] }) => `M${round(x(u), 1)},${round(y(v), 1)}${shapes[k % shapes.length]}`,
    );
    return `<path class="halo point ${fillClass(k)}" d="${d.join("")}"/>`;
  });
  const axes = drawAxes(area, x, y, { xLabel, yLabel });
  return sheetOf(sheet, [...head.marks, ...axes, clipped(area, [...regions, ...hyperplanes, ...points])]);
}

/** Checks samples and returns them as points with labels. */
function samplesOf(
  where: string,
  samples: NonNullable<PlotRegionsOptions["samples"]>,
  classes: number,
): { point: number[]; label: number }[] {
  checkOptions(`${where}: samples`, samples, ["inputs", "targets"]);
  const { data, shape } = toArray(`${where}: samples.inputs`, samples.inputs);
  const labels = toArray(`${where}: samples.targets`, samples.targets);
  const [count = 0] = shape;
  if (data.length !== 2 * count || labels.shape.join() !== String(count))
    throw new ShapeError(
      `${where}: samples must be inputs [samples, 2] and targets [samples], got [${shape.join(", ")}] and ` +
        `[${labels.shape.join(", ")}].`,
    );
  return Array.from(labels.data, (label, i) => {
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw new RangeError(`${where}: target ${i} must be a class index, 0 .. ${classes - 1}, got ${shown(label)}.`);
    return { point: [data[2 * i] as number, data[2 * i + 1] as number], label };
  });
}

/** Splits the scores into one row for each point. */
function rowsOf(where: string, scores: ArrayLike<number>, points: number): number[][] {
  const classes = (scores?.length ?? 0) / points;
  const all = Array.from(scores ?? []);
  if (!Number.isInteger(classes) || classes < 2 || !all.every(Number.isFinite))
    throw new RangeError(
      `${where}: expected two or more finite scores for each of ${points} points, got ${all.length} numbers` +
        `${all.every(Number.isFinite) ? "" : ", not all finite"}.`,
    );
  return Array.from({ length: points }, (_, i) => all.slice(i * classes, (i + 1) * classes));
}

/** Score of each class minus the largest score of the others, at every point. */
function marginsOf(rows: readonly number[][]): number[][] {
  return (rows[0] as number[]).map((_, k) =>
    rows.map((row) => (row[k] as number) - Math.max(...row.filter((_, j) => j !== k))),
  );
}

/** Difference of the scores of every two classes, at every point. */
function differencesOf(rows: readonly number[][]): number[][] {
  return (rows[0] as number[]).flatMap((_, k) =>
    Array.from({ length: k }, (_, j) => rows.map((row) => (row[k] as number) - (row[j] as number))),
  );
}
