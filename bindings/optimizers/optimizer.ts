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
}

/** An optimizer of its parts. */
export function describeOptimizer({
  hyper,
  states = 0,
  initial = [],
  squares = [],
  places = false,
  ...rest
}: Parts): Optimizer {
  return { ...rest, states, initial, squares, places, hyper: Object.values(hyper), hyperNames: Object.keys(hyper) };
}
