// Level sets of a loss over a plane of its parameters.

import type { LossPlane } from "../curvature/landscape.js";
import { checkOptions, shown } from "../values/options.js";
import { svgOf } from "./chart.js";
import { checkLattice, checkResolution } from "./contours.js";
import type { PlotChart } from "./data.js";
import { latticeChart, latticeOptions, type PlotLevelsOptions } from "./levels.js";

/** Options of plotLevels without the ranges and the resolution, which the plane has. */
export type PlotPlaneOptions = Omit<PlotLevelsOptions, "xRange" | "yRange" | "resolution">;

/**
 * Chart of the level sets of a loss over a plane of its parameters: see levelsChart.
 *
 * @param plane    a plane made by lossPlane
 * @param options  paths (those of trajectoryPlane, for example), marks, levels, series, xLabel, yLabel, title, description,
 *                 width, height
 * @throws TypeError   plane was not made by lossPlane, or an option is of a wrong kind
 * @throws RangeError  no value of the plane is finite
 * @example
 * const surface = lossSurface(engine, (x) => x.square().sum(), [0, 0, 1]);
 * const chart = planeChart(lossPlane(surface, [[1, 0, 0], [0, 0, 1]]));
 * chart.marks[0].kind; // "levels"
 */
export function planeChart(plane: LossPlane, options: PlotPlaneOptions = {}): PlotChart {
  return ofPlane("planeChart", plane, options);
}

/**
 * Level sets of a loss over a plane of its parameters, as SVG text: see levelsChart.
 *
 * @param plane    a plane made by lossPlane
 * @param options  paths (those of trajectoryPlane, for example), marks, levels, series, xLabel, yLabel, title, description,
 *                 width, height
 * @throws TypeError   plane was not made by lossPlane, or an option is of a wrong kind
 * @throws RangeError  no value of the plane is finite
 * @example
 * const surface = lossSurface(engine, (x) => x.square().sum(), [0, 0, 1]);
 * const plane = lossPlane(surface, [[1, 0, 0], [0, 0, 1]]);
 * plotPlane(plane, { title: "A bowl" }).startsWith("<svg"); // true
 */
export function plotPlane(plane: LossPlane, options: PlotPlaneOptions = {}): string {
  return svgOf("plotPlane", ofPlane("plotPlane", plane, options));
}

function ofPlane(where: string, plane: LossPlane, options: PlotPlaneOptions): PlotChart {
  if (typeof plane?.at !== "function")
    throw new TypeError(`${where}: expected a plane made by lossPlane, got ${shown(plane)}.`);
  checkOptions(where, options, latticeOptions);
  const { xRange, yRange, values } = plane;
  const resolution = checkResolution(where, plane.resolution);
  const lattice = checkLattice(where, { xRange, yRange, resolution, values });
  return latticeChart(where, () => lattice, options);
}
