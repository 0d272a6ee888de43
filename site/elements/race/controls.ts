// Controls of the race, in the order of the form.

import type { StateOf, Values } from "../kit/controls.ts";
import { faultOf } from "../kit/formula.ts";
import { format } from "../kit/numbers.ts";
import { viewControls } from "../kit/perspective.ts";
import { methodGroups, rateOf, usualRates } from "./methods.ts";
import { isInSpace, type Surface, surfaceNames, surfaceOf, thirdRange } from "./surfaces.ts";

const lowest = ({ xRange, yRange }: Surface): readonly [number, number] => [xRange[0], yRange[0]];
const highest = ({ xRange, yRange }: Surface): readonly [number, number] => [xRange[1], yRange[1]];

/** A power of ten as words. */
export const powerOfTen = (exponent: number): string => format(10 ** exponent, 2);

/** States worth seeing; logarithms of rates. */
const presets = {
  zigzag: { surface: "quadratic", rules: ["sgd", "momentum", "nesterov", "conjugateGradient"], steps: 150 },
  limit: { surface: "quadratic", rules: ["sgd"], rates: { sgd: Math.log10(0.0405) }, start: [9, 1], steps: 100 },
  saddle: { surface: "saddle", rules: ["sgd", "momentum", "newton", "saddleFreeNewton"], steps: 100 },
  wells: {
    surface: "styblinskiTang",
    rules: ["sgd", "momentum", "adam", "lbfgs", "trustRegionNewton"],
    start: [4.8, 4.5],
  },
  noise: { surface: "booth", rules: ["sgd", "momentum", "adam"], noise: 10, steps: 200 },
  // The rates of a course's comparison of nine methods; it prints none for Adam.
  course: {
    surface: "misprintedBeale",
    rules: ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamax", "nadam"],
    rates: {
      sgd: Math.log10(0.002),
      momentum: -3,
      nesterov: Math.log10(0.0005),
      adagrad: Math.log10(0.5),
      rmsprop: -2,
      adam: -2,
      adamax: Math.log10(0.5),
      nadam: Math.log10(0.3),
    },
    steps: 50,
  },
  // The same for its function of three variables.
  space: {
    surface: "bowl3d",
    rules: ["sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "adam", "adamax", "nadam"],
    rates: {
      ...{ sgd: -1, momentum: -2, nesterov: -2, adagrad: Math.log10(0.5), rmsprop: -2 },
      ...{ adam: -1, adamax: -1, nadam: Math.log10(0.3) },
    },
    steps: 100,
  },
};

const isPerspective = (values: Values): boolean => isInSpace(values) || values.view === "perspective";

export const controls = {
  play: { kind: "button", place: "bar" },
  next: { kind: "button", place: "bar" },
  presets: { kind: "presets", place: "top", options: presets },
  surface: {
    kind: "choice",
    place: "top",
    options: surfaceNames,
    value: "rosenbrock",
    resets: ["start", "startZ", "rates", "at"],
  },
  formula: {
    kind: "formula",
    place: "top",
    value: "(x^2 + y - 2)^2 + (x + y^2 - 3)^2 / 4",
    check: faultOf,
    when: ({ surface }: Values) => surface === "own",
  },
  condition: {
    kind: "range",
    place: "top",
    min: 1,
    max: 200,
    step: 1,
    value: 50,
    resets: ["start"],
    when: ({ surface }: Values) => surface === "quadratic",
  },
  view: {
    kind: "choice",
    place: "top",
    options: ["levels", "perspective"],
    value: "levels",
    when: (values: Values) => !isInSpace(values),
  },
  start: {
    kind: "point",
    value: (values: Values) => surfaceOf(values).start,
    min: (values: Values) => lowest(surfaceOf(values)),
    max: (values: Values) => highest(surfaceOf(values)),
    resets: ["at"],
  },
  startZ: {
    kind: "number",
    min: thirdRange[0],
    max: thirdRange[1],
    step: 0.1,
    value: -2,
    resets: ["at"],
    when: isInSpace,
  },
  turn: { ...viewControls.turn, when: isPerspective },
  tilt: { ...viewControls.tilt, when: isPerspective },
  steps: { kind: "range", min: 10, max: 1000, step: 10, value: 300, resets: ["at"] },
  at: {
    kind: "range",
    place: "bar",
    min: 0,
    step: 1,
    show: (value: number) => String(Math.floor(value)),
    max: ({ steps }: Values) => steps as number,
    value: ({ steps }: Values) => steps as number,
  },
  momentum: { kind: "range", min: 0, max: 0.99, step: 0.01, value: 0.9, show: (value: number) => value.toFixed(2) },
  noise: { kind: "range", min: 0, max: 20, step: 0.5, value: 0 },
  seed: { kind: "number", min: 0, max: 9999, step: 1, value: 1, when: ({ noise }: Values) => noise > 0 },
  tolerance: { kind: "range", min: -10, max: 0, step: 1, value: -4, show: powerOfTen },
  rules: {
    kind: "several",
    groups: methodGroups,
    numbers: "rates",
    value: ["sgd", "momentum", "adam", "lbfgs", "newton"] as readonly string[],
  },
  rates: {
    kind: "numbers",
    min: -5,
    max: 1,
    step: 0.05,
    show: (exponent: number) => format(rateOf(exponent)),
    value: usualRates,
  },
} as const;

export type State = StateOf<typeof controls>;
