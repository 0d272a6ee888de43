// Results of searches for a minimum, and the messages for their status.

import * as abi from "../../assembly/abi.js";

/** Reason for which a search ended; "converged" is success. */
export type MinimizeStatus =
  | "converged"
  | "maxIterations"
  | "maxEvaluations"
  | "time"
  | "aborted"
  | "lineSearch"
  | "notFinite"
  | "singular"
  | "uphill";

/** Accepted point of a trace. */
export interface TraceEntry<X> {
  /** Point, arranged like the start. */
  readonly x: X;
  /** Value f(x). */
  readonly value: number;
  /** Largest magnitude of a component of the gradient. */
  readonly gradientNorm: number;
  /** Step t along the direction that led here; 0 for the start. */
  readonly step: number;
}

/** Result of `minimize`. */
export interface Minimum<X> {
  /** Best point, arranged like the start. */
  readonly x: X;
  /** Value f(x); r'r / 2 for residuals. */
  readonly value: number;
  /** Largest magnitude of a component of the projected gradient at x; NaN if the gradient was not computed there. */
  readonly gradientNorm: number;
  /** Number of iterations. */
  readonly iterations: number;
  /** Numbers of evaluations of the value and of the gradient. */
  readonly evaluations: { readonly value: number; readonly gradient: number };
  /** Reason for which the search ended. */
  readonly status: MinimizeStatus;
  /** The status as text, with advice. */
  readonly message: string;
  /** Accepted points, from the start, if the option `trace` is true. */
  readonly trace?: readonly TraceEntry<X>[];
}

const check = "Compare the gradient with gradientCheck(engine, f)(x) or numericalGradient(f, x)";

/** A function rather than a constant, because bundlers do not drop unused tables with template strings. */
const outcomes = (): Readonly<Record<number, readonly [MinimizeStatus, string]>> => ({
  [abi.statusGradient]: ["converged", "Converged: no component of the gradient is above gradientTolerance."],
  [abi.statusValue]: ["converged", "Converged: the value changed by less than valueTolerance of itself."],
  [abi.statusStep]: ["converged", "Converged: x changed by less than stepTolerance of itself."],
  [abi.statusPrecision]: [
    "converged",
    "Converged: further decreases are below the rounding of the value; gradientTolerance was not reached.",
  ],
  [abi.statusIterations]: ["maxIterations", "Stopped at maxIterations. Raise it, or go on from x."],
  [abi.statusEvaluations]: ["maxEvaluations", "Stopped at maxEvaluations. Raise it, or go on from x."],
  [abi.statusSearch]: [
    "lineSearch",
    "The line search found no lower value, although differences agree with the gradient. The function may be noisy, too " +
      "steep, or unbounded below: try another line search or method, scale x, or bound it.",
  ],
  [abi.statusContradiction]: [
    "lineSearch",
    `The gradient contradicts the function: differences of values do not decrease along −gradient. ${check}; ` +
      "a kink at x has the same effect.",
  ],
  [abi.statusRegion]: [
    "lineSearch",
    "No step lowered the value, although the derivatives predict a decrease. The function may be noisy or not finite " +
      `nearby, or a derivative may be wrong: start elsewhere. ${check}.`,
  ],
  [abi.statusNotFinite]: [
    "notFinite",
    "The value or the gradient is not finite. Start where the function is finite, or bound x.",
  ],
  [abi.statusSingular]: [
    "singular",
    "The matrix of the step is singular or not positive definite. Use dampedNewton() without damping, or saddleFreeNewton().",
  ],
  [abi.statusUphill]: [
    "uphill",
    `The direction is not one of descent; the Hessian may be indefinite. Use dampedNewton() or saddleFreeNewton(). ${check}.`,
  ],
});

/** Status and message for a code of the core. @internal */
export function outcomeOf(code: number): readonly [MinimizeStatus, string] {
  return outcomes()[code] ?? ["notFinite", "The search ended for an unknown reason."];
}
