// Descriptions of methods: the code of the core's direction, its numbers by the field names of its class, and the line
// search.

import * as abi from "../../assembly/abi.js";
import { type Given, inOrder, type Registered } from "../engine/fields.js";
import type { FitMethod } from "../training/fitOptions.js";
import {
  directionBfgs,
  directionConjugate,
  directionDamped,
  directionGaussNewton,
  directionLbfgs,
  directionLevenbergMarquardt,
  directionNewton,
  directionSaddleFree,
  directionSteepest,
  directionTrustRegion,
} from "../values/contract.js";
import type { Insides } from "../values/opaque.js";
import { checkChoice, checkNumber, checkOptions, shown } from "../values/options.js";
import { beginFit, planFit } from "./fullBatch.js";
import { backtracking, fixedStep, hagerZhang, type LineSearch, moreThuente } from "./lineSearches.js";
import type { MinimizeMethod } from "./method.js";

/** Method that needs only gradients, and can be an option of `fit` as well. */
export type GradientMethod = MinimizeMethod & FitMethod;

/** Option of methods with a line search. */
export interface LineSearchOption {
  /** Line search along the direction; the default depends on the method. */
  readonly lineSearch?: LineSearch;
}

type Direction = Registered & { readonly needs: number };

function describe<Kind extends Direction, Got>(
  name: string,
  kind: Kind,
  given: Got & Given<Kind, number, Got>,
  lineSearch: LineSearch | null = null,
  pairs = 0,
): MinimizeMethod {
  const numbers = inOrder<number>(kind, given);
  const made: Insides<MinimizeMethod> = {
    method: name,
    direction: kind.code,
    numbers,
    needs: kind.needs,
    pairs,
    lineSearch,
  };
  return made as MinimizeMethod;
}

/** Checked line search of the options, or the default. */
function along(name: string, options: LineSearchOption, otherwise: () => LineSearch): LineSearch {
  const lineSearch = options.lineSearch ?? otherwise();
  if (typeof lineSearch === "object" && "search" in lineSearch) return lineSearch;
  throw new TypeError(`${name}: lineSearch must be a line search, got ${shown(lineSearch)}. Try strongWolfe().`);
}

/** Adds the functions that `fit` needs. */
function gradientMethod(made: MinimizeMethod): GradientMethod {
  const both: MinimizeMethod & Insides<FitMethod> = {
    ...made,
    plan: (options, rows) => planFit(made, options, rows),
    begin: (trainer) => beginFit(made, trainer),
  };
  return both as GradientMethod;
}

/**
 * Gradient descent: d = −g. Default line search: `backtracking()`.
 *
 * @param options  lineSearch
 * @throws TypeError  an option is unknown or of the wrong kind
 * @example
 * minimizeSync(engine, (x) => x.square().sum(), [2, 3], gradientDescent()).status; // "converged"
 * @see Cauchy, *Méthode générale pour la résolution des systèmes d'équations simultanées*, 1847
 */
export function gradientDescent(options: LineSearchOption = {}): GradientMethod {
  checkOptions("gradientDescent", options, ["lineSearch"]);
  const search = along("gradientDescent", options, backtracking);
  return gradientMethod(describe("gradientDescent", directionSteepest, {}, search));
}

const betas = [
  "fletcherReeves",
  "polakRibiere",
  "polakRibierePlus",
  "hestenesStiefel",
  "daiYuan",
  "hagerZhang",
] as const satisfies readonly ConjugateGradientOptions["beta"][];

/** Options of `conjugateGradient`. */
export interface ConjugateGradientOptions extends LineSearchOption {
  /** Formula for β; default "hagerZhang". */
  readonly beta?: "fletcherReeves" | "polakRibiere" | "polakRibierePlus" | "hestenesStiefel" | "daiYuan" | "hagerZhang";
  /** Number of iterations after which to restart with −g, ≥ 1; default: restart only if d is not a descent direction. */
  readonly restart?: number;
}

/**
 * Nonlinear conjugate gradients: d ← −g + β d. Default line search: `hagerZhang({ curvature: 0.4 })`. With
 * `exactQuadratic()` a quadratic of n variables is minimized in n steps. Directions are conjugate only for accurate line
 * searches: use `strongWolfe` and `moreThuente` with a curvature of 0.1 to 0.5 (Nocedal and Wright, *Numerical
 * Optimization*, 2006, §5.2); without, "hestenesStiefel" zigzags.
 *
 * @param options  beta, restart, lineSearch
 * @throws RangeError  beta is unknown, or restart is below 1
 * @example
 * minimizeSync(engine, (x) => x.square().sum(), [2, 3], conjugateGradient({ beta: "polakRibierePlus" })).status;
 * @see Hager and Zhang, *A survey of nonlinear conjugate gradient methods*, Pacific J. Optim., 2006
 */
export function conjugateGradient(options: ConjugateGradientOptions = {}): GradientMethod {
  const where = "conjugateGradient";
  checkOptions(where, options, ["beta", "restart", "lineSearch"]);
  const { beta = "hagerZhang", restart } = options;
  checkChoice(where, "beta", beta, betas);
  if (restart !== undefined) checkNumber(where, "restart", restart, { min: 1, integer: true });
  const fields = { beta: betas.indexOf(beta), restart: restart ?? Number.POSITIVE_INFINITY };
  const search = along(where, options, () => hagerZhang({ curvature: 0.4 }));
  return gradientMethod(describe(where, directionConjugate, fields, search));
}

/**
 * BFGS: d = −H g, with an approximation H of the inverse Hessian that satisfies H y = s for the last step s and gradient
 * change y. Needs memory for n² numbers. Default line search: `moreThuente()`.
 *
 * @param options  lineSearch
 * @throws TypeError  an option is unknown or of the wrong kind
 * @example
 * minimizeSync(engine, (x) => x.square().sum(), [2, 3], bfgs()).iterations; // 2
 * @see Nocedal and Wright, *Numerical Optimization*, 2006, algorithm 6.1
 */
export function bfgs(options: LineSearchOption = {}): GradientMethod {
  checkOptions("bfgs", options, ["lineSearch"]);
  return gradientMethod(describe("bfgs", directionBfgs, {}, along("bfgs", options, moreThuente)));
}

/** Options of `lbfgs`. */
export interface LbfgsOptions extends LineSearchOption {
  /**
   * Number m of stored pairs of steps and gradient changes, ≥ 1; default 10. More pairs reduce the number of iterations,
   * but increase the memory and the time of each.
   */
  readonly memory?: number;
}

/**
 * L-BFGS: d = −H g, with the BFGS approximation H of the last m steps by the two-loop recursion. Needs memory for 2 m n
 * numbers. With the option `bounds` of minimize it is L-BFGS-B: the Cauchy point along the projected gradient, followed
 * by a minimization over the free variables. Default line search: `moreThuente()`.
 *
 * @param options  memory, lineSearch
 * @throws RangeError  memory is below 1
 * @example
 * minimizeSync(engine, (x) => x.square().sum(), [2, 3], lbfgs({ memory: 5 })).status; // "converged"
 * @see Liu and Nocedal, *On the limited memory BFGS method for large scale optimization*, Math. Programming, 1989; Byrd,
 * Lu, Nocedal and Zhu, *A limited memory algorithm for bound constrained optimization*, SIAM J. Sci. Comput., 1995
 */
export function lbfgs(options: LbfgsOptions = {}): GradientMethod {
  checkOptions("lbfgs", options, ["memory", "lineSearch"]);
  const memory = checkNumber("lbfgs", "memory", options.memory ?? 10, { min: 1, integer: true });
  return gradientMethod(describe("lbfgs", directionLbfgs, { memory }, along("lbfgs", options, moreThuente), memory));
}

/**
 * Newton's method: d = −H⁻¹ g, without safeguards. On a quadratic it reaches the critical point in one step, which may be
 * a saddle point or a maximum. Default line search: `fixedStep(1)`.
 *
 * @param options  lineSearch
 * @throws TypeError  an option is unknown or of the wrong kind
 * @example
 * minimizeSync(engine, (x) => x.square().sum(), [2, 3], newton()).iterations; // 1
 * @see Nocedal and Wright, *Numerical Optimization*, 2006, §3.3
 */
export function newton(options: LineSearchOption = {}): MinimizeMethod {
  checkOptions("newton", options, ["lineSearch"]);
  return describe("newton", directionNewton, {}, along("newton", options, fixedStep));
}

/** Options of `dampedNewton`. */
export interface DampedNewtonOptions extends LineSearchOption {
  /**
   * Damping α ≥ 0; larger values give shorter steps, closer to the direction −g. Default: the first of an increasing
   * sequence for which H + α I is positive definite.
   */
  readonly damping?: number;
}

/**
 * Damped Newton: d = −(H + α I)⁻¹ g, which tends to −g / α for large α. Default line search: `backtracking()`.
 *
 * @param options  damping, lineSearch
 * @throws RangeError  damping is below 0
 * @example
 * minimizeSync(engine, (x) => x.square().square().sum(), [2, 3], dampedNewton()).status; // "converged"
 * @see Nocedal and Wright, *Numerical Optimization*, 2006, algorithm 3.3
 */
export function dampedNewton(options: DampedNewtonOptions = {}): MinimizeMethod {
  checkOptions("dampedNewton", options, ["damping", "lineSearch"]);
  const { damping } = options;
  if (damping !== undefined) checkNumber("dampedNewton", "damping", damping, { min: 0 });
  const search = along("dampedNewton", options, backtracking);
  return describe("dampedNewton", directionDamped, { given: damping ?? Number.NaN }, search);
}

/**
 * Saddle-free Newton: d = −|H|⁻¹ g, where |H| has the absolute values of the eigenvalues of H, so that saddle points
 * repel. Default line search: `backtracking()`.
 *
 * @param options  lineSearch
 * @throws TypeError  an option is unknown or of the wrong kind
 * @example
 * minimizeSync(engine, (x) => x.square().sum(), [2, 3], saddleFreeNewton()).status; // "converged"
 * @see Dauphin et al., *Identifying and attacking the saddle point problem*, NIPS, 2014
 */
export function saddleFreeNewton(options: LineSearchOption = {}): MinimizeMethod {
  checkOptions("saddleFreeNewton", options, ["lineSearch"]);
  const search = along("saddleFreeNewton", options, backtracking);
  return describe("saddleFreeNewton", directionSaddleFree, {}, search);
}

/** Options of `trustRegionNewton`. */
export interface TrustRegionOptions {
  /** Initial radius in the unit of x, > 0; default 1. Limits the length of the first step. */
  readonly radius?: number;
  /** Maximum radius in the unit of x, ≥ radius; default 1e5 · max(1, ‖x₀‖). Limits the length of every step. */
  readonly maxRadius?: number;
}

/**
 * Newton-CG in a trust region: p ≈ argmin g'p + ½ p'H p for ‖p‖ ≤ Δ, by conjugate gradients that end at the boundary or
 * at a direction of negative curvature (Steihaug). Needs only Hessian-vector products.
 *
 * @param options  radius, maxRadius
 * @throws RangeError  radius is not positive, or maxRadius is below it
 * @example
 * minimizeSync(engine, (x) => x.square().sum(), [2, 3], trustRegionNewton()).status; // "converged"
 * @see Steihaug, *The conjugate gradient method and trust regions in large scale optimization*, SIAM J. Numer. Anal.,
 *   1983
 */
export function trustRegionNewton(options: TrustRegionOptions = {}): MinimizeMethod {
  const where = "trustRegionNewton";
  checkOptions(where, options, ["radius", "maxRadius"]);
  const radius = checkNumber(where, "radius", options.radius ?? 1, { above: 0 });
  const { maxRadius } = options;
  if (maxRadius !== undefined) checkNumber(where, "maxRadius", maxRadius, { min: radius });
  return describe(where, directionTrustRegion, { radius, maxRadius: maxRadius ?? Number.NaN });
}

/**
 * Gauss-Newton for residuals r(x): d = argmin ‖J d + r‖. The option `gradientTolerance` is compared with the cosines
 * between r and the columns of J. Default line search: `backtracking()`.
 *
 * @param options  lineSearch
 * @throws TypeError  an option is unknown, or lineSearch is `exactQuadratic()`, which needs a Hessian
 * @example
 * minimizeSync(engine, (x) => x.subtract([1, 2]), [0, 0], gaussNewton()).value; // 0
 * @see Nocedal and Wright, *Numerical Optimization*, 2006, §10.3
 */
export function gaussNewton(options: LineSearchOption = {}): MinimizeMethod {
  checkOptions("gaussNewton", options, ["lineSearch"]);
  if ((options.lineSearch?.needs ?? 0) & abi.requestProduct)
    throw new TypeError(
      "gaussNewton: exactQuadratic() needs products with the Hessian, which residuals lack. Use backtracking().",
    );
  return describe("gaussNewton", directionGaussNewton, {}, along("gaussNewton", options, backtracking));
}

/** Options of `levenbergMarquardt`. */
export interface LevenbergMarquardtOptions {
  /** Maximum length of the first step relative to ‖D x‖, > 0; default 10. */
  readonly firstStep?: number;
}

/**
 * Levenberg-Marquardt for residuals r(x): p = argmin ‖J p + r‖ for ‖D p‖ ≤ Δ. The diagonal of D has the norms of the
 * columns of J, so that the steps do not depend on the units of x. The option `gradientTolerance` is compared with the
 * cosines between r and the columns of J.
 *
 * @param options  firstStep
 * @throws RangeError  firstStep is not positive
 * @example
 * minimizeSync(engine, (x) => x.subtract([1, 2]), [0, 0], levenbergMarquardt()).status; // "converged"
 * @see Moré, *The Levenberg-Marquardt algorithm: implementation and theory*, Lecture Notes in Mathematics 630, 1978
 */
export function levenbergMarquardt(options: LevenbergMarquardtOptions = {}): MinimizeMethod {
  const where = "levenbergMarquardt";
  checkOptions(where, options, ["firstStep"]);
  const firstStep = checkNumber(where, "firstStep", options.firstStep ?? 10, { above: 0 });
  return describe(where, directionLevenbergMarquardt, { firstStep });
}

/** True if the method is for residuals. @internal */
export function wantsResiduals({ needs }: MinimizeMethod): boolean {
  return (needs & abi.requestResiduals) !== 0;
}
