// Descriptions of methods: which direction of the core, its numbers, which the direction's class names, and the line search
// along it.

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

/** A method that needs no more than gradients: `fit` takes it as well. */
export type GradientMethod = MinimizeMethod & FitMethod;

export interface LineSearchOption {
  /** How far to go along the direction; default: as the method says. */
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

/** The line search that is given, or the usual one. */
function along(name: string, options: LineSearchOption, otherwise: () => LineSearch): LineSearch {
  const lineSearch = options.lineSearch ?? otherwise();
  if (typeof lineSearch === "object" && "search" in lineSearch) return lineSearch;
  throw new TypeError(`${name}: lineSearch must be a line search, got ${shown(lineSearch)}. Try strongWolfe().`);
}

/** A method that `fit` takes as well. */
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
 * @throws TypeError  an unknown option
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
] as const;

export interface ConjugateGradientOptions extends LineSearchOption {
  /** Which β; default "hagerZhang". */
  readonly beta?: (typeof betas)[number];
  /** Iterations after which it starts again with −g, ≥ 1; default: only where the direction does not lead down. */
  readonly restart?: number;
}

/**
 * Nonlinear conjugate gradients: d ← −g + β d. Default line search: `hagerZhang()`; on quadratics `exactQuadratic()` ends
 * in n steps. Directions are conjugate as far as steps are exact: give `strongWolfe` and `moreThuente` a curvature of 0.1
 * to 0.5 (Nocedal and Wright, *Numerical Optimization*, 2006, §5.2), without which "hestenesStiefel" zigzags.
 *
 * @throws RangeError  a β that is not known, or restart below 1
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
 * BFGS: d = −H g, H the approximation of the inverse Hessian that satisfies H y = s. Memory n². Default line search:
 * `moreThuente()`.
 *
 * @throws TypeError  an unknown option
 * @example
 * minimizeSync(engine, (x) => x.square().sum(), [2, 3], bfgs()).iterations; // 2
 * @see Nocedal and Wright, *Numerical Optimization*, 2006, algorithm 6.1
 */
export function bfgs(options: LineSearchOption = {}): GradientMethod {
  checkOptions("bfgs", options, ["lineSearch"]);
  return gradientMethod(describe("bfgs", directionBfgs, {}, along("bfgs", options, moreThuente)));
}

export interface LbfgsOptions extends LineSearchOption {
  /**
   * Pairs of steps and gradient changes remembered, ≥ 1: more take fewer iterations, and memory and time of each;
   * default 10.
   */
  readonly memory?: number;
}

/**
 * L-BFGS: BFGS of the last m steps, d = −H g by the two-loop recursion; memory m n. With `bounds` it is L-BFGS-B: the
 * Cauchy point along the projected gradient, then the minimum over the free variables. Default line search:
 * `moreThuente()`.
 *
 * @throws RangeError  memory below 1
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
 * Newton's method: d = −H⁻¹ g, as it stands: one step to the critical point of a quadratic, be it a minimum or a saddle.
 * Default line search: none, `fixedStep(1)`.
 *
 * @throws TypeError  an unknown option
 * @example
 * minimizeSync(engine, (x) => x.square().sum(), [2, 3], newton()).iterations; // 1
 * @see Nocedal and Wright, *Numerical Optimization*, 2006, §3.3
 */
export function newton(options: LineSearchOption = {}): MinimizeMethod {
  checkOptions("newton", options, ["lineSearch"]);
  return describe("newton", directionNewton, {}, along("newton", options, fixedStep));
}

export interface DampedNewtonOptions extends LineSearchOption {
  /**
   * α ≥ 0: larger takes shorter steps, nearer to −g; default: the least of a growing sequence with which H + α I is
   * positive definite.
   */
  readonly damping?: number;
}

/**
 * Damped Newton: d = −(H + α I)⁻¹ g, positive definite; the larger α, the nearer to −g / α. Default line search:
 * `backtracking()`.
 *
 * @throws RangeError  damping below 0
 * @example
 * minimizeSync(engine, (x) => x.square().square().sum(), [2, 3], dampedNewton()).status; // "converged"
 * @see Nocedal and Wright, *Numerical Optimization*, 2006, algorithm 3.3
 */
export function dampedNewton(options: DampedNewtonOptions = {}): MinimizeMethod {
  checkOptions("dampedNewton", options, ["damping", "lineSearch"]);
  const { damping } = options;
  if (damping !== undefined) checkNumber("dampedNewton", "damping", damping, { min: 0 });
  const search = along("dampedNewton", options, backtracking);
  return describe("dampedNewton", directionDamped, { damping: damping ?? Number.NaN }, search);
}

/**
 * Saddle-free Newton: d = −|H|⁻¹ g, |H| with the absolute eigenvalues, so that saddles repel. Default line search:
 * `backtracking()`.
 *
 * @throws TypeError  an unknown option
 * @example
 * minimizeSync(engine, (x) => x.square().sum(), [2, 3], saddleFreeNewton()).status; // "converged"
 * @see Dauphin et al., *Identifying and attacking the saddle point problem*, NIPS, 2014
 */
export function saddleFreeNewton(options: LineSearchOption = {}): MinimizeMethod {
  checkOptions("saddleFreeNewton", options, ["lineSearch"]);
  const search = along("saddleFreeNewton", options, backtracking);
  return describe("saddleFreeNewton", directionSaddleFree, {}, search);
}

export interface TrustRegionOptions {
  /** Radius of the first region, > 0, in the unit of x: the first step is no longer; default 1. */
  readonly radius?: number;
  /** Radius at most, in the unit of x: no step is longer; default 1e5, or so many times the length of the start if above 1. */
  readonly maxRadius?: number;
}

/**
 * Newton-CG in a trust region: conjugate gradients on the quadratic model, ended at the border or where the curvature is
 * negative (Steihaug). It asks for products H v alone.
 *
 * @throws RangeError  a radius that is not positive
 * @example
 * minimizeSync(engine, (x) => x.square().sum(), [2, 3], trustRegionNewton()).status; // "converged"
 * @see Steihaug, *The conjugate gradient method and trust regions in large scale optimization*, SIAM J. Numer. Anal., 1983
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
 * Gauss-Newton for residuals r(x): d minimizes ‖J d + r‖. `gradientTolerance` is compared with the cosines between r and
 * the columns of J. Default line search: `backtracking()`.
 *
 * @throws TypeError  an unknown option, or `exactQuadratic()`, which needs a Hessian
 * @example
 * minimizeSync(engine, (x) => x.subtract([1, 2]), [0, 0], gaussNewton()).value; // 0
 * @see Nocedal and Wright, *Numerical Optimization*, 2006, §10.3
 */
export function gaussNewton(options: LineSearchOption = {}): MinimizeMethod {
  checkOptions("gaussNewton", options, ["lineSearch"]);
  if ((options.lineSearch?.needs ?? 0) & abi.requestProduct)
    throw new TypeError(
      "gaussNewton: exactQuadratic() asks for products with the Hessian, and residuals have none. Use backtracking().",
    );
  return describe("gaussNewton", directionGaussNewton, {}, along("gaussNewton", options, backtracking));
}

export interface LevenbergMarquardtOptions {
  /** Longest first step, in units of ‖D x‖, > 0; default 10. */
  readonly firstStep?: number;
}

/**
 * Levenberg-Marquardt for residuals r(x): the step minimizes ‖J p + r‖ where ‖D p‖ ≤ Δ, D the lengths of the columns of
 * J, so that units do not matter. `gradientTolerance` is compared with the cosines between r and the columns.
 *
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

/** Whether the method works on residuals. @internal */
export function wantsResiduals({ needs }: MinimizeMethod): boolean {
  return (needs & abi.requestResiduals) !== 0;
}
