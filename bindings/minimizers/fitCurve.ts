// Curve fitting: parameters of a model by least squares, with their standard errors.

import { checkEngine, type Engine } from "../engine/engine.js";
import { solversOf, wholeOnly } from "../engine/featureSets.js";
import * as fields from "../engine/recordFields.js";
import { Tensor } from "../tensors/tensor.js";
import { type ArrayLike, isArrayLike, type NDArray, toArray } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { checkOptions, has, isRecord, shown } from "../values/options.js";
import { runAsync } from "./drive.js";
import type { MinimizeMethod } from "./method.js";
import { levenbergMarquardt, wantsResiduals } from "./methods.js";
import type { MinimizeStatus, TraceEntry } from "./outcome.js";
import { type Arranged, Arrangement, type StartingPoint } from "./point.js";
import { searchMinimum } from "./search.js";
import { checkMinimizeOptions, type MinimizeOptions, minimizeOptions } from "./stops.js";

/** Observations: predictors as an array [observations], rows [observations, predictors] or a record of arrays. */
export interface Observations {
  /** Predictors [observations], rows of them, or a record of arrays. */
  readonly x: ArrayLike | Readonly<Record<string, ArrayLike>>;
  /** Responses [observations]. */
  readonly y: ArrayLike;
  /** Weight of each squared residual, > 0, 1 / σ² as a rule; default 1. */
  readonly weights?: ArrayLike;
}

export type FitCurveOptions = Omit<MinimizeOptions, "bounds" | "differences"> & {
  /** A method for residuals; default `levenbergMarquardt()`. */
  readonly method?: MinimizeMethod;
};

/** What a fit answers. */
export interface CurveFit<P> {
  /** Arranged like the start. */
  readonly parameters: P;
  /** √ of the diagonal of the covariance, arranged like the start; NaN where it is not determined. */
  readonly standardErrors: P;
  /** s² (J'J)⁻¹ [parameters, parameters], s² = sum of squares / degrees of freedom; null where it is not determined. */
  readonly covariance: NDArray | null;
  /** Σ w (y − model)². */
  readonly residualSumOfSquares: number;
  /** Observations less parameters. */
  readonly degreesOfFreedom: number;
  readonly iterations: number;
  readonly evaluations: { readonly value: number; readonly gradient: number };
  readonly status: MinimizeStatus;
  readonly message: string;
  /** The accepted points from the start on, if they were asked for; value is half the sum of squares. */
  readonly trace?: readonly TraceEntry<P>[];
}

type Predictors = Tensor | Readonly<Record<string, Tensor>>;

interface Column {
  readonly name: string;
  readonly data: Float64Array;
  readonly shape: readonly number[];
}

function finite(what: string, value: unknown, name = ""): Column {
  const { data, shape } = toArray(`fitCurve: ${what}`, value);
  const wrong = data.findIndex((number: number) => !Number.isFinite(number));
  if (wrong >= 0)
    throw new RangeError(`fitCurve: ${what} must be finite, got ${data[wrong]} at ${wrong}. Leave such rows out.`);
  return { name, data: Float64Array.from(data), shape };
}

/** Everything read and checked before anything is traced. */
function readObservations(given: Observations) {
  if (!isRecord(given) || !("x" in given) || !("y" in given))
    throw new TypeError(`fitCurve: the observations must be { x, y }, got ${shown(given)}.`);
  if ("sigma" in given)
    throw new TypeError('fitCurve: unknown option "sigma". Give weights, 1 / sigma² of each observation.');
  checkOptions("fitCurve", given, ["x", "y", "weights"]);
  const y = finite("y", given.y);
  const rows = y.data.length;
  const single = isArrayLike(given.x);
  if (!single && !isRecord(given.x))
    throw new TypeError(`fitCurve: x must be an array or a record of arrays, got ${shown(given.x)}.`);
  const columns = single
    ? [finite("x", given.x)]
    : Object.entries(given.x as object).map(([name, value]) => finite(`x.${name}`, value, name));
  if (columns.length === 0)
    throw new TypeError("fitCurve: x has no predictors, expected an array or a record of arrays.");
  for (const { name, shape } of columns)
    if (shape[0] !== rows)
      throw new ShapeError(
        `fitCurve: ${name ? `x.${name}` : "x"} has ${shape[0] ?? 1} observations, but y has ${rows}. One row an observation.`,
      );
  let roots: Float64Array | null = null;
  if (given.weights !== undefined) {
    const weights = finite("weights", given.weights).data;
    if (weights.length !== rows) throw new ShapeError(`fitCurve: got ${weights.length} weights, expected ${rows}.`);
    const wrong = weights.findIndex((weight) => !(weight > 0));
    if (wrong >= 0) throw new RangeError(`fitCurve: weights must be above 0, got ${weights[wrong]} at ${wrong}.`);
    roots = weights.map(Math.sqrt);
  }
  return { y: y.data, rows, single, columns, roots };
}

/** The function that minimizers take: √w (model(x, p) − y). */
function residualsOf(
  where: string,
  model: (x: unknown, parameters: unknown) => unknown,
  { y, rows, single, columns, roots }: ReturnType<typeof readObservations>,
): (parameters: never) => Tensor {
  return (parameters) => {
    const { trace } = anyTensor(parameters);
    const tensors = columns.map(({ data, shape }) => trace.constant({ data, shape }, "f64"));
    const x: Predictors = single
      ? (tensors[0] as Tensor)
      : Object.fromEntries(columns.map(({ name }, k) => [name, tensors[k] as Tensor]));
    const answer: unknown = model(x, parameters);
    if (!(answer instanceof Tensor))
      throw new TypeError(`${where}: the model must answer a tensor, got ${shown(answer)}. Use tensor operations.`);
    if (answer.size !== rows)
      throw new ShapeError(
        `${where}: the model answers shape [${answer.shape.join(", ")}], expected [${rows}], one value an observation.`,
      );
    const difference = answer.reshape([rows]).subtract(trace.constant(y, "f64"));
    return roots ? difference.multiply(trace.constant(roots, "f64")) : difference;
  };
}

/** Standard errors and covariance σ² (J'J)⁻¹, from its inverse matrix if that is known. */
function accuracyOf(
  point: Arrangement,
  rows: number,
  residualSumOfSquares: number,
  inverse: Float64Array | null,
  message: string,
) {
  const n = point.elements;
  const degreesOfFreedom = rows - n;
  const variance = residualSumOfSquares / degreesOfFreedom;
  const known = inverse !== null && degreesOfFreedom > 0;
  const covariance = known ? inverse.map((entry) => variance * entry) : null;
  const errors = new Float64Array(n).map((_, k) =>
    covariance ? Math.sqrt(covariance[k * n + k] as number) : Number.NaN,
  );
  const reason =
    degreesOfFreedom === 0
      ? " No degree of freedom is left, so there are no standard errors."
      : known
        ? ""
        : " The parameters are not determined by the data one by one, so there are no standard errors.";
  return {
    standardErrors: point.arranged(errors),
    covariance: covariance ? { data: covariance, shape: [n, n] } : null,
    residualSumOfSquares,
    degreesOfFreedom,
    message: message + reason,
  };
}

/** Finds the parameters of a model. */
export type FitCurve = <P extends StartingPoint>(
  engine: Engine,
  model: (x: never, parameters: never) => Tensor,
  observations: Observations,
  start: P,
  options?: FitCurveOptions,
) => Promise<CurveFit<Arranged<P>>>;

/**
 * Fits a curve: parameters p that minimize Σ w (y − model(x, p))², by Levenberg-Marquardt with exact Jacobians, scaled so
 * that units do not matter. Derivatives that are not finite where the model is, as of (t/τ)^β at t = 0, become differences.
 *
 * @param model  a function of the predictors and the parameters, as tensors, that answers [observations]
 * @param observations  { x, y, weights? }: x an array [observations], rows, or a record of arrays for several predictors
 * @param start  parameters to start from: numbers, arrays or a record of them
 * @param options  as for `minimize`, and `method`; gradientTolerance is compared with cosines, default 1e-10
 * @returns a promise of parameters, standard errors, covariance, sum of squares and degrees of freedom
 * @throws TypeError   an argument of the wrong kind, or an unknown option
 * @throws RangeError  numbers that are not finite, or weights that are not positive
 * @throws ShapeError  fewer observations than parameters, or lengths that differ
 * @example
 * const line = (x, { slope, offset }) => x.multiply(slope).add(offset);
 * const fit = await fitCurve(engine, line, { x: [0, 1, 2, 3], y: [1, 3, 5, 7.2] }, { slope: 1, offset: 0 });
 * fit.degreesOfFreedom; // 2
 * @see Moré, *The Levenberg-Marquardt algorithm: implementation and theory*, 1978; Bates and Watts, *Nonlinear Regression
 * Analysis and Its Applications*, 1988, §2.2
 */
export const fitCurve: FitCurve = /* @__PURE__ */ wholeOnly(
  async (
    engine: Engine,
    model: unknown,
    observations: Observations,
    start: unknown,
    options: FitCurveOptions = {},
  ): Promise<CurveFit<unknown>> => {
    const where = "fitCurve";
    solversOf(where, checkEngine(where, engine), "minimizerCovariance");
    if (typeof model !== "function")
      throw new TypeError(`${where}: the model must be a function of x and the parameters, got ${shown(model)}.`);
    const observed = readObservations(observations);
    const { rows } = observed;
    if ((options as MinimizeOptions | null)?.bounds !== undefined)
      throw new TypeError(
        `${where}: keeps no bounds. Minimize the sum of squares by minimize with lbfgs(), or let p.exp() stand for what ` +
          "must be positive.",
      );
    const { method = levenbergMarquardt(), ...rest } = options ?? {};
    // As they were given, so that what is no record of options is refused.
    const given = isRecord(options) ? { gradientTolerance: 1e-10, method, ...rest } : options;
    const names = minimizeOptions.filter((name) => name !== "bounds" && name !== "differences");
    const checked = checkMinimizeOptions(where, given, false, ["method", ...names]);
    if (!has(method, "method", "direction") || !wantsResiduals(method))
      throw new TypeError(
        `${where}: method must be one of residuals, got ${method?.method ?? shown(method)}. Use levenbergMarquardt().`,
      );
    const point = new Arrangement(where, start);
    const n = point.elements;
    if (rows < n)
      throw new ShapeError(
        `${where}: fewer observations than parameters: got ${rows} for ${n}. Fix some parameters, or observe more.`,
      );
    const residuals = residualsOf(where, model as (x: unknown, parameters: unknown) => unknown, observed);
    let inverse: Float64Array | null = null;
    const { x, value, ...found } = await runAsync(
      searchMinimum(where, engine, residuals, point, method, checked, (memory, at) => {
        const isKnown = engine.checked((core) => core.minimizerCovariance(memory.record, at)) === 1;
        if (isKnown) inverse = memory.readBlock(fields.minimizerMatrix, n * n);
      }),
    );
    return {
      parameters: x,
      ...accuracyOf(point, rows, 2 * value, inverse, found.message),
      iterations: found.iterations,
      evaluations: found.evaluations,
      status: found.status,
      ...(found.trace ? { trace: found.trace as readonly TraceEntry<unknown>[] } : {}),
    };
  },
) as FitCurve;

/** One of the tensors of a tree. */
function anyTensor(tree: unknown): Tensor {
  if (tree instanceof Tensor) return tree;
  return anyTensor(Object.values(tree as object)[0]);
}
