// The weights of all linear layers of a model.

import type { Training } from "./training.ts";

/** Weights of a linear layer: [inputs, outputs]. */
export interface Weights {
  readonly data: ArrayLike<number>;
  readonly inputs: number;
  readonly outputs: number;
}

/** Weights of all linear layers in their order. */
export function weightsOf({ trainer, plan }: Training): Weights[] {
  const parameters = trainer.parameters();
  return [...plan.hidden.map(({ linear }) => linear), plan.last].map((place) => {
    const { data, shape } = parameters[`${place}.weight`] as { data: ArrayLike<number>; shape: readonly number[] };
    return { data, inputs: shape[0] as number, outputs: shape[1] as number };
  });
}

/** Number of weights, and of those that are exactly 0. */
export function zerosOf(weights: readonly Weights[]): { count: number; zeros: number } {
  const all = weights.flatMap(({ data }) => Array.from(data));
  return { count: all.length, zeros: all.filter((weight) => weight === 0).length };
}
