// minimize and minimizeSync, the entries for all methods and all kinds of functions.

import { checkEngine, type Engine } from "../engine/engine.js";
import { solversOf, wholeOnly } from "../engine/featureSets.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { Tensor } from "../tensors/tensor.js";
import type { ArraysFor } from "../tensors/trees.js";
import { shown } from "../values/options.js";
import { runAsync, runSync, type Search } from "./drive.js";
import { searchByRule } from "./firstOrder.js";
import type { MinimizeMethod } from "./method.js";
import { lbfgs, wantsResiduals } from "./methods.js";
import { PlainEvaluator, type PlainObjective } from "./objective.js";
import type { Minimum } from "./outcome.js";
import { type Arranged, Arrangement, type StartingPoint } from "./point.js";
import { type Opened, searchMinimum } from "./search.js";
import { checkMinimizeOptions, type MinimizeOptions, type MinimizeSyncOptions, minimizeOptions } from "./stops.js";

const plainNames = ["value", "gradient", "valueAndGradient", "hessian", "residuals", "jacobian"];

/** Checks what only first-order optimizers take. */
function checkRuleOptions(
  where: string,
  { gradient, seed }: MinimizeOptions,
  method: MinimizeMethod | Optimizer,
): void {
  if (!("rule" in method)) {
    if (gradient !== undefined || seed !== undefined)
      throw new TypeError(
        `${where}: gradient and seed are for first-order optimizers such as adam(), got ${method.method}. Leave them out.`,
      );
  } else if (gradient?.length && method.gradientFree)
    throw new TypeError(`${where}: gradient has no effect, as ${method.name} uses none. Leave it out.`);
  if (gradient?.some(({ code }) => code === null))
    throw new TypeError(`${where}: accumulate is for batches, which a function has none of. Leave it out.`);
}

/** Checks the arguments and returns the search. @internal */
export function prepared(
  where: string,
  engine: Engine,
  f: unknown,
  x0: unknown,
  method: MinimizeMethod | Optimizer,
  options: MinimizeOptions,
  sync: boolean,
  opened: Opened | null = null,
): Search<Minimum<unknown>> {
  solversOf(where, checkEngine(where, engine), "minimizerRun");
  const checked = checkMinimizeOptions(where, options, sync, [...minimizeOptions, "gradient", "seed"]);
  const byRule = method !== null && typeof method === "object" && "rule" in method;
  if (!byRule && (method === null || typeof method !== "object" || !("direction" in method)))
    throw new TypeError(`${where}: the method must be a description, got ${shown(method)}. Try lbfgs() or adam().`);
  checkRuleOptions(where, options, method);
  const point = new Arrangement(where, x0);
  const search = (objective: ((x: never) => unknown) | PlainEvaluator): Search<Minimum<unknown>> =>
    byRule
      ? searchByRule(where, engine, objective, point, method as Optimizer, checked, opened)
      : searchMinimum(where, engine, objective, point, method as MinimizeMethod, checked, undefined, opened);
  if (typeof f === "function") return search(f as never);
  if (f === null || typeof f !== "object")
    throw new TypeError(
      `${where}: expected a function of tensors, or plain functions as { value, gradient }, got ${shown(f)}.`,
    );
  for (const [name, part] of Object.entries(f))
    if (!plainNames.includes(name) || (part !== undefined && typeof part !== "function"))
      throw new TypeError(
        `${where}: "${name}" must be one of the functions ${plainNames.join(", ")}, got ${shown(part)}.`,
      );
  const objective = f as PlainObjective<never>;
  const residual = !byRule && wantsResiduals(method as MinimizeMethod);
  if (residual ? !objective.residuals : !objective.value && !objective.valueAndGradient)
    throw new TypeError(`${where}: this method needs the function ${residual ? "residuals" : "value"}, got none.`);
  // Gradients by differences have an error of about the root of the rounding; a smaller tolerance would never be reached.
  const exact = residual ? true : Boolean(objective.gradient ?? objective.valueAndGradient);
  if (!exact && options.gradientTolerance === undefined)
    checked.gradientTolerance = checked.differences === "central" ? 1e-6 : 1e-5;
  return search(new PlainEvaluator(where, objective, point, checked.differences));
}

interface Minimize {
  <X extends ArraysFor<Tensor>>(
    engine: Engine,
    f: (x: Tensor) => Tensor,
    x0: X,
    method?: MinimizeMethod | Optimizer,
    options?: MinimizeOptions,
  ): Promise<Minimum<Arranged<X>>>;
  <T, X extends NoInfer<ArraysFor<T>>>(
    engine: Engine,
    f: (x: T) => Tensor,
    x0: X,
    method?: MinimizeMethod | Optimizer,
    options?: MinimizeOptions,
  ): Promise<Minimum<Arranged<X>>>;
  <X = Float64Array>(
    engine: Engine,
    f: PlainObjective<X>,
    x0: StartingPoint,
    method?: MinimizeMethod | Optimizer,
    options?: MinimizeOptions,
  ): Promise<Minimum<unknown>>;
}

interface MinimizeSync {
  <X extends ArraysFor<Tensor>>(
    engine: Engine,
    f: (x: Tensor) => Tensor,
    x0: X,
    method?: MinimizeMethod | Optimizer,
    options?: MinimizeSyncOptions,
  ): Minimum<Arranged<X>>;
  <T, X extends NoInfer<ArraysFor<T>>>(
    engine: Engine,
    f: (x: T) => Tensor,
    x0: X,
    method?: MinimizeMethod | Optimizer,
    options?: MinimizeSyncOptions,
  ): Minimum<Arranged<X>>;
  <X = Float64Array>(
    engine: Engine,
    f: PlainObjective<X>,
    x0: StartingPoint,
    method?: MinimizeMethod | Optimizer,
    options?: MinimizeSyncOptions,
  ): Minimum<unknown>;
}

/**
 * Minimizes a function: x* = argmin f(x), in double precision.
 *
 * @param f       a function of a tensor or of a tree of tensors that returns a scalar (residuals for `gaussNewton` and
 *   `levenbergMarquardt`); or plain functions { value, gradient?, hessian? }, synchronous or asynchronous. Missing
 *   derivatives are approximated by differences
 * @param x0      initial point: a number, an array or a tree of them, arranged like the argument of f
 * @param method  a method, default `lbfgs()`; or a first-order optimizer such as `adam()`, for which x is the last
 *   point if no error occurs
 * @param options tolerances, limits, bounds, signal, trace and onProgress; for first-order optimizers also gradient and
 *   seed; all optional
 * @returns a promise of the best point with its value, gradient norm, counts, status and a message. A search that fails
 *   resolves as well, with the reason in `status`
 * @throws TypeError   an argument is of the wrong kind, or an option is unknown
 * @throws RangeError  a number is out of range, bounds cross, or the initial point is not finite
 * @throws ShapeError  f does not return a scalar, or a gradient has the wrong length
 * @example
 * const rosenbrock = { value: ([x, y]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2 };
 * (await minimize(engine, rosenbrock, [-1.2, 1], lbfgs())).status; // "converged"
 * @see Nocedal and Wright, *Numerical Optimization*, 2006
 */
export const minimize: Minimize = /* @__PURE__ */ wholeOnly(
  async (
    engine: Engine,
    f: unknown,
    x0: unknown,
    method: MinimizeMethod | Optimizer = lbfgs(),
    options: MinimizeOptions = {},
  ) => runAsync(prepared("minimize", engine, f, x0, method, options, false)),
) as Minimize;

/**
 * Minimizes a function synchronously: x* = argmin f(x), with the arguments of `minimize` except `signal` and
 * `onProgress`.
 *
 * @param f       a function of a tensor or of a tree of tensors, or plain functions, as for `minimize`
 * @param x0      initial point: a number, an array or a tree of them, arranged like the argument of f
 * @param method  a method, default `lbfgs()`; or a first-order optimizer
 * @param options tolerances, limits, bounds and trace; all optional
 * @returns the best point with its value, gradient norm, counts, status and a message
 * @throws TypeError   an argument is of the wrong kind, a function returns a promise, or an option is unknown
 * @throws RangeError  a number is out of range, bounds cross, or the initial point is not finite
 * @throws ShapeError  f does not return a scalar, or a gradient has the wrong length
 * @example
 * minimizeSync(engine, (x) => x.subtract([1, 2]).square().sum(), [0, 0], newton()).x; // { data: [1, 2], shape: [2] }
 */
export const minimizeSync: MinimizeSync = /* @__PURE__ */ wholeOnly(
  (
    engine: Engine,
    f: unknown,
    x0: unknown,
    method: MinimizeMethod | Optimizer = lbfgs(),
    options: MinimizeSyncOptions = {},
  ) => runSync("minimizeSync", prepared("minimizeSync", engine, f, x0, method, options, true)),
) as MinimizeSync;
