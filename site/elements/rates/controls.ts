// Controls of the figure of learning rates, in the order of the form.

import type { StateOf, Values } from "../kit/controls.ts";
import { format } from "../kit/numbers.ts";
import { pastFault } from "./past.ts";

export const networkNames = ["A", "B", "C", "D"] as const;

/** A rate in two digits, so that every host has the same bits: 0.032. */
export const rateOf = (exponent: number): number => Number((10 ** exponent).toPrecision(2));

/** The four curves of the course: very high, high, good, low. */
const usual = { A: 0.5, B: Math.log10(0.5), C: -1, D: -3 };

/** States worth seeing; logarithms of rates. */
const presets = {
  course: { rates: usual },
  grid: {
    networks: ["A", "B", "C"],
    rates: { ...usual, A: -2, B: Math.log10(0.003), C: -3 },
  },
  edge: { rates: { A: Math.log10(0.5), B: Math.log10(0.4), C: Math.log10(0.3), D: Math.log10(0.2) } },
  lowered: {
    networks: ["A", "B", "C"],
    rates: { ...usual, A: Math.log10(0.5), B: Math.log10(0.05), C: Math.log10(0.05) },
    from: "now",
    past: `B:300:${Number(Math.log10(0.5).toPrecision(10))}`,
  },
};

export const controls = {
  play: { kind: "button", place: "bar" },
  next: { kind: "button", place: "bar" },
  presets: { kind: "presets", place: "top", options: presets },
  from: { kind: "choice", place: "top", options: ["start", "now"], value: "start", resets: ["past"] },
  networks: {
    kind: "several",
    place: "top",
    groups: { all: networkNames },
    numbers: "rates",
    value: networkNames as readonly string[],
  },
  rates: {
    kind: "numbers",
    min: -5,
    max: 1,
    step: 0.1,
    show: (exponent: number) => format(rateOf(exponent)),
    value: usual,
  },
  past: { kind: "formula", value: "" as string, check: pastFault, when: () => false },
  batch: { kind: "choice", options: ["8", "32", "128"], value: "32", resets: ["past"] },
  steps: { kind: "range", min: 100, max: 1000, step: 50, value: 600, resets: ["at", "past"] },
  at: {
    kind: "range",
    place: "bar",
    min: 0,
    step: 1,
    show: (value: number) => String(Math.floor(value)),
    max: ({ steps }: Values) => steps as number,
    value: ({ steps }: Values) => steps as number,
  },
  smoothing: { kind: "range", min: 0, max: 0.98, step: 0.02, value: 0.9, show: (value: number) => value.toFixed(2) },
  seed: { kind: "number", min: 0, max: 9999, step: 1, value: 1, resets: ["past"] },
} as const;

export type State = StateOf<typeof controls>;
