// thalweg/plot: charts as data, as SVG text and in a page. A separate entry, so that programs that only train load no drawing code.

export type { PageElement } from "../engine/globals.js";
export type { AxesOptions, PlotAxis } from "./axes.js";
export { chartSvg, type PlotChartOptions, plotChart } from "./chart.js";
export { type ColorScheme, categoricalColors, type SchemeColor, sequentialColor } from "./colors.js";
export {
  contourLevels,
  contourLines,
  contourRegion,
  type PlotLattice,
  type PlotLatticeOptions,
  plotLattice,
} from "./contours.js";
export { chartCsv } from "./csv.js";
export type { PlotChart } from "./data.js";
export { histogramChart, type PlotHistogramOptions, plotHistogram } from "./histogram.js";
export { type PlotImagesOptions, plotImages } from "./images.js";
export { levelsChart, type PlotLevelsOptions, plotLevels } from "./levels.js";
export { linesChart, type PlotCurves, type PlotLinesOptions, plotLines } from "./lines.js";
export { barsMark } from "./marks/bars.js";
export { type DotsMarkOptions, dotsMark } from "./marks/dots.js";
export { contourMark, levelsMark, type RegionMarkOptions, regionMark } from "./marks/levels.js";
export { type LineMarkOptions, lineMark, type PlotCurve } from "./marks/line.js";
export type { PlotFrame, PlotMark, PlotMarkOptions } from "./marks/mark.js";
export { pathMark, type RulePlace, ruleMark, spotMark } from "./marks/path.js";
export { matrixChart, type PlotMatrixOptions, plotMatrix } from "./matrix.js";
export { type MountChartOptions, type MountedChart, mountChart } from "./page/mount.js";
export type { ChartTexts } from "./page/mounted.js";
export { type PlotPanelsOptions, plotPanels } from "./panels.js";
export { type PlotPlaneOptions, planeChart, plotPlane } from "./plane.js";
export type { AxisRange, PlotPoint, ScaleKind } from "./ranges.js";
export { type PlotRegionsOptions, type PlotScores, plotRegions, regionsChart } from "./regions.js";
export { type PlotScale, type PlotScaleOptions, type PlotTick, plotScale } from "./scales.js";
export { type PlotScheduleOptions, type PlotSchedules, plotSchedule, scheduleChart } from "./schedule.js";
export type { PictureOptions } from "./sheet.js";
export { chartText } from "./words.js";
