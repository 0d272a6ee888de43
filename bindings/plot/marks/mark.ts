// Marks: the parts of a chart within its axes, as values.

import { checkNumber, checkOptions, shown } from "../../values/options.js";
import type { AxisRange, PlotPoint } from "../ranges.js";
import type { PlotScale } from "../scales.js";
import { checkTexts } from "../sheet.js";

/** Frame in which marks are drawn: scales whose positions begin at its upper left corner. */
export interface PlotFrame {
  /** Horizontal scale. */
  readonly x: PlotScale;
  /** Vertical scale. */
  readonly y: PlotScale;
  /** Width in user units. */
  readonly width: number;
  /** Height in user units. */
  readonly height: number;
  /** Smoothing factor of lines, 0 ≤ β < 1. */
  readonly smoothing: number;
}

/** Mark: a part of a chart within its axes. Any object of this form can be drawn. */
export interface PlotMark {
  /** Kind, for programs that draw in another way: "line", "dots", "bars", "levels", … */
  readonly kind: string;
  /** Name in the key; "" for none. */
  readonly name: string;
  /** Name of the series to which it belongs: it is switched with that, and not in the key; default its own. */
  readonly of?: string;
  /** Index into categoricalColors; null for a mark without a color of its own; absent for the next free one. */
  readonly color?: number | null;
  /** Sign in the key. */
  readonly sign: "line" | "dot" | "none";
  /** Data points: they decide ranges of axes, and are what is read under the pointer and in a table. */
  readonly points: readonly PlotPoint[];
  /** Seconds at which the points were measured, for an axis of time; default none. */
  readonly times?: readonly number[];
  /** Rectangle that the mark covers and the axes have; default none. */
  readonly area?: { readonly xRange: AxisRange; readonly yRange?: AxisRange };
  /**
   * Returns SVG elements.
   * @param frame  scales and size
   * @param color  index of the color, into categoricalColors
   */
  draw(frame: PlotFrame, color: number): readonly string[];
  /** Returns the same mark over other points. @param points  as many points, in the same order */
  at?(points: readonly PlotPoint[]): PlotMark;
  /**
   * Returns the text of the value at a place, for marks that cover an area.
   * @param x  horizontal coordinate
   * @param y  vertical coordinate
   */
  read?(x: number, y: number): string;
  /** Numbers as rows of a table, the first one with names, for marks without points. */
  table?(): (string | number)[][];
}

/** Options of marks with a name in the key. */
export interface PlotMarkOptions {
  /** Name in the key; default none. */
  readonly name?: string;
  /** Index into categoricalColors, ≥ 0; default: the next that is free, the same for the same name. */
  readonly color?: number;
}

export const markOptions = ["name", "color"] as const;

/** Checks the options of a mark; returns its name, and its color if it is given. */
export function checkMark(
  where: string,
  options: PlotMarkOptions,
  known: readonly string[] = [],
): { name: string; color?: number } {
  checkOptions(where, options, [...markOptions, ...known]);
  const { name = "", color } = options;
  checkTexts(where, { name });
  if (color === undefined) return { name };
  return { name, color: checkNumber(where, "color", color, { min: 0, max: 999, integer: true }) };
}

/** Points of a curve given as values at 0, 1, ... or as points. */
export function pointsOf(where: string, name: string, curve: unknown): readonly PlotPoint[] {
  const isPoint = (item: unknown): boolean =>
    Array.isArray(item) && item.length === 2 && item.every((x) => typeof x === "number");
  const list = Array.isArray(curve) || ArrayBuffer.isView(curve) ? Array.from(curve as ArrayLike<unknown>) : [];
  if (list.length > 0 && list.every(isPoint)) return list as PlotPoint[];
  if (list.length > 0 && list.every((x) => typeof x === "number")) return list.map((x, k) => [k, x as number]);
  const what = name ? `"${name}"` : "the curve";
  throw new TypeError(`${where}: ${what} must be numbers or points [x, y], at least one, got ${shown(curve)}.`);
}

/** Checks one point. */
export function checkPoint(where: string, name: string, point: unknown): PlotPoint {
  if (Array.isArray(point) && point.length === 2 && point.every((x) => typeof x === "number"))
    return point as unknown as PlotPoint;
  throw new TypeError(`${where}: ${name} must be points [x, y], got ${shown(point)}.`);
}
