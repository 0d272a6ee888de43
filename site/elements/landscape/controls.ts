// Controls of the landscape, in the order of the form.

import type { StateOf, Values } from "../kit/controls.ts";
import { format } from "../kit/numbers.ts";
import { viewControls } from "../kit/perspective.ts";
import { sampleNames } from "./samples.ts";

export const methodNames = ["sgd", "momentum", "adam", "rmsprop"] as const;

const presets = {
  paths: { plane: "trajectory", depth: 2 },
  plain: { plane: "random", depth: 16, methods: ["adam"] },
  skips: { plane: "random", depth: 16, methods: ["adam"], skips: true },
  deep: { plane: "random", depth: 24, methods: ["adam"] },
  blind: { plane: "random", depth: 2, methods: ["sgd", "momentum", "adam"], reach: 1 },
};

export const controls = {
  play: { kind: "button", place: "bar" },
  next: { kind: "button", place: "bar" },
  presets: { kind: "presets", place: "top", options: presets },
  plane: { kind: "choice", place: "top", options: ["trajectory", "random"], value: "trajectory" as string },
  depth: { kind: "range", place: "top", min: 0, max: 24, step: 1, value: 4 as number, resets: ["at"] },
  skips: { kind: "flag", place: "top", value: false as boolean, resets: ["at"] },
  data: { kind: "choice", options: sampleNames, value: "annulus" as string, resets: ["at"] },
  reach: { kind: "range", min: 0.1, max: 2, step: 0.1, value: 1, when: ({ plane }: Values) => plane === "random" },
  direction: { kind: "number", min: 0, max: 9999, step: 1, value: 1, when: ({ plane }: Values) => plane === "random" },
  steps: { kind: "range", min: 50, max: 800, step: 50, value: 400, resets: ["at"] },
  seed: { kind: "number", min: 0, max: 9999, step: 1, value: 1, resets: ["at"] },
  at: {
    kind: "range",
    place: "bar",
    min: 0,
    step: 1,
    show: (value: number) => String(Math.floor(value)),
    max: ({ steps }: Values) => steps as number,
    value: ({ steps }: Values) => steps as number,
  },
  methods: {
    kind: "several",
    groups: { all: methodNames },
    numbers: "rates",
    value: ["sgd", "momentum", "adam"] as readonly string[],
  },
  rates: {
    kind: "numbers",
    min: -4,
    max: 0,
    step: 0.05,
    show: (exponent: number) => format(10 ** exponent, 2),
    value: { sgd: -0.5, momentum: -1.3, adam: -2, rmsprop: -2.5 } as Readonly<Record<string, number>>,
  },
  turn: viewControls.turn,
  tilt: viewControls.tilt,
} as const;

export type State = StateOf<typeof controls>;
