// Chooses the code of a column by the rows of the training table.

import { centerScaling, minMaxScaling, standardScaling } from "../data/scaling.js";
import { areTexts, checkChoice, checkOptions, isRecord, shown, wrongKind } from "../values/options.js";
import { isGap, type TableColumn } from "./column.js";
import { type ColumnCode, gapError, listed, truths, type WordCode } from "./columnCode.js";
import { dateIn } from "./numerals.js";
import type { Table } from "./table.js";

/** Number or word in place of a gap: a statistic of the training rows, or a constant. */
export type GapRule =
  | "refuse"
  | "mean"
  | "median"
  | "mostFrequent"
  | {
      /** Number or word in place of a gap. */
      readonly constant: number | string | boolean;
    };

/** Default options of inputs; each counts for the columns whose type it fits. */
export interface CodingDefaults {
  /** Treatment of gaps: "refuse" (default) throws when rows are coded; else what replaces them. */
  readonly gaps?: GapRule;
  /** Scaling of numbers and dates: standardScaling, minMaxScaling or none; default "standard" for inputs, "none" for targets. */
  readonly scale?: "standard" | "minMax" | "none";
  /** Treatment of a word that is not in the training rows: "refuse" (default) throws, "zeros" sets its one-hot features to 0. */
  readonly unknown?: "refuse" | "zeros";
}

/** A column and how it is coded. */
export interface ColumnCoding extends CodingDefaults {
  /** Name of the column. */
  readonly column: string;
  /** Text as one feature of 0 or 1 for each word, or as the index of its word; default "oneHot" for inputs, "label" for a target. */
  readonly code?: "oneHot" | "label";
  /** All words of a column of text, in the order of their indices; default those of the training rows, sorted. */
  readonly categories?: readonly string[];
}

const scales = ["standard", "minMax", "none"] as const;
const rules = ["refuse", "mean", "median", "mostFrequent"] as const;
export const defaultNames = ["gaps", "scale", "unknown"] as const;

/** Checks the options that a column and a coding share. */
export function checkDefaults(where: string, { gaps, scale, unknown }: CodingDefaults): void {
  if (typeof gaps === "object") checkOptions(`${where}: gaps`, gaps, ["constant"]);
  else if (gaps !== undefined) checkChoice(where, "gaps", gaps, rules);
  if (scale !== undefined) checkChoice(where, "scale", scale, scales);
  if (unknown !== undefined) checkChoice(where, "unknown", unknown, ["refuse", "zeros"]);
}

/** The options of a column given by its name or with options. */
export function columnCoding(where: string, given: unknown): ColumnCoding {
  if (typeof given === "string") return { column: given };
  if (!isRecord(given) || Array.isArray(given))
    throw wrongKind(where, "a column", "its name or { column, ... }", given, '{ column: "age", gaps: "median" }');
  const coding = given as ColumnCoding;
  checkOptions(where, coding, ["column", "code", "categories", ...defaultNames]);
  if (typeof coding.column !== "string") throw wrongKind(where, "column", "a name", coding.column);
  const named = `${where}: column ${shown(coding.column)}`;
  checkDefaults(named, coding);
  if (coding.code !== undefined) checkChoice(named, "code", coding.code, ["oneHot", "label"]);
  const { categories } = coding;
  if (categories === undefined) return coding;
  if (!areTexts(categories) || categories.length === 0)
    throw wrongKind(named, "categories", "a list of words", categories);
  if (new Set(categories).size < categories.length)
    throw new RangeError(`${named}: categories lists a word twice: got ${listed(categories)}. Leave one out.`);
  return coding;
}

/** Fits the code of a column to the training rows. */
export function fitCode(
  where: string,
  table: Table,
  coding: ColumnCoding,
  target: boolean,
  dtype: "f32" | "f64",
): ColumnCode {
  const column = table.find(where, coding.column);
  const named = `${where}: column ${shown(coding.column)}`;
  if (table.rows === 0) throw new RangeError(`${named}: the table has no rows. Give the training rows.`);
  const { code, categories } = coding;
  if (column.note !== null && categories === undefined)
    throw new RangeError(
      `${named}: ${column.note}. Read the table with { types: { ${JSON.stringify(coding.column)}: "text" } } if all of it is ` +
        "text, or name the words that are gaps in { gaps }.",
    );
  if (target && (column.gaps > 0 || (coding.gaps ?? "refuse") !== "refuse")) {
    let row = 0;
    while (row < table.rows - 1 && !isGap(column, row)) row++;
    if (isGap(column, row)) throw gapError(where, coding.column, table.place(row));
    throw new RangeError(`${named}: gaps of a target are not filled. Leave { gaps } out.`);
  }
  if (column.gaps === table.rows)
    throw new RangeError(`${named}: all ${table.rows} rows are gaps. Leave the column out.`);
  if (column.codes || (target && column.type === "boolean")) return fitWords(named, column, coding, target);
  if (code !== undefined || categories !== undefined || (coding.unknown === "zeros" && column.type !== "boolean"))
    throw new RangeError(
      `${named}: code, categories and unknown are for text, got a column of type "${column.type}". Leave them out, or read the ` +
        `table with { types: { ${JSON.stringify(coding.column)}: "text" } }.`,
    );
  return fitNumbers(named, column, coding, target, dtype);
}

function fitNumbers(
  where: string,
  column: TableColumn,
  coding: ColumnCoding,
  target: boolean,
  dtype: "f32" | "f64",
): ColumnCode {
  const type = column.type as "number" | "boolean" | "date";
  const values = (column.numbers as Float64Array).filter((value) => !Number.isNaN(value));
  const { scale = target || type === "boolean" ? "none" : "standard" } = coding;
  if (type === "date" && scale === "none" && dtype === "f32")
    throw new RangeError(
      `${where}: dates that are not scaled are rounded to minutes in f32. Give { scale: "standard" }, or dtype "f64".`,
    );
  let [shift, by] = [0, 1];
  try {
    const scaling = scale === "none" ? null : (scale === "standard" ? standardScaling : minMaxScaling)(values);
    if (scaling) [shift, by] = [scaling.shift[0] as number, scaling.scale[0] as number];
  } catch (error) {
    throw new RangeError(`${where}: ${(error as Error).message}`, { cause: error });
  }
  return {
    column: column.name,
    type,
    code: "number",
    shift,
    scale: by,
    gap: filling(where, type, values, coding.gaps),
  };
}

/** Number in place of a gap. */
function filling(where: string, type: string, values: Float64Array, rule: GapRule = "refuse"): number | null {
  if (rule === "refuse") return null;
  if (typeof rule === "object") {
    const { constant } = rule;
    const value = type === "date" && typeof constant === "string" ? dateIn(constant) : Number(constant);
    if (
      typeof constant === (type === "boolean" ? "boolean" : type === "date" ? "string" : "number") &&
      Number.isFinite(value)
    )
      return value;
    throw wrongKind(where, "the constant", type === "date" ? "an ISO date" : `a ${type}`, constant);
  }
  if (type === "boolean" && rule !== "mostFrequent")
    throw new RangeError(`${where}: booleans have no ${rule}. Give gaps: "mostFrequent" or { constant }.`);
  if (rule === "mean") return centerScaling(values).shift[0] as number;
  const sorted = values.slice().sort();
  const half = Math.floor(sorted.length / 2);
  if (rule === "median")
    return sorted.length % 2 ? (sorted[half] as number) : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
  let [most, best] = [0, 0];
  for (let k = 0, run = 0; k < sorted.length; k++) {
    run = sorted[k] === sorted[k - 1] ? run + 1 : 1;
    if (run > most) [most, best] = [run, sorted[k] as number];
  }
  return best;
}

function fitWords(where: string, column: TableColumn, coding: ColumnCoding, target: boolean): WordCode {
  const counts = new Map<string, number>();
  const codes = column.codes ?? (column.numbers as Float64Array);
  const words = column.codes ? column.words : truths;
  for (const code of codes)
    if (code >= 0) counts.set(words[code] as string, (counts.get(words[code] as string) ?? 0) + 1);
  const seen = [...counts.keys()].sort();
  const { scale, gaps = "refuse", code = target ? "label" : "oneHot", unknown = "refuse" } = coding;
  if (scale !== undefined && scale !== "none")
    throw new RangeError(`${where}: text is not scaled, got scale "${scale}". Leave it out.`);
  if (unknown === "zeros" && (target || code === "label"))
    throw new RangeError(`${where}: unknown: "zeros" is for one-hot inputs. Leave it out.`);
  let gap: string | null = null;
  if (typeof gaps === "object") {
    if (typeof gaps.constant !== "string") throw wrongKind(where, "the constant", "a word", gaps.constant);
    gap = gaps.constant;
  } else if (gaps === "mostFrequent") gap = seen.reduce((best, word) => (count(word) > count(best) ? word : best));
  else if (gaps !== "refuse")
    throw new RangeError(`${where}: text has no ${gaps}. Give gaps: "mostFrequent" or { constant }.`);
  function count(word: string): number {
    return counts.get(word) as number;
  }
  const list = coding.categories ?? [...new Set(gap === null ? seen : [...seen, gap])].sort();
  const strange = seen.find((word) => !list.includes(word));
  if (strange !== undefined && unknown === "refuse")
    throw new RangeError(
      `${where}: got ${shown(strange)}, expected one of the categories ${listed(list)}. Add it to them.`,
    );
  if (gap !== null && !list.includes(gap))
    throw new RangeError(
      `${where}: gaps become ${shown(gap)}, which is none of the categories ${listed(list)}. Add it to them.`,
    );
  const type = column.codes ? "text" : "boolean";
  return { column: column.name, type, code, words: list, gap, unknown };
}
