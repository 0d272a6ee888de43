import { imagesOnly } from "../engine/featureSets.js";
import type { Layer } from "../layers/layer.js";
import { type Extents, type Padding, pairOf, sidesOf } from "../tensors/geometry.js";
import { padBorder } from "../tensors/pooling.js";
import type { Tensor } from "../tensors/tensor.js";
import { ShapeError, within } from "../values/errors.js";
import { checkChoice, checkNumber, checkOptions } from "../values/options.js";
import { draws, imageOp } from "./imageOp.js";
import { floor } from "./perImage.js";
import { type PerImage, warp } from "./warp.js";

/** Options of `randomCrop`. */
export interface RandomCropOptions {
  /** Padding around the image: a number of pixels or [top, bottom, left, right]; default 0. */
  readonly padding?: Padding;
  /** "zeros" (default) pads with `fill`; "reflect" mirrors the image at its border pixels, which are not repeated. */
  readonly mode?: "zeros" | "reflect";
  /** Value of padding of the mode "zeros", in the unit of the data; default 0. */
  readonly fill?: number;
}

/** Crops of images [batch, ...size, channels]; pixels outside are `fill`, and top and left may be negative. @internal */
export function crop(x: Tensor, top: PerImage, left: PerImage, size: readonly [number, number], fill = 0): Tensor {
  return warp(x, [1, 0, left, 0, 1, top], size, { fill });
}

/**
 * Random crops of images: in training each image is padded, and cut at its own place, uniform over all places where the crop
 * fits; y = x in evaluation. If the size differs from that of the images, the model must accept both.
 *
 * @param size     height and width of the crop in pixels: a number or [height, width]
 * @param options  padding, mode, fill
 * @returns        a layer y [batch, ...size, channels] of x [batch, height, width, channels]
 * @throws RangeError  size or an option is out of range
 * @throws ShapeError  the crop is larger than the padded image, or x is not [batch, height, width, channels]
 * @example
 * augment([randomCrop(28, { padding: 3 })]);
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
    const places = draws(context, x, 2).map((u, k) => floor(u.multiply((room[k] as number) - extents[k]! + 1)));
    const [top, left] = places as [Tensor, Tensor];
    if (mode === "reflect") {
      const padded = within(where, () => padBorder(x, [...rows, ...columns], "reflect"));
      return crop(padded, top, left, extents);
    }
    return crop(x, top.subtract(rows[0]), left.subtract(columns[0]), extents, fill);
  });
});
