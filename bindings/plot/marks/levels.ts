// Functions of two numbers: filled level sets, the region above a level, the lines of a level.

import { checkNumber } from "../../values/options.js";
import { fillClass, seriesClass, shareClass } from "../colors.js";
import { checkLattice, latticePoints, linesOf, type PlotLattice, quantiles, ringsOf } from "../contours.js";
import type { PlotPoint } from "../ranges.js";
import { simplified } from "../simplify.js";
import { round } from "../text.js";
import { numberText } from "../ticks.js";
import { checkMark, type PlotFrame, type PlotMark, type PlotMarkOptions } from "./mark.js";

/** Largest share of the sequential map that levels take, so that paths stay visible over them. */
const darkest = 0.55;

/**
 * Level sets of a function of two numbers, filled: the color of the region between two levels comes from the sequential map, and
 * higher values are farther from the background.
 *
 * @param lattice  values made by plotLattice; those that are not finite count as the largest
 * @param levels   levels c, or their number, ≥ 1, spaced so that equal areas lie between them; default 12
 * @throws TypeError   lattice is none, or a level is not a number
 * @throws RangeError  no value is finite, or the number of levels is below 1
 * @example
 * const bowl = plotLattice((x, y) => x * x + y * y, { xRange: [-1, 1], yRange: [-1, 1] });
 * chartSvg(plotChart([levelsMark(bowl, [0.1, 0.5])])).includes("q0"); // true
 */
export function levelsMark(lattice: PlotLattice, levels: number | readonly number[] = 12): PlotMark {
  const where = "levelsMark";
  checkLattice(where, lattice);
  return levelsOf(lattice, checkLevels(where, levels, lattice));
}

/** Returns the given levels, ascending, or as many quantiles of the values as the number says. */
export function checkLevels(where: string, levels: unknown, { values }: PlotLattice): readonly number[] {
  if (!Array.isArray(levels))
    return quantiles(where, values, checkNumber(where, "levels", levels, { min: 1, max: 1000, integer: true }));
  for (const level of levels) checkNumber(where, "levels", level, {});
  quantiles(where, values, 1);
  return levels.toSorted((a, b) => a - b);
}

/** Implements levelsMark for checked arguments. @internal */
export function levelsOf(lattice: PlotLattice, levels: readonly number[]): PlotMark {
  return {
    kind: "levels",
    name: "",
    color: null,
    sign: "none",
    points: [],
    area: lattice,
    draw: (frame) => [
      `<rect class="q0" width="${round(frame.width)}" height="${round(frame.height)}"/>`,
      ...levels.map((level, k) => {
        const share = shareClass((darkest * (k + 1)) / levels.length);
        return `<path class="level ${share}" d="${closed(ringsOf(lattice, level, false), frame)}"/>`;
      }),
    ],
    read: (x, y) => numberText(interpolated(lattice, x, y)),
    table: () => {
      const points = latticePoints(lattice.xRange, lattice.yRange, lattice.resolution);
      return [["x", "y", "value"], ...points.map(([x, y], k) => [x, y, lattice.values[k] as number])];
    },
  };
}

/** Options of a region above a level. */
export interface RegionMarkOptions extends PlotMarkOptions {
  /** Level c; default 0. */
  readonly level?: number;
}

/**
 * Region {(x, y): f(x, y) ≥ c} of a function of two numbers, tinted, with its outline.
 *
 * @param lattice  values made by plotLattice
 * @param options  level, name, color
 * @throws TypeError  lattice is none
 * @example
 * const half = plotLattice((x) => x, { xRange: [-1, 1], yRange: [-1, 1] });
 * chartSvg(plotChart([regionMark(half)])).includes("region"); // true
 */
export function regionMark(lattice: PlotLattice, options: RegionMarkOptions = {}): PlotMark {
  const where = "regionMark";
  checkLattice(where, lattice);
  const { name, ...color } = checkMark(where, options, ["level"]);
  return regionOf(lattice, { name, ...color, level: checkNumber(where, "level", options.level ?? 0, {}) });
}

/** Implements regionMark for checked arguments. @internal */
export function regionOf(
  lattice: PlotLattice,
  { name = "", level = 0, ...rest }: { name?: string; color?: number; level?: number },
): PlotMark {
  return {
    kind: "region",
    name,
    ...rest,
    sign: "dot",
    points: [],
    area: lattice,
    read: (x, y) => (name && interpolated(lattice, x, y) >= level ? name : ""),
    draw: (frame, color) => [
      `<path class="region ${fillClass(color)} ${seriesClass(color)}" d="${closed(ringsOf(lattice, level, false), frame)}"/>`,
    ],
  };
}

/**
 * Lines {(x, y): f(x, y) = c} of a function of two numbers, dashed.
 *
 * @param lattice  values made by plotLattice
 * @param level    c; default 0
 * @throws TypeError  lattice is none, or level is not a number
 * @example
 * const half = plotLattice((x) => x, { xRange: [-1, 1], yRange: [-1, 1] });
 * chartSvg(plotChart([contourMark(half)])).includes("dashed"); // true
 */
export function contourMark(lattice: PlotLattice, level = 0): PlotMark {
  const where = "contourMark";
  checkLattice(where, lattice);
  const at = checkNumber(where, "level", level, {});
  return {
    kind: "contour",
    name: "",
    color: null,
    sign: "none",
    points: [],
    area: lattice,
    draw: (frame) => {
      const lines = linesOf(lattice, at).map((line) => `M${along(line, frame).join("L")}`);
      return [`<path class="line dashed axis" d="${lines.join("")}"/>`];
    },
  };
}

/** Positions of points as texts, without those that lie within a quarter of a unit of the line through the others. */
function along(points: readonly PlotPoint[], { x, y }: PlotFrame): string[] {
  const placed = points.map(([u, v]): PlotPoint => [x(u), y(v)]);
  return simplified(placed, 0.25).map(([u, v]) => `${round(u)},${round(v)}`);
}

const closed = (rings: readonly (readonly PlotPoint[])[], frame: PlotFrame): string =>
  rings.map((ring) => `M${along(ring, frame).slice(0, -1).join("L")}Z`).join("");

/** Value at a place, bilinear between the four points around it. */
function interpolated(
  { xRange, yRange, resolution: [columns, rows], values }: PlotLattice,
  x: number,
  y: number,
): number {
  const place = (at: number, [from, to]: readonly [number, number], count: number): [number, number] => {
    const share = Math.max(0, Math.min(count - 1, ((at - from) / (to - from)) * (count - 1)));
    const cell = Math.min(count - 2, Math.floor(share));
    return [cell, share - cell];
  };
  const [i, u] = place(x, xRange, columns);
  const [j, v] = place(y, yRange, rows);
  const value = (di: number, dj: number): number => values[(j + dj) * columns + i + di] as number;
  const row = (dj: number): number => (1 - u) * value(0, dj) + u * value(1, dj);
  return (1 - v) * row(0) + v * row(1);
}
