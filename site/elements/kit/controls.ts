// Controls of a figure: what kinds there are, their values, and how values are written in an address and read from it.
// A value that was not chosen is the control's default, which may depend on the controls before it; an address holds only what
// differs from that.

import { clamp } from "./numbers.ts";

/** Values of all controls of a figure, by name. */
// biome-ignore lint/suspicious/noExplicitAny: a control does not know the kinds of those before it.
export type Values = Readonly<Record<string, any>>;

/** A value, or a function of the values of the controls before. */
type Given<T> = T | ((values: Values) => T);

interface Common {
  /** Place: "top" is the line above the drawings, "bar" the line below them; default the form. */
  readonly place?: "top" | "bar";
  /** Shown only if this returns true. */
  readonly when?: (values: Values) => boolean;
  /** Controls that return to their defaults when this one changes. */
  readonly resets?: readonly string[];
}

/** One of several options. */
export interface Choice extends Common {
  readonly kind: "choice";
  readonly options: readonly string[];
  /** Options in groups with a name each, where there are many: all of them, in the same order. */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  readonly value: Given<string>;
}

/** Any of several options, in groups; `numbers` is the control of kind "numbers" whose ranges stand beside the options. */
export interface Several extends Common {
  readonly kind: "several";
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly numbers?: string;
  readonly value: Given<readonly string[]>;
}

/** A number for each option of a control of kind "several"; options without a default have none. */
export interface Numbers extends Common {
  readonly kind: "numbers";
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: Given<Readonly<Record<string, number>>>;
  readonly show?: (value: number) => string;
}

/** A number on a slider. */
export interface Range extends Common {
  readonly kind: "range";
  readonly min: number;
  readonly max: Given<number>;
  readonly step: number;
  readonly value: Given<number>;
  readonly show?: (value: number) => string;
}

/** A number in a field. */
export interface NumberField extends Common {
  readonly kind: "number";
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: Given<number>;
}

/** A point of a plane, in two fields, and as a handle where the figure draws it. */
export interface Point extends Common {
  readonly kind: "point";
  readonly min: Given<readonly [number, number]>;
  readonly max: Given<readonly [number, number]>;
  readonly value: Given<readonly [number, number]>;
}

export interface Flag extends Common {
  readonly kind: "flag";
  readonly value: Given<boolean>;
}

/** A formula; `check` returns the words for what is wrong with it, as key and values of the texts, or null. */
export interface Formula extends Common {
  readonly kind: "formula";
  readonly value: Given<string>;
  readonly check: (text: string) => { readonly key: string; readonly values: Readonly<Record<string, string>> } | null;
}

export interface Button extends Common {
  readonly kind: "button";
}

/** Named states worth seeing: each option with the values it chooses; the text "NAME.OPTION.why" says what to look at. */
export interface Presets extends Common {
  readonly kind: "presets";
  readonly options: Readonly<Record<string, Values>>;
}

export type Control = Presets | Choice | Several | Numbers | Range | NumberField | Point | Flag | Formula | Button;
export type Controls = Readonly<Record<string, Control>>;

/** Type of the value of a control. */
export type ValueOf<C extends Control> = C extends Button | Presets
  ? undefined
  : C extends { value: Given<infer T> }
    ? T
    : never;
export type StateOf<C extends Controls> = { readonly [K in keyof C]: ValueOf<C[K]> };

/** The value of something that may depend on other values. */
export function given<T>(value: Given<T>, values: Values): T {
  return typeof value === "function" ? (value as (values: Values) => T)(values) : value;
}

export const optionsOf = (control: Several): string[] => Object.values(control.groups).flat();

/** Brings a value into the control's bounds; undefined if it is none of its values. */
export function admitted(control: Control, value: unknown, values: Values): unknown {
  const within = (number: unknown, low: number, high: number): number | undefined =>
    typeof number === "number" && Number.isFinite(number) ? clamp(number, low, high) : undefined;
  switch (control.kind) {
    case "choice":
      return control.options.includes(value as string) ? value : undefined;
    case "several": {
      const chosen = value as readonly string[];
      return optionsOf(control).filter((option) => chosen.includes(option));
    }
    case "numbers": {
      const entries = Object.entries(given(control.value, values)).map(([name, usual]) => {
        const own = within((value as Values)[name], control.min, control.max);
        return [name, own ?? usual];
      });
      return Object.fromEntries(entries);
    }
    case "range":
      return within(value, control.min, given(control.max, values));
    case "number":
      return within(value, control.min, control.max);
    case "point": {
      const [low, high] = [given(control.min, values), given(control.max, values)];
      const point = [0, 1].map((axis) => within((value as number[])[axis], low[axis]!, high[axis]!));
      return point.includes(undefined) ? undefined : point;
    }
    case "flag":
      return value === true || value === false ? value : undefined;
    case "formula":
      return typeof value === "string" && control.check(value) === null ? value : undefined;
    case "button":
    case "presets":
      return undefined;
  }
}

/** True if a control has a value. */
export const hasValue = (control: Control): control is Exclude<Control, Button | Presets> =>
  control.kind !== "button" && control.kind !== "presets";

/** All values: the chosen ones, and defaults for the others. */
export function resolve(controls: Controls, chosen: Values): Values {
  const values: Record<string, unknown> = {};
  for (const [name, control] of Object.entries(controls)) {
    if (!hasValue(control)) continue;
    const own = chosen[name] === undefined ? undefined : admitted(control, chosen[name], values);
    values[name] = own ?? given<unknown>(control.value, values);
  }
  return values;
}

const short = (value: number): string => String(Number(value.toPrecision(10)));

/** The text of a value in an address; of numbers only those that differ from the defaults. */
export function written(control: Control, value: unknown, values: Values): string {
  switch (control.kind) {
    case "several":
      return (value as readonly string[]).join(",");
    case "numbers": {
      const usual = given(control.value, values);
      const own = Object.entries(value as Record<string, number>).filter(([name, number]) => number !== usual[name]);
      return own.map(([name, number]) => `${name}:${short(number)}`).join(",");
    }
    case "point":
      return (value as readonly number[]).map(short).join(",");
    case "flag":
      return value ? "1" : "0";
    case "range":
    case "number":
      return short(value as number);
    default:
      return String(value);
  }
}

/** The value that a text in an address means, not yet admitted. */
export function read(control: Control, text: string): unknown {
  switch (control.kind) {
    case "several":
      return text.split(",");
    case "numbers":
      return Object.fromEntries(
        text.split(",").map((entry) => {
          const [name = "", number = ""] = entry.split(":");
          return [name, number === "" ? Number.NaN : Number(number)];
        }),
      );
    case "point":
      return text.split(",").map(Number);
    case "flag":
      return text === "1";
    case "range":
    case "number":
      return text === "" ? Number.NaN : Number(text);
    default:
      return text;
  }
}
