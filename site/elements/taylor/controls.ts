// Controls of the figure of Taylor polynomials.

import type { StateOf, Values } from "../kit/controls.ts";
import { FormulaFault, tensorFunction } from "../kit/formula.ts";
import { curveOf, functionNames } from "./functions.ts";

/** Highest order of the polynomial. */
export const highest = 8;

/** Fault of a formula of x; null if it has none. */
function faultOf(text: string): FormulaFault | null {
  try {
    tensorFunction(text, ["x"]);
    return null;
  } catch (error) {
    if (error instanceof FormulaFault) return error;
    throw error;
  }
}

const presets = {
  everywhere: { function: "sin", order: 7, places: [0, 3] },
  log: { function: "log", order: 8, places: [0, 1.5] },
  runge: { function: "runge", order: 8, places: [0, 0.3] },
  sigmoid: { function: "sigmoid", order: 7, places: [0, 4] },
  models: { function: "wells", order: 2, places: [1.8, 1], rate: 0.1 },
  uphill: { function: "wells", order: 2, places: [0.3, 1], rate: 0.1 },
};

export const controls = {
  presets: { kind: "presets", place: "top", options: presets },
  function: { kind: "choice", place: "top", options: functionNames, value: "log" as string, resets: ["places"] },
  formula: {
    kind: "formula",
    place: "top",
    value: "cos(x) + x^2/8",
    check: faultOf,
    when: ({ function: name }: Values) => name === "own",
  },
  order: { kind: "range", place: "top", min: 1, max: highest, step: 1, value: 4 as number },
  places: {
    kind: "point",
    min: (values: Values) => [curveOf(values).xRange[0], curveOf(values).xRange[0]] as const,
    max: (values: Values) => [curveOf(values).xRange[1], curveOf(values).xRange[1]] as const,
    value: (values: Values) => curveOf(values).places,
  },
  rate: { kind: "range", min: 0.01, max: 2, step: 0.01, value: 0.1 as number },
} as const;

export type State = StateOf<typeof controls>;
