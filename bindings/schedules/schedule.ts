// Descriptions of schedules: h(t) for t = 0, 1, ..., evaluated in the core. Any numeric option of an optimizer can be a
// schedule. The first update has t = 0.

import { type Given, inOrder, type Registered } from "../engine/fields.js";
import { lawScaled } from "../values/contract.js";
import type { Insides } from "../values/opaque.js";
import { checkChoice, checkNumber, wrongKind } from "../values/options.js";
import type { InnerSchedule, Schedule, ScheduleUnit } from "./scheduled.js";

/** Options of every schedule. */
export interface ScheduleOptions {
  /** Unit of t: "step" (default), completed updates, or "epoch", completed epochs. */
  readonly unit?: ScheduleUnit;
}

const units = ["step", "epoch"] as const;

/** Bounds of lengths. */
export const count = { min: 1, integer: true } as const;

/** Least and largest value, null if unknown or infinite. */
export type Range = Schedule["range"];

/** Range of some values, null if one is not finite. */
export function hull(...values: readonly number[]): Range {
  const range = [Math.min(...values), Math.max(...values)] as const;
  return range.every(Number.isFinite) ? range : null;
}

/** Data after the fields of a law: a list of numbers, whose length the law's last field has, and inner schedules. */
interface Behind {
  /** Name in files, where it is not that of the function. */
  readonly saved?: string;
  readonly list?: readonly number[];
  readonly inner?: readonly InnerSchedule[];
}

/** Describes a law by the fields of its class; its state starts at 0. */
export function describe<Law extends Registered & { readonly states?: number }, Got>(
  name: string,
  law: Law,
  { unit = "step" }: ScheduleOptions,
  given: Got & Given<Law, number, Got>,
  range: Range,
  { saved = name, list = [], inner = [] }: Behind = {},
): Schedule {
  const fields = [...inOrder<number>(law, given), ...new Array<number>(law.states ?? 0).fill(0), ...list];
  const counted = checkChoice(name, "unit", unit, units);
  const made: Insides<Schedule> = { schedule: saved, unit: counted, code: law.code, fields, inner, range };
  return made as Schedule;
}

/** Product h(t) = f(t) g(t), in the unit of g. */
export function product(scaled: Schedule, by: Schedule): Schedule {
  const [a, b] = [scaled.range, by.range];
  const range = a && b ? hull(...a.flatMap((x) => b.map((y) => x * y))) : null;
  const inner = [scaled, by].map((child) => ({ schedule: child, start: 0 }));
  return describe("scaleSchedule", lawScaled, { unit: scaled.unit }, {}, range, { inner });
}

/** Checks that a required option is a finite number. */
export function number(where: string, option: string, value: unknown): number {
  return checkNumber(where, option, value, {});
}

/** Checks that an option is a list of ascending integers ≥ 1. */
export function checkAscending(where: string, option: string, values: unknown): void {
  if (!Array.isArray(values) || values.length === 0)
    throw wrongKind(where, option, "an array of whole numbers", values);
  for (const [k, value] of values.entries()) {
    checkNumber(where, option, value, count);
    if (k > 0 && value <= values[k - 1])
      throw new RangeError(`${where}: ${option} must ascend, got ${values[k - 1]} before ${value}. Sort them.`);
  }
}
