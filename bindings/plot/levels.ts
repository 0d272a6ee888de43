// Level sets of a function of two numbers, with the paths of optimizers.

import { checkOptions } from "../values/options.js";
import { chartOf, svgOf } from "./chart.js";
import { latticeOf, type PlotLattice, type PlotLatticeOptions } from "./contours.js";
import type { PlotChart } from "./data.js";
import { checkLevels, levelsOf } from "./marks/levels.js";
import { checkPath, pathOf, spotMark } from "./marks/path.js";
import { type PictureOptions, pictureOptions } from "./sheet.js";

/** Options of level sets. */
export interface PlotLevelsOptions extends PictureOptions, PlotLatticeOptions {
  /** Paths by name, each a list of points [x, y]; default none. */
  readonly paths?: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** Points [x, y] by name, such as a minimum; default none. */
  readonly marks?: Readonly<Record<string, readonly number[]>>;
  /** Levels c, or their number, ≥ 1, spaced so that equal areas lie between them; default 12. */
  readonly levels?: number | readonly number[];
  /** Name of the horizontal axis; default none. */
  readonly xLabel?: string;
  /** Name of the vertical axis; default none. */
  readonly yLabel?: string;
  /** Names of paths in the order of their colors, to give them one color in several pictures; default the order of `paths`. */
  readonly series?: readonly string[];
}

const ownOptions = ["paths", "marks", "levels", "xLabel", "yLabel", "series"] as const;

/**
 * Chart of level sets {(x, y): f(x, y) = c}, filled, with paths; higher values are farther from the background's color. A path
 * begins with a ring and ends with a dot; paths of at most 30 points show each of them.
 *
 * @param f        a plain function of two numbers
 * @param options  xRange, yRange, paths, marks, levels, resolution, series, xLabel, yLabel, title, description, width, height
 * @throws TypeError   f is not a function, a range is missing, or a path is not a list of points
 * @throws RangeError  a range does not ascend, or f is finite nowhere in it
 * @example
 * const chart = levelsChart((x, y) => x * x + y * y, { xRange: [-1, 1], yRange: [-1, 1], paths: { descent: [[1, 1], [0, 0]] } });
 * chart.marks.map(({ kind }) => kind); // ["levels", "path"]
 */
export function levelsChart(f: (x: number, y: number) => number, options: PlotLevelsOptions): PlotChart {
  return ofFunction("levelsChart", f, options);
}

/**
 * Level sets {(x, y): f(x, y) = c} with paths, as SVG text: see levelsChart.
 *
 * @param f        a plain function of two numbers
 * @param options  xRange, yRange, paths, marks, levels, resolution, series, xLabel, yLabel, title, description, width, height
 * @throws TypeError   f is not a function, a range is missing, or a path is not a list of points
 * @throws RangeError  a range does not ascend, or f is finite nowhere in it
 * @example
 * const bowl = compile(engine, (x) => x.square().sum());
 * const path = [[2, 3], [1.6, 2.4], [1.28, 1.92]];
 * const svg = plotLevels((x, y) => bowl([x, y]), { xRange: [-3, 3], yRange: [-1, 4], paths: { descent: path } });
 * svg.startsWith("<svg"); // true
 */
export function plotLevels(f: (x: number, y: number) => number, options: PlotLevelsOptions): string {
  return svgOf("plotLevels", ofFunction("plotLevels", f, options));
}

function ofFunction(where: string, f: (x: number, y: number) => number, options: PlotLevelsOptions): PlotChart {
  checkOptions(where, options, [...pictureOptions, ...ownOptions, "xRange", "yRange", "resolution"]);
  return latticeChart(where, () => latticeOf(where, f, options, 61), options);
}

/** Chart of a lattice, which is computed once the options are checked. @internal */
export function latticeChart(
  where: string,
  lattice: () => PlotLattice,
  {
    title,
    description,
    width,
    height,
    xLabel,
    yLabel,
    series,
    ...options
  }: Omit<PlotLevelsOptions, "xRange" | "yRange">,
): PlotChart {
  const given = Object.entries({ title, description, width, height, xLabel, yLabel, series });
  const sheet = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  const frame = chartOf(where, [], sheet, { height: 400 });
  const paths = Object.entries(options.paths ?? {}).map(([name, path]) =>
    pathOf(checkPath(where, name, path), { name }),
  );
  const spots = Object.entries(options.marks ?? {}).map(([name, at]) => {
    checkPath(where, name, [at]);
    return spotMark(at, name);
  });
  const field = lattice();
  const levels = levelsOf(field, checkLevels(where, options.levels ?? 12, field));
  return { ...frame, marks: [levels, ...paths, ...spots] };
}

export const latticeOptions = [...pictureOptions, ...ownOptions];
