// erf(x) = 2/√π ∫₀ˣ e^(-t²) dt, odd. With s = |x|, up to the split (f32 0.9, f64 1) erf s = s + s C(s²); beyond it
// erf s = 1 - e^D(s), D a polynomial for log erfc(s). D needs precision only where erfc is not small against 1, so its error is
// weighted by erfc / erf, and needs neither a division nor a correction for the rounding of s².
// Error, measured: f32 1.5 ulp, f64 1.4 ulp. Exact: ±0, erf(±∞) = ±1; odd to the bit, never beyond ±1.
// C and D were fitted for this file by Remez exchange in 60 digits.

import { expLanes, expScalar } from "./exp";
import { multiplyAdd, multiplyAddScalar } from "./multiplyAdd";

// Split, cap (erf is 1 from there on), 1; C from s⁰ on; D from s⁰ on; f64: the rest of C, the rest of D.
const ERF32 = memory.data<f32>([
  0.9, 4, 1, 0.1283791538, -0.37612523273, 0.1128214077, -0.026778907172, 0.0050119600804, -0.00060903455094,
  -0.00016646420704, -1.1277971669, -0.63697622422, -0.10411354153, 0.022315139621, -0.0030654698325, 0.00019821733863,
]);
const ERF64 = memory.data<f64>([
  1, 5.95, 1, 0.12837916709551256, -0.3761263890318352, 0.11283791670944185, -0.02686617064311144, 0.005223977606118201,
  -0.0008548325929299106, -5.028736581667206e-7, -1.1283740892479917, -0.6366436291044496, -0.1027034367117057,
  0.018990173465538596, 0.00041063556377492303, -0.0019159517167179835, 0.00012055293576377275, -1.4924712290816286e-5,
  1.6447131419811136e-6, -1.6206312501557555e-7, 1.3710974567312202e-8, -7.779456921831154e-10, 0.0007706504056036922,
  -0.00013505526265956562, -2.026402744627079e-5, 2.282138691340166e-5, -8.666794476190512e-6, 2.1355826412766032e-6,
  -3.73284419666593e-7, 4.642025376163861e-8, -3.934001671334107e-9, 2.044808006259911e-10, -4.928195247046301e-12,
]);

function constant<T>(index: usize): v128 {
  return v128.load_splat<T>((sizeof<T>() === 4 ? ERF32 : ERF64) + index * sizeof<T>());
}

function constantScalar<T>(index: usize): T {
  return load<T>((sizeof<T>() === 4 ? ERF32 : ERF64) + index * sizeof<T>());
}

/** erf(x) of each lane. */
export function erfLanes<T>(x: v128): v128 {
  const s = v128.pmin<T>(v128.abs<T>(x), constant<T>(1));
  const z = v128.mul<T>(s, s);
  const tail = v128.sub<T>(constant<T>(2), inline.always(expLanes<T>(inline.always(logComplement<T>(s, z)))));
  const core = multiplyAdd<T>(s, inline.always(coreTail<T>(z)), s);
  const y = v128.bitselect(core, tail, v128.lt<T>(s, constant<T>(0)));
  return v128.or(y, v128.xor(x, v128.abs<T>(x)));
}

/** erf(x): one lane of erfLanes. */
export function erfScalar<T>(x: T): T {
  let s = abs<T>(x);
  s = s > constantScalar<T>(1) ? constantScalar<T>(1) : s;
  const z = (s * s) as T;
  const y =
    s < constantScalar<T>(0)
      ? multiplyAddScalar<T>(s, coreTailScalar<T>(z), s)
      : ((constantScalar<T>(2) - expScalar<T>(logComplementScalar<T>(s, z))) as T);
  return copysign<T>(y, x);
}

/** C(z) = erf(s) / s - 1. */
function coreTail<T>(z: v128): v128 {
  const w = v128.mul<T>(z, z);
  let even = constant<T>(7);
  let odd = constant<T>(8);
  if (sizeof<T>() === 8) {
    even = multiplyAdd<T>(multiplyAdd<T>(constant<T>(20), w, constant<T>(18)), w, constant<T>(16));
    odd = multiplyAdd<T>(multiplyAdd<T>(constant<T>(21), w, constant<T>(19)), w, constant<T>(17));
    even = multiplyAdd<T>(even, w, constant<T>(7));
    odd = multiplyAdd<T>(odd, w, constant<T>(8));
  }
  even = multiplyAdd<T>(multiplyAdd<T>(even, w, constant<T>(5)), w, constant<T>(3));
  odd = multiplyAdd<T>(multiplyAdd<T>(odd, w, constant<T>(6)), w, constant<T>(4));
  return multiplyAdd<T>(odd, z, even);
}

function coreTailScalar<T>(z: T): T {
  const w = (z * z) as T;
  let even = constantScalar<T>(7);
  let odd = constantScalar<T>(8);
  if (sizeof<T>() === 8) {
    even = horner<T>(horner<T>(horner<T>(constantScalar<T>(20), w, 18), w, 16), w, 7);
    odd = horner<T>(horner<T>(horner<T>(constantScalar<T>(21), w, 19), w, 17), w, 8);
  }
  even = horner<T>(horner<T>(even, w, 5), w, 3);
  odd = horner<T>(horner<T>(odd, w, 6), w, 4);
  return multiplyAddScalar<T>(odd, z, even);
}

/** D(s) = log erfc(s), given s and z = s². */
function logComplement<T>(s: v128, z: v128): v128 {
  let even = constant<T>(15);
  let odd = constant<T>(14);
  if (sizeof<T>() === 8) {
    even = multiplyAdd<T>(multiplyAdd<T>(constant<T>(31), z, constant<T>(29)), z, constant<T>(27));
    odd = multiplyAdd<T>(multiplyAdd<T>(constant<T>(32), z, constant<T>(30)), z, constant<T>(28));
    even = multiplyAdd<T>(multiplyAdd<T>(even, z, constant<T>(25)), z, constant<T>(23));
    odd = multiplyAdd<T>(multiplyAdd<T>(odd, z, constant<T>(26)), z, constant<T>(24));
    even = multiplyAdd<T>(even, z, constant<T>(15));
    odd = multiplyAdd<T>(multiplyAdd<T>(odd, z, constant<T>(22)), z, constant<T>(14));
  }
  even = multiplyAdd<T>(multiplyAdd<T>(even, z, constant<T>(13)), z, constant<T>(11));
  odd = multiplyAdd<T>(multiplyAdd<T>(odd, z, constant<T>(12)), z, constant<T>(10));
  return multiplyAdd<T>(odd, s, multiplyAdd<T>(even, z, constant<T>(9)));
}

function logComplementScalar<T>(s: T, z: T): T {
  let even = constantScalar<T>(15);
  let odd = constantScalar<T>(14);
  if (sizeof<T>() === 8) {
    even = horner<T>(horner<T>(constantScalar<T>(31), z, 29), z, 27);
    odd = horner<T>(horner<T>(constantScalar<T>(32), z, 30), z, 28);
    even = horner<T>(horner<T>(horner<T>(even, z, 25), z, 23), z, 15);
    odd = horner<T>(horner<T>(horner<T>(horner<T>(odd, z, 26), z, 24), z, 22), z, 14);
  }
  even = horner<T>(horner<T>(horner<T>(even, z, 13), z, 11), z, 9);
  odd = horner<T>(horner<T>(odd, z, 12), z, 10);
  return multiplyAddScalar<T>(odd, s, even);
}

function horner<T>(p: T, x: T, index: usize): T {
  return multiplyAddScalar<T>(p, x, constantScalar<T>(index));
}
