// expm1(x) = e^x - 1 = (2ⁿ r + (2ⁿ - 1)) + 2ⁿ r² q(r), n, r and q as in exp.ts: for n = 0 this is r + r² q(r), which
// keeps the relative precision of small x; else the first bracket is nearly exact (Tang, "Table-Driven Implementation
// of the Expm1 Function in IEEE Floating-Point Arithmetic", 1992, without the table).
// Error: f32 1.3 ulp, f64 1.25 ulp. Exact: ±0, subnormals, expm1(-∞) = -1, expm1(∞) = ∞.

import { expTail, expTailScalar, powerOfTwo, powerOfTwoScalar, reduce, reduceScalar } from "./exp";
import { multiplyAdd, multiplyAddScalar } from "./multiplyAdd";

// 1/ln 2, magic (low bits: bias - 1), least and greatest x, 1/2, the bound below which e^x - 1 = x.
const EXPM1_32 = memory.data<f32>([1.442695040888963, 12583038, -20, 89, 0.5, 2.9802322387695312e-8]);
const EXPM1_64 = memory.data<f64>([1.4426950408889634, 6755399441056766, -40, 710, 0.5, 5.551115123125783e-17]);

function constant<T>(index: usize): v128 {
  return v128.load_splat<T>((sizeof<T>() === 4 ? EXPM1_32 : EXPM1_64) + index * sizeof<T>());
}

function constantScalar<T>(index: usize): T {
  return load<T>((sizeof<T>() === 4 ? EXPM1_32 : EXPM1_64) + index * sizeof<T>());
}

/** e^x - 1 of each lane. */
export function expm1Lanes<T>(x: v128): v128 {
  const y = v128.pmax<T>(v128.pmin<T>(x, constant<T>(3)), constant<T>(2));
  const t = multiplyAdd<T>(y, constant<T>(0), constant<T>(1));
  const n = v128.sub<T>(t, constant<T>(1));
  const r = reduce<T>(y, n);
  const s = powerOfTwo<T>(t); // 2^(n - 1), because 2ⁿ overflows for the greatest x
  const tail = inline.always(expTail<T>(y, n, r));
  const e = multiplyAdd<T>(tail, s, multiplyAdd<T>(r, s, v128.sub<T>(s, constant<T>(4))));
  return v128.bitselect(x, v128.add<T>(e, e), v128.lt<T>(v128.abs<T>(x), constant<T>(5)));
}

/** e^x - 1: one lane of expm1Lanes. */
export function expm1Scalar<T>(x: T): T {
  if (abs<T>(x) < constantScalar<T>(5)) return x;
  let y = x > constantScalar<T>(3) ? constantScalar<T>(3) : x;
  y = y < constantScalar<T>(2) ? constantScalar<T>(2) : y;
  const t = multiplyAddScalar<T>(y, constantScalar<T>(0), constantScalar<T>(1));
  const n = (t - constantScalar<T>(1)) as T;
  const r = reduceScalar<T>(y, n);
  const s = powerOfTwoScalar<T>(t);
  const tail = expTailScalar<T>(y, n, r);
  const e = multiplyAddScalar<T>(tail, s, multiplyAddScalar<T>(r, s, (s - constantScalar<T>(4)) as T));
  return (e + e) as T;
}
