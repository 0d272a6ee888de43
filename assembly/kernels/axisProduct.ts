// Products along one axis. A partial product is m 2^(512 blocks) with m between 2^-256 and 2^256, so that it does not overflow
// or underflow if the result does not. One ascending chain, rounded in f64 for both types.

const up: f64 = 1.3407807929942597e154; // 2^512
const down: f64 = 7.458340731200207e-155;
const most: f64 = 1.157920892373162e77; // 2^256
const least: f64 = 8.636168555094445e-78;

let blocks: i32 = 0;

/** Returns x scaled into the bounds of m and adjusts `blocks`; zeros, infinities and NaN are returned unchanged. */
function hold(x: f64): f64 {
  while (abs<f64>(x) > most && abs<f64>(x) < Infinity) {
    x *= down;
    blocks++;
  }
  while (abs<f64>(x) < least && x !== 0) {
    x *= up;
    blocks--;
  }
  return x;
}

function element(at: usize, narrow: bool): f64 {
  return narrow ? <f64>load<f32>(at) : load<f64>(at);
}

/** Stores m 2^(512 e). Only the last product can leave the normal numbers, so only that is rounded; |e| = 4 leaves f64. */
function put(at: usize, m: f64, e: i32, narrow: bool): void {
  e = min(max(e, -4), 4);
  for (; e > 0; e--) m *= up;
  for (; e < 0; e++) m *= down;
  if (narrow) store<f32>(at, <f32>m);
  else store<f64>(at, m);
}

/**
 * Product over l < length of x [outer, length, inner], or with `others`, for each l, the product of all but x[l]. Elements are
 * f32 if `narrow`, else f64. Without zeros, the product of the others is the product divided by x[l], NaN with an infinity.
 */
export function axisProduct(
  out: usize,
  x: usize,
  outer: usize,
  length: usize,
  inner: usize,
  others: bool,
  narrow: bool,
): void {
  const size: usize = narrow ? 4 : 8;
  const row = inner * size;
  const block = length * row;
  for (; outer; --outer) {
    for (let i: usize = 0; i < row; i += size) {
      let m: f64 = 1;
      let zeros: u32 = 0;
      blocks = 0;
      for (let at: usize = i; at < block; at += row) {
        const value = element(x + at, narrow);
        if (others && value === 0) zeros++;
        else {
          const next = m * value;
          const within = abs<f64>(next) >= least && abs<f64>(next) <= most;
          m = within ? next : hold(m * hold(value));
        }
      }
      const e = blocks;
      if (!others) put(out + i, m, e, narrow);
      else {
        for (let at: usize = i; at < block; at += row) {
          const value = element(x + at, narrow);
          const own: u32 = value === 0 ? 1 : 0;
          blocks = 0;
          const divisor = hold(own !== 0 ? 1 : value);
          put(out + at, zeros > own ? m * 0 : m / divisor, e - blocks, narrow);
        }
      }
    }
    out += others ? block : row;
    x += block;
  }
}
