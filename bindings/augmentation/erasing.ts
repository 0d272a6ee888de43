import { imagesOnly } from "../engine/featureSets.js";
import type { Layer } from "../layers/layer.js";
import { hyperName } from "../layers/scheduledNumber.js";
import { checkHyper, type Schedulable } from "../schedules/scheduled.js";
import type { Tensor } from "../tensors/tensor.js";
import { checkNumber, checkOptions } from "../values/options.js";
import { type Box, boxMask, firstFit, tries } from "./box.js";
import { checkFill, type FillValue, fillFor } from "./fillValue.js";
import { draws, imageOp, rangeOf, splitColumns } from "./imageOp.js";
import { floor } from "./perImage.js";

/** Options of `randomErasing`. */
export interface RandomErasingOptions {
  /** Probability of erasing, 0 .. 1, or a schedule of it; default 0.5. */
  readonly p?: Schedulable;
  /** Area of the box as a share of the image: [least, most] in 0 .. 1; default [0.02, 0.33]. */
  readonly scale?: readonly [number, number];
  /** Height of the box over its width: [least, most], positive; default [0.3, 3.3]. */
  readonly ratio?: readonly [number, number];
  /**
   * Value of erased pixels, in the unit of the data: a number, an array of one for each channel, or "random" for standard
   * normal numbers times the peak, which is 255 for u8 data in `augment`, else 1. Default 0.
   */
  readonly value?: FillValue | "random";
}

/** Draws a box for each image: the first try that is smaller than the image, of size 0 if none is. */
function drawBox(u: Tensor, rows: number, columns: number, scale: Pair, ratio: Pair): Box {
  const draws = [u.slice(1, 0, tries), u.slice(1, tries, 2 * tries)] as const;
  const sides = firstFit(draws, rows * columns, scale, ratio, (high, wide) =>
    high.less(rows).multiply(wide.less(columns)),
  );
  const [down, right] = splitColumns(u.slice(1, 2 * tries), 4) as [Tensor, Tensor, Tensor];
  const [height, width] = [sides.first, sides.second].map((side) => splitColumns(side, 4)[0] as Tensor) as [
    Tensor,
    Tensor,
  ];
  const start = (draw: Tensor, extent: number, size: Tensor): Tensor =>
    floor(draw.multiply(size.negate().add(extent + 1)));
  return { height, width, top: start(down, rows, height), left: start(right, columns, width) };
}

type Pair = readonly [number, number];

/**
 * Random erasing: in training, with probability p, a random box of each image is filled; y = x in evaluation. The area of the
 * box, the logarithm of its height / width and its place inside the image are uniform. As torchvision's `RandomErasing`.
 *
 * @param options  p, scale, ratio, value
 * @returns        a layer y [batch, height, width, channels] of x of this shape
 * @throws RangeError  a number is out of range
 * @throws ShapeError  x is not [batch, height, width, channels], or value is for other channels
 * @example
 * augment([randomErasing({ p: 0.25, value: [0.5, 0.5, 0.5] })]);
 * @see Zhong, Zheng, Kang, Li and Yang, *Random erasing data augmentation*, AAAI 2020, algorithm 1
 */
export const randomErasing = /* @__PURE__ */ imagesOnly(function randomErasing(
  options: RandomErasingOptions = {},
): Layer {
  const where = "randomErasing";
  checkOptions(where, options, ["p", "scale", "ratio", "value"]);
  const { p = 0.5, scale = [0.02, 0.33], ratio = [0.3, 3.3], value = 0 } = options;
  const hyper = checkHyper(where, "p", p, { min: 0, max: 1 });
  const areas = rangeOf(where, "scale", scale, { min: 0, max: 1 });
  const ratios = rangeOf(where, "ratio", ratio);
  const filled = value === "random" ? value : checkFill(where, "value", value, '"random"');
  return imageOp(where, hyperName(hyper), { p: hyper }, (x, context, values) => {
    if (hyper === 0) return x;
    const [batch, rows, columns] = x.shape as [number, number, number, number];
    const u = context.uniform([batch, 2 * tries + 3], { dtype: "f64" });
    const box = drawBox(u, rows, columns, areas, ratios);
    const erased = (splitColumns(u, 4).at(-1) as Tensor).less(values.p);
    const mask = boxMask(x, { ...box, height: box.height.multiply(erased) });
    if (filled !== "random") return mask.where(fillFor(where, "value", filled, x), x);
    return mask.where(context.normal(x.shape, { dtype: x.dtype as "f32" | "f64" }).multiply(context.peak), x);
  });
});

/** Options of `cutout`. */
export interface CutoutOptions {
  /** Value of the square, in the unit of the data: a number, or an array of one for each channel; default 0. */
  readonly value?: FillValue;
}

/**
 * Cutout: in training a square of each image is filled; y = x in evaluation. Its center is uniform over the pixels, so that
 * part of it may lie outside the image.
 *
 * @param size     side of the square in pixels, an integer ≥ 1; it begins ⌊size / 2⌋ pixels before its center
 * @param options  value
 * @returns        a layer y [batch, height, width, channels] of x of this shape
 * @throws RangeError  size is out of range
 * @throws ShapeError  x is not [batch, height, width, channels], or value is for other channels
 * @example
 * augment([cutout(8)]);
 * @see DeVries and Taylor, *Improved regularization of convolutional neural networks with cutout*, 2017, sec. 3
 */
export const cutout = /* @__PURE__ */ imagesOnly(function cutout(size: number, options: CutoutOptions = {}): Layer {
  const where = "cutout";
  checkNumber(where, "size", size, { min: 1, below: 2 ** 30, integer: true });
  checkOptions(where, options, ["value"]);
  const value = checkFill(where, "value", options.value ?? 0);
  return imageOp(where, `${size}`, {}, (x, context) => {
    const [, rows, columns] = x.shape as [number, number, number, number];
    const [down, right] = draws(context, x, 2, 4) as [Tensor, Tensor];
    const start = (draw: Tensor, extent: number): Tensor => floor(draw.multiply(extent)).subtract(Math.floor(size / 2));
    const side = x.trace.fill(size, [], "f64");
    const mask = boxMask(x, { top: start(down, rows), left: start(right, columns), height: side, width: side });
    return mask.where(fillFor(where, "value", value, x), x);
  });
});
