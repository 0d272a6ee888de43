// Controls of the cliff, in the order of the form.

import type { StateOf } from "../kit/controls.ts";
import { format } from "../kit/numbers.ts";

/** Ranges of w and b that are drawn. */
export const wRange = [0.6, 1.2] as const;
export const bRange = [-0.5, 1.5] as const;

/** Updates of each method at most. */
export const limit = 1000;

const log = (value: number): number => Math.log10(value);

const presets = {
  course: {},
  jump: { start: [1.03, 0] },
  loose: { threshold: 2 },
  tight: { threshold: -0.5 },
  shallow: { depth: 3, rate: -2, start: [1.15, 0] },
};

/** A power of ten, exact where it is a course's number. */
export const powerOfTen = (exponent: number): number => Number((10 ** exponent).toPrecision(4));

export const controls = {
  play: { kind: "button", place: "bar" },
  next: { kind: "button", place: "bar" },
  presets: { kind: "presets", place: "top", options: presets },
  threshold: {
    kind: "range",
    place: "top",
    min: -2,
    max: 4,
    step: 0.1,
    value: 0,
    show: (value: number) => format(powerOfTen(value)),
    resets: ["at"],
  },
  at: {
    kind: "range",
    place: "bar",
    min: 0,
    max: limit,
    step: 1,
    value: limit,
    show: (value: number) => String(Math.floor(value)),
  },
  start: {
    kind: "point",
    min: [wRange[0], bRange[0]] as readonly [number, number],
    max: [wRange[1], bRange[1]] as readonly [number, number],
    value: [1.15, 0] as readonly [number, number],
    resets: ["at"],
  },
  rate: {
    kind: "range",
    min: -5,
    max: -1,
    step: 0.1,
    value: log(1 / 5000),
    show: (value: number) => format(powerOfTen(value)),
    resets: ["at"],
  },
  depth: { kind: "range", min: 2, max: 60, step: 1, value: 50, resets: ["at"] },
} as const;

export type State = StateOf<typeof controls>;
