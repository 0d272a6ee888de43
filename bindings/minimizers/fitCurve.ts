// Curve fitting: nonlinear least squares with standard errors.

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

/** Observations to fit a curve to. */
export interface Observations {
  /** Predictors: an array [observations] or [observations, predictors], or a record of arrays by name. */
  readonly x: ArrayLike | Readonly<Record<string, ArrayLike>>;
  /** Responses [observations]. */
  readonly y: ArrayLike;
  /** Weight of each squared residual, > 0, usually 1 / σ²; default 1. */
  readonly weights?: ArrayLike;
}

/** Options of minimize without `bounds` and `differences`; gradientTolerance is compared with cosines, default 1e-10. */
export type FitCurveOptions = Omit<MinimizeOptions, "bounds" | "differences"> & {
  /** Method for residuals: `levenbergMarquardt()` (default) or `gaussNewton()`. */
  readonly method?: MinimizeMethod;
};

/** Result of fitCurve. */
export interface CurveFit<P> {
  /** Fitted parameters, arranged like the start. */
  readonly parameters: P;
  /** Square roots of the diagonal of the covariance, arranged like the start; NaN if the covariance is null. */
  readonly standardErrors: P;
  /**
   * s² (J'J)⁻¹ [parameters, parameters], s² = sum of squares / degrees of freedom; null if J'J is singular or s² is
   * 0/0.
   */
  readonly covariance: NDArray | null;
  /** Σ w (y − model)². */
  readonly residualSumOfSquares: number;
  /** Number of observations minus number of parameters. */
  readonly degreesOfFreedom: number;
  /** Number of iterations. */
  readonly iterations: number;
  /** Numbers of evaluations of the residuals and of their derivatives. */
  readonly evaluations: { readonly value: number; readonly gradient: number };
  /** Reason for which the search ended. */
  readonly status: MinimizeStatus;
  /** The status as text, with advice. */
  readonly message: string;
  /** Accepted points, from the start, if the option `trace` is true; their value is half the sum of squares. */
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

/** Reads and checks the observations. */
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
        `fitCurve: ${name ? `x.${name}` : "x"} has ${shape[0] ?? 1} observations, but y has ${rows}. Give one row for each.`,
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
    const output: unknown = model(x, parameters);
    if (!(output instanceof Tensor))
      throw new TypeError(`${where}: the model must return a tensor, got ${shown(output)}. Use tensor operations.`);
    if (output.size !== rows)
      throw new ShapeError(
        `${where}: the model returns shape [${output.shape.join(", ")}], expected [${rows}], a value for each observation.`,
      );
    const difference = output.reshape([rows]).subtract(trace.constant(y, "f64"));
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
      ? " There are as many parameters as observations, so there are no standard errors."
      : known
        ? ""
        : " The data does not determine all parameters, so there are no standard errors.";
  return {
    standardErrors: point.arranged(errors),
    covariance: covariance ? { data: covariance, shape: [n, n] } : null,
    residualSumOfSquares,
    degreesOfFreedom,
    message: message + reason,
  };
}

type FitCurve = <P extends StartingPoint>(
  engine: Engine,
  model: (x: never, parameters: never) => Tensor,
  observations: Observations,
  start: P,
  options?: FitCurveOptions,
) => Promise<CurveFit<Arranged<P>>>;

/**
 * Fits a curve by nonlinear least squares: p = argmin Σ w (y − model(x, p))², by default with Levenberg-Marquardt and
 * exact Jacobians. The result does not depend on the units of the parameters. Where a derivative is not finite although
 * the model is, such as that of (t/τ)^β at t = 0, differences replace it.
 *
 * @param model         a function of tensors, predictors and parameters, that returns a tensor [observations]
 * @param observations  { x, y, weights? }: x an array [observations] or [observations, predictors], or a record of arrays
 * @param start         initial parameters: numbers, arrays or a record of them
 * @param options       those of `minimize`, and `method`; gradientTolerance is compared with cosines, default 1e-10
 * @returns a promise of parameters, standard errors, covariance, sum of squares and degrees of freedom
 * @throws TypeError   an argument is of the wrong kind, or an option is unknown
 * @throws RangeError  a number is not finite, or a weight is not positive
 * @throws ShapeError  there are fewer observations than parameters, or lengths differ
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
        `${where}: bounds are not supported. Minimize the sum of squares by minimize with lbfgs(), or use p.exp() for a ` +
          "positive parameter.",
      );
    const { method = levenbergMarquardt(), ...rest } = options ?? {};
    // Passed on unchanged if it is not a record, so that checkOptions rejects it.
    const given = isRecord(options) ? { gradientTolerance: 1e-10, method, ...rest } : options;
    const names = minimizeOptions.filter((name) => name !== "bounds" && name !== "differences");
    const checked = checkMinimizeOptions(where, given, false, ["method", ...names]);
    if (!has(method, "method", "direction") || !wantsResiduals(method))
      throw new TypeError(
        `${where}: method must be one for residuals, got ${method?.method ?? shown(method)}. Use levenbergMarquardt().`,
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

/** First tensor of a tree. */
function anyTensor(tree: unknown): Tensor {
  if (tree instanceof Tensor) return tree;
  return anyTensor(Object.values(tree as object)[0]);
}
