// The loop around a minimizer. For plain functions the host evaluates request by request; for a traced function the core
// evaluates them itself, many in one call.

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
import { dot } from "../kernels/vectors";
import { bindRandom, faulted, setBase } from "../memory/engine";
import { reserveFor, run } from "../program/run";
import { descend } from "./descent";
import { drive, drives } from "./directions/direction";
import { at, put } from "./elements";
import { clampInto, Minimizer, trialGradient } from "./minimizer";
import { covariance } from "./residuals";

/** ∛ε balances the rounding of a central difference against the curvature. */
const centralStep: f64 = 6.055454452393343e-6;

/** Continues after the last request is evaluated; returns the next request, 0 at the end. */
export function advance(m: Minimizer): i32 {
  if (m.residuals !== 0) reduce(m);
  const wanted = drives(m) ? drive(m) : descend(m);
  if (wanted & requestValue) m.values++;
  if (wanted & requestGradient) m.gradients++;
  m.request = wanted;
  return wanted;
}

/** Computes f = r'r / 2 and g = J'r from the residuals and the Jacobian. */
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
  bindRandom(0, 0, 0, 0, 0);
  setBase(spaceArguments, point);
  setBase(spaceResults, results);
  run(program);
  return !faulted();
}

/** Runs a program of x and v, which lie one after the other in the arguments. */
function derivative(m: Minimizer, which: i32, point: usize, out: usize): bool {
  const bytes = (<usize>m.elements) << 3;
  const both = <usize>m.vector;
  memory.copy(both + bytes, point, bytes);
  return compute(programOf(m, which), both, out);
}

/** Computes H at the accepted point, or J at the trial point, column by column. */
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

/** Memory behind v and x for results at shifted points. */
function extraResults(m: Minimizer): usize {
  return <usize>m.vector + ((<usize>m.elements) << 4);
}

/** Computes the Jacobian at a point whose residuals are known. */
function linearize(m: Minimizer, point: usize): bool {
  return derivatives(m, programTangent, point, m.residuals) && repairJacobian(m, point);
}

/** True if a difference must replace a derivative: the derivative is not finite, but the value is. */
function needsDifference(derivative: f64, value: f64): bool {
  return !isFinite(derivative) && isFinite(value);
}

/**
 * Moves x_k up or down by centralStep relative to its size and runs a program there; returns the distance, or NaN on a fault.
 */
function runShifted(m: Minimizer, point: usize, k: u32, up: bool, program: usize, results: usize): f64 {
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
 * Replaces derivatives that are not finite where the value is, such as that of (t/τ)^β by τ at t = 0, by central differences, or
 * by one-sided differences where the function is not finite on the other side. Returns false on a fault.
 */
function repairJacobian(m: Minimizer, point: usize): bool {
  const rows = m.residuals;
  const above = extraResults(m);
  const below = above + ((<usize>rows) << 3);
  for (let k: u32 = 0; k < m.elements; k++) {
    const column = <usize>m.matrix + ((<usize>k * rows) << 3);
    let broken = false;
    for (let i: u32 = 0; i < rows; i++) if (needsDifference(at(column, i), at(m.residual, i))) broken = true;
    if (!broken) continue;
    const up = runShifted(m, point, k, true, programOf(m, programValue), above);
    const down = runShifted(m, point, k, false, programOf(m, programValue), below);
    if (isNaN(up + down)) return false;
    for (let i: u32 = 0; i < rows; i++) {
      const value = at(m.residual, i);
      if (needsDifference(at(column, i), value))
        put(column, i, slopeBetween(value, at(above, i), up, at(below, i), down));
    }
  }
  return true;
}

/** The same for the gradient of a scalar. */
function repairGradient(m: Minimizer): bool {
  const value = load<f64>(m.trialResults);
  const gradient = trialGradient(m);
  for (let k: u32 = 0; k < m.elements; k++) {
    if (!needsDifference(at(gradient, k), value)) continue;
    const results = extraResults(m);
    const up = runShifted(m, m.trial, k, true, programOf(m, programGradient), results);
    const above = load<f64>(results);
    const down = runShifted(m, m.trial, k, false, programOf(m, programGradient), results);
    if (isNaN(up + down)) return false;
    put(gradient, k, slopeBetween(value, above, up, load<f64>(results), down));
  }
  return true;
}

function slopeBetween(value: f64, above: f64, up: f64, below: f64, down: f64): f64 {
  if (!isFinite(above) || up === 0) return (below - value) / down;
  return isFinite(below) && down !== 0 ? (above - below) / (up - down) : (above - value) / up;
}

/** Evaluates the request by programs; returns false on a fault. */
function evaluate(m: Minimizer): bool {
  const wanted = m.request;
  if (m.residuals !== 0) {
    if (wanted & requestValue && !compute(programOf(m, programValue), m.trial, m.residual)) return false;
    return !(wanted & requestGradient) || linearize(m, m.trial);
  }
  if (wanted & requestGradient) {
    return compute(programOf(m, programGradient), m.trial, m.trialResults) && repairGradient(m);
  }
  // Searches that need gradients have no program for the value alone, which is requested only at their end.
  if (wanted & requestValue) {
    const value = programOf(m, programValue);
    return compute(value !== 0 ? value : programOf(m, programGradient), m.trial, m.trialResults);
  }
  if (wanted & requestProduct) return derivative(m, programProduct, m.x, m.product);
  return !(wanted & requestHessian) || derivatives(m, programProduct, m.x, m.elements);
}

/** Minimizes a traced function for so many requests or until the trace is full; returns 0 at the end, -1 on a fault. */
export function minimize(m: Minimizer, requests: u32): i32 {
  while (requests-- > 0) {
    if (m.trace !== 0 && m.traceCount === m.traceLimit) return requestPause;
    if (advance(m) === 0) return 0;
    if (!evaluate(m)) return -1;
  }
  return requestPause;
}

/** Replaces J by (J'J)⁻¹ [n, n] at a point of a traced function; returns 1, 0 if J is rank deficient, -1 on a fault. */
export function covarianceAt(m: Minimizer, point: usize, scratch: usize): i32 {
  if (!compute(programOf(m, programValue), point, m.residual) || !linearize(m, point)) return -1;
  return covariance(m, scratch) ? 1 : 0;
}
