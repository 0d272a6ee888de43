// The sweep: one pass over a parameter group that applies decay and the update rule. A rule is a class whose fields are
// its hyper-parameters as they lie in the group's record, with
//
//   prepare<T>(step, c)         derives the constants of this step, at most 32, into slots of 8 bytes at c
//   update<T>(w, g, s, stride, c): v128    the new weights of one vector; state vector j lies at s + j ⋅ stride
//   place<T>(w, s, stride, c): v128        optional: the weights at which the gradient is taken
//
// Constants are read from memory inside the loop: held in registers they make V8 spill (measured: Adam 1.6x slower on
// Node 20). Groups are padded to whole vectors with weights and gradients of 0, which every rule must leave 0.

import { f32Type } from "../abi";
import { ruleEntry } from "../memory/engine";

type Sweep = (
  type: i32,
  hyper: usize,
  step: f64,
  w: usize,
  g: usize,
  s: usize,
  stride: usize,
  count: u32,
  c: usize,
) => void;
type Place = (
  type: i32,
  hyper: usize,
  step: f64,
  out: usize,
  w: usize,
  s: usize,
  stride: usize,
  count: u32,
  c: usize,
) => void;

@unmanaged
class RuleEntry {
  sweep: u32;
  place: u32;
}

/** What decay makes of the gradient and the weight before the rule sees them, as constants after the rule's own. */
export const scaleSlot: usize = 29 * 8;
export const penaltySlot: usize = 30 * 8;
export const keepSlot: usize = 31 * 8;

/** Writes constant k of a step. */
export function constant<T>(c: usize, k: usize, value: f64): void {
  store<T>(c + (k << 3), <T>value);
}

/** Constant k in every lane. */
export function read<T>(c: usize, k: usize): v128 {
  return v128.load_splat<T>(c + (k << 3));
}

function sweepRange<R, T>(rule: R, w: usize, g: usize, s: usize, stride: usize, count: u32, c: usize): void {
  const end = w + <usize>count * sizeof<T>();
  while (w < end) {
    const weight = v128.load(w);
    const penalty = v128.mul<T>(v128.load_splat<T>(c, penaltySlot), weight);
    const gradient = v128.add<T>(v128.mul<T>(v128.load_splat<T>(c, scaleSlot), v128.load(g)), penalty);
    const kept = v128.mul<T>(v128.load_splat<T>(c, keepSlot), weight);
    v128.store(w, rule.update<T>(kept, gradient, s, stride, c));
    w += 16;
    g += 16;
    s += 16;
  }
}

function placeRange<R, T>(rule: R, out: usize, w: usize, s: usize, stride: usize, count: u32, c: usize): void {
  const end = w + <usize>count * sizeof<T>();
  while (w < end) {
    v128.store(out, rule.place<T>(v128.load(w), s, stride, c));
    out += 16;
    w += 16;
    s += 16;
  }
}

/** Puts the rule into the table. */
export function registerRule<R>(code: i32): void {
  const entry = changetype<RuleEntry>(ruleEntry(code));
  const sweep: Sweep = (
    type: i32,
    hyper: usize,
    step: f64,
    w: usize,
    g: usize,
    s: usize,
    stride: usize,
    count: u32,
    c: usize,
  ): void => {
    const rule = changetype<R>(hyper);
    if (type === f32Type) {
      rule.prepare<f32>(step, c);
      sweepRange<R, f32>(rule, w, g, s, stride, count, c);
    } else {
      rule.prepare<f64>(step, c);
      sweepRange<R, f64>(rule, w, g, s, stride, count, c);
    }
  };
  entry.sweep = load<u32>(changetype<usize>(sweep));
  if (isDefined(changetype<R>(0).place)) {
    const place: Place = (
      type: i32,
      hyper: usize,
      step: f64,
      out: usize,
      w: usize,
      s: usize,
      stride: usize,
      count: u32,
      c: usize,
    ): void => {
      const rule = changetype<R>(hyper);
      if (type === f32Type) {
        rule.prepare<f32>(step, c);
        placeRange<R, f32>(rule, out, w, s, stride, count, c);
      } else {
        rule.prepare<f64>(step, c);
        placeRange<R, f64>(rule, out, w, s, stride, count, c);
      }
    };
    entry.place = load<u32>(changetype<usize>(place));
  }
}

/** Applies rule `code` to a range for update number `step` (from 1). */
export function applyRule(
  code: i32,
  type: i32,
  hyper: usize,
  step: f64,
  w: usize,
  g: usize,
  s: usize,
  stride: usize,
  count: u32,
  c: usize,
): void {
  call_indirect<void>(changetype<RuleEntry>(ruleEntry(code)).sweep, type, hyper, step, w, g, s, stride, count, c);
}

/** True if the rule takes its gradient elsewhere than at the weights. */
export function placesWeights(code: i32): bool {
  return changetype<RuleEntry>(ruleEntry(code)).place !== 0;
}

/** Writes to `out` the weights at which the gradient of update `step` is taken. */
export function placeWeights(
  code: i32,
  type: i32,
  hyper: usize,
  step: f64,
  out: usize,
  w: usize,
  s: usize,
  stride: usize,
  count: u32,
  c: usize,
): void {
  call_indirect<void>(changetype<RuleEntry>(ruleEntry(code)).place, type, hyper, step, out, w, s, stride, count, c);
}
