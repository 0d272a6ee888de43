// Controls of the overfitting, in the order of the form.

import type { StateOf, Values } from "../kit/controls.ts";
import { format } from "../kit/numbers.ts";
import { inputsOf, samplesOf } from "./samples.ts";

/** Logarithms of λ on the slider; the lowest stands for λ = 0. */
export const lowest = -8;
export const highest = 1;
export const step = 0.1;

/** Range of y: points and curves. */
export const reach = 2;

export const lambdaOf = (exponent: number): number => (exponent <= lowest ? 0 : 10 ** exponent);

/** States worth seeing. */
const presets = {
  wild: { lambda: lowest },
  simple: { lambda: -2.7 },
  stiff: { lambda: 0.5 },
  small: { lambda: lowest, degree: 3 },
  many: { lambda: lowest, count: 20 },
  clean: { lambda: lowest, noise: 0 },
};

export const controls = {
  presets: { kind: "presets", place: "top", options: presets },
  lambda: {
    kind: "range",
    place: "top",
    min: lowest,
    max: highest,
    step,
    value: -2.7 as number,
    show: (exponent: number) => format(lambdaOf(exponent), 2),
  },
  count: { kind: "range", min: 6, max: 20, step: 1, value: 10 as number, resets: ["points", "degree"] },
  degree: {
    kind: "range",
    min: 1,
    max: ({ count }: Values) => Math.min(12, count - 1),
    step: 1,
    value: ({ count }: Values): number => Math.min(9, count - 1),
  },
  noise: { kind: "range", min: 0, max: 0.6, step: 0.05, value: 0.25 as number, resets: ["points"] },
  seed: { kind: "number", min: 0, max: 9999, step: 1, value: 2 as number, resets: ["points"] },
  // The handles of the figure; without a field in the form.
  points: {
    kind: "numbers",
    min: -reach,
    max: reach,
    step: 0.01,
    value: (values: Values): Readonly<Record<string, number>> =>
      Object.fromEntries(samplesOf(inputsOf(values.count), values.noise, values.seed).map((y, k) => [`p${k}`, y])),
  },
} as const;

export type State = StateOf<typeof controls>;
