// Controls of the sequences, in the order of the form.

import type { StateOf, Values } from "../kit/controls.ts";
import { kindNames } from "./task.ts";

/** Updates between two points of the curves, and their number. */
export const every = 10;
export const checkpoints = 20;

const presets = {
  fifty: {},
  short: { length: 15 },
  forget: { kinds: ["lstm"], forget: 0, length: 75 },
  open: { kinds: ["lstm"], forget: 5, length: 75 },
  gain: { kinds: ["rnn", "orthogonal"], gain: 0.7, length: 100 },
  explodes: { kinds: ["orthogonal"], gain: 1.5, length: 100, at: 0 },
};

const isChosen =
  (kind: string) =>
  ({ kinds }: Values): boolean =>
    kinds.includes(kind);

export const controls = {
  play: { kind: "button", place: "bar" },
  next: { kind: "button", place: "bar" },
  presets: { kind: "presets", place: "top", options: presets },
  length: { kind: "range", place: "top", min: 5, max: 100, step: 5, value: 50, resets: ["at"] },
  at: {
    kind: "range",
    place: "bar",
    min: 0,
    max: checkpoints,
    step: 1,
    value: checkpoints,
    show: (value: number) => String(every * Math.floor(value)),
  },
  kinds: {
    kind: "several",
    groups: { layers: kindNames },
    value: ["rnn", "orthogonal", "lstm"] as readonly string[],
  },
  forget: {
    kind: "range",
    min: -2,
    max: 6,
    step: 0.5,
    value: 4,
    when: isChosen("lstm"),
    resets: ["at"],
  },
  gain: { kind: "range", min: 0.5, max: 1.5, step: 0.05, value: 1, when: isChosen("orthogonal"), resets: ["at"] },
  clip: { kind: "flag", value: true },
  seed: { kind: "number", min: 1, max: 99, step: 1, value: 1 },
} as const;

export type State = StateOf<typeof controls>;
