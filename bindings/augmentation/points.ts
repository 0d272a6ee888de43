// Ops of the policies that change each pixel by itself, or each channel by its range, as in torchvision. x is [batch, height,
// width, channels] in 0 .. peak, amounts are f64 [batch, 1, 1, 1]. Where torchvision computes in whole levels 0 .. 255, so do
// these.

import type { Tensor } from "../tensors/tensor.js";
import { imagesOf, planesOf } from "./color.js";
import { floor } from "./perImage.js";

/** x rounded to levels 0 .. 255; the gradient is 0. @internal */
export function levelsOf(x: Tensor, peak: number): Tensor {
  return floor(
    x
      .stopGradient()
      .multiply(255 / peak)
      .add(0.5)
      .clamp(0, 255),
  );
}

/** peak − x. @internal */
export function invert(x: Tensor, peak: number): Tensor {
  return x.negate().add(peak);
}

/** peak − x where x ≥ threshold, which is in the unit of x. @internal */
export function solarize(x: Tensor, threshold: Tensor, peak: number): Tensor {
  return x.greaterEqual(threshold.cast(x.dtype)).where(invert(x, peak), x);
}

/** Keeps the highest `bits` bits, 0 .. 8, of the 8 of each level. @internal */
export function posterize(x: Tensor, bits: Tensor, peak: number): Tensor {
  // 2^(8 − bits) exactly, as 1 + Σ 2ʲ over j < 8 − bits.
  const step = Array.from({ length: 8 }, (_, j) => bits.lessEqual(7 - j).multiply(2 ** j))
    .reduce((sum, one) => sum.add(one))
    .add(1)
    .cast(x.dtype);
  return floor(levelsOf(x, peak).divide(step))
    .multiply(step)
    .multiply(peak / 255);
}

/** Stretches each channel of each image to 0 .. peak; a constant channel stays. @internal */
export function autocontrast(x: Tensor, peak: number): Tensor {
  const planes = planesOf(x);
  const over = { axes: [2, 3], keepDimensions: true };
  const least = planes.min(over);
  const range = planes.max(over).subtract(least);
  // Where 1 / range is no number of f32, there is no contrast either.
  const flat = range.less(peak * 2 ** -120);
  const [shift, scale] = [flat.where(0, least), flat.where(1, flat.where(1, range).reciprocal().multiply(peak))];
  return imagesOf(planes.subtract(shift).multiply(scale).clamp(0, peak));
}
