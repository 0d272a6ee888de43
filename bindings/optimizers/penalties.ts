// Penalties on the weights, as plain descriptions: J = L + R(w). A trainer has one, and a group of parameters may have
// its own. The core computes R and its gradient, and reports R separately from the loss.

import { checkHyper, type Hyper, type Schedulable } from "../schedules/scheduled.js";
import type { Insides, Opaque } from "../values/opaque.js";
import { checkChoice, checkFlag, checkNumber, checkOptions } from "../values/options.js";
import { times } from "./decay.js";

/** Description of a penalty R = λ₂ Σ w² + λ₁ Σ |w|, made by l1, l2 or elasticNet; an option of trainers and groups. */
export interface Penalty extends Opaque<"Penalty"> {
  /** Name of the function that made it. @internal */
  readonly penalty: string;
  /** Factor λ₂ of Σ w². @internal */
  readonly squares: Hyper;
  /** Factor λ₁ of Σ |w|. @internal */
  readonly magnitudes: Hyper;
  /** True if λ₁ Σ |w| is applied by its proximal map after the update, not by the gradient. @internal */
  readonly proximal: boolean;
  /** Penalized parameters: those of two or more axes, or all. @internal */
  readonly filter: "matrices" | "all";
}

/** Options of `l2`. */
export interface PenaltyOptions {
  /** Penalized parameters: "matrices" (default), those of two or more axes, so not biases and norms; or "all". */
  readonly filter?: "matrices" | "all";
}

/** Options of `l1`. */
export interface MagnitudePenaltyOptions extends PenaltyOptions {
  /**
   * False (default) adds λ₁ sign(w) to the gradient, with which weights oscillate around 0. True applies
   * w ← sign(w) max(|w| − h λ₁, 0) after every update instead, which makes weights exactly 0. h is the learning rate of
   * that update, even if the rule scales the steps of each weight.
   */
  readonly proximal?: boolean;
}

/** Options of `elasticNet`. */
export interface ElasticNetOptions extends MagnitudePenaltyOptions {
  /** Weight β ≥ 0 of the squares relative to the magnitudes; default 1. 0 is l1. */
  readonly beta?: number;
}

const describe = (parts: Insides<Penalty>): Penalty => parts as Penalty;

const filters = ["matrices", "all"] as const;

/**
 * L2 penalty: R = λ Σ w², with gradient 2 λ w. With plain gradient descent it equals a weight decay of 2 λ.
 *
 * @param lambda   λ ≥ 0, a number or a schedule
 * @param options  filter
 * @throws RangeError  lambda is negative, or filter is unknown
 * @throws TypeError   lambda is not a number or a schedule, or an option is unknown
 * @example
 * const ridge = createTrainer(engine, {
 *   model: linear(4, 1, { bias: false, weight: constantInitializer(0.25) }),
 *   loss: meanSquaredError(),
 *   optimizer: sgd({ learningRate: 0.1 }),
 *   penalty: l2(1),
 * });
 * ridge.evaluate({ inputs: [[1, 1, 1, 1]], targets: [[1]] }); // { loss: 0, penalty: 0.25 }
 * @see Hoerl and Kennard, *Ridge regression*, Technometrics 12, 1970
 */
export function l2(lambda: Schedulable, options: PenaltyOptions = {}): Penalty {
  checkOptions("l2", options, ["filter"]);
  const filter = checkChoice("l2", "filter", options.filter ?? "matrices", filters);
  const squares = checkHyper("l2", "lambda", lambda, { min: 0 });
  return describe({ penalty: "l2", squares, magnitudes: 0, proximal: false, filter });
}

/**
 * L1 penalty: R = λ Σ |w|, with gradient λ sign(w), which is 0 at 0; or with soft thresholding if `proximal` is true.
 *
 * With `proximal`, `gradientNorm` and `gradientTolerance` refer to the loss alone.
 *
 * @param lambda   λ ≥ 0, a number or a schedule
 * @param options  proximal, filter
 * @throws RangeError  lambda is negative, or filter is unknown
 * @throws TypeError   lambda is not a number or a schedule, proximal is not a boolean, or an option is unknown
 * @example
 * const lasso = createTrainer(engine, {
 *   model: linear(2, 1, { bias: false }),
 *   loss: meanSquaredError(),
 *   optimizer: sgd({ learningRate: 0.1 }),
 *   penalty: l1(1, { proximal: true }),
 * });
 * const samples = { inputs: [[1, 0], [0, 1]], targets: [[2], [0.5]] };
 * await lasso.fit(samples, { steps: 500, batchSize: 2 });
 * Array.from(lasso.parameters().weight.data, (w) => Math.round(1e4 * w) / 1e4); // [1, 0]
 * @see Tibshirani, *Regression shrinkage and selection via the lasso*, JRSS B 58, 1996
 * @see Beck and Teboulle, *A fast iterative shrinkage-thresholding algorithm for linear inverse problems*, SIAM J.
 *   Imaging
 * Sciences 2, 2009, eq. 1.4 (proximal)
 * @see Duchi and Singer, *Efficient online and batch learning using forward backward splitting*, JMLR 10, 2009 (with
 *   other
 * rules than descent)
 */
export function l1(lambda: Schedulable, options: MagnitudePenaltyOptions = {}): Penalty {
  checkOptions("l1", options, ["filter", "proximal"]);
  const filter = checkChoice("l1", "filter", options.filter ?? "matrices", filters);
  const proximal = checkFlag("l1", "proximal", options.proximal ?? false);
  const magnitudes = checkHyper("l1", "lambda", lambda, { min: 0 });
  return describe({ penalty: "l1", squares: 0, magnitudes, proximal, filter });
}

/**
 * Elastic net: R = λ Σ (β w² + |w|), with gradient λ (2 β w + sign(w)); with `proximal` the second term is that of l1.
 *
 * The form α (ρ Σ |w| + ½ (1 − ρ) Σ w²) corresponds to λ = α ρ and β = (1 − ρ) / (2 ρ).
 *
 * @param lambda   λ ≥ 0, a number or a schedule
 * @param options  beta, proximal, filter
 * @throws RangeError  lambda or beta is negative, or filter is unknown
 * @throws TypeError   lambda is not a number or a schedule, proximal is not a boolean, or an option is unknown
 * @example
 * createTrainer(engine, {
 *   model: linear(64, 10),
 *   loss: softmaxCrossEntropy(),
 *   optimizer: adam(),
 *   penalty: elasticNet(0.001, { beta: 0.5, proximal: true }),
 * });
 * @see Zou and Hastie, *Regularization and variable selection via the elastic net*, JRSS B 67, 2005
 */
export function elasticNet(lambda: Schedulable, options: ElasticNetOptions = {}): Penalty {
  const where = "elasticNet";
  checkOptions(where, options, ["beta", "filter", "proximal"]);
  const filter = checkChoice(where, "filter", options.filter ?? "matrices", filters);
  const proximal = checkFlag(where, "proximal", options.proximal ?? false);
  const beta = checkNumber(where, "beta", options.beta ?? 1, { min: 0 });
  const magnitudes = checkHyper(where, "lambda", lambda, { min: 0 });
  return describe({ penalty: where, squares: times(magnitudes, beta), magnitudes, proximal, filter });
}
