// Convolution of images and signals, and its transpose. Both need a feature set with ops on images.

import * as abi from "../../assembly/abi.js";
import { imagesOnly } from "../engine/featureSets.js";
import { ShapeError } from "../values/errors.js";
import { checkNumber, checkOptions } from "../values/options.js";
import {
  type AxisGeometry,
  axisNames,
  type Extents,
  emitOnImage,
  imageOf,
  type Padding,
  pairOf,
  shapeOf,
  sidesOf,
} from "./geometry.js";
import type { Tensor } from "./tensor.js";

/** Options of `convolve`. */
export interface ConvolutionOptions {
  /** Pixels from one output to the next. Default 1. */
  readonly stride?: Extents;
  /**
   * Zeros around the image: a number or [top, bottom, left, right], for signals a number or [before, after]; or "same", for
   * ⌈extent / stride⌉ outputs, with the larger half at the end. Default 0.
   */
  readonly padding?: Padding | "same";
  /** Pixels from one tap of the kernel to the next. Default 1. */
  readonly dilation?: Extents;
  /** Number of groups of channels, each convolved separately. Default 1. */
  readonly groups?: number;
}

/** Options of `convolveTransposed`. */
export interface TransposedConvolutionOptions extends Omit<ConvolutionOptions, "padding"> {
  /**
   * Pixels removed from the border of the result: a number or [top, bottom, left, right], for signals a number or
   * [before, after]. Default 0.
   */
  readonly padding?: Padding;
  /** Pixels added at the end of every axis, fewer than its stride. Default 0. */
  readonly outputPadding?: Extents;
}

/** Shape of the weights as the caller gave them. */
const givenShape = ({ shape }: Tensor, axes: 1 | 2): string => `[${shape.slice(2 - axes).join(", ")}]`;

/** Weights as a tensor of four axes; checks that they have the spatial axes of the image. */
function weightsOf(where: string, w: unknown, x: Tensor, axes: 1 | 2): Tensor {
  const weights = x.trace.operand(w as Tensor, x, `${where}: w`);
  if (weights.rank !== axes + 2)
    throw new ShapeError(
      `${where}: w has ${weights.rank} axes (shape ${shapeOf(weights)}), expected ${axes + 2}, ` +
        `[${axes === 2 ? "kernel height, kernel width" : "kernel"}, channels / groups, out channels]. Reshape it.`,
    );
  return axes === 2 ? weights : weights.reshape([1, ...weights.shape]);
}

/** Zeros that give ⌈extent / stride⌉ outputs. @internal */
export function same(extent: number, kernel: number, stride: number, dilation: number): [number, number] {
  const outputs = Math.ceil(extent / stride);
  const total = Math.max((outputs - 1) * stride + dilation * (kernel - 1) + 1 - extent, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** Checks that groups divide channels. */
function checkGroups(where: string, groups: number, count: number, channels: string, advice: string): void {
  if (count % groups !== 0)
    throw new ShapeError(`${where}: ${count} ${channels} cannot be divided into ${groups} groups. Change ${advice}.`);
}

/** Checks that groups divide the channels, and that image and weights agree in channels. */
function checkChannels(where: string, groups: number, channels: number, own: number, outs: number, w: string): void {
  checkGroups(where, groups, channels, "channels of x", "groups");
  checkGroups(where, groups, outs, `out channels of w ${w}`, "groups or w");
  if (own !== channels / groups)
    throw new ShapeError(
      `${where}: w ${w} takes ${own} channels, but x has ${channels}` +
        `${groups === 1 ? "" : ` in ${groups} groups, ${channels / groups} each`}. Images are [batch, height, width, ` +
        "channels] and weights [kernel, channels / groups, out channels]; transpose what comes in another order.",
    );
}

/**
 * Convolution y[n, p, q, o] = Σᵢⱼ꜀ x[n, s p + d i − t, s q + d j − l, c] · w[i, j, c, o], the kernel not flipped
 * (cross-correlation).
 *
 * @param x  images [batch, height, width, channels], or signals [batch, length, channels]
 * @param w  weights [kernel height, kernel width, channels / groups, out channels], for signals [kernel, channels / groups, out
 *   channels]
 * @param options  stride, padding, dilation, groups
 * @returns [batch, ⌊(height + padding − dilation (kernel − 1) − 1) / stride⌋ + 1, likewise width, out channels]
 * @throws ShapeError  groups that do not divide the channels, w for other channels, a kernel larger than the padded image
 * @throws RangeError  an option out of range
 * @example
 * compile(engine, (x) => convolve(x.reshape([1, 4, 1]), [[[1]], [[-1]]]))([1, 4, 9, 16]).data; // [-3, -5, -7]
 */
export const convolve = /* @__PURE__ */ imagesOnly(function convolve(
  x: Tensor,
  w: Tensor | Parameters<Tensor["add"]>[0],
  options: ConvolutionOptions = {},
): Tensor {
  const where = "convolve";
  const { image, axes } = imageOf(where, "x", x);
  checkOptions(where, options, ["stride", "padding", "dilation", "groups"]);
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const strides = pairOf(where, "stride", stride, axes);
  const dilations = pairOf(where, "dilation", dilation, axes);
  checkNumber(where, "groups", groups, { min: 1, below: 2 ** 30, integer: true });
  const sides = padding === "same" ? null : sidesOf(where, padding, axes, true);
  const weights = weightsOf(where, w, image, axes);
  const channels = image.shape[3]!;
  const [, , own, outs] = weights.shape as [number, number, number, number];
  checkChannels(where, groups, channels, own, outs, givenShape(weights, axes));
  const axis = (k: 0 | 1): AxisGeometry => {
    const [kernel, extent, stride, dilation] = [weights.shape[k]!, image.shape[1 + k]!, strides[k], dilations[k]];
    const [before, after] = sides ? sides[k] : same(extent, kernel, stride, dilation);
    const room = extent + before + after;
    const reach = dilation * (kernel - 1) + 1;
    if (kernel < 1 || reach > room)
      throw new ShapeError(
        `${where}: a kernel of ${kernel}${dilation > 1 ? ` with dilation ${dilation}, which reaches over ${reach} pixels,` : ""} ` +
          `does not fit into ${room} pixels of ${axisNames[k]}, padding included. ` +
          "Pad the image, or take a smaller kernel.",
      );
    return { kernel, stride, before, after, dilation, extent, count: Math.floor((room - reach) / stride) + 1 };
  };
  return emitOnImage(where, abi.opConvolve, [image, weights], axes, [axis(0), axis(1)], groups);
});

/**
 * Transposed convolution, the gradient of a convolution with respect to its image: every pixel of x adds a multiple of the kernel to
 * a larger image.
 *
 * @param x  images [batch, height, width, channels], or signals [batch, length, channels]
 * @param w  weights [kernel height, kernel width, out channels / groups, channels], for signals without the height
 * @param options  stride, padding, outputPadding, dilation, groups
 * @returns [batch, (height − 1) stride − padding + dilation (kernel − 1) + outputPadding + 1, likewise width, out channels]
 * @throws ShapeError  groups that do not divide the channels, w for other channels, padding that leaves no pixel
 * @throws RangeError  an option out of range; outputPadding not below the stride
 * @example
 * compile(engine, (x) => convolveTransposed(x.reshape([1, 2, 1]), [[[1]], [[2]]], { stride: 2 }))([1, 10]).data; // [1, 2, 10, 20]
 */
export const convolveTransposed = /* @__PURE__ */ imagesOnly(function convolveTransposed(
  x: Tensor,
  w: Tensor | Parameters<Tensor["add"]>[0],
  options: TransposedConvolutionOptions = {},
): Tensor {
  const where = "convolveTransposed";
  const { image, axes } = imageOf(where, "x", x);
  checkOptions(where, options, ["stride", "padding", "outputPadding", "dilation", "groups"]);
  const { stride = 1, padding = 0, outputPadding = 0, dilation = 1, groups = 1 } = options;
  const strides = pairOf(where, "stride", stride, axes);
  const dilations = pairOf(where, "dilation", dilation, axes);
  const more = pairOf(where, "outputPadding", outputPadding, axes, 0, 0);
  const sides = sidesOf(where, padding, axes);
  checkNumber(where, "groups", groups, { min: 1, below: 2 ** 30, integer: true });
  const weights = weightsOf(where, w, image, axes);
  const channels = image.shape[3]!;
  checkGroups(where, groups, channels, "channels of x", "groups");
  if (weights.shape[3] !== channels)
    throw new ShapeError(
      `${where}: w ${givenShape(weights, axes)} takes ${weights.shape[3]} channels, but x has ${channels}. Weights of a transposed ` +
        "convolution are [kernel, out channels / groups, channels]; transpose what comes in another order.",
    );
  const axis = (k: 0 | 1): AxisGeometry => {
    const [kernel, count, stride, dilation] = [weights.shape[k]!, image.shape[1 + k]!, strides[k], dilations[k]];
    const [before, after] = sides[k];
    if (more[k] > 0 && more[k] >= stride)
      throw new RangeError(`${where}: outputPadding must be below the stride, got ${more[k]} for stride ${stride}.`);
    const extent = (count - 1) * stride - before - after + dilation * (kernel - 1) + more[k] + 1;
    if (count < 1 || kernel < 1 || extent < 1)
      throw new ShapeError(
        `${where}: padding ${before} + ${after} leaves no pixel of ${axisNames[k]}: got ${extent}, expected at ` +
          "least 1. Lower padding.",
      );
    return { kernel, stride, before, after, dilation, extent, count };
  };
  return emitOnImage(where, abi.opConvolveInputGradient, [image, weights], axes, [axis(0), axis(1)], groups);
});
