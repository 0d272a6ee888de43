// Surfaces on which Newton's methods and line searches are shown: those of thalweg/minimizers, some more, and the user's own.

import type { Tensor } from "thalweg";
import { himmelblau, rosenbrock, saddle, type TestFunction } from "thalweg/minimizers";
import type { Values } from "../kit/controls.ts";
import { programText, tensorFunction } from "../kit/formula.ts";

type Range = readonly [number, number];

export interface Surface {
  readonly f: (point: { x: Tensor; y: Tensor }) => Tensor;
  readonly xRange: Range;
  readonly yRange: Range;
  readonly start: readonly [number, number];
  readonly text: string;
}

const fromLibrary = ({ f, range, start, text }: TestFunction): Surface => ({
  ...{ f, xRange: range.x, yRange: range.y, text },
  start: [start.x, start.y],
});

const written = (text: string, half: number, start: readonly [number, number]): Surface => ({
  f: tensorFunction(text) as Surface["f"],
  ...{ xRange: [-half, half], yRange: [-half, half], start, text },
});

const surfaces: Readonly<Record<string, Surface>> = {
  saddle: { ...fromLibrary(saddle), xRange: [-2, 2], yRange: [-2, 2], start: [1, 0.5] },
  // Functions of the examples newton and damping: a saddle between two minima, a bowl, and a valley of curvatures 1 and 9.
  wells: written("x^2-y^2+y^4/2", 2, [1, 0.3]),
  bowl: written("2x^2+x*y+y^2-5x-3y", 4, [-1, 3]),
  valley: written("x^2/2+9y^2/2", 4, [3, 1]),
  rosenbrock: fromLibrary(rosenbrock),
  himmelblau: fromLibrary(himmelblau),
  waves: written("x^2/8+y^2/8-cos(2x)-cos(1.5y)", 4, [-1.3, 1.8]),
  monkey: written("x^3-3x*y^2", 2, [1.2, 0.6]),
};

export const surfaceNames = [...Object.keys(surfaces), "own"] as const;

/** The surface that the values of the controls choose. */
export const surfaceOf = ({ surface, formula }: Values): Surface =>
  surfaces[surface as string] ?? written(formula, 4, [-2, 1.5]);

/** The function as an expression of a program, with x and y. */
export const codeOf = ({ text }: Surface): string => programText(text);

const raised = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A formula with signs and powers as they are printed. */
export const printed = (text: string): string =>
  text
    .replace(/\^(\d+)/g, (_, power: string) => power.replace(/\d/g, (digit) => raised[Number(digit)] as string))
    .replace(/\s*\*\s*/g, " · ")
    .replace(/(?<=[^\s(^])\s*([-+])\s*/g, (_, sign: string) => ` ${sign === "-" ? "−" : sign} `)
    .replaceAll("-", "−");
