// Controls of the figure of schedules, in the order of the form. Places on the axis of time are in its unit, steps or epochs.

import type { StateOf, Values } from "../kit/controls.ts";
import { format } from "../kit/numbers.ts";

/** Steps of an epoch: 2,000 digits in batches of 32. */
export const epochSteps = 63;

export const kinds = [
  ...["constant", "step", "multiStep", "exponential", "inverseTime", "inverseRoot"],
  ...["linear", "polynomial", "cosine", "restarts", "cyclic", "oneCycle"],
] as const;
const seconds = ["none", "constant", "exponential", "linear", "cosine", "restarts"] as const;

/** Kinds that fall to a value at their end, or swing between it and the rate. */
export const withEnd = ["exponential", "inverseTime", "linear", "polynomial", "cosine", "restarts", "cyclic"];
export const withCycle = ["step", "restarts", "cyclic"];

const share =
  (part: number) =>
  ({ length }: Values): number =>
    Math.round(part * length);
const place = (part: number) =>
  ({
    kind: "range",
    min: 0,
    max: ({ length }: Values) => length as number,
    step: 1,
    value: share(part),
  }) as const;
const uses =
  (list: readonly string[]) =>
  ({ kind, after }: Values): boolean =>
    list.includes(kind) || list.includes(after);

const presets = {
  cosine: {},
  steps: { unit: "epoch", length: 100, kind: "multiStep", warm: 0, rate: 0.05, momentum: 0.9 },
  warm: { length: 8000, warm: 5000, kind: "constant", rate: 0.1 },
  explosion: { kind: "constant", rate: 0.5 },
  restarts: { kind: "restarts", warm: 0, rate: 0.3, growth: 2, cycle: 180 },
  cycle: { kind: "oneCycle", warm: 0, rate: 0.4 },
  joined: { kind: "constant", after: "linear", rate: 0.3, turn: 1000 },
};

export const controls = {
  play: { kind: "button", place: "bar" },
  next: { kind: "button", place: "bar" },
  presets: { kind: "presets", place: "top", options: presets },
  kind: { kind: "choice", place: "top", options: kinds, value: "cosine" as string, resets: ["end", "middle"] },
  unit: { kind: "choice", options: ["step", "epoch"], value: "step" as string, resets: ["length", "at"] },
  length: {
    kind: "range",
    min: 10,
    max: ({ unit }: Values) => (unit === "step" ? 10_000 : 100),
    step: 10,
    value: ({ unit }: Values) => (unit === "step" ? 1260 : 20) as number,
    resets: ["warm", "turn", "first", "second", "third", "cycle", "hold", "at"],
  },
  rate: {
    kind: "range",
    min: 0.01,
    max: 1,
    step: 0.01,
    value: 0.4 as number,
    resets: ["middle"],
    show: (value: number) => format(value),
  },
  warm: { ...place(0.1), when: ({ kind }: Values) => kind !== "oneCycle" },
  first: { ...place(0.3), when: ({ kind }: Values) => kind === "multiStep" },
  second: { ...place(0.6), when: ({ kind }: Values) => kind === "multiStep" },
  third: { ...place(0.9), when: ({ kind }: Values) => kind === "multiStep" },
  after: { kind: "choice", options: seconds, value: "none" as string, resets: ["middle", "end"] },
  turn: { ...place(0.8), when: ({ after }: Values) => after !== "none" },
  middle: {
    kind: "range",
    min: 0,
    max: 1,
    step: 0.01,
    value: ({ kind, rate }: Values) => (withEnd.includes(kind) ? Number((rate / 4).toPrecision(2)) : (rate as number)),
    show: (value: number) => format(value),
    when: ({ after }: Values) => after !== "none",
  },
  end: {
    kind: "range",
    min: 0,
    max: 1,
    step: 0.01,
    value: ({ kind, after }: Values) => (kind === "cyclic" && after === "none" ? 0.05 : 0) as number,
    show: (value: number) => format(value),
    when: uses(withEnd),
  },
  cycle: { ...place(0.25), min: 1, when: uses(withCycle) },
  hold: { ...place(0.1), min: 1, when: ({ kind }: Values) => kind === "inverseRoot" },
  factor: {
    kind: "range",
    min: 0.05,
    max: 0.95,
    step: 0.05,
    value: 0.1,
    when: ({ kind }: Values) => /tep$/.test(kind),
  },
  power: {
    kind: "range",
    min: 0.5,
    max: 4,
    step: 0.5,
    value: 2 as number,
    when: ({ kind }: Values) => kind === "polynomial",
  },
  growth: { kind: "range", min: 1, max: 3, step: 0.5, value: 1 as number, when: uses(["restarts"]) },
  up: {
    kind: "range",
    min: 0.1,
    max: 0.9,
    step: 0.05,
    value: 0.3 as number,
    when: ({ kind }: Values) => kind === "oneCycle",
  },
  at: {
    kind: "range",
    place: "bar",
    min: 0,
    step: 1,
    show: (value: number) => String(Math.floor(value)),
    max: ({ unit, length }: Values) => (unit === "step" ? length : length * epochSteps) as number,
    value: ({ unit, length }: Values) => (unit === "step" ? length : length * epochSteps) as number,
  },
  momentum: {
    kind: "range",
    ...{ min: 0, max: 0.95, step: 0.05 },
    value: 0 as number,
    show: (value: number) => value.toFixed(2),
  },
  seed: { kind: "number", min: 0, max: 9999, step: 1, value: 1 as number },
} as const;

export type State = StateOf<typeof controls>;

/** Updates of the whole run. */
export const stepsOf = ({ unit, length }: State): number => (unit === "step" ? length : length * epochSteps);
