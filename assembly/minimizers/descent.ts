// Descent along directions: direction → line search → accept, as a state machine. Any direction works with any search: both
// use the record only.

import {
  directionBounded,
  directionGaussNewton,
  requestGradient,
  requestProduct,
  requestValue,
  searchBacktracking,
  searchFixed,
  statusContradiction,
  statusEvaluations,
  statusNotFinite,
  statusPrecision,
  statusRegion,
  statusSearch,
  statusUphill,
} from "../abi";
import { dot, largest, norm } from "../kernels/vectors";
import { direct, forget, isScaled, remember } from "./directions/direction";
import { isGaussNewtonDone } from "./directions/gaussNewton";
import { at } from "./elements";
import { accepted, searching } from "./line";
import {
  acceptedValue,
  finish,
  gradient,
  keepBest,
  limitAt,
  lineOf,
  Minimizer,
  normAt,
  setTrial,
  stopAt,
  swapPoints,
  trace,
  trialGradient,
  trialValue,
  tryAt,
} from "./minimizer";
import { largestCosine } from "./residuals";
import { beginSearch, needs, nextStep, trialRequest } from "./searches/search";

const phaseBegin: u32 = 0;
const phaseStart: u32 = 1;
const phaseDirect: u32 = 2;
const phaseCurvature: u32 = 3;
const phaseSearch: u32 = 4;
const phaseGradient: u32 = 5;
const phaseRenewal: u32 = 6;
const phaseAhead: u32 = 7;
const phaseBehind: u32 = 8;

/** An expected decrease below this times the value is negligible. */
const precision: f64 = 1e-12;
/** Largest step, relative to x. */
const farthest: f64 = 1e10;
/** The first step is at most 1, and at most this times x. */
const first: f64 = 1e3;
/** Smallest first step of a search, relative to x: the rounding of a huge x would hide the decrease of a smaller one. */
const nearest: f64 = 1e-8;
/** Steps with a decrease below the rounding of the value after which the direction is reset; after as many again it ends. */
const patience: u32 = 30;
/** Width of central differences relative to each x, or to 0.01 of the largest, or to 0.01: about ∛ε. */
const probe: f64 = 6e-6;

/** Continues after the last request is evaluated; returns the next request, 0 at the end. */
export function descend(m: Minimizer): i32 {
  switch (m.phase) {
    case phaseBegin:
      m.phase = phaseStart;
      m.fresh = 1;
      return requestValue | requestGradient;
    case phaseStart:
      return start(m) ? nextDirection(m) : 0;
    case phaseDirect:
      return nextDirection(m);
    case phaseCurvature:
      lineOf(m).curvature = dot(m.step, m.product, m.elements);
      return isFinite(lineOf(m).curvature) ? search(m) : finish(m, statusNotFinite);
    case phaseSearch:
      return judgeTrial(m);
    case phaseGradient:
      return accept(m);
    case phaseRenewal:
      return renew(m);
    case phaseAhead:
      return tryBehind(m);
    case phaseBehind:
      return judgeSlope(m);
  }
  return unreachable();
}

/** Accepts the start; returns false if the minimizer ends there. */
export function start(m: Minimizer): bool {
  const size = normAt(m, m.trial, trialGradient(m));
  if (!isFinite(trialValue(m) + size)) {
    finish(m, statusNotFinite);
    return false;
  }
  keepBest(m, true);
  lineOf(m).plateau = trialValue(m);
  lineOf(m).quiet = 0;
  swapPoints(m);
  m.gradientNorm = size;
  trace(m, 0);
  let status = stopAt(m, Infinity, Infinity, slopeOf(m));
  if (status === 0) status = limitAt(m);
  finish(m, status);
  return status === 0;
}

/** Value compared with gradientTolerance at the accepted point: the gradient norm, for residuals a cosine, which has no unit. */
function slopeOf(m: Minimizer): f64 {
  return m.residuals !== 0 ? largestCosine(m) : m.gradientNorm;
}

/** Computes the next direction, then starts the search along it. */
function nextDirection(m: Minimizer): i32 {
  m.phase = phaseDirect;
  const wanted = direct(m);
  if (wanted > 0) return wanted;
  if (wanted < 0) return 0;
  const line = lineOf(m);
  const before = line.slope0 * line.step;
  line.value0 = acceptedValue(m);
  line.slope0 = dot(gradient(m), m.step, m.elements);
  if (!(line.slope0 < 0) && m.search !== searchFixed) {
    if (m.direction === directionBounded && !forget(m)) return finish(m, statusPrecision);
    if (m.direction === directionBounded || forget(m)) return nextDirection(m);
    return finish(m, statusUphill);
  }
  const length = norm(m.step, m.elements);
  const size = norm(m.x, m.elements);
  line.largest = (farthest * max(1, size)) / length;
  // Units of parameters do not limit the step of least squares: dependent columns have step 0.
  if (m.direction === directionGaussNewton) line.largest = max(1, line.largest);
  if (m.lower !== 0) line.largest = min(line.largest, max(1, largestStep(m)));
  const reach = size > 0 ? min(1, first * size) : 1;
  if (isScaled(m)) line.step = min(1, line.largest);
  else if (m.sinceRestart === 0) line.step = min(1, max(reach, nearest * size) / length);
  else line.step = min(before / line.slope0, line.largest);
  if (m.search === searchBacktracking && !isScaled(m)) line.step *= 2;
  if (m.direction === directionBounded && m.pairs === 0) line.step = min(1, max(reach / length, f64.EPSILON));
  if (!needs(m.search, requestProduct)) return search(m);
  memory.copy(m.vector, m.step, (<usize>m.elements) << 3);
  m.phase = phaseCurvature;
  return requestProduct;
}

/** Returns the largest step along d within the bounds. */
function largestStep(m: Minimizer): f64 {
  let room: f64 = Infinity;
  for (let k: u32 = 0; k < m.elements; k++) {
    const d = at(m.step, k);
    if (d === 0) continue;
    room = min(room, (at(d > 0 ? m.upper : m.lower, k) - at(m.x, k)) / d);
  }
  return room;
}

function search(m: Minimizer): i32 {
  const line = lineOf(m);
  // Where the curvature is negative, its absolute value determines the step.
  if (!(line.curvature > 0)) line.curvature = line.curvature < 0 ? -line.curvature : -line.slope0;
  line.limit = 40;
  line.slope = 0;
  beginSearch(m.search, m.searchOptions, line);
  return tryStep(m);
}

function tryStep(m: Minimizer): i32 {
  if (m.values >= m.evaluationLimit) return finish(m, statusEvaluations);
  tryAt(m, lineOf(m).step);
  m.phase = phaseSearch;
  return trialRequest(m.search);
}

/** Passes a trial to the search. */
function judgeTrial(m: Minimizer): i32 {
  const line = lineOf(m);
  const known = needs(m.search, requestGradient);
  line.value = trialValue(m);
  line.slope = known ? dot(trialGradient(m), m.step, m.elements) : 0;
  keepBest(m, known);
  const verdict = nextStep(m.search, m.searchOptions, line);
  if (verdict === searching) return tryStep(m);
  if (verdict !== accepted) return failSearch(m);
  if (known) return accept(m);
  m.phase = phaseGradient;
  return requestGradient;
}

/** The search failed: accepts the best trial if it is lower, else resets the direction, else ends. */
function failSearch(m: Minimizer): i32 {
  const line = lineOf(m);
  if (load<f64>(m.bestResults) < acceptedValue(m)) {
    memory.copy(m.trial, m.best, (<usize>m.elements) << 3);
    m.phase = phaseGradient;
    return requestValue | requestGradient;
  }
  return forget(m) ? nextDirection(m) : endSearch(m);
}

/** Ends because no step along d decreases the value, and finds the reason. */
function endSearch(m: Minimizer): i32 {
  const line = lineOf(m);
  if (m.direction === directionGaussNewton && isGaussNewtonDone(m)) return finish(m, statusPrecision);
  // The length of a direction without scale does not predict the decrease.
  const expected = isScaled(m) ? abs(line.slope0 * min(1, line.first)) : Infinity;
  if (expected <= precision * abs(line.value0)) return finish(m, statusPrecision);
  return m.lower === 0 && m.evaluationLimit - m.values > 1 ? tryAhead(m) : finish(m, statusSearch);
}

/** Requests the value ahead, for a central difference along d. */
function tryAhead(m: Minimizer): i32 {
  let h: f64 = Infinity;
  const size = largest(m.x, m.elements);
  const least = size > 0 ? 0.01 * min(1, size) : 0.01;
  for (let k: u32 = 0; k < m.elements; k++) {
    const d = abs(at(m.step, k));
    if (d > 0) h = min(h, (probe * max(abs(at(m.x, k)), least)) / d);
  }
  lineOf(m).step = h;
  setTrial(m, h);
  m.phase = phaseAhead;
  return requestValue;
}

function tryBehind(m: Minimizer): i32 {
  const line = lineOf(m);
  line.value = trialValue(m);
  keepBest(m, false);
  setTrial(m, -line.step);
  m.phase = phaseBehind;
  return requestValue;
}

/**
 * Compares the slope with the central difference. If they agree, the curvature predicts the decrease: below the rounding of the
 * value it is negligible. Next to points where the function is not finite there is no difference.
 */
function judgeSlope(m: Minimizer): i32 {
  const line = lineOf(m);
  keepBest(m, false);
  const h = line.step;
  // The rounding of x makes differences uncertain, in proportion to the change.
  const change = max(abs(line.value - line.value0), abs(trialValue(m) - line.value0));
  const rounding = precision * abs(line.value0) + ((4 * f64.EPSILON) / probe) * change;
  const slope = (line.value - trialValue(m)) / (2 * h);
  const bend = (line.value - 2 * line.value0 + trialValue(m)) / (h * h);
  if (!isFinite(slope)) return finish(m, statusRegion);
  if (slope - line.slope0 > 0.5 * abs(line.slope0) + rounding / h) return finish(m, statusContradiction);
  const gain = (line.slope0 * line.slope0) / (2 * bend);
  // A rank-deficient Jacobian gives directions without a decrease.
  const negligible = m.direction !== directionGaussNewton && gain >= 0 && gain <= rounding;
  return finish(m, negligible ? statusPrecision : statusSearch);
}

/** True if the last `patience` steps up to the trial point had no decrease beyond rounding. */
function isStalled(m: Minimizer): bool {
  const line = lineOf(m);
  if (trialValue(m) < line.plateau - f64.EPSILON * abs(line.plateau)) {
    line.plateau = trialValue(m);
    line.quiet = 0;
  } else line.quiet++;
  return line.quiet > 0 && line.quiet % patience === 0 && m.search !== searchFixed && m.renews === 0;
}

/** Accepts the trial point, whose value and gradient are known. */
function accept(m: Minimizer): i32 {
  const size = normAt(m, m.trial, trialGradient(m));
  if (!isFinite(trialValue(m) + size)) return finish(m, statusNotFinite);
  keepBest(m, true);
  remember(m);
  const before = acceptedValue(m);
  const step = lineOf(m).step;
  const stalled = isStalled(m);
  swapPoints(m);
  m.gradientNorm = size;
  m.iterations++;
  trace(m, step);
  let status = stopAt(m, before, step * largest(m.step, m.elements), slopeOf(m));
  if (status === 0) status = limitAt(m);
  if (status !== 0) return finish(m, status);
  if (stalled) return lineOf(m).quiet === patience && forget(m) ? nextDirection(m) : endSearch(m);
  if (m.renews === 0) return nextDirection(m);
  memory.copy(m.trial, m.x, (<usize>m.elements) << 3);
  m.phase = phaseRenewal;
  return requestValue | requestGradient;
}

/** Continues after the accepted point was evaluated by the function of the next step; the best value so far is void. */
function renew(m: Minimizer): i32 {
  const size = normAt(m, m.trial, trialGradient(m));
  if (!isFinite(trialValue(m) + size)) return finish(m, statusNotFinite);
  store<f64>(m.bestResults, Infinity);
  keepBest(m, true);
  swapPoints(m);
  m.gradientNorm = size;
  return nextDirection(m);
}
