// Controls of the network that learns with and without batch normalization, in the order of the form.

import type { StateOf } from "../kit/controls.ts";
import { format } from "../kit/numbers.ts";

/** Units of a hidden layer, and hidden layers. */
export const width = 16;
export const depth = 4;

/** Updates between two looks, and looks after the first. */
export const every = 15;
export const looks = 40;
export const updates = every * looks;

export const activations = ["tanh", "sigmoid", "relu"] as const;
export const starts = ["usual", "careless"] as const;

/** States worth seeing; rates as logarithms. */
const presets = {
  shift: { activation: "tanh", start: "usual", rate: -1 },
  sigmoid: { activation: "sigmoid", start: "usual", rate: 0 },
  rate: { activation: "relu", start: "usual", rate: 0.2 },
  careless: { activation: "relu", start: "careless", rate: -0.7 },
  fair: { activation: "tanh", start: "usual", rate: -0.3 },
};

export const controls = {
  again: { kind: "button", place: "bar" },
  presets: { kind: "presets", place: "top", options: presets },
  rate: {
    kind: "range",
    place: "top",
    min: -2,
    max: 0.5,
    step: 0.1,
    value: -1 as number,
    show: (exponent: number) => format(10 ** exponent, 2),
  },
  activation: { kind: "choice", options: activations, value: "tanh" as string },
  start: { kind: "choice", options: starts, value: "usual" as string },
  unit: { kind: "range", min: 1, max: width, step: 1, value: 1 as number },
  seed: { kind: "number", min: 0, max: 9999, step: 1, value: 1 as number },
} as const;

export type State = StateOf<typeof controls>;
