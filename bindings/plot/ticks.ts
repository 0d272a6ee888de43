// Ticks at round numbers, and their texts: as many digits as make them differ.

import { scaleLinear } from "d3-scale";
import type { AxisRange, ScaleKind } from "./ranges.js";

/** Values of at most about `wanted` ticks in a range, ascending; `whole` leaves only integers. */
export function tickValues(kind: ScaleKind, range: AxisRange, wanted: number, whole = false): readonly number[] {
  if (kind === "log") return logTicks(range, wanted);
  const values = kind === "time" ? timeTicks(range, wanted) : scaleLinear([...range], [0, 1]).ticks(wanted);
  const integers = values.filter(Number.isInteger);
  return whole && integers.length > 0 ? integers : values;
}

/** True if the texts of a log scale are powers of ten. */
const hasPowers = (least: number, largest: number): boolean => least < 0.99e-3 || largest >= 1e5;

/** Factors of a power of ten, from dense to sparse. */
const factors: readonly (readonly number[])[] = [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 5], [1, 2, 5], [1, 3], [1]];

/** The densest of these sets of ticks that fits; of less than half a decade, ticks as on a linear scale. */
function logTicks([low, high]: AxisRange, wanted: number): readonly number[] {
  const [first, last] = [Math.floor(Math.log10(low) - 1e-9), Math.ceil(Math.log10(high) + 1e-9)];
  const isIn = (value: number): boolean => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);
  const powers = Array.from({ length: last - first + 1 }, (_, k) => first + k);
  const sets = factors.map((some) =>
    powers.flatMap((power) => some.map((factor) => Number(`${factor}e${power}`))).filter(isIn),
  );
  const fitting = sets.find(({ length }) => length > 1 && length <= wanted + 2);
  const tens = sets.at(-1) as number[];
  // Where texts are powers of ten, the powers alone are easier to read.
  if (tens.length > 2 && tens.length <= wanted + 2 && hasPowers(low, high)) return tens;
  if (tens.length > wanted + 2) {
    const stride = Math.ceil(tens.length / (wanted + 2));
    const start = powers.find((power) => power % stride === 0 && isIn(10 ** power)) ?? first;
    return tens.filter((value) => (Math.round(Math.log10(value)) - start) % stride === 0);
  }
  return fitting && high / low > 3 ? fitting : scaleLinear([low, high], [0, 1]).ticks(wanted);
}

const [minute, hour, day] = [60, 3600, 86400];
const spans = [1, 2, 5, 10, 15, 30].flatMap((n) => [n, n * minute]).concat([1, 2, 3, 6, 12].map((n) => n * hour));

/** Seconds at whole seconds, minutes, hours or days. */
function timeTicks([from, to]: AxisRange, wanted: number): readonly number[] {
  if (to - from < 2 * minute && to < 2 * minute) return scaleLinear([from, to], [0, 1]).ticks(wanted);
  const span = spans.toSorted((a, b) => a - b).find((span) => (to - from) / span <= wanted + 1);
  if (span === undefined) return scaleLinear([from / day, to / day], [0, 1]).ticks(wanted).map((days) => days * day); // biome-ignore format: one line
  const first = Math.ceil(from / span - 1e-9);
  // Less than two whole seconds.
  if (Math.floor(to / span + 1e-9) <= first) return scaleLinear([from, to], [0, 1]).ticks(wanted);
  return Array.from({ length: Math.floor(to / span + 1e-9) - first + 1 }, (_, k) => (first + k) * span);
}

/** Texts of ticks, all different. */
export function tickTexts(kind: ScaleKind, values: readonly number[]): string[] {
  if (kind === "time") return distinct(values, (value, digits) => timeText(value, values, digits));
  const sizes = values.map(Math.abs).filter((size) => size > 0);
  const [least, largest] = [Math.min(...sizes), Math.max(...sizes)];
  const powers = kind === "log" ? hasPowers(least, largest) : largest >= 1e6 || (sizes.length > 0 && largest < 1e-3);
  return distinct(values, (value, digits) => (powers ? withPower(value, digits) : plain(value, digits)));
}

/** A number in few digits, for texts beside a chart: 0.0123, 1234, 1.2·10⁻⁷. */
export function numberText(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value).replace("-", "−").replace("Infinity", "∞");
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e7) return plain(value, 17);
  return size > 0 && (size < 1e-3 || size >= 1e6) ? withPower(value, digits) : plain(value, digits);
}

/** As many digits as make the values differ, at least six. */
function distinct(values: readonly number[], text: (value: number, digits: number) => string): string[] {
  for (let digits = 6; ; digits++) {
    const texts = values.map((value) => text(value, digits));
    if (digits === 17 || new Set(texts).size === texts.length) return texts;
  }
}

const rounded = (value: number, digits: number): number => Number(value.toPrecision(digits));
const plain = (value: number, digits: number): string => signed(String(rounded(value, digits)));

/** 2·10⁶ for 2000000, 10⁻³ for 0.001. */
function withPower(value: number, digits: number): string {
  if (value === 0) return "0";
  const [mantissa = "", exponent = ""] = rounded(value, digits).toExponential().split("e");
  const power = Number(exponent);
  if (power === 0 || power === 1) return plain(value, digits);
  const raised = String(power).replace(/./g, (sign) => (sign === "-" ? "⁻" : ("⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)] as string)));
  const factor = mantissa.replace(/^(-?)1$/, "$1");
  return signed(`${factor}${/\d/.test(factor) ? "·" : ""}10${raised}`);
}

/** Replaces hyphens by minus signs. */
const signed = (text: string): string => text.replaceAll("-", "−");

/** Seconds in the largest unit in which all values are whole; minutes and seconds as 1:30. */
function timeText(value: number, all: readonly number[], digits: number): string {
  const isWhole = (unit: number): boolean => all.every((one) => Number.isInteger(rounded(one / unit, 12)));
  const most = Math.max(...all.map(Math.abs));
  if (value === 0) return "0";
  if (most >= day && isWhole(day / 4)) return `${plain(value / day, digits)} d`;
  if (most >= hour && isWhole(hour)) return `${plain(value / hour, digits)} h`;
  if (most >= hour && isWhole(minute)) return `${clock(value / minute)} h`;
  if (most >= 2 * minute && isWhole(minute)) return `${plain(value / minute, digits)} min`;
  if (most >= 2 * minute && isWhole(1)) return `${clock(value)} min`;
  return `${plain(value, digits)} s`;
}

/** 90 as 1:30. */
const clock = (count: number): string =>
  `${count < 0 ? "−" : ""}${Math.floor(Math.abs(count) / 60)}:${String(Math.round(Math.abs(count)) % 60).padStart(2, "0")}`;

/** A duration as text: 0.123 s, 12.3 s, 3:05 min, 2:30 h. */
export function durationText(seconds: number): string {
  const size = Math.abs(seconds);
  if (size >= hour) return `${clock(Math.round(seconds / minute))} h`;
  if (size >= 2 * minute) return `${clock(Math.round(seconds))} min`;
  return `${plain(seconds, 3)} s`;
}
