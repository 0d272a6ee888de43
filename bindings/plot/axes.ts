// Axes: scales with ticks at round numbers, grid lines, and the names of both axes.

import { scaleLinear, scaleLog } from "d3-scale";
import { checkChoice, shown } from "../values/options.js";
import { type Area, checkTexts, label, lineHeight, round, textWidth } from "./sheet.js";

export type AxisRange = readonly [number, number];

/** True for numbers that fit on an axis; the limit keeps the length of a range finite. */
export const isDrawable = (value: unknown): boolean => typeof value === "number" && Math.abs(value) <= 1e307;

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
  /** Horizontal scale: "linear" (default), or "log", which leaves out values that are not positive. */
  readonly xScale?: "linear" | "log";
  /** Vertical scale: "linear" (default), or "log", which leaves out values that are not positive. */
  readonly yScale?: "linear" | "log";
}

export const axesOptions = ["xLabel", "yLabel", "xRange", "yRange", "xScale", "yScale"] as const;

/** Checks the options of axes. */
export function checkAxes(where: string, options: AxesOptions): void {
  const { xLabel = "", yLabel = "", xRange, yRange, xScale = "linear", yScale = "linear" } = options;
  checkTexts(where, { xLabel, yLabel });
  for (const [name, scale] of Object.entries({ xScale, yScale })) checkChoice(where, name, scale, ["linear", "log"]);
  if (xRange !== undefined) checkRange(where, "xRange", xRange, xScale);
  if (yRange !== undefined) checkRange(where, "yRange", yRange, yScale);
}

export function checkRange(where: string, name: string, range: unknown, scale: "linear" | "log" = "linear"): AxisRange {
  const [from, to] = Array.isArray(range) ? range : [];
  if (!Number.isFinite(from) || !Number.isFinite(to) || (range as unknown[]).length !== 2)
    throw new TypeError(`${where}: ${name} must be two numbers, got ${shown(range)}.`);
  if (!(from < to) || (scale === "log" && !(from > 0)))
    throw new RangeError(
      `${where}: ${name} must ascend${scale === "log" ? " and be positive on a log scale" : ""}, got [${from}, ${to}].`,
    );
  return [from, to];
}

/** Axis: maps a value to its position, and lists the ticks. */
export interface Axis {
  (value: number): number;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/** Axis that maps `range` to positions `from` .. `to`. Ticks of a vertical axis, where to < from, may be closer. */
export function axisOf(scale: "linear" | "log", range: AxisRange, from: number, to: number, whole = false): Axis {
  const wanted = Math.max(3, Math.floor(Math.abs(to - from) / (from < to ? 70 : 45)));
  if (scale === "log") {
    const law = scaleLog([...range], [from, to]);
    const [low, high] = range.map(Math.log10) as [number, number];
    const stride = Math.max(1, Math.ceil((high - low) / wanted));
    const first = Math.ceil(low - 1e-9);
    const powers = Array.from({ length: Math.floor((high - first + 1e-9) / stride) + 1 }, (_, k) => first + k * stride);
    // Below two decades there are too few powers of ten, so take the scale's own ticks, or of many those that have room.
    const values = high - low < 2 ? thinned(law.ticks(3), wanted + 2) : powers.map((k) => 10 ** k);
    const text = (value: number): string => (high - low < 2 ? String(rounded(value)) : powerOfTen(value));
    return Object.assign((value: number) => law(value), { ticks: values.map((v) => ({ at: law(v), text: text(v) })) });
  }
  const law = scaleLinear([...range], [from, to]);
  const values = law.ticks(wanted).filter((value) => !whole || Number.isInteger(value));
  const largest = Math.max(...values.map(Math.abs));
  // As many digits as distinguish the ticks.
  let digits = 6;
  while (digits < 17 && new Set(values.map((value) => rounded(value, digits))).size < values.length) digits++;
  const powers = largest >= 1e6 || (largest > 0 && largest < 1e-3);
  return Object.assign((value: number) => law(value), {
    ticks: values.map((value) => ({
      at: law(value),
      text: signed(powers && value !== 0 ? scientific(value, digits) : String(rounded(value, digits))),
    })),
  });
}

/** All ticks, those of 1, 2 and 5 times a power of ten, or those of 1 and 3: the first of these that are at most `most`. */
function thinned(ticks: readonly number[], most: number): readonly number[] {
  const choices = [/^/, /^[125]e/, /^[13]e/].map((leading) =>
    ticks.filter((value) => leading.test(rounded(value).toExponential())),
  );
  return choices.find(({ length }) => length > 1 && length <= most) ?? ticks;
}

const rounded = (value: number, digits = 6): number => Number(value.toPrecision(digits));
/** 2e6 for 2000000. */
const scientific = (value: number, digits: number): string => rounded(value, digits).toExponential().replace("e+", "e");
/** Replaces hyphens by minus signs. */
const signed = (text: string): string => text.replaceAll("-", "−");

/** 10⁻³ for 0.001. */
function powerOfTen(value: number): string {
  const exponent = Math.round(Math.log10(value));
  if (exponent === 0) return "1";
  if (exponent === 1) return "10";
  return `10${String(exponent).replace(/./g, (sign) => (sign === "-" ? "⁻" : ("⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)] as string)))}`;
}

/** Minimum width and height of the area within the axes. */
const leastRoom = 20;

/** Area within the axes of a picture whose title and key end at `top`; throws if it is too small. */
export function areaFor(
  where: string,
  width: number,
  height: number,
  top: number,
  { xLabel = "", yLabel = "" }: AxesOptions,
  yTexts: readonly string[],
): Area {
  const left = 18 + Math.max(...yTexts.map(textWidth), 12);
  const above = top + (yLabel ? lineHeight : 4) + 6;
  const below = lineHeight + 8 + (xLabel ? lineHeight : 0);
  const area = { left, top: above, width: width - left - 20, height: height - above - below };
  const missing = (room: number): number => Math.max(0, Math.ceil(leastRoom - room));
  const [wider, higher] = [missing(area.width), missing(area.height)];
  if (wider + higher === 0) return area;
  throw new RangeError(
    `${where}: title, key and labels leave no room in ${width} x ${height}, expected at least ${width + wider} x ` +
      `${height + higher}. Give ${wider > 0 ? "width" : "height"}, or draw less.`,
  );
}

/** Grid lines, ticks and names of both axes, as SVG elements. */
export function drawAxes({ left, top, width, height }: Area, x: Axis, y: Axis, options: AxesOptions): string[] {
  const { xLabel = "", yLabel = "" } = options;
  const base = top + height;
  const out: string[] = [];
  for (const { at, text } of y.ticks) {
    out.push(`<path class="rule" d="M${round(left)},${round(top + at)}h${round(width)}"/>`);
    out.push(label(text, left - 8, top + at, 'class="muted" dy=".35em" text-anchor="end"'));
  }
  out.push(`<path class="axis" d="M${round(left)},${round(base)}h${round(width)}"/>`);
  for (const { at, text } of x.ticks) {
    out.push(`<path class="axis" d="M${round(left + at)},${round(base)}v5"/>`);
    out.push(label(text, left + at, base + 21, 'class="muted" text-anchor="middle"'));
  }
  if (xLabel) out.push(label(xLabel, left + width / 2, base + 21 + lineHeight, 'text-anchor="middle"'));
  if (yLabel) out.push(label(yLabel, 10, top - 12));
  return out;
}
