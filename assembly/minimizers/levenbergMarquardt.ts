// Levenberg-Marquardt: the step p minimizes ‖J p + r‖ subject to ‖D p‖ ≤ Δ, D the largest norm of each column of J so far, so
// that the units of parameters do not matter. J is factored once; the multiplier λ of (J'J + λ D²) p = −J'r is found by
// Newton's method on ‖D p(λ)‖ = Δ, with a QR factorization of [R; √λ D] for each iterate (J. Moré, The Levenberg-Marquardt algorithm:
// implementation and theory, Lecture Notes in Mathematics 630, 1978; names and constants as there).

import {
  directionLevenbergMarquardt,
  requestGradient,
  requestResiduals,
  requestValue,
  statusEvaluations,
  statusGradient,
  statusNotFinite,
  statusPrecision,
  statusRegion,
  statusStep,
  statusValue,
} from "../abi";
import { dot, norm } from "../kernels/vectors";
import { multiplyByQ, qr, qrScratch, rankOf } from "../linalg/qr";
import { registerDirection } from "./directions/direction";
import { at, put } from "./elements";
import {
  acceptedValue,
  finish,
  gradient,
  keepBest,
  limitAt,
  Minimizer,
  normAt,
  swapPoints,
  trace,
  trialGradient,
  trialValue,
  tryAt,
} from "./minimizer";
import { columnLength, isHidden, largestCosine, residualLength } from "./residuals";

@unmanaged
class LevenbergMarquardt {
  /** Δ of the first step in units of ‖D x‖, or of ‖r‖ where x is 0. */
  firstStep: f64;
  /** Δ. @state */
  radius: f64;
  /** λ. */
  damping: f64;
  /** Predicted decrease. */
  decrease: f64;
  /** ‖D p‖. */
  length: f64;

  arenaBytes(n: f64, residuals: f64, pairs: f64): f64 {
    return levenbergMarquardtBytes(n, residuals);
  }
  advance(m: Minimizer): i32 {
    return fitLevenbergMarquardt(m);
  }
}

export function registerLevenbergMarquardt(): void {
  registerDirection<LevenbergMarquardt>(directionLevenbergMarquardt, requestResiduals);
}

function stateOf(m: Minimizer): LevenbergMarquardt {
  return changetype<LevenbergMarquardt>(<usize>m.options);
}
const phaseBegin: u32 = 0;
const phaseStart: u32 = 1;
const phaseTrial: u32 = 2;
const phaseGradient: u32 = 3;

@unmanaged
class Blocks {
  columns: usize;
  right: usize;
  factors: usize;
  pivots: usize;
  /** Transposed [R; √λ D], 2n a row. */
  damped: usize;
  dampedRight: usize;
  scales: usize;
  work: usize;
  scratch: usize;
}

function levenbergMarquardtBytes(n: f64, rows: f64): f64 {
  return 8 * (n * rows + rows + 2 * n * n + 8 * n + 16) + <f64>offsetof<Blocks>() + qrScratch(n);
}

function blocksOf(m: Minimizer): Blocks {
  const n = <usize>m.elements;
  const rows = <usize>m.residuals;
  const b = changetype<Blocks>(<usize>m.arena);
  b.columns = (<usize>m.arena + offsetof<Blocks>() + 15) & ~15;
  b.right = b.columns + ((n * rows) << 3);
  b.factors = b.right + (rows << 3);
  b.pivots = b.factors + (n << 3);
  b.damped = b.pivots + (n << 3);
  b.dampedRight = b.damped + ((2 * n * n) << 3);
  b.scales = b.dampedRight + ((2 * n) << 3);
  b.work = b.scales + (n << 3);
  b.scratch = b.work + (n << 3);
  return b;
}

/** Continues after the last request is evaluated; returns the next request, 0 at the end. */
function fitLevenbergMarquardt(m: Minimizer): i32 {
  switch (m.phase) {
    case phaseBegin:
      m.phase = phaseStart;
      memory.fill(blocksOf(m).scales, 0, (<usize>m.elements) << 3);
      return requestValue | requestGradient;
    case phaseStart:
      stateOf(m).radius = NaN;
      stateOf(m).damping = 0;
      return acceptPoint(m, Infinity);
    case phaseTrial:
      return judge(m);
    case phaseGradient:
      m.iterations++;
      return acceptPoint(m, acceptedValue(m));
  }
  return unreachable();
}

/** Accepts the trial point, whose value and Jacobian are known. */
function acceptPoint(m: Minimizer, before: f64): i32 {
  const n = m.elements;
  const size = normAt(m, m.trial, trialGradient(m));
  if (!isFinite(trialValue(m) + size)) return finish(m, statusNotFinite);
  keepBest(m, true);
  swapPoints(m);
  m.gradientNorm = size;
  trace(m, before === Infinity ? 0 : 1);
  const b = blocksOf(m);
  const rows = <usize>m.residuals;
  for (let k: u32 = 0; k < n; k++) put(b.scales, k, max(at(b.scales, k), columnLength(m, k)));
  if (largestCosine(m) <= m.gradientTolerance) return finish(m, statusGradient);
  if (before !== Infinity && before - acceptedValue(m) < m.valueTolerance * before) return finish(m, statusValue);
  if (before !== Infinity && isShort(m, scaledNorm(m, b, m.x))) return finish(m, statusStep);
  const limit = limitAt(m);
  if (limit !== 0) return finish(m, limit);
  if (isNaN(stateOf(m).radius)) {
    const size = scaledNorm(m, b, m.x);
    stateOf(m).radius = stateOf(m).firstStep * (size > 0 ? size : residualLength(m));
  }
  memory.copy(b.columns, m.matrix, (n * rows) << 3);
  memory.copy(b.right, m.residual, rows << 3);
  qr(b.columns, rows, n, b.factors, b.pivots, b.scratch);
  multiplyByQ(b.columns, rows, n, b.factors, b.right, 1);
  return propose(m, b);
}

/** ‖D a‖; the scale of a column of zeros is 1. */
function scaledNorm(m: Minimizer, b: Blocks, a: usize): f64 {
  for (let k: u32 = 0; k < m.elements; k++) put(b.work, k, scaleAt(b, k) * at(a, k));
  return norm(b.work, m.elements);
}

function scaleAt(b: Blocks, k: u32): f64 {
  const scale = at(b.scales, k);
  return scale > 0 ? scale : 1;
}

function pivotAt(b: Blocks, k: u32): u32 {
  return load<u32>(b.pivots + (k << 2));
}

/** R[i, j] of J. */
function upperAt(m: Minimizer, b: Blocks, i: u32, j: u32): f64 {
  return load<f64>(b.columns + ((<usize>j * m.residuals + i) << 3));
}

/** p ← the Gauss-Newton step, 0 for dependent columns. */
function stepFreely(m: Minimizer, b: Blocks): void {
  const n = m.elements;
  const rank = <u32>rankOf(b.columns, m.residuals, n);
  memory.fill(m.step, 0, (<usize>n) << 3);
  for (let i = rank; i-- > 0; ) {
    let sum = -at(b.right, i);
    for (let j = i + 1; j < rank; j++) sum -= upperAt(m, b, i, j) * at(m.step, pivotAt(b, j));
    put(m.step, pivotAt(b, i), sum / upperAt(m, b, i, i));
  }
}

/** p ← the step for this λ > 0; keeps the triangle of [R; √λ D]. */
function stepDamped(m: Minimizer, b: Blocks, lambda: f64): void {
  const n = m.elements;
  const width = 2 * n;
  const root = sqrt<f64>(lambda);
  memory.fill(b.damped, 0, (<usize>n * width) << 3);
  memory.fill(b.dampedRight, 0, (<usize>width) << 3);
  memory.copy(b.dampedRight, b.right, (<usize>min(n, m.residuals)) << 3);
  for (let j: u32 = 0; j < n; j++) {
    for (let i: u32 = 0; i <= min(j, m.residuals - 1); i++) put(b.damped, j * width + i, upperAt(m, b, i, j));
    put(b.damped, j * width + n + j, root * scaleAt(b, pivotAt(b, j)));
  }
  qr(b.damped, width, n, b.factors, 0, b.scratch);
  multiplyByQ(b.damped, width, n, b.factors, b.dampedRight, 1);
  for (let i = n; i-- > 0; ) {
    let sum = -at(b.dampedRight, i);
    for (let j = i + 1; j < n; j++) sum -= at(b.damped, j * width + i) * at(m.step, pivotAt(b, j));
    put(m.step, pivotAt(b, i), sum / at(b.damped, i * width + i));
  }
}

/** ‖R⁻ᵀ Pᵀ D² p‖ / ‖D p‖, for the derivative of ‖D p(λ)‖; R is that of the last damped step. */
function slopeOfLength(m: Minimizer, b: Blocks, length: f64): f64 {
  const n = m.elements;
  const width = 2 * n;
  for (let i: u32 = 0; i < n; i++) {
    const k = pivotAt(b, i);
    let sum = scaleAt(b, k) * ((scaleAt(b, k) * at(m.step, k)) / length);
    for (let j: u32 = 0; j < i; j++) sum -= at(b.damped, i * width + j) * at(b.work, j);
    put(b.work, i, sum / at(b.damped, i * width + i));
  }
  return norm(b.work, n);
}

/** Computes the step for the radius, and the trial point. */
function propose(m: Minimizer, b: Blocks): i32 {
  const n = m.elements;
  const radius = stateOf(m).radius;
  stepFreely(m, b);
  let length = scaledNorm(m, b, m.step);
  let lambda: f64 = 0;
  if (!(length <= 1.1 * radius)) {
    let most: f64 = 0;
    for (let k: u32 = 0; k < n; k++) most += (at(gradient(m), k) / scaleAt(b, k)) ** 2;
    most = sqrt<f64>(most) / radius;
    let least: f64 = 0;
    lambda = stateOf(m).damping;
    for (let turn = 0; turn < 20; turn++) {
      if (!(lambda > least && lambda < most)) lambda = max(1e-3 * most, sqrt<f64>(least * most));
      stepDamped(m, b, lambda);
      length = scaledNorm(m, b, m.step);
      const excess = length - radius;
      if (abs(excess) <= 0.1 * radius) break;
      if (excess > 0) least = max(least, lambda);
      else most = min(most, lambda);
      const slope = slopeOfLength(m, b, length);
      lambda += excess / radius / slope / slope;
    }
  }
  stateOf(m).damping = lambda;
  stateOf(m).length = length;
  if (m.iterations === 0) stateOf(m).radius = min(radius, length);
  // The predicted decrease is ‖J p‖² / 2 + λ ‖D p‖².
  memory.fill(b.work, 0, (<usize>n) << 3);
  const rank = min(n, m.residuals);
  let square: f64 = 0;
  for (let i: u32 = 0; i < rank; i++) {
    let sum: f64 = 0;
    for (let j = i; j < n; j++) sum += upperAt(m, b, i, j) * at(m.step, pivotAt(b, j));
    square += sum * sum;
  }
  stateOf(m).decrease = 0.5 * square + lambda * length * length;
  if (m.values >= m.evaluationLimit) return finish(m, statusEvaluations);
  tryAt(m, 1);
  m.phase = phaseTrial;
  return requestValue;
}

/** True if the last step was shorter than the tolerance; a step cut by the trust region does not count. */
function isShort(m: Minimizer, size: f64): bool {
  return stateOf(m).damping === 0 && stateOf(m).length <= m.stepTolerance * size;
}

/** Compares actual and predicted decrease. */
function judge(m: Minimizer): i32 {
  const b = blocksOf(m);
  const before = acceptedValue(m);
  const predicted = stateOf(m).decrease;
  const length = stateOf(m).length;
  const value = trialValue(m);
  const actual = value < 100 * before ? before - value : -before;
  const ratio = predicted > 0 ? actual / predicted : 0;
  const radius = stateOf(m).radius;
  if (!(ratio > 0.25)) {
    const slope = dot(gradient(m), m.step, m.elements);
    let factor: f64 = actual >= 0 ? 0.5 : (0.5 * slope) / (slope + actual);
    if (!(value < 100 * before) || !(factor >= 0.1)) factor = 0.1;
    stateOf(m).radius = factor * min(radius, 10 * length);
    stateOf(m).damping = stateOf(m).damping / factor;
  } else if (stateOf(m).damping === 0 || ratio >= 0.75) {
    stateOf(m).radius = 2 * length;
    stateOf(m).damping = 0.5 * stateOf(m).damping;
  }
  const scale = scaledNorm(m, b, m.x);
  if (ratio >= 1e-4) {
    keepBest(m, false);
    m.phase = phaseGradient;
    return requestGradient;
  }
  if (isShort(m, scale)) return finish(m, statusStep);
  if (
    (abs(actual) <= f64.EPSILON * before && predicted <= f64.EPSILON * before) ||
    stateOf(m).radius <= f64.EPSILON * max(scale, residualLength(m))
  ) {
    const rank = rankOf(b.columns, m.residuals, m.elements);
    return finish(m, isHidden(m, b.right, rank) ? statusPrecision : statusRegion);
  }
  return propose(m, b);
}
