import { imagesOnly } from "../engine/featureSets.js";
import { convolveTransposed, type TransposedConvolutionOptions } from "../tensors/convolution.js";
import { type Extents, pairOf, sidesOf } from "../tensors/geometry.js";
import { checkOptions } from "../values/options.js";
import { type ConvStarts, convolutionOptions, convolutionParts } from "./convolution.js";
import type { Layer } from "./layer.js";

/** Options of transposed convolutions; for sequences a number where images have a pair. */
export interface ConvTransposeOptions extends TransposedConvolutionOptions, ConvStarts {}

function transposing(
  where: string,
  axes: 1 | 2,
  channels: readonly [number, number],
  kernel: Extents,
  options: ConvTransposeOptions,
): Layer {
  checkOptions(where, options, [...convolutionOptions, "outputPadding"]);
  const { strides, layer } = convolutionParts(where, axes, channels, kernel, options, true);
  const { stride = 1, padding = 0, outputPadding = 0, dilation = 1, groups = 1 } = options;
  sidesOf(where, padding, axes);
  const extras = pairOf(where, "outputPadding", outputPadding, axes, 0, 0).slice(2 - axes);
  for (const [k, extra] of extras.entries())
    if (extra >= (strides[k] as number))
      throw new RangeError(
        `${where}: outputPadding must be below the stride, got ${extra} for stride ${strides[k]}. Use a larger stride.`,
      );
  const steps = { stride, padding, outputPadding, dilation, groups };
  return layer((x, weight) => convolveTransposed(x, weight, steps));
}

/**
 * Transposed convolution of sequences: the gradient of `conv1d` with respect to its input; a stride s makes sequences about s times longer.
 *
 * @param inputs   channels of x [batch, length, inputs], ≥ 1
 * @param outputs  channels of y [batch, out, outputs], ≥ 1;
 *                 out = (length − 1) stride − padding + dilation (kernel − 1) + outputPadding + 1
 * @param kernel   size, ≥ 1; the weight is [kernel, outputs / groups, inputs]
 * @param options  stride, padding, outputPadding, dilation, groups, weight, bias, convention
 * @throws RangeError  a number out of range, outputPadding not below the stride, or groups that do not divide the channels
 * @throws ShapeError  x has other axes or channels, or the padding removes all of the output
 * @example
 * sequential([convTranspose1d(8, 2, 4, { stride: 2, padding: 1 }), flatten(), linear(32 * 2, 1)]);
 * @see Dumoulin and Visin, *A guide to convolution arithmetic for deep learning*, 2016, ch. 4
 */
export const convTranspose1d = /* @__PURE__ */ imagesOnly(function convTranspose1d(
  inputs: number,
  outputs: number,
  kernel: number,
  options: ConvTransposeOptions = {},
): Layer {
  return transposing("convTranspose1d", 1, [inputs, outputs], kernel, options);
});

/**
 * Transposed convolution of images: the gradient of `conv2d` with respect to its input; a stride s enlarges images about s times.
 *
 * @param inputs   channels of x [batch, height, width, inputs], ≥ 1
 * @param outputs  channels of y [batch, outHeight, outWidth, outputs], ≥ 1; along each axis
 *                 out = (extent − 1) stride − padding + dilation (kernel − 1) + outputPadding + 1
 * @param kernel   size, a number or [height, width], ≥ 1; the weight is [height, width, outputs / groups, inputs]
 * @param options  stride, padding, outputPadding, dilation, groups, weight, bias, convention
 * @throws RangeError  a number out of range, outputPadding not below the stride, or groups that do not divide the channels
 * @throws ShapeError  x has other axes or channels, or the padding removes all of the output
 * @example
 * sequential([convTranspose2d(8, 3, 4, { stride: 2, padding: 1 }), sigmoid()]);
 * @see Dumoulin and Visin, *A guide to convolution arithmetic for deep learning*, 2016, ch. 4
 */
export const convTranspose2d = /* @__PURE__ */ imagesOnly(function convTranspose2d(
  inputs: number,
  outputs: number,
  kernel: Extents,
  options: ConvTransposeOptions = {},
): Layer {
  return transposing("convTranspose2d", 2, [inputs, outputs], kernel, options);
});
