import * as abi from "../../assembly/abi.js";
import { imagesOnly } from "../engine/featureSets.js";
import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { checkOptions, wrongKind } from "../values/options.js";
import { type ConvolutionOptions, checkKernel, convolutionOptions, imageWeights } from "./convolution.js";
import {
  type Axes,
  checkPadding,
  checkSize,
  fromImage,
  geometry,
  imageOf,
  type Size,
  shownExtents,
  spatialOf,
} from "./geometry.js";
import type { Layer } from "./layer.js";

/** What transposed convolutions share. */
export interface TransposedConvolutionOptions<S, P> extends Omit<ConvolutionOptions<S, P>, "padding" | "paddingMode"> {
  /** Pixels taken away around the output; default 0. */
  readonly padding?: P;
  /** Pixels added after the output, which strides leave open, 0 ≤ outputPadding < stride; default 0. */
  readonly outputPadding?: S;
}

export type ConvTranspose1dOptions = TransposedConvolutionOptions<
  number,
  number | readonly [before: number, after: number]
>;
export type ConvTranspose2dOptions = TransposedConvolutionOptions<
  Size,
  Size | readonly [top: number, bottom: number, left: number, right: number]
>;

function transposing(
  where: string,
  axes: Axes,
  channels: readonly [number, number],
  kernel: unknown,
  options: TransposedConvolutionOptions<unknown, unknown>,
): Layer {
  checkOptions(where, options, [...convolutionOptions, "padding", "outputPadding"]);
  const { padding = 0, outputPadding = 0, ...rest } = options;
  const { name, sizes, strides, dilations, groups, parameters } = checkKernel(
    where,
    axes,
    channels,
    kernel,
    rest,
    true,
  );
  const sides = checkPadding(where, padding, axes);
  if (sides === "same") throw wrongKind(where, "padding", "a whole number or one for each side", padding);
  const extra = checkSize(where, "outputPadding", outputPadding, axes, 0);
  for (const k of [0, 1] as const)
    if (extra[k] >= strides[k])
      throw new RangeError(
        `${where}: outputPadding must be below the stride, got ${extra[k]} for stride ${strides[k]}. Use a larger stride, or pad ` +
          "the output.",
      );
  return {
    name,
    parameters,
    apply({ weight, bias }, x) {
      const image = imageOf(name, x, axes, channels[0]);
      const counts = spatialOf(image);
      const steps = ([0, 1] as const).map((k) => {
        const [before, after] = sides[k];
        return { kernel: sizes[k], stride: strides[k], before, after, dilation: dilations[k] };
      });
      const extents = steps.map(
        ({ kernel, stride, before, after, dilation }, k) =>
          ((counts[k] as number) - 1) * stride - before - after + dilation * (kernel - 1) + (extra[k] as number) + 1,
      );
      if (extents.some((extent) => extent < 1))
        throw new ShapeError(
          `${name}: the padding takes away all of the output: got extents ${shownExtents(extents, axes)} from ` +
            `${shownExtents(counts, axes)}, expected at least 1. Pad less.`,
        );
      const words = geometry(steps, extents, counts, groups);
      const y = x.trace.emit(abi.opConvolveInputGradient, [image, imageWeights(weight as Tensor, axes)], [], words);
      return fromImage(bias ? y.add(bias) : y, axes);
    },
  };
}

/**
 * Transposed convolution of sequences: the gradient of `conv1d` in its input, which makes sequences longer by strides.
 *
 * @param inputs   channels of x [batch, length, inputs], ≥ 1
 * @param outputs  channels of y [batch, out, outputs], ≥ 1;
 *                 out = (length − 1) stride − padding + dilation (kernel − 1) + outputPadding + 1
 * @param kernel   taps, ≥ 1; the weight is [kernel, outputs / groups, inputs]
 * @throws RangeError  a number out of range, outputPadding not below the stride, or groups that do not divide the channels
 * @throws ShapeError  x has other axes or channels, or the padding takes away all of the output
 * @example
 * sequential([convTranspose1d(8, 2, 4, { stride: 2, padding: 1 }), flatten(), linear(32 * 2, 1)]);
 * @see Dumoulin and Visin, *A guide to convolution arithmetic for deep learning*, 2016, ch. 4
 */
export const convTranspose1d = /* @__PURE__ */ imagesOnly(function convTranspose1d(
  inputs: number,
  outputs: number,
  kernel: number,
  options: ConvTranspose1dOptions = {},
): Layer {
  return transposing("convTranspose1d", 1, [inputs, outputs], kernel, options);
});

/**
 * Transposed convolution of images: the gradient of `conv2d` in its input, which enlarges images by strides.
 *
 * @param inputs   channels of x [batch, height, width, inputs], ≥ 1
 * @param outputs  channels of y [batch, outHeight, outWidth, outputs], ≥ 1; along each axis
 *                 out = (extent − 1) stride − padding + dilation (kernel − 1) + outputPadding + 1
 * @param kernel   taps, a number or [height, width], ≥ 1; the weight is [height, width, outputs / groups, inputs]
 * @throws RangeError  a number out of range, outputPadding not below the stride, or groups that do not divide the channels
 * @throws ShapeError  x has other axes or channels, or the padding takes away all of the output
 * @example
 * sequential([convTranspose2d(8, 3, 4, { stride: 2, padding: 1 }), sigmoid()]);
 * @see Dumoulin and Visin, *A guide to convolution arithmetic for deep learning*, 2016, ch. 4
 */
export const convTranspose2d = /* @__PURE__ */ imagesOnly(function convTranspose2d(
  inputs: number,
  outputs: number,
  kernel: Size,
  options: ConvTranspose2dOptions = {},
): Layer {
  return transposing("convTranspose2d", 2, [inputs, outputs], kernel, options);
});
