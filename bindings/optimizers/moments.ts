// What rules with a mean of the gradient and a mean of its square have in common.

import { checkHyper, type Schedulable } from "../schedules/scheduled.js";

const positive = { above: 0 } as const;
const share = { min: 0, below: 1 } as const;
/** √v̂ + ε, √(v̂ + ε), or √v + ε with the corrections in the rate; in the order of the core's codes. */
export const epsilonPlacements = ["outside", "inside", "hat"] as const;

export interface MomentsOptions {
  /** Learning rate h > 0, the length of a step: larger learns faster, too large diverges; default 0.001. */
  readonly learningRate?: Schedulable;
  /**
   * Decay of the mean gradient, 0 ≤ β₁ < 1: the nearer to 1, the longer it remembers and the smoother the steps;
   * default 0.9.
   */
  readonly beta1?: Schedulable;
  /**
   * Decay of the mean square, 0 ≤ β₂ < 1: the nearer to 1, the slower the scale of the steps follows; default 0.999.
   */
  readonly beta2?: Schedulable;
  /**
   * ε > 0 beside the root, so that nothing is divided by 0: larger makes steps of small gradients shorter; default 1e-8
   * (Keras 1e-7).
   */
  readonly epsilon?: Schedulable;
}

/** The four numbers every rule of this family begins with. */
export function momentsHyper(where: string, options: Required<MomentsOptions>) {
  return {
    learningRate: checkHyper(where, "learningRate", options.learningRate, positive),
    beta1: checkHyper(where, "beta1", options.beta1, share),
    beta2: checkHyper(where, "beta2", options.beta2, share),
    epsilon: checkHyper(where, "epsilon", options.epsilon, positive, positive),
  };
}
