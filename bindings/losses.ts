// Losses of classes: functions of scores and labels that answer a scalar. Those of values stand in valueLosses. Means
// and sums are accumulated in f64.

import { ShapeError } from "./errors.js";
import { checkChoice, checkNumber, checkOptions, shown, wrongKind } from "./options.js";
import type { Tensor } from "./tensor.js";

/** A loss: a name, what its targets are, and the function. One's own is any object of this form. */
export interface Loss {
  readonly name: string;
  /** "classes": whole numbers from 0, as i32 (or one-hot rows); "values": floats. */
  readonly targets: "classes" | "values";
  /** What the scalar is over the batch; default "mean". */
  readonly reduction?: "mean" | "sum";
  apply(prediction: Tensor, target: Tensor): Tensor;
}

export interface LossOptions {
  /**
   * "mean" (default), or "sum": the gradient then grows with the batch, so that learning rates and penalties want to be
   * divided by its size. `evaluate` and the losses of epochs stay means over samples.
   */
  readonly reduction?: "mean" | "sum";
}

/** Checks the reduction among the options of a loss. @internal */
export function reductionOf(where: string, options: LossOptions, others: readonly string[] = []): "mean" | "sum" {
  checkOptions(where, options, ["reduction", ...others]);
  return checkChoice(where, "reduction", options.reduction ?? "mean", ["mean", "sum"]);
}

/** Mean or sum over everything, accumulated in f64. @internal */
export function reduced(x: Tensor, reduction: "mean" | "sum"): Tensor {
  const wide = x.cast("f64");
  return (reduction === "sum" ? wide.sum() : wide.mean()).cast(x.dtype);
}

/** @internal */
export function sameShapes(where: string, prediction: Tensor, target: Tensor): void {
  if (prediction.shape.join() === target.shape.join()) return;
  throw new ShapeError(
    `${where}: prediction [${prediction.shape.join(", ")}] and target [${target.shape.join(", ")}] differ in shape. ` +
      "Reshape the targets, or check the width of the last layer.",
  );
}

/** Rows of 1 at the label, or the rows that were given. */
function hotRows(where: string, scores: Tensor, target: Tensor): Tensor {
  const column = target.shape.at(-1) === 1 && scores.shape.at(-1) !== 1;
  if (target.dtype !== "i32" && (target.rank < scores.rank || column))
    throw new TypeError(
      `${where}: got targets [${target.shape.join(", ")}] in ${target.dtype}, expected class indices. Give ` +
        `{ data: Int32Array, shape: [${scores.shape.slice(0, -1).join(", ")}] }` +
        `${target.rank === 1 ? ', or createDataset(engine, samples, "classes")' : ""}.`,
    );
  const hot = target.dtype === "i32" ? target.oneHot(scores.shape.at(-1) ?? 1, scores.dtype as "f32" | "f64") : target;
  sameShapes(where, scores, hot);
  return hot;
}

export interface ClassWeights {
  /** A factor ≥ 0 for each class; default: all 1. */
  readonly classWeights?: readonly number[];
}

function checkClassWeights(where: string, weights: readonly number[] | undefined): void {
  if (weights === undefined) return;
  if (!Array.isArray(weights) || weights.length === 0)
    throw wrongKind(where, "classWeights", "an array of numbers", weights);
  for (const weight of weights) checkNumber(where, "classWeights", weight, { min: 0 });
}

/** The class weights as a tensor for scores of as many classes. */
function weightsFor(where: string, weights: readonly number[], scores: Tensor): Tensor {
  const classes = scores.shape.at(-1);
  if (weights.length !== classes)
    throw new ShapeError(`${where}: got ${weights.length} classWeights for ${classes} classes, expected one a class.`);
  return scores.trace.constant([...weights], scores.dtype);
}

/** Σ losses / Σ weights for the mean, Σ losses for the sum; in f64. */
function weightedMean(losses: Tensor, weights: Tensor, reduction: "mean" | "sum"): Tensor {
  const total = losses.cast("f64").sum();
  return (reduction === "sum" ? total : total.divide(weights.cast("f64").sum())).cast(losses.dtype);
}

export interface CrossEntropyOptions extends LossOptions, ClassWeights {
  /** ε of the targets (1 − ε) y + ε / C, 0 ≤ ε < 1; default 0. */
  readonly labelSmoothing?: number;
}

/**
 * Softmax cross-entropy: L = (1/N) Σ −ln softmax(z)[y].
 *
 * Takes logits [batch, classes] and class indices [batch], or one-hot (or soft) rows [batch, classes]. At the start
 * it is about ln C. With class weights w the loss of a row counts w[y] times, and the mean over class indices divides
 * by Σ w[y], that over rows by N, both as in PyTorch; a batch cut into runs is the mean of their means, by rows.
 *
 * @throws RangeError  labelSmoothing or a weight out of range
 * @throws ShapeError  as many weights as classes are not given
 * @example
 * softmaxCrossEntropy({ labelSmoothing: 0.1 });
 * @see Bishop, *Pattern Recognition and Machine Learning*, 2006, eq. 4.108
 * @see Szegedy et al., *Rethinking the Inception architecture for computer vision*, CVPR 2016, sec. 7
 */
export function softmaxCrossEntropy(options: CrossEntropyOptions = {}): Loss {
  const where = "softmaxCrossEntropy";
  const reduction = reductionOf(where, options, ["classWeights", "labelSmoothing"]);
  const { classWeights, labelSmoothing = 0 } = options;
  checkClassWeights(where, classWeights);
  checkNumber(where, "labelSmoothing", labelSmoothing, { min: 0, below: 1 });
  return {
    name: where,
    targets: "classes",
    reduction,
    apply(logits, target) {
      const plain = classWeights === undefined && labelSmoothing === 0;
      if (plain && target.dtype === "i32") return reduced(logits.crossEntropy(target), reduction);
      const hot = hotRows(where, logits, target);
      const classes = logits.shape.at(-1) ?? 1;
      const wanted = labelSmoothing === 0 ? hot : hot.multiply(1 - labelSmoothing).add(labelSmoothing / classes);
      if (classWeights === undefined)
        return reduced(wanted.multiply(logits.logSoftmax()).sum({ axes: -1 }).negate(), reduction);
      const weights = weightsFor(where, classWeights, logits);
      const losses = wanted.multiply(weights).multiply(logits.logSoftmax()).sum({ axes: -1 }).negate();
      if (target.dtype !== "i32") return reduced(losses, reduction);
      return weightedMean(losses, weights.gather(target), reduction);
    },
  };
}

/**
 * Negative log-likelihood: L = −(1/N) Σ ln p[y], for a model that ends in logSoftmax. Class weights as in
 * softmaxCrossEntropy.
 *
 * @throws RangeError  a weight out of range
 * @example
 * negativeLogLikelihood({ classWeights: [1, 1, 5] });
 * @see Bishop, *Pattern Recognition and Machine Learning*, 2006, eq. 4.108
 */
export function negativeLogLikelihood(options: LossOptions & ClassWeights = {}): Loss {
  const where = "negativeLogLikelihood";
  const reduction = reductionOf(where, options, ["classWeights"]);
  const { classWeights } = options;
  checkClassWeights(where, classWeights);
  return {
    name: where,
    targets: "classes",
    reduction,
    apply(logProbabilities, target) {
      const hot = hotRows(where, logProbabilities, target);
      if (classWeights === undefined)
        return reduced(hot.multiply(logProbabilities).sum({ axes: -1 }).negate(), reduction);
      const weights = weightsFor(where, classWeights, logProbabilities);
      const losses = hot.multiply(weights).multiply(logProbabilities).sum({ axes: -1 }).negate();
      if (target.dtype !== "i32") return reduced(losses, reduction);
      return weightedMean(losses, weights.gather(target), reduction);
    },
  };
}

/** max(0, s_j − s_y + margin) for j ≠ y, 0 for j = y. */
function violations(where: string, scores: Tensor, target: Tensor, margin: number): Tensor {
  const hot = hotRows(where, scores, target);
  const own = scores.multiply(hot).sum({ axes: -1, keepDimensions: true });
  return scores.subtract(own).add(margin).relu().multiply(hot.negate().add(1));
}

export interface HingeOptions extends LossOptions {
  /** Default 1. */
  readonly margin?: number;
}

/**
 * Multiclass hinge: L = (1/N) Σ_i Σ_{j ≠ y} max(0, s_j − s_y + margin); default margin 1. At the start about C − 1.
 *
 * @throws RangeError  margin is not finite
 * @example
 * multiclassHinge({ margin: 1 });
 * @see Weston and Watkins, *Support vector machines for multi-class pattern recognition*, ESANN 1999
 */
export function multiclassHinge(options: HingeOptions = {}): Loss {
  const where = "multiclassHinge";
  const reduction = reductionOf(where, options, ["margin"]);
  const { margin = 1 } = options;
  checkNumber(where, "margin", margin, {});
  return {
    name: where,
    targets: "classes",
    reduction,
    apply: (scores, target) => reduced(violations(where, scores, target, margin).sum({ axes: -1 }), reduction),
  };
}

export interface MultiMarginOptions extends HingeOptions, ClassWeights {
  /** p, 1 or 2; default 1. */
  readonly power?: 1 | 2;
}

/**
 * Multi-margin: L = (1/N) Σ_i (1/C) Σ_{j ≠ y} w[y] max(0, margin − s_y + s_j)ᵖ: the multiclass hinge divided by the
 * number of classes, as PyTorch has it.
 *
 * @throws RangeError  margin or power out of range
 * @example
 * multiMargin({ power: 2 });
 * @see Crammer and Singer, *On the algorithmic implementation of multiclass kernel-based vector machines*, JMLR 2001
 */
export function multiMargin(options: MultiMarginOptions = {}): Loss {
  const where = "multiMargin";
  const reduction = reductionOf(where, options, ["margin", "power", "classWeights"]);
  const { margin = 1, power = 1, classWeights } = options;
  checkNumber(where, "margin", margin, {});
  if (power !== 1 && power !== 2) throw new RangeError(`${where}: power must be 1 or 2, got ${shown(power)}.`);
  checkClassWeights(where, classWeights);
  return {
    name: where,
    targets: "classes",
    reduction,
    apply(scores, target) {
      const excess = violations(where, scores, target, margin);
      const each = (power === 2 ? excess.square() : excess).mean({ axes: -1 });
      if (classWeights === undefined) return reduced(each, reduction);
      const weights = weightsFor(where, classWeights, scores);
      const own = hotRows(where, scores, target).multiply(weights).sum({ axes: -1 });
      return reduced(each.multiply(own), reduction);
    },
  };
}
