import * as abi from "../../assembly/abi.js";
import { imagesOnly } from "../engine/featureSets.js";
import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkNumber, checkOptions } from "../values/options.js";
import {
  type Axes,
  checkFits,
  checkPadding,
  checkSize,
  countOf,
  fromImage,
  geometry,
  imageOf,
  resampled,
  type Size,
  type Stepping,
  shownExtents,
  spatialOf,
  still,
} from "./geometry.js";
import { heNormal, type Initializer, uniformInitializer, zeros } from "./initializers.js";
import { applyNested, type Layer } from "./layer.js";

/** What all convolutions share. */
export interface ConvolutionOptions<S, P> {
  /** Pixels from one window to the next, ≥ 1; default 1. */
  readonly stride?: S;
  /** Pixels added around the image; "same" adds so many that the output has ⌈extent / stride⌉. Default 0. */
  readonly padding?: P;
  /** Pixels from one tap of the kernel to the next, ≥ 1; default 1. */
  readonly dilation?: S;
  /** Groups of channels, each with kernels of its own: a divisor of both numbers of channels; default 1. */
  readonly groups?: number;
  /** Start of the weight; default heNormal. */
  readonly weight?: Initializer;
  /** Start of the bias, one number an output channel, or false for none; default zeros. */
  readonly bias?: Initializer | false;
  /** Starts of a library; those that are given win. "pytorch": weight and bias uniform on ±1 / √fanIn. Default: as above. */
  readonly convention?: "pytorch";
  /** What stands in the padding: 0, or pixels of the image, mirrored, repeated at the edge or from the other side. */
  readonly paddingMode?: "zeros" | "reflect" | "replicate" | "circular";
}

export type Conv1dOptions = ConvolutionOptions<number, number | "same" | readonly [before: number, after: number]>;
export type Conv2dOptions = ConvolutionOptions<
  Size,
  Size | "same" | readonly [top: number, bottom: number, left: number, right: number]
>;

/** Options of a depthwise convolution. */
export interface DepthwiseConv2dOptions extends Omit<Conv2dOptions, "groups"> {
  /** Output channels of each input channel, ≥ 1; default 1. */
  readonly multiplier?: number;
}

export const convolutionOptions = ["stride", "dilation", "groups", "weight", "bias", "convention"];

/** Parts of a convolution that do not depend on which way it goes. @internal */
export interface Kernel {
  readonly name: string;
  readonly sizes: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly groups: number;
  readonly parameters: Layer["parameters"];
}

/** Checks what a convolution and a transposed one share. @internal */
export function checkKernel(
  where: string,
  axes: Axes,
  [inputs, outputs]: readonly [number, number],
  kernel: unknown,
  options: Omit<ConvolutionOptions<unknown, unknown>, "padding" | "paddingMode">,
  transposed: boolean,
): Kernel {
  checkNumber(where, "inputs", inputs, { min: 1, integer: true });
  checkNumber(where, "outputs", outputs, { min: 1, integer: true });
  const sizes = checkSize(where, "kernel", kernel, axes, 1);
  const { stride = 1, dilation = 1, groups = 1, convention } = options;
  const strides = checkSize(where, "stride", stride, axes, 1);
  const dilations = checkSize(where, "dilation", dilation, axes, 1);
  checkNumber(where, "groups", groups, { min: 1, integer: true });
  if (inputs % groups !== 0 || outputs % groups !== 0)
    throw new RangeError(
      `${where}: groups must divide the channels, got ${groups} groups of ${inputs} inputs and ${outputs} outputs. Choose a ` +
        "divisor of both.",
    );
  if (convention !== undefined) checkChoice(where, "convention", convention, ["pytorch"]);
  const own = transposed ? [outputs / groups, inputs] : [inputs / groups, outputs];
  const shape = [...sizes.slice(2 - axes), ...own];
  const fanIn = shape.slice(0, -1).reduce((product, extent) => product * extent, 1);
  const uniform: Initializer = (context) =>
    uniformInitializer(-1, 1)(context).multiply(context.trace.fill(fanIn, [], context.dtype).rsqrt());
  const [aroundWeight, aroundBias] = convention ? [uniform, uniform] : [heNormal, zeros];
  const { weight = aroundWeight, bias = aroundBias } = options;
  return {
    name: `${where}(${inputs}, ${outputs}, ${shownExtents(sizes, axes)})`,
    sizes,
    strides,
    dilations,
    groups,
    parameters: {
      weight: { shape, initializer: weight },
      ...(bias === false ? {} : { bias: { shape: [outputs], initializer: bias } }),
    },
  };
}

/** Weights [...kernel, in, out] as those of an image. @internal */
export function imageWeights(weight: Tensor, axes: Axes): Tensor {
  return axes === 1 ? weight.reshape([1, ...weight.shape]) : weight;
}

const borders = { reflect: abi.windowReflect, replicate: abi.windowReplicate, circular: abi.windowCircular };

/** x with pixels of its own around it, and the steps without the padding. */
function bordered(
  name: string,
  x: Tensor,
  steps: readonly Stepping[],
  mode: keyof typeof borders,
  axes: Axes,
): [Tensor, Stepping[]] {
  const extents = spatialOf(x);
  const counts = steps.map(({ before, after }, k) => before + (extents[k] as number) + after);
  for (const [k, { before, after }] of steps.entries()) {
    const extent = extents[k] as number;
    const most = mode === "reflect" ? extent - 1 : mode === "circular" ? extent : Number.POSITIVE_INFINITY;
    if (Math.max(before, after) > most)
      throw new ShapeError(
        `${name}: the padding is larger than ${mode} can fill: got ${Math.max(before, after)}, expected at most ${most} for an ` +
          `image of ${shownExtents(extents, axes)}. Pad less, or use "replicate".`,
      );
  }
  const around = steps.map(({ before, after }) => ({ ...still, before, after }));
  const padded = resampled(x, geometry(around, extents, counts, borders[mode]));
  return [padded, steps.map((step) => ({ ...step, before: 0, after: 0 }))];
}

function convolving(
  where: string,
  axes: Axes,
  channels: readonly [number, number],
  kernel: unknown,
  options: ConvolutionOptions<unknown, unknown>,
): Layer {
  const { name, sizes, strides, dilations, groups, parameters } = checkKernel(
    where,
    axes,
    channels,
    kernel,
    options,
    false,
  );
  const { padding = 0, paddingMode = "zeros" } = options;
  const sides = checkPadding(where, padding, axes);
  checkChoice(where, "paddingMode", paddingMode, ["zeros", "reflect", "replicate", "circular"]);
  const stepping = (k: 0 | 1, extent: number): Stepping => {
    const [size, stride, dilation] = [sizes[k], strides[k], dilations[k]];
    // "same": ⌈extent / stride⌉ outputs, the extra pixel at the end, as in Keras; at stride 1 PyTorch's.
    const reach = (Math.ceil(extent / stride) - 1) * stride + dilation * (size - 1) + 1;
    const added = Math.max(reach - extent, 0);
    const [before, after] = sides === "same" ? [Math.floor(added / 2), Math.ceil(added / 2)] : sides[k];
    return { kernel: size, stride, before, after, dilation };
  };
  return {
    name,
    parameters,
    apply({ weight, bias }, x) {
      let image = imageOf(name, x, axes, channels[0]);
      const extents = spatialOf(image);
      let steps = extents.map((extent, k) => stepping(k as 0 | 1, extent));
      checkFits(name, steps, extents, axes);
      const counts = steps.map((step, k) => countOf(step, extents[k] as number));
      if (paddingMode !== "zeros" && steps.some(({ before, after }) => before + after > 0))
        [image, steps] = bordered(name, image, steps, paddingMode, axes);
      const words = geometry(steps, spatialOf(image), counts, groups);
      const y = x.trace.emit(abi.opConvolve, [image, imageWeights(weight as Tensor, axes)], [], words);
      return fromImage(bias ? y.add(bias) : y, axes);
    },
  };
}

const known = [...convolutionOptions, "padding", "paddingMode"];

/**
 * Convolution of sequences (cross-correlation: the kernel is not flipped): y[t, o] = b[o] + Σ x[t stride − padding + i dilation,
 * c] W[i, c, o] over taps i and the channels c of a group.
 *
 * @param inputs   channels of x [batch, length, inputs], ≥ 1
 * @param outputs  channels of y [batch, out, outputs], ≥ 1; out = ⌊(length + padding − dilation (kernel − 1) − 1) / stride⌋ + 1
 * @param kernel   taps, ≥ 1; the weight is [kernel, inputs / groups, outputs]
 * @throws RangeError  a number out of range, or groups that do not divide the channels
 * @throws ShapeError  x has other axes or channels, or the kernel is larger than the padded sequence
 * @example
 * sequential([conv1d(2, 8, 3, { padding: "same" }), relu(), flatten(), linear(16 * 8, 1)]);
 * @see LeCun, Bottou, Bengio and Haffner, *Gradient-based learning applied to document recognition*, Proc. IEEE 86, 1998
 */
export const conv1d = /* @__PURE__ */ imagesOnly(function conv1d(
  inputs: number,
  outputs: number,
  kernel: number,
  options: Conv1dOptions = {},
): Layer {
  checkOptions("conv1d", options, known);
  return convolving("conv1d", 1, [inputs, outputs], kernel, options);
});

/**
 * Convolution of images (cross-correlation: the kernel is not flipped): y[p, q, o] = b[o] + Σ x[p stride − top + i dilation,
 * q stride − left + j dilation, c] W[i, j, c, o] over taps (i, j) and the channels c of a group.
 *
 * @param inputs   channels of x [batch, height, width, inputs], ≥ 1
 * @param outputs  channels of y [batch, outHeight, outWidth, outputs], ≥ 1; along each axis
 *                 out = ⌊(extent + padding − dilation (kernel − 1) − 1) / stride⌋ + 1
 * @param kernel   taps, a number or [height, width], ≥ 1; the weight is [height, width, inputs / groups, outputs]
 * @param options  padding: a number, [height, width], [top, bottom, left, right] or "same"; stride and dilation: a number or
 *                 [height, width]
 * @throws RangeError  a number out of range, or groups that do not divide the channels
 * @throws ShapeError  x has other axes or channels, the kernel is larger than the padded image, or the padding than
 *                     "reflect" or "circular" can fill
 * @example
 * sequential([conv2d(1, 8, 3, { padding: 1 }), relu(), flatten(), linear(28 * 28 * 8, 10)]);
 * @see LeCun, Bottou, Bengio and Haffner, *Gradient-based learning applied to document recognition*, Proc. IEEE 86, 1998
 */
export const conv2d = /* @__PURE__ */ imagesOnly(function conv2d(
  inputs: number,
  outputs: number,
  kernel: Size,
  options: Conv2dOptions = {},
): Layer {
  checkOptions("conv2d", options, known);
  return convolving("conv2d", 2, [inputs, outputs], kernel, options);
});

function depthwise(
  where: string,
  channels: number,
  kernel: unknown,
  { multiplier = 1, ...options }: DepthwiseConv2dOptions,
): Layer {
  checkNumber(where, "channels", channels, { min: 1, integer: true });
  checkNumber(where, "multiplier", multiplier, { min: 1, integer: true });
  return convolving(where, 2, [channels, channels * multiplier], kernel, { ...options, groups: channels });
}

const depthwiseKnown = [...known.filter((name) => name !== "groups"), "multiplier"];

/**
 * Depthwise convolution: every channel is convolved by itself, as `conv2d` with as many groups as channels does.
 *
 * @param channels  channels of x [batch, height, width, channels], ≥ 1; y has channels · multiplier, those of one channel side
 *                  by side
 * @param kernel    taps, a number or [height, width], ≥ 1; the weight is [height, width, 1, channels · multiplier]
 * @param options   multiplier, default 1, and those of conv2d but groups
 * @throws RangeError  a number out of range
 * @throws ShapeError  as conv2d
 * @example
 * sequential([depthwiseConv2d(16, 3, { padding: 1 }), relu(), flatten(), linear(8 * 8 * 16, 10)]);
 * @see Chollet, *Xception: deep learning with depthwise separable convolutions*, CVPR 2017, sec. 1
 */
export const depthwiseConv2d = /* @__PURE__ */ imagesOnly(function depthwiseConv2d(
  channels: number,
  kernel: Size,
  options: DepthwiseConv2dOptions = {},
): Layer {
  const where = "depthwiseConv2d";
  checkOptions(where, options, depthwiseKnown);
  return depthwise(where, channels, kernel, options);
});

/**
 * Depthwise separable convolution: a depthwise one without bias, then one of kernel 1 over the channels. Parameters:
 * "depthwise.weight", "pointwise.weight", "pointwise.bias".
 *
 * @param inputs   channels of x [batch, height, width, inputs], ≥ 1
 * @param outputs  channels of y [batch, outHeight, outWidth, outputs], ≥ 1
 * @param kernel   taps of the depthwise one, a number or [height, width], ≥ 1
 * @param options  those of depthwiseConv2d; weight starts both, bias the second
 * @throws RangeError  a number out of range
 * @throws ShapeError  as conv2d
 * @example
 * sequential([separableConv2d(8, 16, 3, { padding: "same" }), relu(), flatten(), linear(8 * 8 * 16, 10)]);
 * @see Chollet, *Xception: deep learning with depthwise separable convolutions*, CVPR 2017, sec. 1
 */
export const separableConv2d = /* @__PURE__ */ imagesOnly(function separableConv2d(
  inputs: number,
  outputs: number,
  kernel: Size,
  options: DepthwiseConv2dOptions = {},
): Layer {
  const where = "separableConv2d";
  checkOptions(where, options, depthwiseKnown);
  const first = depthwise(where, inputs, kernel, { ...options, bias: false });
  const { multiplier = 1, weight, bias, convention } = options;
  const given = Object.entries({ weight, bias, convention }).filter(([, value]) => value !== undefined);
  const second = convolving(where, 2, [inputs * multiplier, outputs], 1, Object.fromEntries(given));
  const size = shownExtents(checkSize(where, "kernel", kernel, 2, 1), 2);
  return {
    name: `${where}(${inputs}, ${outputs}, ${size})`,
    parameters: { depthwise: first.parameters, pointwise: second.parameters },
    apply(parameters, x, context) {
      const filtered = applyNested(first, "depthwise", parameters, x, context);
      return applyNested(second, "pointwise", parameters, filtered, context);
    },
  };
});
