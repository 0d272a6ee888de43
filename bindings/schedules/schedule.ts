// What every description of a schedule is made of: h(t) for t = 0, 1, ..., evaluated in the core. Any numeric option of an
// optimizer takes one. The first update sees t = 0.

import { type Given, inOrder, type Registered } from "../engine/fields.js";
import { lawScaled } from "../values/contract.js";
import type { Insides } from "../values/opaque.js";
import { checkChoice, checkNumber, wrongKind } from "../values/options.js";
import type { InnerSchedule, Schedule, ScheduleUnit } from "./scheduled.js";

/** What every schedule takes. */
export interface ScheduleOptions {
  /** What t counts: updates done, or epochs finished; default "step". */
  readonly unit?: ScheduleUnit;
}

const units = ["step", "epoch"] as const;

export const count = { min: 1, integer: true } as const;

export type Range = Schedule["range"];

/** Least and largest of these, null if one of them is not finite. */
export function hull(...values: readonly number[]): Range {
  const range = [Math.min(...values), Math.max(...values)] as const;
  return range.every(Number.isFinite) ? range : null;
}

/** What stands behind the fields of a law: numbers, of which its last field is the count, and schedules. */
interface Behind {
  /** Name in files, where it is not that of the function. */
  readonly saved?: string;
  readonly list?: readonly number[];
  readonly inner?: readonly InnerSchedule[];
}

/** A description of a law by the fields of its class; what the law remembers starts at 0. */
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

/** h(t) = f(t) g(t), in the unit of g. */
export function product(scaled: Schedule, by: Schedule): Schedule {
  const [a, b] = [scaled.range, by.range];
  const range = a && b ? hull(...a.flatMap((x) => b.map((y) => x * y))) : null;
  const inner = [scaled, by].map((child) => ({ schedule: child, start: 0 }));
  return describe("scaleSchedule", lawScaled, { unit: scaled.unit }, {}, range, { inner });
}

/** What comes next must not depend on an option that was left out. */
export function number(where: string, option: string, value: unknown): number {
  return checkNumber(where, option, value, {});
}

export function checkAscending(where: string, option: string, values: unknown): void {
  if (!Array.isArray(values) || values.length === 0)
    throw wrongKind(where, option, "an array of whole numbers", values);
  for (const [k, value] of values.entries()) {
    checkNumber(where, option, value, count);
    if (k > 0 && value <= values[k - 1])
      throw new RangeError(`${where}: ${option} must ascend, got ${values[k - 1]} before ${value}. Sort them.`);
  }
}
