// softplus(x) = log(1 + e^x) = max(x, 0) + log1p(exp(-|x|)): the exponential does not overflow, and for x < 0 the result keeps
// its relative precision.
// Error: f32 1.6 ulp, f64 1.6 ulp. Exact: softplus(-∞) = 0, softplus(∞) = ∞.

import { expLanes, expScalar } from "./exp";
import { log1pLanes, log1pScalar } from "./log1p";

/** softplus(x) of each lane. */
export function softplusLanes<T>(x: v128): v128 {
  const e = inline.always(expLanes<T>(v128.neg<T>(v128.abs<T>(x))));
  return v128.add<T>(v128.pmax<T>(x, v128.splat<T>(0 as T)), inline.always(log1pLanes<T>(e)));
}

/** softplus(x): one lane of softplusLanes. */
export function softplusScalar<T>(x: T): T {
  const positive = x < 0 ? (0 as T) : x;
  return (positive + log1pScalar<T>(expScalar<T>(-abs<T>(x) as T))) as T;
}
