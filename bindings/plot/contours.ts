// Level sets of a function of two numbers, as rings and lines of points: to be drawn as parts of an SVG or on a canvas.

import { contours } from "d3-contour";
import { checkNumber, checkOptions, isRecord, shown } from "../values/options.js";
import { type AxisRange, checkRange, type PlotPoint } from "./ranges.js";

/** Values of a function on a grid of columns × rows points over a rectangle. */
export interface PlotLattice {
  /** Horizontal range [from, to], ascending. */
  readonly xRange: AxisRange;
  /** Vertical range [from, to], ascending. */
  readonly yRange: AxisRange;
  /** Number of points along x and along y. */
  readonly resolution: readonly [columns: number, rows: number];
  /** [rows, columns], row by row from yRange[0]. */
  readonly values: ArrayLike<number>;
}

/** Options of a lattice. */
export interface PlotLatticeOptions {
  /** Horizontal range [from, to], ascending. */
  readonly xRange: AxisRange;
  /** Vertical range [from, to], ascending. */
  readonly yRange: AxisRange;
  /** Number of points along each axis, or [along x, along y], each ≥ 2; default 61. */
  readonly resolution?: number | readonly [columns: number, rows: number];
}

/**
 * Values of a function of two numbers on a grid of points over a rectangle, its edges included.
 *
 * @param f        a function of x and y
 * @param options  xRange, yRange, resolution
 * @throws TypeError   f is not a function or returns something that is no number, or a range is missing
 * @throws RangeError  a range does not ascend, or resolution is below 2
 * @example
 * const bowl = plotLattice((x, y) => x * x + y * y, { xRange: [-1, 1], yRange: [0, 1], resolution: [3, 2] });
 * Array.from(bowl.values); // [1, 0, 1, 2, 1, 2]
 */
export function plotLattice(f: (x: number, y: number) => number, options: PlotLatticeOptions): PlotLattice {
  const where = "plotLattice";
  checkOptions(where, options, ["xRange", "yRange", "resolution"]);
  return latticeOf(where, f, options, 61);
}

/** Implements plotLattice for functions of another name. @internal */
export function latticeOf(
  where: string,
  f: (x: number, y: number) => number,
  options: PlotLatticeOptions,
  usual: number,
): PlotLattice {
  if (typeof f !== "function") throw new TypeError(`${where}: expected a function of two numbers, got ${shown(f)}.`);
  const xRange = checkRange(where, "xRange", options.xRange);
  const yRange = checkRange(where, "yRange", options.yRange);
  const resolution = checkResolution(where, options.resolution ?? usual);
  const values = latticePoints(xRange, yRange, resolution).map(([x, y]) => f(x, y));
  const wrong = values.findIndex((value) => typeof value !== "number");
  if (wrong >= 0) throw new TypeError(`${where}: f must return numbers, got ${shown(values[wrong])}.`);
  return { xRange, yRange, resolution, values: Float64Array.from(values) };
}

/** Checks a resolution, and returns it for both axes. */
export function checkResolution(where: string, resolution: unknown): readonly [number, number] {
  const both = Array.isArray(resolution) ? resolution : [resolution, resolution];
  if (both.length !== 2)
    throw new TypeError(`${where}: resolution must be a number or two numbers, got ${shown(resolution)}.`);
  for (const count of both) checkNumber(where, "resolution", count, { min: 2, max: 4096, integer: true });
  return both as unknown as readonly [number, number];
}

/** Points of a grid over a rectangle, row by row. */
export function latticePoints(
  xRange: AxisRange,
  yRange: AxisRange,
  [columns, rows]: readonly [number, number],
): PlotPoint[] {
  return Array.from({ length: columns * rows }, (_, k) => [
    along(xRange, k % columns, columns),
    along(yRange, Math.floor(k / columns), rows),
  ]);
}

const along = ([from, to]: AxisRange, k: number, count: number): number => from + ((to - from) * k) / (count - 1);

/** Checks a lattice that a user may have put together. */
export function checkLattice(where: string, lattice: unknown): PlotLattice {
  const { xRange, yRange, resolution, values } = (isRecord(lattice) ? lattice : {}) as Partial<PlotLattice>;
  if (values === undefined || !(Array.isArray(values) || ArrayBuffer.isView(values)))
    throw new TypeError(`${where}: expected a lattice made by plotLattice, got ${shown(lattice)}.`);
  checkRange(where, "xRange", xRange);
  checkRange(where, "yRange", yRange);
  const [columns, rows] = checkResolution(where, resolution);
  if (values.length !== columns * rows)
    throw new RangeError(`${where}: expected ${columns} · ${rows} values, got ${values.length}.`);
  return lattice as PlotLattice;
}

/**
 * Levels c of a lattice between which equal areas lie, ascending: quantiles of its values, without repetitions. Values that are
 * not finite do not count.
 *
 * @param lattice  a lattice made by plotLattice
 * @param count    number of levels, ≥ 1; default 12
 * @throws TypeError   lattice is none
 * @throws RangeError  no value is finite, or count is below 1
 * @example
 * contourLevels(plotLattice((x) => x, { xRange: [0, 1], yRange: [0, 1], resolution: 5 }), 2); // [0.25, 0.75]
 */
export function contourLevels(lattice: PlotLattice, count = 12): readonly number[] {
  const where = "contourLevels";
  checkLattice(where, lattice);
  return quantiles(where, lattice.values, checkNumber(where, "count", count, { min: 1, integer: true }));
}

/** Quantiles of values in the middle of equal shares. */
export function quantiles(where: string, values: ArrayLike<number>, count: number): readonly number[] {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  if (sorted.length === 0) throw new RangeError(`${where}: f is finite nowhere in this part of the plane.`);
  const places = Array.from({ length: count }, (_, k) => Math.floor(((k + 0.5) * sorted.length) / count));
  return [...new Set(places.map((at) => sorted[at] as number))];
}

/**
 * Superlevel set {(x, y): f(x, y) ≥ c} of a lattice, as closed rings of points [x, y] within its rectangle, the outlines of holes
 * among them: fill them by the even-odd rule. Between the points of the lattice, f is taken as linear. Values that are not finite
 * count as above every level.
 *
 * @param lattice  a lattice made by plotLattice
 * @param level    c
 * @throws TypeError  lattice is none, or level is not a number
 * @example
 * const plane = plotLattice((x) => x, { xRange: [0, 1], yRange: [0, 1], resolution: 5 });
 * const [ring] = contourRegion(plane, 0.6);
 * Math.min(...ring.map(([x]) => x)); // 0.6
 */
export function contourRegion(lattice: PlotLattice, level: number): readonly (readonly PlotPoint[])[] {
  const where = "contourRegion";
  checkLattice(where, lattice);
  return ringsOf(lattice, checkNumber(where, "level", level, {}));
}

/** Implements contourRegion for a checked lattice; outside of its rectangle by half a cell if `within` is false. @internal */
export function ringsOf(lattice: PlotLattice, level: number, within = true): readonly (readonly PlotPoint[])[] {
  const { xRange, yRange, resolution } = lattice;
  const [columns, rows] = resolution;
  const { coordinates } = contours().size([columns, rows]).contour(finiteValues(lattice.values), level);
  // Along the edge of the lattice, rings run half a cell outside of it.
  const at = (range: AxisRange, k: number, count: number): number =>
    along(range, within ? Math.max(0, Math.min(count - 1, k - 0.5)) : k - 0.5, count);
  return coordinates.flatMap((polygon) =>
    polygon.map((ring) => ring.map(([i = 0, j = 0]): PlotPoint => [at(xRange, i, columns), at(yRange, j, rows)])),
  );
}

/** Replaces non-finite values by the largest finite one. */
function finiteValues(values: ArrayLike<number>): number[] {
  const all = Array.from(values);
  const most = all.reduce((a, b) => (Number.isFinite(b) ? Math.max(a, b) : a), Number.NEGATIVE_INFINITY);
  return all.map((value) => (Number.isFinite(value) ? value : most));
}

/**
 * Level set {(x, y): f(x, y) = c} of a lattice, as lines of points [x, y]; a closed line ends where it begins. Lines end at the
 * edge of the lattice, and do not run along it.
 *
 * @param lattice  a lattice made by plotLattice
 * @param level    c
 * @throws TypeError  lattice is none, or level is not a number
 * @example
 * const plane = plotLattice((x) => x, { xRange: [0, 1], yRange: [0, 1], resolution: 5 });
 * contourLines(plane, 0.6).map((line) => line.every(([x]) => x === 0.6)); // [true]
 */
export function contourLines(lattice: PlotLattice, level: number): readonly (readonly PlotPoint[])[] {
  const where = "contourLines";
  checkLattice(where, lattice);
  return linesOf(lattice, checkNumber(where, "level", level, {}));
}

/** Implements contourLines for a checked lattice. @internal */
export function linesOf(lattice: PlotLattice, level: number): readonly (readonly PlotPoint[])[] {
  const { xRange, yRange } = lattice;
  const sides = ([x, y]: PlotPoint): boolean[] => [x === xRange[0], x === xRange[1], y === yRange[0], y === yRange[1]];
  return ringsOf(lattice, level).flatMap((ring) => {
    const edges = ring.map(sides);
    const isAlong = (k: number): boolean => (edges[k] as boolean[]).some((on, side) => on && edges[k + 1]?.[side]);
    const lines: PlotPoint[][] = [];
    let last: PlotPoint[] | null = null;
    for (const [k, point] of ring.slice(0, -1).entries()) {
      const next = ring[k + 1] as PlotPoint;
      if (isAlong(k)) last = null;
      else if (last) last.push(next);
      else {
        last = [point, next];
        lines.push(last);
      }
    }
    // The ring may begin in the middle of a line.
    const [first] = lines;
    if (last && first && last !== first && first[0] === ring[0]) {
      last.push(...first.slice(1));
      lines.shift();
    }
    return lines;
  });
}
