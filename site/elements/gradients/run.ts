// Checks a user's derivative: differences of all steps, what theory says of their errors, and the library's check.

import { compile, type Engine, grad, gradientCheck, numericalGradient, type Tensor } from "thalweg";
import { tensorFunction } from "../kit/formula.ts";
import { powerOfTen, type State } from "./controls.ts";

export const axes = ["x", "y"] as const;
export type Axis = (typeof axes)[number];

/** Exponents of the steps of the curves. */
export const exponents: readonly number[] = Array.from({ length: 61 }, (_, k) => -1 - k / 4);

/** Largest relative error that passes. */
export const tolerance = 1e-6;

export interface Checked {
  readonly axis: Axis;
  readonly own: number;
  readonly numerical: number;
  readonly relativeError: number;
  /** "rounding": the two differ, but by no more than the rounding error of f allows, so that nothing can be said. */
  readonly verdict: "right" | "wrong" | "kink" | "rounding";
}

export interface Curves {
  /** |difference quotient − own derivative| for each step. */
  readonly forward: readonly number[];
  readonly central: readonly number[];
  /** |f″| / 2, |f‴| / 6 and 2⁻⁵³ |f|: the errors are about the first times h, the second times h², the last over h. */
  readonly slope: number;
  readonly bend: number;
  readonly rounding: number;
}

type Point = readonly [number, number];
type Scalar = (t: Tensor) => Tensor;

/** The function along one axis through a point. */
function along(formula: string, axis: Axis, [x, y]: Point): Scalar {
  const f = tensorFunction(formula);
  return (t) => {
    const other = t.multiply(0).add(axis === "x" ? y : x);
    return f(axis === "x" ? { x: t, y: other } : { x: other, y: t });
  };
}

/** A function of value f and derivative g: f, as a constant, plus g, as a constant, times a number that is 0 and has slope 1. */
const withDerivative =
  (f: Scalar, g: Scalar): Scalar =>
  (t) =>
    f(t)
      .stopGradient()
      .add(g(t).stopGradient().multiply(t.subtract(t.stopGradient())));

/** The library's check of one coordinate; `rounding` is 2⁻⁵³ |f|. */
export function check(engine: Engine, axis: Axis, { f, dx, dy, point, step }: State, rounding: number): Checked {
  const own = withDerivative(along(f, axis, point), along(axis === "x" ? dx : dy, axis, point));
  const at = point[axis === "x" ? 0 : 1];
  const { worst, kinks, passed } = gradientCheck(engine, own, { step: powerOfTen(step), tolerance })(at);
  const [kink] = kinks;
  const found = kink ?? worst;
  if (!found) throw new Error("the check has no coordinate");
  const { analytic, numerical, relativeError } = found;
  const plain = Math.abs(analytic - numerical) / Math.max(Math.abs(analytic), Math.abs(numerical), 1e-300);
  // The library's bound of the rounding error of a difference: 8 units in the last place of f.
  const isRounding = plain > tolerance && Math.abs(analytic - numerical) <= (16 * rounding) / powerOfTen(step);
  const verdict = isRounding ? "rounding" : kink ? "kink" : passed ? "right" : "wrong";
  return { axis, own: analytic, numerical, relativeError, verdict };
}

const number = (value: unknown): number =>
  typeof value === "number" ? value : Number((value as { data: ArrayLike<number> }).data[0]);

/** Errors of the differences against the user's derivative, along one axis. */
export function curves(engine: Engine, { f, dx, dy, point, axis }: State): Curves {
  const name = axis as Axis;
  const at = point[name === "x" ? 0 : 1];
  const scalar = along(f, name, point);
  const own = compile(engine, along(name === "x" ? dx : dy, name, point));
  const value = compile(engine, scalar);
  const first = grad(engine, scalar);
  const second = grad(engine, (t: Tensor) => first(t));
  const third = grad(engine, (t: Tensor) => second(t));
  try {
    const expected = number(own(at));
    const f1 = ([t]: readonly number[]): number => number(value(t as number));
    const errors = (form: "forward" | "central"): number[] =>
      exponents.map((exponent) => {
        const { gradient } = numericalGradient(f1, [at], { form, step: powerOfTen(exponent) });
        return Math.abs((gradient[0] as number) - expected);
      });
    return {
      ...{ forward: errors("forward"), central: errors("central") },
      slope: Math.abs(number(second(at))) / 2,
      bend: Math.abs(number(third(at))) / 6,
      rounding: 2 ** -53 * Math.abs(f1([at])),
    };
  } finally {
    for (const program of [own, value, first, second, third]) program.free();
  }
}

/** The course's weights, the loss there, and the losses where one weight after the other is 1e-4 larger. */
export const course = { weights: [0.34, -1.11, 0.78], loss: 1.25347, raised: [1.25322, 1.25353, 1.25347], step: 1e-4 };

/** The gradient that the course reads off: −2.5, 0.6, 0. */
export function courseGradient(): number[] {
  const { weights, loss, raised, step } = course;
  const lossAt = (w: readonly number[]): number => raised[w.findIndex((value, k) => value !== weights[k])] ?? loss;
  return numericalGradient(lossAt, weights, { form: "forward", step }).gradient;
}
