import { checkShape } from "../values/arrays.js";
import { checkNumber, checkOptions } from "../values/options.js";
import { type Initializer, onesInitializer } from "./initializers.js";
import { defined, type Layer } from "./layer.js";
import { affineParameters, checkTrailing } from "./moments.js";

/** Options of `rmsNorm`. */
export interface RmsNormOptions {
  /** ε > 0; default 1e-6. */
  readonly epsilon?: number;
  /** Start of the scale γ, or false for none; default onesInitializer. */
  readonly gamma?: Initializer | false;
}

/**
 * Root mean square normalization: y = γ x / √(mean x² + ε), the mean over the last axes of each sample, in training and in
 * evaluation alike.
 *
 * @param shape  extent of the last axis, or extents of the last axes, of x [batch, ..., features]
 * @param options  epsilon, gamma
 * @throws RangeError  a number out of range
 * @throws ShapeError  x has other last axes
 * @example
 * sequential([linear(784, 128), rmsNorm(128), relu(), linear(128, 10)]);
 * @see Zhang and Sennrich, *Root mean square layer normalization*, NeurIPS 2019, eq. 4
 */
export function rmsNorm(shape: number | readonly number[], options: RmsNormOptions = {}): Layer {
  const where = "rmsNorm";
  const extents = typeof shape === "number" ? [shape] : checkShape(where, shape);
  for (const extent of extents) checkNumber(where, "shape", extent, { min: 1, integer: true });
  checkOptions(where, options, ["epsilon", "gamma"]);
  const { epsilon = 1e-6, gamma = onesInitializer } = options;
  checkNumber(where, "epsilon", epsilon, { above: 0 });
  return defined([where, extents, { ...options }], {
    name: `rmsNorm(${extents.join(", ")})`,
    parameters: affineParameters(extents, { gamma, beta: false }),
    apply({ gamma: scale }, given) {
      const x = given.trace.asFloat(given);
      checkTrailing(where, x, extents);
      const axes = extents.map((_, k) => -1 - k);
      const inverse = x.cast("f64").square().mean({ axes, keepDimensions: true }).add(epsilon).rsqrt().cast(x.dtype);
      return x.multiply(scale ? inverse.multiply(scale) : inverse);
    },
  });
}
