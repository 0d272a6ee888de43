// sigmoid(x) = 1 / (1 + e^-x) = e / (1 + e), e = exp(min(x, c)). The second form keeps the relative precision for x < 0, down to
// subnormal results; for x > 0 c is so large that e / (1 + e) is 1 from there on.
// f64 for x < 0 corrects the rounding of 1 + e: -q (1 - q) per unit of it.
// Error: f32 2.41 ulp, f64 1.6 ulp. Exact: sigmoid(0) = 1/2, sigmoid(-∞) = 0, sigmoid(∞) = 1.

import { expLanes, expScalar } from "./exp";

// c, 1.
const SIGMOID32 = memory.data<f32>([18, 1]);
const SIGMOID64 = memory.data<f64>([38, 1]);

function constant<T>(index: usize): v128 {
  return v128.load_splat<T>((sizeof<T>() === 4 ? SIGMOID32 : SIGMOID64) + index * sizeof<T>());
}

/** sigmoid(x) of each lane. */
export function sigmoidLanes<T>(x: v128): v128 {
  const e = inline.always(expLanes<T>(v128.pmin<T>(x, constant<T>(0))));
  const d = v128.add<T>(e, constant<T>(1));
  const q = v128.div<T>(e, d);
  if (sizeof<T>() === 4) return q;
  const lost = v128.and(v128.sub<T>(e, v128.sub<T>(d, constant<T>(1))), v128.lt<T>(e, constant<T>(1)));
  return v128.sub<T>(q, v128.mul<T>(q, v128.mul<T>(lost, v128.sub<T>(constant<T>(1), q))));
}

/** sigmoid(x): one lane of sigmoidLanes. */
export function sigmoidScalar<T>(x: T): T {
  const c = load<T>(sizeof<T>() === 4 ? SIGMOID32 : SIGMOID64);
  const e = expScalar<T>(x > c ? c : x);
  const d = (e + 1) as T;
  const q = (e / d) as T;
  if (sizeof<T>() === 4 || !(e < 1)) return q;
  const lost = (e - (d - 1)) as T;
  return (q - q * (lost * (1 - q))) as T;
}
