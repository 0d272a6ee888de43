// Reads a coding from JSON, which may come from anywhere: every part is checked.

import { fromText } from "../values/json.js";
import { isRecord, shown } from "../values/options.js";
import { checkNames, TableCoding, type TableCodingData } from "./coding.js";
import type { ColumnCode } from "./columnCode.js";

const where = "tableCodingFrom";

function damaged(what: string): RangeError {
  return new RangeError(`${where}: ${what}. Use what toJSON() of a coding returned.`);
}

/** Checks that a value is an object with exactly these keys. */
function record(what: string, value: unknown, keys: readonly string[]): Record<string, unknown> {
  if (!isRecord(value) || Array.isArray(value)) throw damaged(`${what} is ${shown(value)}, expected an object`);
  const got = Object.keys(value);
  const strange = got.find((key) => !keys.includes(key));
  if (strange !== undefined) throw damaged(`${what} has an unknown member ${shown(strange)}`);
  const missing = keys.find((key) => !got.includes(key));
  if (missing !== undefined) throw damaged(`${what} has no ${missing}`);
  return value as Record<string, unknown>;
}

function oneOf<T>(what: string, value: unknown, known: readonly T[]): T {
  if (known.includes(value as T)) return value as T;
  throw damaged(`${what} is ${shown(value)}, expected ${known.map((item) => shown(item)).join(" or ")}`);
}

function text(what: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw damaged(`${what} is ${shown(value)}, expected text`);
}

function finite(what: string, value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw damaged(`${what} is ${shown(value)}, expected a finite number`);
}

function list(what: string, value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw damaged(`${what} is ${shown(value)}, expected a list`);
}

function codeIn(what: string, value: unknown): ColumnCode {
  const code = isRecord(value) ? (value as { code?: unknown }).code : undefined;
  if (code === "number") {
    const given = record(what, value, ["column", "type", "code", "shift", "scale", "gap"]);
    const scale = finite(`scale of ${what}`, given.scale);
    if (!(scale > 0)) throw damaged(`scale of ${what} is ${scale}, expected a positive number`);
    return {
      column: text(`column of ${what}`, given.column),
      type: oneOf(`type of ${what}`, given.type, ["number", "boolean", "date"] as const),
      code,
      shift: finite(`shift of ${what}`, given.shift),
      scale,
      gap: given.gap === null ? null : finite(`gap of ${what}`, given.gap),
    };
  }
  const given = record(what, value, ["column", "type", "code", "words", "gap", "unknown"]);
  const words = list(`words of ${what}`, given.words).map((word) => text(`a word of ${what}`, word));
  if (words.length === 0 || new Set(words).size < words.length)
    throw damaged(`words of ${what} are ${words.length === 0 ? "none" : "not distinct"}`);
  const unknown = oneOf(`unknown of ${what}`, given.unknown, ["refuse", "zeros"] as const);
  const kind = oneOf(`code of ${what}`, code, ["oneHot", "label"] as const);
  if (unknown === "zeros" && kind === "label")
    throw damaged(`unknown of ${what} is "zeros", expected "refuse" for labels`);
  return {
    column: text(`column of ${what}`, given.column),
    type: oneOf(`type of ${what}`, given.type, ["text", "boolean"] as const),
    code: kind,
    words,
    gap: given.gap === null ? null : oneOf(`gap of ${what}`, given.gap, words),
    unknown,
  };
}

/**
 * Makes a coding again from its data, which may come from an untrusted file: every part is checked.
 *
 * @param data  what `toJSON` of a coding returned, or its text
 * @throws RangeError  the data is not that of a coding; the message names the part
 * @example
 * const table = tableOf([{ mass: 3, kind: "gull" }, { mass: 5, kind: "tern" }]);
 * const text = JSON.stringify(tableCoding(table, { inputs: ["mass"], target: "kind" }));
 * tableCodingFrom(text).inputs({ mass: 5 }).data; // [1]
 */
export function tableCodingFrom(data: unknown): TableCoding {
  const value = fromText(data, damaged);
  const given = record("the coding", value, ["format", "version", "dtype", "inputs", "targets", "weights"]);
  oneOf("format", given.format, ["thalweg.table"]);
  oneOf("version", given.version, [1]);
  const codes = (name: "inputs" | "targets"): ColumnCode[] =>
    list(name, given[name]).map((code, k) => codeIn(`${name}[${k}]`, code));
  const [inputs, targets] = [codes("inputs"), codes("targets")];
  if (inputs.length === 0) throw damaged("inputs is empty");
  for (const names of [inputs, targets]) checkNames(where, names);
  if (targets.length > 1 && targets.some(({ code }) => code !== "number"))
    throw damaged("several targets are not all numbers");
  if (targets.some(({ gap }) => gap !== null)) throw damaged("a target has a gap");
  const dtype = oneOf("dtype", given.dtype, ["f32", "f64"] as const);
  const weights = given.weights === null ? null : text("weights", given.weights);
  const checked: TableCodingData = { format: "thalweg.table", version: 1, dtype, inputs, targets, weights };
  return new TableCoding(checked);
}
