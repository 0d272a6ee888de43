// Controls of the figure of line searches.

import type { StateOf, Values } from "../kit/controls.ts";
import { faultOf } from "../kit/formula.ts";
import { format } from "../kit/numbers.ts";
import { surfaceNames, surfaceOf } from "../newton/surfaces.ts";

export const searches = [
  "backtracking",
  "halving",
  "goldstein",
  "strongWolfe",
  "moreThuente",
  "hagerZhang",
  "exact",
] as const;
export type Search = (typeof searches)[number];
export type Direction = "descent" | "newton" | "hand";

const power = (exponent: number): number => Number((10 ** exponent).toPrecision(3));
export const firstOf = ({ first }: { first: number }): number => power(first);

/** Constants that a search takes: Goldstein's and Hager and Zhang's c₁ is below 0.5, and c₂ is above c₁. */
export function constantsOf({ search, c1, c2 }: { search: Search; c1: number; c2: number }) {
  const decrease = search === "goldstein" || search === "hagerZhang" ? Math.min(power(c1), 0.49) : power(c1);
  if (search === "exact") return { decrease: 1e-4, curvature: 1e-3 };
  return { decrease, curvature: Math.max(c2, Number((decrease + 0.005).toPrecision(6))) };
}

/** Searches that look at slopes, and so have c₂. */
export const hasSlopes = (search: Search): boolean => ["strongWolfe", "moreThuente", "hagerZhang"].includes(search);

const waves = { surface: "waves", direction: "hand", start: [-1.3, 1.8], toward: [2.6, -2.1] };

const presets = {
  tooLong: { ...waves, search: "halving", c1: -4, first: 0 },
  strict: { ...waves, search: "halving", c1: Math.log10(0.4), first: 0 },
  loose: { ...waves, search: "strongWolfe", c1: -4, c2: 0.9, first: 0 },
  tight: { ...waves, search: "strongWolfe", c1: -4, c2: 0.1, first: 0 },
  valley: { surface: "rosenbrock", direction: "descent", search: "backtracking", start: [-1.2, 1], first: 0 },
  unit: { surface: "rosenbrock", direction: "newton", search: "backtracking", start: [-1.2, 1], first: 0 },
  uphill: { surface: "wells", direction: "newton", search: "strongWolfe", start: [0.1, 0.4], first: 0 },
};

export const controls = {
  presets: { kind: "presets", place: "top", options: presets },
  search: { kind: "choice", place: "top", options: searches, value: "strongWolfe" as Search },
  direction: {
    kind: "choice",
    place: "top",
    options: ["descent", "newton", "hand"],
    value: "hand" as Direction,
  },
  c1: {
    kind: "range",
    place: "top",
    min: -4,
    max: -0.05,
    step: 0.05,
    value: -1 as number,
    show: (exponent: number) => format(power(exponent), 2),
    when: ({ search }: Values) => search !== "exact",
  },
  c2: {
    kind: "range",
    place: "top",
    min: 0.01,
    max: 0.99,
    step: 0.01,
    value: 0.5 as number,
    when: ({ search }: Values) => hasSlopes(search),
  },
  surface: { kind: "choice", options: surfaceNames, value: "waves" as string, resets: ["start", "toward"] },
  formula: {
    kind: "formula",
    value: "sin(x) + y^2 / 2 + x*y/4",
    check: faultOf,
    when: ({ surface }: Values) => surface === "own",
  },
  start: {
    kind: "point",
    value: (values: Values) => surfaceOf(values).start,
    min: (values: Values) => [surfaceOf(values).xRange[0], surfaceOf(values).yRange[0]] as const,
    max: (values: Values) => [surfaceOf(values).xRange[1], surfaceOf(values).yRange[1]] as const,
  },
  toward: {
    kind: "point",
    value: (values: Values) =>
      (values.surface === "waves" ? [2.6, -2.1] : [0, 0]) as unknown as readonly [number, number],
    min: (values: Values) => [surfaceOf(values).xRange[0], surfaceOf(values).yRange[0]] as const,
    max: (values: Values) => [surfaceOf(values).xRange[1], surfaceOf(values).yRange[1]] as const,
    when: ({ direction }: Values) => direction === "hand",
  },
  first: {
    kind: "range",
    min: -3,
    max: 1,
    step: 0.05,
    value: 0 as number,
    show: (exponent: number) => format(power(exponent), 2),
  },
} as const;

export type State = StateOf<typeof controls>;
