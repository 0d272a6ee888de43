// When a search for a minimum stops: its options, checked.

import type { StopSignal } from "../engine/globals.js";
import { checkChoice, checkFlag, checkNumber, checkOptions, shown } from "../values/options.js";
import type { StartingPoint } from "./point.js";

/** Where a search stands. */
export interface MinimizeProgress {
  readonly iterations: number;
  readonly value: number;
  readonly gradientNorm: number;
  /** Seconds since the start. */
  readonly seconds: number;
}

export interface MinimizeSyncOptions {
  /**
   * Largest component of the gradient with which it ends, for residuals largest cosine between r and a column of J, ≥ 0;
   * default 1e-8 (differences of values 1e-6, forward 1e-5). A gradient has the unit of f over that of x.
   */
  readonly gradientTolerance?: number;
  /** Relative change of the value below which it ends, ≥ 0: larger ends sooner, 0 never for this reason; default 0. */
  readonly valueTolerance?: number;
  /** Relative change of x below which it ends, ≥ 0: larger ends sooner, 0 never for this reason; default 0. */
  readonly stepTolerance?: number;
  /** Iterations at most, ≥ 0; default 1000. */
  readonly maxIterations?: number;
  /** Evaluations of the value at most, ≥ 1; default: no limit. */
  readonly maxEvaluations?: number;
  /** Seconds at most, > 0; default: no limit. */
  readonly time?: number;
  /** Bounds of x, each arranged like x or one number for all; `lbfgs()` keeps them. */
  readonly bounds?: {
    /** Least values; default: none. */
    readonly lower?: StartingPoint;
    /** Largest values; default: none. */
    readonly upper?: StartingPoint;
  };
  /** Keep every accepted point; default false. */
  readonly trace?: boolean;
  /** How missing gradients of plain functions are found: "central" (default) or "forward" differences. */
  readonly differences?: "central" | "forward";
  /** Another name of maxIterations, ≥ 1: the updates of a first-order optimizer; it wins where both are given. */
  readonly iterations?: number;
}

export interface MinimizeOptions extends MinimizeSyncOptions {
  /** Stops when aborted, with the best point so far. */
  readonly signal?: StopSignal;
  /** Called about twenty times a second. */
  readonly onProgress?: (progress: MinimizeProgress) => void;
}

/** The options of all searches. @internal */
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

/** The options with their defaults; throws on what is wrong. @internal */
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
  };
}

/** What it answers. @internal */
export type CheckedOptions = ReturnType<typeof checkMinimizeOptions>;
