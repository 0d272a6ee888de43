// Newton's method in a trust region: conjugate gradients on the quadratic model, ended near its minimizer, at the boundary of
// the region, or at negative curvature; only products H v are needed (T. Steihaug, The conjugate
// gradient method and trust regions in large scale optimization, SIAM J. Numer. Anal. 20, 1983; Nocedal and Wright,
// Numerical Optimization, 2006, algorithms 4.1 and 7.2).

import {
  directionTrustRegion,
  requestGradient,
  requestProduct,
  requestValue,
  statusEvaluations,
  statusNotFinite,
  statusPrecision,
  statusRegion,
} from "../abi";
import { addScaled, addScaledTo, dot, largest, norm, scale } from "../kernels/vectors";
import { start } from "./descent";
import { registerDirection } from "./directions/direction";
import {
  acceptedValue,
  finish,
  gradient,
  keepBest,
  limitAt,
  lineOf,
  Minimizer,
  normAt,
  stopAt,
  swapPoints,
  trace,
  trialGradient,
  trialValue,
  tryAt,
} from "./minimizer";

@unmanaged
class TrustRegion {
  radius: f64;
  /** Largest radius, NaN for `widest` times the norm of x. */
  maxRadius: f64;
  /** r'r. @state */
  square: f64;
  /** Decrease of the model. */
  decrease: f64;
  /** Tolerance of r. */
  tolerance: f64;
  /** 1 while the model is minimized with tolerance 0, after a solution near its minimizer gave no decrease. */
  strict: f64;
  /** Predicted decrease, negative before it is known, and length of the first step with tolerance 0. */
  strictDecrease: f64;
  strictLength: f64;

  arenaBytes(n: f64, residuals: f64, pairs: f64): f64 {
    return 32 * n;
  }
  advance(m: Minimizer): i32 {
    return trustRegion(m);
  }
}

export function registerTrustRegion(): void {
  registerDirection<TrustRegion>(directionTrustRegion, requestProduct);
}

function stateOf(m: Minimizer): TrustRegion {
  return changetype<TrustRegion>(<usize>m.options);
}

const phaseBegin: u32 = 0;
const phaseStart: u32 = 1;
const phaseProduct: u32 = 2;
const phaseTrial: u32 = 3;

const accepts: f64 = 1e-4;
const widest: f64 = 1e5;
/** A predicted decrease below this times the value is negligible, as in descent, and so is a step below this times x. */
const precision: f64 = 1e-12;
/** Steps without decrease after which the model is minimized with tolerance 0. */
const patience: u32 = 30;

/** Continues after the last request is evaluated; returns the next request, 0 at the end. */
function trustRegion(m: Minimizer): i32 {
  switch (m.phase) {
    case phaseBegin:
      m.phase = phaseStart;
      return requestValue | requestGradient;
    case phaseStart:
      if (isNaN(stateOf(m).maxRadius)) {
        stateOf(m).maxRadius = max(stateOf(m).radius, widest * max(1, norm(m.trial, m.elements)));
      }
      return start(m) ? solve(m) : 0;
    case phaseProduct:
      return conjugate(m);
    case phaseTrial:
      return judge(m);
  }
  return unreachable();
}

/** Starts minimizing the model: p = 0, r = g, d = −g. */
function solve(m: Minimizer): i32 {
  const n = m.elements;
  const g = gradient(m);
  memory.fill(m.step, 0, (<usize>n) << 3);
  memory.copy(m.arena, g, (<usize>n) << 3);
  scale<f64>(m.vector, g, -1, n);
  const size = norm(g, n);
  stateOf(m).square = size * size;
  stateOf(m).decrease = 0;
  stateOf(m).tolerance = stateOf(m).strict !== 0 ? 0 : min(0.5, sqrt<f64>(size)) * size;
  m.stage = 0;
  m.phase = phaseProduct;
  return requestProduct;
}

/** Does one step of conjugate gradients; H d is known. */
function conjugate(m: Minimizer): i32 {
  const n = m.elements;
  const p = <usize>m.step;
  const r = <usize>m.arena;
  const d = <usize>m.vector;
  const curvature = dot(d, m.product, n);
  const square = stateOf(m).square;
  const alpha = square / curvature;
  const radius = stateOf(m).radius;
  const pp = dot(p, p, n);
  const pd = dot(p, d, n);
  const dd = dot(d, d, n);
  const inside = curvature > 0 && pp + alpha * (2 * pd + alpha * dd) < radius * radius;
  const border = (-pd + sqrt<f64>(max(0, pd * pd + dd * (radius * radius - pp)))) / dd;
  const length = inside ? alpha : border;
  if (isNaN(length)) return finish(m, statusNotFinite);
  stateOf(m).decrease = stateOf(m).decrease - length * (dot(r, d, n) + 0.5 * length * curvature);
  addScaledTo(p, d, length, n);
  m.stage++;
  if (!inside) return tryPoint(m);
  addScaledTo(r, m.product, alpha, n);
  const next = dot(r, r, n);
  stateOf(m).square = next;
  if (sqrt<f64>(next) <= stateOf(m).tolerance || m.stage >= 2 * n) return tryPoint(m);
  scale<f64>(d, d, next / square, n);
  addScaled(d, d, r, -1, n);
  return requestProduct;
}

function tryPoint(m: Minimizer): i32 {
  if (m.values >= m.evaluationLimit) return finish(m, statusEvaluations);
  tryAt(m, 1);
  m.phase = phaseTrial;
  return requestValue | requestGradient;
}

/** Compares actual and predicted decrease. */
function judge(m: Minimizer): i32 {
  const n = m.elements;
  const length = norm(m.step, n);
  const predicted = stateOf(m).decrease;
  if (stateOf(m).strictDecrease < 0) {
    stateOf(m).strictDecrease = predicted;
    stateOf(m).strictLength = length;
  }
  const before = acceptedValue(m);
  const size = normAt(m, m.trial, trialGradient(m));
  const finite = isFinite(trialValue(m) + size);
  if (finite) keepBest(m, true);
  // A difference below the rounding of the value counts as the predicted decrease.
  const rounding = 10 * f64.EPSILON * abs(before);
  const ratio = finite ? (before - trialValue(m) + rounding) / (predicted + rounding) : -1;
  const radius = stateOf(m).radius;
  if (!(ratio >= 0.25)) stateOf(m).radius = 0.25 * min(radius, length);
  else if (ratio > 0.75 && length > 0.99 * radius) stateOf(m).radius = min(2 * radius, stateOf(m).maxRadius);
  if (!(ratio > accepts)) {
    const least = f64.EPSILON * max(norm(m.x, n), f64.EPSILON);
    if (predicted <= rounding || !(stateOf(m).radius > least)) return solveStrictly(m);
    return solve(m);
  }
  if (predicted > rounding) stateOf(m).strict = 0;
  const line = lineOf(m);
  line.quiet = trialValue(m) < before ? 0 : line.quiet + 1;
  swapPoints(m);
  m.gradientNorm = size;
  m.iterations++;
  trace(m, 1);
  let status = stopAt(m, before, largest(m.step, n), size);
  if (status === 0) status = limitAt(m);
  if (status !== 0) return finish(m, status);
  return predicted <= 1e-3 * f64.EPSILON * abs(before) || line.quiet >= patience ? solveStrictly(m) : solve(m);
}

/** No progress: solves the model once more with tolerance 0 and a large radius, then ends. */
function solveStrictly(m: Minimizer): i32 {
  if (stateOf(m).strict !== 0) {
    const hidden =
      stateOf(m).strictDecrease <= precision * abs(acceptedValue(m)) ||
      stateOf(m).strictLength <= precision * norm(m.x, m.elements);
    return finish(m, hidden ? statusPrecision : statusRegion);
  }
  stateOf(m).strict = 1;
  stateOf(m).strictDecrease = -1;
  stateOf(m).radius = min(max(stateOf(m).radius, norm(m.x, m.elements)), stateOf(m).maxRadius);
  return solve(m);
}
