// A loss over a plane of its parameters, as a picture.

import type { LossPlane } from "../curvature/landscape.js";
import { checkOptions, shown } from "../values/options.js";
import { type PlotLevelsOptions, plotLevels } from "./levels.js";
import { pictureOptions } from "./sheet.js";

export type PlotPlaneOptions = Omit<PlotLevelsOptions, "xRange" | "yRange" | "resolution">;

/**
 * Level sets of a loss over a plane, as the text of an SVG file: see plotLevels.
 *
 * @param plane    what lossPlane answered
 * @param options  paths, of trajectoryPlane for example; marks, levels, xLabel, yLabel, title, description, width, height
 * @throws TypeError   not a plane, or a wrong option
 * @throws RangeError  no value of the plane is finite
 * @example
 * const surface = lossSurface(engine, (x) => x.square().sum(), [0, 0, 1]);
 * const plane = lossPlane(surface, [[1, 0, 0], [0, 0, 1]]);
 * plotPlane(plane, { title: "A bowl" }).startsWith("<svg"); // true
 */
export function plotPlane(plane: LossPlane, options: PlotPlaneOptions = {}): string {
  const where = "plotPlane";
  if (typeof plane?.at !== "function")
    throw new TypeError(`${where}: expected what lossPlane answers, got ${shown(plane)}.`);
  checkOptions(where, options, [...pictureOptions, "paths", "marks", "levels", "xLabel", "yLabel"]);
  const { xRange, yRange, resolution } = plane;
  return plotLevels((x, y) => plane.at(x, y), { ...options, xRange, yRange, resolution });
}
