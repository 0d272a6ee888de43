// Gradient descent on ½ (s x² + y²) with the penalty λ (x² + y²), whose curvatures are s + 2 λ and 1 + 2 λ.

import { type Engine, sgd, type Tensor } from "thalweg";
import { createSearch } from "thalweg/minimizers";
import type { PlotLattice } from "thalweg/plot";
import type { State } from "./controls.ts";

/** Largest norm of the gradient, penalty apart, at which descent is done, and updates at most. */
export const tolerance = 1e-6;
export const most = 2000;

export type Problem = Pick<State, "steep" | "lambda" | "share" | "start">;

export interface Descent {
  readonly condition: number;
  readonly rate: number;
  /** Weights [updates + 1, 2]. */
  readonly path: Float64Array;
  /** Norm of the gradient of ½ (s x² + y²) at each of them. */
  readonly gradients: Float64Array;
  /** Updates until the norm is within the tolerance; −1 if there are more than `most`. */
  readonly updates: number;
}

export function descent(engine: Engine, { steep, lambda, share, start }: Problem): Descent {
  const [largest, least] = [steep + 2 * lambda, 1 + 2 * lambda];
  const rate = share / largest;
  const f = ({ x, y }: { x: Tensor; y: Tensor }): Tensor => x.square().multiply(steep).add(y.square()).multiply(0.5);
  const method = sgd({ learningRate: rate, weightDecay: lambda, decayCoupling: "penalty", decayFilter: "all" });
  const [x, y] = start;
  const search = createSearch(engine, f, { x, y }, method, { maxIterations: most, gradientTolerance: tolerance / 100 });
  search.advance();
  const { x: path, points } = search.trace;
  const gradients = Float64Array.from({ length: points }, (_, k) =>
    Math.hypot(steep * (path[2 * k] as number), path[2 * k + 1] as number),
  );
  const updates = gradients.findIndex((norm) => norm <= tolerance);
  return { condition: largest / least, rate, path, gradients, updates };
}

/** Values of the function with its penalty; its level sets are ellipses, as much longer than wide as √κ. */
export function latticeOf({ steep, lambda }: Problem, side = 61): PlotLattice {
  const range = [-1.2, 1.2] as const;
  const at = (k: number): number => -1.2 + (2.4 * k) / (side - 1);
  const values = Float64Array.from({ length: side * side }, (_, k) => {
    const [x, y] = [at(k % side), at(Math.floor(k / side))];
    return ((steep + 2 * lambda) * x * x + (1 + 2 * lambda) * y * y) / 2;
  });
  return { xRange: range, yRange: range, resolution: [side, side], values };
}
