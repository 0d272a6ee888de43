// Constraints on the weights: projections after every update.

import type { Insides, Opaque } from "../values/opaque.js";
import { checkNumber } from "../values/options.js";

/** Description of a constraint, made by maxNorm; an option of trainers and groups. */
export interface Constraint extends Opaque<"Constraint"> {
  /** Name of the function that made it. @internal */
  readonly constraint: string;
  /** Maximum norm of a column. @internal */
  readonly limit: number;
}

/**
 * Max-norm: w[:, j] ← w[:, j] min(1, c / |w[:, j]|) after every update, for the weights into each unit j.
 *
 * A parameter of two or more axes is the matrix [all axes but the last, last], whose columns are limited: the last axis
 * indexes the units, as in linear. Parameters of fewer axes are not limited. Norms are accumulated in f64.
 *
 * @param limit  maximum norm c > 0; 3 or 4 are usual with dropout
 * @throws TypeError   limit is not a number
 * @throws RangeError  limit is not positive
 * @example
 * const bounded = createTrainer(engine, {
 *   model: linear(2, 1, { bias: false, weight: zerosInitializer }),
 *   loss: meanSquaredError(),
 *   optimizer: sgd({ learningRate: 0.5 }),
 *   constraint: maxNorm(1),
 * });
 * bounded.step({ inputs: [[3, 4]], targets: [[100]] });
 * Array.from(bounded.parameters().weight.data, (w) => Math.round(1e6 * w) / 1e6); // [0.6, 0.8]
 * @see Srebro and Shraibman, *Rank, trace-norm and max-norm*, COLT 2005
 * @see Hinton, Srivastava, Krizhevsky, Sutskever and Salakhutdinov, *Improving neural networks by preventing
 * co-adaptation of feature detectors*, arXiv 1207.0580, 2012
 */
export function maxNorm(limit: number): Constraint {
  const made: Insides<Constraint> = {
    constraint: "maxNorm",
    limit: checkNumber("maxNorm", "limit", limit, { above: 0 }),
  };
  return made as Constraint;
}
