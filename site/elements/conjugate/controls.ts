// Controls of the conjugate directions, in the order of the form.

import type { StateOf, Values } from "../kit/controls.ts";
import { functionOf } from "./functions.ts";

export const betas = [
  "fletcherReeves",
  "polakRibiere",
  "polakRibierePlus",
  "hestenesStiefel",
  "daiYuan",
  "hagerZhang",
] as const;

const isQuadratic = (values: Values): boolean => values.surface === "quadratic";
const isRosenbrock = (values: Values): boolean => values.surface === "rosenbrock";

const presets = {
  zigzag: { condition: 50, at: 20 },
  circle: { condition: 1 },
  course: { surface: "rosenbrock", at: 200 },
  restarts: { surface: "rosenbrock", restart: 5, at: 200 },
  loose: { surface: "rosenbrock", beta: "hestenesStiefel", search: "loose", at: 200 },
  descent: { surface: "rosenbrock", beta: "hagerZhang", search: "loose", at: 200 },
};

export const controls = {
  play: { kind: "button", place: "bar" },
  next: { kind: "button", place: "bar" },
  presets: { kind: "presets", place: "top", options: presets },
  surface: {
    kind: "choice",
    place: "top",
    options: ["quadratic", "rosenbrock"],
    value: "quadratic",
    resets: ["start", "at"],
  },
  condition: {
    kind: "range",
    place: "top",
    min: 1,
    max: 100,
    step: 1,
    value: 10,
    when: isQuadratic,
    resets: ["start"],
  },
  rotation: {
    kind: "range",
    min: 0,
    max: 180,
    step: 5,
    value: 30,
    show: (degrees: number) => `${degrees}°`,
    when: isQuadratic,
    resets: ["start"],
  },
  beta: { kind: "choice", options: betas, value: "fletcherReeves" },
  /** 0: no restarts. */
  restart: {
    kind: "range",
    min: 0,
    max: 30,
    step: 1,
    value: 0,
    show: (steps: number) => (steps === 0 ? "–" : `${steps}`),
  },
  search: { kind: "choice", options: ["usual", "accurate", "loose"], value: "usual", when: isRosenbrock },
  start: {
    kind: "point",
    value: (values: Values) => functionOf(values).start,
    min: (values: Values) => functionOf(values).low,
    max: (values: Values) => functionOf(values).high,
    resets: ["at"],
  },
  at: {
    kind: "range",
    place: "bar",
    min: 0,
    step: 1,
    max: (values: Values) => functionOf(values).steps,
    value: (values: Values) => (isQuadratic(values) ? 1 : 200),
    show: (value: number) => String(Math.floor(value)),
  },
} as const;

export type State = StateOf<typeof controls>;
