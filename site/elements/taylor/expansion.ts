// The derivatives of a function at a point by the library, the polynomials that they make, and the steps that these propose.

import { compile, type Engine, grad, type Tensor } from "thalweg";
import { highest, type State } from "./controls.ts";
import type { Curve } from "./functions.ts";

type Scalar = (x: number) => number;

/** The function and its derivatives as functions of numbers: the gradient of the gradient of … of f. */
export class Derivatives {
  /** Values f(x), f′(x), f″(x), … at a point. */
  readonly at: (x: number) => number[];
  readonly #frees: (() => void)[] = [];
  readonly #many: (x: Float64Array) => Float64Array;

  constructor(engine: Engine, { f }: Curve) {
    const value = compile(engine, f);
    this.#frees.push(() => value.free());
    const calls: Scalar[] = [(x) => value(x) as unknown as number];
    let last: (x: Tensor) => Tensor = f;
    for (let order = 1; order <= highest; order++) {
      const next = grad(engine, last);
      this.#frees.push(() => next.free());
      calls.push((x) => (next(x) as unknown as { data: Float64Array }).data[0] as number);
      last = next as unknown as (x: Tensor) => Tensor;
    }
    this.at = (x) => calls.map((call) => call(x));
    this.#many = (x) => Float64Array.from((value(x) as unknown as { data: Float64Array }).data);
  }

  value(x: number): number {
    return this.#many(Float64Array.of(x))[0] as number;
  }

  values(x: Float64Array): Float64Array {
    return this.#many(x);
  }

  free(): void {
    for (const free of this.#frees) free();
  }
}

/** Value of the polynomial of an order with these derivatives at a, at x. */
export function polynomial(derivatives: readonly number[], order: number, a: number, x: number): number {
  let sum = 0;
  for (let k = order; k >= 0; k--) sum = (derivatives[k] as number) + (sum * (x - a)) / (k + 1);
  return sum;
}

/** A proposed step: where it leads, and f there. */
interface Proposal {
  readonly x: number;
  readonly value: number;
}

export interface Expansion {
  readonly derivatives: readonly number[];
  readonly a: number;
  readonly to: number;
  /** f at the probe, and the polynomials of order 0 to `highest` there with their errors. */
  readonly value: number;
  readonly approximations: readonly number[];
  readonly errors: readonly number[];
  readonly radius: number;
  /** Point that a step of the rate against the slope leads to. */
  readonly slopeStep: Proposal;
  /** Point where the parabola is flat, Newton's step; its x is not finite without curvature. */
  readonly newtonStep: Proposal;
}

export function expand(f: Derivatives, curve: Curve, { places, rate }: State): Expansion {
  const [a, to] = places;
  const derivatives = f.at(a);
  const [, slope, curvature] = derivatives as [number, number, number];
  const value = f.value(to);
  const approximations = derivatives.map((_, order) => polynomial(derivatives, order, a, to));
  const leading = (x: number): Proposal => ({ x, value: Number.isFinite(x) ? f.value(x) : Number.NaN });
  return {
    ...{ derivatives, a, to, value, approximations, radius: curve.radius(a) },
    errors: approximations.map((approximation) => Math.abs(approximation - value)),
    slopeStep: leading(a - rate * slope),
    newtonStep: leading(a - slope / curvature),
  };
}
