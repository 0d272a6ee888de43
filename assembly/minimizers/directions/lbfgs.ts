// L-BFGS: d = −H g, where H is BFGS's from (y's / y'y) I by the last pairs (s, y) only, applied by the two-loop recursion
// (J. Nocedal, Updating quasi-Newton matrices with limited storage, Mathematics of Computation 35, 1980; D. Liu and J.
// Nocedal, On the limited memory BFGS method, Mathematical Programming 45, 1989).

import { directionLbfgs } from "../../abi";
import { addScaled, addScaledDot, dot, scale } from "../../kernels/vectors";
import { at, put } from "../elements";
import { gradient, Minimizer, trialGradient } from "../minimizer";
import { registerDirection } from "./direction";

/** Options and state, also of L-BFGS within bounds. */
@unmanaged
export class Memory {
  /** Most pairs. */
  memory: f64;
  /** y's / y'y of the last pair. */
  scale: f64;
}

export function memoryOf(m: Minimizer): Memory {
  return changetype<Memory>(<usize>m.options);
}

/** Bytes of the pairs s and y, then 1 / y's and α of each. */
export function lbfgsBytes(n: f64, pairs: f64): f64 {
  return 8 * (2 * n * pairs + 2 * pairs);
}

export function stepAt(m: Minimizer, slot: u32): usize {
  return <usize>m.arena + ((<usize>slot * 2 * m.elements) << 3);
}

export function changeAt(m: Minimizer, slot: u32): usize {
  return stepAt(m, slot) + ((<usize>m.elements) << 3);
}

export function limitOf(m: Minimizer): u32 {
  return <u32>memoryOf(m).memory;
}

export function reciprocals(m: Minimizer): usize {
  return stepAt(m, limitOf(m));
}

/** Slot of the pair that is `age` updates old; 0 is the last. */
export function slotOf(m: Minimizer, age: u32): u32 {
  const limit = limitOf(m);
  return (m.next + 2 * limit - 1 - age) % limit;
}

function directLbfgs(m: Minimizer): i32 {
  const n = m.elements;
  const d = <usize>m.step;
  scale<f64>(d, gradient(m), -1, n);
  const pairs = m.pairs;
  if (pairs === 0) return 0;
  const rho = reciprocals(m);
  const alphas = rho + ((<usize>limitOf(m)) << 3);
  let slot = slotOf(m, 0);
  let along = dot(stepAt(m, slot), d, n);
  for (let age: u32 = 0; age < pairs; age++) {
    const alpha = at(rho, slot) * along;
    put(alphas, slot, alpha);
    // The last pass computes the product that the second loop starts with.
    const older = age + 1 < pairs ? slotOf(m, age + 1) : slot;
    along = addScaledDot(d, changeAt(m, slot), age + 1 < pairs ? stepAt(m, older) : changeAt(m, slot), -alpha, n);
    slot = older;
  }
  const gamma = memoryOf(m).scale;
  scale<f64>(d, d, gamma, n);
  along *= gamma;
  for (let age = pairs; age-- > 0; ) {
    const factor = at(alphas, slot) - at(rho, slot) * along;
    const newer = age > 0 ? slotOf(m, age - 1) : slot;
    along = addScaledDot(d, stepAt(m, slot), changeAt(m, newer), factor, n);
    slot = newer;
  }
  return 0;
}

/** Stores the pair of the step to the trial point if the curvature along it is positive beyond rounding; returns whether. */
export function rememberLbfgs(m: Minimizer): bool {
  const n = m.elements;
  const slot = m.next;
  const s = stepAt(m, slot);
  const y = changeAt(m, slot);
  // The oldest pair in this slot is lost even if the new one is not stored.
  addScaled(s, m.trial, m.x, -1, n);
  addScaled(y, trialGradient(m), gradient(m), -1, n);
  const sy = dot(s, y, n);
  const yy = dot(y, y, n);
  const limit = limitOf(m);
  if (!(sy > f64.EPSILON * sqrt<f64>(dot(s, s, n)) * sqrt<f64>(yy))) {
    if (m.pairs === limit) m.pairs--;
    return false;
  }
  put(reciprocals(m), slot, 1 / sy);
  memoryOf(m).scale = sy / yy;
  m.next = (slot + 1) % limit;
  m.pairs = min(m.pairs + 1, limit);
  return true;
}

@unmanaged
class Lbfgs {
  memory: f64;
  /** @state */
  scale: f64;

  arenaBytes(n: f64, residuals: f64, pairs: f64): f64 {
    return lbfgsBytes(n, pairs);
  }
  direct(m: Minimizer): i32 {
    return directLbfgs(m);
  }
  remember(m: Minimizer): void {
    rememberLbfgs(m);
  }
  isScaled(m: Minimizer): bool {
    return m.pairs > 0;
  }
}

export function registerLbfgs(): void {
  registerDirection<Lbfgs>(directionLbfgs);
}
