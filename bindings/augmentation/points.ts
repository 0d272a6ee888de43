// Ops on single pixels, with an amount for each picture, f64 [batch, 1, 1, 1], as the policies use them: x is [batch, height,
// width, channels] in 0 .. peak. As torchvision; where that computes in whole levels 0 .. 255, so do these.

import type { Tensor } from "../tensors/tensor.js";
import { imagesOf, planesOf } from "./color.js";
import { floor } from "./perPicture.js";

/** x in levels 0 .. 255, which its gradient treats as constants. @internal */
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

/** Levels without their lowest 8 − bits bits, bits being 0 .. 8. @internal */
export function posterize(x: Tensor, bits: Tensor, peak: number): Tensor {
  // 2^(8 − bits), exactly: 1 and a 2ʲ for each j < 8 − bits.
  const step = Array.from({ length: 8 }, (_, j) => bits.lessEqual(7 - j).multiply(2 ** j))
    .reduce((sum, one) => sum.add(one))
    .add(1)
    .cast(x.dtype);
  return floor(levelsOf(x, peak).divide(step))
    .multiply(step)
    .multiply(peak / 255);
}

/** Stretches each channel of each picture to 0 .. peak; one without contrast stays. @internal */
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
