// Gradient transforms: what is done to the gradient between the finite check and the update rule, one after the other.
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

/** What is done to the gradient of a trainer before the update, and the tensors it sees. @record */
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
  /** Sum of squares of the gradient as it came, negative once it is changed. */
  squares: f64;
  weights: u32;
  /** Set by the step, and so is what follows. */
  seedLow: u32;
  seedHigh: u32;
  /** Updates done. */
  step: f64;
}

/** A transform of a chain. @record */
@unmanaged
class Transform {
  code: u32;
  /** As the transform's class lists them. @times 3 */
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

/** Puts the transform into the table. */
export function registerTransform<F>(code: i32): void {
  const job: Job = (fields: usize, address: usize): i32 => {
    const chain = changetype<Chain>(address);
    if (chain.type === f32Type) return runTransform<F, f32>(fields, chain);
    return runTransform<F, f64>(fields, chain);
  };
  store<u32>(transformEntry(code), load<u32>(changetype<usize>(job)));
}

/**
 * Changes a finite gradient, whose squares add up to `squares`, by every transform of the chain in its order. Answers -1,
 * or the first element that a transform made infinite or NaN.
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
