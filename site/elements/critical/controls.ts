// Controls of the critical points, in the order of the form.

import type { StateOf, Values } from "../kit/controls.ts";
import { format } from "../kit/numbers.ts";
import { viewControls } from "../kit/perspective.ts";

export const places = ["saddle", "plateau", "minimum", "dimensions"] as const;

/** Shows a control at one place only. */
const at =
  (place: (typeof places)[number]) =>
  (values: Values): boolean =>
    values.place === place;
const powerOfTen = (exponent: number): string => format(10 ** exponent, 2);

const presets = {
  ridge: { place: "saddle", offset: -12 },
  quiet: { place: "saddle", noise: -8 },
  shallow: { place: "plateau", from: -6 },
  restarts: { place: "minimum" },
  hot: { place: "minimum", deviation: 10, peak: 0.05 },
  cold: { place: "minimum", deviation: 3 },
  dimensions: { place: "dimensions" },
};

export const controls = {
  presets: { kind: "presets", place: "top", options: presets },
  place: { kind: "choice", place: "top", options: places, value: "saddle" },
  /** log₁₀ of the distance from the ridge. */
  offset: { kind: "range", place: "top", min: -15, max: -1, step: 1, value: -6, show: powerOfTen, when: at("saddle") },
  rate: { kind: "range", min: 0.01, max: 0.45, step: 0.01, value: 0.1, when: at("saddle") },
  /** log₁₀ of the deviation of the noise. */
  noise: { kind: "range", min: -8, max: 0, step: 0.5, value: -1, show: powerOfTen, when: at("saddle") },
  turn: { ...viewControls.turn, value: 60 as number, when: at("saddle") },
  tilt: { ...viewControls.tilt, value: 45 as number, when: at("saddle") },
  from: { kind: "range", place: "top", min: -14, max: -2, step: 0.5, value: -12, when: at("plateau") },
  peak: { kind: "range", min: 0.005, max: 0.05, step: 0.005, value: 0.03, when: at("minimum") },
  deviation: { kind: "range", place: "top", min: 0, max: 10, step: 0.5, value: 5, when: at("minimum") },
  cycles: { kind: "range", min: 2, max: 10, step: 1, value: 5, when: at("minimum") },
  seed: {
    kind: "number",
    min: 0,
    max: 9999,
    step: 1,
    value: 1,
    when: ({ place }: Values) => place !== "plateau",
  },
} as const;

export type State = StateOf<typeof controls>;
