// Standardization of runs of elements to mean 0 and variance 1, and its derivative: moments of each run, then one pass. Everything
// between load and store is f64, and rounded once.

import { forSize } from "./lanes";
import { sumOfDeviations, sumOfProducts, sumWide } from "./sum";

/** Two elements in f64. */
function pair<T>(x: usize): v128 {
  return sizeof<T>() === 8 ? v128.load(x) : f64x2.promote_low_f32x4(v128.load64_zero(x));
}

/** Stores the first of two f64, and the second unless it is behind the run. */
function storePair<T>(out: usize, v: v128, both: bool): void {
  if (sizeof<T>() === 8) {
    if (both) v128.store(out, v);
    else v128.store64_lane(out, v, 0);
  } else {
    v = f32x4.demote_f64x2_zero(v);
    if (both) v128.store64_lane(out, v, 0);
    else v128.store32_lane(out, v, 0);
  }
}

/**
 * With mean μ, biased variance σ² and r = 1 / √(σ² + ε) of each run of `length` elements of x, out = (x − μ) r. If z is another
 * address than x, out is instead the derivative along z, (z − z̄ − (x − μ) r² Σ (x − μ) z / length) r.
 */
export function standardizeRuns<T>(out: usize, x: usize, z: usize, count: usize, length: usize, epsilon: f64): void {
  const other = z - x;
  const n = <f64>length;
  const rest = length & 1;
  for (const end = x + count * sizeof<T>(); x !== end; ) {
    const mean = sumWide<T>(x, length) / n;
    const inverse = 1 / sqrt<f64>(sumOfDeviations<T>(x, mean, length) / n + epsilon);
    let level = mean;
    let slope: f64 = 0;
    if (other !== 0) {
      level = sumWide<T>(x + other, length) / n;
      slope = (inverse * inverse * sumOfProducts<T>(x, mean, x + other, 0, length)) / n;
    }
    const means = f64x2.splat(mean);
    const levels = f64x2.splat(level);
    const slopes = f64x2.splat(slope);
    const inverses = f64x2.splat(inverse);
    const stop = x + length * sizeof<T>();
    // Four at a time are 1.5 times as fast.
    if (ASC_SHRINK_LEVEL < forSize && sizeof<T>() === 4) {
      for (; x + 12 < stop; x += 16, out += 16) {
        const elements = v128.load(x);
        let low = f64x2.sub(f64x2.promote_low_f32x4(elements), means);
        let high = f64x2.sub(f64x2.promote_low_f32x4(v128.shuffle<f64>(elements, elements, 1, 1)), means);
        if (other !== 0) {
          const others = v128.load(x + other);
          const highOthers = f64x2.promote_low_f32x4(v128.shuffle<f64>(others, others, 1, 1));
          low = f64x2.sub(f64x2.sub(f64x2.promote_low_f32x4(others), levels), f64x2.mul(low, slopes));
          high = f64x2.sub(f64x2.sub(highOthers, levels), f64x2.mul(high, slopes));
        }
        low = f32x4.demote_f64x2_zero(f64x2.mul(low, inverses));
        high = f32x4.demote_f64x2_zero(f64x2.mul(high, inverses));
        v128.store(out, v128.shuffle<f64>(low, high, 0, 2));
      }
    }
    for (; x < stop; x += 2 * sizeof<T>(), out += 2 * sizeof<T>()) {
      let v = f64x2.sub(pair<T>(x), means);
      if (other !== 0) v = f64x2.sub(f64x2.sub(pair<T>(x + other), levels), f64x2.mul(v, slopes));
      storePair<T>(out, f64x2.mul(v, inverses), x + sizeof<T>() < stop);
    }
    x -= rest * sizeof<T>();
    out -= rest * sizeof<T>();
  }
}
