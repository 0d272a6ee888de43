// Penalties on the weights, as plain descriptions: J = L + R(w). A trainer takes one, and a group of parameters may have
// its own; R and its gradient are computed in the core, and reported apart from the loss of the data.

import { checkHyper, type Hyper, type Schedulable } from "../schedules/scheduled.js";
import type { Insides, Opaque } from "../values/opaque.js";
import { checkChoice, checkFlag, checkNumber, checkOptions } from "../values/options.js";
import { times } from "./decay.js";

/** R = λ₂ Σ w² + λ₁ Σ |w|: a description that a trainer takes; made by l1, l2 or elasticNet. */
export interface Penalty extends Opaque<"Penalty"> {
  /** Name of the function that made it. @internal */
  readonly penalty: string;
  /** λ₂ of λ₂ Σ w². @internal */
  readonly squares: Hyper;
  /** λ₁ of λ₁ Σ |w|. @internal */
  readonly magnitudes: Hyper;
  /** Whether λ₁ Σ |w| acts by its proximal map after the update, and not through the gradient. @internal */
  readonly proximal: boolean;
  /** @internal */
  readonly filter: "matrices" | "all";
}

export interface PenaltyOptions {
  /** What is penalized: weights of two or more axes (biases and norms are spared), or all; default "matrices". */
  readonly filter?: "matrices" | "all";
}

export interface MagnitudePenaltyOptions extends PenaltyOptions {
  /**
   * False (default) adds λ₁ sign(w) to the gradient, after which weights hover around 0. True leaves the gradient to the
   * loss and ends every update with w ← sign(w) max(|w| − h λ₁, 0), which makes weights exactly 0; h is the learning rate
   * of that update as its schedule has it, the same for every weight, also where the rule scales its steps one by one.
   */
  readonly proximal?: boolean;
}

export interface ElasticNetOptions extends MagnitudePenaltyOptions {
  /** β ≥ 0, weight of the squares against the magnitudes: 0 is l1 alone; default 1. */
  readonly beta?: number;
}

const describe = (parts: Insides<Penalty>): Penalty => parts as Penalty;

const filters = ["matrices", "all"] as const;

/**
 * L2 penalty: R = λ Σ w², with the gradient 2 λ w. On plain descent that is a weight decay of 2 λ.
 *
 * @param lambda   λ ≥ 0, a number or a schedule
 * @param options  filter
 * @throws RangeError  lambda negative, or an unknown filter
 * @throws TypeError   lambda is no number or schedule, or an unknown option
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
 * L1 penalty: R = λ Σ |w|, with the gradient λ sign(w), 0 at 0; or, with proximal, the map that soft-thresholds.
 *
 * With proximal, `gradientNorm` and `gradientTolerance` see the loss alone.
 *
 * @param lambda   λ ≥ 0, a number or a schedule
 * @param options  proximal and filter
 * @throws RangeError  lambda negative, or an unknown filter
 * @throws TypeError   lambda is no number or schedule, proximal is no flag, or an unknown option
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
 * @see Beck and Teboulle, *A fast iterative shrinkage-thresholding algorithm for linear inverse problems*, SIAM J. Imaging
 * Sciences 2, 2009, eq. 1.4 (proximal)
 * @see Duchi and Singer, *Efficient online and batch learning using forward backward splitting*, JMLR 10, 2009 (with other
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
 * Elastic net: R = λ Σ (β w² + |w|), with the gradient λ (2 β w + sign(w)); with proximal, the second term acts as in l1.
 *
 * What others write as α (ρ Σ |w| + ½ (1 − ρ) Σ w²) is λ = α ρ and β = (1 − ρ) / (2 ρ).
 *
 * @param lambda   λ ≥ 0, a number or a schedule
 * @param options  beta, proximal and filter
 * @throws RangeError  lambda or beta negative, or an unknown filter
 * @throws TypeError   lambda is no number or schedule, proximal is no flag, or an unknown option
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
