// Gradient transforms, applied one after the other between the finite check and the update rule.
// A transform is a class whose fields are its numbers as they lie in the chain's record, with one of
//
//   tensor<T>(chain, g, tensor)    changes the gradient of one parameter, at g
//   whole<T>(chain, g, count)      changes the gradient of all parameters, at g, padding of 0 included
//
// A transform must leave the padding 0, and the gradient finite: one that cannot promise it says so by a method `grows`,
// and then the gradient is checked again before the next transform sees it.

import { f32Type, tensorBytes, transformBytes } from "../../abi";
import { firstNonFinite } from "../../kernels/accumulate";
import { sumOfSquares } from "../../kernels/sum";
import { transformEntry } from "../../memory/engine";
import { TensorRange } from "../tensor";

/** The gradient transforms of a trainer and their arguments. @record */
@unmanaged
export class Chain {
  type: u32;
  /** Set by the step. */
  gradients: u32;
  elements: u32;
  tensors: u32;
  tensorCount: u32;
  transforms: u32;
  transformCount: u32;
  /** chainScratch bytes, and two f64 for every column of the widest tensor. */
  workspace: u32;
  /** Sum of squares of the gradient, negative once a transform has changed it. */
  squares: f64;
  weights: u32;
  /** Set by the step, as are the fields below. */
  seedLow: u32;
  seedHigh: u32;
  /** Updates done. */
  step: f64;
}

/** A transform of a chain. @record */
@unmanaged
class Transform {
  code: u32;
  /** Fields of the transform's class. @times 3 */
  fields: f64;
}

type Job = (fields: usize, chain: usize) => i32;

function runTransform<F, T>(fields: usize, chain: Chain): i32 {
  const f = changetype<F>(fields);
  const g = <usize>chain.gradients;
  if (isDefined(changetype<F>(0).whole)) {
    f.whole<T>(chain, g, <usize>chain.elements);
  } else {
    const end = <usize>chain.tensors + <usize>chain.tensorCount * tensorBytes;
    for (let at = <usize>chain.tensors; at < end; at += tensorBytes) {
      const tensor = changetype<TensorRange>(at);
      f.tensor<T>(chain, g + <usize>tensor.offset * sizeof<T>(), tensor);
    }
  }
  if (isDefined(changetype<F>(0).grows)) {
    chain.squares = sumOfSquares<T>(g, <usize>chain.elements);
    return isFinite(chain.squares) ? -1 : firstNonFinite<T>(g, chain.elements);
  }
  chain.squares = -1;
  return -1;
}

/** Registers the transform. */
export function registerTransform<F>(code: i32): void {
  const job: Job = (fields: usize, address: usize): i32 => {
    const chain = changetype<Chain>(address);
    if (chain.type === f32Type) return runTransform<F, f32>(fields, chain);
    return runTransform<F, f64>(fields, chain);
  };
  store<u32>(transformEntry(code), load<u32>(changetype<usize>(job)));
}

/**
 * Applies the transforms of the chain in order to a finite gradient whose squares sum to `squares`. Returns -1, or the first
 * element that a transform made infinite or NaN.
 */
export function applyChain(chain: Chain, gradients: usize, squares: f64): i32 {
  chain.gradients = <u32>gradients;
  chain.squares = squares;
  const end = <usize>chain.transforms + <usize>chain.transformCount * transformBytes;
  for (let at = <usize>chain.transforms; at < end; at += transformBytes) {
    const job = load<u32>(transformEntry(changetype<Transform>(at).code));
    const wrong = call_indirect<i32>(job, at + offsetof<Transform>("fields"), changetype<usize>(chain));
    if (wrong >= 0) return wrong;
  }
  return -1;
}
