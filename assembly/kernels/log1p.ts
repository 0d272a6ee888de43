// log1p(x) = log(1 + x): k comes from the rounded sum 1 + x, but f = 2^-k x - (1 - 2^-k) from x itself, with one
// rounding (none for k = 0, where f = x). So small x keep their relative precision without a correction.
// Error: f32 1.4 ulp, f64 1.25 ulp. Exact: ±0, subnormals, log1p(-1) = -∞, log1p(∞) = ∞; NaN below -1.

import {
  exponentBits,
  exponentScalar,
  logEdges,
  logEdgesScalar,
  logTail,
  logTailScalar,
  negativeExponent,
} from "./log";

// Bits: exponent field, bias in it.
const LOG1P_32 = memory.data<u32>([0x7f800000, 0x3f800000]);
const LOG1P_64 = memory.data<u64>([0x7ff0000000000000, 0x3ff0000000000000]);

function bits<T>(index: usize): v128 {
  return v128.load_splat<T>((sizeof<T>() === 4 ? LOG1P_32 : LOG1P_64) + index * sizeof<T>());
}

function subtractBits<T>(a: v128, b: v128): v128 {
  return sizeof<T>() === 4 ? i32x4.sub(a, b) : i64x2.sub(a, b);
}

/** log(1 + x) of each lane. */
export function log1pLanes<T>(x: v128): v128 {
  const one = bits<T>(1);
  const u = v128.add<T>(x, one);
  const shifted = exponentBits<T>(u);
  const k = subtractBits<T>(v128.and(shifted, bits<T>(0)), one); // in the exponent field
  // For the greatest k, 2^-k is not normal: its bits are those of -∞, which 0 replaces with sufficient precision.
  const scale = v128.pmax<T>(subtractBits<T>(one, k), v128.splat<T>(0 as T));
  const f = v128.sub<T>(subtractBits<T>(x, k), v128.sub<T>(one, scale));
  return logEdges<T>(inline.always(logTail<T>(f, negativeExponent<T>(shifted))), x, u);
}

/** log(1 + x): one lane of log1pLanes. */
export function log1pScalar<T>(x: T): T {
  const u = (x + 1) as T;
  if (!(u > 0 && x < Infinity)) return logEdgesScalar<T>(x, u);
  const k = exponentScalar<T>(u);
  let f: T;
  if (sizeof<T>() === 4) {
    const scale = max<f32>(reinterpret<f32>((127 - k) << 23), 0);
    f = (reinterpret<f32>(reinterpret<i32>(x) - (k << 23)) - (1 - scale)) as T;
  } else {
    const scale = max<f64>(reinterpret<f64>((1023 - <i64>k) << 52), 0);
    f = (reinterpret<f64>(reinterpret<i64>(x) - ((<i64>k) << 52)) - (1 - scale)) as T;
  }
  return logTailScalar<T>(f, -k as T);
}
