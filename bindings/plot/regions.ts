// Decision regions of a classifier of points in the plane.

import { type ArrayLike as Numbers, toArray } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { checkFlag, checkOptions, shown } from "../values/options.js";
import { chartOf, svgOf } from "./chart.js";
import { checkResolution, latticePoints, type PlotLattice } from "./contours.js";
import type { PlotChart } from "./data.js";
import { dotsOf } from "./marks/dots.js";
import { contourMark, regionOf } from "./marks/levels.js";
import { type AxisRange, checkRange } from "./ranges.js";
import { type PictureOptions, pictureOptions } from "./sheet.js";

/** Options of decision regions. */
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
  /** Number of points along each axis, or [along x, along y], at which scores are computed, each ≥ 2; default 81. */
  readonly resolution?: number | readonly [columns: number, rows: number];
  /** Name of the horizontal axis; default none. */
  readonly xLabel?: string;
  /** Name of the vertical axis; default none. */
  readonly yLabel?: string;
}

/** Score function: points [points, 2] to their scores [points, classes] as a flat list. */
export type PlotScores = (points: number[][]) => ArrayLike<number>;

/**
 * Chart of the decision regions {(x, y): class k has the largest score} of a classifier in the plane, with samples. Class k has
 * color k, and its samples a shape of their own.
 *
 * @param scores   a function of points [points, 2] that returns their scores [points, classes] as a flat list
 * @param options  xRange, yRange, samples, lines, resolution, xLabel, yLabel, title, description, width, height
 * @throws TypeError   scores is not a function, or a range is missing
 * @throws RangeError  a point has fewer than two scores or one that is not finite, a target is not a class index, or a range
 *   does not ascend
 * @throws ShapeError  samples are not inputs [samples, 2] and targets [samples]
 * @example
 * const chart = regionsChart((points) => points.flatMap(([x]) => [x, -x]), { xRange: [-1, 1], yRange: [-1, 1] });
 * chart.marks.map(({ kind }) => kind); // ["region", "region"]
 */
export function regionsChart(scores: PlotScores, options: PlotRegionsOptions): PlotChart {
  return regionsOf("regionsChart", scores, options);
}

/**
 * Decision regions {(x, y): class k has the largest score} of a classifier in the plane, with samples, as SVG text: see
 * regionsChart.
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
export function plotRegions(scores: PlotScores, options: PlotRegionsOptions): string {
  return svgOf("plotRegions", regionsOf("plotRegions", scores, options));
}

function regionsOf(where: string, scores: PlotScores, options: PlotRegionsOptions): PlotChart {
  checkOptions(where, options, [
    ...pictureOptions,
    ...["xRange", "yRange", "samples", "lines", "resolution", "xLabel", "yLabel"],
  ]);
  if (typeof scores !== "function")
    throw new TypeError(`${where}: expected a function of points, got ${shown(scores)}.`);
  const { samples, lines = false, resolution: wanted = 81, ...sheet } = options;
  const xRange = checkRange(where, "xRange", options.xRange);
  const yRange = checkRange(where, "yRange", options.yRange);
  checkFlag(where, "lines", lines);
  const resolution = checkResolution(where, wanted);
  const frame = chartOf(where, [], sheet, { height: 400 });
  const points = latticePoints(xRange, yRange, resolution);
  const rows = rowsOf(where, scores(points.map(([x, y]) => [x, y])), points.length);
  const margins = marginsOf(rows);
  const known = samples === undefined ? [] : samplesOf(where, samples, margins.length);
  const lattice = (values: readonly number[]): PlotLattice => ({ xRange, yRange, resolution, values });
  const marks = [
    ...margins.map((values, color) => regionOf(lattice(values), { color })),
    ...(lines ? differencesOf(rows).map((values) => contourMark(lattice(values))) : []),
    ...margins.flatMap((_, color) => {
      const own = known.filter(({ point, label }) => label === color && point.every(Number.isFinite));
      const places = own.map(({ point: [u = 0, v = 0] }) => [u, v] as const);
      return places.length > 0 ? [dotsOf(places, { color, shape: 1 + (color % 3) })] : [];
    }),
  ];
  return { ...frame, marks };
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
