import { imagesOnly } from "../engine/featureSets.js";
import type { Layer, LayerContext } from "../layers/layer.js";
import { type Extents, pairOf } from "../tensors/geometry.js";
import type { Tensor } from "../tensors/tensor.js";
import { checkChoice, checkOptions } from "../values/options.js";
import { type Box, firstFit, tries } from "./box.js";
import { draws, imageOp, rangeOf } from "./imageOp.js";
import { floor } from "./perImage.js";
import { type Interpolation, warp } from "./warp.js";

/** Options of `randomResizedCrop`. */
export interface RandomResizedCropOptions {
  /** Area of the crop as a share of the image: [least, most] in 0 .. 1; default [0.08, 1]. */
  readonly scale?: readonly [number, number];
  /** Width of the crop over its height: [least, most], positive; default [3/4, 4/3]. */
  readonly ratio?: readonly [number, number];
  /** "bilinear" (default, as torchvision): the mean of the four nearest pixels weighted by distance; or "nearest". */
  readonly interpolation?: Interpolation;
}

/**
 * Crops a box of each image and resizes it. "bilinear" reads output pixel q at left + (q + ½) width / size − ½, clamped to
 * the box. "nearest" reads it at left + ⌊q width / size⌋, as the pixel nearest to left + (q width + ½) / size − ½: the ½ /
 * size keeps rounding away from the border between two pixels. @internal
 */
export function resizedCrop(
  x: Tensor,
  { top, left, height, width }: Box,
  size: readonly [number, number],
  interpolation: Interpolation,
): Tensor {
  const axis = (first: Tensor, extent: Tensor, count: number): { step: Tensor; start: Tensor; last: Tensor } => {
    const step = extent.divide(count);
    const half = interpolation === "nearest" ? first.add(0.5 / count) : first.add(step.divide(2));
    return { step, start: half.subtract(0.5), last: first.add(extent).subtract(1) };
  };
  const [row, column] = [axis(top, height, size[0]), axis(left, width, size[1])];
  const m = [column.step, 0, column.start, 0, row.step, row.start];
  return warp(x, interpolation === "nearest" ? m : [...m, left, column.last, top, row.last], size, { interpolation });
}

/** The largest crop at the center with a ratio in range, which torchvision takes if no try fits. */
function centerOf(height: number, width: number, [least, most]: readonly [number, number]): Box<number> {
  const [high, wide] =
    width / height < least
      ? [Math.min(Math.max(Math.round(width / least), 1), height), width]
      : width / height > most
        ? [height, Math.min(Math.max(Math.round(height * most), 1), width)]
        : [height, width];
  return { top: Math.floor((height - high) / 2), left: Math.floor((width - wide) / 2), height: high, width: wide };
}

/** Draws a box for each image: of ten tries the first that fits into the image, else the crop at the center. @internal */
export function drawBox(
  context: LayerContext,
  x: Tensor,
  scale: readonly [number, number],
  ratio: readonly [number, number],
): Box {
  const [batch, height, width] = x.shape as [number, number, number, number];
  const uniform = (): Tensor => context.uniform([batch, tries], { dtype: "f64" });
  const within = (extent: Tensor, room: number): Tensor => extent.greaterEqual(1).multiply(extent.lessEqual(room));
  const sides = firstFit([uniform(), uniform()], height * width, scale, ratio, (wide, high) =>
    within(wide, width).multiply(within(high, height)),
  );
  const any = sides.first.greater(0);
  const center = centerOf(height, width, ratio);
  const [boxHeight, boxWidth] = [any.where(sides.second, center.height), any.where(sides.first, center.width)];
  const [down, right] = draws(context, x, 2) as [Tensor, Tensor];
  const place = (u: Tensor, extent: Tensor, room: number, otherwise: number): Tensor =>
    any.where(floor(u.multiply(extent.negate().add(room + 1))), otherwise);
  return {
    top: place(down, boxHeight, height, center.top),
    left: place(right, boxWidth, width, center.left),
    height: boxHeight,
    width: boxWidth,
  };
}

/**
 * Random resized crops of images: in training a part of each image, whose area and logarithm of width / height are uniform,
 * is resized; y = x in evaluation, so that the model must accept both sizes. Of ten tries the first that fits into the image
 * is taken, else the largest crop at the center whose ratio is in range. There is no antialiasing.
 *
 * @param size     height and width of the output in pixels: a number or [height, width]
 * @param options  scale, ratio, interpolation
 * @returns        a layer y [batch, ...size, channels] of x [batch, height, width, channels]
 * @throws RangeError  size or an option is out of range
 * @throws ShapeError  x is not [batch, height, width, channels]
 * @example
 * augment([randomResizedCrop(28, { scale: [0.5, 1] })]);
 * @see Szegedy et al., *Going deeper with convolutions*, CVPR 2015, sec. 6
 */
export const randomResizedCrop = /* @__PURE__ */ imagesOnly(function randomResizedCrop(
  size: Extents,
  options: RandomResizedCropOptions = {},
): Layer {
  const where = "randomResizedCrop";
  const extents = pairOf(where, "size", size, 2);
  checkOptions(where, options, ["scale", "ratio", "interpolation"]);
  const scale = rangeOf(where, "scale", options.scale ?? [0.08, 1], { above: 0, max: 1 });
  const ratio = rangeOf(where, "ratio", options.ratio ?? [3 / 4, 4 / 3]);
  const { interpolation = "bilinear" } = options;
  checkChoice(where, "interpolation", interpolation, ["bilinear", "nearest"]);
  return imageOp(where, `[${extents.join(", ")}]`, {}, (x, context) =>
    resizedCrop(x, drawBox(context, x, scale, ratio), extents, interpolation),
  );
});
