// Controls of the condition number, in the order of the form.

import type { StateOf, Values } from "../kit/controls.ts";
import { format } from "../kit/numbers.ts";

/** Penalties of the course's table. */
export const tabled = [0, 0.5, 5, 50];

const presets = {
  narrow: { lambda: 0 },
  round: { lambda: 50 },
  limit: { lambda: 0, share: 1.99 },
  slow: { lambda: 0, share: 1 },
};

export const controls = {
  presets: { kind: "presets", place: "top", options: presets },
  lambda: { kind: "range", place: "top", min: 0, max: 50, step: 0.5, value: 0 as number },
  steep: { kind: "range", min: 1, max: 200, step: 1, value: 100 as number },
  // The rate times the largest curvature: descent is stable below 2.
  share: {
    kind: "range",
    min: 0.1,
    max: 1.99,
    step: 0.01,
    value: ({ steep, lambda }: Values) => (2 * (steep + 2 * lambda)) / (steep + 1 + 4 * lambda),
    show: (value: number) => format(value),
  },
  start: { kind: "point", value: [1, 1] as readonly [number, number], min: [-1.2, -1.2], max: [1.2, 1.2] },
} as const;

export type State = StateOf<typeof controls>;
