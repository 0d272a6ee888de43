// Sharpness of the policies: a blend of an image and its smoothed copy.

import type { Tensor } from "../tensors/tensor.js";

/**
 * f x + (1 − f) smooth, clamped to 0 .. peak; the factor f is f64 [batch, 1, 1, 1]. `smooth` is the mean of 3 × 3 pixels, the
 * center counted 5 times, and at the border x. As torchvision's `adjust_sharpness`.
 * @internal
 */
export function sharpness(x: Tensor, factor: Tensor, peak: number): Tensor {
  const [, rows, columns] = x.shape as [number, number, number, number];
  if (rows < 3 || columns < 3) return x;
  const three = (t: Tensor, axis: 1 | 2): Tensor => {
    const part = (k: number): Tensor => t.slice(axis, k, k + (axis === 1 ? rows : columns) - 2);
    return part(0).add(part(1)).add(part(2));
  };
  const center = x.slice(1, 1, -1).slice(2, 1, -1);
  const change = three(three(x, 1), 2)
    .add(center.multiply(4))
    .divide(13)
    .subtract(center)
    .pad([
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]);
  return x.add(change.multiply(factor.negate().add(1).cast(x.dtype))).clamp(0, peak);
}
