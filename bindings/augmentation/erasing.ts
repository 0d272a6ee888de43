import { imagesOnly } from "../engine/featureSets.js";
import type { Layer } from "../layers/layer.js";
import { hyperName } from "../layers/scheduledNumber.js";
import { checkHyper, type Schedulable } from "../schedules/scheduled.js";
import type { Tensor } from "../tensors/tensor.js";
import { checkNumber, checkOptions } from "../values/options.js";
import { type Box, boxMask } from "./box.js";
import { checkFill, type FillValue, fillFor } from "./fillValue.js";
import { imageOp, rangeOf } from "./imageOp.js";
import { between, floor, perPicture } from "./perPicture.js";

export interface RandomErasingOptions {
  /** Probability of erasing, 0 .. 1, or a schedule of it. Default 0.5. */
  readonly p?: Schedulable;
  /** Range of the area of the box, as a fraction of the image, in 0 .. 1. Default [0.02, 0.33]. */
  readonly scale?: readonly [number, number];
  /** Range of height / width of the box, above 0, log-uniform. Default [0.3, 3.3]. */
  readonly ratio?: readonly [number, number];
  /** Value of erased pixels, in the unit of the data: a number, one for each channel, or "random" for standard normal numbers times the largest value of a pixel. Default 0. */ // biome-ignore format: a sentence
  readonly value?: FillValue | "random";
}

/** Draws of a box. One of them that is smaller than the image is taken, as in torchvision. */
const tries = 10;

/** The first box of the tries that is smaller than the image, of size 0 if none is. */
function drawBox(u: Tensor, rows: number, columns: number, scale: Pair, ratio: Pair): Box {
  const { trace } = u;
  const part = (from: number): Tensor => u.slice(1, from, from + tries);
  const area = between(part(0), ...scale).multiply(rows * columns);
  const [least, most] = ratio.map((one) => trace.fill(one, [], "f64").log()) as [Tensor, Tensor];
  const aspect = between(part(tries), least, most).exp();
  const rounded = (x: Tensor): Tensor => floor(x.sqrt().add(0.5));
  const [heights, widths] = [rounded(area.multiply(aspect)), rounded(area.divide(aspect))];
  const fits = heights.less(rows).multiply(widths.less(columns));
  const first = fits.multiply(fits.cumulativeSum(1).equal(1));
  const batch = u.shape[0] as number;
  const sizeOf = (sizes: Tensor): Tensor => first.multiply(sizes).sum({ axes: 1 }).reshape([batch, 1, 1, 1]);
  const [height, width] = [sizeOf(heights), sizeOf(widths)];
  const start = (k: number, extent: number, size: Tensor): Tensor =>
    floor(perPicture(u, 2 * tries + k).multiply(size.negate().add(extent + 1)));
  return { height, width, top: start(0, rows, height), left: start(1, columns, width) };
}

type Pair = readonly [number, number];

/**
 * Random erasing: with probability p, fills a random box of each picture; only in training. Its area and the logarithm of
 * height / width are uniform, and so is its place inside the image. As torchvision's `RandomErasing`.
 *
 * @param options  p, scale, ratio, value
 * @throws RangeError  a number out of range
 * @throws ShapeError  x is not [batch, height, width, channels], or value is for other channels
 * @example
 * sequential([randomErasing({ p: 0.25, value: [0.5, 0.5, 0.5] }), conv2d(3, 8, 3)]);
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
    const erased = perPicture(u, 2 * tries + 2).less(values.p);
    const mask = boxMask(x, { ...box, height: box.height.multiply(erased) });
    if (filled !== "random") return mask.where(fillFor(where, "value", filled, x), x);
    return mask.where(context.normal(x.shape, { dtype: x.dtype as "f32" | "f64" }).multiply(context.peak), x);
  });
});

export interface CutoutOptions {
  /** Value of the square, in the unit of the data: a number, or one for each channel. Default 0. */
  readonly value?: FillValue;
}

/**
 * Cutout: fills a square of each picture, whose centre is uniform over the pixels, so that it may reach beyond the border; only
 * in training.
 *
 * @param size     side of the square in pixels, ≥ 1; it begins ⌊size / 2⌋ pixels before its centre
 * @param options  value
 * @throws RangeError  size is out of range
 * @throws ShapeError  x is not [batch, height, width, channels], or value is for other channels
 * @example
 * sequential([cutout(8), conv2d(1, 8, 3)]);
 * @see DeVries and Taylor, *Improved regularization of convolutional neural networks with cutout*, 2017, sec. 3
 */
export const cutout = /* @__PURE__ */ imagesOnly(function cutout(size: number, options: CutoutOptions = {}): Layer {
  const where = "cutout";
  checkNumber(where, "size", size, { min: 1, below: 2 ** 30, integer: true });
  checkOptions(where, options, ["value"]);
  const value = checkFill(where, "value", options.value ?? 0);
  return imageOp(where, `${size}`, {}, (x, context) => {
    const [batch, rows, columns] = x.shape as [number, number, number, number];
    const u = context.uniform([batch, 2], { dtype: "f64" });
    const start = (k: number, extent: number): Tensor =>
      floor(perPicture(u, k).multiply(extent)).subtract(Math.floor(size / 2));
    const side = x.trace.fill(size, [], "f64");
    const mask = boxMask(x, { top: start(0, rows), left: start(1, columns), height: side, width: side });
    return mask.where(fillFor(where, "value", value, x), x);
  });
});
