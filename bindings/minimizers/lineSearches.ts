// Descriptions of line searches: the code of the core's search, and its numbers by the field names of its class. Every
// line search can be combined with every direction.

import { type Given, inOrder, type Registered } from "../engine/fields.js";
import {
  searchBacktracking,
  searchFixed,
  searchGoldstein,
  searchHagerZhang,
  searchMoreThuente,
  searchQuadratic,
  searchStrongWolfe,
} from "../values/contract.js";
import type { Insides, Opaque } from "../values/opaque.js";
import { checkChoice, checkNumber, checkOptions } from "../values/options.js";

/** Description of a line search, an option of methods. */
export interface LineSearch extends Opaque<"LineSearch"> {
  /** Name of the search. @internal */
  readonly search: string;
  /** Code in the core. @internal */
  readonly code: number;
  /** Numbers in the order of the fields of the core's class. @internal */
  readonly numbers: readonly number[];
  /** Bits of the core's requests that it makes along a direction. @internal */
  readonly needs: number;
}

function describe<Kind extends Registered & { readonly needs: number }, Got>(
  search: string,
  kind: Kind,
  given: Got & Given<Kind, number, Got>,
): LineSearch {
  const made: Insides<LineSearch> = {
    search,
    code: kind.code,
    numbers: inOrder<number>(kind, given),
    needs: kind.needs,
  };
  return made as LineSearch;
}

const fraction = { above: 0, below: 1 } as const;

/** Options of `backtracking`. */
export interface BacktrackingOptions {
  /** Constant c of the condition, 0 < c < 1; default 1e-4. Larger values require more decrease and give shorter steps. */
  readonly sufficientDecrease?: number;
  /**
   * Next step: the minimizer of a "cubic" (default) or "quadratic" model, or a factor of this step, above 0 and below
   * 1.
   */
  readonly next?: "cubic" | "quadratic" | number;
}

/**
 * Backtracking (Armijo): shortens the step t until f(x + t d) ≤ f(x) + c t g'd. Evaluates values only.
 *
 * @param options  sufficientDecrease, next
 * @throws RangeError  an option is out of range
 * @example
 * gradientDescent({ lineSearch: backtracking({ next: 0.5 }) });
 * @see Armijo, *Minimization of functions having Lipschitz continuous first partial derivatives*, Pacific J. Math., 1966
 */
export function backtracking(options: BacktrackingOptions = {}): LineSearch {
  const where = "backtracking";
  checkOptions(where, options, ["sufficientDecrease", "next"]);
  const { sufficientDecrease = 1e-4, next = "cubic" } = options;
  checkNumber(where, "sufficientDecrease", sufficientDecrease, fraction);
  if (typeof next === "number") checkNumber(where, "next", next, fraction);
  else checkChoice(where, "next", next, ["cubic", "quadratic"]);
  const factor = typeof next === "number" ? next : 0;
  return describe(where, searchBacktracking, { sufficientDecrease, factor, cubic: Number(next === "cubic") });
}

/** Options of `goldstein`. */
export interface GoldsteinOptions {
  /** Constant c of both conditions, 0 < c < 0.5; default 0.25. Larger values narrow the range of accepted steps. */
  readonly sufficientDecrease?: number;
}

/**
 * Goldstein search: f(x) + (1 − c) t g'd ≤ f(x + t d) ≤ f(x) + c t g'd, so that t is neither too long nor too short.
 * Evaluates values only. The steps need not satisfy y's > 0, which BFGS requires, so use `moreThuente()` with
 * quasi-Newton methods.
 *
 * @param options  sufficientDecrease
 * @throws RangeError  an option is out of range
 * @example
 * gradientDescent({ lineSearch: goldstein({ sufficientDecrease: 0.1 }) });
 * @see Goldstein, *On steepest descent*, SIAM J. Control, 1965
 */
export function goldstein(options: GoldsteinOptions = {}): LineSearch {
  const where = "goldstein";
  checkOptions(where, options, ["sufficientDecrease"]);
  const sufficientDecrease = checkNumber(where, "sufficientDecrease", options.sufficientDecrease ?? 0.25, {
    above: 0,
    below: 0.5,
  });
  return describe(where, searchGoldstein, { sufficientDecrease });
}

/** Options of `strongWolfe` and `moreThuente`. */
export interface WolfeOptions {
  /** Constant c₁ of the decrease, 0 < c₁ < c₂; default 1e-4. Larger values require more decrease. */
  readonly sufficientDecrease?: number;
  /**
   * Constant c₂ of the slope, c₁ < c₂ < 1; default 0.9. Smaller values give steps closer to the minimum along the line,
   * with more evaluations.
   */
  readonly curvature?: number;
}

function wolfe(where: string, options: WolfeOptions) {
  checkOptions(where, options, ["sufficientDecrease", "curvature"]);
  const { sufficientDecrease = 1e-4, curvature = 0.9 } = options;
  checkNumber(where, "sufficientDecrease", sufficientDecrease, fraction);
  checkNumber(where, "curvature", curvature, { above: sufficientDecrease, below: 1 });
  return { sufficientDecrease, curvature };
}

/**
 * Strong Wolfe search: f(x + t d) ≤ f(x) + c₁ t g'd and |∇f(x + t d)'d| ≤ c₂ |g'd|, by bracketing and zoom.
 *
 * @param options  sufficientDecrease, curvature
 * @throws RangeError  an option is out of range
 * @example
 * bfgs({ lineSearch: strongWolfe({ curvature: 0.5 }) });
 * @see Nocedal and Wright, *Numerical Optimization*, 2006, algorithms 3.5 and 3.6
 */
export function strongWolfe(options: WolfeOptions = {}): LineSearch {
  return describe("strongWolfe", searchStrongWolfe, wolfe("strongWolfe", options));
}

/**
 * Moré-Thuente search: the strong Wolfe conditions f(x + t d) ≤ f(x) + c₁ t g'd and |∇f(x + t d)'d| ≤ c₂ |g'd|, by
 * safeguarded cubic and quadratic interpolation.
 *
 * @param options  sufficientDecrease, curvature
 * @throws RangeError  an option is out of range
 * @example
 * lbfgs({ lineSearch: moreThuente() });
 * @see Moré and Thuente, *Line search algorithms with guaranteed sufficient decrease*, ACM TOMS, 1994
 */
export function moreThuente(options: WolfeOptions = {}): LineSearch {
  return describe("moreThuente", searchMoreThuente, wolfe("moreThuente", options));
}

/** Options of `hagerZhang`. */
export interface HagerZhangOptions {
  /** Constant δ of the decrease, 0 < δ < 0.5; default 0.1. Larger values require more decrease. */
  readonly sufficientDecrease?: number;
  /**
   * Constant σ of the slope, δ ≤ σ < 1; default 0.9. Smaller values give steps closer to the minimum along the line, with
   * more evaluations.
   */
  readonly curvature?: number;
  /** Constant ε ≥ 0 of the approximate conditions; default 1e-6. They allow the value to rise by up to ε |f(x)|. */
  readonly rise?: number;
}

/**
 * Hager-Zhang search: the Wolfe conditions with δ and σ, or near a minimum their approximation by slopes,
 * (2 δ − 1) g'd ≥ ∇f(x + t d)'d ≥ σ g'd, which does not suffer from the rounding of values.
 *
 * @param options  sufficientDecrease, curvature, rise
 * @throws RangeError  an option is out of range
 * @example
 * lbfgs({ lineSearch: hagerZhang() });
 * @see Hager and Zhang, *A new conjugate gradient method with guaranteed descent and an efficient line search*, SIAM J.
 * Optim., 2005
 */
export function hagerZhang(options: HagerZhangOptions = {}): LineSearch {
  const where = "hagerZhang";
  checkOptions(where, options, ["sufficientDecrease", "curvature", "rise"]);
  const { sufficientDecrease = 0.1, curvature = 0.9, rise = 1e-6 } = options;
  checkNumber(where, "sufficientDecrease", sufficientDecrease, { above: 0, below: 0.5 });
  checkNumber(where, "curvature", curvature, { min: sufficientDecrease, below: 1 });
  checkNumber(where, "rise", rise, { min: 0 });
  const fields = { sufficientDecrease, curvature, rise, theta: 0.5, gamma: 0.66, rho: 5 };
  return describe(where, searchHagerZhang, fields);
}

/**
 * Exact step for a quadratic: t = −g'd / d'H d. For other functions t is halved until the value decreases.
 *
 * @example
 * conjugateGradient({ lineSearch: exactQuadratic() });
 * @see Nocedal and Wright, *Numerical Optimization*, 2006, (3.55)
 */
export function exactQuadratic(): LineSearch {
  return describe("exactQuadratic", searchQuadratic, {});
}

/**
 * Fixed step without a search: x ← x + t d with constant t.
 *
 * @param size  step t > 0; default 1
 * @throws RangeError  size is not positive
 * @example
 * gradientDescent({ lineSearch: fixedStep(0.1) });
 */
export function fixedStep(size = 1): LineSearch {
  return describe("fixedStep", searchFixed, { size: checkNumber("fixedStep", "size", size, { above: 0 }) });
}
