// Metrics: functions of predictions and targets that are evaluated but not differentiated. Accuracies are means over
// samples. Precision, recall, F1 and R² are not means: they accumulate sums over the chunks of the samples and compute
// the value from these at the end. Scores of a single output are compared with the threshold of the loss.

import type { Tensor } from "../tensors/tensor.js";
import { type ArrayLike, type NDArray, toArray } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkNumber, checkOptions, shown } from "../values/options.js";
import { type Loss, sameShapes } from "./classes.js";
import { product, reduced, spread, type WeightedMean } from "./means.js";

/** Metric with its name. For a metric of your own, write an object of this form. */
export interface Metric<Name extends string = string, Prediction = Tensor, Target = Tensor> {
  /** Key of the value in the results of `evaluate` and `fit`. */
  readonly name: Name;
  /**
   * Computes the mean over the rows of a batch, a scalar in the type of the prediction, or the two sums of a weighted
   * mean; with `finish`, a tensor of sums over the rows, in that type or f64. `loss` is that of the trainer. With weights it
   * returns a weighted mean, or weighted sums; a function of three parameters takes none: the trainer rejects weights.
   * @param prediction  output of the model [batch, ...]
   * @param target      targets [batch, ...]
   * @param loss        loss of the trainer
   * @param weights     weights of the samples, if they have any
   */
  apply(prediction: Prediction, target: Target, loss: Loss, weights?: Tensor): Tensor | WeightedMean;
  /**
   * Computes the value from the sums of `apply`.
   * @param sums     sums over all samples, accumulated in f64
   * @param samples  number of samples
   */
  finish?(sums: Float64Array, samples: number): number;
  /** Losses have targets, and are no metrics. */
  readonly targets?: never;
}

/** Class indices of targets: i32 labels, or the index of the largest number of each row. */
function labelsOf(target: Tensor): Tensor {
  return target.dtype === "i32" ? target : target.argMax();
}

/** Threshold of single scores: the option, or that of the loss. */
function thresholdOf(where: string, given: number | undefined, loss: Loss | undefined): number {
  const threshold = given ?? loss?.threshold;
  if (threshold !== undefined) return threshold;
  throw new TypeError(
    `${where}: a single score needs a threshold, and ${loss?.name ?? "the loss"} has none. Give { threshold: 0 } for ` +
      "logits, { threshold: 0.5 } for probabilities.",
  );
}

/** Predicted and true classes, 0 or 1, of a single score per row: two i32 tensors [rows]. Null for several scores. */
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
        "Give one target, 0 or 1, for each row.",
    );
  const said = prediction
    .reshape([rows])
    .greater(thresholdOf(where, given, loss))
    .cast("i32");
  const wanted = target.dtype === "i32" ? target : target.greater(0.5).cast("i32");
  return [said, wanted.reshape([rows])];
}

/** Options of `accuracy`. */
export interface AccuracyOptions {
  /**
   * Score above which a single output predicts class 1; default that of the loss: 0 for logits, 0.5 for probabilities.
   */
  readonly threshold?: number;
}

/**
 * Accuracy: (1/N) Σ [argmax_j s_j = y], the fraction of rows whose largest score is that of the target class, 0 .. 1.
 *
 * Scores [batch, classes] with targets i32 [batch] or one-hot rows; or single scores [batch, 1] or [batch], which predict
 * class 1 above `threshold` and else 0, with targets of 0 and 1.
 *
 * @param options  threshold
 * @throws TypeError   scores are single, and neither the option nor the loss has a threshold
 * @throws ShapeError  scores are single, and their number differs from that of the targets
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
export function accuracy(options: AccuracyOptions = {}): Metric<"accuracy"> {
  checkOptions("accuracy", options, ["threshold"]);
  const { threshold } = options;
  if (threshold !== undefined) checkNumber("accuracy", "threshold", threshold, {});
  return {
    name: "accuracy",
    apply(prediction, target, loss, weights) {
      const dtype = prediction.dtype;
      const pair = binaryPair("accuracy", prediction, target, threshold, loss);
      const [said, wanted] = pair ?? [prediction.argMax(), labelsOf(target)];
      return reduced("accuracy", said.cast(dtype).equal(wanted.cast(dtype)), "mean", weights);
    },
  };
}

/**
 * Top-k accuracy: the fraction of rows whose target class is among the k largest scores, 0 .. 1. Of equal scores that of
 * the lower class counts as larger; accuracy is the case k = 1.
 *
 * Scores [batch, classes]; targets i32 [batch] or one-hot rows. The metric of k = 5 has the name "top5".
 *
 * @param k  number of largest scores, 1 .. classes
 * @throws RangeError  k is not a whole number 1 .. classes
 * @throws ShapeError  scores are single
 * @example
 * const scores = { model: linear(2, 3), loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 1 }) };
 * const two = createTrainer(engine, { ...scores, metrics: [accuracy(), topK(2)] });
 * two.setParameters({ weight: [[1, 2, 3], [3, 1, 2]], bias: [0, 0, 0] });
 * two.evaluate({ inputs: [[1, 0], [0, 1]], targets: [1, 2] }).top2; // 1
 * @see Russakovsky et al., *ImageNet large scale visual recognition challenge*, IJCV 115, 2015
 */
export function topK<K extends number>(k: K): Metric<`top${K}`> {
  checkNumber("topK", "k", k, { min: 1, integer: true });
  return {
    name: `top${k}`,
    apply(prediction, target, _, weights) {
      const classes = prediction.rank < 2 ? 1 : (prediction.shape.at(-1) as number);
      if (classes === 1)
        throw new ShapeError(`topK: got scores [${prediction.shape.join(", ")}] of 1 class. Use accuracy().`);
      if (k > classes) throw new RangeError(`topK: k must be at most ${classes}, the number of classes, got ${k}.`);
      const dtype = prediction.dtype as "f32" | "f64";
      const hot = labelsOf(target).oneHot(classes, dtype);
      const own = hot.where(prediction, 0).sum({ axes: -1, keepDimensions: true });
      // Count the scores below the target's, not those above: a score that is NaN is then never among the k largest.
      const behind = prediction.less(own).add(prediction.equal(own).multiply(hot.cumulativeSum(-1)));
      return reduced("topK", behind.sum({ axes: -1 }).greaterEqual(classes - k + 1), "mean", weights);
    },
  };
}

/**
 * Coefficient of determination: R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)², at most 1; a constant prediction of the mean has R² = 0.
 * The value is the mean over the outputs. For an output with constant targets it is 1 if they are predicted exactly, else
 * 0.
 *
 * Predictions and targets [batch, ...] of equal shape. Sums are in f64, with a relative error of about
 * 2⁻⁵³ (mean / deviation)² in Σ(y − ȳ)².
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
export function rSquared(): Metric<"rSquared"> {
  return {
    name: "rSquared",
    apply(prediction, target, _, weights) {
      sameShapes("rSquared", prediction, target);
      const rows = prediction.shape[0] ?? 1;
      const y = target.cast("f64");
      const one = y.trace.fill(1, y.shape, "f64");
      const each = [y, y.square(), y.subtract(prediction.cast("f64")).square(), one].map((x) =>
        (weights ? product(spread("rSquared", weights, x), x) : x).reshape([rows, -1]).sum({ axes: 0 }),
      );
      return prediction.trace.concatenate(each, 0);
    },
    finish(sums, samples) {
      const outputs = sums.length / 4;
      let total = 0;
      for (let j = 0; j < outputs; j++) {
        const [sum = 0, squares = 0, residual = 0, count = 0] = [0, 1, 2, 3].map((k) => sums[k * outputs + j]);
        const spread = squares - (sum * sum) / count;
        if (!(spread <= Math.max(count, samples) * 2 ** -52 * squares)) total += 1 - residual / spread;
        else if (residual === 0) total += 1;
      }
      return total / outputs;
    },
  };
}

/** Options of precision, recall and F1. */
export interface ClassCountOptions {
  /**
   * Average over classes: "binary" (default), the value of one class against the rest; "macro", the mean over the classes
   * that occur among labels or predictions.
   */
  readonly average?: "binary" | "macro";
  /** Class of the average "binary", 0 .. classes − 1; default 1. */
  readonly positive?: number;
  /**
   * Score above which a single output predicts class 1; default that of the loss: 0 for logits, 0.5 for probabilities.
   */
  readonly threshold?: number;
}

/** Predicted and true classes as one-hot rows [batch, classes]. */
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

/** Makes a metric from the numbers of true positives, predicted positives and actual positives of a class. */
function ofCounts<Name extends string>(
  name: Name,
  options: ClassCountOptions,
  value: (hits: number, predicted: number, actual: number) => number,
): Metric<Name> {
  checkOptions(name, options, ["average", "positive", "threshold"]);
  const { positive = 1, threshold } = options;
  const average = checkChoice(name, "average", options.average ?? "binary", ["binary", "macro"]);
  checkNumber(name, "positive", positive, { min: 0, integer: true });
  if (threshold !== undefined) checkNumber(name, "threshold", threshold, {});
  if (average === "macro" && options.positive !== undefined)
    throw new TypeError(`${name}: positive has no meaning for the average "macro". Leave it out.`);
  return {
    name,
    apply(prediction, target, loss, weights) {
      const [said, wanted] = hotPair(name, prediction, target, threshold, loss);
      const classes = said.shape[1] as number;
      if (average === "binary" && positive >= classes)
        throw new RangeError(`${name}: positive must be below ${classes}, the number of classes, got ${positive}.`);
      const counts = [said.multiply(wanted), said, wanted].map((each) =>
        (weights ? each.multiply(spread(name, weights, each)) : each).sum({ axes: 0, keepDimensions: true }),
      );
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
 * Precision: TP / (TP + FP), the fraction of predicted positives that are positive, 0 .. 1; 0 without predicted
 * positives.
 *
 * Scores [batch, classes], of which the largest is the predicted class, with targets i32 [batch] or one-hot rows; or
 * single scores [batch, 1] or [batch], compared with `threshold`, with targets of 0 and 1.
 *
 * @param options  average, positive, threshold
 * @throws TypeError   `positive` is given for "macro", or single scores have no threshold
 * @throws RangeError  an option is out of range, or `positive` is not below the number of classes
 * @throws ShapeError  scores or targets have another shape
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
export function precision(options: ClassCountOptions = {}): Metric<"precision"> {
  return ofCounts("precision", options, (hits, predicted) => hits / (predicted || 1));
}

/**
 * Recall: TP / (TP + FN), the fraction of positives that are predicted, 0 .. 1; 0 without positives.
 *
 * Scores and targets are those of precision.
 *
 * @param options  average, positive, threshold
 * @throws TypeError   `positive` is given for "macro", or single scores have no threshold
 * @throws RangeError  an option is out of range, or `positive` is not below the number of classes
 * @throws ShapeError  scores or targets have another shape
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
export function recall(options: ClassCountOptions = {}): Metric<"recall"> {
  return ofCounts("recall", options, (hits, _, actual) => hits / (actual || 1));
}

/**
 * F1: 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall, 0 .. 1. "macro" is the mean of the F1 of the
 * classes, not F1 of the mean precision and recall.
 *
 * Scores and targets are those of precision.
 *
 * @param options  average, positive, threshold
 * @throws TypeError   `positive` is given for "macro", or single scores have no threshold
 * @throws RangeError  an option is out of range, or `positive` is not below the number of classes
 * @throws ShapeError  scores or targets have another shape
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
export function f1(options: ClassCountOptions = {}): Metric<"f1"> {
  return ofCounts("f1", options, (hits, predicted, actual) => (2 * hits) / (predicted + actual));
}

/**
 * Confusion matrix: C[i, j] = number of samples of class i that were predicted as j.
 *
 * @param predictions  class indices [samples], or scores [samples, classes], whose first largest is the predicted class
 * @param labels       class indices [samples]
 * @param classes      number of classes, ≥ 1
 * @returns            C [classes, classes]
 * @throws RangeError  a class index is not a whole number 0 .. classes − 1
 * @throws ShapeError  predictions and labels differ in number, or scores have another width
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
      `${where}: got ${said.length} predictions and labels [${wanted.shape.join(", ")}], expected equal numbers.`,
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

/** Class indices as given, or the first largest score of each row. */
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
