// Plots of schedules.

import type { Engine } from "../engine/engine.js";
import { type Schedulable, type Schedule, type ScheduleValuesOptions, scheduleValues } from "../schedules/scheduled.js";
import { checkNumber, checkOptions } from "../values/options.js";
import { svgOf } from "./chart.js";
import type { PlotChart } from "./data.js";
import { linesOf } from "./lines.js";
import { checkTexts, type PictureOptions, pictureOptions } from "./sheet.js";

/** Options of schedules. */
export interface PlotScheduleOptions extends ScheduleValuesOptions, PictureOptions {
  /** Number of updates shown, from update 0, ≥ 2; default 100. */
  readonly count?: number;
  /** Name of the vertical axis; default "learning rate". */
  readonly label?: string;
}

/** One schedule, or several by name. */
export type PlotSchedules = Schedulable | Readonly<Record<string, Schedulable>>;

/**
 * Chart of one or more schedules, with the values that the core computes, as steps: a value holds during its update.
 *
 * @param schedules  a schedule, a function of the update t, or a record of them by name
 * @param options    count, stepsPerEpoch, losses, label, title, description, width, height
 * @throws RangeError  count is below 2
 * @throws TypeError   there is no schedule
 * @example
 * scheduleChart(engine, stepDecay({ initial: 0.1, length: 2 }), { count: 3 }).marks[0].points.length; // 3
 */
export function scheduleChart(engine: Engine, schedules: PlotSchedules, options: PlotScheduleOptions = {}): PlotChart {
  return scheduleOf("scheduleChart", engine, schedules, options);
}

/**
 * Plot of one or more schedules as SVG text, with the values that the core computes: see scheduleChart.
 *
 * @param schedules  a schedule, a function of the update t, or a record of them by name
 * @param options    count, stepsPerEpoch, losses, label, title, description, width, height
 * @throws RangeError  count is below 2, or width or height is too small
 * @throws TypeError   there is no schedule
 * @example
 * const svg = plotSchedule(engine, cosineDecay({ initial: 0.1, length: 100 }), { count: 120, title: "Cosine decay" });
 * svg.startsWith("<svg"); // true
 */
export function plotSchedule(engine: Engine, schedules: PlotSchedules, options: PlotScheduleOptions = {}): string {
  return svgOf("plotSchedule", scheduleOf("plotSchedule", engine, schedules, options));
}

function scheduleOf(where: string, engine: Engine, schedules: PlotSchedules, options: PlotScheduleOptions): PlotChart {
  checkOptions(where, options, [...pictureOptions, "count", "label", "stepsPerEpoch", "losses"]);
  const { count = 100, label = "learning rate", title, description, width, height, ...values } = options;
  checkNumber(where, "count", count, { min: 2, below: 2 ** 24, integer: true });
  checkTexts(where, { label });
  const single = typeof schedules !== "object" || schedules === null || "schedule" in schedules;
  const named = single ? { "": schedules as Schedule } : (schedules as Record<string, Schedulable>);
  if (Object.keys(named).length === 0)
    throw new TypeError(`${where}: no schedule given, got an empty record. Give { name: schedule }.`);
  const curves = Object.entries(named).map(([name, schedule]) => [
    name,
    scheduleValues(engine, schedule, count, values),
  ]);
  const sheet = Object.entries({ title, description, width, height }).filter(([, value]) => value !== undefined);
  return linesOf(where, Object.fromEntries(curves), {
    ...Object.fromEntries(sheet),
    steps: true,
    xLabel: "update",
    yLabel: label,
  });
}
