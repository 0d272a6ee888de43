// Random probes of ±1: the mean of their quadratic forms is the trace of H.
// M. F. Hutchinson, "A stochastic estimator of the trace of the influence matrix", Comm. Statist. 1990.

import { streamCurvature } from "../abi";
import { bernoulli } from "../kernels/random";
import { dot } from "../kernels/vectors";
import { elementsOf, multiply } from "./surface";

/** v [elements] ← the signs of probe `index`. */
export function rademacher(v: usize, elements: usize, index: u32, seedLow: u32, seedHigh: u32): void {
  bernoulli<f64>(v, 0, <u32>elements, 0.5, seedLow, seedHigh, streamCurvature, index, 1);
  for (const end = v + (elements << 3); v < end; v += 8) store<f64>(v, 2 * load<f64>(v) - 1);
}

/** forms [count] ← vᵀ H v for the probes from `first` on; `space` has room for two vectors. */
export function quadraticForms(
  surface: usize,
  first: u32,
  count: u32,
  seedLow: u32,
  seedHigh: u32,
  forms: usize,
  space: usize,
): bool {
  const elements: usize = elementsOf(surface);
  const product = space + (elements << 3);
  for (let k: u32 = 0; k < count; k++, forms += 8) {
    rademacher(space, elements, first + k, seedLow, seedHigh);
    if (!multiply(surface, space, product)) return false;
    store<f64>(forms, dot(space, product, elements));
  }
  return true;
}
