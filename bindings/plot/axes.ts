// Axes: scales with round ticks, thin rules across the picture, and the names of both axes.

import { scaleLinear, scaleLog } from "d3-scale";
import { checkChoice, shown } from "../values/options.js";
import { type Area, checkTexts, label, lineHeight, round, textWidth } from "./sheet.js";

export type AxisRange = readonly [number, number];

/** Whether a number can lie on an axis: the length of a range must be finite, too. */
export const isDrawable = (value: unknown): boolean => typeof value === "number" && Math.abs(value) <= 1e307;

/** What every picture with axes takes. */
export interface AxesOptions {
  /** Name of the horizontal axis; default none. */
  readonly xLabel?: string;
  /** Name of the vertical axis; default none. */
  readonly yLabel?: string;
  /** From where to where; default what is drawn. */
  readonly xRange?: AxisRange;
  readonly yRange?: AxisRange;
  /** "linear" (default) or "log"; a logarithm leaves out what is not positive. */
  readonly xScale?: "linear" | "log";
  readonly yScale?: "linear" | "log";
}

export const axesOptions = ["xLabel", "yLabel", "xRange", "yRange", "xScale", "yScale"] as const;

/** Refuses axes that cannot be drawn. */
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

/** One axis: where a value lies, and what is written beside it. */
export interface Axis {
  (value: number): number;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/** An axis for values of a range: from `from` up to `to`, or down to it if it is upright, where ticks may be nearer. */
export function axisOf(scale: "linear" | "log", range: AxisRange, from: number, to: number, whole = false): Axis {
  const wanted = Math.max(3, Math.floor(Math.abs(to - from) / (from < to ? 70 : 45)));
  if (scale === "log") {
    const law = scaleLog([...range], [from, to]);
    const [low, high] = range.map(Math.log10) as [number, number];
    const stride = Math.max(1, Math.ceil((high - low) / wanted));
    const first = Math.ceil(low - 1e-9);
    const powers = Array.from({ length: Math.floor((high - first + 1e-9) / stride) + 1 }, (_, k) => first + k * stride);
    // Less than two decades have few powers of ten: take what the scale offers.
    const values = high - low < 2 ? law.ticks(3) : powers.map((k) => 10 ** k);
    const text = (value: number): string => (high - low < 2 ? String(rounded(value)) : powerOfTen(value));
    return Object.assign((value: number) => law(value), { ticks: values.map((v) => ({ at: law(v), text: text(v) })) });
  }
  const law = scaleLinear([...range], [from, to]);
  const values = law.ticks(wanted).filter((value) => !whole || Number.isInteger(value));
  const largest = Math.max(...values.map(Math.abs));
  // As many digits as tell the ticks apart.
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

const rounded = (value: number, digits = 6): number => Number(value.toPrecision(digits));
/** 2e6 for 2000000. */
const scientific = (value: number, digits: number): string => rounded(value, digits).toExponential().replace("e+", "e");
/** With a minus sign instead of a hyphen. */
const signed = (text: string): string => text.replaceAll("-", "−");

/** 10⁻³ for 0.001. */
function powerOfTen(value: number): string {
  const exponent = Math.round(Math.log10(value));
  if (exponent === 0) return "1";
  if (exponent === 1) return "10";
  return `10${String(exponent).replace(/./g, (sign) => (sign === "-" ? "⁻" : ("⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)] as string)))}`;
}

/** The least room that is worth an axis. */
const leastRoom = 20;

/** Room for both axes below `top`, which holds the name of the vertical one. */
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

/** Rules, ticks and names. */
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
