// The loop around a minimizer. A host that knows the function answers request by request; for a traced function the core
// answers them itself, many in one call.

import {
  directionLevenbergMarquardt,
  directionTrustRegion,
  minimizerPrograms,
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
import { fitLevenbergMarquardt } from "./levenbergMarquardt";
import { Minimizer, trialGradient } from "./minimizer";
import { trustRegion } from "./trustRegion";
import { put } from "./vectors";

/** Takes the answer to the last request; the next request, 0 when it has ended. */
export function advance(m: Minimizer): i32 {
  if (m.residuals !== 0) reduce(m);
  const wanted =
    m.direction === directionTrustRegion
      ? trustRegion(m)
      : m.direction === directionLevenbergMarquardt
        ? fitLevenbergMarquardt(m)
        : descend(m);
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

function programOf(m: Minimizer, which: i32): usize {
  return load<u32>(changetype<usize>(m) + minimizerPrograms + which);
}

/** Runs a program of the arguments; false on a fault. */
function compute(program: usize, point: usize, results: usize): bool {
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

/** Answers what was asked for; false on a fault. */
function answer(m: Minimizer): bool {
  const wanted = m.request;
  if (m.residuals !== 0) {
    if (wanted & requestValue && !compute(programOf(m, programValue), m.trial, m.residual)) return false;
    return !(wanted & requestGradient) || derivatives(m, programTangent, m.trial, m.residuals);
  }
  if (wanted & requestGradient) return compute(programOf(m, programGradient), m.trial, m.trialResults);
  if (wanted & requestValue) return compute(programOf(m, programValue), m.trial, m.trialResults);
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
