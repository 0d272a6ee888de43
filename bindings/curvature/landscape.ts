// Loss along a line and over a plane in parameter space.

import * as abi from "../../assembly/abi.js";
import { doubleAt } from "../engine/addresses.js";
import { wholeOnly } from "../engine/featureSets.js";
import { checkNumber, checkOptions, shown } from "../values/options.js";
import { checkDirection } from "./directions.js";
import { checkSurface, type LossSurface } from "./surface.js";

/** Options of `lossLine`. */
export interface LossLineOptions {
  /** Range [from, to] of t, ascending; default [-1, 1]. */
  readonly range?: readonly [number, number];
  /** Number of points, ≥ 2; default 51. */
  readonly points?: number;
}

/** Loss along a line. */
export interface LossLine {
  /** Coordinates t [points], ascending. */
  readonly t: Float64Array;
  /** Values L(w + t d) [points]. */
  readonly values: Float64Array;
}

/** Options of `lossPlane`. */
export interface LossPlaneOptions {
  /** Range [from, to] of x, ascending; default [-1, 1]. */
  readonly xRange?: readonly [number, number];
  /** Range [from, to] of y, ascending; default [-1, 1]. */
  readonly yRange?: readonly [number, number];
  /** Number of points along each axis, ≥ 2, or [columns, rows]; default 25. */
  readonly resolution?: number | readonly [columns: number, rows: number];
}

/** Loss over a plane. */
export interface LossPlane {
  /** Range of x. */
  readonly xRange: readonly [number, number];
  /** Range of y. */
  readonly yRange: readonly [number, number];
  /** Numbers of points along x and y. */
  readonly resolution: readonly [columns: number, rows: number];
  /** Values [rows, columns], row by row from the least y: that of column i and row j is at j · columns + i. */
  readonly values: Float64Array;
  /**
   * Value at a point of the plane, by bilinear interpolation; points outside are moved to the edge.
   * @param x  multiple of the first direction
   * @param y  multiple of the second direction
   */
  at(x: number, y: number): number;
}

function checkRange(where: string, name: string, range: unknown = [-1, 1]): readonly [number, number] {
  if (!Array.isArray(range) || range.length !== 2)
    throw new TypeError(`${where}: ${name} must be [from, to], got ${shown(range)}.`);
  const [from, to] = range.map((end) => checkNumber(where, name, end, {})) as [number, number];
  if (from < to) return [from, to];
  throw new RangeError(`${where}: ${name} must ascend, got [${from}, ${to}].`);
}

function checkPair(where: string, name: string, value: unknown): readonly [number, number] {
  const both: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  if (both.length !== 2) throw new TypeError(`${where}: ${name} must be a number or two numbers, got ${shown(value)}.`);
  return both.map((count) => checkNumber(where, name, count, { min: 2, integer: true })) as [number, number];
}

/** Point k of `count` equally spaced points of a range. */
function step([from, to]: readonly [number, number], count: number, k: number): number {
  return from + ((to - from) * k) / (count - 1);
}

/** Values at `count` points, in one call; `coordinate(k)` is that of point ⌊k / axes⌋ along direction k mod axes. */
function valuesAt(
  surface: LossSurface,
  directions: readonly Float64Array[],
  count: number,
  coordinate: (k: number) => number,
): Float64Array {
  const { engine, elements, record, point } = surface;
  const axes = directions.length;
  surface.prepare(abi.surfaceValue);
  return engine.borrow(8 * ((1 + axes) * elements + (axes + 1) * count) + 64, (base) => {
    const lines = base + 8 * elements;
    const where = lines + 8 * axes * elements;
    const out = where + 8 * axes * count;
    const { doubles } = engine;
    doubles.set(point, doubleAt(base));
    for (const [k, direction] of directions.entries()) doubles.set(direction, doubleAt(lines) + k * elements);
    for (let k = 0; k < axes * count; k++) doubles[doubleAt(where) + k] = coordinate(k);
    engine.checked((core) => core.surfaceAlong(record, base, lines, axes, where, count, out));
    return engine.doubles.slice(doubleAt(out), doubleAt(out) + count);
  });
}

/**
 * Loss along a line: L(w + t d), for all points in one call. The point w of the surface does not change.
 *
 * @param surface    a surface of lossSurface or trainerSurface
 * @param direction  d, arranged like the parameters or one vector [parameters]
 * @param options    range, points
 * @throws TypeError   surface is not a surface, or range is not a pair
 * @throws ShapeError  the direction is not arranged like the parameters, or is zero
 * @throws RangeError  an option is out of range
 * @example
 * const surface = lossSurface(engine, (x) => x.square().sum(), [1, 0]);
 * lossLine(surface, [1, 0], { points: 3 }).values; // [0, 1, 4]
 * @see Goodfellow, Vinyals and Saxe, *Qualitatively characterizing neural network optimization problems*, ICLR 2015
 */
export const lossLine = /* @__PURE__ */ wholeOnly(function lossLine(
  surface: LossSurface,
  direction: unknown,
  options: LossLineOptions = {},
): LossLine {
  const where = "lossLine";
  checkSurface(where, surface);
  checkOptions(where, options, ["range", "points"]);
  const range = checkRange(where, "range", options.range);
  const points = checkNumber(where, "points", options.points ?? 51, { min: 2, integer: true });
  const vector = checkDirection(where, surface, direction);
  const values = valuesAt(surface, [vector], points, (k) => step(range, points, k));
  return { t: values.map((_, k) => step(range, points, k)), values };
});

/**
 * Loss over a plane: L(w + x d₁ + y d₂), for all points in one call. The point w of the surface does not change. Plot it
 * with `plotPlane` of thalweg/plot.
 *
 * @param surface     a surface of lossSurface or trainerSurface
 * @param directions  d₁ and d₂, for example of randomDirections, topEigenvalues or trajectoryPlane
 * @param options     xRange, yRange, resolution
 * @throws TypeError   surface is not a surface, or there are not two directions
 * @throws ShapeError  a direction is not arranged like the parameters, or is zero
 * @throws RangeError  an option is out of range
 * @example
 * const surface = lossSurface(engine, (x) => x.square().multiply([1, -1]).sum(), [0, 0]);
 * const plane = lossPlane(surface, [[1, 0], [0, 1]], { resolution: 3 });
 * plane.values; // [0, -1, 0, 1, 0, 1, 0, -1, 0]
 * plane.at(1, 0); // 1
 * @see Li, Xu, Taylor, Studer and Goldstein, *Visualizing the loss landscape of neural nets*, NeurIPS 2018
 */
export const lossPlane = /* @__PURE__ */ wholeOnly(function lossPlane(
  surface: LossSurface,
  directions: readonly unknown[],
  options: LossPlaneOptions = {},
): LossPlane {
  const where = "lossPlane";
  checkSurface(where, surface);
  checkOptions(where, options, ["xRange", "yRange", "resolution"]);
  if (!Array.isArray(directions) || directions.length !== 2)
    throw new TypeError(`${where}: expected two directions, got ${shown(directions)}.`);
  const xRange = checkRange(where, "xRange", options.xRange);
  const yRange = checkRange(where, "yRange", options.yRange);
  const { resolution = 25 } = options;
  const [columns, rows] = checkPair(where, "resolution", resolution);
  const vectors = directions.map((direction) => checkDirection(where, surface, direction));
  const values = valuesAt(surface, vectors, columns * rows, (k) => {
    const point = Math.floor(k / 2);
    return k % 2 ? step(yRange, rows, Math.floor(point / columns)) : step(xRange, columns, point % columns);
  });
  const place = ([from, to]: readonly [number, number], count: number, at: number): number =>
    Math.max(0, Math.min(count - 1, ((at - from) / (to - from)) * (count - 1)));
  const at = (x: number, y: number): number => {
    const [column, row] = [place(xRange, columns, x), place(yRange, rows, y)];
    const [left, low] = [Math.min(Math.floor(column), columns - 2), Math.min(Math.floor(row), rows - 2)];
    const value = (i: number, j: number, share: number): number =>
      share === 0 ? 0 : share * (values[j * columns + i] as number);
    const [u, v] = [column - left, row - low];
    return (
      value(left, low, (1 - u) * (1 - v)) +
      value(left + 1, low, u * (1 - v)) +
      value(left, low + 1, (1 - u) * v) +
      value(left + 1, low + 1, u * v)
    );
  };
  return { xRange, yRange, resolution: [columns, rows], values, at };
});
