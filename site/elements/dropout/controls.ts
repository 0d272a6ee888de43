// Controls of dropout, in the order of the form.

import type { StateOf, Values } from "../kit/controls.ts";

export const modes = ["inverted", "testScaled"] as const;

/** States worth seeing. */
const presets = {
  ensemble: { rate: 0.4 },
  weak: { rate: 0.05 },
  strong: { rate: 0.9 },
  deep: { rate: 0.4, layers: "two" },
  misprint: { rate: 0.2, mode: "testScaled", misprint: true },
  many: { rate: 0.4, count: 60 },
};

export const controls = {
  again: { kind: "button", place: "bar" },
  presets: { kind: "presets", place: "top", options: presets },
  rate: {
    kind: "range",
    place: "top",
    min: 0,
    max: 0.9,
    step: 0.05,
    value: 0.4 as number,
    show: (value: number) => value.toFixed(2),
  },
  layers: { kind: "choice", options: ["one", "two"], value: "one" as string },
  mode: { kind: "choice", options: modes, value: "inverted" as string },
  misprint: { kind: "flag", value: false as boolean, when: ({ mode }: Values) => mode === "testScaled" },
  count: { kind: "range", min: 8, max: 60, step: 1, value: 16 as number },
  noise: { kind: "range", min: 0, max: 0.6, step: 0.05, value: 0.3 as number },
  seed: { kind: "number", min: 0, max: 9999, step: 1, value: 3 as number },
} as const;

export type State = StateOf<typeof controls>;
