// What an optimizer is to a trainer: plain data. Which rule of the core, and its hyper-parameters, which the rule's class
// names.

import { type Given, inOrder, namesOf, type Registered } from "../engine/fields.js";
import type { Hyper } from "../schedules/scheduled.js";
import type { Insides, Opaque } from "../values/opaque.js";
import type { Decay } from "./decay.js";

/**
 * A description that a trainer takes.
 *
 * @example
 * const slower = adam({ learningRate: 0.01, beta1: 0.95 }).with({ learningRate: 0.002 });
 * createTrainer(engine, { model: linear(1, 1), loss: meanSquaredError(), optimizer: slower }).learningRate; // 0.002
 */
export interface Optimizer extends Opaque<"Optimizer"> {
  readonly name: string;
  /** Code of the update rule. @internal */
  readonly rule: number;
  /** State vectors the rule keeps for each parameter. @internal */
  readonly states: number;
  /** What each state vector starts from; 0 where nothing is said. @internal */
  readonly initial: readonly number[];
  /** State vectors that are means of squares: a file in which they are negative is damaged. @internal */
  readonly squares: readonly number[];
  /** Whether the rule takes its gradient elsewhere than at the weights. @internal */
  readonly places: boolean;
  /** Hyper-parameters as the rule's class lists them, the learning rate first. @internal */
  readonly hyper: readonly Hyper[];
  /** Their names, in the same order. @internal */
  readonly hyperNames: readonly string[];
  /** @internal */
  readonly decay: Decay;
  /** For a rule that works on whole matrices: what updates the parameters of fewer than two axes. @internal */
  readonly others?: Optimizer;
  /** Bytes of scratch that such a rule needs for a matrix. @internal */
  readonly workspace?: Workspace;
  /** What the weights are, if they are not the iterate itself, so that nothing but the rule may move them. @internal */
  readonly weightsAre?: string;
  /** What surrounds the update, from the outside in. @internal */
  readonly wrappers: readonly Wrapper[];
  /** Whether it does without a gradient. @internal */
  readonly gradientFree: boolean;
  /** The same optimizer with some of its options changed, checked as if it were made of them. */
  with(changes: Readonly<Record<string, unknown>>): Optimizer;
}

/** Bytes of scratch for a matrix [rows, columns]. @internal */
export type Workspace = (dtype: "f32" | "f64", rows: number, columns: number) => number;

/** What surrounds the update of a rule. */
export interface Wrapper {
  readonly wrapper: string;
  /** Code in the core. */
  readonly code: number;
  /** Numbers as the core's class lists them. */
  readonly fields: readonly number[];
  /** Whether it keeps weights of its own, which start where the weights do. */
  readonly keepsWeights?: boolean;
  /** Whether it works on iterates alone, not on weights that are made of them. */
  readonly needsIterates?: boolean;
  /** Whether it changes the update before it reaches the weights. */
  readonly changesUpdate?: boolean;
  /** Whether it wants the gradient a second time, elsewhere. */
  readonly evaluatesTwice?: boolean;
}

interface Parts<Rule extends Registered, Got> {
  readonly name: string;
  readonly rule: Rule;
  /** What the rule's class names, in any order. */
  readonly hyper: Got & Given<Rule, Hyper, Got>;
  readonly states?: number;
  readonly initial?: readonly number[];
  readonly squares?: readonly number[];
  readonly places?: boolean;
  readonly decay: Decay;
  readonly others?: Optimizer;
  readonly workspace?: Workspace;
  readonly weightsAre?: string;
  readonly gradientFree?: boolean;
}

/** An optimizer of its parts, with the function and the options that it was made by. */
export function describeOptimizer<Options extends object, Rule extends Registered, Got>(
  make: (options: Options) => Optimizer,
  options: Options,
  {
    rule,
    hyper,
    states = 0,
    initial = [],
    squares = [],
    places = false,
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
    places,
    gradientFree,
    wrappers: [],
    rule: rule.code,
    hyper: inOrder<Hyper>(rule, hyper),
    hyperNames: namesOf(rule),
    with: (changes) => make({ ...options, ...changes }),
  };
  return made as Optimizer;
}
