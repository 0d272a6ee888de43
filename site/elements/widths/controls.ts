// Controls of the widths, in the order of the form.

import type { StateOf } from "../kit/controls.ts";

export const widths = [1, 2, 4, 8, 16, 32, 64] as const;

const presets = {
  usual: {},
  easy: { frequency: 1 },
  short: { updates: 200 },
  long: { updates: 2000 },
};

export const controls = {
  presets: { kind: "presets", place: "top", options: presets },
  starts: { kind: "range", place: "top", min: 10, max: 50, step: 10, value: 20 as number },
  frequency: { kind: "range", min: 1, max: 4, step: 0.5, value: 3 as number },
  updates: { kind: "range", min: 200, max: 2000, step: 200, value: 600 as number },
  seed: { kind: "number", min: 0, max: 9999, step: 1, value: 0 as number },
} as const;

export type State = StateOf<typeof controls>;
