// Metrics: functions like losses, evaluated but never differentiated. Shares are means over samples; what is no mean
// (precision, recall, F1, R²) adds up sums, which every chunk of the samples contributes to, and finishes them.
// Scores of a single output are held against the threshold that the loss names.

import type { Tensor } from "../tensors/tensor.js";
import { type ArrayLike, type NDArray, toArray } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkNumber, checkOptions, shown } from "../values/options.js";
import { type Loss, sameShapes, type WeightedMean } from "./classes.js";

/** A metric. One's own is any object of this form. */
export interface Metric {
  readonly name: string;
  /**
   * The mean over the rows of a batch, a scalar in the type of the prediction, or its numerator and denominator; or, with
   * `finish`, any number of sums over the rows, in that type or f64. `loss` is that of the trainer.
   */
  apply(prediction: Tensor, target: Tensor, loss: Loss): Tensor | WeightedMean;
  /** The value, from the sums of `apply` over all samples, added up in f64, and the number of samples. */
  finish?(sums: Float64Array, samples: number): number;
}

/** The class indices of targets: i32 labels as they are, rows of one number a class by their largest. */
function labelsOf(target: Tensor): Tensor {
  return target.dtype === "i32" ? target : target.argMax();
}

/** The threshold of single scores: what was given, or what the loss says. */
function thresholdOf(where: string, given: number | undefined, loss: Loss | undefined): number {
  const threshold = given ?? loss?.threshold;
  if (threshold !== undefined) return threshold;
  throw new TypeError(
    `${where}: a single score needs a threshold, and ${loss?.name ?? "the loss"} has none. Give { threshold: 0 } for ` +
      "logits, { threshold: 0.5 } for probabilities.",
  );
}

/** What a single score a row says, 0 or 1, and the targets, 0 or 1: two i32 tensors [rows]; null for several scores. */
function binaryPair(
  where: string,
  prediction: Tensor,
  target: Tensor,
  given: number | undefined,
  loss: Loss | undefined,
): [Tensor, Tensor] | null {
  const rows = prediction.shape[0] ?? 1;
  if (prediction.size !== rows) return null;
  if (target.size !== rows)
    throw new ShapeError(
      `${where}: prediction [${prediction.shape.join(", ")}] and target [${target.shape.join(", ")}] differ in shape. ` +
        "Give one 0 or 1 a row.",
    );
  const said = prediction
    .reshape([rows])
    .greater(thresholdOf(where, given, loss))
    .cast("i32");
  const wanted = target.dtype === "i32" ? target : target.greater(0.5).cast("i32");
  return [said, wanted.reshape([rows])];
}

export interface AccuracyOptions {
  /** What a single score must exceed to say 1; default: as the loss says, 0 for logits and 0.5 for probabilities. */
  readonly threshold?: number;
}

/**
 * Accuracy: the share of rows whose largest score is at the target class, 0 .. 1. A single score a row says 1 above
 * `threshold`, else 0.
 *
 * Scores [batch, classes], targets i32 [batch] or rows of one number a class; or scores [batch, 1] or [batch] and targets
 * of 0 and 1.
 *
 * @param options  threshold
 * @throws TypeError   a single score, and neither `threshold` nor a loss that has one
 * @throws ShapeError  a single score, and not one target a row
 * @example
 * const spam = createTrainer(engine, {
 *   model: linear(1, 1),
 *   loss: binaryCrossEntropyWithLogits(),
 *   optimizer: sgd({ learningRate: 0.1 }),
 *   metrics: [accuracy()],
 * });
 * spam.setParameters({ weight: [[1]], bias: [0] });
 * spam.evaluate({ inputs: [[-1], [1], [2], [3]], targets: [[1], [0], [1], [1]] }).accuracy; // 0.5
 */
export function accuracy(options: AccuracyOptions = {}): Metric {
  checkOptions("accuracy", options, ["threshold"]);
  const { threshold } = options;
  if (threshold !== undefined) checkNumber("accuracy", "threshold", threshold, {});
  return {
    name: "accuracy",
    apply(prediction, target, loss) {
      const dtype = prediction.dtype;
      const pair = binaryPair("accuracy", prediction, target, threshold, loss);
      if (pair) return pair[0].cast(dtype).equal(pair[1].cast(dtype)).mean();
      return prediction.argMax().cast(dtype).equal(labelsOf(target).cast(dtype)).mean();
    },
  };
}

/**
 * Top-k accuracy: the share of rows whose target class is among the k largest scores, 0 .. 1. Of equal scores the one
 * of the lower class counts as larger, as in accuracy, which is k = 1.
 *
 * Scores [batch, classes]; targets i32 [batch] or rows of one number a class. Named "top5" for k = 5.
 *
 * @param k  1 .. classes
 * @throws RangeError  k is no whole number from 1, or more than there are classes
 * @throws ShapeError  a single score a row
 * @example
 * const scores = { model: linear(2, 3), loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 1 }) };
 * const two = createTrainer(engine, { ...scores, metrics: [accuracy(), topK(2)] });
 * two.setParameters({ weight: [[1, 2, 3], [3, 1, 2]], bias: [0, 0, 0] });
 * two.evaluate({ inputs: [[1, 0], [0, 1]], targets: [1, 2] }).top2; // 1
 * @see Russakovsky et al., *ImageNet large scale visual recognition challenge*, IJCV 115, 2015
 */
export function topK(k: number): Metric {
  checkNumber("topK", "k", k, { min: 1, integer: true });
  return {
    name: `top${k}`,
    apply(prediction, target) {
      const classes = prediction.rank < 2 ? 1 : (prediction.shape.at(-1) as number);
      if (classes === 1)
        throw new ShapeError(`topK: got scores [${prediction.shape.join(", ")}] of 1 class. Use accuracy().`);
      if (k > classes) throw new RangeError(`topK: k must be at most ${classes}, the number of classes, got ${k}.`);
      const dtype = prediction.dtype as "f32" | "f64";
      const hot = labelsOf(target).oneHot(classes, dtype);
      const own = hot.where(prediction, 0).sum({ axes: -1, keepDimensions: true });
      // Counting what is behind, not what is ahead: a score that is not a number then never is among the best.
      const behind = prediction.less(own).add(prediction.equal(own).multiply(hot.cumulativeSum(-1)));
      return behind
        .sum({ axes: -1 })
        .greaterEqual(classes - k + 1)
        .mean();
    },
  };
}

/**
 * Coefficient of determination: R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)², at most 1; 0 is as good as the mean of the targets.
 * Several outputs count alike. Where the targets do not vary it is 1 if they are met exactly, else 0.
 *
 * Predictions and targets [batch, ...] of equal shape. Sums in f64: relative to their spread, targets lose
 * 2⁻⁵³ (mean / deviation)².
 *
 * @throws ShapeError  predictions and targets differ in shape
 * @example
 * const line = createTrainer(engine, {
 *   model: linear(1, 1),
 *   loss: meanSquaredError(),
 *   optimizer: sgd({ learningRate: 0.1 }),
 *   metrics: [rSquared()],
 * });
 * line.setParameters({ weight: [[1]], bias: [0] });
 * line.evaluate({ inputs: [[0], [1], [2], [4]], targets: [[0], [1], [2], [3]] }).rSquared; // 0.8
 * @see Wright, *Correlation and causation*, Journal of Agricultural Research 20, 1921
 */
export function rSquared(): Metric {
  return {
    name: "rSquared",
    apply(prediction, target) {
      sameShapes("rSquared", prediction, target);
      const rows = prediction.shape[0] ?? 1;
      const [p, y] = [prediction, target].map((tensor) => tensor.cast("f64").reshape([rows, -1])) as [Tensor, Tensor];
      const sums = [y, y.square(), y.subtract(p).square()].map((each) => each.sum({ axes: 0 }));
      return prediction.trace.concatenate(sums, 0);
    },
    finish(sums, samples) {
      const outputs = sums.length / 3;
      let total = 0;
      for (let j = 0; j < outputs; j++) {
        const [sum, squares, residual] = [0, 1, 2].map((k) => sums[k * outputs + j] as number) as [
          number,
          number,
          number,
        ];
        const spread = squares - (sum * sum) / samples;
        if (!(spread <= samples * 2 ** -52 * squares)) total += 1 - residual / spread;
        else if (residual === 0) total += 1;
      }
      return total / outputs;
    },
  };
}

/** How precision, recall and F1 count. */
export interface ClassCountOptions {
  /**
   * "binary": of one class against the rest; "macro": the mean over the classes that occur among labels or
   * predictions. Default "binary".
   */
  readonly average?: "binary" | "macro";
  /** The class of "binary", ≥ 0; default 1. */
  readonly positive?: number;
  /** What a single score must exceed to say 1; default: as the loss says, 0 for logits and 0.5 for probabilities. */
  readonly threshold?: number;
}

/** Predicted and true classes as rows of 1 at the class: [batch, classes]. */
function hotPair(
  where: string,
  prediction: Tensor,
  target: Tensor,
  threshold: number | undefined,
  loss: Loss,
): [Tensor, Tensor] {
  const pair = binaryPair(where, prediction, target, threshold, loss);
  if (pair) return [pair[0].oneHot(2, "f64"), pair[1].oneHot(2, "f64")];
  const width = prediction.shape.at(-1) ?? 1;
  if (prediction.rank !== 2)
    throw new ShapeError(
      `${where}: expected scores [batch, classes] or [batch], got [${prediction.shape.join(", ")}].`,
    );
  return [prediction.argMax().oneHot(width, "f64"), labelsOf(target).oneHot(width, "f64")];
}

/** A metric of the true positives, the predicted and the actual members of a class. */
function ofCounts(
  name: string,
  options: ClassCountOptions,
  value: (hits: number, predicted: number, actual: number) => number,
): Metric {
  checkOptions(name, options, ["average", "positive", "threshold"]);
  const { positive = 1, threshold } = options;
  const average = checkChoice(name, "average", options.average ?? "binary", ["binary", "macro"]);
  checkNumber(name, "positive", positive, { min: 0, integer: true });
  if (threshold !== undefined) checkNumber(name, "threshold", threshold, {});
  if (average === "macro" && options.positive !== undefined)
    throw new TypeError(`${name}: positive has no meaning for the average "macro". Leave it out.`);
  return {
    name,
    apply(prediction, target, loss) {
      const [said, wanted] = hotPair(name, prediction, target, threshold, loss);
      const classes = said.shape[1] as number;
      if (average === "binary" && positive >= classes)
        throw new RangeError(`${name}: positive must be below ${classes}, the number of classes, got ${positive}.`);
      const counts = [said.multiply(wanted), said, wanted].map((each) => each.sum({ axes: 0, keepDimensions: true }));
      const all = prediction.trace.concatenate(counts, 0);
      return average === "macro" ? all : all.slice(1, positive, positive + 1);
    },
    finish(sums) {
      const classes = sums.length / 3;
      let total = 0;
      let present = 0;
      for (let c = 0; c < classes; c++) {
        const [hits, predicted, actual] = [0, 1, 2].map((k) => sums[k * classes + c] as number) as [
          number,
          number,
          number,
        ];
        if (predicted + actual === 0) continue;
        total += value(hits, predicted, actual);
        present++;
      }
      return total / Math.max(present, 1);
    },
  };
}

/**
 * Precision: TP / (TP + FP), the share of what is called a class that is of it, 0 .. 1; 0 if nothing is called so.
 *
 * Scores [batch, classes], decided by the largest, or one score a row against `threshold`; targets are labels, rows of
 * one number a class, or 0 and 1.
 *
 * @throws RangeError  an option out of range, or `positive` is no class of the scores
 * @throws ShapeError  scores or targets of another form
 * @example
 * const spam = createTrainer(engine, {
 *   model: linear(1, 1),
 *   loss: binaryCrossEntropyWithLogits(),
 *   optimizer: sgd({ learningRate: 0.1 }),
 *   metrics: [precision({ threshold: 0 })],
 * });
 * spam.setParameters({ weight: [[1]], bias: [0] });
 * spam.evaluate({ inputs: [[-1], [1], [2], [3], [4]], targets: [[1], [0], [1], [1], [1]] }).precision; // 0.75
 * @see van Rijsbergen, *Information retrieval*, 1979
 */
export function precision(options: ClassCountOptions = {}): Metric {
  return ofCounts("precision", options, (hits, predicted) => hits / Math.max(predicted, 1));
}

/**
 * Recall: TP / (TP + FN), the share of a class that is found, 0 .. 1; 0 if there is nothing to find.
 *
 * Scores and targets as for precision.
 *
 * @throws RangeError  an option out of range, or `positive` is no class of the scores
 * @throws ShapeError  scores or targets of another form
 * @example
 * const spam = createTrainer(engine, {
 *   model: linear(1, 1),
 *   loss: binaryCrossEntropyWithLogits(),
 *   optimizer: sgd({ learningRate: 0.1 }),
 *   metrics: [recall({ threshold: 0 })],
 * });
 * spam.setParameters({ weight: [[1]], bias: [0] });
 * spam.evaluate({ inputs: [[-1], [1], [2], [3]], targets: [[1], [0], [0], [1]] }).recall; // 0.5
 * @see van Rijsbergen, *Information retrieval*, 1979
 */
export function recall(options: ClassCountOptions = {}): Metric {
  return ofCounts("recall", options, (hits, _, actual) => hits / Math.max(actual, 1));
}

/**
 * F1: 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall, 0 .. 1. "macro" is the mean of the classes'
 * F1, not F1 of the means.
 *
 * Scores and targets as for precision.
 *
 * @throws RangeError  an option out of range, or `positive` is no class of the scores
 * @throws ShapeError  scores or targets of another form
 * @example
 * const kinds = createTrainer(engine, {
 *   model: linear(2, 2),
 *   loss: softmaxCrossEntropy(),
 *   optimizer: sgd({ learningRate: 0.1 }),
 *   metrics: [f1({ average: "macro" })],
 * });
 * kinds.setParameters({ weight: [[1, 0], [0, 1]], bias: [0, 0] });
 * kinds.evaluate({ inputs: [[1, 0], [1, 0], [0, 1], [0, 1]], targets: [0, 1, 0, 1] }).f1; // 0.5
 * @see van Rijsbergen, *Information retrieval*, 1979
 */
export function f1(options: ClassCountOptions = {}): Metric {
  return ofCounts("f1", options, (hits, predicted, actual) => (2 * hits) / (predicted + actual));
}

/**
 * Confusion matrix: C[i, j] = number of samples of class i that were called j; [classes, classes].
 *
 * @param predictions  classes [samples], or scores [samples, classes], of which the first largest counts
 * @param labels       classes [samples]
 * @param classes      number of classes, ≥ 1
 * @throws RangeError  a class that is no whole number from 0 below `classes`
 * @throws ShapeError  predictions and labels of different number, or scores of another width
 * @example
 * confusionMatrix([0, 1, 1, 2], [0, 1, 2, 2], 3).data; // [1, 0, 0, 0, 1, 0, 0, 1, 1]
 * @see Stehman, *Selecting and interpreting measures of thematic classification accuracy*, Remote Sensing of Environment
 * 62, 1997
 */
export function confusionMatrix(predictions: ArrayLike, labels: ArrayLike, classes: number): NDArray<Int32Array> {
  const where = "confusionMatrix";
  checkNumber(where, "classes", classes, { min: 1, integer: true });
  const said = classesOf(where, predictions, classes);
  const wanted = toArray(where, labels);
  if (wanted.data.length !== said.length || wanted.shape.length !== 1)
    throw new ShapeError(
      `${where}: got ${said.length} predictions and labels [${wanted.shape.join(", ")}], expected as many of both.`,
    );
  const data = new Int32Array(classes * classes);
  for (const [k, column] of said.entries()) {
    const at = known(where, "label", k, wanted.data[k], classes) * classes + column;
    data[at] = (data[at] as number) + 1;
  }
  return { data, shape: [classes, classes] };
}

function known(where: string, what: string, k: number, value: number | undefined, classes: number): number {
  if (value !== undefined && Number.isInteger(value) && value >= 0 && value < classes) return value;
  throw new RangeError(`${where}: ${what} ${k} must be a whole number 0 .. ${classes - 1}, got ${shown(value)}.`);
}

/** Classes as they are given, or of each row of scores the first largest. */
function classesOf(where: string, predictions: ArrayLike, classes: number): number[] {
  const { data, shape } = toArray(where, predictions);
  if (shape.length === 1) return Array.from(data, (value, k) => known(where, "prediction", k, value, classes));
  const [rows = 0, width] = shape;
  if (shape.length !== 2 || width !== classes)
    throw new ShapeError(
      `${where}: expected predictions [samples] or [samples, ${classes}], got [${shape.join(", ")}].`,
    );
  return Array.from({ length: rows }, (_, k) => {
    const row = Array.from(data.slice(k * classes, (k + 1) * classes));
    return row.reduce((best, value, c) => (value > (row[best] as number) ? c : best), 0);
  });
}
