// Wrappers of an update, for any rule. A wrapper is a class whose fields are its numbers as they lie in its record, with any of
//
//   perturb<T>(wrapping)        writes `perturbed`, the weights at which the step takes its gradient a second time
//   change<T>(wrapping)         changes `updates`, which are added to the weights afterwards
//   afterUpdate<T>(wrapping)    changes the weights after the update
//
// each on all parameters at once, including padding of 0, which must stay 0. The innermost wrapper acts first.

import { f32Type, wrapperBytes } from "../../abi";
import { wrapperEntry } from "../../memory/engine";

/** The wrappers of a trainer from the outside in, and their common memory. @record */
@unmanaged
export class Wrapping {
  type: u32;
  elements: u32;
  tensors: u32;
  tensorCount: u32;
  wrappers: u32;
  wrapperCount: u32;
  weights: u32;
  /** Set by the step. */
  gradients: u32;
  /** 0 if the rules write the weights. */
  updates: u32;
  /** Weights of a second evaluation, 0 if there is none. */
  perturbed: u32;
  /** State vector of the wrapper that is called. */
  state: u32;
  squares: f64;
  /** Number of the update, from 1. */
  step: f64;
}

/** @record */
@unmanaged
class Wrapper {
  code: u32;
  /** Its state vector, 0 if it has none. */
  state: u32;
  /** Fields of the wrapper's class. @times 3 */
  fields: f64;
}

type Job = (fields: usize, wrapping: usize) => void;

// Offsets of the functions in a table entry.
const perturbing: usize = 0;
const changing: usize = 4;
const after: usize = 8;

/** Registers the wrapper. */
export function registerWrapper<W>(code: i32): void {
  const entry = wrapperEntry(code);
  if (isDefined(changetype<W>(0).perturb)) {
    const perturb: Job = (fields: usize, address: usize): void => {
      const wrapping = changetype<Wrapping>(address);
      if (wrapping.type === f32Type) changetype<W>(fields).perturb<f32>(wrapping);
      else changetype<W>(fields).perturb<f64>(wrapping);
    };
    store<u32>(entry + perturbing, load<u32>(changetype<usize>(perturb)));
  }
  if (isDefined(changetype<W>(0).change)) {
    const change: Job = (fields: usize, address: usize): void => {
      const wrapping = changetype<Wrapping>(address);
      if (wrapping.type === f32Type) changetype<W>(fields).change<f32>(wrapping);
      else changetype<W>(fields).change<f64>(wrapping);
    };
    store<u32>(entry + changing, load<u32>(changetype<usize>(change)));
  }
  if (isDefined(changetype<W>(0).afterUpdate)) {
    const afterUpdate: Job = (fields: usize, address: usize): void => {
      const wrapping = changetype<Wrapping>(address);
      if (wrapping.type === f32Type) changetype<W>(fields).afterUpdate<f32>(wrapping);
      else changetype<W>(fields).afterUpdate<f64>(wrapping);
    };
    store<u32>(entry + after, load<u32>(changetype<usize>(afterUpdate)));
  }
}

function each(wrapping: Wrapping, what: usize): void {
  for (let k = wrapping.wrapperCount; k > 0; k--) {
    const at = <usize>wrapping.wrappers + (k - 1) * wrapperBytes;
    const wrapper = changetype<Wrapper>(at);
    const job = load<u32>(wrapperEntry(wrapper.code) + what);
    if (job === 0) continue;
    wrapping.state = wrapper.state;
    call_indirect<void>(job, at + offsetof<Wrapper>("fields"), changetype<usize>(wrapping));
  }
}

/** Writes the weights of the second evaluation: those at `weights`, moved by the gradient of the first. */
export function perturbWeights(wrapping: Wrapping, weights: usize, gradients: usize, squares: f64): void {
  wrapping.weights = <u32>weights;
  wrapping.gradients = <u32>gradients;
  wrapping.squares = squares;
  each(wrapping, perturbing);
}

/** Changes the updates that the rules wrote. */
export function changeUpdates(wrapping: Wrapping, gradients: usize): void {
  wrapping.gradients = <u32>gradients;
  each(wrapping, changing);
}

/** Changes the weights after update `step`. */
export function afterUpdate(wrapping: Wrapping, weights: usize, step: f64): void {
  wrapping.weights = <u32>weights;
  wrapping.step = step;
  each(wrapping, after);
}
