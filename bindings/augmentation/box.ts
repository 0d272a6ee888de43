// Boxes, one for each image, as masks.

import type { Tensor } from "../tensors/tensor.js";

/** First pixels and sizes of boxes, f64 [batch, 1, 1, 1]; they may reach beyond the image. @internal */
export interface Box {
  readonly top: Tensor;
  readonly left: Tensor;
  readonly height: Tensor;
  readonly width: Tensor;
}

/** Returns 1 in the box of each image of x [batch, height, width, channels], else 0; in the shape and type of x. @internal */
export function boxMask({ shape, dtype, trace }: Tensor, { top, left, height, width }: Box): Tensor {
  const [, rows, columns, channels] = shape as [number, number, number, number];
  const y = trace.constant(
    Array.from({ length: rows }, (_, k) => [[k]]),
    "f64",
  );
  // With channels, because broadcasting single numbers costs more than broadcasting rows.
  const x = trace.constant(
    Array.from({ length: columns }, (_, k) => Array<number>(channels).fill(k)),
    "f64",
  );
  const inside = (at: Tensor, first: Tensor, size: Tensor): Tensor =>
    at
      .greaterEqual(first)
      .multiply(at.less(first.add(size)))
      .cast(dtype);
  return inside(y, top, height).multiply(inside(x, left, width));
}
