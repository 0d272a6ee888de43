// Descent along directions: direction → line search → accept, as a state machine. Any direction goes with any search:
// they meet in the record alone.

import {
  directionBounded,
  requestGradient,
  requestProduct,
  requestValue,
  searchBacktracking,
  searchFixed,
  searchQuadratic,
  statusEvaluations,
  statusNotFinite,
  statusPrecision,
  statusSearch,
  statusUphill,
} from "../abi";
import { dot, largest, norm } from "../linalg/vectors";
import { direct, forget, isScaled, remember } from "./directions/index";
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
  searchOf,
  setTrial,
  stopAt,
  swapPoints,
  trace,
  trialGradient,
  trialValue,
} from "./minimizer";
import { beginSearch, needsOf, nextStep } from "./searches/index";
import { at } from "./vectors";

const phaseBegin: u32 = 0;
const phaseStart: u32 = 1;
const phaseDirect: u32 = 2;
const phaseCurvature: u32 = 3;
const phaseSearch: u32 = 4;
const phaseGradient: u32 = 5;

/** What is expected of a step below this part of the value counts as nothing. */
const precision: f64 = 1e-12;
/** Steps longer than this, relative to x, are not tried. */
const farthest: f64 = 1e10;

/** Takes the answer to the last request; the next request, 0 at the end. */
export function descend(m: Minimizer): i32 {
  switch (m.phase) {
    case phaseBegin:
      m.phase = phaseStart;
      m.fresh = 1;
      return requestValue | requestGradient;
    case phaseStart:
      return start(m) ? turn(m) : 0;
    case phaseDirect:
      return turn(m);
    case phaseCurvature:
      lineOf(m).curvature = dot(m.step, m.product, m.elements);
      return search(m);
    case phaseSearch:
      return look(m);
    case phaseGradient:
      return accept(m);
  }
  return unreachable();
}

/** Accepts the point it starts from; false if it ends there. */
export function start(m: Minimizer): bool {
  const size = normAt(m, m.trial, trialGradient(m));
  if (!isFinite(trialValue(m) + size)) {
    finish(m, statusNotFinite);
    return false;
  }
  keepBest(m, true);
  swapPoints(m);
  m.gradientNorm = size;
  trace(m, 0);
  let status = stopAt(m, Infinity, Infinity);
  if (status === 0) status = limitAt(m);
  finish(m, status);
  return status === 0;
}

/** The next direction, then the search along it. */
function turn(m: Minimizer): i32 {
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
    if (m.direction === directionBounded || forget(m)) return turn(m);
    return finish(m, statusUphill);
  }
  const length = norm(m.step, m.elements);
  line.largest = (farthest * max(1, norm(m.x, m.elements))) / length;
  if (m.lower !== 0) line.largest = min(line.largest, max(1, roomFor(m)));
  line.step = isScaled(m) ? 1 : m.sinceRestart === 0 ? min(1, 1 / length) : min(before / line.slope0, line.largest);
  if (m.search === searchBacktracking && !isScaled(m)) line.step *= 2;
  if (m.direction === directionBounded && m.pairs === 0) line.step = min(1, max(1 / length, f64.EPSILON));
  if (m.search !== searchQuadratic) return search(m);
  memory.copy(m.vector, m.step, (<usize>m.elements) << 3);
  m.phase = phaseCurvature;
  return requestProduct;
}

/** The largest step along d within the bounds. */
function roomFor(m: Minimizer): f64 {
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
  // Where the function bends down, the step is as long as if it bent up as much.
  if (!(line.curvature > 0)) line.curvature = line.curvature < 0 ? -line.curvature : -line.slope0;
  line.limit = 40;
  line.slope = 0;
  beginSearch(m.search, searchOf(m), line);
  return tryStep(m);
}

function tryStep(m: Minimizer): i32 {
  if (m.values >= m.evaluationLimit) return finish(m, statusEvaluations);
  setTrial(m, lineOf(m).step);
  m.phase = phaseSearch;
  return needsOf(m.search);
}

/** Looks at a trial. */
function look(m: Minimizer): i32 {
  const line = lineOf(m);
  const known = (needsOf(m.search) & requestGradient) !== 0;
  line.value = trialValue(m);
  line.slope = known ? dot(trialGradient(m), m.step, m.elements) : 0;
  keepBest(m, known);
  const verdict = nextStep(m.search, searchOf(m), line);
  if (verdict === searching) return tryStep(m);
  if (verdict !== accepted) return failSearch(m);
  if (known) return accept(m);
  m.phase = phaseGradient;
  return requestGradient;
}

/** No step will do: what was gained on the way is kept, what was learnt forgotten, and if neither is there, it ends. */
function failSearch(m: Minimizer): i32 {
  const line = lineOf(m);
  if (load<f64>(m.bestResults) < acceptedValue(m)) {
    memory.copy(m.trial, m.best, (<usize>m.elements) << 3);
    m.phase = phaseGradient;
    return requestValue | requestGradient;
  }
  if (forget(m)) return turn(m);
  const expected = abs(line.slope0 * min(1, line.first));
  return finish(m, expected <= precision * abs(line.value0) ? statusPrecision : statusSearch);
}

/** The trial point, whose value and gradient are known, becomes the accepted one. */
function accept(m: Minimizer): i32 {
  const size = normAt(m, m.trial, trialGradient(m));
  if (!isFinite(trialValue(m) + size)) return finish(m, statusNotFinite);
  keepBest(m, true);
  remember(m);
  const before = acceptedValue(m);
  const step = lineOf(m).step;
  swapPoints(m);
  m.gradientNorm = size;
  m.iterations++;
  trace(m, step);
  let status = stopAt(m, before, step * largest(m.step, m.elements));
  if (status === 0) status = limitAt(m);
  return status !== 0 ? finish(m, status) : turn(m);
}
