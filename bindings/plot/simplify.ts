// Polylines with fewer points.

import type { PlotPoint } from "./ranges.js";

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

/** Keeps the first, lowest, highest and last of the points in a column of pixels, or all points if they are few. */
export function thinned(points: readonly PlotPoint[], width: number): readonly PlotPoint[] {
  const columns = Math.max(1, Math.round(width));
  if (points.length <= 2 * columns) return points;
  const kept: PlotPoint[] = [];
  for (let column = 0; column < columns; column++) {
    const first = Math.floor((column * points.length) / columns);
    const last = Math.floor(((column + 1) * points.length) / columns) - 1;
    let [low, high] = [first, first];
    for (let k = first + 1; k <= last; k++) {
      const y = (points[k] as PlotPoint)[1];
      const [least, most] = [(points[low] as PlotPoint)[1], (points[high] as PlotPoint)[1]];
      if (y < least || Number.isNaN(least)) low = k;
      if (y > most || Number.isNaN(most)) high = k;
    }
    for (const k of new Set([first, Math.min(low, high), Math.max(low, high), last])) kept.push(points[k] as PlotPoint);
  }
  return kept;
}
