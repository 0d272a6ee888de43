import { imagesOnly } from "../engine/featureSets.js";
import type { Layer } from "../layers/layer.js";
import { hyperName } from "../layers/scheduledNumber.js";
import { checkHyper, type Schedulable } from "../schedules/scheduled.js";
import type { Tensor } from "../tensors/tensor.js";
import { checkOptions } from "../values/options.js";
import { draws, imageOp } from "./imageOp.js";
import { warp } from "./warp.js";

/** Options of `randomFlip`. */
export interface RandomFlipOptions {
  /** Probability of exchanging left and right, 0 .. 1, or a schedule of it; default 0.5. */
  readonly horizontal?: Schedulable;
  /** Probability of exchanging top and bottom, 0 .. 1, or a schedule of it; default 0. */
  readonly vertical?: Schedulable;
}

/** Mirrors images whose number is 1, and keeps those whose number is 0. @internal */
export function flip(x: Tensor, horizontal: Tensor, vertical: Tensor): Tensor {
  const [, height, width] = x.shape as [number, number, number, number];
  const sign = (flipped: Tensor): Tensor => flipped.multiply(-2).add(1);
  const columns = [sign(horizontal), 0, horizontal.multiply(width - 1)];
  return warp(x, [...columns, 0, sign(vertical), vertical.multiply(height - 1)], [height, width]);
}

/**
 * Random flips of images: in training each image is mirrored left to right, y[p, q] = x[p, width − 1 − q], and top to bottom,
 * y[p, q] = x[height − 1 − p, q], each with its probability and independently; y = x in evaluation.
 *
 * @param options  horizontal, vertical
 * @returns        a layer y [batch, height, width, channels] of x of this shape
 * @throws RangeError  a probability is out of range
 * @throws ShapeError  x is not [batch, height, width, channels]
 * @example
 * augment([randomFlip()]);
 * augment([randomFlip({ horizontal: 0.5, vertical: 0.5 })]);
 * @see Krizhevsky, Sutskever and Hinton, *ImageNet classification with deep convolutional neural networks*, NIPS 2012, sec. 4.1
 */
export const randomFlip = /* @__PURE__ */ imagesOnly(function randomFlip(options: RandomFlipOptions = {}): Layer {
  const where = "randomFlip";
  checkOptions(where, options, ["horizontal", "vertical"]);
  const probability = (name: keyof RandomFlipOptions, value: Schedulable) =>
    checkHyper(where, name, value, { min: 0, max: 1 });
  const horizontal = probability("horizontal", options.horizontal ?? 0.5);
  const vertical = probability("vertical", options.vertical ?? 0);
  const name = `${hyperName(horizontal)}, ${hyperName(vertical)}`;
  return imageOp(where, name, { horizontal, vertical }, (x, context, values) => {
    const [across, down] = draws(context, x, 2) as [Tensor, Tensor];
    return flip(x, across.less(values.horizontal), down.less(values.vertical));
  });
});
