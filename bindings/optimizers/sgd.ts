// Stochastic gradient descent with the forms of momentum.

import { checkHyper, type Schedulable } from "../schedules/scheduled.js";
import { ruleMomentum, ruleSgd } from "../values/contract.js";
import { checkChoice, checkFlag, checkOptions, firstGiven } from "../values/options.js";
import { type ConventionOption, checkConvention } from "./convention.js";
import { type DecayOptions, decayKeys, decayOf } from "./decay.js";
import { describeOptimizer, type Optimizer } from "./optimizer.js";

/** Options of `sgd` with momentum. */
export interface MomentumOptions {
  /** Momentum μ, 0 < μ < 1, typically 0.9. Larger values average over more steps. */
  readonly momentum: Schedulable;
}

/** Options of sgd; combinations that have no meaning, such as Nesterov momentum with dampening, are type errors. */
export type SgdOptions = {
  /** Learning rate h > 0; required. Larger values train faster, but diverge if too large. */
  readonly learningRate: Schedulable;
} & ConventionOption &
  DecayOptions &
  (
    | {
        /** Momentum μ, 0 < μ < 1; default: no momentum. */
        readonly momentum?: never;
        /** Form of the momentum: "buffer", "velocity", "heavyBall" or "ema"; default that of the convention. */
        readonly momentumForm?: never;
        /**
         * Nesterov momentum: true for the form of the convention, "lookahead" for the gradient at w + μ v, or "fista" for
         * μ = (t − 1)/(t + 2) without `momentum`; default false.
         */
        readonly nesterov?: false | "fista";
        readonly dampening?: never;
        readonly firstStep?: never;
      }
    | (MomentumOptions & {
        readonly momentumForm?: "buffer";
        readonly nesterov?: false;
        /** Dampening τ of the gradient in the buffer, 0 ≤ τ < 1; default 0. */
        readonly dampening?: Schedulable;
        /** Initial buffer: the first "gradient" (default for "pytorch"), or "zero" (default for other conventions). */
        readonly firstStep?: "gradient" | "zero";
      })
    | (MomentumOptions & { readonly momentumForm?: "buffer"; readonly nesterov: true; readonly dampening?: never })
    | (MomentumOptions & {
        readonly momentumForm?: "velocity" | "heavyBall";
        readonly nesterov?: boolean | "lookahead";
        readonly dampening?: never;
      })
    | (MomentumOptions & {
        readonly momentumForm: "ema";
        readonly nesterov?: false | "lookahead";
        readonly dampening?: never;
      })
  );

const forms = ["buffer", "velocity", "heavyBall", "ema"] as const;
// Default forms of momentum and Nesterov momentum by convention.
const usual = {
  lecture: { momentumForm: "velocity", nesterov: "lookahead", firstStep: "zero" },
  pytorch: { momentumForm: "buffer", nesterov: true, firstStep: "gradient" },
  keras: { momentumForm: "velocity", nesterov: true, firstStep: "zero" },
  optax: { momentumForm: "buffer", nesterov: true, firstStep: "zero" },
} as const;
const own = ["learningRate", "momentum", "momentumForm", "nesterov", "dampening", "firstStep", "convention"];

/**
 * Stochastic gradient descent: w ← w − h g, optionally with momentum.
 *
 * | momentumForm | rule |
 * |---|---|
 * | "buffer" (default) | b = μ b + (1 − τ) g; w ← w − h b |
 * | "velocity" (lectures, Keras) | v = μ v − h g; w ← w + v |
 * | "heavyBall" | w ← w − h g + μ (w − w₋₁), equal to "velocity" |
 * | "ema" | m = μ m + (1 − μ) g; w ← w − h m |
 *
 * nesterov: true uses the shifted form (PyTorch's for "buffer", Keras's for "velocity"), or with convention "lecture"
 * the look-ahead form. "lookahead" evaluates the gradient at the look-ahead point w + μ v, the original form of the
 * method. "fista", without the option momentum, uses μ = (t − 1)/(t + 2), with which the error of smooth convex losses
 * decreases as 1/t².
 *
 * @param options  learningRate, momentum, momentumForm, nesterov, dampening, firstStep, weightDecay, decayCoupling,
 *   decayFilter, convention
 * @throws RangeError  learningRate is not positive, momentum is outside (0, 1), dampening is outside [0, 1), or
 *   weightDecay is negative
 * @throws TypeError   options cannot be combined, such as nesterov with dampening, or an option is unknown
 * @example
 * sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true });
 * @see Sutskever, Martens, Dahl and Hinton, *On the importance of initialization and momentum*, ICML 2013
 * @see Polyak, *Some methods of speeding up the convergence of iteration methods*, 1964 (heavy ball)
 * @see Beck and Teboulle, *A fast iterative shrinkage-thresholding algorithm*, SIAM J. Imaging Sci. 2, 2009 (fista)
 */
export function sgd(options: SgdOptions): Optimizer {
  const where = "sgd";
  checkOptions(where, options, [...own, ...decayKeys]);
  const convention = checkConvention(where, options);
  const learningRate = checkHyper(where, "learningRate", options.learningRate, { above: 0 });
  const decay = decayOf(where, options, convention, learningRate);
  const { momentum, nesterov = false } = options;
  if (momentum === undefined && nesterov !== "fista") {
    const key = firstGiven(options, ["momentumForm", "nesterov", "dampening", "firstStep"]);
    if (key) throw new TypeError(`sgd: ${key} needs momentum. Give momentum, for example 0.9.`);
    return describeOptimizer(sgd, options, { name: where, rule: ruleSgd, hyper: { learningRate }, decay });
  }
  const looksAhead = nesterov !== "fista" && momentumKind(options, convention) === kinds.lookahead;
  const momentumPart = nesterov === "fista" ? fista(options) : momentumForm(options, convention);
  const hyper = { learningRate, ...momentumPart };
  return describeOptimizer(sgd, options, {
    name: where,
    rule: ruleMomentum,
    states: 1,
    looksAhead,
    hyper,
    decay,
    ...(nesterov === "fista" ? { weightsAre: "extrapolated beyond its iterates" } : {}),
  });
}

// Codes of the core.
const kinds = { none: 0, shifted: 1, lookahead: 2, fista: 3 } as const;

/** Hyper-parameters of FISTA, whose momentum depends on the step. */
function fista(options: SgdOptions) {
  const key = firstGiven(options, ["momentum", "momentumForm", "dampening", "firstStep"]);
  if (key)
    throw new TypeError(`sgd: ${key} cannot be combined with nesterov "fista", whose momentum depends on the step.`);
  return { momentum: 0, dampening: 0, form: 1, nesterov: kinds.fista, firstGradient: 0 };
}

function momentumKind({ nesterov = false, momentumForm }: SgdOptions, convention: keyof typeof usual): number {
  if (nesterov !== "lookahead") checkFlag("sgd", "nesterov", nesterov);
  const form = momentumForm ?? usual[convention].momentumForm;
  const meant = nesterov === true && form === usual[convention].momentumForm ? usual[convention].nesterov : nesterov;
  return meant === "lookahead" ? kinds.lookahead : meant ? kinds.shifted : kinds.none;
}

function momentumForm(options: SgdOptions, convention: keyof typeof usual) {
  const where = "sgd";
  const preset = usual[convention];
  const momentum = checkHyper(where, "momentum", options.momentum, { above: 0, below: 1 });
  const form = checkChoice(where, "momentumForm", options.momentumForm ?? preset.momentumForm, forms);
  const nesterov = momentumKind(options, convention);
  const key = form === "buffer" ? undefined : firstGiven(options, ["dampening", "firstStep"]);
  if (key) throw new TypeError(`sgd: ${key} needs momentumForm "buffer", got "${form}". Leave one of them out.`);
  const { dampening = 0, firstStep = preset.firstStep } = options as { dampening?: Schedulable; firstStep?: string };
  const tau = checkHyper(where, "dampening", dampening, { min: 0, below: 1 });
  checkChoice(where, "firstStep", firstStep, ["gradient", "zero"]);
  if (nesterov !== kinds.none && tau !== 0)
    throw new TypeError("sgd: nesterov cannot be combined with dampening. Drop one of them.");
  if (nesterov === kinds.shifted && form === "ema")
    throw new TypeError('sgd: the "ema" form has only the look-ahead Nesterov. Use nesterov: "lookahead".');
  if (nesterov === kinds.lookahead && form === "buffer")
    throw new TypeError('sgd: the "buffer" form has only the shifted Nesterov. Use nesterov: true, or "velocity".');
  const firstGradient = Number(form === "buffer" && firstStep === "gradient");
  return {
    momentum,
    dampening: tau,
    form: { buffer: 0, velocity: 1, heavyBall: 1, ema: 2 }[form],
    nesterov,
    firstGradient,
  };
}
