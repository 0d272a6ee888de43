// Controls of the gradient check, in the order of the form.

import type { StateOf, Values } from "../kit/controls.ts";
import { faultOf } from "../kit/formula.ts";
import { format } from "../kit/numbers.ts";

/** Logistic loss of one sample with an L2 penalty, and its derivatives. */
const right = {
  f: "log(1 + exp(2*y - x)) + 0.1*(x^2 + y^2)",
  dx: "0.2*x - sigmoid(2*y - x)",
  dy: "0.2*y + 2*sigmoid(2*y - x)",
};

const presets = {
  right: {},
  factor: { dx: "0.1*x - sigmoid(2*y - x)", dy: "0.1*y + 2*sigmoid(2*y - x)" },
  sign: { dx: "0.2*x + sigmoid(2*y - x)" },
  index: { dx: "0.2*y - sigmoid(2*y - x)" },
  small: { dx: "0.2001*x - sigmoid(2*y - x)" },
  large: { step: -1 },
  tiny: { step: -14 },
  kink: { f: "relu(x) + abs(y)", dx: "relu(x)/x", dy: "y/abs(y)", point: [3e-6, 0.7] },
  course: { what: "course" },
};

/** A power of ten that JavaScript would write so: 1e−5 and not 10 ** −5. */
export const powerOfTen = (exponent: number): number => Number((10 ** exponent).toPrecision(3));

const isOwn = ({ what }: Values): boolean => what === "formula";

export const controls = {
  presets: { kind: "presets", place: "top", options: presets },
  what: { kind: "choice", place: "top", options: ["formula", "course"], value: "formula" as string },
  f: { kind: "formula", place: "top", value: right.f, check: faultOf, when: isOwn },
  dx: { kind: "formula", place: "top", value: right.dx, check: faultOf, when: isOwn },
  dy: { kind: "formula", place: "top", value: right.dy, check: faultOf, when: isOwn },
  step: {
    kind: "range",
    place: "bar",
    min: -16,
    max: -1,
    step: 0.25,
    value: -5,
    show: (value: number) => format(powerOfTen(value)),
    when: isOwn,
  },
  axis: { kind: "choice", options: ["x", "y"], value: "x" as string, when: isOwn },
  point: {
    kind: "point",
    min: [-10, -10] as readonly [number, number],
    max: [10, 10] as readonly [number, number],
    value: [0.8, -0.5] as readonly [number, number],
    when: isOwn,
  },
} as const;

export type State = StateOf<typeof controls>;
