// A schedule as a picture, to look at before it is used.

import type { Engine } from "../engine.js";
import { checkNumber, checkOptions, shown } from "../options.js";
import { type Schedulable, type Schedule, type ScheduleValuesOptions, scheduleValues } from "../scheduled.js";
import { lineChart } from "./chart.js";

export interface PlotScheduleOptions extends ScheduleValuesOptions {
  /** Updates shown, from 0, ≥ 2; default 100. */
  readonly count?: number;
  /** Default none. */
  readonly title?: string;
  /** Name of the axis of values; default "learning rate". */
  readonly label?: string;
  /** Pixels, ≥ 160; default 640. */
  readonly width?: number;
  /** Pixels, ≥ 120; default 320. */
  readonly height?: number;
}

/**
 * A picture of a schedule, or of several by name, as the text of an SVG file; the values are those the core computes.
 *
 * @param schedules  a schedule, a function of t, or a record of them
 * @param options    count, stepsPerEpoch, losses, title, label, width, height
 * @throws RangeError  count below 2, or a size that is too small
 * @throws TypeError   no schedule
 * @example
 * const svg = plotSchedule(engine, cosineDecay({ initial: 0.1, length: 100 }), { count: 120, title: "Cosine decay" });
 * svg.startsWith("<svg"); // true
 */
export function plotSchedule(
  engine: Engine,
  schedules: Schedulable | Readonly<Record<string, Schedulable>>,
  options: PlotScheduleOptions = {},
): string {
  const where = "plotSchedule";
  checkOptions(where, options, ["count", "title", "label", "width", "height", "stepsPerEpoch", "losses"]);
  const { count = 100, title = "", label = "learning rate", width = 640, height = 320, ...values } = options;
  checkNumber(where, "count", count, { min: 2, integer: true });
  checkNumber(where, "width", width, { min: 160 });
  checkNumber(where, "height", height, { min: 120 });
  for (const [name, text] of Object.entries({ title, label }))
    if (typeof text !== "string") throw new TypeError(`${where}: ${name} must be a text, got ${shown(text)}.`);
  const single = typeof schedules !== "object" || schedules === null || "schedule" in schedules;
  const named = single ? { "": schedules as Schedule } : (schedules as Record<string, Schedulable>);
  if (Object.keys(named).length === 0)
    throw new TypeError(`${where}: no schedule given, got an empty record. Give { name: schedule }.`);
  const series = Object.entries(named).map(([name, schedule]) => ({
    name,
    points: Array.from(scheduleValues(engine, schedule, count, values), (h, t): [number, number] => [t, h]),
  }));
  return lineChart(series, { title, xLabel: "update", yLabel: label, width, height });
}
