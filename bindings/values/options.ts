// Checks of options. Messages name the function, the option, the value given and the values expected.

/** Number of single-letter edits between two words (Levenshtein 1966). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitute = (row[j - 1] as number) + (a[i - 1]?.toLowerCase() === b[j - 1]?.toLowerCase() ? 0 : 1);
      next.push(Math.min(substitute, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}

/** Initials of the words in a camelCase name: "lr" for learningRate. */
function initials(name: string): string {
  return (name.charAt(0) + name.replace(/[^A-Z]/g, "")).toLowerCase();
}

/** Returns the known word that `word` abbreviates, begins or misspells, or null if none is close. */
export function nearest(word: string, known: readonly string[]): string | null {
  const lower = word.toLowerCase();
  const meant =
    known.find((name) => lower.length > 1 && initials(name) === lower) ??
    known.find((name) => lower.length > 2 && name.toLowerCase().startsWith(lower));
  if (meant) return meant;
  let best: string | null = null;
  let least = Math.max(2, Math.ceil(word.length / 2)) + 1;
  for (const candidate of known) {
    const distance = editDistance(word, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** Built-in class of a value of any realm: "Map" for [object Map]. */
export function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/**
 * Formats a value for an error message; nested arrays are abbreviated below a depth of 3, as an array may contain
 * itself.
 */
export function shown(value: unknown, depth = 0): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (Array.isArray(value))
    return value.length > 8 || depth > 2
      ? `an array of ${value.length}`
      : `[${value.map((item) => shown(item, depth + 1)).join(", ")}]`;
  const { schedule } = (has(value) ? value : {}) as { schedule?: unknown };
  if (typeof schedule === "string") return `a schedule (${schedule})`;
  if (has(value, "trace", "node")) return "a tensor";
  if (value === null || typeof value !== "object") return String(value);
  const kind = kindOf(value);
  return kind === "Object" ? "an object" : `${/^[AEIO]/.test(kind) ? "an" : "a"} ${kind}`;
}

/** Error for a value of the wrong kind. */
export function wrongKind(where: string, name: string, wanted: string, value: unknown, example?: string): TypeError {
  const advice = example === undefined ? "" : ` Try ${example}.`;
  return new TypeError(`${where}: ${name} must be ${wanted}, got ${shown(value)}.${advice}`);
}

/** True for an object that has these keys. */
export function has(value: unknown, ...keys: readonly (string | symbol)[]): boolean {
  return typeof value === "object" && value !== null && keys.every((key) => key in value);
}

/** True for an array of texts; `every` passes over its holes. */
export function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && Array.from(value).every((text) => typeof text === "string");
}

/** True for an object with named values. Rejects a Map, Date or ArrayBuffer, which would look like an empty object. */
export function isRecord(value: unknown): value is object {
  return has(value) && (Object.keys(value as object).length > 0 || kindOf(value) === "Object");
}

/** Returns the first of these options that is not undefined. */
export function firstGiven(options: object, keys: readonly string[]): string | undefined {
  return keys.find((key) => (options as Record<string, unknown>)[key] !== undefined);
}

/** Checks that an options object has only known keys; the message suggests the nearest known name. */
export function checkOptions(where: string, options: object, known: readonly string[]): void {
  if (!isRecord(options) || Array.isArray(options))
    throw new TypeError(`${where}: options must be an object: got ${shown(options)}.`);
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const near = nearest(key, known);
    throw new TypeError(
      `${where}: unknown option "${key}". ${near ? `Did you mean "${near}"?` : `Known options: ${known.join(", ")}.`}`,
    );
  }
}

/** Checks that an option is true or false. */
export function checkFlag(where: string, name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw wrongKind(where, name, "true or false", value);
}

/** Checks that an option is one of the known names. */
export function checkChoice<T extends string>(where: string, name: string, value: unknown, known: readonly T[]): T {
  if (known.includes(value as T)) return value as T;
  throw new RangeError(
    `${where}: ${name} must be ${known.map((choice) => `"${choice}"`).join(" or ")}, got ${shown(value)}.`,
  );
}

/** Range of a number; all bounds that are given must hold. */
export interface NumberBounds {
  /** Inclusive lower bound. */
  min?: number;
  /** Exclusive lower bound. */
  above?: number;
  /** Inclusive upper bound. */
  max?: number;
  /** Exclusive upper bound. */
  below?: number;
  /** Accepts only integers, below 2⁵³ in magnitude. */
  integer?: boolean;
}

/** Checks that an option is a finite number within bounds. */
export function checkNumber(where: string, name: string, value: unknown, bounds: NumberBounds): number {
  const { min, above, max, below, integer } = bounds;
  const fits =
    typeof value === "number" &&
    Number.isFinite(value) &&
    (min === undefined || value >= min) &&
    (above === undefined || value > above) &&
    (max === undefined || value <= max) &&
    (below === undefined || value < below) &&
    (!integer || Number.isSafeInteger(value));
  if (fits) return value;
  const kind = integer ? "whole number" : "number";
  const end = below ?? (integer && typeof value === "number" && value >= 2 ** 53 ? "2⁵³" : undefined);
  const limit = max !== undefined ? ` and at most ${max}` : end !== undefined ? ` and below ${end}` : "";
  const range =
    above === 0 && limit === ""
      ? `a positive ${kind}`
      : above === undefined && min === undefined
        ? `a finite ${kind}`
        : `a ${kind} ${above !== undefined ? `above ${above}` : `of at least ${min}`}${limit}`;
  const Kind = typeof value === "number" ? RangeError : TypeError;
  throw new Kind(`${where}: ${name} must be ${range}, got ${shown(value)}.`);
}

/** Range of the targets that a loss accepts. */
export interface TargetRange {
  /** Description for error messages: "numbers from 0 to 1". */
  readonly expected: string;
  /** True for a target in the range. @param target  the target */
  holds(target: number): boolean;
}

/** Kind of targets: class indices from 0, or values; by name if there are several. */
export type TargetKinds = "classes" | "values" | { readonly [name: string]: "classes" | "values" };

/** Kind of the targets with this name. @internal */
export function targetKind(kinds: TargetKinds | undefined, name: string | null): "classes" | "values" | undefined {
  return typeof kinds === "object" ? kinds[name as string] : kinds;
}
