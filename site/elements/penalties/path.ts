// The weights of least squares with a penalty for every λ of the slider, by proximal gradient steps from zero: a gradient step on
// all that is smooth, then soft thresholding, as the trainer's proximal penalties do it.

import { compile, type Engine, scan, type Tensor } from "thalweg";
import { highest, lowest, type State, step } from "./controls.ts";

/** Steps for every λ; at the largest correlation the distance to the solution shrinks by 8/9 in each. */
const steps = 400;
const count = Math.round((highest - lowest) / step) + 1;
export const lambdas = Float64Array.from({ length: count }, (_, k) => 10 ** (lowest + step * k));

/** Index of the λ whose logarithm is on the slider. */
export const indexOf = (lambda: number): number => Math.round((lambda - lowest) / step);

/** Weights of λ and |w| and of λ and w² in the penalty: λ Σ (square w² + magnitude |w|). */
export function sharesOf({ kind, beta }: State): { readonly square: number; readonly magnitude: number } {
  if (kind === "l2") return { square: 1, magnitude: 0 };
  return { square: kind === "elastic" ? beta : 0, magnitude: 1 };
}

/** Covariances of the two inputs, which both have deviation 1. */
export const covariance = (correlation: number): readonly number[] => [1, correlation, correlation, 1];

type Inputs = {
  readonly matrix: Tensor;
  readonly best: Tensor;
  readonly ridge: Tensor;
  readonly threshold: Tensor;
  readonly rate: Tensor;
  readonly counter: Tensor;
};

/** Solutions [λ, 2] of L(w) = (w − best)ᵀ A (w − best) with ridge Σ w² + threshold Σ |w|. */
function solutions({ matrix, best, ridge, threshold, rate, counter }: Inputs): Tensor {
  const start = ridge.multiply(0).broadcastTo([count, 2]);
  const next = (w: Tensor): Tensor => {
    const gradient = w.subtract(best).matmul(matrix).add(w.multiply(ridge)).multiply(2);
    const u = w.subtract(gradient.multiply(rate));
    return u.abs().subtract(threshold.multiply(rate)).relu().multiply(u.sign());
  };
  return scan((w: Tensor) => ({ carry: next(w) }), { carry: start, sequences: counter }).carry;
}

export type Solve = (state: State, all?: Float64Array) => Float64Array;

/** Smallest λ from which on a weight is 0, and null if it never is: from the path, and then between two points of it. */
export function zeroFrom(solve: Solve, state: State, path: Float64Array, weight: number): number | null {
  const first = (weights: Float64Array): number => {
    let k = count;
    while (k > 0 && weights[2 * (k - 1) + weight] === 0) k--;
    return k;
  };
  const k = first(path);
  if (k === 0 || k === count) return k === 0 ? (lambdas[0] as number) : null;
  const [low, high] = [lambdas[k - 1] as number, lambdas[k] as number];
  const between = lambdas.map((_, j) => low + ((high - low) * j) / (count - 1));
  return between[first(solve(state, between))] as number;
}

/** Function of the state that returns the weights [λ, 2] of the whole path; traced once. */
export function pathSolver(engine: Engine) {
  const program = compile(engine, solutions);
  const counter = new Float64Array(steps);
  return {
    /** Weights for each of as many λ as the slider has. */
    solve(state: State, all: Float64Array = lambdas): Float64Array {
      const column = (value: (lambda: number) => number) => ({ data: all.map(value), shape: [count, 1] });
      const { square, magnitude } = sharesOf(state);
      const largest = 2 * (1 + Math.abs(state.correlation));
      const result = program({
        matrix: { data: Float64Array.from(covariance(state.correlation)), shape: [2, 2] },
        best: { data: Float64Array.from(state.best), shape: [1, 2] },
        ridge: column((lambda) => lambda * square),
        threshold: column((lambda) => lambda * magnitude),
        rate: column((lambda) => 1 / (largest + 2 * lambda * square)),
        counter,
      });
      return (result as { data: Float64Array }).data;
    },
    free: () => program.free(),
  };
}
