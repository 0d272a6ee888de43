// How a search for a minimum ended, in words.

import * as abi from "../../assembly/abi.js";

/** Why it ended: "converged" is the one that was hoped for. */
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

/** One accepted point of a trace. */
export interface TraceEntry<X> {
  readonly x: X;
  readonly value: number;
  /** Largest component of the gradient. */
  readonly gradientNorm: number;
  /** Length of the step along its direction; 0 at the start. */
  readonly step: number;
}

/** What `minimize` answers. */
export interface Minimum<X> {
  /** The best point, arranged like the start. */
  readonly x: X;
  /** f there; of residuals, r'r / 2. */
  readonly value: number;
  /** Largest component of the gradient there, but for those that lead out at a bound; NaN if it was never asked for. */
  readonly gradientNorm: number;
  readonly iterations: number;
  readonly evaluations: { readonly value: number; readonly gradient: number };
  readonly status: MinimizeStatus;
  /** The status as a sentence, with what to do. */
  readonly message: string;
  /** The accepted points from the start on, if they were asked for. */
  readonly trace?: readonly TraceEntry<X>[];
}

const check = "Compare the gradient with gradientCheck(engine, f)(x) or numericalGradient(f, x)";

/** A function, because bundlers keep a table whose sentences are put together. */
const outcomes = (): Readonly<Record<number, readonly [MinimizeStatus, string]>> => ({
  [abi.statusGradient]: ["converged", "Converged: no component of the gradient is above gradientTolerance."],
  [abi.statusValue]: ["converged", "Converged: the value changed by less than valueTolerance of itself."],
  [abi.statusStep]: ["converged", "Converged: x changed by less than stepTolerance of itself."],
  [abi.statusPrecision]: [
    "converged",
    "Converged: what is left to gain is below the rounding of the value; gradientTolerance was not reached.",
  ],
  [abi.statusIterations]: ["maxIterations", "Stopped at maxIterations. Raise it, or go on from x."],
  [abi.statusEvaluations]: ["maxEvaluations", "Stopped at maxEvaluations. Raise it, or go on from x."],
  [abi.statusSearch]: [
    "lineSearch",
    "The line search found no lower value, though the slope by differences is that of the gradient. The function may have " +
      "noise, be too steep, or fall without end: try another line search or method, scale x, or bound it.",
  ],
  [abi.statusContradiction]: [
    "lineSearch",
    `The gradient contradicts the function: by differences of values it does not fall where the gradient says so. ${check}; ` +
      "a kink at x looks like that as well.",
  ],
  [abi.statusRegion]: [
    "lineSearch",
    "No step lowered the value, however short, though the derivatives promise it. The function may have noise or be not " +
      `finite nearby, or a derivative be wrong: start elsewhere. ${check}.`,
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
    `The direction does not lead down, as where the Hessian is indefinite. Use dampedNewton() or saddleFreeNewton(). ${check}.`,
  ],
});

/** MinimizeStatus and sentence of a code of the core. @internal */
export function outcomeOf(code: number): readonly [MinimizeStatus, string] {
  return outcomes()[code] ?? ["notFinite", "The search ended for no known reason."];
}
