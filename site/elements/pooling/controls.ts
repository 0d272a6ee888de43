// Controls of the pooling, in the order of the form.

import type { StateOf, Values } from "../kit/controls.ts";
import { padControls, side } from "../pad/pictures.ts";

export const kinds = ["max", "average", "fractional", "adaptiveMax", "adaptiveAverage"] as const;

/** True if windows have a size and a stride; else the size of the result is given. */
export const isWindowed = ({ kind }: Values): boolean => kind === "max" || kind === "average";
export const isFractional = ({ kind }: Values): boolean => kind === "fractional";
/** True if the size of the windows is given. */
const hasWindow = (values: Values): boolean => isWindowed(values) || (isFractional(values) && values.overlapping);

/** Extent of the result along an axis. */
export const outputSide = (values: Values): number =>
  isWindowed(values) ? Math.floor((side - values.window) / values.stride) + 1 : values.out;

const presets = {
  thin: { picture: "letter", kind: "max" },
  pale: { picture: "letter", kind: "average", window: 4 },
  overlap: { picture: "face", kind: "max", window: 3, stride: 2 },
  fractional: { picture: "digit", kind: "fractional" },
  disjoint: { picture: "digit", kind: "fractional", overlapping: false, regions: "random", draw: 3 },
  any: { picture: "face", kind: "adaptiveAverage", out: 5 },
  global: { picture: "digit", kind: "adaptiveAverage", out: 1 },
};

export const controls = {
  play: { kind: "button", place: "bar" },
  next: { kind: "button", place: "bar" },
  again: { kind: "button", place: "bar", when: isFractional },
  presets: { kind: "presets", place: "top", options: presets },
  ...padControls,
  kind: { kind: "choice", place: "top", options: kinds, value: "max" as string, resets: ["at"] },
  overlapping: { kind: "flag", value: true, when: isFractional, resets: ["at"] },
  regions: { kind: "choice", options: ["pseudorandom", "random"], value: "pseudorandom", when: isFractional },
  window: { kind: "range", min: 1, max: 7, step: 1, value: 2, when: hasWindow, resets: ["at", "stride", "out"] },
  stride: {
    kind: "range",
    min: 1,
    max: 7,
    step: 1,
    value: ({ window }: Values) => window as number,
    when: isWindowed,
    resets: ["at"],
  },
  out: {
    kind: "range",
    min: 1,
    max: (values: Values) => (isFractional(values) && values.overlapping ? side - values.window : side - 1),
    step: 1,
    value: (values: Values) => (isFractional(values) ? 19 : 10),
    when: (values: Values) => !isWindowed(values),
    resets: ["at"],
  },
  draw: { kind: "number", min: 0, max: 9999, step: 1, value: 0 as number, when: isFractional },
  at: {
    kind: "range",
    place: "bar",
    min: 0,
    step: 1,
    show: (value: number) => String(Math.floor(value)),
    max: (values: Values) => outputSide(values) ** 2 - 1,
    value: (values: Values) => {
      const out = outputSide(values);
      return Math.floor(out / 2) * out + Math.floor(0.6 * out);
    },
  },
} as const;

export type State = StateOf<typeof controls>;
