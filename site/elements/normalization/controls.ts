// Controls of batch normalization, in the order of the form.

import type { StateOf, Values } from "../kit/controls.ts";

/** Batches that are seen one after the other. */
export const steps = 60;

/** States worth seeing; sizes are powers of two. */
const presets = {
  normal: { size: 5, at: 30 },
  undone: { size: 5, at: 30, undo: true },
  small: { size: 1, at: 30 },
  large: { size: 8, at: 60 },
  early: { size: 5, at: 3 },
  slow: { size: 5, at: 60, momentum: 0.02 },
};

const isOwn = ({ undo }: Values): boolean => !undo;

export const controls = {
  play: { kind: "button", place: "bar" },
  next: { kind: "button", place: "bar" },
  presets: { kind: "presets", place: "top", options: presets },
  size: {
    kind: "range",
    place: "top",
    min: 1,
    max: 8,
    step: 1,
    value: 5 as number,
    show: (exponent: number) => String(2 ** exponent),
  },
  undo: { kind: "flag", place: "top", value: false as boolean },
  at: {
    kind: "range",
    place: "bar",
    min: 1,
    max: steps,
    step: 1,
    value: 30 as number,
    show: (value: number) => String(Math.floor(value)),
  },
  gamma: { kind: "range", min: 0, max: 3, step: 0.05, value: 1 as number, when: isOwn },
  beta: { kind: "range", min: -3, max: 6, step: 0.05, value: 0 as number, when: isOwn },
  mean: { kind: "range", min: -2, max: 6, step: 0.1, value: 3 as number },
  deviation: { kind: "range", min: 0.2, max: 3, step: 0.1, value: 2 as number },
  momentum: { kind: "range", min: 0.01, max: 1, step: 0.01, value: 0.1 as number },
  seed: { kind: "number", min: 0, max: 9999, step: 1, value: 1 as number },
} as const;

export type State = StateOf<typeof controls>;
