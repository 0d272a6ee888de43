import { imagesOnly } from "../engine/featureSets.js";
import type { Layer } from "../layers/layer.js";
import { type Extents, type Padding, pairOf, sidesOf } from "../tensors/geometry.js";
import { padBorder } from "../tensors/pooling.js";
import type { Tensor } from "../tensors/tensor.js";
import { ShapeError, within } from "../values/errors.js";
import { checkChoice, checkNumber, checkOptions } from "../values/options.js";
import { draws, imageOp } from "./imageOp.js";
import { type PerPicture, warp } from "./warp.js";

export interface RandomCropOptions {
  /** Padding around the image: a number of pixels or [top, bottom, left, right]; default 0. */
  readonly padding?: Padding;
  /** Pixels of the padding: "zeros" (default) for the fill value, "reflect" for the image mirrored at its border pixels. */
  readonly mode?: "zeros" | "reflect";
  /** Value of padding, in the unit of x; default 0. */
  readonly fill?: number;
}

/** Crops of images [batch, ...size, channels]; pixels outside are `fill`, and top and left may be negative. @internal */
export function crop(x: Tensor, top: PerPicture, left: PerPicture, size: readonly [number, number], fill = 0): Tensor {
  return warp(x, [1, 0, left, 0, 1, top], size, { fill });
}

/** Uniform whole number 0 .. count − 1, where count may be a tensor, from a draw u. @internal */
export function wholeBelow(u: Tensor, count: PerPicture): Tensor {
  return u.multiply(count).cast("i32").cast("f64");
}

/**
 * Random crops of images: in training each picture is padded, and cut at a place of its own, uniform over all places where the
 * crop fits; y = x in evaluation. So a model needs a size that equals that of the images, or accepts both.
 *
 * @param size     height and width of the crop in pixels: a number or [height, width]
 * @param options  padding, mode, fill
 * @returns        a layer y [batch, ...size, channels] of x [batch, height, width, channels]
 * @throws RangeError  size or an option is out of range
 * @throws ShapeError  the crop is larger than the padded image, or x has other axes
 * @example
 * sequential([randomCrop(28, { padding: 3 }), flatten(), linear(784, 10)]);
 * @see Krizhevsky, Sutskever and Hinton, *ImageNet classification with deep convolutional neural networks*, NIPS 2012, sec. 4.1
 */
export const randomCrop = /* @__PURE__ */ imagesOnly(function randomCrop(
  size: Extents,
  options: RandomCropOptions = {},
): Layer {
  const where = "randomCrop";
  const extents = pairOf(where, "size", size, 2);
  checkOptions(where, options, ["padding", "mode", "fill"]);
  const { padding = 0, mode = "zeros", fill = 0 } = options;
  const [rows, columns] = sidesOf(where, padding, 2);
  checkChoice(where, "mode", mode, ["zeros", "reflect"]);
  checkNumber(where, "fill", fill, {});
  return imageOp(where, `[${extents.join(", ")}]`, {}, (x, context) => {
    const room = [rows, columns].map(([before, after], k) => before + (x.shape[1 + k] as number) + after);
    if (extents.some((extent, k) => extent > (room[k] as number)))
      throw new ShapeError(
        `${where}: the crop [${extents.join(", ")}] is larger than the padded image [${room.join(", ")}]. Lower size, or ` +
          "raise padding.",
      );
    const places = draws(context, x, 2).map((u, k) => wholeBelow(u, (room[k] as number) - extents[k]! + 1));
    const [top, left] = places as [Tensor, Tensor];
    if (mode === "reflect") {
      const padded = within(where, () => padBorder(x, [...rows, ...columns], "reflect"));
      return crop(padded, top, left, extents);
    }
    return crop(x, top.subtract(rows[0]), left.subtract(columns[0]), extents, fill);
  });
});
