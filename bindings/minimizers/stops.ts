// Options of minimize: tolerances, limits, bounds and reports.

import type { StopSignal } from "../engine/globals.js";
import { checkGradientTransforms, type GradientTransform } from "../optimizers/gradientTransforms.js";
import { checkChoice, checkFlag, checkNumber, checkOptions, shown } from "../values/options.js";
import type { StartingPoint } from "./point.js";

/** Progress of a search, the argument of onProgress. */
export interface MinimizeProgress {
  /** Number of iterations. */
  readonly iterations: number;
  /** Value at the current point. */
  readonly value: number;
  /** Largest magnitude of a component of the gradient. */
  readonly gradientNorm: number;
  /** Seconds since the start. */
  readonly seconds: number;
}

/** Options of `minimizeSync`. */
export interface MinimizeSyncOptions {
  /**
   * Tolerance of the largest component of the gradient, in the unit of f over that of x; for residuals, of the largest
   * cosine between r and a column of J; ≥ 0. Default 1e-8; for gradients by central differences 1e-6, by forward ones
   * 1e-5.
   */
  readonly gradientTolerance?: number;
  /** Relative change of the value below which the search ends, ≥ 0; default 0, which disables this criterion. */
  readonly valueTolerance?: number;
  /** Relative change of x below which the search ends, ≥ 0; default 0, which disables this criterion. */
  readonly stepTolerance?: number;
  /** Maximum number of iterations, ≥ 0; default 1000. */
  readonly maxIterations?: number;
  /** Maximum number of evaluations of the value, ≥ 1; default no limit. */
  readonly maxEvaluations?: number;
  /** Maximum time in seconds, > 0; default no limit. */
  readonly time?: number;
  /** Bounds of x, for `lbfgs()` and first-order optimizers; each arranged like x, or one number for all; default none. */
  readonly bounds?: {
    /** Lower bounds; default none. */
    readonly lower?: StartingPoint;
    /** Upper bounds; default none. */
    readonly upper?: StartingPoint;
  };
  /** True returns every accepted point; default false. */
  readonly trace?: boolean;
  /** Differences for missing gradients of plain functions: "central" (default) or "forward". */
  readonly differences?: "central" | "forward";
  /** Number of updates of a first-order optimizer, ≥ 1, in place of maxIterations; default: maxIterations counts. */
  readonly iterations?: number;
  /**
   * Gradient transforms before each update of a first-order optimizer, such as `[gradientNoise({ scale: 1 })]`; default
   * none. x counts as one parameter.
   */
  readonly gradient?: readonly GradientTransform[];
  /** Seed of the random numbers of first-order optimizers, as those of `gradientNoise`, an integer ≥ 0; default 0. */
  readonly seed?: number;
}

/** Options of `minimize`. */
export interface MinimizeOptions extends MinimizeSyncOptions {
  /** AbortSignal that ends the search with the best point so far; default none. */
  readonly signal?: StopSignal;
  /** Function called with the progress, at most 20 times a second; default none. */
  readonly onProgress?: (progress: MinimizeProgress) => void;
}

/** Names of the options of all searches. @internal */
export const minimizeOptions = [
  "gradientTolerance",
  "valueTolerance",
  "stepTolerance",
  "maxIterations",
  "maxEvaluations",
  "time",
  "bounds",
  "trace",
  "differences",
  "iterations",
];

const asyncOptions = ["signal", "onProgress"];

/** Checks the options and fills in the defaults. @internal */
export function checkMinimizeOptions(
  where: string,
  options: MinimizeOptions,
  sync: boolean,
  known: readonly string[] = minimizeOptions,
) {
  checkOptions(where, options, sync ? known : [...known, ...asyncOptions]);
  const { signal, onProgress, bounds } = options;
  const limit = (name: "maxIterations" | "maxEvaluations" | "iterations", otherwise: number, min: number): number =>
    options[name] === undefined ? otherwise : checkNumber(where, name, options[name], { min, integer: true });
  const tolerance = (name: "gradientTolerance" | "valueTolerance" | "stepTolerance", otherwise: number): number =>
    checkNumber(where, name, options[name] ?? otherwise, { min: 0 });
  if (signal !== undefined && typeof signal?.aborted !== "boolean")
    throw new TypeError(`${where}: signal must be an AbortSignal, got ${shown(signal)}.`);
  if (onProgress !== undefined && typeof onProgress !== "function")
    throw new TypeError(`${where}: onProgress must be a function, got ${shown(onProgress)}.`);
  if (bounds !== undefined) checkOptions(`${where}: bounds`, bounds, ["lower", "upper"]);
  return {
    gradientTolerance: tolerance("gradientTolerance", 1e-8),
    valueTolerance: tolerance("valueTolerance", 0),
    stepTolerance: tolerance("stepTolerance", 0),
    maxIterations: Math.min(limit("iterations", limit("maxIterations", 1000, 0), 1), 2 ** 31),
    maxEvaluations: Math.min(limit("maxEvaluations", 2 ** 31, 1), 2 ** 31),
    time:
      options.time === undefined ? Number.POSITIVE_INFINITY : checkNumber(where, "time", options.time, { above: 0 }),
    trace: checkFlag(where, "trace", options.trace ?? false),
    differences: checkChoice(where, "differences", options.differences ?? "central", ["central", "forward"]),
    bounds,
    signal,
    onProgress,
    gradient: checkGradientTransforms(where, options.gradient ?? []),
    seed: checkNumber(where, "seed", options.seed ?? 0, { min: 0, integer: true }),
  };
}

/** Checked options with their defaults. @internal */
export type CheckedOptions = ReturnType<typeof checkMinimizeOptions>;
