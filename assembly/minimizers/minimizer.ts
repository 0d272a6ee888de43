// A minimizer: the record of its state. It does not call the function, but requests values and derivatives at a point (reverse
// communication), so that one code serves programs, plain and asynchronous functions. The accepted point and the trial point are
// apart, so a failed trial does not change the accepted one.

import {
  resultsHeader,
  statusEvaluations,
  statusGradient,
  statusIterations,
  statusStep,
  statusValue,
  traceHeader,
} from "../abi";
import { addScaled, largest } from "../kernels/vectors";
import { at, put } from "./elements";
import { Line } from "./line";

/** u32 fields that are no count, code or flag are addresses. @record */
@unmanaged
export class Minimizer {
  direction: u32;
  search: u32;
  /** Elements of x. */
  elements: u32;
  /** Residuals; 0 if the function returns a value. */
  residuals: u32;
  /** The accepted point, and its results: the value and, at resultsHeader bytes, the gradient. */
  x: u32;
  results: u32;
  /** The trial point, which is evaluated, and its results. */
  trial: u32;
  trialResults: u32;
  /** The best point so far, and its results. */
  best: u32;
  bestResults: u32;
  /** The direction. */
  step: u32;
  /** v of H v, and H v. */
  vector: u32;
  product: u32;
  /** H, or J'. */
  matrix: u32;
  /** r at the trial point. */
  residual: u32;
  /** Arena of the direction, and its options. */
  arena: u32;
  options: u32;
  /** The line, and the options of the line search. */
  line: u32;
  searchOptions: u32;
  /** Bounds, 0 if none. */
  lower: u32;
  upper: u32;
  /** traceHeader f64 and x for each iteration; 0 without a trace. */
  trace: u32;
  traceLimit: u32;
  traceCount: u32;
  iterations: u32;
  iterationLimit: u32;
  /** Evaluations of value and gradient, and the limit of those of the value. */
  values: u32;
  gradients: u32;
  evaluationLimit: u32;
  status: u32;
  /** Request that is being evaluated. */
  request: u32;
  /** State of the driver. */
  phase: u32;
  /** State of the direction, 0 at its start. */
  stage: u32;
  /** 1 if the direction has no state to reset. */
  fresh: u32;
  /** Pairs of the direction, and the slot of the next. */
  pairs: u32;
  next: u32;
  /** Iterations since the direction was steepest descent. */
  sinceRestart: u32;
  /** 1 if the function changes after every step. */
  renews: u32;
  /** Trial points along the directions so far, accepted or not. */
  trials: u32;
  gradientTolerance: f64;
  valueTolerance: f64;
  stepTolerance: f64;
  /** Largest component of the gradient at the accepted point, and at the best one; NaN if it was not requested. */
  gradientNorm: f64;
  bestNorm: f64;
  /** Programs for the loop in the core, by programValue and so on. @times 4 */
  programs: u32;
}

export function lineOf(m: Minimizer): Line {
  return changetype<Line>(<usize>m.line);
}

export function acceptedValue(m: Minimizer): f64 {
  return load<f64>(m.results);
}

export function trialValue(m: Minimizer): f64 {
  return load<f64>(m.trialResults);
}

export function gradient(m: Minimizer): usize {
  return <usize>m.results + resultsHeader;
}

export function trialGradient(m: Minimizer): usize {
  return <usize>m.trialResults + resultsHeader;
}

/** Ends the minimizer; returns 0, the request for nothing. */
export function finish(m: Minimizer, status: u32): i32 {
  m.status = status;
  return 0;
}

/** Makes x + step d a trial, within the bounds. */
export function tryAt(m: Minimizer, step: f64): void {
  setTrial(m, step);
  m.trials++;
}

/** Writes x + step d, clamped to the bounds, as the trial point. */
export function setTrial(m: Minimizer, step: f64): void {
  addScaled(m.trial, m.x, m.step, step, m.elements);
  if (m.lower !== 0) clampInto(m, m.trial);
}

/** Clamps a point to the bounds. */
export function clampInto(m: Minimizer, point: usize): void {
  for (let k: u32 = 0; k < m.elements; k++) {
    put(point, k, min(max(at(point, k), at(m.lower, k)), at(m.upper, k)));
  }
}

/** Exchanges accepted and trial point; the old accepted point is available until the next trial is written. */
export function swapPoints(m: Minimizer): void {
  const x = m.x;
  m.x = m.trial;
  m.trial = x;
  const results = m.results;
  m.results = m.trialResults;
  m.trialResults = results;
}

/** Largest component of the gradient, except components that point out of the bounds where x is at a bound. */
export function normAt(m: Minimizer, point: usize, g: usize): f64 {
  if (m.lower === 0) return largest(g, m.elements);
  let result: f64 = 0;
  for (let k: u32 = 0; k < m.elements; k++) {
    const slope = at(g, k);
    if (isNaN(slope)) return slope;
    const x = at(point, k);
    const room = slope > 0 ? x - at(m.lower, k) : at(m.upper, k) - x;
    if (room > 4 * f64.EPSILON * abs(x)) result = max(result, abs(slope));
  }
  return result;
}

/** Copies the trial point if it is the best so far, with its gradient if that is known. */
export function keepBest(m: Minimizer, known: bool): void {
  const value = trialValue(m);
  if (!(value < load<f64>(m.bestResults))) return;
  memory.copy(m.best, m.trial, (<usize>m.elements) << 3);
  store<f64>(m.bestResults, value);
  m.bestNorm = NaN;
  if (!known) return;
  const g = <usize>m.bestResults + resultsHeader;
  memory.copy(g, trialGradient(m), (<usize>m.elements) << 3);
  m.bestNorm = normAt(m, m.best, g);
}

/** Adds the accepted point to the trace. */
export function trace(m: Minimizer, step: f64): void {
  if (m.trace === 0 || m.traceCount === m.traceLimit) return;
  const entry = <usize>m.trace + ((<usize>m.traceCount * (traceHeader + m.elements)) << 3);
  store<f64>(entry, acceptedValue(m));
  store<f64>(entry, m.gradientNorm, 8);
  store<f64>(entry, step, 16);
  memory.copy(entry + traceHeader * 8, m.x, (<usize>m.elements) << 3);
  m.traceCount++;
}

/**
 * Returns the status after an accepted step by `moved` from a point with value `before`, 0 to go on. `slope` is compared with
 * gradientTolerance.
 */
export function stopAt(m: Minimizer, before: f64, moved: f64, slope: f64): u32 {
  if (slope <= m.gradientTolerance) return statusGradient;
  const value = acceptedValue(m);
  if (abs(before - value) < m.valueTolerance * max(abs(before), abs(value))) return statusValue;
  if (moved < m.stepTolerance * max(largest(m.x, m.elements), m.stepTolerance)) return statusStep;
  return 0;
}

/** Returns the status if a limit is reached, 0 to go on. */
export function limitAt(m: Minimizer): u32 {
  if (m.iterations >= m.iterationLimit) return statusIterations;
  return m.values >= m.evaluationLimit ? statusEvaluations : 0;
}
