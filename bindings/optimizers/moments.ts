// Options of rules with a mean of the gradient and a mean of its square.

import { checkHyper, type Schedulable } from "../schedules/scheduled.js";

const positive = { above: 0 } as const;
const fraction = { min: 0, below: 1 } as const;
/**
 * Positions of ε in the order of the core's codes: √v̂ + ε, √(v̂ + ε), and √v + ε with corrections in the learning
 * rate.
 */
export const epsilonPlacements = ["outside", "inside", "hat"] as const;

/** Options of rules with decaying means of g and g². */
export interface MomentsOptions {
  /** Learning rate h > 0; default 0.001. Larger values train faster, but diverge if too large. */
  readonly learningRate?: Schedulable;
  /** Decay rate of the mean gradient, 0 ≤ β₁ < 1; default 0.9. Larger values average over more updates. */
  readonly beta1?: Schedulable;
  /** Decay rate of the mean square, 0 ≤ β₂ < 1; default 0.999. Larger values average over more updates. */
  readonly beta2?: Schedulable;
  /**
   * Constant ε > 0 that avoids a division by 0; default 1e-8 ("keras" 1e-7). Larger values shorten the steps of small
   * gradients.
   */
  readonly epsilon?: Schedulable;
}

/** Checks the hyper-parameters common to these rules. */
export function momentsHyper(where: string, options: Required<MomentsOptions>) {
  return {
    learningRate: checkHyper(where, "learningRate", options.learningRate, positive),
    beta1: checkHyper(where, "beta1", options.beta1, fraction),
    beta2: checkHyper(where, "beta2", options.beta2, fraction),
    epsilon: checkHyper(where, "epsilon", options.epsilon, positive, positive),
  };
}
