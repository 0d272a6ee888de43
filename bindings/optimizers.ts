// Optimizers as plain descriptions: which rule of the core, and its hyper-parameters in the order of the rule's class.

import * as abi from "../assembly/abi.js";
import { checkChoice, checkFlag, checkOptions } from "./options.js";
import { checkHyper, type Hyper, type Schedulable } from "./scheduled.js";

/** A description that a trainer takes. */
export interface Optimizer {
  readonly name: string;
  /** Code of the update rule. */
  readonly rule: number;
  /** State vectors the rule keeps for each parameter. */
  readonly states: number;
  /** Whether the rule takes its gradient elsewhere than at the weights. */
  readonly places: boolean;
  /** Hyper-parameters as the rule's class lists them, the learning rate first. */
  readonly hyper: readonly Hyper[];
  /** Decoupled decay λ of w ← (1 − h λ) w. */
  readonly weightDecay: Hyper;
  /** What decays: parameters of two or more axes, or all. */
  readonly decayFilter: "matrices" | "all";
}

interface MomentumOptions {
  /** 0 < momentum < 1, typically 0.9. */
  readonly momentum: Schedulable;
}

/** SGD with no, plain or Nesterov momentum; nonsense such as Nesterov with dampening does not compile. */
export type SgdOptions = { readonly learningRate: Schedulable } & (
  | { readonly momentum?: never; readonly momentumForm?: never; readonly nesterov?: never; readonly dampening?: never }
  | (MomentumOptions & {
      readonly momentumForm?: "buffer";
      readonly nesterov?: false;
      /** Share of the gradient kept out of the buffer, 0 ≤ dampening < 1; default 0. */
      readonly dampening?: Schedulable;
      /** Start of the buffer; default "gradient" as in PyTorch. */
      readonly firstStep?: "gradient" | "zero";
    })
  | (MomentumOptions & { readonly momentumForm?: "buffer"; readonly nesterov: true; readonly dampening?: never })
  | (MomentumOptions & {
      readonly momentumForm: "velocity" | "heavyBall";
      readonly nesterov?: boolean | "lookahead";
      readonly dampening?: never;
    })
  | (MomentumOptions & {
      readonly momentumForm: "ema";
      readonly nesterov?: false | "lookahead";
      readonly dampening?: never;
    })
);

const noDecay = { weightDecay: 0, decayFilter: "matrices" } as const;
const positive = { above: 0 } as const;
const rate = (where: string, value: unknown): Hyper => checkHyper(where, "learningRate", value, positive);

/**
 * Stochastic gradient descent: w ← w − h g, with momentum in the form that is named.
 *
 * | momentumForm | rule |
 * |---|---|
 * | "buffer" (default) | b = μ b + (1 − τ) g; w ← w − h b |
 * | "velocity" | v = μ v − h g; w ← w + v |
 * | "heavyBall" | w ← w − h g + μ (w − w₋₁), the same numbers as "velocity" |
 * | "ema" | m = μ m + (1 − μ) g; w ← w − h m |
 *
 * nesterov: true takes the shifted form (PyTorch's for "buffer", Keras's for "velocity"); "lookahead" takes the
 * gradient at the point ahead, as the method is stated.
 *
 * @throws RangeError  learningRate not positive, momentum outside (0, 1), dampening outside [0, 1)
 * @throws TypeError   Nesterov together with dampening, or an unknown option
 * @example
 * sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true });
 * @see Sutskever, Martens, Dahl and Hinton, *On the importance of initialization and momentum*, ICML 2013
 */
export function sgd(options: SgdOptions): Optimizer {
  const where = "sgd";
  checkOptions(where, options, ["learningRate", "momentum", "momentumForm", "nesterov", "dampening", "firstStep"]);
  const { learningRate, momentum, momentumForm = "buffer", nesterov = false, ...bufferOnly } = options;
  const h = rate(where, learningRate);
  if (momentum === undefined) {
    for (const key of ["momentumForm", "nesterov", "dampening", "firstStep"])
      if (key in options) throw new TypeError(`sgd: ${key} needs momentum. Give momentum, for example 0.9.`);
    return { name: where, rule: abi.ruleSgd, states: 0, places: false, hyper: [h], ...noDecay };
  }
  const mu = checkHyper(where, "momentum", momentum, { above: 0, below: 1 });
  const form = checkChoice(where, "momentumForm", momentumForm, ["buffer", "velocity", "heavyBall", "ema"]);
  if (nesterov !== "lookahead") checkFlag(where, "nesterov", nesterov);
  if (form !== "buffer")
    for (const key of Object.keys(bufferOnly))
      throw new TypeError(`sgd: ${key} belongs to the "buffer" form, got momentumForm "${form}". Drop one of them.`);
  const { dampening = 0, firstStep = "gradient" } = bufferOnly as { dampening?: Schedulable; firstStep?: string };
  const tau = checkHyper(where, "dampening", dampening, { min: 0, below: 1 });
  checkChoice(where, "firstStep", firstStep, ["gradient", "zero"]);
  if (nesterov && tau !== 0) throw new TypeError("sgd: nesterov cannot be combined with dampening. Drop one of them.");
  if (nesterov === true && form === "ema")
    throw new TypeError('sgd: the "ema" form has only the look-ahead Nesterov. Use nesterov: "lookahead".');
  if (nesterov === "lookahead" && form === "buffer")
    throw new TypeError('sgd: the "buffer" form has only the shifted Nesterov. Use nesterov: true, or "velocity".');
  const first = form === "buffer" && firstStep === "gradient" ? 1 : 0;
  const kind = nesterov === "lookahead" ? 2 : nesterov ? 1 : 0;
  const hyper = [h, mu, tau, { buffer: 0, velocity: 1, heavyBall: 1, ema: 2 }[form], kind, first];
  return { name: where, rule: abi.ruleMomentum, states: 1, places: kind === 2, hyper, ...noDecay };
}

export interface AdamOptions {
  /** h > 0; default 0.001. */
  readonly learningRate?: Schedulable;
  /** Decay of the mean, 0 ≤ β₁ < 1; default 0.9. */
  readonly beta1?: Schedulable;
  /** Decay of the mean square, 0 ≤ β₂ < 1; default 0.999. */
  readonly beta2?: Schedulable;
  /** ε > 0, outside the root; default 1e-8. */
  readonly epsilon?: Schedulable;
}

function adamHyper(where: string, { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions) {
  return [
    rate(where, learningRate),
    checkHyper(where, "beta1", beta1, { min: 0, below: 1 }),
    checkHyper(where, "beta2", beta2, { min: 0, below: 1 }),
    checkHyper(where, "epsilon", epsilon, positive, positive),
  ];
}

/**
 * Adam: w ← w − h m̂ / (√v̂ + ε), with bias-corrected means m̂ of g and v̂ of g².
 *
 * @throws RangeError  learningRate or epsilon not positive, a decay outside [0, 1)
 * @example
 * adam({ learningRate: 1e-3 });
 * @see Kingma and Ba, *Adam: A method for stochastic optimization*, ICLR 2015, algorithm 1
 */
export function adam(options: AdamOptions = {}): Optimizer {
  checkOptions("adam", options, ["learningRate", "beta1", "beta2", "epsilon"]);
  const hyper = adamHyper("adam", options);
  return { name: "adam", rule: abi.ruleAdam, states: 2, places: false, hyper, ...noDecay };
}

export interface AdamWOptions extends AdamOptions {
  /** λ ≥ 0; default 0.01. */
  readonly weightDecay?: Schedulable;
  /** What decays: weights of two or more axes (biases and norms are spared), or all; default "matrices". */
  readonly decayFilter?: "matrices" | "all";
}

/**
 * AdamW: Adam with decoupled decay, w ← (1 − h λ) w before the step.
 *
 * @throws RangeError  as adam, and weightDecay negative
 * @example
 * adamW({ learningRate: 1e-3, weightDecay: 0.01 });
 * @see Loshchilov and Hutter, *Decoupled weight decay regularization*, ICLR 2019
 */
export function adamW(options: AdamWOptions = {}): Optimizer {
  checkOptions("adamW", options, ["learningRate", "beta1", "beta2", "epsilon", "weightDecay", "decayFilter"]);
  const hyper = adamHyper("adamW", options);
  const weightDecay = checkHyper("adamW", "weightDecay", options.weightDecay ?? 0.01, { min: 0 });
  const decayFilter = checkChoice("adamW", "decayFilter", options.decayFilter ?? "matrices", ["matrices", "all"]);
  return { name: "adamW", rule: abi.ruleAdam, states: 2, places: false, hyper, weightDecay, decayFilter };
}
