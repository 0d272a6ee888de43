// Gradient descent with momentum in all its forms.

import { checkHyper, type Schedulable } from "../schedules/scheduled.js";
import { ruleMomentum, ruleSgd } from "../values/contract.js";
import { checkChoice, checkFlag, checkOptions, firstGiven } from "../values/options.js";
import { type ConventionOption, checkConvention } from "./convention.js";
import { type DecayOptions, decayKeys, decayOf } from "./decay.js";
import { describeOptimizer, type Optimizer } from "./optimizer.js";

interface MomentumOptions {
  /**
   * Share of the last step that is kept, 0 < momentum < 1, typically 0.9: the nearer to 1, the longer a direction is
   * kept.
   */
  readonly momentum: Schedulable;
}

/** SGD with no, plain or Nesterov momentum; nonsense such as Nesterov with dampening does not compile. */
export type SgdOptions = {
  /** Learning rate h > 0, the length of a step as a multiple of the gradient: too large diverges; no default. */
  readonly learningRate: Schedulable;
} & ConventionOption &
  DecayOptions &
  (
    | {
        readonly momentum?: never;
        readonly momentumForm?: never;
        readonly nesterov?: false | "fista";
        readonly dampening?: never;
        readonly firstStep?: never;
      }
    | (MomentumOptions & {
        readonly momentumForm?: "buffer";
        readonly nesterov?: false;
        /** Share of the gradient kept out of the buffer, 0 ≤ dampening < 1; default 0. */
        readonly dampening?: Schedulable;
        /** Start of the buffer; default "gradient" as in PyTorch, otherwise "zero". */
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
// What "momentum" and "Nesterov" mean where nothing more is said.
const usual = {
  lecture: { momentumForm: "velocity", nesterov: "lookahead", firstStep: "zero" },
  pytorch: { momentumForm: "buffer", nesterov: true, firstStep: "gradient" },
  keras: { momentumForm: "velocity", nesterov: true, firstStep: "zero" },
  optax: { momentumForm: "buffer", nesterov: true, firstStep: "zero" },
} as const;
const own = ["learningRate", "momentum", "momentumForm", "nesterov", "dampening", "firstStep", "convention"];

/**
 * Stochastic gradient descent: w ← w − h g, with momentum in the form that is named.
 *
 * | momentumForm | rule |
 * |---|---|
 * | "buffer" (default) | b = μ b + (1 − τ) g; w ← w − h b |
 * | "velocity" (lectures, Keras) | v = μ v − h g; w ← w + v |
 * | "heavyBall" | w ← w − h g + μ (w − w₋₁), the same numbers as "velocity" |
 * | "ema" | m = μ m + (1 − μ) g; w ← w − h m |
 *
 * nesterov: true takes the shifted form (PyTorch's for "buffer", Keras's for "velocity"), with convention "lecture" the
 * look-ahead; "lookahead" takes the gradient at the point ahead, as the method is stated; "fista", without momentum,
 * takes μ = (t − 1)/(t + 2) for smooth convex losses, whose error then falls as 1/t².
 *
 * @throws RangeError  learningRate not positive, momentum outside (0, 1), dampening outside [0, 1), weightDecay negative
 * @throws TypeError   Nesterov together with dampening, or an unknown option
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
  const places = nesterov !== "fista" && momentumKind(options, convention) === kinds.lookahead;
  const momentumPart = nesterov === "fista" ? fista(options) : momentumForm(options, convention);
  const hyper = { learningRate, ...momentumPart };
  return describeOptimizer(sgd, options, {
    name: where,
    rule: ruleMomentum,
    states: 1,
    places,
    hyper,
    decay,
    ...(nesterov === "fista" ? { weightsAre: "extrapolated beyond its iterates" } : {}),
  });
}

// Codes of the core.
const kinds = { none: 0, shifted: 1, lookahead: 2, fista: 3 } as const;

/** FISTA's momentum is a function of the step. */
function fista(options: SgdOptions) {
  const key = firstGiven(options, ["momentum", "momentumForm", "dampening", "firstStep"]);
  if (key)
    throw new TypeError(`sgd: ${key} cannot be combined with nesterov "fista", whose momentum follows from the step.`);
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
  if (key)
    throw new TypeError(`sgd: ${key} belongs to the "buffer" form, got momentumForm "${form}". Drop one of them.`);
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
