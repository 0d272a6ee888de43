// Controls of the chain, in the order of the form.

import type { StateOf, Values } from "../kit/controls.ts";
import { matrixNames, stepNames } from "./chain.ts";

const presets = {
  vanishes: { radius: 0.8 },
  explodes: { radius: 1.25 },
  rotation: { radius: 1 },
  sigmoids: { radius: 1, step: "sigmoid", length: 5, matrix: "symmetric" },
  residual: { radius: 1, step: "residual", length: 20, matrix: "symmetric" },
  shear: { radius: 0.8, matrix: "shear", end: [1, 0], length: 60 },
  saturated: { radius: 1.5, step: "tanh", state: 0.5 },
};

export const controls = {
  presets: { kind: "presets", place: "top", options: presets },
  step: { kind: "choice", place: "top", options: stepNames, value: "linear" as string },
  radius: {
    kind: "range",
    place: "bar",
    min: 0,
    max: 2,
    step: 0.01,
    value: 0.9,
    show: (value: number) => value.toFixed(2),
  },
  length: { kind: "range", min: 1, max: 100, step: 1, value: 40 },
  matrix: { kind: "choice", options: matrixNames, value: "rotation" as string },
  end: {
    kind: "point",
    min: [-2, -2] as readonly [number, number],
    max: [2, 2] as readonly [number, number],
    value: [1, 1] as readonly [number, number],
  },
  state: {
    kind: "range",
    min: 0,
    max: 2,
    step: 0.05,
    value: 0,
    show: (value: number) => value.toFixed(2),
    when: ({ step }: Values) => step !== "linear",
  },
} as const;

export type State = StateOf<typeof controls>;
