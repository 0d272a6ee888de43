// A minimizer: the record that says where it stands. It never calls the function: it asks for values and derivatives at
// a point and is told them (reverse communication), so that programs, plain and asynchronous functions share one code.
// What was accepted lies apart from what is tried, so a failed trial never corrupts it.

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

/** Fields that end in no number are addresses. @record */
@unmanaged
export class Minimizer {
  direction: u32;
  search: u32;
  /** Of x. */
  elements: u32;
  /** 0 if the function returns its value. */
  residuals: u32;
  /** The accepted point, and its value and, resultsHeader bytes on, gradient. */
  x: u32;
  results: u32;
  /** The point to evaluate, and the same of it. */
  trial: u32;
  trialResults: u32;
  /** The best point seen, and the same of it. */
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
  /** What the direction keeps, and its options. */
  arena: u32;
  options: u32;
  /** The line search under way, and its options. */
  line: u32;
  searchOptions: u32;
  /** Bounds, 0 if there are none. */
  lower: u32;
  upper: u32;
  /** traceHeader f64 and x an iteration, 0 if no trace is kept. */
  trace: u32;
  traceLimit: u32;
  traceCount: u32;
  iterations: u32;
  iterationLimit: u32;
  /** Evaluations of value and gradient, and of the value at most. */
  values: u32;
  gradients: u32;
  evaluationLimit: u32;
  status: u32;
  /** What is under way. */
  request: u32;
  /** Where the driver goes on. */
  phase: u32;
  /** Where the direction goes on, 0 at its start. */
  stage: u32;
  /** Whether the direction has nothing to forget. */
  fresh: u32;
  /** Pairs the direction remembers, and the place of the next. */
  pairs: u32;
  next: u32;
  /** Iterations since the direction was steepest descent. */
  sinceRestart: u32;
  /** Whether the function is another one after every step. */
  renews: u32;
  gradientTolerance: f64;
  valueTolerance: f64;
  stepTolerance: f64;
  /** Largest component at the accepted point, and at the best one: NaN if its gradient was not asked for. */
  gradientNorm: f64;
  bestNorm: f64;
  /** Programs for the core's own loop, by programValue and so on. @times 4 */
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

/** Ends the search for a minimum; what is asked for then is nothing. */
export function finish(m: Minimizer, status: u32): i32 {
  m.status = status;
  return 0;
}

/** Writes x + step d as the next point to try, within the bounds. */
export function setTrial(m: Minimizer, step: f64): void {
  addScaled(m.trial, m.x, m.step, step, m.elements);
  if (m.lower !== 0) clampInto(m, m.trial);
}

/** Moves a point onto the box of the bounds. */
export function clampInto(m: Minimizer, point: usize): void {
  for (let k: u32 = 0; k < m.elements; k++) {
    put(point, k, min(max(at(point, k), at(m.lower, k)), at(m.upper, k)));
  }
}

/** The trial point becomes the accepted one; the old one is there until the next trial is written. */
export function swapPoints(m: Minimizer): void {
  const x = m.x;
  m.x = m.trial;
  m.trial = x;
  const results = m.results;
  m.results = m.trialResults;
  m.trialResults = results;
}

/** The largest component of the gradient, but for those that lead out where x stands at a bound. */
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

/** Keeps the trial point if it is the best so far; its gradient only if it is known. */
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
 * The status after an accepted step by `moved` from a point of value `before`, `slope` being what gradientTolerance is
 * compared with; 0 to go on.
 */
export function stopAt(m: Minimizer, before: f64, moved: f64, slope: f64): u32 {
  if (slope <= m.gradientTolerance) return statusGradient;
  const value = acceptedValue(m);
  if (abs(before - value) < m.valueTolerance * max(abs(before), abs(value))) return statusValue;
  if (moved < m.stepTolerance * max(largest(m.x, m.elements), m.stepTolerance)) return statusStep;
  return 0;
}

/** The status when a limit is reached, 0 to go on. */
export function limitAt(m: Minimizer): u32 {
  if (m.iterations >= m.iterationLimit) return statusIterations;
  return m.values >= m.evaluationLimit ? statusEvaluations : 0;
}
