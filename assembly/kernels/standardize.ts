// Standardization of runs of elements to mean 0 and variance 1, and its derivative: moments of each run, then one pass. Everything
// between load and store is f64, and rounded once.

import { forSize } from "./lanes";
import { sumOfDeviations, sumOfProducts, sumWide } from "./sum";

/**
 * With mean μ, biased variance σ² and r = 1 / √(σ² + ε) of each run of `length` elements of x, out = (x − μ) r. If z is another
 * address than x, out is instead the derivative along z, (z − z̄ − (x − μ) r² Σ (x − μ) z / length) r.
 */
export function standardizeRuns<T>(out: usize, x: usize, z: usize, count: usize, length: usize, epsilon: f64): void {
  const other = z - x;
  const n = <f64>length;
  for (const end = x + count * sizeof<T>(); x !== end; ) {
    const mean = sumWide<T>(x, length) / n;
    const inverse = 1 / sqrt<f64>(sumOfDeviations<T>(x, mean, length) / n + epsilon);
    let level = mean;
    let slope: f64 = 0;
    if (other !== 0) {
      level = sumWide<T>(x + other, length) / n;
      slope = (inverse * inverse * sumOfProducts<T>(x, mean, x + other, 0, length)) / n;
    }
    const stop = x + length * sizeof<T>();
    if (ASC_SHRINK_LEVEL < forSize && sizeof<T>() === 4) {
      const means = f64x2.splat(mean);
      const levels = f64x2.splat(level);
      const slopes = f64x2.splat(slope);
      const inverses = f64x2.splat(inverse);
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
    for (; x !== stop; x += sizeof<T>(), out += sizeof<T>()) {
      let v = <f64>load<T>(x) - mean;
      if (other !== 0) v = <f64>load<T>(x + other) - level - v * slope;
      store<T>(out, <T>(v * inverse));
    }
  }
}
