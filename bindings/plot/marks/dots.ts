// Separate points.

import { checkNumber } from "../../values/options.js";
import { fillClass } from "../colors.js";
import { isOn, type PlotPoint } from "../ranges.js";
import { round } from "../text.js";
import { checkMark, type PlotMark, type PlotMarkOptions, pointsOf } from "./mark.js";

/** Options of dots. */
export interface DotsMarkOptions extends PlotMarkOptions {
  /** Shape: 0 circle (default), 1 square, 2 triangle, 3 diamond, so that classes differ without color; then again from 1. */
  readonly shape?: number;
}

/** Circle of radius 4 around a point, as part of a path. */
export const circle = (x: number, y: number): string => `M${round(x - 4)},${round(y)}a4,4 0 1,0 8,0a4,4 0 1,0 -8,0`;

/** Shapes relative to (x, y). */
const shapes = ["m-2.5-2.5h5v5h-5z", "m0-4l3.5,6h-7z", "m0-4l3,4-3,4-3-4z"];

/**
 * Dots at points, such as measurements. Points that are not finite are left out.
 *
 * @param points   points [x, y], or values at 0, 1, ...
 * @param options  name, color, shape
 * @throws TypeError  points is no list of numbers or points
 * @example
 * const measured = dotsMark([[0.5, 1.2], [0.1, 1]], { name: "measured" });
 * chartSvg(plotChart([lineMark([1, 1.1], { name: "fit" }), measured])).includes("measured"); // true
 */
export function dotsMark(points: ArrayLike<number> | readonly PlotPoint[], options: DotsMarkOptions = {}): PlotMark {
  const where = "dotsMark";
  const { name, ...color } = checkMark(where, options, ["shape"]);
  const shape = checkNumber(where, "shape", options.shape ?? 0, { min: 0, integer: true });
  return dotsOf(pointsOf(where, name, points), { name, ...color, shape });
}

/** Implements dotsMark for checked points. @internal */
export function dotsOf(
  points: readonly PlotPoint[],
  { name = "", shape = 0, ...rest }: { name?: string; color?: number; shape?: number },
): PlotMark {
  return {
    kind: "dots",
    name,
    ...rest,
    sign: "dot",
    points,
    at: (others) => dotsOf(others, { name, shape, ...rest }),
    draw({ x, y }, color) {
      const form = (u: number, v: number): string =>
        shape === 0 ? circle(u, v) : `M${round(u, 1)},${round(v, 1)}${shapes[(shape - 1) % shapes.length]}`;
      const d = points.filter(([u, v]) => isOn(x.kind, u) && isOn(y.kind, v)).map(([u, v]) => form(x(u), y(v)));
      return [`<path class="halo point ${fillClass(color)}" d="${d.join("")}"/>`];
    },
  };
}
