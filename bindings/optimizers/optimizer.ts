// Descriptions of optimizers, as plain data: the code of the core's rule, and its hyper-parameters by the field names
// of its class.

import { type Given, inOrder, namesOf, type Registered } from "../engine/fields.js";
import type { Hyper } from "../schedules/scheduled.js";
import type { Insides, Opaque } from "../values/opaque.js";
import type { Decay } from "./decay.js";
import type { ScalarsOf } from "./scalar.js";

/**
 * Description of an optimizer, an option of trainers.
 *
 * @example
 * const slower = adam({ learningRate: 0.01, beta1: 0.95 }).with({ learningRate: 0.002 });
 * createTrainer(engine, { model: linear(1, 1), loss: meanSquaredError(), optimizer: slower }).learningRate; // 0.002
 */
export interface Optimizer extends Opaque<"Optimizer"> {
  /** Name of the function that made it, with those of wrappers. */
  readonly name: string;
  /** Code of the update rule in the core. @internal */
  readonly rule: number;
  /** Number of state vectors of the rule for each parameter. @internal */
  readonly states: number;
  /** Initial value of each state vector; 0 if missing. @internal */
  readonly initial: readonly number[];
  /** Indices of state vectors that are means of squares; negative values in a file mean that it is damaged. @internal */
  readonly squares: readonly number[];
  /** True if the gradient is computed at another point than the weights. @internal */
  readonly looksAhead: boolean;
  /** Hyper-parameters in the order of the fields of the rule's class, the learning rate first. @internal */
  readonly hyper: readonly Hyper[];
  /** Names of the hyper-parameters, in the same order. @internal */
  readonly hyperNames: readonly string[];
  /** Weight decay. @internal */
  readonly decay: Decay;
  /** Optimizer of parameters with fewer than two axes, for a rule of matrices. @internal */
  readonly others?: Optimizer;
  /** Function that returns the bytes of scratch for a matrix, for a rule of matrices. @internal */
  readonly workspace?: Workspace;
  /** Description of the weights if they are not the iterate itself; then only the rule may change them. @internal */
  readonly weightsAre?: string;
  /** Wrappers around the update, from the outside in. @internal */
  readonly wrappers: readonly Wrapper[];
  /** True if it needs no gradient. @internal */
  readonly gradientFree: boolean;
  /** Its numbers in a checkpoint, besides its state vectors. @internal */
  readonly scalars?: ScalarsOf;
  /** Returns the same optimizer with other options, which it checks. @param changes  options to change */
  with(changes: Readonly<Record<string, unknown>>): Optimizer;
}

/** Function that returns the bytes of scratch for a matrix [rows, columns]. @internal */
export type Workspace = (dtype: "f32" | "f64", rows: number, columns: number) => number;

/** Description of a wrapper around an update rule. */
export interface Wrapper {
  /** Name of the function that made it. */
  readonly wrapper: string;
  /** Code in the core. */
  readonly code: number;
  /** Numbers in the order of the fields of the core's class. */
  readonly fields: readonly number[];
  /** True if it has weights of its own, which are initialized with the weights. */
  readonly keepsWeights?: boolean;
  /** True if the weights must be the iterates of the rule, not an average of them. */
  readonly needsIterates?: boolean;
  /** True if it changes the update before it is applied. */
  readonly changesUpdate?: boolean;
  /** True if it evaluates the gradient a second time, at another point. */
  readonly evaluatesTwice?: boolean;
}

interface Parts<Rule extends Registered, Got> {
  readonly name: string;
  readonly rule: Rule;
  /** Hyper-parameters by the field names of the rule's class, in any order. */
  readonly hyper: Got & Given<Rule, Hyper, Got>;
  readonly states?: number;
  readonly initial?: readonly number[];
  readonly squares?: readonly number[];
  readonly looksAhead?: boolean;
  readonly decay: Decay;
  readonly others?: Optimizer;
  readonly workspace?: Workspace;
  readonly weightsAre?: string;
  readonly gradientFree?: boolean;
  readonly scalars?: ScalarsOf;
}

/** Describes an optimizer by its parts, and by the function and the options that made it. */
export function describeOptimizer<Options extends object, Rule extends Registered, Got>(
  make: (options: Options) => Optimizer,
  options: Options,
  {
    rule,
    hyper,
    states = 0,
    initial = [],
    squares = [],
    looksAhead = false,
    gradientFree = false,
    ...rest
  }: Parts<Rule, Got>,
): Optimizer {
  if (rest.weightsAre !== undefined && rest.decay.cautious)
    throw new TypeError(
      `${rest.name}: decayCoupling "cautious" cannot be combined with weights that are ${rest.weightsAre}. Use ` +
        '"decoupledLearningRate".',
    );
  const made: Insides<Optimizer> = {
    ...rest,
    states,
    initial,
    squares,
    looksAhead,
    gradientFree,
    wrappers: [],
    rule: rule.code,
    hyper: inOrder<Hyper>(rule, hyper),
    hyperNames: namesOf(rule),
    with: (changes) => make({ ...options, ...changes }),
  };
  return made as Optimizer;
}
