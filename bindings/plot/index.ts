// thalweg/plot: pictures as SVG text. A separate entry, so that programs that only train load no drawing code.

export type { AxesOptions, AxisRange } from "./axes.js";
export { type PlotHistogramOptions, plotHistogram } from "./histogram.js";
export { type PlotImagesOptions, plotImages } from "./images.js";
export { type PlotLevelsOptions, plotLevels } from "./levels.js";
export { type PlotCurve, type PlotLinesOptions, type PlotPoint, plotLines } from "./lines.js";
export { type PlotPanelsOptions, plotPanels } from "./panels.js";
export { type PlotPlaneOptions, plotPlane } from "./plane.js";
export { type PlotRegionsOptions, plotRegions } from "./regions.js";
export { type PlotScheduleOptions, plotSchedule } from "./schedule.js";
export type { PictureOptions } from "./sheet.js";
