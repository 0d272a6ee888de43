import { checkNumber } from "../values/options.js";
import { needContext } from "./context.js";
import type { Layer } from "./layer.js";

/**
 * Gaussian noise: in training y = x + σ ε, ε standard normal, fresh for every element and step; in evaluation y = x.
 *
 * @param deviation  σ ≥ 0
 * @throws RangeError  σ out of range
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
