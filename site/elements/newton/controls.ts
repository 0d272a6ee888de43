// Controls of the figure of Newton's methods.

import type { StateOf, Values } from "../kit/controls.ts";
import { faultOf } from "../kit/formula.ts";
import { format } from "../kit/numbers.ts";
import { surfaceNames, surfaceOf } from "./surfaces.ts";

export const methods = ["newton", "damped", "saddleFree", "trust"] as const;
export type Method = (typeof methods)[number];

/** Damping α of its control. */
export const alphaOf = ({ damping }: { damping: number }): number => Number((10 ** damping).toPrecision(3));

const presets = {
  bowl: { surface: "bowl", method: "newton" },
  saddle: { surface: "wells", method: "newton" },
  leaves: { surface: "wells", method: "saddleFree" },
  damped: { surface: "valley", method: "damped", damping: 3, steps: 20 },
  tooLittle: { surface: "saddle", method: "damped", damping: 0 },
  trust: { surface: "rosenbrock", method: "trust", steps: 40 },
  monkey: { surface: "monkey", method: "newton" },
};

export const controls = {
  presets: { kind: "presets", place: "top", options: presets },
  surface: { kind: "choice", place: "top", options: surfaceNames, value: "wells" as string, resets: ["start", "at"] },
  method: { kind: "choice", place: "top", options: methods, value: "newton" as Method, resets: ["at"] },
  formula: {
    kind: "formula",
    place: "top",
    value: "sin(x) + y^2 / 2 + x*y/4",
    check: faultOf,
    when: ({ surface }: Values) => surface === "own",
  },
  damping: {
    kind: "range",
    min: -2,
    max: 3,
    step: 0.05,
    value: 0.5 as number,
    show: (exponent: number) => format(alphaOf({ damping: exponent })),
    resets: ["at"],
  },
  radius: { kind: "range", min: 0.05, max: 3, step: 0.05, value: 1 as number, resets: ["at"] },
  start: {
    kind: "point",
    value: (values: Values) => surfaceOf(values).start,
    min: (values: Values) => [surfaceOf(values).xRange[0], surfaceOf(values).yRange[0]] as const,
    max: (values: Values) => [surfaceOf(values).xRange[1], surfaceOf(values).yRange[1]] as const,
    resets: ["at"],
  },
  search: { kind: "flag", value: false as boolean, resets: ["at"] },
  steps: { kind: "range", min: 1, max: 60, step: 1, value: 12 as number, resets: ["at"] },
  play: { kind: "button", place: "bar" },
  next: { kind: "button", place: "bar" },
  at: {
    kind: "range",
    place: "bar",
    min: 0,
    step: 1,
    show: (value: number) => String(Math.floor(value)),
    max: ({ steps }: Values) => steps as number,
    value: 0 as number,
  },
} as const;

export type State = StateOf<typeof controls>;
