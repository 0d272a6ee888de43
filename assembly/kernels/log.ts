// log(x) = k ln 2 + log(1 + f), x = 2^k (1 + f), √½ ≤ 1 + f < √2. With s = f / (2 + f):
// log(1 + f) = f - f²/2 + s (f²/2 + s² L(s²)), L a minimax polynomial (Ng, fdlibm e_log.c, Sun Microsystems, 1993).
// Error: f32 0.81 ulp, f64 0.8 ulp, subnormal x included.
// Exact: log(1) = 0, log(±0) = -∞, log(∞) = ∞; NaN below zero.

import { multiplyAdd, multiplyAddScalar } from "./multiplyAdd";

// -ln 2 (high, low; k·high is exact), 1/2, 2, 1, least normal number, power of two that lifts subnormals, its exponent,
// 2^23 (2^52) + bias, coefficients of L.
const LOG32 = memory.data<f32>([
  -0.693145751953125, -1.42860682031e-6, 0.5, 2, 1, 1.1754943508222875e-38, 33554432, 25, 8388735, 0.666667767183011,
  0.3997749542664229, 0.2987307731138425,
]);
const LOG64 = memory.data<f64>([
  -0.6931471803691238, -1.9082149292705877e-10, 0.5, 2, 1, 2.2250738585072014e-308, 18014398509481984, 54,
  4503599627371519, 0.66666666666667349, 0.399999999994110559, 0.285714287432694369, 0.222221984753797425,
  0.181835697680877847, 0.153139025849315458, 0.147975138641905858,
]);

// Bits: 1 minus √½, significand, √½, exponent zero of magic (2^23, 2^52), ∞, -∞.
const BITS32 = memory.data<u32>([0x004afb0d, 0x007fffff, 0x3f3504f3, 0x4b000000, 0x7f800000, 0xff800000]);
const BITS64 = memory.data<u64>([
  0x00095f619980c433, 0x000fffffffffffff, 0x3fe6a09e667f3bcd, 0x4330000000000000, 0x7ff0000000000000,
  0xfff0000000000000,
]);

function constant<T>(index: usize): v128 {
  return v128.load_splat<T>((sizeof<T>() === 4 ? LOG32 : LOG64) + index * sizeof<T>());
}

function constantScalar<T>(index: usize): T {
  return load<T>((sizeof<T>() === 4 ? LOG32 : LOG64) + index * sizeof<T>());
}

function bits<T>(index: usize): v128 {
  return v128.load_splat<T>((sizeof<T>() === 4 ? BITS32 : BITS64) + index * sizeof<T>());
}

function addBits<T>(a: v128, b: v128): v128 {
  return sizeof<T>() === 4 ? i32x4.add(a, b) : i64x2.add(a, b);
}

/** log(x) of each lane. */
export function logLanes<T>(x: v128): v128 {
  const small = v128.lt<T>(x, constant<T>(5));
  const y = v128.bitselect(v128.mul<T>(x, constant<T>(6)), x, small);
  return logEdges<T>(inline.always(logNormal<T>(y, v128.and(small, constant<T>(7)))), x, x);
}

/** log(2^-less x) of positive normal numbers x. */
export function logNormal<T>(x: v128, less: v128): v128 {
  const shifted = exponentBits<T>(x);
  const j = v128.add<T>(negativeExponent<T>(shifted), less);
  const m = addBits<T>(v128.and(shifted, bits<T>(1)), bits<T>(2));
  return inline.always(logTail<T>(v128.sub<T>(m, constant<T>(4)), j));
}

/** log(x): one lane of logLanes. */
export function logScalar<T>(x: T): T {
  if (!(x > 0 && x < Infinity)) return logEdgesScalar<T>(x, x);
  const small = x < constantScalar<T>(5);
  const y = small ? ((x * constantScalar<T>(6)) as T) : x;
  const k = exponentScalar<T>(y);
  const j = (-k + (small ? <i32>constantScalar<T>(7) : 0)) as T;
  let m: T;
  if (sizeof<T>() === 4) m = reinterpret<f32>(reinterpret<i32>(y) - (k << 23)) as T;
  else m = reinterpret<f64>(reinterpret<i64>(y) - ((<i64>k) << 52)) as T;
  return logTailScalar<T>((m - constantScalar<T>(4)) as T, j);
}

/** The bits of x with the significand counted from √½ instead of 1, so that the exponent field is k + bias. */
export function exponentBits<T>(x: v128): v128 {
  return addBits<T>(x, bits<T>(0));
}

/** -k as a float: with this sign, k = 0 gives +0, with which logTail keeps a negative zero. */
export function negativeExponent<T>(shifted: v128): v128 {
  const k = sizeof<T>() === 4 ? i32x4.shr_u(shifted, 23) : i64x2.shr_u(shifted, 52);
  return v128.sub<T>(constant<T>(8), v128.or(k, bits<T>(3)));
}

/** k of a positive normal x. */
export function exponentScalar<T>(x: T): i32 {
  if (sizeof<T>() === 4) return ((reinterpret<u32>(x) + load<u32>(BITS32)) >> 23) - 127;
  else return <i32>((reinterpret<u64>(x) + load<u64>(BITS64)) >> 52) - 1023;
}

/** log(2^-j (1 + f)), |f| below about √2 - 1. */
export function logTail<T>(f: v128, j: v128): v128 {
  const s = v128.div<T>(f, v128.add<T>(f, constant<T>(3)));
  const z = v128.mul<T>(s, s);
  const h = v128.mul<T>(v128.mul<T>(f, constant<T>(2)), f);
  let p = constant<T>(11);
  if (sizeof<T>() === 8) {
    p = multiplyAdd<T>(multiplyAdd<T>(constant<T>(15), z, constant<T>(14)), z, constant<T>(13));
    p = multiplyAdd<T>(multiplyAdd<T>(p, z, constant<T>(12)), z, constant<T>(11));
  }
  p = multiplyAdd<T>(multiplyAdd<T>(p, z, constant<T>(10)), z, constant<T>(9));
  const tail = multiplyAdd<T>(s, multiplyAdd<T>(p, z, h), v128.mul<T>(j, constant<T>(1)));
  return multiplyAdd<T>(j, constant<T>(0), v128.sub<T>(f, v128.sub<T>(h, tail)));
}

export function logTailScalar<T>(f: T, j: T): T {
  const s = (f / (f + constantScalar<T>(3))) as T;
  const z = (s * s) as T;
  const h = (f * constantScalar<T>(2) * f) as T;
  let p = constantScalar<T>(11);
  if (sizeof<T>() === 8) {
    p = horner<T>(horner<T>(constantScalar<T>(15), z, 14), z, 13);
    p = horner<T>(horner<T>(p, z, 12), z, 11);
  }
  p = horner<T>(horner<T>(p, z, 10), z, 9);
  const tail = multiplyAddScalar<T>(s, multiplyAddScalar<T>(p, z, h), (j * constantScalar<T>(1)) as T);
  return multiplyAddScalar<T>(j, constantScalar<T>(0), (f - (h - tail)) as T);
}

function horner<T>(p: T, x: T, index: usize): T {
  return multiplyAddScalar<T>(p, x, constantScalar<T>(index));
}

/** y where u > 0 and x < ∞; else x for ∞ and NaN, -∞ for u = 0, NaN for u < 0: x with the right bits set. */
export function logEdges<T>(y: v128, x: v128, u: v128): v128 {
  const zero = v128.splat<T>(0 as T);
  const pole = v128.and(v128.eq<T>(u, zero), bits<T>(5));
  const edge = v128.or(v128.or(x, pole), v128.lt<T>(u, zero));
  return v128.bitselect(y, edge, v128.and(v128.gt<T>(u, zero), v128.lt<T>(x, bits<T>(4))));
}

export function logEdgesScalar<T>(x: T, u: T): T {
  if (u < 0) return NaN as T;
  return u === 0 ? (-Infinity as T) : x;
}
