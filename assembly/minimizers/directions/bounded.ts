// L-BFGS within bounds: B = θ I − W M W' from the last pairs, W = [Y θS], M⁻¹ = [−D L'; L θ S'S]. The generalized Cauchy
// point is the first minimizer of the model along the projected steepest descent; from there the model is minimized over
// the variables that are not at a bound, and the result projected onto the box (R. Byrd, P. Lu, J. Nocedal and C. Zhu, A
// limited memory algorithm for bound constrained optimization, SIAM J. Sci. Comput. 16, 1995; the projection: J. Morales
// and J. Nocedal, Remark on "Algorithm 778", ACM TOMS 38, 2011). d leads from x to that point.

import { directionBounded } from "../../abi";
import { addScaled, dot } from "../../kernels/vectors";
import { ldlt, solveLdlt, solveLdltScratch } from "../../linalg/ldlt";
import { at, put } from "../elements";
import { gradient, Minimizer } from "../minimizer";
import { registerDirection } from "./direction";
import { changeAt, lbfgsBytes, limitOf, memoryOf, reciprocals, rememberLbfgs, slotOf, stepAt } from "./lbfgs";

/** Addresses within the arena, behind the blocks of lbfgs. */
@unmanaged
class Blocks {
  /** t at which each variable reaches its bound. */
  breaks: usize;
  /** The generalized Cauchy point. */
  cauchy: usize;
  /** Its direction, then the reduced gradient. */
  along: usize;
  /** Inner products s's and s'y by slot. */
  steps: usize;
  changes: usize;
  /** M⁻¹, factored, and its pivots. */
  middle: usize;
  middlePivots: usize;
  /** M⁻¹ − W' Z Z' W / θ, factored. */
  reduced: usize;
  reducedPivots: usize;
  p: usize;
  c: usize;
  w: usize;
  v: usize;
  scratch: usize;
}

function boundedBytes(n: f64, pairs: f64): f64 {
  const k = 2 * pairs;
  const small = 2 * pairs * pairs + 2 * k * k + 8 * k + 32;
  return lbfgsBytes(n, pairs) + <f64>offsetof<Blocks>() + 8 * (3 * n + small + 16) + solveLdltScratch(k, 1);
}

function blocksOf(m: Minimizer): Blocks {
  const n = <usize>m.elements;
  const limit = <usize>limitOf(m);
  const k = 2 * limit;
  const start = reciprocals(m) + ((2 * limit) << 3);
  const b = changetype<Blocks>(start);
  b.breaks = (start + offsetof<Blocks>() + 15) & ~15;
  b.cauchy = b.breaks + (n << 3);
  b.along = b.cauchy + (n << 3);
  b.steps = b.along + (n << 3);
  b.changes = b.steps + ((limit * limit) << 3);
  b.middle = b.changes + ((limit * limit) << 3);
  b.reduced = b.middle + ((k * k) << 3);
  b.middlePivots = b.reduced + ((k * k) << 3);
  b.reducedPivots = b.middlePivots + (k << 3);
  b.p = b.reducedPivots + (k << 3);
  b.c = b.p + (k << 3);
  b.w = b.c + (k << 3);
  b.v = b.w + (k << 3);
  b.scratch = b.v + (k << 3);
  return b;
}

function rememberBounded(m: Minimizer): void {
  const slot = m.next;
  if (!rememberLbfgs(m)) return;
  const b = blocksOf(m);
  const limit = limitOf(m);
  for (let age: u32 = 0; age < m.pairs; age++) {
    const other = slotOf(m, age);
    const step = dot(stepAt(m, slot), stepAt(m, other), m.elements);
    put(b.steps, slot * limit + other, step);
    put(b.steps, other * limit + slot, step);
    put(b.changes, slot * limit + other, dot(stepAt(m, slot), changeAt(m, other), m.elements));
    put(b.changes, other * limit + slot, dot(stepAt(m, other), changeAt(m, slot), m.elements));
  }
}

/** Row i of W: [y_i, θ s_i] by age. */
function rowOfW(m: Minimizer, theta: f64, i: u32, out: usize): void {
  for (let age: u32 = 0; age < m.pairs; age++) {
    const slot = slotOf(m, age);
    put(out, age, at(changeAt(m, slot), i));
    put(out, m.pairs + age, theta * at(stepAt(m, slot), i));
  }
}

/** out ← M⁻¹. Pairs are counted by age: i is newer than j if i < j. */
function writeMiddle(m: Minimizer, b: Blocks, theta: f64, out: usize): void {
  const pairs = m.pairs;
  const k = 2 * pairs;
  const limit = limitOf(m);
  for (let i: u32 = 0; i < pairs; i++) {
    for (let j: u32 = 0; j < pairs; j++) {
      const si = slotOf(m, i);
      const sj = slotOf(m, j);
      const product = at(b.changes, si * limit + sj);
      put(out, i * k + j, i === j ? -product : 0);
      put(out, (pairs + i) * k + pairs + j, theta * at(b.steps, si * limit + sj));
      // L[i, j] = s_i'y_j where pair i is newer than j.
      const lower: f64 = i < j ? product : 0;
      put(out, (pairs + i) * k + j, lower);
      put(out, j * k + pairs + i, lower);
    }
  }
}

function boundAt(m: Minimizer, k: u32, direction: f64): f64 {
  return at(direction > 0 ? m.upper : m.lower, k);
}

/** out ← M a. */
function timesM(m: Minimizer, b: Blocks, out: usize, a: usize): void {
  const k: u32 = 2 * m.pairs;
  memory.copy(out, a, (<usize>k) << 3);
  solveLdlt(b.middle, k, b.middlePivots, out, 1, b.scratch);
}

function directBounded(m: Minimizer): i32 {
  const n = m.elements;
  const b = blocksOf(m);
  const k: u32 = 2 * m.pairs;
  const theta: f64 = m.pairs === 0 ? 1 : 1 / memoryOf(m).scale;
  if (m.pairs > 0) {
    writeMiddle(m, b, theta, b.middle);
    ldlt(b.middle, k, b.middlePivots);
  }
  findCauchy(m, b, theta);
  if (m.pairs > 0) minimizeFree(m, b, theta);
  addScaled(m.step, b.cauchy, m.x, -1, n);
  return 0;
}

/** Writes breakpoints and directions of the projected gradient path, and p = W'd; returns the slope at its start. */
function startPath(m: Minimizer, b: Blocks, theta: f64): f64 {
  const n = m.elements;
  const k: u32 = 2 * m.pairs;
  const g = gradient(m);
  memory.fill(b.p, 0, (<usize>k) << 3);
  let slope: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const gi = at(g, i);
    const t = gi === 0 ? Infinity : (at(m.x, i) - boundAt(m, i, -gi)) / gi;
    const d = t > 0 ? -gi : 0;
    put(b.breaks, i, t);
    put(b.along, i, d);
    slope -= d * d;
    if (d === 0 || k === 0) continue;
    rowOfW(m, theta, i, b.w);
    for (let j: u32 = 0; j < k; j++) put(b.p, j, at(b.p, j) + d * at(b.w, j));
  }
  return slope;
}

/** The variable that reaches its bound next, or n. */
function nextBreak(b: Blocks, n: u32): u32 {
  let first = n;
  let t: f64 = Infinity;
  for (let i: u32 = 0; i < n; i++) {
    if (at(b.along, i) !== 0 && at(b.breaks, i) < t) {
      t = at(b.breaks, i);
      first = i;
    }
  }
  return first;
}

/** Finds the Cauchy point: the first minimizer of the model along the projected gradient path. */
function findCauchy(m: Minimizer, b: Blocks, theta: f64): void {
  const n = m.elements;
  const k: u32 = 2 * m.pairs;
  const g = gradient(m);
  memory.copy(b.cauchy, m.x, (<usize>n) << 3);
  memory.fill(b.c, 0, (<usize>k) << 3);
  let slope = startPath(m, b, theta);
  if (slope === 0) return;
  let bend = -theta * slope;
  if (k > 0) {
    timesM(m, b, b.v, b.p);
    bend -= dot(b.p, b.v, k);
  }
  const bendFloor = f64.EPSILON * abs(bend);
  let ahead = -slope / bend;
  let told: f64 = 0;
  while (true) {
    const first = nextBreak(b, n);
    if (first === n) break;
    const t = at(b.breaks, first);
    if (ahead < t - told) break;
    const step = t - told;
    const gi = at(g, first);
    const d = at(b.along, first);
    const bound = boundAt(m, first, d);
    const z = bound - at(m.x, first);
    put(b.cauchy, first, bound);
    slope += step * bend + gi * gi + theta * gi * z;
    bend -= theta * gi * gi;
    if (k > 0) {
      for (let j: u32 = 0; j < k; j++) put(b.c, j, at(b.c, j) + step * at(b.p, j));
      rowOfW(m, theta, first, b.w);
      timesM(m, b, b.v, b.w);
      slope -= gi * dot(b.v, b.c, k);
      bend -= 2 * gi * dot(b.v, b.p, k) + gi * gi * dot(b.v, b.w, k);
      for (let j: u32 = 0; j < k; j++) put(b.p, j, at(b.p, j) + gi * at(b.w, j));
    }
    put(b.along, first, 0);
    bend = max(bend, bendFloor);
    ahead = -slope / bend;
    told = t;
  }
  ahead = max(ahead, 0);
  told += ahead;
  for (let i: u32 = 0; i < n; i++) {
    const d = at(b.along, i);
    if (d !== 0) put(b.cauchy, i, at(m.x, i) + told * d);
  }
  for (let j: u32 = 0; j < k; j++) put(b.c, j, at(b.c, j) + ahead * at(b.p, j));
}

/** Moves the Cauchy point to the minimizer of the model over the variables that are free there. */
function minimizeFree(m: Minimizer, b: Blocks, theta: f64): void {
  const n = m.elements;
  const k: u32 = 2 * m.pairs;
  const g = gradient(m);
  writeMiddle(m, b, theta, b.reduced);
  memory.fill(b.p, 0, (<usize>k) << 3);
  timesM(m, b, b.v, b.c);
  let free = 0;
  for (let i: u32 = 0; i < n; i++) {
    const x = at(b.cauchy, i);
    if (x <= at(m.lower, i) || x >= at(m.upper, i)) continue;
    free++;
    rowOfW(m, theta, i, b.w);
    const r = at(g, i) + theta * (x - at(m.x, i)) - dot(b.w, b.v, k);
    put(b.along, i, r);
    for (let j: u32 = 0; j < k; j++) {
      const w = at(b.w, j);
      put(b.p, j, at(b.p, j) + r * w);
      for (let l: u32 = 0; l < k; l++) put(b.reduced, j * k + l, at(b.reduced, j * k + l) - (w * at(b.w, l)) / theta);
    }
  }
  if (free === 0) return;
  if (!ldlt(b.reduced, k, b.reducedPivots)) return;
  solveLdlt(b.reduced, k, b.reducedPivots, b.p, 1, b.scratch);
  // The projected minimizer if d is then a descent direction, else the point on the way to the minimizer at the first bound.
  let slope: f64 = 0;
  let fraction: f64 = 1;
  for (let i: u32 = 0; i < n; i++) {
    const x = at(b.cauchy, i);
    let end = x;
    if (x > at(m.lower, i) && x < at(m.upper, i)) {
      rowOfW(m, theta, i, b.w);
      const d = -(at(b.along, i) + dot(b.w, b.p, k) / theta) / theta;
      if (isNaN(d)) return;
      put(b.along, i, d);
      end = min(max(x + d, at(m.lower, i)), at(m.upper, i));
      if (d !== 0) fraction = min(fraction, (boundAt(m, i, d) - x) / d);
    } else put(b.along, i, 0);
    slope += at(g, i) * (end - at(m.x, i));
  }
  for (let i: u32 = 0; i < n; i++) {
    const x = at(b.cauchy, i);
    const d = at(b.along, i);
    if (d === 0) continue;
    const end = slope < 0 ? x + d : x + fraction * d;
    put(b.cauchy, i, min(max(end, at(m.lower, i)), at(m.upper, i)));
  }
}

@unmanaged
class Bounded {
  memory: f64;
  /** @state */
  scale: f64;

  arenaBytes(n: f64, residuals: f64, pairs: f64): f64 {
    return boundedBytes(n, pairs);
  }
  direct(m: Minimizer): i32 {
    return directBounded(m);
  }
  remember(m: Minimizer): void {
    rememberBounded(m);
  }
}

export function registerBounded(): void {
  registerDirection<Bounded>(directionBounded);
}
