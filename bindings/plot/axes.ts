// Axes: their options, and how they are drawn with grid lines and names.

import { checkChoice } from "../values/options.js";
import { type AxisRange, checkRange, type ScaleKind, scaleKinds } from "./ranges.js";
import type { PlotScale } from "./scales.js";
import { type Area, checkTexts } from "./sheet.js";
import { label, lineHeight, round } from "./text.js";

/** Options of every picture with axes. */
export interface AxesOptions {
  /** Name of the horizontal axis; default none. */
  readonly xLabel?: string;
  /** Name of the vertical axis; default none. */
  readonly yLabel?: string;
  /** Horizontal range [from, to], ascending; default the range of the data. */
  readonly xRange?: AxisRange;
  /** Vertical range [from, to], ascending; default the range of the data with a margin. */
  readonly yRange?: AxisRange;
  /**
   * Horizontal scale: "linear" (default); "log", which leaves out values that are not positive; or "time", in seconds, with ticks
   * at whole seconds, minutes, hours or days.
   */
  readonly xScale?: ScaleKind;
  /** Vertical scale: "linear" (default), "log" or "time", as the horizontal one. */
  readonly yScale?: ScaleKind;
}

export const axesOptions = ["xLabel", "yLabel", "xRange", "yRange", "xScale", "yScale"] as const;

/** One axis of a chart. */
export interface PlotAxis {
  /** Name; "" for none. */
  readonly label: string;
  /** Kind of its scale. */
  readonly scale: ScaleKind;
  /** Range; null for that of the marks. */
  readonly range: AxisRange | null;
  /** Names of the integers 0, 1, ... in place of numbers, on a vertical axis from the top; null for numbers. */
  readonly names: readonly string[] | null;
}

/** Checks the options of axes, and returns both. */
export function checkAxes(where: string, options: AxesOptions): { x: PlotAxis; y: PlotAxis } {
  const { xLabel = "", yLabel = "", xRange, yRange, xScale = "linear", yScale = "linear" } = options;
  checkTexts(where, { xLabel, yLabel });
  for (const [name, scale] of Object.entries({ xScale, yScale })) checkChoice(where, name, scale, scaleKinds);
  const range = (name: string, given: unknown, scale: ScaleKind): AxisRange | null =>
    given === undefined ? null : checkRange(where, name, given, scale);
  return {
    x: { label: xLabel, scale: xScale, range: range("xRange", xRange, xScale), names: null },
    y: { label: yLabel, scale: yScale, range: range("yRange", yRange, yScale), names: null },
  };
}

/** Grid lines, ticks and names of both axes, as SVG elements. */
export function drawAxes(
  { left, top, width, height }: Area,
  x: PlotScale,
  y: PlotScale,
  labels: { readonly x: string; readonly y: string },
): string[] {
  const base = top + height;
  const rules = y.ticks.map(({ at }) => `M${round(left)},${round(top + at)}h${round(width)}`).join("");
  const stubs = x.ticks.map(({ at }) => `M${round(left + at)},${round(base)}v5`).join("");
  return [
    ...(rules ? [`<path class="rule" d="${rules}"/>`] : []),
    ...y.ticks.map(({ at, text }) => label(text, left - 8, top + at, 'class="muted" dy=".35em" text-anchor="end"')),
    `<path class="axis" d="M${round(left)},${round(base)}h${round(width)}${stubs}"/>`,
    ...x.ticks.map(({ at, text }) => label(text, left + at, base + 21, 'class="muted" text-anchor="middle"')),
    ...(labels.x ? [label(labels.x, left + width / 2, base + 21 + lineHeight, 'text-anchor="middle"')] : []),
    ...(labels.y ? [label(labels.y, 10, top - 15)] : []),
  ];
}
