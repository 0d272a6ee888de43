// Paths of optimizers over level sets, and marked places.

import { shown } from "../../values/options.js";
import { fillClass, seriesClass } from "../colors.js";
import type { PlotPoint } from "../ranges.js";
import { simplified } from "../simplify.js";
import { label, round, textWidth } from "../text.js";
import { checkMark, checkPoint, type PlotMark, type PlotMarkOptions } from "./mark.js";

/** Number of points up to which a path shows each of them. */
const few = 30;

/**
 * Path through points of the plane in their order, from a ring to a dot; a path of at most 30 points shows each of them. Points
 * that are not finite are left out.
 *
 * @param points   points [x, y], at least one
 * @param options  name, color
 * @throws TypeError  points is no list of points
 * @example
 * const bowl = plotLattice((x, y) => x * x + y * y, { xRange: [-3, 3], yRange: [-3, 3] });
 * const descent = pathMark([[2, 3], [1.6, 2.4], [1.28, 1.92]], { name: "descent" });
 * chartSvg(plotChart([levelsMark(bowl), descent])).startsWith("<svg"); // true
 */
export function pathMark(points: readonly (readonly number[])[], options: PlotMarkOptions = {}): PlotMark {
  const where = "pathMark";
  const { name, ...color } = checkMark(where, options);
  return pathOf(checkPath(where, name, points), { name, ...color });
}

/** Checks the points of a path. */
export function checkPath(where: string, name: string, path: unknown): readonly PlotPoint[] {
  const what = name ? `"${name}"` : "the path";
  if (!Array.isArray(path) || path.length === 0)
    throw new TypeError(`${where}: ${what} must be points [x, y], got ${shown(path)}.`);
  return path.map((point) => checkPoint(where, what, point)).filter((point) => point.every(Number.isFinite));
}

/** Implements pathMark for checked points. @internal */
export function pathOf(
  path: readonly PlotPoint[],
  { name = "", ...rest }: { name?: string; color?: number },
): PlotMark {
  return {
    kind: "path",
    name,
    ...rest,
    sign: "line",
    points: path,
    draw({ x, y }, color) {
      const far = 1e4; // bounds the coordinates of paths that leave the picture
      const near = (at: number): number => Math.max(-far, Math.min(far, at));
      const points = path.map(([u, v]): PlotPoint => [near(x(u)), near(y(v))]);
      const d = simplified(points, 0.3).map(([u, v]) => `${round(u)},${round(v)}`);
      const dot = ([u, v]: PlotPoint, radius: number, how: string): string =>
        `<circle cx="${round(u)}" cy="${round(v)}" r="${radius}" class="${how}"/>`;
      const [first, last] = [points[0], points.at(-1)];
      if (!first || !last) return [];
      return [
        `<path class="line ${seriesClass(color)}" d="M${d.join("L")}"/>`,
        ...(points.length > few ? [] : points.slice(1, -1).map((point) => dot(point, 2.4, fillClass(color)))),
        dot(first, 4.5, `paper ${seriesClass(color)}`),
        dot(last, 4, fillClass(color)),
      ];
    },
  };
}

/**
 * Cross at a place, such as a minimum, with its name on the side that has more room.
 *
 * @param point  [x, y]
 * @param name   name beside it; default none
 * @throws TypeError  point is none, or name is not a string
 * @example
 * chartSvg(plotChart([spotMark([1, 2], "minimum")], { xRange: [0, 3], yRange: [0, 3] })).includes("minimum"); // true
 */
export function spotMark(point: readonly number[], name = ""): PlotMark {
  const where = "spotMark";
  const at = checkPoint(where, "the spot", point);
  checkMark(where, { name });
  return {
    kind: "spot",
    name: "",
    color: null,
    sign: "none",
    points: [at],
    draw({ x, y, width }) {
      const [u, v] = [x(at[0]), y(at[1])];
      if (!Number.isFinite(u) || !Number.isFinite(v)) return [];
      return [
        `<path class="line drawn" d="M${round(u - 5)},${round(v - 5)}l10,10m0,-10l-10,10"/>`,
        ...(name ? [named(name, u, v + 18, u < width / 2 ? "start" : "end", 9)] : []),
      ];
    },
  };
}

/** Place of a rule: at one x, or at one y. */
export type RulePlace =
  | {
      /** Horizontal place of a vertical rule. */
      readonly x: number;
      readonly y?: never;
    }
  | {
      /** Vertical place of a horizontal rule. */
      readonly y: number;
      readonly x?: never;
    };

/**
 * Dashed line across the frame, at one x or at one y, with its name at its end: where a run stopped, a bound.
 *
 * @param place  { x } for a vertical line, { y } for a horizontal one
 * @param name   name beside it; default none
 * @throws TypeError  place has neither x nor y, or both, or name is not a string
 * @example
 * const loss = lineMark([0.9, 0.5, 0.6, 0.7]);
 * chartSvg(plotChart([loss, ruleMark({ x: 1 }, "best epoch")])).includes("best epoch"); // true
 */
export function ruleMark(place: RulePlace, name = ""): PlotMark {
  const where = "ruleMark";
  const { x: atX, y: atY } = (place ?? {}) as { x?: unknown; y?: unknown };
  const at = atX ?? atY;
  if (typeof at !== "number" || (atX !== undefined && atY !== undefined))
    throw new TypeError(`${where}: give either { x } or { y } as a number, got ${shown(place)}.`);
  checkMark(where, { name });
  const vertical = atX !== undefined;
  const line = (d: string): string => `<path class="line thin dashed axis" d="${d}"/>`;
  return {
    kind: "rule",
    name: "",
    color: null,
    sign: "none",
    points: [],
    draw({ x, y, width, height }) {
      const u = (vertical ? x : y)(at);
      if (!Number.isFinite(u)) return [];
      if (!vertical)
        return [
          line(`M0,${round(u)}H${round(width)}`),
          ...(name ? [named(name, width, u < 20 ? u + 16 : u - 6, "end", 4)] : []),
        ];
      const right = u + 12 + textWidth(name) < width;
      return [
        line(`M${round(u)},0V${round(height)}`),
        ...(name ? [named(name, u, 14, right ? "start" : "end", 6)] : []),
      ];
    },
  };
}

/** Text with a halo, beside a position. */
function named(name: string, x: number, y: number, anchor: "start" | "end", gap: number): string {
  const how = `text-anchor="${anchor}" stroke-width="3" paint-order="stroke" class="halo"`;
  return label(name, x + (anchor === "start" ? gap : -gap), y, how);
}
