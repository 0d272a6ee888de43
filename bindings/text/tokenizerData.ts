// Tokenizers as plain data, which travel in a model's file, and the checks of data that may come from anywhere.

import { fromText } from "../values/json.js";
import { isRecord, shown } from "../values/options.js";
import type { Merge } from "./bytePairs.js";
import type { TokenizerKind } from "./pieces.js";

/** Id of the token that fills a row behind its text. */
export const padding = 0;
/** Id of the token of all that the vocabulary lacks. */
export const unknown = 1;
/** Id of the first token of a vocabulary. */
export const firstToken = 2;

/** A tokenizer as plain data: what `toJSON` returns and `tokenizerFrom` takes. */
export interface TokenizerData {
  /** Name of the format. */
  readonly format: "thalweg.tokenizer";
  /** Version of the format. */
  readonly version: 1;
  /** Kind of the tokens. */
  readonly kind: TokenizerKind;
  /** True if texts are converted to lower case first. */
  readonly lowerCase: boolean;
  /** Tokens, from id 2 on. */
  readonly tokens: readonly string[];
  /** Pairs in the order in which they are merged; none but for byte pairs. */
  readonly merges: readonly Merge[];
}

const where = "tokenizerFrom";
const kinds: readonly TokenizerKind[] = ["characters", "words", "bytePairs"];
const keys = ["format", "version", "kind", "lowerCase", "tokens", "merges"];

function damaged(what: string): RangeError {
  return new RangeError(`${where}: ${what}. Use what toJSON() of a tokenizer returned.`);
}

function listOf<T>(name: string, value: unknown, item: (value: unknown) => value is T, expected: string): T[] {
  if (!Array.isArray(value)) throw damaged(`${name} is ${shown(value)}, expected a list`);
  const at = value.findIndex((one) => !item(one));
  if (at < 0 && !(value.length in value)) return [...value];
  throw damaged(`${name}[${at}] is ${shown(value[at])}, expected ${expected}`);
}

const isToken = (value: unknown): value is string => typeof value === "string" && value !== "";
const isMerge = (value: unknown): value is [string, string] =>
  Array.isArray(value) && value.length === 2 && value.every(isToken);

/** Returns the data of a tokenizer, checked, from data or its text. */
export function checkTokenizerData(data: unknown): TokenizerData {
  const value = fromText(data, damaged);
  if (!isRecord(value) || Array.isArray(value)) throw damaged(`the tokenizer is ${shown(value)}, expected an object`);
  const given = value as Record<string, unknown>;
  const strange = Object.keys(given).find((key) => !keys.includes(key));
  if (strange !== undefined) throw damaged(`the tokenizer has an unknown member ${shown(strange)}`);
  const missing = keys.find((key) => !Object.hasOwn(given, key));
  if (missing !== undefined) throw damaged(`the tokenizer has no ${missing}`);
  const { format, version, kind, lowerCase } = given;
  if (format !== "thalweg.tokenizer") throw damaged(`format is ${shown(format)}, expected "thalweg.tokenizer"`);
  if (version !== 1) throw damaged(`version is ${shown(version)}, expected 1`);
  if (!kinds.includes(kind as TokenizerKind))
    throw damaged(`kind is ${shown(kind)}, expected ${kinds.map((one) => shown(one)).join(" or ")}`);
  if (typeof lowerCase !== "boolean") throw damaged(`lowerCase is ${shown(lowerCase)}, expected true or false`);
  const tokens = listOf("tokens", given.tokens, isToken, "text that is not empty");
  const merges = listOf("merges", given.merges, isMerge, "a pair of texts");
  const known = new Set(tokens);
  if (known.size < tokens.length) throw damaged("tokens are not distinct");
  if (merges.length > 0 && kind !== "bytePairs") throw damaged(`merges are given for ${shown(kind)}`);
  const wrong = merges.findIndex(([left, right]) => ![left, right, left + right].every((token) => known.has(token)));
  if (wrong >= 0) throw damaged(`merges[${wrong}] is of tokens that are not in the list`);
  return { format, version, kind: kind as TokenizerKind, lowerCase, tokens, merges };
}
