// Controls of standardizing, in the order of the form.

import type { StateOf } from "../kit/controls.ts";
import { format } from "../kit/numbers.ts";

/** Bounds of both axes: distances of the weights to the best ones. */
export const reach = 2;

export const scalings = ["standard", "minMax", "center"] as const;

/** States worth seeing; ranges as logarithms. */
const presets = {
  valley: { ratio: 1 },
  course: { ratio: 4 },
  minMax: { ratio: 1, scaling: "minMax" },
  center: { ratio: 1, scaling: "center" },
  alike: { ratio: 0, offset: 0 },
};

export const controls = {
  presets: { kind: "presets", place: "top", options: presets },
  ratio: {
    kind: "range",
    place: "top",
    min: 0,
    max: 4,
    step: 0.1,
    value: 1 as number,
    show: (exponent: number) => format(10 ** exponent, 2),
  },
  scaling: { kind: "choice", place: "top", options: scalings, value: "standard" as string },
  offset: { kind: "range", min: 0, max: 2, step: 0.1, value: 0.5 as number },
  start: {
    kind: "point",
    value: [-1.5, 1] as readonly [number, number],
    min: [-reach, -reach],
    max: [reach, reach],
  },
} as const;

export type State = StateOf<typeof controls>;
