// Axes of arrays in another order.

import { elementCount, type TypedArray } from "./arrays.js";

/** Returns an array with its axes in another order: axis k of the result is axis order[k] of the given one. @internal */
export function transposed<T extends TypedArray>(data: T, shape: readonly number[], order: readonly number[]): T {
  const strides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
  const result = data.slice() as T;
  let next = 0;
  const fill = (axis: number, from: number): void => {
    const stride = strides[order[axis] as number] as number;
    const end = from + (shape[order[axis] as number] as number) * stride;
    if (axis === order.length - 1) for (let at = from; at < end; at += stride) result[next++] = data[at] as number;
    else for (let at = from; at < end; at += stride) fill(axis + 1, at);
  };
  fill(0, 0);
  return result;
}
