// Outlines of superlevel sets of a function of two numbers, as SVG paths.

import { contours } from "d3-contour";
import type { Axis, AxisRange } from "./axes.js";
import type { PlotPoint } from "./lines.js";
import { round } from "./sheet.js";

/** Values on a lattice of side × side points over a rectangle, row by row from yRange[0]. */
export interface Lattice {
  readonly xRange: AxisRange;
  readonly yRange: AxisRange;
  readonly side: number;
  readonly values: readonly number[];
}

/** Points of a lattice of side × side over a rectangle, row by row. */
export function latticePoints(xRange: AxisRange, yRange: AxisRange, side: number): PlotPoint[] {
  const at = ([from, to]: AxisRange, k: number): number => from + ((to - from) * k) / (side - 1);
  return Array.from({ length: side * side }, (_, k) => [at(xRange, k % side), at(yRange, Math.floor(k / side))]);
}

/** Region in which the values are at least the level, as the `d` of a path; "" if it is empty. */
export function regionAbove({ xRange, yRange, side, values }: Lattice, level: number, x: Axis, y: Axis): string {
  const { coordinates } = contours()
    .size([side, side])
    .contour(values as number[], level);
  const at = ([from, to]: AxisRange, k: number): number => from + ((to - from) * (k - 0.5)) / (side - 1);
  const outline = (ring: number[][]): string => {
    const points = ring.map(([i = 0, j = 0]): PlotPoint => [x(at(xRange, i)), y(at(yRange, j))]);
    const kept = simplified(points, 0.25).map(([u, v]) => `${round(u)},${round(v)}`);
    return `M${kept.slice(0, -1).join("L")}Z`;
  };
  return coordinates.flatMap((polygon) => polygon.map(outline)).join("");
}

/**
 * Simplifies a polyline: drops points that lie within the tolerance of the remaining line.
 *
 * Douglas and Peucker, Algorithms for the reduction of the number of points required to represent a digitized line or
 * its caricature, Cartographica 10, 1973.
 */
export function simplified(points: readonly PlotPoint[], tolerance: number): readonly PlotPoint[] {
  const kept = new Set([0, points.length - 1]);
  const open: [number, number][] = [[0, points.length - 1]];
  for (let span = open.pop(); span; span = open.pop()) {
    const [from, to] = span;
    let [farthest, most] = [0, tolerance];
    for (let k = from + 1; k < to; k++) {
      const distance = distanceTo(points[k] as PlotPoint, points[from] as PlotPoint, points[to] as PlotPoint);
      if (distance > most) [farthest, most] = [k, distance];
    }
    if (farthest === 0) continue;
    kept.add(farthest);
    open.push([from, farthest], [farthest, to]);
  }
  return points.filter((_, k) => kept.has(k));
}

/** Distance of a point from the segment between two. */
function distanceTo([x, y]: PlotPoint, [ax, ay]: PlotPoint, [bx, by]: PlotPoint): number {
  const [dx, dy] = [bx - ax, by - ay];
  const square = dx * dx + dy * dy;
  const t = square === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / square));
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}
