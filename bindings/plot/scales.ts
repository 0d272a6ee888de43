// Scales: where a value lies, which value lies somewhere, and ticks with texts.

import { scaleLinear, scaleLog } from "d3-scale";
import { checkChoice, checkNumber, checkOptions, shown } from "../values/options.js";
import { type AxisRange, checkRange, type ScaleKind, scaleKinds } from "./ranges.js";
import { durationText, numberText, tickTexts, tickValues } from "./ticks.js";

/** Tick of a scale. */
export interface PlotTick {
  /** Value that it marks. */
  readonly value: number;
  /** Position in the units of the scale's positions. */
  readonly at: number;
  /** Text; those of one scale are all different. */
  readonly text: string;
}

/** Scale: a function from values to positions, with its inverse and its ticks. */
export interface PlotScale {
  /** Position of a value; not clamped. @param value  value, also outside the range */
  (value: number): number;
  /** Kind of the scale. */
  readonly kind: ScaleKind;
  /** Least and largest value. */
  readonly range: AxisRange;
  /** Positions of these. */
  readonly positions: readonly [number, number];
  /** Ticks at round numbers, ascending. */
  readonly ticks: readonly PlotTick[];
  /** Value at a position. @param position  position, also outside those of the range */
  invert(position: number): number;
  /** Text of a value. @param value  a number, written in four digits; on a scale of time seconds, written as a duration */
  text(value: number): string;
}

/** Options of a scale. */
export interface PlotScaleOptions {
  /**
   * About as many ticks, ≥ 2; default one for every 70 units of a scale whose positions ascend, and for every 45 of one whose
   * positions descend, as those of a vertical axis do on a screen.
   */
  readonly ticks?: number;
  /** True for ticks at integers alone, if there are any; default false. */
  readonly whole?: boolean;
}

/**
 * Scale from values to positions: linear; "log", where equal factors are equal distances; or "time", linear in seconds with
 * ticks at whole seconds, minutes, hours or days. Texts of ticks have as many digits as make them differ.
 *
 * @param kind       "linear", "log" or "time"
 * @param range      least and largest value, ascending; positive for "log"
 * @param positions  their positions: [0, width] for a horizontal axis, [height, 0] for a vertical one
 * @param options    ticks, whole
 * @throws TypeError   range or positions are not two numbers
 * @throws RangeError  kind is none of the three, range does not ascend, or is not positive for "log"
 * @example
 * const x = plotScale("log", [0.001, 1], [0, 300]);
 * x(1); // 300
 * x.text(x.invert(200)); // "0.1"
 * x.ticks.map(({ text }) => text); // ["0.001", "0.01", "0.1", "1"]
 */
export function plotScale(
  kind: ScaleKind,
  range: AxisRange,
  positions: readonly [number, number],
  options: PlotScaleOptions = {},
): PlotScale {
  const where = "plotScale";
  checkChoice(where, "kind", kind, scaleKinds);
  checkRange(where, "range", range, kind);
  if (!Array.isArray(positions) || positions.length !== 2 || !positions.every(Number.isFinite))
    throw new TypeError(`${where}: positions must be two numbers, got ${shown(positions)}.`);
  checkOptions(where, options, ["ticks", "whole"]);
  const { ticks, whole = false } = options;
  if (ticks !== undefined) checkNumber(where, "ticks", ticks, { min: 2, below: 1000 });
  return scaleOf(kind, range, positions[0], positions[1], { ...(ticks ? { ticks } : {}), whole });
}

/** Implements plotScale for checked arguments. @internal */
export function scaleOf(
  kind: ScaleKind,
  range: AxisRange,
  from: number,
  to: number,
  { ticks, whole = false }: PlotScaleOptions = {},
): PlotScale {
  const law = (kind === "log" ? scaleLog : scaleLinear)([...range], [from, to]);
  const wanted = ticks ?? Math.max(3, Math.floor(Math.abs(to - from) / (from < to ? 70 : 45)));
  const values = tickValues(kind, range, wanted, whole);
  const texts = tickTexts(kind, values);
  return Object.assign((value: number) => law(value), {
    kind,
    range,
    positions: [from, to] as const,
    ticks: values.map((value, k) => ({ value, at: law(value), text: texts[k] as string })),
    invert: (position: number) => law.invert(position),
    text: kind === "time" ? durationText : (value: number) => numberText(value),
  });
}
