import { checkNumber } from "../values/options.js";
import { needContext } from "./context.js";
import type { Layer } from "./layer.js";

/**
 * Gaussian noise: y = x + σ ε in training, with independent standard normal ε for every element and step; y = x in
 * evaluation.
 *
 * @param deviation  standard deviation σ ≥ 0, in the unit of x
 * @throws RangeError  deviation is out of range
 * @example
 * sequential([gaussianNoise(0.1), linear(784, 10)]);
 * @see Bishop, *Training with noise is equivalent to Tikhonov regularization*, Neural Computation, 1995
 */
export function gaussianNoise(deviation: number): Layer {
  checkNumber("gaussianNoise", "deviation", deviation, { min: 0 });
  return {
    name: `gaussianNoise(${deviation})`,
    parameters: {},
    apply(_, x, given) {
      const context = needContext("gaussianNoise", given);
      if (!context.training || deviation === 0) return x;
      return x.add(context.normal(x.shape, { dtype: x.dtype as "f32" | "f64" }).multiply(deviation));
    },
  };
}
