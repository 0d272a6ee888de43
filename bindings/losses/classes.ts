// Classification losses: scalar functions of scores and labels. Regression losses are in values.ts.

import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import {
  checkChoice,
  checkNumber,
  checkOptions,
  shown,
  type TargetKinds,
  type TargetRange,
  wrongKind,
} from "../values/options.js";
import { ignoring, product, reduced, type WeightedMean } from "./means.js";

/** Loss function with its name and the kind of its targets. For a loss of your own, write an object of this form. */
export interface Loss<
  Result extends Tensor | WeightedMean = Tensor | WeightedMean,
  Prediction = Tensor,
  Target = Tensor,
> {
  /** Name, for errors. */
  readonly name: string;
  /** Kind of the targets: "classes", i32 class indices from 0 or one-hot rows; "values", floats; or by name. */
  readonly targets: TargetKinds;
  /** True if one-hot rows may be probabilities, as mixed classes are; default false. */
  readonly probabilities?: boolean;
  /** Reduction over the batch that `apply` computes: "mean" (default) or "sum". */
  readonly reduction?: "mean" | "sum";
  /** Score above which metrics take a single output as class 1; default none. */
  readonly threshold?: number;
  /** Range of the targets, unless they are class indices; checked before training. Default: not checked. */
  readonly range?: TargetRange;
  /** Label whose samples have weight 0 in the loss, by `apply`, and in metrics; default none. */
  readonly ignoreIndex?: number | undefined;
  /**
   * Computes the loss of a batch: a scalar in the type of the prediction, or the two sums of a weighted mean. With weights,
   * [batch] or [batch, ...], it returns the sums. A function of two parameters takes none: the trainer rejects weights.
   * @param prediction  output of the model [batch, ...], or several by name
   * @param target      targets [batch, ...], or several by name
   * @param weights     weights of the samples, if they have any
   */
  apply(prediction: Prediction, target: Target, weights?: Tensor): Result;
}

/** Loss that is a tensor, or a weighted mean if weights are given. */
export interface TensorLoss extends Loss {
  /**
   * Computes the loss of a batch, a scalar.
   * @param prediction  output of the model [batch, ...]
   * @param target      targets [batch, ...]
   */
  apply(prediction: Tensor, target: Tensor): Tensor;
  /**
   * Computes the loss of a batch with weights, as two sums.
   * @param prediction  output of the model [batch, ...]
   * @param target      targets [batch, ...]
   * @param weights     weights of the samples [batch] or [batch, ...]
   */
  apply(prediction: Tensor, target: Tensor, weights: Tensor | undefined): Tensor | WeightedMean;
}

/** Loss that is the mean or sum of `losses`; their number is `count`, by default that of their elements. @internal */
export function lossOf(
  name: string,
  more: Pick<Loss, "targets" | "reduction" | "range" | "threshold">,
  losses: (prediction: Tensor, target: Tensor) => Tensor,
  count?: (prediction: Tensor) => number,
): TensorLoss {
  const reduction = more.reduction as "mean" | "sum";
  return {
    name,
    ...more,
    apply: (prediction: Tensor, target: Tensor, weights?: Tensor) =>
      reduced(name, losses(prediction, target), reduction, weights, count?.(prediction)),
  } as TensorLoss;
}

/** Range of probabilities. @internal */
export const shares: TargetRange = { expected: "numbers from 0 to 1", holds: (y) => y >= 0 && y <= 1 };

/** Options of all losses. */
export interface LossOptions {
  /**
   * Reduction over the batch: "mean" (default) or "sum". With "sum" the gradient is proportional to the batch size, so
   * divide learning rates by it and multiply penalties by it to get the same updates as with "mean". `evaluate` and the
   * losses of epochs are means over samples in both cases.
   */
  readonly reduction?: "mean" | "sum";
}

/** Checks the options of a loss, and returns its reduction. @internal */
export function reductionOf(where: string, options: LossOptions, others: readonly string[] = []): "mean" | "sum" {
  checkOptions(where, options, ["reduction", ...others]);
  return checkChoice(where, "reduction", options.reduction ?? "mean", ["mean", "sum"]);
}

/** Checks that prediction and target have equal shapes. @internal */
export function sameShapes(where: string, prediction: Tensor, target: Tensor): void {
  if (prediction.shape.join() === target.shape.join()) return;
  throw new ShapeError(
    `${where}: prediction [${prediction.shape.join(", ")}] and target [${target.shape.join(", ")}] differ in shape. ` +
      "Reshape the targets, or check the width of the last layer.",
  );
}

/** Checks that there are at least 2 classes; with one class the loss would always be 0. */
function checkClasses(where: string, scores: Tensor): void {
  if (scores.rank > 0 && scores.shape.at(-1) !== 1) return;
  throw new ShapeError(
    `${where}: got scores [${scores.shape.join(", ")}] of 1 class, expected [batch, classes] of at least 2. Use ` +
      "binaryCrossEntropyWithLogits for one output, or widen the last layer.",
  );
}

/** One-hot rows of the labels, or the given rows. */
function hotRows(where: string, scores: Tensor, target: Tensor): Tensor {
  checkClasses(where, scores);
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

/** Option of losses of classes. */
export interface ClassWeights {
  /** Weight of each class, ≥ 0; default all 1. */
  readonly classWeights?: readonly number[];
}

function checkClassOptions(where: string, { classWeights: weights, ignoreIndex }: ClassLabelOptions): void {
  if (ignoreIndex !== undefined) checkNumber(where, "ignoreIndex", ignoreIndex, { integer: true });
  if (weights === undefined) return;
  if (!Array.isArray(weights) || weights.length === 0)
    throw wrongKind(where, "classWeights", "an array of numbers", weights);
  for (const weight of weights) checkNumber(where, "classWeights", weight, { min: 0 });
}

/** Class weights as a tensor; throws if their number is not that of the classes. */
function weightsFor(where: string, weights: readonly number[], scores: Tensor): Tensor {
  const classes = scores.shape.at(-1);
  if (weights.length !== classes)
    throw new ShapeError(`${where}: got ${weights.length} classWeights for ${classes} classes, expected one for each.`);
  return scores.trace.constant([...weights], scores.dtype);
}

/** Options of `negativeLogLikelihood`. */
export interface ClassLabelOptions extends LossOptions, ClassWeights {
  /** Label, an integer, whose samples have weight 0, in metrics too; default none. Without effect on probabilities. */
  readonly ignoreIndex?: number;
}

/** Options of `softmaxCrossEntropy`. */
export interface CrossEntropyOptions extends ClassLabelOptions {
  /** Smoothing ε, 0 ≤ ε < 1, of the targets (1 − ε) y + ε / C; default 0. */
  readonly labelSmoothing?: number;
}

/**
 * Softmax cross-entropy: L = (1/N) Σ −ln softmax(z)[y].
 *
 * The model outputs logits [batch, classes]; targets are class indices [batch], or probabilities [batch, classes] such as
 * one-hot rows. An untrained model has a loss of about ln C. Class weights w multiply the loss of a row by w[y]; as in
 * PyTorch, the mean over class indices divides by Σ w[y], that over rows by N. The result does not depend on the runs
 * into which a batch is split. Labels equal to ignoreIndex, such as -100 in padded sequences, have weight 0.
 *
 * @param options  labelSmoothing, classWeights, ignoreIndex, reduction
 * @throws RangeError  labelSmoothing or a weight is out of range, or a target probability is outside 0 .. 1
 * @throws ShapeError  the number of class weights differs from the number of classes, or there is only 1 class
 * @example
 * softmaxCrossEntropy({ labelSmoothing: 0.1 });
 * @see Bishop, *Pattern Recognition and Machine Learning*, 2006, eq. 4.108
 * @see Szegedy et al., *Rethinking the Inception architecture for computer vision*, CVPR 2016, sec. 7
 */
export function softmaxCrossEntropy(
  options?: CrossEntropyOptions & { readonly classWeights?: undefined; readonly ignoreIndex?: undefined },
): TensorLoss;
export function softmaxCrossEntropy(options: CrossEntropyOptions): Loss;
export function softmaxCrossEntropy(options: CrossEntropyOptions = {}): Loss {
  const where = "softmaxCrossEntropy";
  const reduction = reductionOf(where, options, ["classWeights", "ignoreIndex", "labelSmoothing"]);
  const { classWeights, ignoreIndex, labelSmoothing = 0 } = options;
  checkClassOptions(where, options);
  checkNumber(where, "labelSmoothing", labelSmoothing, { min: 0, below: 1 });
  return {
    name: where,
    targets: "classes",
    probabilities: true,
    reduction,
    range: shares,
    ignoreIndex,
    apply(logits, labels, given) {
      checkClasses(where, logits);
      const { target, weights } = ignoring(where, ignoreIndex, labels, given, logits.dtype);
      const shares = classWeights && weightsFor(where, classWeights, logits);
      const labelled = target.dtype === "i32";
      const own = labelled ? shares?.gather(target) : undefined;
      let losses: Tensor;
      if (labelled && labelSmoothing === 0) {
        losses = logits.crossEntropy(target);
        if (own) losses = product(own, losses);
      } else {
        let rows = hotRows(where, logits, target);
        if (labelSmoothing > 0)
          rows = rows.multiply(1 - labelSmoothing).add(labelSmoothing / (logits.shape.at(-1) as number));
        losses = product(shares ? rows.multiply(shares) : rows, logits.logSoftmax())
          .sum({ axes: -1 })
          .negate();
      }
      return reduced(where, losses, reduction, weights, own);
    },
  };
}

/**
 * Negative log-likelihood: L = −(1/N) Σ ln p[y], for a model that ends in logSoftmax and outputs log-probabilities
 * [batch, classes]. Targets, class weights and ignoreIndex are those of softmaxCrossEntropy.
 *
 * @param options  classWeights, ignoreIndex, reduction
 * @throws RangeError  a weight is out of range, or a target probability is outside 0 .. 1
 * @throws ShapeError  the number of class weights differs from the number of classes, or there is only 1 class
 * @example
 * negativeLogLikelihood({ classWeights: [1, 1, 5] });
 * @see Bishop, *Pattern Recognition and Machine Learning*, 2006, eq. 4.108
 */
export function negativeLogLikelihood(
  options?: ClassLabelOptions & { readonly classWeights?: undefined; readonly ignoreIndex?: undefined },
): TensorLoss;
export function negativeLogLikelihood(options: ClassLabelOptions): Loss;
export function negativeLogLikelihood(options: ClassLabelOptions = {}): Loss {
  const where = "negativeLogLikelihood";
  const reduction = reductionOf(where, options, ["classWeights", "ignoreIndex"]);
  const { classWeights, ignoreIndex } = options;
  checkClassOptions(where, options);
  return {
    name: where,
    targets: "classes",
    probabilities: true,
    reduction,
    range: shares,
    ignoreIndex,
    apply(logProbabilities, labels, given) {
      const { target, weights } = ignoring(where, ignoreIndex, labels, given, logProbabilities.dtype);
      const hot = hotRows(where, logProbabilities, target);
      const shares = classWeights && weightsFor(where, classWeights, logProbabilities);
      const wanted = shares ? hot.multiply(shares) : hot;
      const losses = product(wanted, logProbabilities).sum({ axes: -1 }).negate();
      return reduced(where, losses, reduction, weights, target.dtype === "i32" ? shares?.gather(target) : undefined);
    },
  };
}

/** max(0, s_j − s_y + margin) for j ≠ y, 0 for j = y. */
function violations(where: string, scores: Tensor, target: Tensor, margin: number): Tensor {
  const hot = hotRows(where, scores, target);
  const own = product(hot, scores).sum({ axes: -1, keepDimensions: true });
  return product(hot.negate().add(1), scores.subtract(own).add(margin).relu());
}

/** Options of `multiclassHinge` and `hingeEmbedding`. */
export interface HingeOptions extends LossOptions {
  /** Margin, any finite number; default 1. */
  readonly margin?: number;
}

/**
 * Multiclass hinge: L = (1/N) Σ_i Σ_{j ≠ y} max(0, s_j − s_y + margin), for scores [batch, classes] and class indices
 * [batch] or one-hot rows. An untrained model has a loss of about (C − 1) margin.
 *
 * @param options  margin, reduction
 * @throws RangeError  margin is not finite
 * @throws ShapeError  there is only 1 class
 * @example
 * multiclassHinge({ margin: 1 });
 * @see Weston and Watkins, *Support vector machines for multi-class pattern recognition*, ESANN 1999
 */
export function multiclassHinge(options: HingeOptions = {}): TensorLoss {
  const where = "multiclassHinge";
  const reduction = reductionOf(where, options, ["margin"]);
  const { margin = 1 } = options;
  checkNumber(where, "margin", margin, {});
  return lossOf(where, { targets: "classes", reduction, range: shares }, (scores, target) =>
    violations(where, scores, target, margin).sum({ axes: -1 }),
  );
}

/** Options of `multiMargin`. */
export interface MultiMarginOptions extends HingeOptions, ClassWeights {
  /** Exponent p, 1 or 2; default 1. */
  readonly power?: 1 | 2;
}

/**
 * Multi-margin: L = (1/N) Σ_i (1/C) Σ_{j ≠ y} w[y] max(0, margin − s_y + s_j)ᵖ, the multiclass hinge divided by the
 * number of classes, as in PyTorch.
 *
 * @param options  margin, power, classWeights, reduction
 * @throws RangeError  margin, power or a weight is out of range
 * @throws ShapeError  the number of class weights differs from the number of classes, or there is only 1 class
 * @example
 * multiMargin({ power: 2 });
 * @see Crammer and Singer, *On the algorithmic implementation of multiclass kernel-based vector machines*, JMLR 2001
 */
export function multiMargin(options: MultiMarginOptions = {}): TensorLoss {
  const where = "multiMargin";
  const reduction = reductionOf(where, options, ["margin", "power", "classWeights"]);
  const { margin = 1, power = 1, classWeights } = options;
  checkNumber(where, "margin", margin, {});
  if (power !== 1 && power !== 2) throw new RangeError(`${where}: power must be 1 or 2, got ${shown(power)}.`);
  checkClassOptions(where, options);
  return lossOf(where, { targets: "classes", reduction, range: shares }, (scores, target) => {
    const excess = violations(where, scores, target, margin);
    const each = (power === 2 ? excess.square() : excess).mean({ axes: -1 });
    if (classWeights === undefined) return each;
    const weights = weightsFor(where, classWeights, scores);
    return product(hotRows(where, scores, target).multiply(weights).sum({ axes: -1 }), each);
  });
}
