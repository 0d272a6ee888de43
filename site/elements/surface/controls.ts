// Controls of the surface of two weights, in the order of the form.

import type { StateOf, Values } from "../kit/controls.ts";
import { format } from "../kit/numbers.ts";
import { viewControls } from "../kit/perspective.ts";

/** Both weights lie between −reach and reach. */
export const reach = 6;

const presets = {
  origin: { start: [0, 0] },
  saturated: { start: [5.5, -5], rate: 0, steps: 20 },
  wrong: { start: [-5, -4], rate: 0 },
  valley: { start: [3, 2] },
};

export const controls = {
  play: { kind: "button", place: "bar" },
  next: { kind: "button", place: "bar" },
  presets: { kind: "presets", place: "top", options: presets },
  levels: { kind: "choice", place: "top", options: ["squared", "entropy"], value: "squared" as string },
  start: {
    kind: "point",
    value: [0, 0] as readonly [number, number],
    min: [-reach, -reach],
    max: [reach, reach],
    resets: ["at"],
  },
  rate: { kind: "range", min: -2, max: 1.5, step: 0.1, value: -0.3, show: (value: number) => format(10 ** value, 2) },
  steps: { kind: "range", min: 10, max: 500, step: 10, value: 100, resets: ["at"] },
  at: {
    kind: "range",
    place: "bar",
    min: 0,
    step: 1,
    show: (value: number) => String(Math.floor(value)),
    max: ({ steps }: Values) => steps as number,
    value: ({ steps }: Values) => steps as number,
  },
  turn: { ...viewControls.turn, value: 215 as number },
  tilt: viewControls.tilt,
} as const;

export type State = StateOf<typeof controls>;
