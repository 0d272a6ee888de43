// thalweg/plot: pictures as SVG text. An entry of its own, so that what only trains carries no drawing code.

export { type PlotScheduleOptions, plotSchedule } from "./schedule.js";
