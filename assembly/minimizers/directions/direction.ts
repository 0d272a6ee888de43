// The table of directions. A direction is a class whose fields are its options as they lie in memory and, from the one marked
// `@state` on, its state, with
//
//   direct(m): i32                       writes the direction and returns 0; or returns a request, or -1 with the status set
//   arenaBytes(n, residuals, pairs)      optional: bytes of its arena for n elements
//   remember(m): void                    optional: updates its state by the step to the trial point, which will be accepted
//   isScaled(m): bool                    optional: whether a step of length 1 is natural; default true
//
// or, in place of direct, advance(m), which continues after the last request is evaluated and returns the next one, 0 at the
// end. Its registration lists what it needs beside value and gradient: requestHessian, requestProduct or requestResiduals.

import { directionEntry } from "../../memory/engine";
import { Minimizer } from "../minimizer";

type Bytes = (n: f64, residuals: f64, pairs: f64) => f64;
type Turn = (minimizer: usize) => i32;
type Job = (minimizer: usize) => void;
type Test = (minimizer: usize) => bool;

@unmanaged
class Entry {
  bytes: u32;
  direct: u32;
  remember: u32;
  isScaled: u32;
  advance: u32;
}

function entryOf(code: u32): Entry {
  return changetype<Entry>(directionEntry(code));
}

/** The options of the minimizer's direction. */
function optionsOf<D>(m: usize): D {
  return changetype<D>(<usize>changetype<Minimizer>(m).options);
}

/** Registers the direction; the contract script reads `needs` for the bindings. */
export function registerDirection<D>(code: u32, needs: u32 = 0): void {
  const entry = entryOf(code);
  if (isDefined(changetype<D>(0).arenaBytes)) {
    const bytes: Bytes = (n: f64, residuals: f64, pairs: f64): f64 => changetype<D>(0).arenaBytes(n, residuals, pairs);
    entry.bytes = load<u32>(changetype<usize>(bytes));
  }
  if (isDefined(changetype<D>(0).direct)) {
    const direct: Turn = (m: usize): i32 => optionsOf<D>(m).direct(changetype<Minimizer>(m));
    entry.direct = load<u32>(changetype<usize>(direct));
  }
  if (isDefined(changetype<D>(0).remember)) {
    const remember: Job = (m: usize): void => {
      optionsOf<D>(m).remember(changetype<Minimizer>(m));
    };
    entry.remember = load<u32>(changetype<usize>(remember));
  }
  if (isDefined(changetype<D>(0).isScaled)) {
    const isScaled: Test = (m: usize): bool => optionsOf<D>(m).isScaled(changetype<Minimizer>(m));
    entry.isScaled = load<u32>(changetype<usize>(isScaled));
  }
  if (isDefined(changetype<D>(0).advance)) {
    const advance: Turn = (m: usize): i32 => optionsOf<D>(m).advance(changetype<Minimizer>(m));
    entry.advance = load<u32>(changetype<usize>(advance));
  }
}

/** Bytes of a direction's arena for n elements; in f64, which does not wrap. */
export function arenaBytes(code: u32, n: f64, residuals: f64, pairs: f64): f64 {
  const bytes = entryOf(code).bytes;
  return bytes === 0 ? 0 : call_indirect<f64>(bytes, n, residuals, pairs);
}

/** True if the direction has its own driver, without a line search. */
export function drives(m: Minimizer): bool {
  return entryOf(m.direction).advance !== 0;
}

/** Continues a direction with its own driver; returns the next request, 0 at the end. */
export function drive(m: Minimizer): i32 {
  return call_indirect<i32>(entryOf(m.direction).advance, changetype<usize>(m));
}

/** Writes the direction and returns 0; or returns a request, or -1 with the status set. */
export function direct(m: Minimizer): i32 {
  return call_indirect<i32>(entryOf(m.direction).direct, changetype<usize>(m));
}

/** Updates the direction's state by the step to the trial point, which will be accepted. */
export function remember(m: Minimizer): void {
  m.sinceRestart++;
  const job = entryOf(m.direction).remember;
  if (job !== 0) call_indirect<void>(job, changetype<usize>(m));
  m.fresh = 0;
}

/** Resets the direction's state: the next direction is steepest descent. Returns false if there is no state to reset. */
export function forget(m: Minimizer): bool {
  if (m.fresh !== 0 || entryOf(m.direction).remember === 0) return false;
  m.fresh = 1;
  m.pairs = 0;
  m.next = 0;
  m.sinceRestart = 0;
  return true;
}

/** True if a step of length 1 along the direction is natural. */
export function isScaled(m: Minimizer): bool {
  const test = entryOf(m.direction).isScaled;
  return test === 0 || call_indirect<bool>(test, changetype<usize>(m));
}
