// The functions that methods race on: those of thalweg/minimizers, and the user's own.

import type { Tensor } from "thalweg";
import {
  beale,
  booth,
  bowl3d,
  himmelblau,
  matyas,
  misprintedBeale,
  quadratic,
  rastrigin,
  rosenbrock,
  saddle,
  sixHumpCamel,
  styblinskiTang,
} from "thalweg/minimizers";
import type { Values } from "../kit/controls.ts";
import { importsOf, programText, tensorFunction } from "../kit/formula.ts";

export interface Surface {
  /** The function; of two variables it does not read the third. */
  f(point: { x: Tensor; y: Tensor; z?: Tensor }): Tensor;
  /** Number of variables: x and y, or x, y and z, which all have the range of x. */
  readonly variables: 2 | 3;
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
  readonly start: readonly [number, number];
  readonly minima: readonly (readonly number[])[];
  /** Value at the minima; −∞ if unbounded below, NaN if unknown. */
  readonly minimum: number;
  readonly text: string;
  /** Name of the function in programs, and definitions that it needs before. */
  readonly code: {
    readonly f: string;
    /** Names from thalweg. */
    readonly functions: readonly string[];
    /** Names from thalweg/minimizers, after a comma. */
    readonly imports: string;
    readonly before: string;
  };
}

const library = {
  rosenbrock,
  beale,
  misprintedBeale,
  himmelblau,
  rastrigin,
  booth,
  matyas,
  quadratic,
  saddle,
  sixHumpCamel,
  styblinskiTang,
  bowl3d,
};
type Name = keyof typeof library;

/** True for the function of three variables, which shows in perspective only. */
export const isInSpace = ({ surface }: Values): boolean => surface === "bowl3d";
/** Range of its third variable. */
export const thirdRange = bowl3d.range.z;

export const surfaceNames = [...(Object.keys(library) as Name[]), "own"] as const;

/**
 * log₁₀ of a learning rate at which plain gradient descent makes steady progress, below its limit of 2 over the largest
 * curvature; 0.002 for the misprinted function as in the course.
 */
const rates: Readonly<Record<Exclude<Name, "quadratic"> | "own", number>> = {
  rosenbrock: -3,
  beale: -2,
  misprintedBeale: -2.7,
  himmelblau: -2,
  rastrigin: -3,
  booth: -1.3,
  matyas: -0.3,
  saddle: -1,
  sixHumpCamel: -1.5,
  styblinskiTang: -2,
  bowl3d: -1,
  own: -2,
};

/** log₁₀ of the usual learning rate of gradient descent on a surface. */
export function usualRate({ surface, condition }: Values): number {
  const rate = surface === "quadratic" ? Math.log10(1.6 / condition) : rates[surface as "own"];
  return Math.round(rate * 20) / 20;
}

export const ownRange: readonly [number, number] = [-5, 5];

/** The surface that the values of the controls choose. */
export function surfaceOf({ surface, condition, formula }: Values): Surface {
  if (surface === "own")
    return {
      f: tensorFunction(formula) as Surface["f"],
      variables: 2,
      ...{ xRange: ownRange, yRange: ownRange, start: [-3, 2], minima: [], minimum: Number.NaN, text: formula },
      code: {
        f: "f",
        functions: importsOf(formula),
        imports: "",
        before: `// ${formula}\nconst f = ({ x, y }) => ${programText(formula)};\n`,
      },
    };
  const name = surface as Name;
  const chosen = name === "quadratic" ? quadratic(condition) : library[name];
  return {
    f: chosen.f as Surface["f"],
    variables: name === "bowl3d" ? 3 : 2,
    xRange: chosen.range.x,
    yRange: chosen.range.y,
    start: [chosen.start.x, chosen.start.y],
    minima: chosen.minima.map((minimum) => Object.values<number>(minimum)),
    minimum: chosen.minimum,
    text: chosen.text,
    code: {
      f: name === "quadratic" ? `quadratic(${condition}).f` : `${name}.f`,
      functions: [],
      imports: `, ${name}`,
      before: "",
    },
  };
}
