// Weights in the orders of axes that other formats have.

import type { Weight } from "./op.js";

/** Transposes an array: axis k of the result is axis `order[k]` of x. */
export function permuted({ data, shape }: Weight, order: readonly number[]): Weight {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1));
  const target = order.map((axis) => shape[axis] as number);
  const out = new Float32Array(data.length);
  const at = order.map(() => 0);
  for (let k = 0, from = 0; k < out.length; k++) {
    out[k] = data[from] as number;
    for (let axis = order.length - 1; axis >= 0; axis--) {
      const stride = strides[order[axis] as number] as number;
      from += stride;
      at[axis] = (at[axis] as number) + 1;
      if ((at[axis] as number) < (target[axis] as number)) break;
      from -= stride * (target[axis] as number);
      at[axis] = 0;
    }
  }
  return { data: out, shape: target };
}

/** Transposes a matrix. */
export const transposed = (weight: Weight): Weight => permuted(weight, [1, 0]);

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
