// Regression losses: scalar functions of predictions and float targets, accumulated in f64.

import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { checkFlag, checkNumber, type TargetRange, wrongKind } from "../values/options.js";
import {
  type HingeOptions,
  type Loss,
  type LossOptions,
  lossOf,
  reductionOf,
  sameShapes,
  shares,
  type TensorLoss,
} from "./classes.js";
import { reduced } from "./means.js";

const counts: TargetRange = { expected: "numbers from 0", holds: (y) => y >= 0 };
const signs: TargetRange = { expected: "1 or -1", holds: (y) => y === 1 || y === -1 };

/** Loss that is a mean or sum over all elements of a prediction and a target of equal shape. */
function elementwise(
  name: string,
  reduction: "mean" | "sum",
  loss: (prediction: Tensor, target: Tensor) => Tensor,
  more: Pick<Loss, "threshold" | "range"> = {},
): TensorLoss {
  return lossOf(name, { targets: "values", reduction, ...more }, (prediction, target) => {
    sameShapes(name, prediction, target);
    return loss(prediction, target);
  });
}

/**
 * Mean squared error, without a factor ½: L = mean (ŷ − y)², over all elements of predictions and targets of equal shape.
 *
 * @param options  reduction
 * @throws ShapeError  prediction and target differ in shape
 * @example
 * meanSquaredError({ reduction: "sum" });
 * @see Legendre, *Nouvelles méthodes pour la détermination des orbites des comètes*, 1805
 */
export function meanSquaredError(options: LossOptions = {}): TensorLoss {
  const reduction = reductionOf("meanSquaredError", options);
  return elementwise("meanSquaredError", reduction, (prediction, target) => prediction.subtract(target).square());
}

/**
 * Mean absolute error, L1: L = mean |ŷ − y|; its derivative at ŷ = y is 0.
 *
 * @param options  reduction
 * @throws ShapeError  prediction and target differ in shape
 * @example
 * meanAbsoluteError();
 * @see Bloomfield and Steiger, *Least Absolute Deviations*, 1983
 */
export function meanAbsoluteError(options: LossOptions = {}): TensorLoss {
  const reduction = reductionOf("meanAbsoluteError", options);
  return elementwise("meanAbsoluteError", reduction, (prediction, target) => prediction.subtract(target).abs());
}

/** d²/2 where |d| ≤ δ, else δ (|d| − δ/2). */
function huberOf(prediction: Tensor, target: Tensor, delta: number): Tensor {
  const distance = prediction.subtract(target).abs();
  return distance.lessEqual(delta).where(distance.square().multiply(0.5), distance.subtract(delta / 2).multiply(delta));
}

/**
 * Huber: L = mean of d²/2 where |d| ≤ δ, else δ (|d| − δ/2), d = ŷ − y.
 *
 * @param options  delta, reduction
 * @throws RangeError  delta is out of range
 * @throws ShapeError  prediction and target differ in shape
 * @example
 * huber({ delta: 0.5 });
 * @see Huber, *Robust estimation of a location parameter*, Annals of Mathematical Statistics, 1964
 */
export function huber(
  options: LossOptions & {
    /** Threshold δ > 0 between quadratic and linear; default 1. */ readonly delta?: number;
  } = {},
): TensorLoss {
  const reduction = reductionOf("huber", options, ["delta"]);
  const { delta = 1 } = options;
  checkNumber("huber", "delta", delta, { above: 0 });
  return elementwise("huber", reduction, (prediction, target) => huberOf(prediction, target, delta));
}

/**
 * Smooth L1: L = mean of d²/(2 β) where |d| < β, else |d| − β/2, d = ŷ − y: the Huber loss with δ = β, divided by β.
 *
 * @param options  beta, reduction
 * @throws RangeError  beta is out of range
 * @throws ShapeError  prediction and target differ in shape
 * @example
 * smoothL1({ beta: 1 });
 * @see Girshick, *Fast R-CNN*, ICCV 2015, eq. 3
 */
export function smoothL1(
  options: LossOptions & {
    /** Threshold β > 0 between quadratic and linear; default 1. */ readonly beta?: number;
  } = {},
): TensorLoss {
  const reduction = reductionOf("smoothL1", options, ["beta"]);
  const { beta = 1 } = options;
  checkNumber("smoothL1", "beta", beta, { above: 0 });
  return elementwise("smoothL1", reduction, (prediction, target) => huberOf(prediction, target, beta).divide(beta));
}

/** Options of `binaryCrossEntropyWithLogits`. */
export interface LogitsOptions extends LossOptions {
  /** Weight w > 0 of the positive term, for all columns or one for each; default 1. */
  readonly positiveWeight?: number | readonly number[];
}

/**
 * Binary cross-entropy with logits: L = mean (softplus(z) − y z), stable for every logit z, for targets y in 0 .. 1 of
 * equal shape. A positive weight w multiplies the term y softplus(−z).
 *
 * @param options  positiveWeight, reduction
 * @throws RangeError  a weight is out of range, or a target is outside 0 .. 1
 * @throws ShapeError  prediction and target differ in shape, or the number of weights differs from that of the columns
 * @example
 * binaryCrossEntropyWithLogits({ positiveWeight: 3 });
 * @see Bishop, *Pattern Recognition and Machine Learning*, 2006, eq. 4.90
 */
export function binaryCrossEntropyWithLogits(options: LogitsOptions = {}): TensorLoss {
  const where = "binaryCrossEntropyWithLogits";
  const reduction = reductionOf(where, options, ["positiveWeight"]);
  const { positiveWeight } = options;
  if (positiveWeight !== undefined && typeof positiveWeight !== "number" && !Array.isArray(positiveWeight))
    throw wrongKind(where, "positiveWeight", "a number or numbers", positiveWeight);
  for (const weight of positiveWeight === undefined ? [] : [positiveWeight].flat())
    checkNumber(where, "positiveWeight", weight, { above: 0 });
  const loss = (logits: Tensor, target: Tensor): Tensor => {
    if (positiveWeight === undefined) return logits.softplus().subtract(logits.multiply(target));
    const columns = logits.shape.at(-1);
    if (typeof positiveWeight !== "number" && positiveWeight.length !== columns)
      throw new ShapeError(
        `${where}: got ${positiveWeight.length} values of positiveWeight, expected ${columns}, one for each column.`,
      );
    // (1 − y) z + (1 + (w − 1) y) softplus(−z)
    const extra = typeof positiveWeight === "number" ? positiveWeight - 1 : positiveWeight.map((weight) => weight - 1);
    const factor = target.multiply(extra).add(1);
    return logits.multiply(target.negate().add(1)).add(logits.negate().softplus().multiply(factor));
  };
  return elementwise(where, reduction, loss, { threshold: 0, range: shares });
}

/** e⁻¹⁰⁰, so that logarithms are at least −100, as in PyTorch. */
const leastProbability = 3.720075976020836e-44;
/** Reciprocal of the least divisor p (1 − p) of the derivative, as in PyTorch. */
const largestSlope = 1e12;

/**
 * Binary cross-entropy: L = −mean (y ln p + (1 − y) ln(1 − p)) for probabilities p and targets y in 0 .. 1 of equal
 * shape. As in PyTorch, logarithms are at least −100 and the derivative is (p − y) / max(p (1 − p), 10⁻¹²). After a
 * sigmoid the gradient vanishes where p is rounded to 0 or 1, so prefer binaryCrossEntropyWithLogits.
 *
 * @param options  reduction
 * @throws RangeError  a target is outside 0 .. 1
 * @throws ShapeError  prediction and target differ in shape
 * @example
 * binaryCrossEntropy();
 * @see Bishop, *Pattern Recognition and Machine Learning*, 2006, eq. 4.90
 */
export function binaryCrossEntropy(options: LossOptions = {}): TensorLoss {
  const reduction = reductionOf("binaryCrossEntropy", options);
  const log = (x: Tensor): Tensor => x.maximum(leastProbability).log();
  const loss = (prediction: Tensor, target: Tensor): Tensor => {
    const own = prediction.cast("f64");
    const still = own.stopGradient();
    const y = target.cast("f64");
    const usual = own.multiply(own.negate().add(1)).greaterEqual(1 / largestSlope);
    const p = usual.where(own, still);
    const others = y
      .negate()
      .add(1)
      .multiply(log(p.negate().add(1)));
    // Has value 0, and the derivative where p is treated as a constant.
    const edge = own.subtract(still).multiply(still.subtract(y).multiply(largestSlope));
    return usual
      .where(0, edge)
      .subtract(y.multiply(log(p)))
      .subtract(others)
      .cast(prediction.dtype);
  };
  return elementwise("binaryCrossEntropy", reduction, loss, { threshold: 0.5, range: shares });
}

/**
 * Kullback-Leibler divergence: L = (1/N) Σ y (ln y − x), with 0 ln 0 = 0, for log-probabilities x [batch, classes] and
 * target probabilities y of N samples. This mean is "batchmean" in PyTorch, whose "mean" divides by the number of
 * elements.
 *
 * @param options  reduction
 * @throws RangeError  a target is outside 0 .. 1
 * @throws ShapeError  prediction and target differ in shape
 * @example
 * klDivergence();
 * @see Kullback and Leibler, *On information and sufficiency*, Annals of Mathematical Statistics, 1951
 */
export function klDivergence(options: LossOptions = {}): TensorLoss {
  const reduction = reductionOf("klDivergence", options);
  const losses = (prediction: Tensor, target: Tensor): Tensor => {
    sameShapes("klDivergence", prediction, target);
    const positive = target.greater(0);
    const entropy = positive.where(target, 1).log();
    return positive.where(target.multiply(entropy.subtract(prediction)), 0);
  };
  const more = { targets: "values", reduction, range: shares } as const;
  return lossOf("klDivergence", more, losses, ({ shape }) => shape[0] ?? 1);
}

/** Options of `poissonNegativeLogLikelihood`. */
export interface PoissonOptions extends LossOptions {
  /** True if the model outputs the logarithm of the rate, false if the rate itself; default true. */
  readonly logInput?: boolean;
  /** True adds Stirling's approximation of ln y! where y > 1; default false. */
  readonly full?: boolean;
  /** Constant ε > 0 in ln(r + ε), used without logInput; default 1e-8. */
  readonly epsilon?: number;
}

/**
 * Poisson negative log-likelihood: L = mean (eᶻ − y z) for the logarithm z of the rate; mean (r − y ln(r + ε)) for the
 * rate r. Targets y are counts from 0, of equal shape.
 *
 * @param options  logInput, full, epsilon, reduction
 * @throws RangeError  epsilon is out of range, or a target is below 0
 * @throws ShapeError  prediction and target differ in shape
 * @example
 * poissonNegativeLogLikelihood({ full: true });
 * @see McCullagh and Nelder, *Generalized Linear Models*, 1989, ch. 6
 */
export function poissonNegativeLogLikelihood(options: PoissonOptions = {}): TensorLoss {
  const where = "poissonNegativeLogLikelihood";
  const reduction = reductionOf(where, options, ["logInput", "full", "epsilon"]);
  const { logInput = true, full = false, epsilon = 1e-8 } = options;
  checkFlag(where, "logInput", logInput);
  checkFlag(where, "full", full);
  checkNumber(where, "epsilon", epsilon, { above: 0 });
  const elements = (z: Tensor, y: Tensor): Tensor => {
    const loss = logInput
      ? z.exp().subtract(y.where(y.multiply(z), 0))
      : z.subtract(y.multiply(z.cast("f64").add(epsilon).log().cast(z.dtype)));
    if (!full) return loss;
    const large = y.greater(1);
    const safe = large.where(y, 1);
    // y ln y − y + ½ ln(2π y)
    const stirling = safe
      .multiply(safe.log())
      .subtract(safe)
      .add(
        safe
          .multiply(2 * Math.PI)
          .log()
          .multiply(0.5),
      );
    return loss.add(large.where(stirling, 0));
  };
  return elementwise(where, reduction, elements, { range: counts });
}

/**
 * Cosine embedding: L = mean of 1 − cos(a, b) where y = 1, max(0, cos(a, b) − margin) where y = −1, for predictions
 * [batch, 2, features], pairs of a and b, and targets [batch].
 *
 * @param options  margin, reduction
 * @throws RangeError  margin is out of range, or a target is neither 1 nor −1
 * @throws ShapeError  predictions are not pairs, or not one for each target
 * @example
 * cosineEmbedding({ margin: 0.5 });
 * @see Chopra, Hadsell and LeCun, *Learning a similarity metric discriminatively*, CVPR 2005
 */
export function cosineEmbedding(
  options: LossOptions & { /** Margin, −1 ≤ margin < 1; default 0. */ readonly margin?: number } = {},
): TensorLoss {
  const where = "cosineEmbedding";
  const reduction = reductionOf(where, options, ["margin"]);
  const { margin = 0 } = options;
  checkNumber(where, "margin", margin, { min: -1, below: 1 });
  return {
    name: where,
    targets: "values",
    reduction,
    range: signs,
    apply(pairs: Tensor, target: Tensor, weights?: Tensor) {
      if (pairs.rank !== 3 || pairs.shape[1] !== 2 || target.shape.join() !== `${pairs.shape[0]}`)
        throw new ShapeError(
          `${where}: got predictions [${pairs.shape.join(", ")}] and targets [${target.shape.join(", ")}], expected ` +
            "[batch, 2, features] and [batch].",
        );
      const wide = pairs.cast("f64");
      const [a, b] = [wide.slice(1, 0, 1), wide.slice(1, 1, 2)];
      const dot = (x: Tensor, y: Tensor): Tensor => x.multiply(y).sum({ axes: [1, 2] });
      // 1e-12 avoids a division by 0, as in PyTorch.
      const norms = dot(a, a).add(1e-12).sqrt().multiply(dot(b, b).add(1e-12).sqrt());
      const cosine = dot(a, b).divide(norms);
      const y = target.cast("f64");
      const alike = y.equal(1).where(cosine.negate().add(1), 0);
      const apart = y.equal(-1).where(cosine.subtract(margin).relu(), 0);
      const value = reduced(where, alike.add(apart), reduction, weights);
      return "weight" in value ? value : value.cast(pairs.dtype);
    },
  } as TensorLoss;
}

/**
 * Hinge embedding: L = mean of x where y = 1, max(0, margin − x) where y = −1, for distances x and targets y of equal
 * shape.
 *
 * @param options  margin, reduction
 * @throws RangeError  margin is not finite, or a target is neither 1 nor −1
 * @throws ShapeError  prediction and target differ in shape
 * @example
 * hingeEmbedding({ margin: 1 });
 * @see Hadsell, Chopra and LeCun, *Dimensionality reduction by learning an invariant mapping*, CVPR 2006
 */
export function hingeEmbedding(options: HingeOptions = {}): TensorLoss {
  const reduction = reductionOf("hingeEmbedding", options, ["margin"]);
  const { margin = 1 } = options;
  checkNumber("hingeEmbedding", "margin", margin, {});
  const loss = (x: Tensor, y: Tensor): Tensor =>
    y
      .equal(1)
      .where(x, 0)
      .add(y.equal(-1).where(x.negate().add(margin).relu(), 0));
  return elementwise("hingeEmbedding", reduction, loss, { range: signs });
}
