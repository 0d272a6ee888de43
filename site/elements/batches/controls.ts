// Controls of the figure of batch sizes, in the order of the form.

import type { StateOf } from "../kit/controls.ts";
import { format } from "../kit/numbers.ts";

/** Batch sizes of the table, and that for which the rate is given. */
export const tableSizes = [2, 8, 32, 64, 128, 256] as const;
export const referenceSize = 32;

/** Batch size of a position of the slider. */
export const sizeOf = (exponent: number): number => 2 ** exponent;

/** A rate in two digits, so that every host has the same bits. */
const rounded = (rate: number): number => Number(rate.toPrecision(2));

const rules = {
  same: () => 1,
  linear: (size: number) => size / referenceSize,
  root: (size: number) => Math.sqrt(size / referenceSize),
};

/** Learning rate of a batch size. */
export const rateOf = (size: number, { rule, rate }: Pick<State, "rule" | "rate">): number =>
  rounded(rounded(10 ** rate) * rules[rule as keyof typeof rules](size));

const presets = {
  same: {},
  linear: { rule: "linear" },
  root: { rule: "root" },
  minimum: { distance: 0, size: 4 },
  large: { rule: "linear", rate: Math.log10(0.1) },
};

export const controls = {
  presets: { kind: "presets", place: "top", options: presets },
  size: {
    kind: "range",
    place: "top",
    ...{ min: 0, max: 8, step: 1 },
    value: 3 as number,
    show: (exponent: number) => String(sizeOf(exponent)),
  },
  distance: {
    kind: "range",
    place: "top",
    min: 0,
    max: 2,
    step: 0.1,
    value: 1 as number,
    show: (value: number) => format(value),
  },
  rule: { kind: "choice", options: ["same", "linear", "root"], value: "same" as string },
  rate: {
    kind: "range",
    ...{ min: -3, max: 0, step: 0.1 },
    value: Math.log10(0.05) as number,
    show: (exponent: number) => format(rounded(10 ** exponent)),
  },
  epochs: { kind: "range", min: 1, max: 20, step: 1, value: 10 as number },
  seed: { kind: "number", min: 0, max: 9999, step: 1, value: 1 as number },
} as const;

export type State = StateOf<typeof controls>;
