import * as abi from "../../assembly/abi.js";
import { imagesOnly } from "../engine/featureSets.js";
import { ShapeError } from "../values/errors.js";
import { checkFlag, checkOptions } from "../values/options.js";
import {
  type Axes,
  checkFits,
  checkSize,
  countOf,
  fromImage,
  geometry,
  imageOf,
  largest,
  resampled,
  type Size,
  type Stepping,
  shownExtents,
  spatialOf,
  still,
} from "./geometry.js";
import type { Layer } from "./layer.js";

/** What pooling layers share. */
export interface PoolOptions<S> {
  /** Pixels from one window to the next, ≥ 1; default: the kernel. */
  readonly stride?: S;
  /** Pixels added on both sides, at most half the kernel; default 0. */
  readonly padding?: S;
  /** Whether a last window that reaches beyond the padded image counts; default false. */
  readonly ceilMode?: boolean;
}

export interface MaxPoolOptions<S> extends PoolOptions<S> {
  /** Pixels from one tap of the window to the next, ≥ 1; default 1. */
  readonly dilation?: S;
}

export interface AvgPoolOptions<S> extends PoolOptions<S> {
  /** Whether the mean counts padding, as zeros; default true. */
  readonly countIncludePad?: boolean;
}

export type MaxPool1dOptions = MaxPoolOptions<number>;
export type MaxPool2dOptions = MaxPoolOptions<Size>;
export type AvgPool1dOptions = AvgPoolOptions<number>;
export type AvgPool2dOptions = AvgPoolOptions<Size>;

function pooling(
  where: string,
  axes: Axes,
  kernel: unknown,
  options: MaxPoolOptions<unknown> & AvgPoolOptions<unknown>,
  isMax: boolean,
): Layer {
  checkOptions(where, options, ["stride", "padding", "ceilMode", isMax ? "dilation" : "countIncludePad"]);
  const sizes = checkSize(where, "kernel", kernel, axes, 1);
  const { stride = kernel, padding = 0, dilation = 1, ceilMode = false, countIncludePad = true } = options;
  const strides = checkSize(where, "stride", stride, axes, 1);
  const dilations = checkSize(where, "dilation", dilation, axes, 1);
  const paddings = checkSize(where, "padding", padding, axes, 0);
  checkFlag(where, "ceilMode", ceilMode);
  checkFlag(where, "countIncludePad", countIncludePad);
  for (const k of [0, 1] as const)
    if (paddings[k] > sizes[k] / 2)
      throw new RangeError(
        `${where}: padding must be at most half the kernel, got ${paddings[k]} for a kernel of ${sizes[k]}. Pad the image before.`,
      );
  const steps = ([0, 1] as const).map(
    (k): Stepping => ({
      kernel: sizes[k],
      stride: strides[k],
      before: paddings[k],
      after: paddings[k],
      dilation: dilations[k],
    }),
  );
  const name = `${where}(${shownExtents(sizes, axes)})`;
  const form = !isMax && countIncludePad ? abi.windowPadded : abi.windowStrided;
  return {
    name,
    parameters: {},
    apply(_, x) {
      const image = imageOf(name, x, axes);
      const extents = spatialOf(image);
      checkFits(name, steps, extents, axes);
      const counts = steps.map((step, k) => {
        const extent = extents[k] as number;
        if (!ceilMode) return countOf(step, extent);
        const { stride, before } = step;
        const count = countOf({ ...step, after: step.after + stride - 1 }, extent);
        // PyTorch's rule: a window that begins in the padding behind the image does not count.
        return (count - 1) * stride >= extent + before ? count - 1 : count;
      });
      const words = geometry(steps, extents, counts, form);
      return fromImage(isMax ? largest(image, words) : resampled(image, words), axes);
    },
  };
}

/**
 * Max pooling of sequences: y[t, c] = max of x[t stride − padding + i dilation, c] over taps i; padding counts as −∞, and of
 * equal values the first has the gradient.
 *
 * @param kernel  taps of a window over x [batch, length, channels], ≥ 1
 * @returns       y [batch, ⌊(length + 2 padding − dilation (kernel − 1) − 1) / stride⌋ + 1, channels]
 * @throws RangeError  a number out of range, or padding above half the kernel
 * @throws ShapeError  x has other axes, or the kernel is larger than the padded sequence
 * @example
 * sequential([conv1d(2, 8, 3, { padding: 1 }), relu(), maxPool1d(2), flatten(), linear(8 * 8, 1)]);
 * @see Riesenhuber and Poggio, *Hierarchical models of object recognition in cortex*, Nature Neuroscience 2, 1999
 */
export const maxPool1d = /* @__PURE__ */ imagesOnly(function maxPool1d(
  kernel: number,
  options: MaxPool1dOptions = {},
): Layer {
  return pooling("maxPool1d", 1, kernel, options, true);
});

/**
 * Max pooling of images: y[p, q, c] = max of x[p stride − padding + i dilation, q stride − padding + j dilation, c] over taps
 * (i, j); padding counts as −∞, and of equal values the first has the gradient.
 *
 * @param kernel  taps of a window over x [batch, height, width, channels], a number or [height, width], ≥ 1
 * @returns       y [batch, outHeight, outWidth, channels], out = ⌊(extent + 2 padding − dilation (kernel − 1) − 1) / stride⌋ + 1
 * @throws RangeError  a number out of range, or padding above half the kernel
 * @throws ShapeError  x has other axes, or the kernel is larger than the padded image
 * @example
 * sequential([conv2d(1, 8, 3, { padding: 1 }), relu(), maxPool2d(2), flatten(), linear(14 * 14 * 8, 10)]);
 * @see Riesenhuber and Poggio, *Hierarchical models of object recognition in cortex*, Nature Neuroscience 2, 1999
 */
export const maxPool2d = /* @__PURE__ */ imagesOnly(function maxPool2d(
  kernel: Size,
  options: MaxPool2dOptions = {},
): Layer {
  return pooling("maxPool2d", 2, kernel, options, true);
});

/**
 * Average pooling of sequences: y[t, c] = mean of x[t stride − padding + i, c] over taps i.
 *
 * @param kernel  taps of a window over x [batch, length, channels], ≥ 1
 * @returns       y [batch, ⌊(length + 2 padding − kernel) / stride⌋ + 1, channels]
 * @throws RangeError  a number out of range, or padding above half the kernel
 * @throws ShapeError  x has other axes, or the kernel is larger than the padded sequence
 * @example
 * sequential([conv1d(2, 8, 3, { padding: 1 }), relu(), avgPool1d(2), flatten(), linear(8 * 8, 1)]);
 * @see LeCun, Bottou, Bengio and Haffner, *Gradient-based learning applied to document recognition*, Proc. IEEE 86, 1998
 */
export const avgPool1d = /* @__PURE__ */ imagesOnly(function avgPool1d(
  kernel: number,
  options: AvgPool1dOptions = {},
): Layer {
  return pooling("avgPool1d", 1, kernel, options, false);
});

/**
 * Average pooling of images: y[p, q, c] = mean of x[p stride − padding + i, q stride − padding + j, c] over taps (i, j).
 *
 * @param kernel  taps of a window over x [batch, height, width, channels], a number or [height, width], ≥ 1
 * @returns       y [batch, outHeight, outWidth, channels], out = ⌊(extent + 2 padding − kernel) / stride⌋ + 1
 * @throws RangeError  a number out of range, or padding above half the kernel
 * @throws ShapeError  x has other axes, or the kernel is larger than the padded image
 * @example
 * sequential([conv2d(1, 8, 3, { padding: 1 }), relu(), avgPool2d(2), flatten(), linear(14 * 14 * 8, 10)]);
 * @see LeCun, Bottou, Bengio and Haffner, *Gradient-based learning applied to document recognition*, Proc. IEEE 86, 1998
 */
export const avgPool2d = /* @__PURE__ */ imagesOnly(function avgPool2d(
  kernel: Size,
  options: AvgPool2dOptions = {},
): Layer {
  return pooling("avgPool2d", 2, kernel, options, false);
});

function adaptive(where: string, output: unknown, isMax: boolean, flat = false): Layer {
  const counts = checkSize(where, "output", output, 2, 1);
  const name = flat ? where : `${where}(${shownExtents(counts, 2)})`;
  return {
    name,
    parameters: {},
    apply(_, x) {
      const image = imageOf(name, x, 2);
      const extents = spatialOf(image);
      if (extents.includes(0))
        throw new ShapeError(`${name}: the image is empty: got [${x.shape.join(", ")}], expected at least one pixel.`);
      const steps = extents.map((extent, k) => ({ ...still, kernel: Math.ceil(extent / (counts[k] as number)) }));
      const words = geometry(steps, extents, counts, abi.windowAdaptive);
      const y = isMax ? largest(image, words) : resampled(image, words);
      return flat ? y.reshape([x.shape[0] as number, x.shape[3] as number]) : y;
    },
  };
}

/**
 * Adaptive average pooling: an output of a given size, window i of an axis being the pixels ⌊i extent / out⌋ up to
 * ⌈(i + 1) extent / out⌉.
 *
 * @param output  a number or [height, width] of y, ≥ 1
 * @returns       y [batch, height, width, channels] of x of any height and width
 * @throws RangeError  a number out of range
 * @throws ShapeError  x has other axes
 * @example
 * sequential([conv2d(3, 8, 3), relu(), adaptiveAvgPool2d([2, 2]), flatten(), linear(2 * 2 * 8, 10)]);
 * @see He, Zhang, Ren and Sun, *Spatial pyramid pooling in deep convolutional networks*, ECCV 2014, sec. 2.2
 */
export const adaptiveAvgPool2d = /* @__PURE__ */ imagesOnly(function adaptiveAvgPool2d(output: Size): Layer {
  return adaptive("adaptiveAvgPool2d", output, false);
});

/**
 * Adaptive max pooling: an output of a given size, window i of an axis being the pixels ⌊i extent / out⌋ up to
 * ⌈(i + 1) extent / out⌉; of equal values the first has the gradient.
 *
 * @param output  a number or [height, width] of y, ≥ 1
 * @returns       y [batch, height, width, channels] of x of any height and width
 * @throws RangeError  a number out of range
 * @throws ShapeError  x has other axes
 * @example
 * sequential([conv2d(3, 8, 3), relu(), adaptiveMaxPool2d([2, 2]), flatten(), linear(2 * 2 * 8, 10)]);
 * @see He, Zhang, Ren and Sun, *Spatial pyramid pooling in deep convolutional networks*, ECCV 2014, sec. 2.2
 */
export const adaptiveMaxPool2d = /* @__PURE__ */ imagesOnly(function adaptiveMaxPool2d(output: Size): Layer {
  return adaptive("adaptiveMaxPool2d", output, true);
});

/**
 * Global average pooling: the mean of every channel over the image.
 *
 * @returns  y [batch, channels] of x [batch, height, width, channels]
 * @throws ShapeError  x has other axes
 * @example
 * sequential([conv2d(3, 16, 3), relu(), globalAvgPool2d(), linear(16, 10)]);
 * @see Lin, Chen and Yan, *Network in network*, ICLR 2014, sec. 3.2
 */
export function globalAvgPool2d(): Layer {
  const name = "globalAvgPool2d";
  return { name, parameters: {}, apply: (_, x) => imageOf(name, x, 2).mean({ axes: [1, 2] }) };
}

/**
 * Global max pooling: the largest value of every channel over the image; of equal values the first has the gradient.
 *
 * @returns  y [batch, channels] of x [batch, height, width, channels]
 * @throws ShapeError  x has other axes
 * @example
 * sequential([conv2d(3, 16, 3), relu(), globalMaxPool2d(), linear(16, 10)]);
 * @see Oquab, Bottou, Laptev and Sivic, *Is object localization for free?*, CVPR 2015, sec. 3
 */
export const globalMaxPool2d = /* @__PURE__ */ imagesOnly(function globalMaxPool2d(): Layer {
  return adaptive("globalMaxPool2d", 1, true, true);
});
