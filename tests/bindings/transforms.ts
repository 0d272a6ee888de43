// The transforms with the types tests need: trees by name, results as plain arrays of the engine.

import type { ArrayLike, Cost, Engine, NDArray, Tensor } from "thalweg";
import * as thalweg from "thalweg";

export type Inputs = Readonly<Record<string, Tensor>>;
export type Arrays = Readonly<Record<string, ArrayLike>>;

interface Releasable {
  free(): void;
  [Symbol.dispose](): void;
}
interface Compiled extends Releasable {
  (parameters: ArrayLike | Arrays): number | NDArray;
  cost(parameters: ArrayLike | Arrays): Cost;
}
interface Gradient extends Releasable {
  (parameters: Tensor): Tensor;
  (parameters: ArrayLike): NDArray;
  (parameters: Arrays): Readonly<Record<string, NDArray>>;
}
interface ValueAndGradient extends Releasable {
  (parameters: ArrayLike): { value: number; gradient: NDArray };
  (parameters: Arrays): { value: number; gradient: Readonly<Record<string, NDArray>> };
}
interface HessianVector extends Releasable {
  (parameters: ArrayLike, vector: ArrayLike): NDArray;
  (parameters: Arrays, vector: Arrays): Readonly<Record<string, NDArray>>;
}
type Transform<R> = (engine: Engine, f: (parameters: never) => Tensor) => R;

export const compile = thalweg.compile as unknown as Transform<Compiled>;
export const grad = thalweg.grad as unknown as Transform<Gradient>;
export const valueAndGrad = thalweg.valueAndGrad as unknown as Transform<ValueAndGradient>;
export const hvp = thalweg.hvp as unknown as Transform<HessianVector>;

/** The value of f, compiled for this one call and freed. */
export function run(
  engine: Engine,
  f: (parameters: never) => Tensor,
  parameters: ArrayLike | Arrays | { readonly data: globalThis.ArrayLike<number>; readonly shape: readonly number[] },
): number | NDArray {
  const compiled = compile(engine, f);
  try {
    return compiled(parameters as ArrayLike);
  } finally {
    compiled.free?.();
  }
}
