// Tensors of a function as one f64 vector, in which curvature and Jacobians compute.

import { elementCount } from "../values/arrays.js";
import type { Tensor } from "./tensor.js";
import type { Trace } from "./trace.js";

/** Shape and type of a piece of a vector. */
export interface Piece {
  readonly shape: readonly number[];
  readonly dtype: Tensor["dtype"];
}

/** Splits a vector into tensors of these shapes and types. */
export function split(whole: Tensor, pieces: readonly Piece[]): Tensor[] {
  let start = 0;
  return pieces.map(({ shape, dtype }) => {
    const stop = start + elementCount(shape);
    const piece = whole.slice(0, start, stop).reshape(shape).cast(dtype);
    start = stop;
    return piece;
  });
}

/** Joins tensors to one f64 vector. */
export function joined(trace: Trace, tensors: readonly Tensor[]): Tensor {
  const flat = tensors.map((tensor) => tensor.cast("f64").reshape([tensor.size]));
  return flat.length === 1 ? (flat[0] as Tensor) : trace.concatenate(flat, 0);
}

/** Inner product of two lists of tensors, f64. */
export function dot(a: readonly Tensor[], b: readonly Tensor[]): Tensor {
  const products = a.map((tensor, k) =>
    tensor
      .multiply(b[k] as Tensor)
      .sum()
      .cast("f64"),
  );
  return products.reduce((sum, term) => sum.add(term));
}
