// The loop around a minimizer. A host that knows the function answers request by request; for a traced function the core
// answers them itself, many in one call.

import {
  programGradient,
  programProduct,
  programTangent,
  programValue,
  requestGradient,
  requestHessian,
  requestPause,
  requestProduct,
  requestValue,
  spaceArguments,
  spaceResults,
} from "../abi";
import { dot } from "../linalg/vectors";
import { faulted, randomAddress, setBase } from "../memory/engine";
import { reserveFor, run } from "../program/run";
import { descend } from "./descent";
import { drive, drives } from "./directions/direction";
import { clampInto, Minimizer, trialGradient } from "./minimizer";
import { covariance } from "./residuals";
import { at, put } from "./vectors";

/** ∛ε balances the rounding of a central difference against the curvature. */
const centralStep: f64 = 6.055454452393343e-6;

/** Takes the answer to the last request; the next request, 0 when it has ended. */
export function advance(m: Minimizer): i32 {
  if (m.residuals !== 0) reduce(m);
  const wanted = drives(m) ? drive(m) : descend(m);
  if (wanted & requestValue) m.values++;
  if (wanted & requestGradient) m.gradients++;
  m.request = wanted;
  return wanted;
}

/** Residuals were answered: f = r'r / 2 and g = J'r. */
function reduce(m: Minimizer): void {
  const rows = <usize>m.residuals;
  if (m.request & requestValue) store<f64>(m.trialResults, 0.5 * dot(m.residual, m.residual, rows));
  if (!(m.request & requestGradient)) return;
  for (let k: u32 = 0; k < m.elements; k++) {
    put(trialGradient(m), k, dot(<usize>m.matrix + ((<usize>k * rows) << 3), m.residual, rows));
  }
}

export function programOf(m: Minimizer, which: i32): usize {
  return load<u32>(changetype<usize>(m) + offsetof<Minimizer>("programs") + which);
}

/** Runs a program of the arguments; false on a fault. */
export function compute(program: usize, point: usize, results: usize): bool {
  if (!reserveFor(program)) return false;
  memory.fill(randomAddress(), 0, 20);
  setBase(spaceArguments, point);
  setBase(spaceResults, results);
  run(program);
  return !faulted();
}

/** What a program of x and v reads: both, side by side in the arguments. */
function derivative(m: Minimizer, which: i32, point: usize, out: usize): bool {
  const bytes = (<usize>m.elements) << 3;
  const both = <usize>m.vector;
  memory.copy(both + bytes, point, bytes);
  return compute(programOf(m, which), both, out);
}

/** Column after column of H at the accepted point, or of J at the trial point. */
function derivatives(m: Minimizer, which: i32, point: usize, rows: usize): bool {
  const bytes = (<usize>m.elements) << 3;
  memory.fill(m.vector, 0, bytes);
  for (let k: u32 = 0; k < m.elements; k++) {
    put(m.vector, k, 1);
    if (!derivative(m, which, point, <usize>m.matrix + ((<usize>k * rows) << 3))) return false;
    put(m.vector, k, 0);
  }
  return true;
}

/** Room behind v and x for what programs answer beside a point. */
function spareOf(m: Minimizer): usize {
  return <usize>m.vector + ((<usize>m.elements) << 4);
}

/** The Jacobian at a point whose residuals are known. */
function linearize(m: Minimizer, point: usize): bool {
  return derivatives(m, programTangent, point, m.residuals) && mendJacobian(m, point);
}

/** Whether a difference is wanted: the derivative is not finite, the value is. */
function isBroken(derivative: f64, value: f64): bool {
  return !isFinite(derivative) && isFinite(value);
}

/**
 * Moves x_k by a difference's width in units of its size, up or down, and runs a program there; how far it moved, or NaN on
 * a fault.
 */
function runBeside(m: Minimizer, point: usize, k: u32, up: bool, program: usize, results: usize): f64 {
  const moved = <usize>m.product;
  memory.copy(moved, point, (<usize>m.elements) << 3);
  const x = at(point, k);
  const width = centralStep * (x === 0 ? 1 : abs(x));
  put(moved, k, up ? x + width : x - width);
  if (m.lower !== 0) clampInto(m, moved);
  m.values++;
  return compute(program, moved, results) ? at(moved, k) - x : NaN;
}

/**
 * A derivative that is not finite where the value is, such as that of (t/τ)^β by τ at t = 0, becomes a difference: to both
 * sides, or to one where the function is not finite on the other.
 */
function mendJacobian(m: Minimizer, point: usize): bool {
  const rows = m.residuals;
  const above = spareOf(m);
  const below = above + ((<usize>rows) << 3);
  for (let k: u32 = 0; k < m.elements; k++) {
    const column = <usize>m.matrix + ((<usize>k * rows) << 3);
    let broken = false;
    for (let i: u32 = 0; i < rows; i++) if (isBroken(at(column, i), at(m.residual, i))) broken = true;
    if (!broken) continue;
    const up = runBeside(m, point, k, true, programOf(m, programValue), above);
    const down = runBeside(m, point, k, false, programOf(m, programValue), below);
    if (isNaN(up + down)) return false;
    for (let i: u32 = 0; i < rows; i++) {
      const value = at(m.residual, i);
      if (isBroken(at(column, i), value)) put(column, i, slopeBetween(value, at(above, i), up, at(below, i), down));
    }
  }
  return true;
}

/** The same of the gradient of a scalar. */
function mendGradient(m: Minimizer): bool {
  const value = load<f64>(m.trialResults);
  const gradient = trialGradient(m);
  for (let k: u32 = 0; k < m.elements; k++) {
    if (!isBroken(at(gradient, k), value)) continue;
    const results = spareOf(m);
    const up = runBeside(m, m.trial, k, true, programOf(m, programGradient), results);
    const above = load<f64>(results);
    const down = runBeside(m, m.trial, k, false, programOf(m, programGradient), results);
    if (isNaN(up + down)) return false;
    put(gradient, k, slopeBetween(value, above, up, load<f64>(results), down));
  }
  return true;
}

function slopeBetween(value: f64, above: f64, up: f64, below: f64, down: f64): f64 {
  if (!isFinite(above) || up === 0) return (below - value) / down;
  return isFinite(below) && down !== 0 ? (above - below) / (up - down) : (above - value) / up;
}

/** Answers what was asked for; false on a fault. */
function answer(m: Minimizer): bool {
  const wanted = m.request;
  if (m.residuals !== 0) {
    if (wanted & requestValue && !compute(programOf(m, programValue), m.trial, m.residual)) return false;
    return !(wanted & requestGradient) || linearize(m, m.trial);
  }
  if (wanted & requestGradient) {
    return compute(programOf(m, programGradient), m.trial, m.trialResults) && mendGradient(m);
  }
  // Searches that want gradients have no program for the value alone; what explains their end asks for it.
  if (wanted & requestValue) {
    const value = programOf(m, programValue);
    return compute(value !== 0 ? value : programOf(m, programGradient), m.trial, m.trialResults);
  }
  if (wanted & requestProduct) return derivative(m, programProduct, m.x, m.product);
  return !(wanted & requestHessian) || derivatives(m, programProduct, m.x, m.elements);
}

/** Minimizes a traced function until so many requests are answered or the trace is full: 0 at the end, -1 on a fault. */
export function minimize(m: Minimizer, requests: u32): i32 {
  while (requests-- > 0) {
    if (m.trace !== 0 && m.traceCount === m.traceLimit) return requestPause;
    if (advance(m) === 0) return 0;
    if (!answer(m)) return -1;
  }
  return requestPause;
}

/** Replaces J by (J'J)⁻¹ [n, n] at a point, of a traced function: 1, 0 where J has too little rank, -1 on a fault. */
export function covarianceAt(m: Minimizer, point: usize, scratch: usize): i32 {
  if (!compute(programOf(m, programValue), point, m.residual) || !linearize(m, point)) return -1;
  return covariance(m, scratch) ? 1 : 0;
}
