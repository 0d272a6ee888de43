// tanh|x| with the sign of x. f32, for speed: E / (E + 2), E = expm1(2|x|) as in expm1.ts. f64, where the error of that is 2.4
// ulp: |x| + |x| z R(z), z = x², below 5/8, R a minimax polynomial; 1 - 2 / (e^2|x| + 1) from there on (the split of Cephes,
// Moshier, 1989). The rational x P(z) / Q(z) has an error of 5 ulp in f32 near 1.
// Error: f32 2.2 ulp, f64 1.25 ulp. Exact: ±0, subnormals, tanh(±∞) = ±1; odd to the bit, never beyond ±1.

import { expLanes, expScalar, expTail, expTailScalar, powerOfTwo, powerOfTwoScalar, reduce, reduceScalar } from "./exp";
import { multiplyAdd, multiplyAddScalar } from "./multiplyAdd";

// Sign bit, 1, 2, then f32: 1/ln 2, magic (low bits: bias), a 2|x| beyond which tanh is 1, -1/2, 1/2; f64: 5/8, R.
const TANH32 = memory.data<f32>([-0.0, 1, 2, 1.442695040888963, 12583039, 20, -0.5, 0.5]);
const TANH64 = memory.data<f64>([
  -0.0, 1, 2, 0.625, -0.333333333333328538, 0.133333333332618828, -0.0539682539311703298, 0.0218694875738714055,
  -0.00886322097365579312, 0.00359198894129980057, -0.00145495768945034745, 0.000586312660578504648,
  -0.000228556382833005641, 0.0000771354733225188858, -0.0000160682202336866607,
]);

function constant<T>(index: usize): v128 {
  return v128.load_splat<T>((sizeof<T>() === 4 ? TANH32 : TANH64) + index * sizeof<T>());
}

function constantScalar<T>(index: usize): T {
  return load<T>((sizeof<T>() === 4 ? TANH32 : TANH64) + index * sizeof<T>());
}

/** tanh(x) of each lane. */
export function tanhLanes<T>(x: v128): v128 {
  const sign = v128.and(x, constant<T>(0));
  const y = v128.xor(x, sign);
  if (sizeof<T>() === 4) return v128.or(inline.always(quotient<T>(v128.add<T>(y, y))), sign);
  const e = inline.always(expLanes<T>(v128.add<T>(y, y)));
  const large = v128.sub<T>(constant<T>(1), v128.div<T>(constant<T>(2), v128.add<T>(e, constant<T>(1))));
  const z = v128.mul<T>(y, y);
  const square = v128.mul<T>(z, z);
  let p = multiplyAdd<T>(multiplyAdd<T>(constant<T>(14), square, pair<T>(12, z)), square, pair<T>(10, z));
  p = multiplyAdd<T>(multiplyAdd<T>(p, square, pair<T>(8, z)), square, pair<T>(6, z));
  p = multiplyAdd<T>(p, square, pair<T>(4, z));
  const small = multiplyAdd<T>(v128.mul<T>(y, z), p, y);
  return v128.or(v128.bitselect(small, large, v128.lt<T>(y, constant<T>(3))), sign);
}

/** tanh(x): one lane of tanhLanes. */
export function tanhScalar<T>(x: T): T {
  const y = abs<T>(x);
  if (sizeof<T>() === 4) return copysign<T>(quotientScalar<T>((y + y) as T), x);
  if (!(y < constantScalar<T>(3))) return copysign<T>((1 - 2 / (expScalar<T>((y + y) as T) + 1)) as T, x);
  const z = (y * y) as T;
  const square = (z * z) as T;
  let p = multiplyAddScalar<T>(constantScalar<T>(14), square, pairScalar<T>(12, z));
  p = multiplyAddScalar<T>(p, square, pairScalar<T>(10, z));
  p = multiplyAddScalar<T>(p, square, pairScalar<T>(8, z));
  p = multiplyAddScalar<T>(p, square, pairScalar<T>(6, z));
  p = multiplyAddScalar<T>(p, square, pairScalar<T>(4, z));
  return copysign<T>(multiplyAddScalar<T>((y * z) as T, p, y), x);
}

/** E / (E + 2), E = e^y - 1, y ≥ 0. For small E the rounding of E + 2 is corrected: 1 / (E + 2) = (1 - q) / 2. */
function quotient<T>(y: v128): v128 {
  y = v128.pmin<T>(y, constant<T>(5));
  const t = multiplyAdd<T>(y, constant<T>(3), constant<T>(4));
  const n = v128.sub<T>(t, constant<T>(4));
  const r = reduce<T>(y, n);
  const s = powerOfTwo<T>(t);
  const tail = inline.always(expTail<T>(y, n, r));
  const e = multiplyAdd<T>(tail, s, multiplyAdd<T>(r, s, v128.sub<T>(s, constant<T>(1))));
  const d = v128.add<T>(e, constant<T>(2));
  const q = v128.div<T>(e, d);
  const lost = v128.and(v128.sub<T>(e, v128.sub<T>(d, constant<T>(2))), v128.lt<T>(e, constant<T>(5)));
  return v128.sub<T>(q, v128.mul<T>(q, v128.mul<T>(lost, multiplyAdd<T>(q, constant<T>(6), constant<T>(7)))));
}

function quotientScalar<T>(y: T): T {
  y = y > constantScalar<T>(5) ? constantScalar<T>(5) : y;
  const t = multiplyAddScalar<T>(y, constantScalar<T>(3), constantScalar<T>(4));
  const n = (t - constantScalar<T>(4)) as T;
  const r = reduceScalar<T>(y, n);
  const s = powerOfTwoScalar<T>(t);
  const tail = expTailScalar<T>(y, n, r);
  const e = multiplyAddScalar<T>(tail, s, multiplyAddScalar<T>(r, s, (s - constantScalar<T>(1)) as T));
  const d = (e + constantScalar<T>(2)) as T;
  const q = (e / d) as T;
  const lost = e < constantScalar<T>(5) ? ((e - (d - constantScalar<T>(2))) as T) : (0 as T);
  return (q - q * (lost * multiplyAddScalar<T>(q, constantScalar<T>(6), constantScalar<T>(7)))) as T;
}

function pair<T>(index: usize, z: v128): v128 {
  return multiplyAdd<T>(constant<T>(index + 1), z, constant<T>(index));
}

function pairScalar<T>(index: usize, z: T): T {
  return multiplyAddScalar<T>(constantScalar<T>(index + 1), z, constantScalar<T>(index));
}
