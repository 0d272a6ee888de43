// atan(x), odd. With y = |x|: above tan 3π/8 atan y = π/2 + atan(-1 / y), above tan π/8 atan y = π/4 + atan((y - 1) /
// (y + 1)), so that |z| ≤ tan π/8 remains, and atan z = z - z³ R(z²). π/2 and π/4 have two parts; R was fitted for this
// file by Remez exchange in 50 digits. The split is that of Cephes (Moshier, 1989).
// Error, measured: f32 1.95 ulp, f64 2 ulp. Exact: ±0, subnormals; atan(±∞) = ±π/2 rounded; odd to the bit.

import { multiplyAdd, multiplyAddScalar } from "./multiplyAdd";

// tan π/8, tan 3π/8, 1, sign bit, π/4 and π/2 in two parts each, R from w⁰ on.
const ATAN32 = memory.data<f32>([
  0.41421356237309505, 2.414213562373095, 1, -0.0, 0.7853981852531433, -2.18556950009312e-8, 1.5707963705062866,
  -4.37113900018624e-8, 0.333333325774, -0.199999094534, 0.142821428448, -0.110461715731, 0.0848376136637,
  -0.04758320469,
]);
const ATAN64 = memory.data<f64>([
  0.41421356237309505, 2.414213562373095, 1, -0.0, 0.7853981633974483, 3.061616997868383e-17, 1.5707963267948966,
  6.123233995736766e-17, 0.333333333333333293, -0.199999999999981481, 0.142857142854364191, -0.111111110907198097,
  0.0909090822414437982, -0.0769228435520485846, 0.0666624800669755987, -0.0587721172753765734, 0.0521953176098193309,
  -0.0450781195720877411, 0.0335673786216320077, -0.0152840470374149803,
]);

function constant<T>(index: usize): v128 {
  return v128.load_splat<T>((sizeof<T>() === 4 ? ATAN32 : ATAN64) + index * sizeof<T>());
}

function constantScalar<T>(index: usize): T {
  return load<T>((sizeof<T>() === 4 ? ATAN32 : ATAN64) + index * sizeof<T>());
}

/** atan(x) of each lane. */
export function atanLanes<T>(x: v128): v128 {
  const sign = v128.and(x, constant<T>(3));
  const y = v128.xor(x, sign);
  const middle = v128.gt<T>(y, constant<T>(0));
  const far = v128.gt<T>(y, constant<T>(1));
  let above = v128.bitselect(v128.sub<T>(y, constant<T>(2)), y, middle);
  let below = v128.bitselect(v128.add<T>(y, constant<T>(2)), constant<T>(2), middle);
  above = v128.bitselect(v128.neg<T>(constant<T>(2)), above, far);
  below = v128.bitselect(y, below, far);
  const z = v128.div<T>(above, below);
  const w = v128.mul<T>(z, z);
  let p = constant<T>(sizeof<T>() === 4 ? 13 : 19);
  if (sizeof<T>() === 8) {
    p = multiplyAdd<T>(multiplyAdd<T>(p, w, constant<T>(18)), w, constant<T>(17));
    p = multiplyAdd<T>(multiplyAdd<T>(p, w, constant<T>(16)), w, constant<T>(15));
    p = multiplyAdd<T>(multiplyAdd<T>(p, w, constant<T>(14)), w, constant<T>(13));
  }
  p = multiplyAdd<T>(multiplyAdd<T>(p, w, constant<T>(12)), w, constant<T>(11));
  p = multiplyAdd<T>(multiplyAdd<T>(p, w, constant<T>(10)), w, constant<T>(9));
  p = multiplyAdd<T>(p, w, constant<T>(8));
  const r = v128.sub<T>(z, v128.mul<T>(v128.mul<T>(z, w), p));
  const low = v128.and(v128.bitselect(constant<T>(7), constant<T>(5), far), middle);
  const high = v128.and(v128.bitselect(constant<T>(6), constant<T>(4), far), middle);
  return v128.or(v128.add<T>(high, v128.add<T>(r, low)), sign);
}

/** atan(x): one lane of atanLanes. */
export function atanScalar<T>(x: T): T {
  const one = constantScalar<T>(2);
  const y = abs<T>(x);
  const middle = y > constantScalar<T>(0);
  const far = y > constantScalar<T>(1);
  const above = far ? (-one as T) : middle ? ((y - one) as T) : y;
  const below = far ? y : middle ? ((y + one) as T) : one;
  const z = (above / below) as T;
  const w = (z * z) as T;
  let p = constantScalar<T>(sizeof<T>() === 4 ? 13 : 19);
  for (let index: i32 = sizeof<T>() === 4 ? 12 : 18; index >= 8; index--) {
    p = multiplyAddScalar<T>(p, w, constantScalar<T>(index));
  }
  const r = (z - z * w * p) as T;
  const low = middle ? constantScalar<T>(far ? 7 : 5) : (0 as T);
  const high = middle ? constantScalar<T>(far ? 6 : 4) : (0 as T);
  return copysign<T>((high + (r + low)) as T, x);
}
