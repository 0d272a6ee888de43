// Controls of the playground, in the order of the form.

import type { StateOf, Values } from "../kit/controls.ts";
import { faultOf } from "../kit/formula.ts";
import { format } from "../kit/numbers.ts";
import { featureNames } from "./features.ts";
import { activationNames, initializerNames, maxLayers, maxUnits, usualInitializer } from "./model.ts";
import {
  isMethod,
  optimizerGroups,
  optimizerNames,
  rateOf,
  takesDecay,
  takesMomentum,
  takesSchedule,
  usualRate,
} from "./optimizers.ts";
import { presets } from "./presets.ts";
import { shapes } from "./shapes.ts";

const percent = (value: number): string => `${Math.round(100 * value)} %`;
const strength = (exponent: number): string => (exponent <= -6 ? "0" : format(rateOf(exponent)));
const rule = ({ optimizer }: Values): boolean => !isMethod(optimizer);
/** Text that only the figure itself writes, and the address holds. */
const hidden = { kind: "formula", value: "" as string, check: () => null, when: () => false } as const;
const strengths = { kind: "range", min: -6, max: 0, step: 0.25, value: -6, show: strength } as const;
const units = (layer: number) =>
  ({
    kind: "range",
    min: 1,
    max: maxUnits,
    step: 1,
    value: 8,
    when: ({ layers }: Values) => layers >= layer,
  }) as const;

/** Steps that a link may repeat. */
export const mostSteps = 20000;
/** Exponent of the pace at which a frame takes as many steps as fit. */
export const fullPace = 5;

export const controls = {
  presets: { kind: "presets", place: "top", options: presets },
  data: {
    kind: "choice",
    place: "top",
    options: Object.keys(shapes),
    value: "annulus",
    resets: ["view"],
  },
  formula: {
    kind: "formula",
    place: "top",
    value: "y - sin(2x)",
    check: faultOf,
    when: ({ data }: Values) => data === "formula",
  },
  value: {
    kind: "formula",
    place: "top",
    value: "sin(x) * y / 2",
    check: faultOf,
    when: ({ data }: Values) => data === "surface",
  },
  play: { kind: "button", place: "top" },
  next: { kind: "button", place: "top" },
  epoch: { kind: "button", place: "top" },
  restart: { kind: "button", place: "top" },
  pen: {
    kind: "choice",
    place: "top",
    options: ["look", "class0", "class1", "class2", "class3", "erase"],
    value: "class1" as string,
  },
  steps: { kind: "number", place: "bar", min: 0, max: mostSteps, step: 1, value: 600 as number },
  pace: {
    kind: "range",
    place: "bar",
    min: 0,
    max: fullPace,
    step: 0.25,
    value: 2.5,
    show: (exponent: number) => (exponent >= fullPace ? "max" : format(10 ** exponent, 2)),
  },
  optimizer: {
    kind: "choice",
    options: optimizerNames,
    groups: optimizerGroups,
    value: "adam",
    resets: ["rate", "rates"],
  },
  rate: {
    kind: "range",
    place: "bar",
    min: -5,
    max: 1.5,
    step: 0.05,
    value: usualRate,
    show: (value: number) => format(rateOf(value)),
    when: rule,
  },
  save: { kind: "button", place: "bar" },
  layers: { kind: "range", min: 0, max: maxLayers, step: 1, value: 2, resets: ["view"] },
  units1: units(1),
  units2: units(2),
  units3: units(3),
  units4: units(4),
  units5: units(5),
  activation: {
    kind: "choice",
    options: activationNames,
    value: "relu",
    resets: ["initializer"],
    when: ({ layers }: Values) => layers > 0,
  },
  initializer: { kind: "choice", options: initializerNames, value: usualInitializer },
  norm: { kind: "flag", value: false, when: ({ layers }: Values) => layers > 0 },
  dropout: {
    kind: "range",
    min: 0,
    max: 0.8,
    step: 0.05,
    value: 0,
    show: percent,
    when: ({ layers }: Values) => layers > 0,
  },
  momentum: { kind: "range", min: 0.1, max: 0.99, step: 0.01, value: 0.9, when: takesMomentum },
  schedule: {
    kind: "choice",
    options: ["constant", "cosine", "steps", "warmup"],
    value: "constant" as string,
    resets: ["rates"],
    when: takesSchedule,
  },
  batch: {
    kind: "range",
    min: 0,
    max: 9,
    step: 1,
    value: 5,
    show: (exponent: number) => String(2 ** exponent),
    when: rule,
  },
  l1: strengths,
  l2: strengths,
  decay: { ...strengths, when: takesDecay },
  classes: {
    kind: "range",
    min: 2,
    max: 4,
    step: 1,
    value: 3,
    when: ({ data }: Values) => data === "blobs" || data === "own",
  },
  count: { kind: "range", min: 10, max: 500, step: 10, value: 400, when: ({ data }: Values) => data !== "own" },
  noise: { kind: "range", min: 0, max: 1, step: 0.05, value: 0 },
  share: { kind: "range", min: 0, max: 0.8, step: 0.05, value: 0.3, show: percent },
  draw: { kind: "number", min: 0, max: 9999, step: 1, value: 5 },
  seed: { kind: "number", min: 0, max: 9999, step: 1, value: 2 },
  limit: { kind: "range", min: 100, max: mostSteps, step: 100, value: 5000 },
  stop: { kind: "choice", options: ["none", "early", "loss", "gap"], value: "none" as string },
  patience: { kind: "range", min: 1, max: 50, step: 1, value: 10, when: ({ stop }: Values) => stop === "early" },
  target: { kind: "range", min: 0.01, max: 1, step: 0.01, value: 0.1, when: ({ stop }: Values) => stop === "loss" },
  gap: { kind: "range", min: 0.01, max: 1, step: 0.01, value: 0.1, when: ({ stop }: Values) => stop === "gap" },
  cuts: { kind: "flag", value: false, when: ({ layers }: Values) => layers > 0 },
  features: {
    kind: "several",
    groups: { features: featureNames },
    value: ["x", "y"] as readonly string[],
    resets: ["view"],
  },
  /** Points of the user, the unit that the plane shows, and the learning rates before the present one. */
  points: hidden,
  view: { ...hidden, place: "bar" },
  rates: { ...hidden, place: "bar" },
} as const;

export type State = StateOf<typeof controls>;
