// Weights in the orders of axes that other formats have.

import { transposed } from "../values/axes.js";
import type { Weight } from "./op.js";

/** An array with its axes in another order: axis k of the result is axis `order[k]` of x. */
export function permuted({ data, shape }: Weight, order: readonly number[]): Weight {
  return { data: transposed(data, shape, order), shape: order.map((axis) => shape[axis] as number) };
}

/** A matrix with rows for columns. */
export const transposedMatrix = (weight: Weight): Weight => permuted(weight, [1, 0]);

/** Weight of a convolution, [kernel ..., a, b], as [b, a, kernel ...]. */
export function kernelsLast(weight: Weight): Weight {
  const last = weight.shape.length - 1;
  return permuted(weight, [last, last - 1, ...weight.shape.slice(0, -2).keys()]);
}

/** Gates along the last axis in another order. */
export function gates({ data, shape }: Weight, units: number, order: readonly number[]): Weight {
  const width = shape.at(-1) as number;
  const out = new Float32Array(data.length);
  for (let k = 0; k < out.length; k++) {
    const column = k % width;
    const gate = order[Math.floor(column / units)] as number;
    out[k] = data[k - column + gate * units + (column % units)] as number;
  }
  return { data: out, shape };
}
