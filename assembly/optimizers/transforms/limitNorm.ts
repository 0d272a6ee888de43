// The common part of clipping by norm: g ← g min(1, c / (|g| + ε)), with |g| summed in f64.
//
// The factor is computed in f64 and rounded to the type of the gradient. Squares of f64 above 1e154 overflow, so such a gradient
// is scaled down first. An f32 factor near the end of its range is applied in two steps, because a subnormal factor has few
// digits.

import { sumOfSquares } from "../../kernels/sum";
import { scale } from "../../kernels/vectors";

// 2^600 and 2^64: powers of two change no digit.
const TALL: f64 = 4.149515568880993e180;
const STEP: f64 = 1.8446744073709552e19;

/** Scales the gradient x down to the norm c; `squares` is the sum of its squares, negative if unknown. */
export function limitNorm<T>(x: usize, count: usize, squares: f64, c: f64, epsilon: f64): void {
  let norm = sqrt<f64>(squares < 0 ? sumOfSquares<T>(x, count) : squares);
  let largest: f64 = 1;
  if (!isFinite(norm)) {
    largest = TALL;
    scale<T>(x, x, 1 / largest, count);
    norm = sqrt<f64>(sumOfSquares<T>(x, count));
    epsilon = 0;
  }
  let factor = min<f64>(largest, c / (norm + epsilon));
  if (factor === 1) return;
  if (sizeof<T>() === 4 && factor < 1 / STEP) {
    scale<T>(x, x, 1 / STEP, count);
    factor *= STEP;
  }
  scale<T>(x, x, factor, count);
}
