// Functions of one variable that are approximated, with their range, a start, and how far their series converge.

import type { Tensor } from "thalweg";
import type { Values } from "../kit/controls.ts";
import { programText, tensorFunction } from "../kit/formula.ts";

export interface Curve {
  readonly f: (x: Tensor) => Tensor;
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
  /** Point of expansion and probe at first. */
  readonly places: readonly [number, number];
  /** Formula in the syntax of the figures' formulas. */
  readonly text: string;
  /** Radius of convergence of the series about a point: the distance of the nearest singularity in the complex plane; NaN if unknown. */
  readonly radius: (a: number) => number;
}

const everywhere = (): number => Number.POSITIVE_INFINITY;

type Known = Omit<Curve, "f">;

const known: Readonly<Record<string, Known>> = {
  sin: { text: "sin(x)", xRange: [-7, 7], yRange: [-2.5, 2.5], places: [0, 3], radius: everywhere },
  exp: { text: "exp(x)", xRange: [-4, 3], yRange: [-2, 12], places: [0, 2], radius: everywhere },
  // Singular at −1.
  log: { text: "log(1+x)", xRange: [-0.98, 4], yRange: [-3, 3], places: [0, 1.5], radius: (a) => Math.abs(a + 1) },
  // Singular at ±i/5.
  runge: {
    text: "1/(1+25x^2)",
    xRange: [-1, 1],
    yRange: [-0.6, 1.6],
    places: [0, 0.3],
    radius: (a) => Math.hypot(a, 0.2),
  },
  // Singular at ±πi.
  sigmoid: {
    text: "sigmoid(x)",
    xRange: [-7, 7],
    yRange: [-0.6, 1.6],
    places: [0, 4],
    radius: (a) => Math.hypot(a, Math.PI),
  },
  // Two minima: the function of the example localModels.
  wells: { text: "(x^2-1)^2/4+x/5", xRange: [-2, 2.2], yRange: [-1, 3], places: [1.8, 1], radius: everywhere },
};

export const functionNames = [...Object.keys(known), "own"] as const;

/** The function that the values of the controls choose; `yRange` of a user's function is that of `sin` until it is computed. */
export function curveOf({ function: name, formula }: Values): Curve {
  const part: Known =
    name === "own"
      ? { text: formula, xRange: [-4, 4], yRange: [-3, 3], places: [0, 1], radius: () => Number.NaN }
      : (known[name as string] as Known);
  const f = tensorFunction(part.text, ["x"]);
  return { ...part, f: (x) => f({ x }) };
}

export const codeOf = ({ text }: Curve): string => programText(text, ["x"]);
