// What the machine could do at best, for measuring kernels as a fraction of it in the same process.

import { multiplyAdd } from "../assembly/kernels/multiplyAdd";

/**
 * Ten chains of f32x4 multiply-and-add in registers, no loads: 80 operations a turn; turns ≥ 1. On Zen 4 a chain's
 * latency of six cycles allows 13.3 operations a cycle; fused, ten chains reach the full 16. A matrix product, whose
 * multiplications do not wait for the sum, can come out a little above this limit.
 */
export function limit(turns: u32): f32 {
  const factor = f32x4.splat(1 / (turns as f32));
  const addend = f32x4.splat(turns as f32);
  let c0 = factor,
    c1 = factor,
    c2 = factor,
    c3 = factor,
    c4 = factor;
  let c5 = factor,
    c6 = factor,
    c7 = factor,
    c8 = factor,
    c9 = factor;
  do {
    c0 = multiplyAdd<f32>(c0, factor, addend);
    c1 = multiplyAdd<f32>(c1, factor, addend);
    c2 = multiplyAdd<f32>(c2, factor, addend);
    c3 = multiplyAdd<f32>(c3, factor, addend);
    c4 = multiplyAdd<f32>(c4, factor, addend);
    c5 = multiplyAdd<f32>(c5, factor, addend);
    c6 = multiplyAdd<f32>(c6, factor, addend);
    c7 = multiplyAdd<f32>(c7, factor, addend);
    c8 = multiplyAdd<f32>(c8, factor, addend);
    c9 = multiplyAdd<f32>(c9, factor, addend);
  } while (--turns);
  const low = f32x4.add(f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, c3)), c4);
  const high = f32x4.add(f32x4.add(f32x4.add(c5, c6), f32x4.add(c7, c8)), c9);
  return f32x4.extract_lane(f32x4.add(low, high), 0);
}

/** One chain of eight integer additions a turn, each a clock cycle: the clock is 8 · turns / seconds; turns ≥ 1. */
export function dependentAdds(turns: u32): u32 {
  let x = turns;
  do {
    x = (x + turns) ^ turns;
    x = (x + turns) ^ turns;
    x = (x + turns) ^ turns;
    x = (x + turns) ^ turns;
  } while (--turns);
  return x;
}
