// What an optimizer is to a trainer: plain data. Which rule of the core, and its hyper-parameters in the order of the
// rule's class.

import type { Hyper } from "../scheduled.js";
import type { Decay } from "./decay.js";

/** A description that a trainer takes. */
export interface Optimizer {
  readonly name: string;
  /** Code of the update rule. */
  readonly rule: number;
  /** State vectors the rule keeps for each parameter. */
  readonly states: number;
  /** What each state vector starts from; 0 where nothing is said. */
  readonly initial: readonly number[];
  /** State vectors that are means of squares: a file in which they are negative is damaged. */
  readonly squares: readonly number[];
  /** Whether the rule takes its gradient elsewhere than at the weights. */
  readonly places: boolean;
  /** Hyper-parameters as the rule's class lists them, the learning rate first. */
  readonly hyper: readonly Hyper[];
  /** Their names, in the same order. */
  readonly hyperNames: readonly string[];
  readonly decay: Decay;
  /** For a rule that works on whole matrices: what updates the parameters of fewer than two axes. */
  readonly others?: Optimizer;
  /** What surrounds the update, from the outside in. */
  readonly wrappers: readonly Wrapper[];
  /** Whether the weights are an average of what the rule moves. */
  readonly averaged: boolean;
  /** Whether it does without a gradient. */
  readonly gradientFree: boolean;
}

/** What surrounds the update of a rule. */
export interface Wrapper {
  readonly wrapper: string;
  /** Code in the core. */
  readonly code: number;
  /** Numbers as the core's class lists them. */
  readonly fields: readonly number[];
  /** Whether it keeps weights of its own, which start where the weights do. */
  readonly keepsWeights?: boolean;
  /** Whether it changes the update before it reaches the weights. */
  readonly changesUpdate?: boolean;
  /** Whether it wants the gradient a second time, elsewhere. */
  readonly evaluatesTwice?: boolean;
}

interface Parts {
  readonly name: string;
  readonly rule: number;
  readonly hyper: Readonly<Record<string, Hyper>>;
  readonly states?: number;
  readonly initial?: readonly number[];
  readonly squares?: readonly number[];
  readonly places?: boolean;
  readonly decay: Decay;
  readonly others?: Optimizer;
  readonly averaged?: boolean;
  readonly gradientFree?: boolean;
}

/** An optimizer of its parts. */
export function describeOptimizer({
  hyper,
  states = 0,
  initial = [],
  squares = [],
  places = false,
  averaged = false,
  gradientFree = false,
  ...rest
}: Parts): Optimizer {
  if (averaged && rest.decay.cautious)
    throw new TypeError(
      `${rest.name}: decayCoupling "cautious" cannot be combined with weights that are an average. Use "decoupledLr".`,
    );
  const numbers = { hyper: Object.values(hyper), hyperNames: Object.keys(hyper) };
  return { ...rest, ...numbers, states, initial, squares, places, averaged, gradientFree, wrappers: [] };
}
