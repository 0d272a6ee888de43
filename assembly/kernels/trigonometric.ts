// sin x and cos x = sin(x + π/2), one function with a shift.
//   f64: x = n π/2 + r - e, |r| ≤ π/4. π/2 comes in parts of 31, 32, 28 and 53 bits: n times each of the first three is
//        exact, and e is the rounding error, so that r is accurate even next to a multiple of π/2.
//   f32: x = n π + r, |r| ≤ π/2, and one short polynomial, all in f64 and rounded once.
// A vector with a lane beyond the bound (f64 2^21, f32 2^18) is computed lane by lane by the scalar function, which uses the
// standard library there, with its reduction by many digits of π.
// Error, measured: f32 0.68 ulp, f64 0.75 ulp, multiples of π/2 included; never beyond ±1. sin(±0) = ±0, ±∞ give NaN.
// W. J. Cody, W. Waite, "Software Manual for the Elementary Functions", 1980; polynomials by Remez exchange.

import { multiplyAdd, multiplyAddScalar } from "./multiplyAdd";

// 1/π, magic (1.5·2^52 leaves an integer in the low bits of a sum), π (high, low), sin(r) / r in powers of r², shift.
const HALF = memory.data<f64>([
  0.3183098861837907, 6755399441055744, 3.1415926535846666, 5.126688303189038e-12, 1, -0.1666666108391881,
  0.00833308413529455, -0.00019809943050691574, 2.605136942627438e-6, 0.5,
]);

// 2/π, magic, π/2 in four parts, 1/2, 1, (r - sin r) / r³ and (cos r - 1 + r²/2) / r⁴ in powers of r².
const QUARTER = memory.data<f64>([
  0.6366197723675814, 6755399441055744, 1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21,
  8.4784276603689e-32, 0.5, 1, 0.1666666666666664, -0.008333333333323662, 0.00019841269830144396,
  -2.7557313651853256e-6, 2.505073457108096e-8, -1.5894710582279462e-10, 0.04166666666666665, -0.001388888888888284,
  2.4801587294628e-5, -2.7557315738611535e-7, 2.087589773844873e-9, -1.1367981868611598e-11,
]);

const BOUND32 = memory.data<f32>([262144]);
const BOUND64 = memory.data<f64>([2097152]);

function half(index: usize): v128 {
  return v128.load64_splat(HALF + index * 8);
}

function halfScalar(index: usize): f64 {
  return load<f64>(HALF + index * 8);
}

function quarter(index: usize): v128 {
  return v128.load64_splat(QUARTER + index * 8);
}

function quarterScalar(index: usize): f64 {
  return load<f64>(QUARTER + index * 8);
}

/** sin(x) of each lane. */
export function sinLanes<T>(x: v128): v128 {
  if (anyFar<T>(x)) return sinEach<T>(x);
  if (sizeof<T>() === 8) return inline.always(sinQuarters(x, i64x2.splat(0)));
  const zero = f64x2.splat(0);
  const low = inline.always(sinHalves(promoteLow(x), zero));
  return demote(low, inline.always(sinHalves(promoteHigh(x), zero)));
}

/** sin(x): one lane of sinLanes. */
export function sinScalar<T>(x: T): T {
  if (isFar<T>(x)) return NativeMath.sin(x as f64) as T;
  return (sizeof<T>() === 8 ? sinQuartersScalar(x as f64, 0) : sinHalvesScalar(x as f64, 0)) as T;
}

/** cos(x) of each lane. */
export function cosLanes<T>(x: v128): v128 {
  if (anyFar<T>(x)) return cosEach<T>(x);
  if (sizeof<T>() === 8) return inline.always(sinQuarters(x, i64x2.splat(-1)));
  const low = inline.always(sinHalves(promoteLow(x), half(9)));
  return demote(low, inline.always(sinHalves(promoteHigh(x), half(9))));
}

/** cos(x): one lane of cosLanes. */
export function cosScalar<T>(x: T): T {
  if (isFar<T>(x)) return NativeMath.cos(x as f64) as T;
  return (sizeof<T>() === 8 ? sinQuartersScalar(x as f64, -1) : sinHalvesScalar(x as f64, halfScalar(9))) as T;
}

/** sin(x + shift π) to the accuracy of f32. The shift is subtracted from the integer before it multiplies π: n is exact. */
function sinHalves(x: v128, shift: v128): v128 {
  const t = f64x2.add(f64x2.add(f64x2.mul(x, half(0)), shift), half(1));
  const n = f64x2.sub(f64x2.sub(t, half(1)), shift);
  const r = f64x2.sub(f64x2.sub(x, f64x2.mul(n, half(2))), f64x2.mul(n, half(3)));
  const z = f64x2.mul(r, r);
  let p = multiplyAdd<f64>(multiplyAdd<f64>(half(8), z, half(7)), z, half(6));
  p = multiplyAdd<f64>(multiplyAdd<f64>(p, z, half(5)), z, half(4));
  return v128.xor(f64x2.mul(r, p), i64x2.shl(t, 63));
}

function sinHalvesScalar(x: f64, shift: f64): f64 {
  const t = x * halfScalar(0) + shift + halfScalar(1);
  const n = t - halfScalar(1) - shift;
  const r = x - n * halfScalar(2) - n * halfScalar(3);
  const z = r * r;
  let p = multiplyAddScalar<f64>(multiplyAddScalar<f64>(halfScalar(8), z, halfScalar(7)), z, halfScalar(6));
  p = multiplyAddScalar<f64>(multiplyAddScalar<f64>(p, z, halfScalar(5)), z, halfScalar(4));
  return reinterpret<i64>(t) & 1 ? -(r * p) : r * p;
}

/** sin(x) for less = 0, sin(x + π/2) for less = -1; `less` is subtracted from the number of quarters. */
function sinQuarters(x: v128, less: v128): v128 {
  const t = f64x2.add(f64x2.mul(x, quarter(0)), quarter(1));
  const n = f64x2.sub(t, quarter(1));
  const q = i64x2.sub(t, less);
  const a = f64x2.sub(x, f64x2.mul(n, quarter(2)));
  const n3 = f64x2.mul(n, quarter(3));
  const b = f64x2.sub(a, n3);
  const n4 = f64x2.mul(n, quarter(4));
  const r = f64x2.sub(b, n4);
  const lost = f64x2.add(f64x2.sub(f64x2.sub(a, b), n3), f64x2.sub(f64x2.sub(b, r), n4));
  const e = f64x2.sub(f64x2.mul(n, quarter(5)), lost);
  const z = f64x2.mul(r, r);
  const h = f64x2.mul(z, quarter(6));
  const w = f64x2.sub(quarter(7), h);
  // The correction is added as one term and subtracted from r, so that r = -0 stays -0.
  const s = f64x2.sub(r, f64x2.add(f64x2.mul(f64x2.mul(r, z), inline.always(sinTail(z))), f64x2.mul(e, w)));
  const c = f64x2.add(f64x2.mul(f64x2.mul(z, z), inline.always(cosTail(z))), f64x2.mul(r, e));
  const cosine = f64x2.add(w, f64x2.add(f64x2.sub(f64x2.sub(quarter(7), w), h), c));
  const odd = i64x2.shr_s(i64x2.shl(q, 63), 63);
  return v128.xor(v128.bitselect(cosine, s, odd), i64x2.shl(i64x2.shr_u(q, 1), 63));
}

function sinQuartersScalar(x: f64, less: i64): f64 {
  const t = x * quarterScalar(0) + quarterScalar(1);
  const n = t - quarterScalar(1);
  const q = reinterpret<i64>(t) - less;
  const a = x - n * quarterScalar(2);
  const n3 = n * quarterScalar(3);
  const b = a - n3;
  const n4 = n * quarterScalar(4);
  const r = b - n4;
  const e = n * quarterScalar(5) - (a - b - n3 + (b - r - n4));
  const z = r * r;
  const h = z * 0.5;
  const w = 1 - h;
  const y = q & 1 ? w + (1 - w - h + (z * z * cosTailScalar(z) + r * e)) : r - (r * z * sinTailScalar(z) + e * w);
  return q & 2 ? -y : y;
}

/** (r - sin r) / r³, given z = r² ≤ π²/16. */
export function sinTail(z: v128): v128 {
  const p = multiplyAdd<f64>(multiplyAdd<f64>(quarter(13), z, quarter(12)), z, quarter(11));
  return multiplyAdd<f64>(multiplyAdd<f64>(multiplyAdd<f64>(p, z, quarter(10)), z, quarter(9)), z, quarter(8));
}

export function sinTailScalar(z: f64): f64 {
  return horner(horner(horner(horner(horner(quarterScalar(13), z, 12), z, 11), z, 10), z, 9), z, 8);
}

/** (cos r - 1 + r²/2) / r⁴, given z = r² ≤ π²/16. */
export function cosTail(z: v128): v128 {
  const p = multiplyAdd<f64>(multiplyAdd<f64>(quarter(19), z, quarter(18)), z, quarter(17));
  return multiplyAdd<f64>(multiplyAdd<f64>(multiplyAdd<f64>(p, z, quarter(16)), z, quarter(15)), z, quarter(14));
}

export function cosTailScalar(z: f64): f64 {
  return horner(horner(horner(horner(horner(quarterScalar(19), z, 18), z, 17), z, 16), z, 15), z, 14);
}

function horner(p: f64, x: f64, index: usize): f64 {
  return multiplyAddScalar<f64>(p, x, quarterScalar(index));
}

function anyFar<T>(x: v128): bool {
  const bound = v128.load_splat<T>(sizeof<T>() === 4 ? BOUND32 : BOUND64);
  return v128.any_true(v128.gt<T>(v128.abs<T>(x), bound));
}

function isFar<T>(x: T): bool {
  return abs<T>(x) > load<T>(sizeof<T>() === 4 ? BOUND32 : BOUND64);
}

function sinEach<T>(x: v128): v128 {
  let y = x;
  y = v128.replace_lane<T>(y, 0, sinScalar<T>(v128.extract_lane<T>(x, 0)));
  y = v128.replace_lane<T>(y, 1, sinScalar<T>(v128.extract_lane<T>(x, 1)));
  if (sizeof<T>() === 8) return y;
  y = v128.replace_lane<T>(y, 2, sinScalar<T>(v128.extract_lane<T>(x, 2)));
  return v128.replace_lane<T>(y, 3, sinScalar<T>(v128.extract_lane<T>(x, 3)));
}

function cosEach<T>(x: v128): v128 {
  let y = x;
  y = v128.replace_lane<T>(y, 0, cosScalar<T>(v128.extract_lane<T>(x, 0)));
  y = v128.replace_lane<T>(y, 1, cosScalar<T>(v128.extract_lane<T>(x, 1)));
  if (sizeof<T>() === 8) return y;
  y = v128.replace_lane<T>(y, 2, cosScalar<T>(v128.extract_lane<T>(x, 2)));
  return v128.replace_lane<T>(y, 3, cosScalar<T>(v128.extract_lane<T>(x, 3)));
}

function promoteLow(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

function promoteHigh(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f64>(x, x, 1, 1));
}

function demote(low: v128, high: v128): v128 {
  return v128.shuffle<f64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}
