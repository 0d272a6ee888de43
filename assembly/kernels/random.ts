// Random numbers by address. Element e of the stream (seed, stream, step) comes from word e & 3 of the Philox counter
// (e >> 2, stream, step), so that an element is the same in whatever range it is computed. k = word >> 8 is a 24-bit integer.
//   uniform    k 2^-24, the same number in f32 and f64, in [0, 1)
//   bernoulli  1 where the uniform number is below the probability, else 0
//   normal     r cos θ and r sin θ for elements 2i and 2i + 1, r = √(-2 log((k + 1) 2^-24)), k of the even element,
//              θ = 2π k 2^-24, k of the odd one; all in f64. |normal| ≤ 5.77.
// G. E. P. Box, M. E. Muller, "A note on the generation of random normal deviates", Ann. Math. Statist. 29, 1958.
// The ...Scalar functions give one element and define the others, bit for bit.

import { logNormal, logScalar } from "./log";
import { philox, philoxStore } from "./philox";
import { cosTail, cosTailScalar, sinTail, sinTailScalar } from "./trigonometric";

// 2^-24, 1, -2, 2π 2^-24, 1/2.
const RANDOM = memory.data<f64>([5.960464477539063e-8, 1, -2, 3.7450702829239286e-7, 0.5]);
const RANDOM32 = memory.data<f32>([5.960464477539063e-8, 1]);

/** out[i] = uniform number in [0, 1) of element start + i. */
export function uniform<T>(
  out: usize,
  start: u32,
  count: u32,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  stepLow: u32,
  stepHigh: u32,
): void {
  philoxStore<Uniform, T>(out, start, count, 0, seedLow, seedHigh, stream, stepLow, stepHigh);
}

/** out[i] = 1 with the probability, else 0, for element start + i. A NaN probability counts as 0. */
export function bernoulli<T>(
  out: usize,
  start: u32,
  count: u32,
  probability: f64,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  stepLow: u32,
  stepHigh: u32,
): void {
  const limit = bernoulliLimit(probability);
  philoxStore<Bernoulli, T>(out, start, count, limit, seedLow, seedHigh, stream, stepLow, stepHigh);
}

/** out[i] = standard normal number of element start + i. */
export function normal<T>(
  out: usize,
  start: u32,
  count: u32,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  stepLow: u32,
  stepHigh: u32,
): void {
  philoxStore<Normal, T>(out, start, count, 0, seedLow, seedHigh, stream, stepLow, stepHigh);
}

/**
 * order[0 .. count] = a random permutation of 0 .. count - 1 (Fisher-Yates from the end). The index below i + 1 is the
 * high half of word (i + 1), the word that of element count - 1 - i of (seed, stream, epoch).
 */
export function shuffle(order: usize, count: u32, seedLow: u32, seedHigh: u32, stream: u32, epoch: u32): void {
  for (let i: u32 = 0; i < count; i++) store<u32>(order + ((i as usize) << 2), i);
  let words = i32x4.splat(0);
  for (let element: u32 = 0; element + 1 < count; element++) {
    if ((element & 3) === 0) words = philox(seedLow, seedHigh, element >> 2, stream, epoch, 0);
    else words = v128.shuffle<u32>(words, words, 1, 2, 3, 0);
    const i = count - 1 - element;
    const j = ((i32x4.extract_lane(words, 0) as u32 as u64) * (i + 1)) >> 32;
    const at = order + ((i as usize) << 2);
    const other = order + ((j as usize) << 2);
    const kept = load<u32>(at);
    store<u32>(at, load<u32>(other));
    store<u32>(other, kept);
  }
}

@unmanaged
class Uniform {
  store<T>(out: usize, words: v128, from: u32, to: u32, _: u32): void {
    const u = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(words, 8)), v128.load32_splat(RANDOM32, 0));
    if (sizeof<T>() === 4) storeRange<T>(out, u, u, from, to);
    else storeRange<T>(out, f64x2.promote_low_f32x4(u), promoteHigh(u), from, to);
  }
}

export function uniformScalar<T>(
  element: u32,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  stepLow: u32,
  stepHigh: u32,
): T {
  return ((integer(element, seedLow, seedHigh, stream, stepLow, stepHigh) as f64) * load<f64>(RANDOM, 0)) as T;
}

@unmanaged
class Bernoulli {
  store<T>(out: usize, words: v128, from: u32, to: u32, limit: u32): void {
    const below = i32x4.lt_s(i32x4.shr_u(words, 8), i32x4.splat(limit));
    const u = v128.and(below, v128.load32_splat(RANDOM32, 4));
    if (sizeof<T>() === 4) storeRange<T>(out, u, u, from, to);
    else storeRange<T>(out, f64x2.promote_low_f32x4(u), promoteHigh(u), from, to);
  }
}

/** Returns the integer below which all k satisfy k 2^-24 < probability. */
function bernoulliLimit(probability: f64): u32 {
  if (!(probability > 0)) return 0;
  return probability < 1 ? (ceil<f64>(probability * 16777216) as u32) : 16777216;
}

export function bernoulliScalar<T>(
  element: u32,
  probability: f64,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  stepLow: u32,
  stepHigh: u32,
): T {
  return (uniformScalar<f64>(element, seedLow, seedHigh, stream, stepLow, stepHigh) < probability ? 1 : 0) as T;
}

@unmanaged
class Normal {
  store<T>(out: usize, words: v128, from: u32, to: u32, _: u32): void {
    const one = v128.load64_splat(RANDOM, 8);
    const k = i32x4.shr_u(words, 8);
    const even = f64x2.add(f64x2.convert_low_i32x4_s(v128.shuffle<u32>(k, k, 0, 2, 0, 2)), one);
    const log = inline.always(logNormal<f64>(f64x2.mul(even, v128.load64_splat(RANDOM, 0)), f64x2.splat(0)));
    const radius = f64x2.sqrt(f64x2.mul(log, v128.load64_splat(RANDOM, 16)));
    // θ = q π/2 + a, exactly: 2^22 of the 2^24 parts of a turn are a quarter. q is in both halves of its lane.
    const odd = v128.shuffle<u32>(k, k, 1, 1, 3, 3);
    const q = i32x4.shr_u(i32x4.add(odd, i32x4.splat(0x200000)), 22);
    const parts = i32x4.sub(odd, i32x4.shl(q, 22));
    const rest = f64x2.convert_low_i32x4_s(v128.shuffle<u32>(parts, parts, 0, 2, 0, 2));
    const a = f64x2.mul(rest, v128.load64_splat(RANDOM, 24));
    const z = f64x2.mul(a, a);
    const s = f64x2.sub(a, f64x2.mul(f64x2.mul(a, z), inline.always(sinTail(z))));
    const h = f64x2.mul(z, v128.load64_splat(RANDOM, 32));
    const c = f64x2.sub(one, f64x2.sub(h, f64x2.mul(f64x2.mul(z, z), inline.always(cosTail(z)))));
    const swap = i32x4.shr_s(i32x4.shl(q, 31), 31);
    const cosineSign = i64x2.shl(i32x4.shr_u(i32x4.sub(q, i32x4.splat(-1)), 1), 63);
    const sineSign = i64x2.shl(i32x4.shr_u(q, 1), 63);
    const x = f64x2.mul(radius, v128.xor(v128.bitselect(s, c, swap), cosineSign));
    const y = f64x2.mul(radius, v128.xor(v128.bitselect(c, s, swap), sineSign));
    const low = v128.shuffle<f64>(x, y, 0, 2);
    const high = v128.shuffle<f64>(x, y, 1, 3);
    if (sizeof<T>() === 8) return storeRange<T>(out, low, high, from, to);
    const narrow = v128.shuffle<f64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
    storeRange<T>(out, narrow, narrow, from, to);
  }
}

export function normalScalar<T>(
  element: u32,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  stepLow: u32,
  stepHigh: u32,
): T {
  const even = (integer(element & ~1, seedLow, seedHigh, stream, stepLow, stepHigh) as f64) + 1;
  const radius = sqrt<f64>(logScalar<f64>(even * load<f64>(RANDOM, 0)) * -2);
  const odd = integer(element | 1, seedLow, seedHigh, stream, stepLow, stepHigh);
  const q = (odd + 0x200000) >> 22;
  const a = ((odd - (q << 22)) as i32 as f64) * load<f64>(RANDOM, 24);
  const z = a * a;
  // sin θ, and cos θ = sin(θ + π/2).
  const quarter = q + (~element & 1);
  const y = quarter & 1 ? 1 - (z * 0.5 - z * z * cosTailScalar(z)) : a - a * z * sinTailScalar(z);
  return (radius * (quarter & 2 ? -y : y)) as T;
}

/** k of an element. */
function integer(element: u32, seedLow: u32, seedHigh: u32, stream: u32, stepLow: u32, stepHigh: u32): u32 {
  const words = philox(seedLow, seedHigh, element >> 2, stream, stepLow, stepHigh);
  const pair = element & 2 ? i64x2.extract_lane(words, 1) : i64x2.extract_lane(words, 0);
  return (((pair as u64) >> (element & 1 ? 40 : 8)) & 0xffffff) as u32;
}

/** Stores elements from .. to - 1 of the four in low (f32), or in low and high (f64). */
function storeRange<T>(out: usize, low: v128, high: v128, from: u32, to: u32): void {
  if (to - from < 4) return storePieces<T>(out, low, high, from, to);
  v128.store(out, low);
  if (sizeof<T>() === 8) v128.store(out, high, 16);
}

function storePieces<T>(out: usize, low: v128, high: v128, from: u32, to: u32): void {
  for (let element: u32 = 0; element < to; element++) {
    if (element >= from) store<T>(out + element * sizeof<T>(), v128.extract_lane<T>(low, 0));
    if (sizeof<T>() === 4) {
      low = v128.shuffle<f32>(low, low, 1, 2, 3, 0);
    } else {
      low = v128.shuffle<f64>(low, high, 1, 2);
      high = v128.shuffle<f64>(high, high, 1, 0);
    }
  }
}

function promoteHigh(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f64>(x, x, 1, 1));
}
