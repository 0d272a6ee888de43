// The function along a line, φ(a) = f(x + a d), and the library's line search along it.

import {
  backtracking,
  compile,
  type Engine,
  goldstein,
  grad,
  hagerZhang,
  type LineSearch,
  moreThuente,
  newton,
  strongWolfe,
  type Tensor,
} from "thalweg";
import { createSearch } from "thalweg/minimizers";
import { localAt, type Point } from "../newton/run.ts";
import type { Surface } from "../newton/surfaces.ts";
import { constantsOf, firstOf, type Search, type State } from "./controls.ts";

/** φ and φ′ along a line, for many steps in one call. */
export class Line {
  readonly values: (steps: Float64Array) => Float64Array;
  readonly slopes: (steps: Float64Array) => Float64Array;
  readonly #frees: readonly (() => void)[];

  constructor(engine: Engine, { f }: Surface, [x, y]: Point, [u, v]: Point) {
    const along = (a: Tensor): Tensor => f({ x: a.multiply(u).add(x), y: a.multiply(v).add(y) });
    const value = compile(engine, along);
    // Each step has its own value, so that the gradient of their sum has the slope at each.
    const slope = grad(engine, (a: Tensor) => along(a).sum());
    this.values = (steps) => Float64Array.from((value(steps) as unknown as { data: Float64Array }).data);
    this.slopes = (steps) => Float64Array.from((slope(steps) as unknown as { data: Float64Array }).data);
    this.#frees = [() => value.free(), () => slope.free()];
  }

  value(step: number): number {
    return this.values(Float64Array.of(step))[0] as number;
  }

  slope(step: number): number {
    return this.slopes(Float64Array.of(step))[0] as number;
  }

  free(): void {
    for (const free of this.#frees) free();
  }
}

/** The direction that the state chooses; null where there is none. */
export function directionOf(engine: Engine, surface: Surface, state: State): Point | null {
  const { start, toward, direction } = state;
  if (direction === "hand") return [toward[0] - start[0], toward[1] - start[1]];
  const local = localAt(engine, surface, start);
  if (!local) return null;
  const [gx, gy] = local.gradient;
  if (direction === "descent") return [-gx, -gy];
  const [a, b, , d] = local.hessian as unknown as [number, number, number, number];
  const determinant = a * d - b * b;
  return determinant === 0 ? null : [(b * gy - d * gx) / determinant, (b * gx - a * gy) / determinant];
}

/** The search of the library with the constants of the state. */
function searchOf(state: { search: Search; c1: number; c2: number }): LineSearch {
  const { decrease: sufficientDecrease, curvature } = constantsOf(state);
  switch (state.search) {
    case "backtracking":
      return backtracking({ sufficientDecrease });
    case "halving":
      return backtracking({ sufficientDecrease, next: 0.5 });
    case "goldstein":
      return goldstein({ sufficientDecrease });
    case "moreThuente":
      return moreThuente({ sufficientDecrease, curvature });
    case "hagerZhang":
      return hagerZhang({ sufficientDecrease, curvature });
    default:
      return strongWolfe({ sufficientDecrease, curvature });
  }
}

/** Rise of the value that Hager and Zhang's approximate conditions allow, the library's default. */
const rise = 1e-6;

/** Conditions of a search that a step satisfies: enough decrease, and a slope or a length that is right. */
export function conditions(
  state: State,
  start: { readonly value: number; readonly slope: number },
  step: number,
  value: number,
  slope: number,
): { readonly decrease: boolean; readonly other: boolean } {
  const { decrease: c1, curvature: c2 } = constantsOf(state);
  const decrease = value <= start.value + c1 * step * start.slope;
  switch (state.search) {
    case "backtracking":
    case "halving":
      return { decrease, other: true };
    case "goldstein":
      return { decrease, other: value >= start.value + (1 - c1) * step * start.slope };
    case "hagerZhang": {
      const approximate = value <= start.value + rise * Math.abs(start.value) && slope <= (2 * c1 - 1) * start.slope;
      return { decrease: decrease || approximate, other: slope >= c2 * start.slope };
    }
    default:
      return { decrease, other: Math.abs(slope) <= c2 * Math.abs(start.slope) };
  }
}

export interface Trial {
  readonly step: number;
  readonly value: number;
  /** φ′ there, which only some searches evaluate. */
  readonly slope: number;
  readonly evaluatesSlope: boolean;
}

export interface Searched {
  readonly trials: readonly Trial[];
  /** Evaluations along the line, without those at the start. */
  readonly values: number;
  readonly gradients: number;
  readonly found: boolean;
}

/**
 * Runs a line search of the library along the line. To start it with any step a₀, the search is that of Newton's method in the
 * one variable a with −φ′(0)/a₀ for the curvature: its direction is then a₀, and its steps t are a/a₀.
 */
export function searchAlong(engine: Engine, line: Line, state: State): Searched {
  const first = firstOf(state);
  const slope0 = line.slope(0);
  const objective = {
    value: ([a]: readonly number[]) => line.value(a as number),
    gradient: ([a]: readonly number[]) => [line.slope(a as number)],
    hessian: () => [[-slope0 / first]],
  };
  const method = newton({ lineSearch: searchOf(state) });
  const search = createSearch(engine, objective as never, [0], method, { maxIterations: 1, trials: true });
  search.advance();
  const { trials, result } = search;
  if (!trials) return { trials: [], values: 0, gradients: 0, found: false };
  const evaluatesSlope = hasSlope(state.search);
  const all = Array.from(trials.value, (value, k) => {
    const step = (trials.step[k] as number) * (trials.direction[k] as number);
    return { step, value, slope: line.slope(step), evaluatesSlope };
  });
  const found = result !== undefined && search.iterations === 1;
  const gradients = evaluatesSlope ? all.length : 0;
  return { trials: all, values: all.length, gradients, found };
}

const hasSlope = (search: Search): boolean => !["backtracking", "halving", "goldstein"].includes(search);
