// The table of directions. A direction is a class whose fields are its options as they lie in memory and, from the one marked
// `@state` on, what it remembers, with
//
//   direct(m): i32                       writes the direction: 0 when it is there, what it asks for first, or -1 with the status
//   arenaBytes(n, residuals, pairs)      optional: bytes it keeps for n elements, so many residuals, and so many pairs
//   remember(m): void                    optional: learns from the step to the trial point, which is about to be accepted
//   isScaled(m): bool                    optional: whether its natural length is 1; default true
//
// or, in place of direct, advance(m), which takes the answer to the last request and returns the next one, 0 at the end. What
// it needs beside value and gradient is said where it is registered: requestHessian, requestProduct or requestResiduals.

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

/** Puts the direction into the table; `needs` is for the bindings, which read it here. */
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

/** Bytes a direction keeps for n elements, so many residuals, and so many pairs; in f64, so that none is too many. */
export function arenaBytes(code: u32, n: f64, residuals: f64, pairs: f64): f64 {
  const bytes = entryOf(code).bytes;
  return bytes === 0 ? 0 : call_indirect<f64>(bytes, n, residuals, pairs);
}

/** Whether the direction is a driver of its own, without a line search. */
export function drives(m: Minimizer): bool {
  return entryOf(m.direction).advance !== 0;
}

/** Takes the answer to the last request of a direction that drives itself; the next request, 0 at the end. */
export function drive(m: Minimizer): i32 {
  return call_indirect<i32>(entryOf(m.direction).advance, changetype<usize>(m));
}

/** Writes the direction: 0 when it is there, what it asks for first, or -1 with the status. */
export function direct(m: Minimizer): i32 {
  return call_indirect<i32>(entryOf(m.direction).direct, changetype<usize>(m));
}

/** Learns from the step to the trial point, which is about to be accepted. */
export function remember(m: Minimizer): void {
  m.sinceRestart++;
  const job = entryOf(m.direction).remember;
  if (job !== 0) call_indirect<void>(job, changetype<usize>(m));
  m.fresh = 0;
}

/** Forgets what was learnt: the next direction is steepest descent. False if there is nothing to forget. */
export function forget(m: Minimizer): bool {
  if (m.fresh !== 0 || entryOf(m.direction).remember === 0) return false;
  m.fresh = 1;
  m.pairs = 0;
  m.next = 0;
  m.sinceRestart = 0;
  return true;
}

/** Whether the natural length of the direction is 1. */
export function isScaled(m: Minimizer): bool {
  const test = entryOf(m.direction).isScaled;
  return test === 0 || call_indirect<bool>(test, changetype<usize>(m));
}
