// logAddExp(a, b) = log(eᵃ + eᵇ) = max(a, b) + softplus(−|a − b|), where no exponential overflows: sums of probabilities
// in logarithms (Press et al., Numerical Recipes, 3rd ed., 2007, §16.3, forward-backward recursions).
//
// Error: f32 2.5 ulp, f64 2 ulp of the larger of |result| and log 2. Exact: −∞ adds nothing, ∞ wins, NaN stays.

import { opLogAddExp } from "../abi";
import { accumulate, wants } from "../graph/cotangents";
import { input } from "../graph/graph";
import { equal, fill, multiply, negate, sigmoid, subtract, where } from "../graph/vocabulary";
import { softplusLanes } from "../kernels/softplus";
import { binary } from "./elementwise";

@unmanaged
class LogAddExp {
  lanes<T>(a: v128, b: v128): v128 {
    // Equal infinities have no difference: their distance is 0.
    const distance = v128.andnot(v128.abs<T>(v128.sub<T>(a, b)), v128.eq<T>(a, b));
    return v128.add<T>(v128.max<T>(a, b), softplusLanes<T>(v128.neg<T>(distance)));
  }
  /** ∂/∂a = σ(a − b), ∂/∂b = σ(b − a); a half where both are −∞ or both ∞. */
  derivative(y: i32, g: i32): void {
    const a = input(y, 0);
    const b = input(y, 1);
    const gap = subtract(a, b);
    // The gap of equal finite numbers is 0; of equal infinities it is NaN.
    const lost = multiply(equal(a, b), subtract(fill(1, gap), equal(gap, gap)));
    const distance = where(lost, fill(0, gap), gap);
    if (wants(y, 0)) accumulate(y, 0, multiply(g, sigmoid(distance)));
    if (wants(y, 1)) accumulate(y, 1, multiply(g, sigmoid(negate(distance))));
  }
}

export function registerLogAddExp(): void {
  binary<LogAddExp>(opLogAddExp);
}
