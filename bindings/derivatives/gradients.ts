// Numerical gradients by finite differences, and the comparison of analytic gradients with them, in double precision.

import type { Engine } from "../engine/engine.js";
import { compile } from "../tensors/compile.js";
import type { Tensor } from "../tensors/tensor.js";
import type { ArraysFor, TensorTree } from "../tensors/trees.js";
import { type ArrayLike, leaves, mapLeaves, type NDArray, toArray } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkNumber, checkOptions, shown } from "../values/options.js";
import { valueAndGrad } from "./transforms.js";

/** Options of `numericalGradient`. */
export interface NumericalGradientOptions {
  /**
   * "forward": (f(x + h) − f(x)) / h, n + 1 evaluations; "central" (default): (f(x + h) − f(x − h)) / 2h, 2n
   * evaluations.
   */
  readonly form?: "forward" | "central";
  /** Step h > 0; default 1e-4 forward, 1e-5 central, multiplied by |x| where that is below 0.001 or above 1000. */
  readonly step?: number;
}

/**
 * Scale of each number, by which the default step is multiplied: its magnitude, at least that of the largest number or 1,
 * whichever is less. Scales from 0.001 to 1000 count as 1.
 */
function sizesOf(data: ArrayLikeNumbers): (k: number) => number {
  let most = 0;
  for (let k = 0; k < data.length; k++) most = Math.max(most, Math.abs(data[k] as number));
  const least = most > 0 ? Math.min(1, most) : 1;
  return (k) => {
    const size = Math.max(least, Math.abs(data[k] as number));
    return size < 1e-3 || size > 1e3 ? size : 1;
  };
}

type ArrayLikeNumbers = { readonly length: number; readonly [k: number]: number };

/**
 * Gradient of a plain function by finite differences: ∂f/∂xᵢ ≈ (f(x + h eᵢ) − f(x − h eᵢ)) / 2h.
 *
 * @param f        a function of a list of numbers that returns a number
 * @param x        the point [n]
 * @param options  form, step
 * @returns        the gradient [n] and the number of evaluations of f
 * @throws TypeError   f is not a function, or does not return a number
 * @throws RangeError  step is not positive, or form is unknown
 * @throws ShapeError  x is not a list of numbers
 * @example
 * numericalGradient((x) => x[0] ** 2 + 3 * x[1], [2, 5], { form: "forward", step: 1e-4 }).evaluations; // 3
 * @see Nocedal and Wright, *Numerical Optimization*, 2006, §8.1
 */
export function numericalGradient(
  f: (x: readonly number[]) => number,
  x: readonly number[],
  options: NumericalGradientOptions = {},
): { gradient: number[]; evaluations: number } {
  const where = "numericalGradient";
  if (typeof f !== "function") throw new TypeError(`${where}: expected a function of numbers, got ${shown(f)}.`);
  checkOptions(where, options, ["form", "step"]);
  const form = checkChoice(where, "form", options.form ?? "central", ["forward", "central"]);
  const { step } = options;
  if (step !== undefined) checkNumber(where, "step", step, { above: 0 });
  const { data, shape } = toArray(where, x);
  if (shape.length !== 1) throw new ShapeError(`${where}: x must be a list of numbers, got [${shape.join(", ")}].`);
  const start = Array.from(data);
  const size = sizesOf(start);
  const width = (i: number): number => step ?? (form === "forward" ? 1e-4 : 1e-5) * size(i);
  let evaluations = 0;
  const at = (point: readonly number[]): number => {
    evaluations++;
    const value = f(point);
    if (typeof value !== "number") throw new TypeError(`${where}: f must return a number, got ${shown(value)}.`);
    return value;
  };
  const moved = (i: number, by: number): number[] => start.map((value, k) => (k === i ? value + by : value));
  const base = form === "forward" ? at(start) : 0;
  const gradient = start.map((_, i) => {
    const h = width(i);
    return form === "forward" ? (at(moved(i, h)) - base) / h : (at(moved(i, h)) - at(moved(i, -h))) / (2 * h);
  });
  return { gradient, evaluations };
}

/** Coordinate of a gradient check. */
export interface CheckedCoordinate {
  /** Name of the leaf, "" for a single array. */
  readonly name: string;
  /** Position in the leaf, flattened. */
  readonly index: number;
  /** Derivative by automatic differentiation. */
  readonly analytic: number;
  /** Derivative by central differences. */
  readonly numerical: number;
  /**
   * |analytic − numerical| / max(|analytic|, |numerical|, s), where s is the largest derivative in the array, at most 1;
   * at most the tolerance if the difference is within the rounding error of f.
   */
  readonly relativeError: number;
}

/** Result of a gradient check. */
export interface GradientCheck {
  /** True if the relative error of every coordinate, except at kinks, is at most the tolerance. */
  readonly passed: boolean;
  /** Coordinate of the largest relative error, except at kinks; null if there is none. */
  readonly worst: CheckedCoordinate | null;
  /** Coordinates whose difference interval contains a kink (of relu, abs or hinge), where differences are not valid. */
  readonly kinks: readonly CheckedCoordinate[];
  /** Number of coordinates. */
  readonly coordinates: number;
}

/** Options of `gradientCheck`. */
export interface GradientCheckOptions {
  /** Largest relative error that passes, > 0; default 1e-6. */
  readonly tolerance?: number;
  /**
   * Step h > 0 of the differences; default 1e-5, multiplied by |x| where that is above 1000 or a whole array below
   * 0.001.
   */
  readonly step?: number;
}

/**
 * Compares the analytic gradient ∂f/∂x of a scalar function with central differences, coordinate by coordinate, in f64.
 *
 * @param f        a function of a tensor, or of a tree of tensors, that returns a scalar
 * @param options  tolerance, step
 * @returns        a function of x that returns a GradientCheck
 * @throws RangeError  tolerance or step is not positive
 * @throws ShapeError  f does not return a scalar
 * @example
 * gradientCheck(engine, (x) => x.square().sum())([2, 3]).passed; // true
 * @see Bishop, *Pattern Recognition and Machine Learning*, 2006, §5.3.3
 */
export function gradientCheck(
  engine: Engine,
  f: (x: Tensor) => Tensor,
  options?: GradientCheckOptions,
): (parameters: ArraysFor<Tensor>) => GradientCheck;
export function gradientCheck<T extends TensorTree>(
  engine: Engine,
  f: (parameters: T) => Tensor,
  options?: GradientCheckOptions,
): (parameters: ArraysFor<T>) => GradientCheck;
export function gradientCheck(
  engine: Engine,
  f: unknown,
  options: GradientCheckOptions = {},
): (parameters: ArrayLike) => GradientCheck {
  const where = "gradientCheck";
  checkOptions(where, options, ["tolerance", "step"]);
  const tolerance = checkNumber(where, "tolerance", options.tolerance ?? 1e-6, { above: 0 });
  const { step } = options;
  if (step !== undefined) checkNumber(where, "step", step, { above: 0 });
  const analytic = valueAndGrad(engine, f as (x: Tensor) => Tensor);
  const value = compile(engine, f as (x: Tensor) => Tensor);
  return (parameters) => {
    const points = leaves(parameters).map(([name, leaf]) => {
      const { data, shape } = toArray(where, leaf);
      return { name, shape, data: Float64Array.from(data) };
    });
    const arranged = (): ArrayLike => {
      const queue = points.map(({ data, shape }) => ({ data, shape }));
      return mapLeaves(parameters, () => queue.shift()) as ArrayLike;
    };
    const { value: base, gradient } = analytic(arranged());
    const gradients = leaves(gradient).map(([, leaf]) => (leaf as NDArray).data);
    const found: Found = { worst: null, kinks: [], coordinates: 0 };
    for (const [k, { name, data }] of points.entries()) {
      const leaf = { name, data, gradient: gradients[k] as Float64Array };
      checkLeaf(leaf, () => value(arranged()) as number, base, { tolerance, step }, found);
    }
    return { passed: !found.worst || found.worst.relativeError <= tolerance, ...found };
  };
}

interface Found {
  worst: CheckedCoordinate | null;
  readonly kinks: CheckedCoordinate[];
  coordinates: number;
}

/** Compares the gradient of one array, whose numbers `value` reads. */
function checkLeaf(
  { name, data, gradient }: { readonly name: string; readonly data: Float64Array; readonly gradient: Float64Array },
  value: () => number,
  base: number,
  { tolerance, step }: { readonly tolerance: number; readonly step: number | undefined },
  report: Found,
): void {
  const at = (index: number, by: number): number => {
    const x = data[index] as number;
    data[index] = x + by;
    const result = value();
    data[index] = x;
    return result;
  };
  const slope = (index: number, h: number): Slope => {
    const [above, below] = [at(index, h), at(index, -h)];
    const rounding = (8 * Number.EPSILON * Math.max(Math.abs(above), Math.abs(base), Math.abs(below))) / h;
    return { h, right: (above - base) / h, left: (base - below) / h, rounding };
  };
  const size = sizesOf(data);
  const slopes = Array.from(data, (_, index) => slope(index, step ?? 1e-5 * size(index)));
  const most = slopes.reduce((s, { right, left }, i) => larger(s, gradient[i] as number, (right + left) / 2), 0);
  const compared = (index: number, { right, left, rounding }: Slope): CheckedCoordinate => {
    const [exact, numerical] = [gradient[index] as number, (right + left) / 2];
    const scale = larger(Math.min(1, Math.max(most, rounding / tolerance)), exact, numerical);
    const relativeError = exact === numerical ? 0 : Math.abs(exact - numerical) / scale;
    return { name, index, analytic: exact, numerical, relativeError };
  };
  report.coordinates += data.length;
  for (const [index, wide] of slopes.entries()) {
    let found = compared(index, wide);
    const between = Math.abs(found.analytic - found.numerical) <= 0.6 * Math.abs(wide.right - wide.left);
    const differs = !(found.relativeError <= tolerance);
    if (differs && between && isKink((by) => at(index, by), base, wide.h)) {
      report.kinks.push(found);
      continue;
    }
    const narrow = 1e-5 * Math.abs(data[index] as number);
    // In an array of mixed units, a step relative to this number alone may be the right one.
    if (differs && step === undefined && narrow > 0 && narrow < wide.h) {
      const again = compared(index, slope(index, narrow));
      if (again.relativeError <= tolerance) found = again;
    }
    const most = report.worst?.relativeError ?? -1;
    // An error that is not a number is larger than any number.
    if (!Number.isNaN(most) && !(found.relativeError <= most)) report.worst = found;
  }
}

/** One-sided difference quotients of step h, and a bound of their rounding error. */
interface Slope {
  readonly h: number;
  readonly right: number;
  readonly left: number;
  readonly rounding: number;
}

function larger(size: number, a: number, b: number): number {
  return Math.max(size, Math.abs(a), Math.abs(b));
}

/**
 * True at a kink. Where f is smooth, dividing h by 4 divides the difference of the one-sided quotients by 4; with a kink
 * in the interval the difference stays the same, and it vanishes once the kink lies outside.
 */
function isKink(at: (by: number) => number, base: number, h: number): boolean {
  const gap = (step: number): number => (at(step) - 2 * base + at(-step)) / step;
  const gaps = [h, h / 4, h / 16].map(gap) as [number, number, number];
  const shrinks = (from: number, to: number): boolean => to / from > 0.15 && to / from < 0.35;
  return !(shrinks(gaps[0], gaps[1]) && shrinks(gaps[1], gaps[2]));
}
