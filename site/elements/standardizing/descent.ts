// Least squares of two features before and after scaling: curvatures, and gradient descent with the best constant rate.

import {
  centerScaling,
  compile,
  type Engine,
  minMaxScaling,
  type Scaling,
  scan,
  standardScaling,
  symmetricEigen,
  type Tensor,
} from "thalweg";
import type { State } from "./controls.ts";

/** Updates that are computed. */
export const limit = 5000;
/** Share of the first loss that counts as arrived. */
export const target = 1e-6;

const count = 40;

/** Forty values over a range, in an order of their own; the offset is their mean in ranges. */
const feature = (range: number, stride: number, offset: number): number[] =>
  Array.from({ length: count }, (_, k) => range * (((stride * k) % count) / (count - 1) - 0.5 + offset));

/** The features [samples, 2] of a state: the first has a range of 1. */
export function featuresOf({ ratio, offset }: State): number[][] {
  const [a, b] = [feature(1, 7, offset), feature(10 ** ratio, 11, offset)];
  return a.map((value, k) => [value, b[k] as number]);
}

const scalingOf = (kind: string, features: number[][]): Scaling =>
  kind === "standard"
    ? standardScaling(features)
    : kind === "minMax"
      ? minMaxScaling(features)
      : centerScaling(features);

export interface Side {
  /** Second moments A of the features: the loss is ½ eᵀ A e for the distance e of the weights to the best ones. */
  readonly matrix: readonly [number, number, number];
  /** Eigenvalues, ascending, and their directions as columns. */
  readonly values: readonly [number, number];
  readonly vectors: readonly number[];
  readonly condition: number;
  readonly rate: number;
  /** Distances [limit + 1, 2] of the weights to the best ones. */
  readonly path: Float64Array;
  /** Updates until the loss is a millionth of the first; null if there are more than the limit. */
  readonly updates: number | null;
}

type Inputs = { readonly start: Tensor; readonly matrix: Tensor; readonly rate: Tensor; readonly counter: Tensor };

/** All steps e ← e − h A e, each [1, 2]. */
function steps({ start, matrix, rate, counter }: Inputs): Tensor {
  const next = (e: Tensor): Tensor => e.subtract(e.matmul(matrix).multiply(rate));
  return scan(
    (e: Tensor) => {
      const after = next(e);
      return { carry: after, output: after };
    },
    { carry: start, sequences: counter },
  ).output;
}

export function descents(engine: Engine) {
  const moments = compile(engine, (x: Tensor) => x.matmul(x, { transposeA: true }).divide(count));
  const program = compile(engine, steps);
  const counter = new Float64Array(limit);
  const sideOf = (features: number[][], start: readonly [number, number]): Side => {
    const { data } = moments(features) as { data: Float64Array };
    const [a, b, , d] = data as unknown as [number, number, number, number];
    const eigen = symmetricEigen(engine, { data, shape: [2, 2] });
    const [least, most] = eigen.values.data as unknown as [number, number];
    const rate = 2 / (least + most);
    const result = program({
      start: { data: Float64Array.from(start), shape: [1, 2] },
      matrix: { data, shape: [2, 2] },
      ...{ rate: [rate], counter },
    }) as { data: Float64Array };
    const path = new Float64Array(2 * (limit + 1));
    path.set(start);
    path.set(result.data, 2);
    const loss = (k: number): number => {
      const [u, v] = [path[2 * k] as number, path[2 * k + 1] as number];
      return a * u * u + 2 * b * u * v + d * v * v;
    };
    const wanted = target * loss(0);
    let updates = 0;
    while (updates <= limit && loss(updates) > wanted) updates++;
    return {
      ...{ matrix: [a, b, d], values: [least, most], vectors: Array.from(eigen.vectors.data), rate, path },
      ...{ condition: most / least, updates: updates > limit ? null : updates },
    };
  };
  return {
    /** Both sides: the features as they are, and scaled. */
    compute(state: State): readonly [Side, Side] {
      const features = featuresOf(state);
      const { data } = scalingOf(state.scaling, features).apply(features) as { data: ArrayLike<number> };
      const scaled = features.map((_, k) => [data[2 * k] as number, data[2 * k + 1] as number]);
      return [sideOf(features, state.start), sideOf(scaled, state.start)];
    },
    free() {
      moments.free();
      program.free();
    },
  };
}
