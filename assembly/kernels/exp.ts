// exp(x) = 2ⁿ e^r, n = round(x / ln 2), r = x - n ln 2 in two pieces (Cody & Waite, "Software Manual for the Elementary
// Functions", 1980), e^r = 1 + r + r² q(r) with q a minimax polynomial on |r| ≤ ln 2 / 2, summed by pairs.
// Error: f32 1.0 ulp, f64 0.9 ulp, gradual underflow included. Exact: exp(-∞) = 0, exp(∞) = ∞, overflow to ∞.
// expNegativeLanes is for x ≤ 0, with four fifths of the instructions and the same error, but results below 2^-(bias - ½)
// (8.3e-39 in f32, 1.6e-308 in f64) are 0.
//
// Call it as `inline.always(expLanes<T>(x))`: by itself the compiler inlines only functions with a single call site, and a call
// for each vector adds a fifth to the time.

import { multiplyAdd, multiplyAddScalar } from "./multiplyAdd";

// 1/ln 2, magic, -ln 2 (high, low), least and greatest x, magic and least x for x ≤ 0, coefficients of q from r⁰ on.
// The high part of ln 2 has so few bits that n·high is exact. Adding magic = 1.5·2^23 (1.5·2^52) rounds to an integer, which is
// then in the low bits, here plus twice the exponent bias; for x ≤ 0 plus the bias, and n ≥ -bias, where the bits of 2ⁿ are
// those of 0.
const EXP32 = memory.data<f32>([
  1.442695040888963, 12583166, -0.693145751953125, -1.42860682031e-6, -104, 89, 12583039, -88.02969, 0.499999981547853,
  0.1666654361967111, 0.0416671997566417, 0.0083665207271607, 0.0013882525120996,
]);
const EXP64 = memory.data<f64>([
  1.4426950408889634, 6755399441057790, -0.6931471803691238, -1.9082149292705877e-10, -746, 710, 6755399441056767,
  -709.0895657, 0.500000000000000518, 0.166666666666665893, 0.0416666666665767557, 0.00833333333338957324,
  0.00138888889315649126, 0.000198412697189584359, 0.000024801505273536288, 2.75574075854521636e-6,
  2.76260380356492763e-7, 2.50537619411353944e-8,
]);

function constant<T>(index: usize): v128 {
  return v128.load_splat<T>((sizeof<T>() === 4 ? EXP32 : EXP64) + index * sizeof<T>());
}

function constantScalar<T>(index: usize): T {
  return load<T>((sizeof<T>() === 4 ? EXP32 : EXP64) + index * sizeof<T>());
}

/** exp(x) of each lane. */
export function expLanes<T>(x: v128): v128 {
  x = v128.pmax<T>(v128.pmin<T>(x, constant<T>(5)), constant<T>(4));
  const t = multiplyAdd<T>(x, constant<T>(0), constant<T>(1));
  const n = v128.sub<T>(t, constant<T>(1));
  const r = reduce<T>(x, n);
  const p = v128.add<T>(inline.always(expTail<T>(x, n, r)), r);
  // 2ⁿ as a product of two normal numbers: only the last multiplication can overflow or underflow.
  let half: v128, rest: v128;
  if (sizeof<T>() === 4) {
    half = i32x4.shr_u(t, 1);
    rest = i32x4.sub(t, half);
  } else {
    half = i64x2.shr_u(t, 1);
    rest = i64x2.sub(t, half);
  }
  const s = powerOfTwo<T>(half);
  return v128.mul<T>(multiplyAdd<T>(p, s, s), powerOfTwo<T>(rest));
}

/** exp(x): one lane of expLanes. */
export function expScalar<T>(x: T): T {
  x = x > constantScalar<T>(5) ? constantScalar<T>(5) : x;
  x = x < constantScalar<T>(4) ? constantScalar<T>(4) : x;
  const t = multiplyAddScalar<T>(x, constantScalar<T>(0), constantScalar<T>(1));
  const n = (t - constantScalar<T>(1)) as T;
  const r = reduceScalar<T>(x, n);
  const p = (expTailScalar<T>(x, n, r) + r) as T;
  if (sizeof<T>() === 4) {
    const twice = reinterpret<u32>(t);
    const s = reinterpret<f32>((twice >> 1) << 23) as T;
    return (multiplyAddScalar<T>(p, s, s) * reinterpret<f32>((twice - (twice >> 1)) << 23)) as T;
  } else {
    const twice = reinterpret<u64>(t);
    const s = reinterpret<f64>((twice >> 1) << 52) as T;
    return (multiplyAddScalar<T>(p, s, s) * reinterpret<f64>((twice - (twice >> 1)) << 52)) as T;
  }
}

/** exp(x) of each lane, x ≤ 0. */
export function expNegativeLanes<T>(x: v128): v128 {
  x = v128.pmax<T>(x, constant<T>(7));
  const t = multiplyAdd<T>(x, constant<T>(0), constant<T>(6));
  const n = v128.sub<T>(t, constant<T>(6));
  const r = reduce<T>(x, n);
  const p = v128.add<T>(inline.always(expTail<T>(x, n, r)), r);
  const s = powerOfTwo<T>(t);
  return multiplyAdd<T>(p, s, s);
}

/** exp(x), x ≤ 0: one lane of expNegativeLanes. */
export function expNegativeScalar<T>(x: T): T {
  x = x < constantScalar<T>(7) ? constantScalar<T>(7) : x;
  const t = multiplyAddScalar<T>(x, constantScalar<T>(0), constantScalar<T>(6));
  const n = (t - constantScalar<T>(6)) as T;
  const r = reduceScalar<T>(x, n);
  const p = (expTailScalar<T>(x, n, r) + r) as T;
  const s = powerOfTwoScalar<T>(t);
  return multiplyAddScalar<T>(p, s, s);
}

/** x - n ln 2. */
export function reduce<T>(x: v128, n: v128): v128 {
  return multiplyAdd<T>(n, constant<T>(3), multiplyAdd<T>(n, constant<T>(2), x));
}

export function reduceScalar<T>(x: T, n: T): T {
  return multiplyAddScalar<T>(n, constantScalar<T>(3), multiplyAddScalar<T>(n, constantScalar<T>(2), x));
}

/** 2^k, where k + bias is in the low bits of the significand of t. */
export function powerOfTwo<T>(t: v128): v128 {
  return sizeof<T>() === 4 ? i32x4.shl(t, 23) : i64x2.shl(t, 52);
}

export function powerOfTwoScalar<T>(t: T): T {
  if (sizeof<T>() === 4) return reinterpret<f32>(reinterpret<u32>(t) << 23) as T;
  else return reinterpret<f64>(reinterpret<u64>(t) << 52) as T;
}

/** e^r - 1 - r = r² q(r). In f64, to meet the error bound, plus the rounding error of r. */
export function expTail<T>(x: v128, n: v128, r: v128): v128 {
  const square = v128.mul<T>(r, r);
  let q = constant<T>(12);
  if (sizeof<T>() === 8) {
    q = multiplyAdd<T>(pair<T>(16, r), square, pair<T>(14, r));
    q = multiplyAdd<T>(q, square, pair<T>(12, r));
  }
  q = multiplyAdd<T>(multiplyAdd<T>(q, square, pair<T>(10, r)), square, pair<T>(8, r));
  if (sizeof<T>() === 4) return v128.mul<T>(q, square);
  const lost = multiplyAdd<T>(n, constant<T>(3), v128.sub<T>(multiplyAdd<T>(n, constant<T>(2), x), r));
  return multiplyAdd<T>(q, square, lost);
}

function pair<T>(index: usize, r: v128): v128 {
  return multiplyAdd<T>(constant<T>(index + 1), r, constant<T>(index));
}

export function expTailScalar<T>(x: T, n: T, r: T): T {
  const square = (r * r) as T;
  let q = constantScalar<T>(12);
  if (sizeof<T>() === 8) {
    q = multiplyAddScalar<T>(pairScalar<T>(16, r), square, pairScalar<T>(14, r));
    q = multiplyAddScalar<T>(q, square, pairScalar<T>(12, r));
  }
  q = multiplyAddScalar<T>(multiplyAddScalar<T>(q, square, pairScalar<T>(10, r)), square, pairScalar<T>(8, r));
  if (sizeof<T>() === 4) return (q * square) as T;
  const high = multiplyAddScalar<T>(n, constantScalar<T>(2), x);
  return multiplyAddScalar<T>(q, square, multiplyAddScalar<T>(n, constantScalar<T>(3), (high - r) as T));
}

function pairScalar<T>(index: usize, r: T): T {
  return multiplyAddScalar<T>(constantScalar<T>(index + 1), r, constantScalar<T>(index));
}
