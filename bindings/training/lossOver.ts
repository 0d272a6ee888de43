// Values of losses and metrics for a batch, as programs return them: means, sums, or numerators and denominators.

import { type LayerContext, type Parameters, tensorFrom } from "../layers/layer.js";
import type { Loss } from "../losses/classes.js";
import { ignoring, spread } from "../losses/means.js";
import type { Metric } from "../losses/metrics.js";
import { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { has } from "../values/options.js";

/** The value of a loss or a metric for a batch. */
export interface BatchValue {
  /** Tensor among the results: a scalar, sums, or numerator and denominator of a weighted mean. */
  readonly tensor: Tensor;
  /** Numerator of a weighted mean. */
  readonly sum?: Tensor;
  /** True if it contains weighted means of these rows, which cannot be combined over runs. */
  readonly divided?: boolean;
}

/** The value of a loss for a batch, and those of metrics. */
export interface LossValue {
  readonly value: BatchValue;
  readonly metric: (metric: Metric) => BatchValue;
}

/** A loss, or one of several heads, which is made by `heads`. */
export interface HeadedLoss<Result extends string = string> extends Loss {
  /** Losses by head. */
  readonly heads?: { readonly [head: string]: Loss };
  /** Scheduled weights of the heads, as running state. */
  readonly state?: Parameters;
  /** Losses and metrics of the heads, as metrics. */
  readonly metrics?: readonly Metric<Result>[];
  /** Computes the loss of a batch in place of `lossOver`. */
  readonly over?: (
    loss: Loss,
    prediction: Tensor,
    target: Tensor,
    weights: Tensor | undefined,
    dtype: "f32" | "f64",
    context: LayerContext,
  ) => LossValue;
  /** Combines the metrics to the loss; `numbers` are the scheduled weights by name. */
  readonly total?: (values: { readonly [metric: string]: number }, numbers: (name: string) => number) => number;
}

/** Returns the value if it is a tensor of the trainer's type. @throws TypeError  naming the function that returned it */
export function ownTensor(name: string, value: unknown, dtype: string): Tensor {
  const tensor = tensorFrom(name, value);
  if (tensor.dtype === dtype) return tensor;
  throw new TypeError(
    `${name}: returns ${tensor.dtype}, expected ${dtype}, the type of the trainer. Use cast("${dtype}").`,
  );
}

/** Returns the value as a scalar of the trainer's type. */
export function scalar(name: string, value: unknown, dtype: string): Tensor {
  const tensor = ownTensor(name, value, dtype);
  if (tensor.size === 1) return tensor.reshape([]);
  throw new ShapeError(`${name}: must return a scalar, got shape [${tensor.shape.join(", ")}]. Reduce it with mean().`);
}

/** Returns a mean, or numerator and denominator of one in f64. */
export function meanOf(name: string, value: unknown, dtype: "f32" | "f64"): BatchValue {
  if (value instanceof Tensor || !has(value, "sum", "weight")) return { tensor: scalar(name, value, dtype) };
  const parts = value as Record<"sum" | "weight", unknown>;
  const wide = (part: "sum" | "weight"): Tensor => {
    const given = parts[part];
    const own = given instanceof Tensor && given.dtype === "f64" ? "f64" : dtype;
    return scalar(`${name}: ${part}`, given, own).cast("f64");
  };
  const sum = wide("sum");
  const weight = typeof parts.weight === "number" ? sum.trace.fill(parts.weight, [], "f64") : wide("weight");
  return { sum, tensor: sum.trace.concatenate([sum.reshape([1]), weight.reshape([1])], 0) };
}

/** Returns the value of a loss or a metric, which takes weights as its last parameter and then returns two sums, or sums. */
function taken(part: Loss | Metric, last: number, weights: Tensor | undefined, value: unknown): unknown {
  if (!weights || (part.apply.length >= last && ("finish" in part || has(value, "sum", "weight")))) return value;
  throw new TypeError(`${part.name}: takes no weights. Return { sum, weight } from apply(…, weights).`);
}

/** Returns the value of a metric for a batch: its mean, or its sums in f64. */
function metricOf({ name, finish }: Metric, value: unknown, dtype: "f32" | "f64"): BatchValue {
  if (!finish) return meanOf(name, value, dtype);
  const sums = value instanceof Tensor && value.dtype === "f64" ? value : ownTensor(name, value, dtype);
  if (sums.size === 0) throw new ShapeError(`${name}: returns no sums, expected at least 1 number.`);
  return { tensor: sums.dtype === "f64" ? sums : sums.cast("f64") };
}

/**
 * Applies a loss. Predictions of weight 0 are 0, so that what they would be has no influence on loss and gradient. Returns the
 * value, and the value of a metric.
 */
export function lossOver(
  loss: Loss,
  output: Tensor,
  labels: Tensor,
  given: Tensor | undefined,
  dtype: "f32" | "f64",
): LossValue {
  const { target, weights } = ignoring(loss.name, loss.ignoreIndex, labels, given, dtype);
  // A user's loss over several outputs masks them itself.
  const x = weights && output instanceof Tensor ? spread(loss.name, weights, output).where(output, 0) : output;
  return {
    value: meanOf(loss.name, taken(loss, 3, weights, loss.apply(x, labels, given)), dtype),
    metric: (metric) => metricOver(metric, x, target, loss, weights, dtype),
  };
}

/** True for a list of metrics. A loss in it is an error: its `apply` takes other arguments. */
export function areMetrics(list: unknown): list is readonly Metric[] {
  return Array.isArray(list) && list.every((metric) => has(metric, "apply", "name") && !("targets" in metric));
}

/** Applies a metric. */
export function metricOver(
  metric: Metric,
  prediction: Tensor,
  target: Tensor,
  loss: Loss,
  weights: Tensor | undefined,
  dtype: "f32" | "f64",
): BatchValue {
  return metricOf(metric, taken(metric, 4, weights, metric.apply(prediction, target, loss, weights)), dtype);
}
