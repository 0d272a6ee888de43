// Mean and variance of normalizations, and the affine map that follows. Moments are accumulated in f64; elementwise
// computations are in the type of the model.

import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { type Initializer, onesInitializer, zerosInitializer } from "./initializers.js";
import type { Parameters } from "./layer.js";

/** Options of layers with a learned scale and shift. */
export interface AffineOptions {
  /** Initializer of the scale γ, or false for no scale; default ones. */
  readonly gamma?: Initializer | false;
  /** Initializer of the shift β, or false for no shift; default zeros. */
  readonly beta?: Initializer | false;
}

/** Parameters γ and β of a shape. */
export function affineParameters(
  shape: readonly number[],
  { gamma = onesInitializer, beta = zerosInitializer }: AffineOptions,
): Parameters {
  return {
    ...(gamma === false ? {} : { gamma: { shape, initializer: gamma } }),
    ...(beta === false ? {} : { beta: { shape, initializer: beta } }),
  };
}

/** Mean and biased variance in f64 over axes, which are kept with extent 1. */
export function moments(x: Tensor, axes: readonly number[]): { mean: Tensor; variance: Tensor } {
  const wide = x.cast("f64");
  const mean = wide.mean({ axes, keepDimensions: true });
  return { mean, variance: wide.subtract(mean).square().mean({ axes, keepDimensions: true }) };
}

/** γ (x − μ) / √(σ² + ε) + β, with mean and variance in f64. */
export function normalize(
  given: Tensor,
  mean: Tensor,
  variance: Tensor,
  epsilon: number,
  { gamma, beta }: { readonly gamma?: Tensor | undefined; readonly beta?: Tensor | undefined },
): Tensor {
  const x = given.trace.asFloat(given);
  const inverse = variance.add(epsilon).rsqrt().cast(x.dtype);
  const y = x.subtract(mean.cast(x.dtype)).multiply(gamma ? inverse.multiply(gamma) : inverse);
  return beta ? y.add(beta) : y;
}

/** Checks that the last axes of x have this shape, and that there is a batch axis. */
export function checkTrailing(where: string, x: Tensor, shape: readonly number[]): void {
  const own = x.shape.slice(Math.max(x.rank - shape.length, 0));
  if (own.join() === shape.join() && x.rank > shape.length) return;
  throw new ShapeError(
    `${where}: the last axes must be [${shape.join(", ")}] after a batch axis: got shape [${x.shape.join(", ")}]. Check the ` +
      "width of the layer before.",
  );
}
