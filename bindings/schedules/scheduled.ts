// Schedules as options and in memory: checks of hyper-parameters, the encoding of descriptions as records of f64 words,
// and the tables with the values of users' functions, which the host fills before every slice.

import * as abi from "../../assembly/abi.js";
import { doubleAt } from "../engine/addresses.js";
import { checkEngine, type Engine } from "../engine/engine.js";
import * as fields from "../engine/recordFields.js";
import { lawSizes } from "../values/contract.js";
import type { Insides, Opaque } from "../values/opaque.js";
import { checkNumber, checkOptions, has, type NumberBounds, wrongKind } from "../values/options.js";

/** Unit of t: completed updates, or completed epochs, both from 0. */
export type ScheduleUnit = "step" | "epoch";

/** Schedule inside another one. */
export interface InnerSchedule {
  readonly schedule: Schedule;
  /** Origin of its t, in the unit of the outer schedule. */
  readonly start: number;
  /** Least t of its own at which it is evaluated; default 0. */
  readonly least?: number;
  /** Largest t of its own at which it is evaluated; default no limit. */
  readonly most?: number;
}

/** Law h(t) as plain data, which can be stored as JSON unless it contains a user's function. */
export interface Schedule extends Opaque<"Schedule"> {
  /** Name of the law in files. @internal */
  readonly schedule: string;
  /** Unit of t. @internal */
  readonly unit: ScheduleUnit;
  /** Code of the law in the core. @internal */
  readonly code: number;
  /** Parameters in the order of the fields of the law's class. @internal */
  readonly fields: readonly number[];
  /** Schedules that it is composed of. @internal */
  readonly inner: readonly InnerSchedule[];
  /** Least and largest value, null if unknown. @internal */
  readonly range: readonly [number, number] | null;
  /** User's function. @internal */
  readonly law?: (t: number) => number;
}

/** Number, schedule, or function of the number of completed updates. */
export type Schedulable = number | Schedule | ((t: number) => number);

/** Option whose value is a schedule. */
export interface Scheduled {
  readonly where: string;
  readonly option: string;
  readonly bounds: NumberBounds;
  readonly schedule: Schedule;
}

/** Hyper-parameter: a number, or an option with a schedule. */
export type Hyper = number | Scheduled;

/** Schedule of a user's function. @internal */
export function userSchedule(name: string, law: (t: number) => number, unit: ScheduleUnit): Schedule {
  const made: Insides<Schedule> = {
    schedule: name,
    unit,
    code: abi.scheduleTable,
    fields: [0, 0, 0],
    inner: [],
    range: null,
    law,
  };
  return made as Schedule;
}

/** True if the fields are valid for the law; a description may come from a file. */
function fits(code: number, fields: readonly number[], inner: number): boolean {
  const [fixed = -1, each = 0, children = 0, childEach = 0] = lawSizes[code] ?? [];
  const listed = each === 0 ? 0 : (fields[fixed - 1] as number);
  if (fields.length !== fixed + each * listed || inner !== children + childEach * listed) return false;
  // Cycles that become shorter and shorter would never end.
  return code !== abi.scheduleWarmRestarts || fields.every((field, k) => (k === 0 || k % 3 === 0 ? field >= 1 : true));
}

/** Maximum depth of nested schedules and maximum number of schedules, because the core evaluates them recursively. */
const nestingLimit = 64;
const scheduleLimit = 4096;

function isLaw(value: unknown, depth = 0, seen = { count: 0 }): value is Schedule {
  if (depth > nestingLimit || ++seen.count > scheduleLimit)
    throw new RangeError(
      `schedule: more than ${nestingLimit} nested, or ${scheduleLimit} in all. Use functionSchedule.`,
    );
  const { schedule, unit, code, fields, inner, law } = value as Partial<Schedule>;
  return (
    typeof schedule === "string" &&
    (unit === "step" || unit === "epoch") &&
    (code === abi.scheduleTable) === (typeof law === "function") &&
    Array.isArray(fields) &&
    fields.every((field) => Number.isFinite(field)) &&
    Array.isArray(inner) &&
    inner.every((child) => Number.isFinite(child?.start) && isLaw(child.schedule ?? {}, depth + 1, seen)) &&
    fits(code as number, fields, inner.length)
  );
}

/** Converts an option to a schedule. @internal */
export function asSchedule(where: string, option: string, value: unknown, unit: ScheduleUnit = "step"): Schedule {
  if (typeof value === "function") return userSchedule("function", value as (t: number) => number, unit);
  if (has(value, "schedule")) {
    if (isLaw(value)) return value;
    throw new TypeError(
      `${where}: ${option} is not a valid schedule, or lost its function in JSON. Make it with a function of this library.`,
    );
  }
  if (typeof value === "number") {
    const fixed = checkNumber(where, option, value, {});
    const range = [fixed, fixed] as const;
    const made: Insides<Schedule> = {
      schedule: "constantSchedule",
      unit,
      code: abi.scheduleConstant,
      fields: [fixed],
      inner: [],
      range,
    };
    return made as Schedule;
  }
  const example = "cosineDecay({ initial: 0.1, length: 1000 })";
  throw wrongKind(where, option, "a schedule, a number or a function of t", value, example);
}

/**
 * Checks a hyper-parameter: a number within bounds, or a schedule with all values within bounds. The values of a schedule
 * may equal an exclusive lower bound, as those of a learning rate that decays to 0, unless `strict` bounds are given.
 * @internal
 */
export function checkHyper(
  where: string,
  option: string,
  value: unknown,
  bounds: NumberBounds,
  strict?: NumberBounds,
): Hyper {
  if (typeof value !== "function" && !has(value, "schedule")) return checkNumber(where, option, value, bounds);
  const schedule = asSchedule(where, option, value);
  const { above, ...rest } = bounds;
  const inside = strict ?? (above === undefined ? bounds : { ...rest, min: above });
  for (const bound of schedule.range ?? [])
    checkNumber(where, `every value of the schedule of ${option}`, bound, inside);
  return { where, option, bounds: inside, schedule };
}

/** Maximum number of steps in a table of a user's function. */
const tableRows = abi.trainerHistoryRecords;

/** Argument of a user's function: t = step − start or epoch − start, clamped to least .. most. */
interface Window {
  readonly start: number;
  readonly least: number;
  readonly most: number;
}

/** Table of a user's function in a record. */
interface Table extends Window {
  readonly scheduled: Scheduled;
  readonly schedule: Schedule;
  /** Index of its first field among the words. */
  readonly first: number;
}

/** Scheduled number: its group and position there, and its record. */
interface Entry {
  readonly group: number;
  readonly index: number;
  readonly record: number;
  readonly scheduled: Scheduled;
}

/**
 * Schedules of a trainer in one block of memory: entries, records, then tables. `groups` lists the numbers of every group
 * in the order in which they lie in memory; those of layers are the last.
 */
export class SchedulePlan {
  readonly entries: readonly Entry[];
  readonly #words: number[] = [];
  readonly #tables: Table[] = [];
  readonly #states: number[] = [];
  readonly #rows: number;
  #block = 0;

  constructor(groups: readonly (readonly Hyper[])[], rows = tableRows) {
    this.#rows = rows;
    const known = new Map<Scheduled, number>();
    this.entries = groups.flatMap((hypers, group) =>
      hypers.flatMap((hyper, index) => {
        if (typeof hyper === "number") return [];
        // An option that several groups share is one record, so that they share its state.
        const record = known.get(hyper) ?? this.#encode(hyper, hyper.schedule, { step: whole, epoch: whole });
        known.set(hyper, record);
        return [{ group, index, record, scheduled: hyper }];
      }),
    );
  }

  #encode(scheduled: Scheduled, schedule: Schedule, windows: Record<ScheduleUnit, Window>): number {
    const at = this.#words.length;
    const first = at + abi.scheduleHeader;
    const unit = schedule.unit === "epoch" ? abi.unitEpoch : abi.unitStep;
    this.#words.push(schedule.code, 0, unit, ...schedule.fields);
    if (schedule.law) this.#tables.push({ scheduled, schedule, first, ...windows[schedule.unit] });
    if (schedule.code === abi.schedulePlateau)
      for (let k = abi.plateauRate; k < abi.plateauBytes; k += 8) this.#states.push(first + k / 8);
    for (const { schedule: child, start, least = 0, most = Number.POSITIVE_INFINITY } of schedule.inner) {
      const outer = windows[schedule.unit];
      const from = Math.max(outer.least - start, least);
      // The value where a warm-up ends may lie beyond the last t of the outer schedule.
      const window = {
        start: outer.start + start,
        least: from,
        most: Math.max(Math.min(outer.most - start, most), from),
      };
      this.#encode(scheduled, child, { ...windows, [schedule.unit]: window });
    }
    this.#words[at + abi.scheduleWords] = this.#words.length - at;
    return at;
  }

  /** Size of the block in bytes. */
  get bytes(): number {
    const { length } = this.entries;
    return length * abi.scheduledBytes + 8 * (this.#words.length + this.#tables.length * this.#rows);
  }

  get #recordsAt(): number {
    return this.#block + this.entries.length * abi.scheduledBytes;
  }

  /**
   * Writes everything to memory at `block`, where `starts` are the addresses of the first number of every group; returns
   * the address of the records and the number of their words.
   */
  place(engine: Engine, block: number, starts: readonly number[]): { records: number; words: number } {
    this.#block = block;
    for (const [k, { group, index, record }] of this.entries.entries())
      engine.write(block + k * abi.scheduledBytes, {
        [fields.scheduledTarget]: (starts[group] as number) + 8 * index,
        [fields.scheduledRecord]: 8 * record,
      });
    engine.doubles.set(this.#words, doubleAt(this.#recordsAt));
    for (const [k, { first }] of this.#tables.entries())
      engine.write(this.#recordsAt + 8 * first, { [fields.tableOffset]: this.#words.length + k * this.#rows - first });
    return { records: this.#recordsAt, words: this.#words.length };
  }

  /** Maximum updates, and epochs, for which users' functions can be looked up at once. */
  get reach(): number {
    return this.#tables.length > 0 ? this.#rows : Number.POSITIVE_INFINITY;
  }

  /** Evaluates users' functions for the next `steps` updates and the next `epochs` epochs, beginning with the current ones. */
  lookUp(engine: Engine, step: number, epoch: number, steps: number, epochs: number): void {
    for (const [k, { scheduled, schedule, first, start, least, most }] of this.#tables.entries()) {
      const { where, option, bounds } = scheduled;
      const law = schedule.law as (t: number) => number;
      const [now, count] = schedule.unit === "epoch" ? [epoch, epochs] : [step, steps];
      const from = now - start;
      const rows = Math.min(count, this.#rows);
      const values = new Float64Array(rows);
      let last = Number.NaN;
      for (let row = 0; row < rows; row++) {
        const t = Math.min(Math.max(from + row, least), most);
        if (t === last) values[row] = values[row - 1] as number;
        else
          values[row] = checkNumber(
            where,
            `the value of the function of ${option} at ${schedule.unit} ${t}`,
            law(t),
            schedule === scheduled.schedule ? bounds : {},
          );
        last = t;
      }
      const records = this.#recordsAt;
      engine.write(records + 8 * first, { [fields.tableFirst]: from, [fields.tableCount]: rows });
      engine.doubles.set(values, doubleAt(records) + this.#words.length + k * this.#rows);
    }
  }

  /** Name of the option that entry k drives. */
  nameOf(k: number): string {
    return this.entries[k]?.scheduled.option ?? "?";
  }

  /** Text that lists the scheduled options with their schedules. */
  describe(): string {
    const name = (schedule: Schedule): string =>
      schedule.law
        ? "external"
        : schedule.schedule +
          (schedule.inner.length > 0 ? `(${schedule.inner.map((child) => name(child.schedule)).join(", ")})` : "");
    return this.entries
      .map(({ group, scheduled }) => `${group}.${scheduled.option}=${name(scheduled.schedule)}`)
      .join(" ");
  }

  /** Copies the records, with cleared tables. */
  save(engine: Engine): Float64Array {
    const at = doubleAt(this.#recordsAt);
    const words = engine.doubles.slice(at, at + this.#words.length);
    for (const { first } of this.#tables) words.fill(0, first, first + abi.tableBytes / 8);
    return words;
  }

  /** Name of the first option whose saved record differs from this plan, or null if the records can be restored. */
  mismatch(words: ArrayLike<number>): string | null {
    const wanted = [...this.#words];
    for (const { first } of this.#tables) wanted.fill(0, first, first + abi.tableBytes / 8);
    const owner = (word: number): string =>
      this.entries.findLast(({ record }) => record <= word)?.scheduled.option ?? "?";
    if (words.length !== wanted.length) return owner(Math.min(words.length, wanted.length));
    const states = new Set(this.#states);
    // State that depends on losses may have any value, but the learning rate must be finite.
    const rates = new Set(this.#states.filter((_, k) => k % ((abi.plateauBytes - abi.plateauRate) / 8) === 0));
    const at = wanted.findIndex((word, k) =>
      rates.has(k) ? !Number.isFinite(words[k]) : !states.has(k) && !Object.is(word, words[k]),
    );
    return at < 0 ? null : owner(at);
  }

  /** Restores the state of saved records. */
  restore(engine: Engine, words: ArrayLike<number>): void {
    for (const k of this.#states) engine.doubles[doubleAt(this.#recordsAt) + k] = words[k] as number;
  }
}

const whole: Window = { start: 0, least: 0, most: Number.POSITIVE_INFINITY };

/** Options of `scheduleValues`. */
export interface ScheduleValuesOptions {
  /** Number of updates of an epoch, ≥ 1, for schedules in epochs; default 1. */
  readonly stepsPerEpoch?: number;
  /** Losses observed at the ends of the epochs, for plateaus; default none. */
  readonly losses?: readonly number[];
}

/**
 * Evaluates a schedule in the core: h(0), h(1), ... for the first `count` updates.
 *
 * @param schedule  a schedule, a number or a function of t
 * @param count     number of updates, ≥ 1
 * @param options   stepsPerEpoch, losses
 * @returns         values [count]
 * @throws TypeError   an argument is of the wrong kind
 * @throws RangeError  count or stepsPerEpoch is below 1, or a function returns a number that is not finite
 * @example
 * scheduleValues(engine, stepDecay({ initial: 1, length: 2, factor: 0.5 }), 5); // [1,1,0.5,0.5,0.25]
 */
export function scheduleValues(
  engine: Engine,
  schedule: Schedulable,
  count: number,
  options: ScheduleValuesOptions = {},
): Float64Array {
  const where = "scheduleValues";
  checkEngine(where, engine);
  checkOptions(where, options, ["stepsPerEpoch", "losses"]);
  checkNumber(where, "count", count, { min: 1, integer: true });
  const { stepsPerEpoch = 1, losses = [] } = options;
  checkNumber(where, "stepsPerEpoch", stepsPerEpoch, { min: 1, integer: true });
  if (!Array.isArray(losses) || !losses.every((loss) => typeof loss === "number"))
    throw wrongKind(where, "losses", "an array of numbers", losses);
  const scheduled = { where, option: "schedule", bounds: {}, schedule: asSchedule(where, "schedule", schedule) };
  const plan = new SchedulePlan([[scheduled]], count);
  return engine.borrow(plan.bytes + 8 * (count + losses.length), (block) => {
    const { records } = plan.place(engine, block, [block]);
    const out = block + plan.bytes;
    const lossesAt = out + 8 * count;
    plan.lookUp(engine, 0, 0, count, Math.ceil(count / stepsPerEpoch));
    engine.doubles.set(losses, doubleAt(lossesAt));
    // Limited to 32 bits; no table is longer than that.
    const epoch = Math.min(stepsPerEpoch, 2 ** 32 - 1);
    engine.call((core) => core.tabulateSchedule(records, out, count, epoch, lossesAt, losses.length));
    return engine.doubles.slice(doubleAt(out), doubleAt(out) + count);
  });
}
