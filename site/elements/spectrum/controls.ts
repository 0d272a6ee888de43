// Controls of the spectrum, in the order of the form.

import type { StateOf, Values } from "../kit/controls.ts";
import { format } from "../kit/numbers.ts";

/** Spectra of a run, after the first. */
export const records = 100;

const presets = {
  edge: { task: "ring", rate: -1 },
  above: { task: "ring", rate: Math.log10(0.2) },
  below: { task: "ring", rate: Math.log10(0.05) },
  outliers: { task: "five", rate: -1, steps: 400 },
  settles: { task: "five", rate: 0, steps: 2000 },
};

export const controls = {
  play: { kind: "button", place: "bar" },
  next: { kind: "button", place: "bar" },
  presets: { kind: "presets", place: "top", options: presets },
  task: { kind: "choice", place: "top", options: ["ring", "two", "three", "four", "five"], value: "ring" as string },
  rate: {
    kind: "range",
    place: "top",
    min: -2,
    max: 0.3,
    step: 0.05,
    value: -1,
    show: (value: number) => format(10 ** value, 2),
  },
  steps: { kind: "range", min: 200, max: 6000, step: 200, value: 4000, resets: ["at"] },
  units: { kind: "range", min: 4, max: 24, step: 2, value: ({ task }: Values) => (task === "ring" ? 16 : 10) },
  seed: { kind: "number", min: 0, max: 9999, step: 1, value: 1 },
  at: {
    kind: "range",
    place: "bar",
    min: 0,
    step: 1,
    show: (value: number) => String(Math.floor(value)),
    max: ({ steps }: Values) => steps as number,
    value: ({ steps }: Values) => steps as number,
  },
} as const;

export type State = StateOf<typeof controls>;
