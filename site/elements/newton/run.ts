// The library's searches by Newton's methods: the whole path of one, and the step that each proposes at a point.

import {
  backtracking,
  criticalPoint,
  dampedNewton,
  type Engine,
  fixedStep,
  gradientDescent,
  lossSurface,
  type MinimizeMethod,
  type MinimizeStatus,
  newton,
  saddleFreeNewton,
  type Tensor,
  trustRegionNewton,
} from "thalweg";
import { createSearch, type SearchTrials } from "thalweg/minimizers";
import { alphaOf, type Method, methods, type State } from "./controls.ts";
import type { Surface } from "./surfaces.ts";

export type Point = readonly [number, number];

/** A method with full steps, or with backtracking if the state wants it; the trust region has its own radius. */
function methodOf(name: Method, state: State): MinimizeMethod {
  const lineSearch = state.search ? backtracking() : fixedStep();
  if (name === "newton") return newton({ lineSearch });
  if (name === "damped") return dampedNewton({ damping: alphaOf(state), lineSearch });
  if (name === "saddleFree") return saddleFreeNewton({ lineSearch });
  return trustRegionNewton({ radius: state.radius });
}

export interface Path {
  readonly points: readonly Point[];
  readonly values: Float64Array;
  /** Largest magnitude of a component of the gradient at each point. */
  readonly gradients: Float64Array;
  readonly status: MinimizeStatus;
  readonly trials: SearchTrials | undefined;
}

const pointAt = (x: Float64Array, k: number): Point => [x[2 * k] as number, x[2 * k + 1] as number];

function search(engine: Engine, { f }: Surface, [x, y]: Point, method: MinimizeMethod, maxIterations: number): Path {
  const found = createSearch(engine, f, { x, y }, method, { maxIterations, trials: true });
  found.advance();
  const { points, x: all, value, gradientNorm } = found.trace;
  return {
    points: Array.from({ length: points }, (_, k) => pointAt(all, k)),
    ...{ values: value, gradients: gradientNorm, trials: found.trials },
    status: found.result?.status ?? "notFinite",
  };
}

export const pathOf = (engine: Engine, surface: Surface, state: State): Path =>
  search(engine, surface, state.start, methodOf(state.method, state), state.steps);

/** A step that a method proposes: what the quadratic model predicts, and what happens to f. */
export interface Proposal {
  readonly name: Method | "descent";
  readonly step: Point;
  readonly predicted: number;
  readonly actual: number;
}

/** Value and derivatives at a point, and what they say. */
export interface Local {
  readonly point: Point;
  readonly value: number;
  readonly gradient: Point;
  readonly hessian: Float64Array;
  readonly eigenvalues: readonly [number, number];
  readonly kind: ReturnType<typeof criticalPoint>["kind"];
  readonly gradientNorm: number;
}

export function localAt(engine: Engine, { f }: Surface, point: Point): Local | null {
  const surface = lossSurface<{ x: Tensor; y: Tensor }>(engine, f, { x: point[0], y: point[1] });
  try {
    const { eigenvalues, kind, gradientNorm } = criticalPoint(surface);
    const [gx, gy] = surface.gradient().data as unknown as [number, number];
    return {
      ...{ point, kind, gradientNorm, value: surface.value(), gradient: [gx, gy] },
      hessian: Float64Array.from(surface.hessian().data),
      eigenvalues: [eigenvalues[0] as number, eigenvalues[1] as number],
    };
  } catch {
    return null; // not finite there
  } finally {
    surface.free();
  }
}

/** Change of f that the quadratic model predicts: gᵀd + ½ dᵀH d. */
function predictedAt({ gradient, hessian }: Local, [u, v]: Point): number {
  const [a, b, c, d] = hessian as unknown as [number, number, number, number];
  return gradient[0] * u + gradient[1] * v + (a * u * u + (b + c) * u * v + d * v * v) / 2;
}

/** The step of every method at a point, and that of gradient descent with rate 1 / α, which damping tends to. */
export function proposalsAt(engine: Engine, surface: Surface, local: Local, state: State, radius: number): Proposal[] {
  const { point } = local;
  const descent = gradientDescent({ lineSearch: fixedStep(1 / alphaOf(state)) });
  const full = { ...state, search: false, radius };
  const all = [...methods.map((name) => [name, methodOf(name, full)] as const), ["descent", descent] as const];
  return all.map(([name, method]) => {
    const { trials } = search(engine, surface, point, method, 1);
    // A point that is critical, or a singular Hessian, gives no step.
    const step: Point = trials && trials.count > 0 ? pointAt(scaled(trials), 0) : [Number.NaN, Number.NaN];
    const value = trials && trials.count > 0 ? (trials.value[0] as number) : Number.NaN;
    return { name, step, predicted: predictedAt(local, step), actual: value - local.value };
  });
}

/** Steps t d of trials. */
const scaled = ({ direction, step }: SearchTrials): Float64Array =>
  direction.map((value, k) => value * (step[Math.floor(k / 2)] as number));
