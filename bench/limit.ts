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

/**
 * Four rows by two vectors of products that go through registers as a compiler lays them out, `turns` times over 256 values in the
 * first-level cache: 16,384 operations a turn. What V8 makes of the plain loop; kernels can be a little faster.
 */
export function plainTile(a: usize, b: usize, turns: u32): f32 {
  let sum: f32 = 0;
  for (; turns > 0; turns--) {
    let c00 = f32x4.splat(0);
    let c01 = c00,
      c10 = c00,
      c11 = c00,
      c20 = c00,
      c21 = c00,
      c30 = c00,
      c31 = c00;
    for (let k: usize = 0; k < 256; k++) {
      const b0 = v128.load(b + k * 32);
      const b1 = v128.load(b + k * 32, 16);
      let x = v128.load32_splat(a + k * 16);
      c00 = multiplyAdd<f32>(x, b0, c00);
      c01 = multiplyAdd<f32>(x, b1, c01);
      x = v128.load32_splat(a + k * 16, 4);
      c10 = multiplyAdd<f32>(x, b0, c10);
      c11 = multiplyAdd<f32>(x, b1, c11);
      x = v128.load32_splat(a + k * 16, 8);
      c20 = multiplyAdd<f32>(x, b0, c20);
      c21 = multiplyAdd<f32>(x, b1, c21);
      x = v128.load32_splat(a + k * 16, 12);
      c30 = multiplyAdd<f32>(x, b0, c30);
      c31 = multiplyAdd<f32>(x, b1, c31);
    }
    const low = f32x4.add(f32x4.add(c00, c01), f32x4.add(c10, c11));
    const high = f32x4.add(f32x4.add(c20, c21), f32x4.add(c30, c31));
    sum += f32x4.extract_lane(f32x4.add(low, high), 0);
  }
  return sum;
}
