// Mean and variance of a normalization, and the affine map behind it. Moments are accumulated in f64 whatever the type
// of the model; what is done to every element stays in that type.

import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { type Initializer, onesInitializer, zerosInitializer } from "./initializers.js";
import type { Parameters } from "./layer.js";

export interface AffineOptions {
  /** Start of the scale γ, or false for none; default ones. */
  readonly gamma?: Initializer | false;
  /** Start of the shift β, or false for none; default zeros. */
  readonly beta?: Initializer | false;
}

export function affineParameters(
  shape: readonly number[],
  { gamma = onesInitializer, beta = zerosInitializer }: AffineOptions,
): Parameters {
  return {
    ...(gamma === false ? {} : { gamma: { shape, initializer: gamma } }),
    ...(beta === false ? {} : { beta: { shape, initializer: beta } }),
  };
}

/** Mean and biased variance over axes that stay with extent 1, both in f64. */
export function moments(x: Tensor, axes: readonly number[]): { mean: Tensor; variance: Tensor } {
  const wide = x.cast("f64");
  const mean = wide.mean({ axes, keepDimensions: true });
  return { mean, variance: wide.subtract(mean).square().mean({ axes, keepDimensions: true }) };
}

/** γ (x − μ) / √(σ² + ε) + β, moments in f64. */
export function normalize(
  x: Tensor,
  mean: Tensor,
  variance: Tensor,
  epsilon: number,
  { gamma, beta }: { readonly gamma?: Tensor | undefined; readonly beta?: Tensor | undefined },
): Tensor {
  const inverse = variance.add(epsilon).rsqrt().cast(x.dtype);
  const y = x.subtract(mean.cast(x.dtype)).multiply(gamma ? inverse.multiply(gamma) : inverse);
  return beta ? y.add(beta) : y;
}

export function checkTrailing(where: string, x: Tensor, shape: readonly number[]): void {
  const own = x.shape.slice(Math.max(x.rank - shape.length, 0));
  if (own.join() === shape.join() && x.rank > shape.length) return;
  throw new ShapeError(
    `${where}: the last axes must be [${shape.join(", ")}] behind a batch: got shape [${x.shape.join(", ")}]. Check the ` +
      "width of the layer before.",
  );
}
