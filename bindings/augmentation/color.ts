// Colors, changed by one amount for each image. The functions work on planes [channels, batch, height, width], where all pixels
// of a channel lie side by side.

import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";

/** Checks that images have 1 or 3 channels. @internal */
export function checkColors(where: string, { shape }: Tensor): void {
  const channels = shape[3] as number;
  if (channels === 1 || channels === 3) return;
  throw new ShapeError(
    `${where}: got [${shape.join(", ")}] with ${channels} channels, expected 1 (gray) or 3 (red, green, blue). Use images of such channels.`,
  );
}

/** Planes of x [batch, height, width, channels]. @internal */
export function planesOf(x: Tensor): Tensor {
  return x.transpose([3, 0, 1, 2]);
}

/** Images [batch, height, width, channels] of planes. @internal */
export function imagesOf(planes: Tensor): Tensor {
  return planes.transpose([1, 2, 3, 0]);
}

const channel = (planes: Tensor, k: number): Tensor => planes.slice(0, k, k + 1);

/** Gray of the planes, [1, batch, height, width]: 0.2989 r + 0.587 g + 0.114 b, as torchvision. @internal */
export function grayOf(planes: Tensor): Tensor {
  if (planes.shape[0] === 1) return planes;
  const [red, green, blue] = [0.2989, 0.587, 0.114].map((weight, k) => channel(planes, k).multiply(weight)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  return red.add(green).add(blue);
}

/** Mean of gray planes over the pixels, [1, batch, 1, 1]. @internal */
export function meanOf(gray: Tensor): Tensor {
  return gray.mean({ axes: [2, 3], keepDimensions: true });
}

/** f x + (1 − f) base, clamped to 0 .. peak; the factor f is f64 [batch, 1, 1]. @internal */
export function blend(planes: Tensor, base: Tensor | 0, factor: Tensor, peak: number): Tensor {
  const scaled = planes.multiply(factor.cast(planes.dtype));
  if (base === 0) return scaled.clamp(0, peak);
  return scaled.add(base.multiply(factor.negate().add(1).cast(planes.dtype))).clamp(0, peak);
}

/**
 * Turns hues by `shift`, f64 [batch, 1, 1] in turns, and keeps saturation and value. With the hue in sixths of a turn, a
 * channel is max − (max − min) · clamp(2 − |k − 2|, 0, 1), k = (n + hue) mod 6, where n = 5, 3, 1 for r, g, b (A. R. Smith,
 * *Color gamut transform pairs*, SIGGRAPH 1978).
 * @internal
 */
export function turnHue(planes: Tensor, shift: Tensor, peak: number): Tensor {
  const [r, g, b] = [channel(planes, 0), channel(planes, 1), channel(planes, 2)];
  const most = r.maximum(g).maximum(b);
  const chroma = most.subtract(r.minimum(g).minimum(b));
  const [redLargest, greenLargest] = [r.equal(most), g.equal(most)];
  const difference = redLargest.where(g.subtract(b), greenLargest.where(b.subtract(r), r.subtract(g)));
  const start = redLargest.where(0, greenLargest.where(2, 4));
  const hue = difference.divide(chroma.equal(0).where(1, chroma)).add(start);
  const wrapped = (t: Tensor): Tensor => t.subtract(t.greaterEqual(6).multiply(6));
  // The hue is in −1 .. 5 and the shift in −3 .. 3; the sum is wrapped into 0 .. 6.
  const turned = hue.add(shift.multiply(6).cast(planes.dtype));
  const positive = wrapped(turned.add(turned.less(0).multiply(6)));
  const starts = planes.trace.constant([[[[5]]], [[[3]]], [[[1]]]], planes.dtype);
  const fallen = wrapped(positive.add(starts)).subtract(2).abs().negate().add(2).clamp(0, 1);
  return most.subtract(chroma.multiply(fallen)).clamp(0, peak);
}
