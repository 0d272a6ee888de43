// Weight decay and its coupling to the update.

import { product } from "../schedules/schedule.js";
import { asSchedule, checkHyper, type Hyper, type Schedulable } from "../schedules/scheduled.js";
import { checkChoice, firstGiven } from "../values/options.js";
import type { Convention } from "./convention.js";

/** Weight decay as the core applies it. */
export interface Decay {
  /** λ of w ← (1 − h λ) w. */
  readonly decoupled: Hyper;
  /** λ of g ← g + λ w. */
  readonly coupled: Hyper;
  /** Parameters that decay: those of two or more axes, or all. */
  readonly filter: "matrices" | "all";
  /** True if only weights decay that the update does not increase in magnitude. */
  readonly cautious: boolean;
}

/** Couplings of weight decay to the gradient and to the learning rate. */
export type DecayCoupling = "l2" | "penalty" | DecoupledCoupling;
/** Couplings that multiply the weights rather than change the gradient. */
export type DecoupledCoupling = "decoupledLearningRate" | "decoupledSchedule" | "cautious";

/**
 * Options of weight decay by λ:
 *
 * | decayCoupling | rule | used by |
 * |---|---|---|
 * | "l2" | g ← g + λ w, the gradient of ½ λ Σ w² | PyTorch's weight_decay on all but AdamW |
 * | "penalty" | g ← g + 2 λ w, the gradient of λ Σ w² | lectures, Keras's regularizers |
 * | "decoupledLearningRate" | w ← (1 − h λ) w | AdamW of PyTorch, Keras and Optax |
 * | "decoupledSchedule" | w ← (1 − s λ) w, s = h over the largest value of its schedule | Loshchilov and Hutter's paper |
 * | "cautious" | "decoupledLearningRate" only where the update does not increase the magnitude of the weight | Chen et al., *Cautious weight decay*, 2025 |
 */
export interface DecayOptions<Coupling = DecayCoupling> {
  /** Weight decay λ ≥ 0; default 0. Larger values shrink the weights more at each update. */
  readonly weightDecay?: Schedulable;
  /**
   * Coupling of λ, see the table of {@link DecayOptions}; default "l2" for "pytorch", "penalty" for "lecture", else
   * "decoupledLearningRate".
   */
  readonly decayCoupling?: Coupling;
  /** Parameters that decay: "matrices" (default), those of two or more axes, so not biases and norms; or "all". */
  readonly decayFilter?: "matrices" | "all";
}

export const decayKeys = ["weightDecay", "decayCoupling", "decayFilter"] as const;
export const noDecay: Decay = { decoupled: 0, coupled: 0, filter: "matrices", cautious: false };

const decoupled = ["decoupledLearningRate", "decoupledSchedule", "cautious"] as const;
const couplings = ["l2", "penalty", ...decoupled] as const;
/** Default λ of decoupled rules. */
export const decoupledDefaults: Readonly<Record<Convention, number>> = {
  lecture: 0.01,
  pytorch: 0.01,
  keras: 4e-3,
  optax: 1e-4,
};

const usual = {
  lecture: "penalty",
  pytorch: "l2",
  keras: "decoupledLearningRate",
  optax: "decoupledLearningRate",
} as const;

function resolved(options: DecayOptions, where: string, coupling: DecayCoupling, learningRate: Hyper): Decay {
  const { weightDecay, decayFilter = "matrices" } = options;
  const key = weightDecay === undefined && firstGiven(options, ["decayCoupling", "decayFilter"]);
  if (key) throw new TypeError(`${where}: ${key} needs weightDecay. Give weightDecay, for example 0.01.`);
  const lambda = checkHyper(where, "weightDecay", weightDecay ?? 0, { min: 0 });
  const filter = checkChoice(where, "decayFilter", decayFilter, ["matrices", "all"]);
  const cautious = coupling === "cautious";
  if (coupling === "l2") return { decoupled: 0, coupled: lambda, filter, cautious };
  if (coupling === "penalty") return { decoupled: 0, coupled: times(lambda, 2), filter, cautious };
  const rate = coupling === "decoupledSchedule" ? times(lambda, 1 / largest(where, learningRate)) : lambda;
  if (typeof rate === "number" && typeof learningRate === "number" && rate * learningRate >= 1)
    throw new RangeError(
      `${where}: weightDecay · learningRate must be below 1, got ${rate * learningRate}. Choose a smaller weightDecay.`,
    );
  return { decoupled: rate, coupled: 0, filter, cautious };
}

/** Multiplies a hyper-parameter by a number. */
export function times(hyper: Hyper, factor: number): Hyper {
  if (typeof hyper === "number") return factor * hyper;
  return { ...hyper, schedule: product(hyper.schedule, asSchedule(hyper.where, "factor", factor)) };
}

/** Largest value of the learning rate, by which "decoupledSchedule" divides. */
function largest(where: string, learningRate: Hyper): number {
  if (typeof learningRate === "number") return learningRate;
  const [, most = 0] = learningRate.schedule.range ?? [];
  if (most > 0) return most;
  throw new TypeError(
    `${where}: decayCoupling "decoupledSchedule" needs a learning rate with a known largest value, got a function. ` +
      'Use a schedule, or "decoupledLearningRate".',
  );
}

/** Weight decay of a rule that supports every coupling. */
export function decayOf(where: string, options: DecayOptions, convention: Convention, learningRate: Hyper): Decay {
  const coupling = options.decayCoupling ?? usual[convention];
  return resolved(options, where, checkChoice(where, "decayCoupling", coupling, couplings), learningRate);
}

/** Weight decay of a rule that supports only decoupled couplings; `coupled` is the advice for others. */
export function decoupledDecayOf(where: string, options: DecayOptions, learningRate: Hyper, coupled: string): Decay {
  const { decayCoupling = "decoupledLearningRate" } = options;
  if (decayCoupling === "l2" || decayCoupling === "penalty")
    throw new RangeError(
      `${where}: decayCoupling "${decayCoupling}" contradicts the rule's decoupled decay. ${coupled}`,
    );
  return resolved(options, where, checkChoice(where, "decayCoupling", decayCoupling, decoupled), learningRate);
}

/** Throws if options of weight decay are given for a rule that does not support it. */
export function refuseDecay(where: string, options: object, reason: string): void {
  const key = firstGiven(options, decayKeys);
  if (key) throw new TypeError(`${where}: ${key} cannot be combined with this rule. ${reason}`);
}
