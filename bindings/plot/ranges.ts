// Ranges of axes, and the checks of numbers that are drawn.

import { shown } from "../values/options.js";

/** Range [from, to], ascending. */
export type AxisRange = readonly [number, number];

/** Point [x, y]. */
export type PlotPoint = readonly [number, number];

/** Kind of a scale: "linear"; "log", for positive numbers; or "time", for seconds, whose ticks are seconds, minutes, hours or days. */
export type ScaleKind = "linear" | "log" | "time";

export const scaleKinds = ["linear", "log", "time"] as const;

/** True for numbers that fit on an axis; the limit keeps the length of a range finite. */
export const isDrawable = (value: unknown): boolean => typeof value === "number" && Math.abs(value) <= 1e307;

/** True for numbers that a scale of this kind can place. */
export const isOn = (kind: ScaleKind, value: number): boolean => isDrawable(value) && (kind !== "log" || value > 0);

/** Checks a range, and that it is positive for a log scale. */
export function checkRange(where: string, name: string, range: unknown, kind: ScaleKind = "linear"): AxisRange {
  const [from, to] = Array.isArray(range) ? range : [];
  if (!Number.isFinite(from) || !Number.isFinite(to) || (range as unknown[]).length !== 2)
    throw new TypeError(`${where}: ${name} must be two numbers, got ${shown(range)}.`);
  if (!(from < to) || (kind === "log" && !(from > 0)))
    throw new RangeError(
      `${where}: ${name} must ascend${kind === "log" ? " and be positive on a log scale" : ""}, got [${from}, ${to}].`,
    );
  return [from, to];
}

/** Least and largest value; [∞, −∞] of none. */
export function extent(values: readonly number[]): AxisRange {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Smallest range around two. */
export const union = ([a, b]: AxisRange, [c, d]: AxisRange): AxisRange => [Math.min(a, c), Math.max(b, d)];

/** Vertical range for values: includes 0 if they come near it, and adds a margin. */
export function roomFor([low, high]: AxisRange, kind: ScaleKind): AxisRange {
  if (kind === "log") return low === high ? [low / 2, high * 2] : [low / 1.2, high * 1.2];
  if (low === high) return low === 0 ? [0, 1] : [Math.min(0, 1.1 * low), Math.max(0, 1.1 * low)];
  const from = low > 0 && low < high / 2 ? 0 : low - (low === 0 ? 0 : 0.04 * (high - low));
  const to = high < 0 && high > low / 2 ? 0 : high + (high === 0 ? 0 : 0.04 * (high - from));
  return [from, to];
}
