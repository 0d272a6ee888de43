// Level sets of a loss over a plane of its parameters.

import type { LossPlane } from "../curvature/landscape.js";
import { checkOptions, shown } from "../values/options.js";
import { type PlotLevelsOptions, plotLevels } from "./levels.js";
import { pictureOptions } from "./sheet.js";

/** Options of plotLevels without the ranges and the resolution, which the plane has. */
export type PlotPlaneOptions = Omit<PlotLevelsOptions, "xRange" | "yRange" | "resolution">;

/**
 * Level sets of a loss over a plane of its parameters, as SVG text: see plotLevels.
 *
 * @param plane    a plane made by lossPlane
 * @param options  paths (those of trajectoryPlane, for example), marks, levels, xLabel, yLabel, title, description,
 *                 width, height
 * @throws TypeError   plane was not made by lossPlane, or an option is of a wrong kind
 * @throws RangeError  no value of the plane is finite
 * @example
 * const surface = lossSurface(engine, (x) => x.square().sum(), [0, 0, 1]);
 * const plane = lossPlane(surface, [[1, 0, 0], [0, 0, 1]]);
 * plotPlane(plane, { title: "A bowl" }).startsWith("<svg"); // true
 */
export function plotPlane(plane: LossPlane, options: PlotPlaneOptions = {}): string {
  const where = "plotPlane";
  if (typeof plane?.at !== "function")
    throw new TypeError(`${where}: expected a plane made by lossPlane, got ${shown(plane)}.`);
  checkOptions(where, options, [...pictureOptions, "paths", "marks", "levels", "xLabel", "yLabel"]);
  const { xRange, yRange, resolution } = plane;
  return plotLevels((x, y) => plane.at(x, y), { ...options, xRange, yRange, resolution });
}
