// Controls of the figure of momentum. The point is a learning rate and a momentum, which the map shows as its axes.

import type { StateOf, Values } from "../kit/controls.ts";

const round = (value: number): number => Number(value.toPrecision(4));

/** Largest rate at which the heavy ball converges for any momentum below 1: 4 over the largest curvature. */
export const largestRate = ({ steep }: Values): number => round(4 / steep);

const course = (momentum: number) => ({ steep: 1, condition: 1, steps: 100, point: [0.1, momentum] });

const presets = {
  zigzag: { steep: 100, condition: 100, steps: 100, point: [0.019, 0] },
  cured: { steep: 100, condition: 100, steps: 100, point: [0.019, 0.8] },
  gentle: course(0.5),
  usual: course(0.9),
  strong: course(0.99),
  limit: { steep: 1, condition: 50, steps: 60, point: [2.03, 0] },
  parabola: { steep: 2, condition: 1, steps: 10, point: [0.4, 0] },
};

export const controls = {
  presets: { kind: "presets", place: "top", options: presets },
  rule: {
    kind: "choice",
    place: "top",
    options: ["momentum", "nesterov"],
    value: "momentum" as "momentum" | "nesterov",
  },
  condition: { kind: "range", place: "top", min: 1, max: 200, step: 1, value: 50 as number },
  best: { kind: "button", place: "bar" },
  steep: { kind: "range", min: 0.5, max: 100, step: 0.5, value: 1 as number, resets: ["point"] },
  point: {
    kind: "point",
    min: ({ steep }: Values) => [round(0.004 / steep), 0] as const,
    max: (values: Values) => [largestRate(values), 0.999] as const,
    value: ({ steep }: Values) => [round(1.2 / steep), 0.8] as readonly [number, number],
  },
  steps: { kind: "range", min: 5, max: 500, step: 5, value: 100 as number },
} as const;

export type State = StateOf<typeof controls>;
export type Rule = State["rule"] | "none";
