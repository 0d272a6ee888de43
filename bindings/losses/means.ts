// Means of losses and metrics as numerator and denominator, with the weights of samples. Sums are accumulated in f64.

import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";

/**
 * Weighted mean as two scalars, Σ w l and Σ w over the rows of a batch. The trainer sums both over all runs and divides
 * once. If the weights sum to 0, the loss of a step is 0 with gradient 0, and `evaluate` throws.
 */
export interface WeightedMean {
  /** Numerator, the sum of the weighted losses. */
  readonly sum: Tensor;
  /** Denominator, the sum of the weights; treated as a constant in derivatives. */
  readonly weight: Tensor | number;
}

/** a b, but 0 where a is 0, even if b is infinite: a class of weight 0 may have probability 0. @internal */
export function product(a: Tensor, b: Tensor): Tensor {
  return a.where(a.multiply(b), 0);
}

/**
 * Weights [samples] or [samples, ...] in the type of x, with axes of 1 behind theirs, by which they broadcast to x. @internal
 */
export function spread(name: string, weights: Tensor, x: Tensor): Tensor {
  const axes = weights.size === x.shape[0] ? [weights.size] : weights.shape;
  if (axes.some((extent, k) => extent !== x.shape[k]))
    throw new ShapeError(
      `${name}: weights [${weights.shape.join(", ")}] and [${x.shape.join(", ")}] differ in shape. Give [samples], or the ` +
        "first axes.",
    );
  return weights.cast(x.dtype).reshape([...axes, ...x.shape.slice(axes.length).map(() => 1)]);
}

/** Labels and weights, where a label to ignore is 0 and has weight 0; probabilities as they are. @internal */
export function ignoring(
  name: string,
  ignoreIndex: number | undefined,
  target: Tensor,
  weights: Tensor | undefined,
  dtype: Tensor["dtype"],
): { target: Tensor; weights: Tensor | undefined } {
  if (ignoreIndex === undefined || target.dtype !== "i32") return { target, weights };
  const labels = target.cast("f64");
  const kept = labels.notEqual(ignoreIndex);
  const own = kept.cast(dtype);
  return {
    target: labels.multiply(kept).cast("i32"),
    weights: weights ? spread(name, weights, own).multiply(own) : own,
  };
}

/**
 * Mean or sum of losses [samples, ...], with weights as numerator and denominator. `count` is the denominator without weights:
 * a number, or what each loss counts. The denominator of a sum is the number of samples, by which `evaluate` divides. @internal
 */
export function reduced(
  name: string,
  losses: Tensor,
  reduction: "mean" | "sum",
  weights?: Tensor,
  count: number | Tensor = losses.size,
): Tensor | WeightedMean {
  const own = weights && spread(name, weights, losses);
  const sum = (own ? product(own, losses) : losses).cast("f64").sum();
  const total = reduction === "sum" ? (losses.shape[0] ?? 1) : count;
  if (own) {
    const each = typeof total === "number" ? total / own.size : total.cast("f64");
    return { sum, weight: own.cast("f64").multiply(each).sum() };
  }
  if (typeof total !== "number") return { sum, weight: total.cast("f64").sum() };
  return (reduction === "sum" ? sum : sum.divide(total)).cast(losses.dtype);
}
