// Schedules on their way into the core: what an option takes, how a description becomes a record of f64 words, and the
// values of users' functions, which the host looks up for every slice.

import * as abi from "../../assembly/abi.js";
import { doubleAt } from "../engine/addresses.js";
import { checkEngine, type Engine } from "../engine/engine.js";
import * as fields from "../engine/recordFields.js";
import { lawSizes } from "../values/contract.js";
import type { Insides, Opaque } from "../values/opaque.js";
import { checkNumber, checkOptions, has, type NumberBounds, wrongKind } from "../values/options.js";

/** What t counts: updates done, or epochs finished; both from 0. */
export type ScheduleUnit = "step" | "epoch";

/** A schedule inside another. */
export interface InnerSchedule {
  readonly schedule: Schedule;
  /** Where its t begins, in the unit of the outer schedule. */
  readonly start: number;
  /** Least and largest t, of its own, at which it is asked. */
  readonly least?: number;
  readonly most?: number;
}

/**
 * A law h(t) as data, for every option that takes one: plain values that survive JSON, except for a user's function.
 */
export interface Schedule extends Opaque<"Schedule"> {
  /** Name of the law in files. @internal */
  readonly schedule: string;
  /** @internal */
  readonly unit: ScheduleUnit;
  /** Code of the law. @internal */
  readonly code: number;
  /** Its parameters as the law's class lists them. @internal */
  readonly fields: readonly number[];
  /** @internal */
  readonly inner: readonly InnerSchedule[];
  /** Least and largest value, null if they are not known. @internal */
  readonly range: readonly [number, number] | null;
  /** The user's own law. @internal */
  readonly law?: (t: number) => number;
}

/** A number, a schedule, or a function of the updates done. */
export type Schedulable = number | Schedule | ((t: number) => number);

/** An option that follows a schedule. */
export interface Scheduled {
  readonly where: string;
  readonly option: string;
  readonly bounds: NumberBounds;
  readonly schedule: Schedule;
}

/** A hyper-parameter: a number, or what it follows. */
export type Hyper = number | Scheduled;

/** A user's function as a schedule. @internal */
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

/** Whether the core can read the fields: a description may come from a file. */
function fits(code: number, fields: readonly number[], inner: number): boolean {
  const [fixed = -1, each = 0, children = 0, childEach = 0] = lawSizes[code] ?? [];
  const listed = each === 0 ? 0 : (fields[fixed - 1] as number);
  if (fields.length !== fixed + each * listed || inner !== children + childEach * listed) return false;
  // Shorter and shorter cycles would never end.
  return code !== abi.scheduleWarmRestarts || fields.every((field, k) => (k === 0 || k % 3 === 0 ? field >= 1 : true));
}

/** Schedules one inside the other, and in all: the core calls itself for each. */
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

/** A schedule from what stands where one may be given. @internal */
export function asSchedule(where: string, option: string, value: unknown, unit: ScheduleUnit = "step"): Schedule {
  if (typeof value === "function") return userSchedule("function", value as (t: number) => number, unit);
  if (has(value, "schedule")) {
    if (isLaw(value)) return value;
    throw new TypeError(
      `${where}: ${option} is not a schedule that this library made, or it lost its function as JSON. Make it again.`,
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
 * A hyper-parameter: a number within bounds, or a schedule all of whose values are. A schedule may touch an open lower
 * bound, as a rate that decays to 0 does, unless `strict` bounds are given. @internal
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

/** The largest number of steps for which users' functions are looked up at once. */
const tableRows = abi.trainerHistoryRecords;

/** What a user's function is asked: t = count − start, no less than `least` and no more than `most`. */
interface Window {
  readonly start: number;
  readonly least: number;
  readonly most: number;
}

/** A user's function in a record. */
interface Table extends Window {
  readonly scheduled: Scheduled;
  readonly schedule: Schedule;
  /** First word of its fields. */
  readonly fields: number;
}

/** What a number follows: its group and its place there, and the record. */
interface Entry {
  readonly group: number;
  readonly index: number;
  readonly record: number;
  readonly scheduled: Scheduled;
}

/**
 * The schedules of a trainer: entries, then records, then tables, in one block of memory. `groups` lists the numbers of
 * every group as they follow each other in memory; those of layers are the last.
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
        // One option on several groups is one record, so that all of them see one state.
        const record = known.get(hyper) ?? this.#encode(hyper, hyper.schedule, { step: whole, epoch: whole });
        known.set(hyper, record);
        return [{ group, index, record, scheduled: hyper }];
      }),
    );
  }

  #encode(scheduled: Scheduled, schedule: Schedule, windows: Record<ScheduleUnit, Window>): number {
    const at = this.#words.length;
    const fields = at + abi.scheduleHeader;
    const unit = schedule.unit === "epoch" ? abi.unitEpoch : abi.unitStep;
    this.#words.push(schedule.code, 0, unit, ...schedule.fields);
    if (schedule.law) this.#tables.push({ scheduled, schedule, fields, ...windows[schedule.unit] });
    if (schedule.code === abi.schedulePlateau)
      for (let k = abi.plateauRate; k < abi.plateauBytes; k += 8) this.#states.push(fields + k / 8);
    for (const { schedule: child, start, least = 0, most = Number.POSITIVE_INFINITY } of schedule.inner) {
      const outer = windows[schedule.unit];
      const window = {
        start: outer.start + start,
        least: Math.max(outer.least - start, least),
        most: Math.min(outer.most - start, most),
      };
      this.#encode(scheduled, child, { ...windows, [schedule.unit]: window });
    }
    this.#words[at + abi.scheduleWords] = this.#words.length - at;
    return at;
  }

  /** Bytes of the block. */
  get bytes(): number {
    const { length } = this.entries;
    return length * abi.scheduledBytes + 8 * (this.#words.length + this.#tables.length * this.#rows);
  }

  get #recordsAt(): number {
    return this.#block + this.entries.length * abi.scheduledBytes;
  }

  /**
   * Writes everything into memory at `block`; `starts` are the addresses of the first number of every group. Returns where
   * the records begin and how many words they have.
   */
  place(engine: Engine, block: number, starts: readonly number[]): { records: number; words: number } {
    this.#block = block;
    for (const [k, { group, index, record }] of this.entries.entries())
      engine.write(block + k * abi.scheduledBytes, {
        [fields.scheduledTarget]: (starts[group] as number) + 8 * index,
        [fields.scheduledRecord]: 8 * record,
      });
    engine.doubles.set(this.#words, doubleAt(this.#recordsAt));
    for (const [k, { fields }] of this.#tables.entries()) {
      const offset = this.#words.length + k * this.#rows - fields;
      engine.doubles[doubleAt(this.#recordsAt) + fields + abi.tableOffset / 8] = offset;
    }
    return { records: this.#recordsAt, words: this.#words.length };
  }

  /** Steps for which users' functions can be looked up at once. */
  get reach(): number {
    return this.#tables.length > 0 ? this.#rows : Number.POSITIVE_INFINITY;
  }

  /** Looks users' functions up for `count` steps from here. */
  lookUp(engine: Engine, step: number, epoch: number, count: number): void {
    for (const [k, { scheduled, schedule, fields, start, least, most }] of this.#tables.entries()) {
      const { where, option, bounds } = scheduled;
      const law = schedule.law as (t: number) => number;
      const from = (schedule.unit === "epoch" ? epoch : step) - start;
      const rows = Math.min(count, this.#rows);
      const values = new Float64Array(rows);
      let asked = Number.NaN;
      for (let row = 0; row < rows; row++) {
        const t = Math.min(Math.max(from + row, least), most);
        if (t === asked) values[row] = values[row - 1] as number;
        else
          values[row] = checkNumber(
            where,
            `what the function of ${option} answers at ${schedule.unit} ${t}`,
            law(t),
            schedule === scheduled.schedule ? bounds : {},
          );
        asked = t;
      }
      const { doubles } = engine;
      const records = doubleAt(this.#recordsAt);
      doubles[records + fields + abi.tableFirst / 8] = from;
      doubles[records + fields + abi.tableCount / 8] = rows;
      doubles.set(values, records + this.#words.length + k * this.#rows);
    }
  }

  /** The option that entry k drives. */
  nameOf(k: number): string {
    return this.entries[k]?.scheduled.option ?? "?";
  }

  /** Which option follows what. */
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

  /** The records as they stand, without what changes from slice to slice. */
  save(engine: Engine): Float64Array {
    const at = doubleAt(this.#recordsAt);
    const words = engine.doubles.slice(at, at + this.#words.length);
    for (const { fields } of this.#tables) words.fill(0, fields, fields + abi.tableBytes / 8);
    return words;
  }

  /** The name of what keeps saved records from being taken up, or null. */
  mismatch(words: ArrayLike<number>): string | null {
    const wanted = [...this.#words];
    for (const { fields } of this.#tables) wanted.fill(0, fields, fields + abi.tableBytes / 8);
    const owner = (word: number): string =>
      this.entries.findLast(({ record }) => record <= word)?.scheduled.option ?? "?";
    if (words.length !== wanted.length) return owner(Math.min(words.length, wanted.length));
    const states = new Set(this.#states);
    // Of the state, what a loss decides may be anything; the rate may not.
    const rates = new Set(this.#states.filter((_, k) => k % ((abi.plateauBytes - abi.plateauRate) / 8) === 0));
    const at = wanted.findIndex((word, k) =>
      rates.has(k) ? !Number.isFinite(words[k]) : !states.has(k) && !Object.is(word, words[k]),
    );
    return at < 0 ? null : owner(at);
  }

  /** Takes up the state of saved records. */
  restore(engine: Engine, words: ArrayLike<number>): void {
    for (const k of this.#states) engine.doubles[doubleAt(this.#recordsAt) + k] = words[k] as number;
  }
}

const whole: Window = { start: 0, least: 0, most: Number.POSITIVE_INFINITY };

export interface ScheduleValuesOptions {
  /** Updates of an epoch, ≥ 1, for schedules that count epochs; default 1. */
  readonly stepsPerEpoch?: number;
  /** Losses with which the epochs end, for plateaus; default none. */
  readonly losses?: readonly number[];
}

/**
 * The values h(0), h(1), ... of a schedule for the first `count` updates, as the core computes them.
 *
 * @param schedule  a schedule, or a function of t
 * @param count     how many, ≥ 1
 * @param options   stepsPerEpoch and losses
 * @throws RangeError  count or stepsPerEpoch below 1, or a function that answers no finite number
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
    plan.lookUp(engine, 0, 0, count);
    engine.doubles.set(losses, doubleAt(lossesAt));
    // No schedule is as long as an epoch of 2^32 steps.
    const epoch = Math.min(stepsPerEpoch, 2 ** 32 - 1);
    engine.call((core) => core.tabulateSchedule(records, out, count, epoch, lossesAt, losses.length));
    return engine.doubles.slice(doubleAt(out), doubleAt(out) + count);
  });
}
