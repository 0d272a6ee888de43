// The sweep: one pass over a parameter group that applies decay and the update rule. A rule is a class whose fields are
// its hyper-parameters as they lie in the group's record, with
//
//   prepare<T>(step, c)                    writes the constants of this step into slots 0 to 19 at c: see `constant`
//   update<T>(w, g, s, stride, c): v128    returns the new weights of one vector; state vector j is at s + j ⋅ stride
//   lookAhead<T>(w, s, stride, c): v128    optional: returns the weights at which the gradient is taken
//   decay<T>(rate, step, c)                optional: the rule applies the decoupled decay h λ itself
//
// or, in place of update, updateTensor<T>(sweep, offset, rows, columns) for rules that need whole matrices, or
// lookAheadGroup<T>(sweep) and updateGroup<T>(sweep) for rules that are no function of a gradient.
//
// Constants are read from memory inside the loop: in registers they make V8 spill (measured: Adam 1.6x slower on Node 20).
// Groups are padded to whole vectors with weights and gradients of 0; every rule must leave such weights 0.

import { f32Type, matrixBytes } from "../abi";
import { ruleEntry } from "../memory/engine";

/** Arguments of one sweep. @record */
@unmanaged
export class Sweep {
  type: u32;
  /** Address of the group's hyper-parameters. */
  hyper: u32;
  weights: u32;
  gradients: u32;
  states: u32;
  /** Bytes from one state vector to the next. */
  stride: u32;
  /** Address that lookAhead writes to, 0 if the gradient is computed at the weights. */
  lookAhead: u32;
  elements: u32;
  /** Number of the update, from 1. */
  step: f64;
  /** λ of g ← g + λ w. */
  coupledDecay: f64;
  /** h λ of w ← (1 − h λ) w, before the rule. */
  decay: f64;
  /** Matrices of the group, for rules that need whole ones. */
  matrices: u32;
  matrixCount: u32;
  /** Scratch of such rules. */
  workspace: u32;
  /** Bits of touched rows, for rules that update only these. */
  touched: u32;
  /** First element of the group, from the start of the arena. */
  offset: u32;
  /** All parameters in declaration order. */
  tensors: u32;
  tensorCount: u32;
  seedLow: u32;
  seedHigh: u32;
  /** Loss plus penalty of the step, where the gradient was taken. */
  loss: f64;
  /** Slots of the constants of one step. @times 32 */
  constants: f64;
}

/** A matrix of a group, for rules that need whole ones. @record */
@unmanaged
export class Matrix {
  /** First element, from the start of the group. */
  offset: u32;
  rows: u32;
  columns: u32;
}

/** Booleans as type arguments, distinguished by their size. */
export type No = u8;
export type Yes = u16;

type Job = (sweep: usize) => void;

@unmanaged
class RuleEntry {
  sweep: u32;
  lookAhead: u32;
}

function entryOf(rule: i32): RuleEntry {
  return changetype<RuleEntry>(ruleEntry(rule));
}

// Slots of constants: those of a rule count from 0, those of its helpers (root.ts, sign.ts) from helperSlots; the sweep has the
// last two.
export const helperSlots: usize = 20;
const coupledDecaySlot: usize = 30;
const keepSlot: usize = 31;

/** Address of the constants of a step. */
export function constantsOf(sweep: Sweep): usize {
  return changetype<usize>(sweep) + offsetof<Sweep>("constants");
}

/** Writes constant k of a step; in a rule k < helperSlots. */
export function constant<T>(c: usize, k: usize, value: f64): void {
  store<T>(c + (k << 3), <T>value);
}

/** Returns max(value, smallest normal number of T). */
export function positive<T>(value: f64): f64 {
  return max<f64>(value, sizeof<T>() === 4 ? <f64>f32.MIN_NORMAL_VALUE : f64.MIN_NORMAL_VALUE);
}

/** Returns constant k in every lane. */
export function read<T>(c: usize, k: usize): v128 {
  return v128.load_splat<T>(c + (k << 3));
}

function sweepGroup<R, T>(sweep: Sweep): void {
  const rule = changetype<R>(<usize>sweep.hyper);
  const c = constantsOf(sweep);
  rule.prepare<T>(sweep.step, c);
  if (isDefined(changetype<R>(0).decay)) rule.decay<T>(sweep.decay, sweep.step, c);
  const decays = !isDefined(changetype<R>(0).decay) && sweep.decay !== 0;
  constant<T>(c, coupledDecaySlot, sweep.coupledDecay);
  constant<T>(c, keepSlot, decays ? 1 - sweep.decay : 1);
  if (sweep.coupledDecay !== 0) sweepRange<R, T, Yes, Yes>(rule, sweep, c);
  else if (decays) sweepRange<R, T, Yes, No>(rule, sweep, c);
  else sweepRange<R, T, No, No>(rule, sweep, c);
}

/** Each kind of decay has its own loop: in one loop a rule without decay is 8 % slower (measured: Adam, 100,000 parameters). */
function sweepRange<R, T, Decays, Penalized>(rule: R, sweep: Sweep, c: usize): void {
  const stride = <usize>sweep.stride;
  let w = <usize>sweep.weights;
  let g = <usize>sweep.gradients;
  let s = <usize>sweep.states;
  // Coupled decay is part of the loss: its gradient is taken at the same weights.
  const shift: usize = sweep.lookAhead === 0 ? 0 : <usize>sweep.lookAhead - w;
  const end = w + <usize>sweep.elements * sizeof<T>();
  while (w < end) {
    let weight = v128.load(w);
    let gradient = v128.load(g);
    if (sizeof<Penalized>() === sizeof<Yes>())
      gradient = v128.add<T>(gradient, v128.mul<T>(read<T>(c, coupledDecaySlot), v128.load(w + shift)));
    if (sizeof<Decays>() === sizeof<Yes>()) weight = v128.mul<T>(read<T>(c, keepSlot), weight);
    v128.store(w, rule.update<T>(weight, gradient, s, stride, c));
    w += 16;
    g += 16;
    s += 16;
  }
}

function sweepMatrices<R, T>(sweep: Sweep): void {
  const rule = changetype<R>(<usize>sweep.hyper);
  const end = sweep.matrices + sweep.matrixCount * matrixBytes;
  for (let at = <usize>sweep.matrices; at < <usize>end; at += matrixBytes) {
    const matrix = changetype<Matrix>(at);
    const offset = <usize>matrix.offset * sizeof<T>();
    rule.updateTensor<T>(sweep, offset, <usize>matrix.rows, <usize>matrix.columns);
  }
}

function runSweep<R, T>(sweep: Sweep): void {
  if (isDefined(changetype<R>(0).updateTensor)) sweepMatrices<R, T>(sweep);
  else if (isDefined(changetype<R>(0).updateGroup)) changetype<R>(<usize>sweep.hyper).updateGroup<T>(sweep);
  else sweepGroup<R, T>(sweep);
}

function lookAheadGroup<R, T>(sweep: Sweep): void {
  const rule = changetype<R>(<usize>sweep.hyper);
  if (isDefined(changetype<R>(0).lookAheadGroup)) return rule.lookAheadGroup<T>(sweep);
  const c = constantsOf(sweep);
  rule.prepare<T>(sweep.step, c);
  const stride = <usize>sweep.stride;
  let out = <usize>sweep.lookAhead;
  let w = <usize>sweep.weights;
  let s = <usize>sweep.states;
  const end = w + <usize>sweep.elements * sizeof<T>();
  while (w < end) {
    v128.store(out, rule.lookAhead<T>(v128.load(w), s, stride, c));
    out += 16;
    w += 16;
    s += 16;
  }
}

/** Registers the rule. */
export function registerRule<R>(code: i32): void {
  const sweep: Job = (address: usize): void => {
    const job = changetype<Sweep>(address);
    if (job.type === f32Type) runSweep<R, f32>(job);
    else runSweep<R, f64>(job);
  };
  entryOf(code).sweep = load<u32>(changetype<usize>(sweep));
  if (isDefined(changetype<R>(0).lookAhead) || isDefined(changetype<R>(0).lookAheadGroup)) {
    const lookAhead: Job = (address: usize): void => {
      const job = changetype<Sweep>(address);
      if (job.type === f32Type) lookAheadGroup<R, f32>(job);
      else lookAheadGroup<R, f64>(job);
    };
    entryOf(code).lookAhead = load<u32>(changetype<usize>(lookAhead));
  }
}

/** Updates weights by rule `code`. */
export function applyRule(code: i32, sweep: Sweep): void {
  call_indirect<void>(entryOf(code).sweep, changetype<usize>(sweep));
}

/** Writes the look-ahead point of rule `code`, or the weights if it has none. */
export function writeLookAhead(code: i32, sweep: Sweep): void {
  const lookAhead = entryOf(code).lookAhead;
  if (lookAhead !== 0) call_indirect<void>(lookAhead, changetype<usize>(sweep));
  else memory.copy(sweep.lookAhead, sweep.weights, sweep.elements * (sweep.type === f32Type ? 4 : 8));
}
