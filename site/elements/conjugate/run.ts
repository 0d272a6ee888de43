// Runs steepest descent and conjugate directions with the same line search, and computes what makes directions conjugate.

import {
  conjugateGradient,
  type Engine,
  exactQuadratic,
  grad,
  gradientDescent,
  hagerZhang,
  hvp,
  type MinimizeMethod,
  strongWolfe,
  type Tensor,
} from "thalweg";
import { createSearch } from "thalweg/minimizers";
import type { Values } from "../kit/controls.ts";
import { functionOf, type Plotted } from "./functions.ts";

/** Most steps that are computed. */
export const limit = 1000;

export type Vector = readonly [number, number];

/** A point of a path, with what holds there. */
export interface Step {
  readonly x: Vector;
  readonly value: number;
  readonly gradient: Vector;
  /** Direction from here on; null at the last point. */
  readonly direction: Vector | null;
  /** Cosine of the gradients here and at the point before; NaN at the start and at a minimum. */
  readonly gradients: number;
  /** Cosine of the direction and of H times the direction before; NaN without either. */
  readonly conjugacy: number;
  /** β of d = −g + β d₋₁. */
  readonly beta: number;
  /** g'd / g'g: −1 for d = −g, and negative for every direction of descent. */
  readonly descent: number;
}

export interface Path {
  readonly steps: readonly Step[];
  readonly converged: boolean;
  readonly evaluations: number;
}

export interface Both {
  readonly descent: Path;
  readonly conjugate: Path;
}

const dot = ([a, b]: Vector, [c, d]: Vector): number => a * c + b * d;
const cosine = (a: Vector, b: Vector): number => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));

/** The line search that the state chooses, as its name, options and maker. */
export function lineSearchOf({ surface, search }: Values) {
  if (surface === "quadratic") return { name: "exactQuadratic", options: "", make: () => exactQuadratic() };
  const curvature = { usual: 0.4, accurate: 0.1, loose: 0.9 }[search as "usual"];
  const options = `{ curvature: ${curvature} }`;
  if (search === "usual") return { name: "hagerZhang", options, make: () => hagerZhang({ curvature }) };
  return { name: "strongWolfe", options, make: () => strongWolfe({ curvature }) };
}

function methodsOf(values: Values): readonly [MinimizeMethod, MinimizeMethod] {
  const lineSearch = lineSearchOf(values).make();
  const { beta, restart } = values;
  const restarts = restart > 0 ? { restart: restart as number } : {};
  return [gradientDescent({ lineSearch }), conjugateGradient({ beta, lineSearch, ...restarts })];
}

/** Vectors [n] of a path or of its trials, from their coordinates [n, 2]. */
const vectors = (all: Float64Array): Vector[] =>
  Array.from({ length: all.length / 2 }, (_, k) => [all[2 * k] as number, all[2 * k + 1] as number]);
const column = (all: readonly Vector[], axis: 0 | 1): Float64Array => Float64Array.from(all, (vector) => vector[axis]);
const rows = ({ x, y }: { x: unknown; y: unknown }): Vector[] => {
  const [first, second] = [x as { data: Float64Array }, y as { data: Float64Array }];
  return Array.from(first.data, (value, k) => [value, second.data[k] as number]);
};

/** Derived numbers of a point: `last` is the direction to it, and `image` is H times that. */
function stepOf(x: Vector, value: number, g: Vector, before?: Vector, d?: Vector, last?: Vector, image?: Vector): Step {
  return {
    ...{ x, value, gradient: g, direction: d ?? null },
    gradients: before ? cosine(g, before) : Number.NaN,
    conjugacy: d && image ? cosine(d, image) : Number.NaN,
    beta: d && last ? dot([d[0] + g[0], d[1] + g[1]], last) / dot(last, last) : Number.NaN,
    descent: d ? dot(g, d) / dot(g, g) : Number.NaN,
  };
}

/** Computes paths. */
class Paths {
  readonly #engine: Engine;
  #shared = "";
  #descent: Path | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Both paths; that of steepest descent again only if something that it depends on has changed. */
  both(values: Values): Both {
    const { surface, condition, rotation, start, search } = values;
    const shared = JSON.stringify([surface, condition, rotation, start, search]);
    const [descent, conjugate] = methodsOf(values);
    if (shared !== this.#shared || !this.#descent) this.#descent = this.#path(values, descent);
    this.#shared = shared;
    return { descent: this.#descent, conjugate: this.#path(values, conjugate) };
  }

  #path(values: Values, method: MinimizeMethod): Path {
    const { f } = functionOf(values);
    const [x, y] = values.start as Vector;
    const search = createSearch(this.#engine, f, { x, y }, method, { maxIterations: limit, trials: true });
    search.advance();
    const { trace, trials, result } = search;
    const points = vectors(trace.x);
    const directions: Vector[] = [];
    for (const [k, direction] of vectors(trials?.direction ?? new Float64Array()).entries())
      directions[trials?.from[k] as number] = direction;
    const { slopes, images } = this.#derivatives(f, points, directions);
    const steps = points.map((point, k) =>
      stepOf(point, trace.value[k]!, slopes[k]!, slopes[k - 1], directions[k], directions[k - 1], images[k - 1]),
    );
    return { steps, converged: result?.status === "converged", evaluations: result?.evaluations.value ?? 0 };
  }

  /** Gradients at all points, and H at each point times the direction to it. */
  #derivatives(f: Plotted["f"], points: readonly Vector[], directions: readonly Vector[]) {
    // The gradient of the sum over many points holds those of all, and its Hessian times a vector as well.
    const sum = (all: { x: Tensor; y: Tensor }): Tensor => f(all).sum();
    const [gradient, product] = [grad(this.#engine, sum), hvp(this.#engine, sum)];
    const columns = (all: readonly Vector[]) => ({ x: column(all, 0), y: column(all, 1) });
    try {
      const slopes = rows(gradient(columns(points)));
      const ends = points.slice(1, directions.length + 1);
      return { slopes, images: ends.length === 0 ? [] : rows(product(columns(ends), columns(directions))) };
    } finally {
      gradient.free();
      product.free();
    }
  }
}

/** Returns what computes both paths. */
export function runner(engine: Engine): (values: Values) => Both {
  const paths = new Paths(engine);
  return (values) => paths.both(values);
}
