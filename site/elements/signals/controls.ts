// Controls of the signals, in the order of the form.

import type { StateOf, Values } from "../kit/controls.ts";
import { format } from "../kit/numbers.ts";
import { activationNames, startNames } from "./layer.ts";

const plain = { scale: 0, width: 64, depth: 10, norm: false };

/** States worth seeing. */
const presets = {
  dies: { ...plain, start: "small", activation: "tanh" },
  saturates: { ...plain, start: "normal", activation: "tanh" },
  keeps: { ...plain, start: "xavier", activation: "tanh" },
  halves: { ...plain, start: "xavier", activation: "relu" },
  he: { ...plain, start: "he", activation: "relu" },
  sigmoid: { ...plain, start: "xavier", activation: "sigmoid" },
  equal: { ...plain, start: "equal", activation: "tanh" },
  rescued: { ...plain, start: "small", activation: "tanh", norm: true },
  deep: { ...plain, start: "he", activation: "relu", depth: 30, scale: 0.3 },
};

/** Factor of the weights for a position of the slider. */
export const factorOf = (scale: number): number => 2 ** scale;

export const controls = {
  presets: { kind: "presets", place: "top", options: presets },
  start: { kind: "choice", place: "top", options: startNames, value: "wide" as string },
  activation: { kind: "choice", place: "top", options: activationNames, value: "tanh" as string },
  scale: {
    kind: "range",
    place: "bar",
    min: -4,
    max: 4,
    step: 0.1,
    value: 0,
    show: (value: number) => `× ${format(factorOf(value))}`,
    when: ({ start }: Values) => start !== "zeros",
  },
  depth: { kind: "range", min: 1, max: 30, step: 1, value: 10 },
  width: { kind: "range", min: 16, max: 128, step: 16, value: 64 },
  norm: { kind: "flag", value: false },
  seed: { kind: "number", min: 0, max: 999, step: 1, value: 0 },
} as const;

export type State = StateOf<typeof controls>;
