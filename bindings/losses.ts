// Losses: functions of a prediction and a target that answer a scalar. Means are accumulated in f64.

import { ShapeError } from "./errors.js";
import type { Tensor } from "./tensor.js";

/** A loss: a name, what its targets are, and the function. One's own is any object of this form. */
export interface Loss {
  readonly name: string;
  /** "classes": whole numbers from 0, as i32 (or one-hot rows); "values": floats. */
  readonly targets: "classes" | "values";
  apply(prediction: Tensor, target: Tensor): Tensor;
}

/** Mean over everything, accumulated in f64. */
function exactMean(x: Tensor): Tensor {
  return x.cast("f64").mean().cast(x.dtype);
}

function sameShapes(where: string, prediction: Tensor, target: Tensor): void {
  if (prediction.shape.join() === target.shape.join()) return;
  throw new ShapeError(
    `${where}: prediction [${prediction.shape.join(", ")}] and target [${target.shape.join(", ")}] differ in shape. ` +
      "Reshape the targets, or check the width of the last layer.",
  );
}

/** −ln of the probability of the target class, for each row. */
function negativeLogOfTarget(logProbabilities: Tensor, target: Tensor): Tensor {
  const classes = logProbabilities.shape.at(-1) ?? 1;
  const hot = target.dtype === "i32" ? target.oneHot(classes, logProbabilities.dtype as "f32" | "f64") : target;
  sameShapes("negativeLogLikelihood", logProbabilities, hot);
  return hot.multiply(logProbabilities).sum({ axes: -1 }).negate();
}

/**
 * Softmax cross-entropy: L = (1/N) Σ −ln softmax(z)[y].
 *
 * Takes logits [batch, classes] and class indices [batch], or one-hot (or soft) rows [batch, classes]. At the start
 * it is about ln C.
 *
 * @see Bishop, *Pattern Recognition and Machine Learning*, 2006, eq. 4.108
 */
export function softmaxCrossEntropy(): Loss {
  return {
    name: "softmaxCrossEntropy",
    targets: "classes",
    apply(logits, target) {
      if (target.dtype === "i32") return exactMean(logits.crossEntropy(target));
      sameShapes("softmaxCrossEntropy", logits, target);
      return exactMean(target.multiply(logits.logSoftmax()).sum({ axes: -1 }).negate());
    },
  };
}

/** Negative log-likelihood: L = −(1/N) Σ ln p[y], for a model that ends in logSoftmax. */
export function negativeLogLikelihood(): Loss {
  return {
    name: "negativeLogLikelihood",
    targets: "classes",
    apply: (logProbabilities, target) => exactMean(negativeLogOfTarget(logProbabilities, target)),
  };
}

/**
 * Multiclass hinge: L = (1/N) Σ_i Σ_{j ≠ y} max(0, s_j − s_y + margin); default margin 1. At the start about C − 1.
 *
 * @see Weston and Watkins, *Support vector machines for multi-class pattern recognition*, ESANN 1999
 */
export function multiclassHinge({ margin = 1 } = {}): Loss {
  return {
    name: "multiclassHinge",
    targets: "classes",
    apply(scores, target) {
      const classes = scores.shape.at(-1) ?? 1;
      const hot = target.dtype === "i32" ? target.oneHot(classes, scores.dtype as "f32" | "f64") : target;
      sameShapes("multiclassHinge", scores, hot);
      const own = scores.multiply(hot).sum({ axes: -1, keepDimensions: true });
      const violations = scores.subtract(own).add(margin).relu();
      return exactMean(violations.multiply(hot.negate().add(1)).sum({ axes: -1 }));
    },
  };
}

/** Mean squared error, ½ omitted: L = mean (ŷ − y)². */
export function meanSquaredError(): Loss {
  return {
    name: "meanSquaredError",
    targets: "values",
    apply(prediction, target) {
      sameShapes("meanSquaredError", prediction, target);
      return exactMean(prediction.subtract(target).square());
    },
  };
}

/** Binary cross-entropy with logits: L = mean (softplus(z) − y z), stable for every z. */
export function binaryCrossEntropyWithLogits(): Loss {
  return {
    name: "binaryCrossEntropyWithLogits",
    targets: "values",
    apply(logits, target) {
      sameShapes("binaryCrossEntropyWithLogits", logits, target);
      return exactMean(logits.softplus().subtract(logits.multiply(target)));
    },
  };
}
