// A sweep over a few weights, and the numbers it starts from.

import { f32Type, f64Type, sweepConstants } from "../../../assembly/abi";
import { applyRule, Sweep, writeLookAhead } from "../../../assembly/optimizers/sweep";

/** Weights of a sweep: not a whole number of vectors in either type. */
export const COUNT: usize = 13;
const PADDED: usize = 16;
const SWEEP = memory.data(384, 16);
const HYPER = memory.data(128, 16);
const WEIGHTS = memory.data(PADDED * 8, 16);
const GRADIENTS = memory.data(PADDED * 8, 16);
const STATES = memory.data(3 * PADDED * 8, 16);
const PLACED = memory.data(PADDED * 8, 16);

export function startWeight(i: usize): f64 {
  return <f64>((i * 7) % 11) / 8 - 0.5;
}

/** Gradient of weight i at step 1, 2, ...; exact in both types. */
export function gradientAt(i: usize, step: i32): f64 {
  return <f64>((i * 5 + <usize>step * 3) % 13) / 16 - 0.375;
}

/** Hyper-parameter k of the rule. */
export function setHyper(k: usize, value: f64): void {
  store<f64>(HYPER + (k << 3), value);
}

/** A sweep of 13 weights padded to 16, all states 0. */
export function startSweep<T>(): Sweep {
  const sweep = changetype<Sweep>(SWEEP);
  memory.fill(WEIGHTS, 0, PADDED * 8);
  memory.fill(GRADIENTS, 0, PADDED * 8);
  memory.fill(STATES, 0, 3 * PADDED * 8);
  memory.fill(PLACED, 0xff, PADDED * 8);
  memory.fill(HYPER, 0, 128);
  memory.fill(SWEEP + sweepConstants, 0xff, 256);
  for (let i: usize = 0; i < COUNT; i++) store<T>(WEIGHTS + i * sizeof<T>(), <T>startWeight(i));
  sweep.type = sizeof<T>() === 4 ? f32Type : f64Type;
  sweep.hyper = <u32>HYPER;
  sweep.weights = <u32>WEIGHTS;
  sweep.gradients = <u32>GRADIENTS;
  sweep.states = <u32>STATES;
  sweep.stride = <u32>(PADDED * sizeof<T>());
  sweep.lookAhead = 0;
  sweep.elements = <u32>PADDED;
  sweep.step = 0;
  sweep.coupledDecay = 0;
  sweep.decay = 0;
  return sweep;
}

/** Makes one update with the gradients of the step. */
export function update<T>(rule: i32, sweep: Sweep, step: i32): void {
  for (let i: usize = 0; i < COUNT; i++) store<T>(GRADIENTS + i * sizeof<T>(), <T>gradientAt(i, step));
  sweep.step = <f64>step;
  applyRule(rule, sweep);
}

/** Writes the weights at which the gradient of the step is taken. */
export function place(rule: i32, sweep: Sweep, step: i32): void {
  sweep.step = <f64>step;
  sweep.lookAhead = <u32>PLACED;
  writeLookAhead(rule, sweep);
}

export function weight<T>(i: usize): f64 {
  return <f64>load<T>(WEIGHTS + i * sizeof<T>());
}

export function placed<T>(i: usize): f64 {
  return <f64>load<T>(PLACED + i * sizeof<T>());
}

/** Weights and states of the padding that are not 0. */
export function wrongPadding<T>(states: usize): i32 {
  let wrong = 0;
  for (let i: usize = COUNT; i < PADDED; i++) {
    if (load<T>(WEIGHTS + i * sizeof<T>()) !== <T>0) wrong++;
    for (let k: usize = 0; k < states; k++) if (load<T>(STATES + (k * PADDED + i) * sizeof<T>()) !== <T>0) wrong++;
  }
  for (let k = states * PADDED; k < 3 * PADDED; k++) if (load<T>(STATES + k * sizeof<T>()) !== <T>0) wrong++;
  return wrong;
}

/** Equal up to a few roundings of T. */
export function near<T>(a: f64, b: f64): bool {
  return abs(a - b) <= (sizeof<T>() === 4 ? 3e-6 : 1e-14) * max(1, abs(b));
}
