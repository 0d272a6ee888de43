// Controls of the penalties, in the order of the form.

import type { StateOf, Values } from "../kit/controls.ts";
import { format } from "../kit/numbers.ts";

/** Logarithms of the smallest and the largest λ, and the slider's step: the path has a point for each. */
export const lowest = -2;
export const highest = 1;
export const step = 0.025;

/** Bounds of both weights in the plane. */
export const from = -1.2;
export const to = 2;

export const kinds = ["l1", "l2", "elastic"] as const;

/** States worth seeing. */
const presets = {
  corner: { kind: "l1", lambda: 0.2, best: [0.4, 1.4], correlation: 0.3 },
  circle: { kind: "l2", lambda: 0.2, best: [0.4, 1.4], correlation: 0.3 },
  twins: { kind: "l1", lambda: 0.1, best: [1.3, 0.3], correlation: 0.8 },
  together: { kind: "elastic", lambda: 0.1, best: [1.3, 0.3], correlation: 0.8, beta: 1 },
  all: { kind: "l1", lambda: 0.7, best: [0.4, 1.4], correlation: 0.3 },
};

export const controls = {
  presets: { kind: "presets", place: "top", options: presets },
  kind: { kind: "choice", place: "top", options: kinds, value: "l1" as string },
  lambda: {
    kind: "range",
    place: "top",
    min: lowest,
    max: highest,
    step,
    value: 0.1 as number,
    show: (exponent: number) => format(10 ** exponent),
  },
  beta: {
    kind: "range",
    place: "top",
    min: 0,
    max: 2,
    step: 0.05,
    value: 0.5 as number,
    when: ({ kind }: Values) => kind === "elastic",
  },
  correlation: { kind: "range", min: -0.8, max: 0.8, step: 0.05, value: 0.3 as number },
  best: { kind: "point", value: [0.4, 1.4] as readonly [number, number], min: [from, from], max: [to, to] },
} as const;

export type State = StateOf<typeof controls>;
