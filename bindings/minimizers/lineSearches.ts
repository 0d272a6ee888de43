// Descriptions of line searches: which search of the core, and its numbers, which the search's class names. Any of them
// goes with any direction.

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

/** How far to go along a direction: a description that methods take. */
export interface LineSearch extends Opaque<"LineSearch"> {
  /** @internal */
  readonly search: string;
  /** Code of the core. @internal */
  readonly code: number;
  /** Numbers as the search's class lists them. @internal */
  readonly numbers: readonly number[];
  /** What it asks for along a direction: bits of the core's requests. @internal */
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

const share = { above: 0, below: 1 } as const;

export interface BacktrackingOptions {
  /** c of the condition, 0 < c < 1: larger wants steps that gain more, and finds shorter ones; default 1e-4. */
  readonly sufficientDecrease?: number;
  /**
   * The next step: minimizer of a "cubic" (default) or "quadratic" model, or a fixed part of this one, 0 < part < 1.
   */
  readonly next?: "cubic" | "quadratic" | number;
}

/**
 * Backtracking (Armijo): shortens the step t until f(x + t d) ≤ f(x) + c t g'd. It asks for values alone.
 *
 * @throws RangeError  a number out of range
 * @example
 * gradientDescent({ lineSearch: backtracking({ next: 0.5 }) });
 * @see Armijo, *Minimization of functions having Lipschitz continuous first partial derivatives*, Pacific J. Math., 1966
 */
export function backtracking(options: BacktrackingOptions = {}): LineSearch {
  const where = "backtracking";
  checkOptions(where, options, ["sufficientDecrease", "next"]);
  const { sufficientDecrease = 1e-4, next = "cubic" } = options;
  checkNumber(where, "sufficientDecrease", sufficientDecrease, share);
  if (typeof next === "number") checkNumber(where, "next", next, share);
  else checkChoice(where, "next", next, ["cubic", "quadratic"]);
  const factor = typeof next === "number" ? next : 0;
  return describe(where, searchBacktracking, { sufficientDecrease, factor, cubic: Number(next === "cubic") });
}

export interface GoldsteinOptions {
  /** c of both conditions, 0 < c < 0.5; default 0.25. */
  readonly sufficientDecrease?: number;
}

/**
 * Goldstein search: f(x) + (1 − c) t g'd ≤ f(x + t d) ≤ f(x) + c t g'd, so that t is neither too long nor too short. It asks for
 * values alone. Its steps need not satisfy y's > 0, which BFGS wants: give quasi-Newton methods `moreThuente()`.
 *
 * @throws RangeError  a number out of range
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

export interface WolfeOptions {
  /** c₁ of the decrease, 0 < c₁ < c₂: larger wants steps that gain more; default 1e-4. */
  readonly sufficientDecrease?: number;
  /**
   * c₂ of the slope, c₁ < c₂ < 1: smaller comes nearer to the minimum along the line, with more evaluations; default
   * 0.9.
   */
  readonly curvature?: number;
}

function wolfe(where: string, options: WolfeOptions) {
  checkOptions(where, options, ["sufficientDecrease", "curvature"]);
  const { sufficientDecrease = 1e-4, curvature = 0.9 } = options;
  checkNumber(where, "sufficientDecrease", sufficientDecrease, share);
  checkNumber(where, "curvature", curvature, { above: sufficientDecrease, below: 1 });
  return { sufficientDecrease, curvature };
}

/**
 * Strong Wolfe search: f(x + t d) ≤ f(x) + c₁ t g'd and |slope| ≤ c₂ |g'd|, by bracket and zoom.
 *
 * @throws RangeError  a number out of range
 * @example
 * bfgs({ lineSearch: strongWolfe({ curvature: 0.5 }) });
 * @see Nocedal and Wright, *Numerical Optimization*, 2006, algorithms 3.5 and 3.6
 */
export function strongWolfe(options: WolfeOptions = {}): LineSearch {
  return describe("strongWolfe", searchStrongWolfe, wolfe("strongWolfe", options));
}

/**
 * Moré-Thuente search: the strong Wolfe conditions by safeguarded cubic and quadratic steps.
 *
 * @throws RangeError  a number out of range
 * @example
 * lbfgs({ lineSearch: moreThuente() });
 * @see Moré and Thuente, *Line search algorithms with guaranteed sufficient decrease*, ACM TOMS, 1994
 */
export function moreThuente(options: WolfeOptions = {}): LineSearch {
  return describe("moreThuente", searchMoreThuente, wolfe("moreThuente", options));
}

export interface HagerZhangOptions {
  /** δ of the decrease, 0 < δ < 0.5: larger wants steps that gain more; default 0.1. */
  readonly sufficientDecrease?: number;
  /**
   * σ of the slope, δ ≤ σ < 1: smaller comes nearer to the minimum along the line, with more evaluations; default 0.9.
   */
  readonly curvature?: number;
  /** ε ≥ 0: how much the value may rise, relative to itself, where slopes decide; default 1e-6. */
  readonly rise?: number;
}

/**
 * Hager-Zhang search: the Wolfe conditions, or near a minimum the approximate ones of slopes alone, which rounding of
 * the value does not disturb.
 *
 * @throws RangeError  a number out of range
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
 * The exact step on a quadratic: t = −g'd / d'H d, halved where another function does not fall.
 *
 * @example
 * conjugateGradient({ lineSearch: exactQuadratic() });
 * @see Nocedal and Wright, *Numerical Optimization*, 2006, (3.55)
 */
export function exactQuadratic(): LineSearch {
  return describe("exactQuadratic", searchQuadratic, {});
}

/**
 * No search: x ← x + t d with the same t every time, whatever the function does.
 *
 * @param size  t > 0; default 1
 * @throws RangeError  t is not positive
 * @example
 * gradientDescent({ lineSearch: fixedStep(0.1) });
 */
export function fixedStep(size = 1): LineSearch {
  return describe("fixedStep", searchFixed, { size: checkNumber("fixedStep", "size", size, { above: 0 }) });
}
