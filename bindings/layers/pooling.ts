import { imagesOnly } from "../engine/featureSets.js";
import { type Extents, pairOf, sidesOf } from "../tensors/geometry.js";
import {
  type MaxPoolOptions,
  type MeanPoolOptions,
  poolMax,
  poolMaxAdaptive,
  poolMean,
  poolMeanAdaptive,
} from "../tensors/pooling.js";
import { checkFlag, checkOptions } from "../values/options.js";
import { imageLayer } from "./images.js";
import type { Layer } from "./layer.js";

const shownPair = (value: Extents): string => (typeof value === "number" ? `${value}` : `[${value.join(", ")}]`);

function pooling(
  where: string,
  axes: 1 | 2,
  kernel: Extents,
  options: MaxPoolOptions & MeanPoolOptions,
  pool: typeof poolMax | typeof poolMean,
): Layer {
  checkOptions(where, options, ["stride", "padding", "ceilMode", pool === poolMax ? "dilation" : "countIncludePad"]);
  const { stride = kernel, padding = 0, dilation = 1, ceilMode = false, countIncludePad = true } = options;
  const kernels = pairOf(where, "kernel", kernel, axes);
  pairOf(where, "stride", stride, axes);
  pairOf(where, "dilation", dilation, axes);
  checkFlag(where, "ceilMode", ceilMode);
  checkFlag(where, "countIncludePad", countIncludePad);
  for (const [k, sides] of sidesOf(where, padding, axes).entries())
    if (Math.max(...sides) > (kernels[k] as number) / 2)
      throw new RangeError(
        `${where}: padding must be at most half the kernel, got ${Math.max(...sides)} for ${kernels[k]}. Pad the image before.`,
      );
  const given = { ...options };
  return imageLayer(`${where}(${shownPair(kernel)})`, [where, kernel, given], axes, (x) => pool(x, kernel, given));
}

/**
 * Max pooling of sequences: y[t, c] = max of x[t stride − padding + i dilation, c] over i < kernel; padding counts as −∞, and
 * of equal values the first has the gradient.
 *
 * @param kernel  size of a window over x [batch, length, channels], ≥ 1
 * @param options  stride, padding, dilation, ceilMode
 * @returns       y [batch, ⌊(length + 2 padding − dilation (kernel − 1) − 1) / stride⌋ + 1, channels]
 * @throws RangeError  a number out of range, or padding above half the kernel
 * @throws ShapeError  x has other axes, or the kernel is larger than the padded sequence
 * @example
 * sequential([conv1d(2, 8, 3, { padding: 1 }), relu(), maxPool1d(2), flatten(), linear(8 * 8, 1)]);
 * @see Riesenhuber and Poggio, *Hierarchical models of object recognition in cortex*, Nature Neuroscience 2, 1999
 */
export const maxPool1d = /* @__PURE__ */ imagesOnly(function maxPool1d(
  kernel: number,
  options: MaxPoolOptions = {},
): Layer {
  return pooling("maxPool1d", 1, kernel, options, poolMax);
});

/**
 * Max pooling of images: y[p, q, c] = max of x[p stride − padding + i dilation, q stride − padding + j dilation, c] over i and j
 * below the kernel's height and width; padding counts as −∞, and of equal values the first has the gradient.
 *
 * @param kernel  size of a window over x [batch, height, width, channels], a number or [height, width], ≥ 1
 * @param options  stride, padding, dilation, ceilMode
 * @returns       y [batch, outHeight, outWidth, channels], out = ⌊(extent + 2 padding − dilation (kernel − 1) − 1) / stride⌋ + 1
 * @throws RangeError  a number out of range, or padding above half the kernel
 * @throws ShapeError  x has other axes, or the kernel is larger than the padded image
 * @example
 * sequential([conv2d(1, 8, 3, { padding: 1 }), relu(), maxPool2d(2), flatten(), linear(14 * 14 * 8, 10)]);
 * @see Riesenhuber and Poggio, *Hierarchical models of object recognition in cortex*, Nature Neuroscience 2, 1999
 */
export const maxPool2d = /* @__PURE__ */ imagesOnly(function maxPool2d(
  kernel: Extents,
  options: MaxPoolOptions = {},
): Layer {
  return pooling("maxPool2d", 2, kernel, options, poolMax);
});

/**
 * Average pooling of sequences: y[t, c] = mean of x[t stride − padding + i, c] over i < kernel.
 *
 * @param kernel  size of a window over x [batch, length, channels], ≥ 1
 * @param options  stride, padding, ceilMode, countIncludePad
 * @returns       y [batch, ⌊(length + 2 padding − kernel) / stride⌋ + 1, channels]
 * @throws RangeError  a number out of range, or padding above half the kernel
 * @throws ShapeError  x has other axes, or the kernel is larger than the padded sequence
 * @example
 * sequential([conv1d(2, 8, 3, { padding: 1 }), relu(), avgPool1d(2), flatten(), linear(8 * 8, 1)]);
 * @see LeCun, Bottou, Bengio and Haffner, *Gradient-based learning applied to document recognition*, Proc. IEEE 86, 1998
 */
export const avgPool1d = /* @__PURE__ */ imagesOnly(function avgPool1d(
  kernel: number,
  options: MeanPoolOptions = {},
): Layer {
  return pooling("avgPool1d", 1, kernel, options, poolMean);
});

/**
 * Average pooling of images: y[p, q, c] = mean of x[p stride − padding + i, q stride − padding + j, c] over i and j below the
 * kernel's height and width.
 *
 * @param kernel  size of a window over x [batch, height, width, channels], a number or [height, width], ≥ 1
 * @param options  stride, padding, ceilMode, countIncludePad
 * @returns       y [batch, outHeight, outWidth, channels], out = ⌊(extent + 2 padding − kernel) / stride⌋ + 1
 * @throws RangeError  a number out of range, or padding above half the kernel
 * @throws ShapeError  x has other axes, or the kernel is larger than the padded image
 * @example
 * sequential([conv2d(1, 8, 3, { padding: 1 }), relu(), avgPool2d(2), flatten(), linear(14 * 14 * 8, 10)]);
 * @see LeCun, Bottou, Bengio and Haffner, *Gradient-based learning applied to document recognition*, Proc. IEEE 86, 1998
 */
export const avgPool2d = /* @__PURE__ */ imagesOnly(function avgPool2d(
  kernel: Extents,
  options: MeanPoolOptions = {},
): Layer {
  return pooling("avgPool2d", 2, kernel, options, poolMean);
});

function adaptive(where: string, outputSize: Extents, pool: typeof poolMaxAdaptive): Layer {
  pairOf(where, "outputSize", outputSize, 2);
  return imageLayer(`${where}(${shownPair(outputSize)})`, [where, outputSize], 2, (x) => pool(x, outputSize));
}

/**
 * Adaptive average pooling to a given output size: y = the mean of each window, window i of an axis being the pixels from
 * ⌊i extent / out⌋ up to, but not including, ⌈(i + 1) extent / out⌉.
 *
 * @param outputSize  a number or [height, width] of y, ≥ 1
 * @returns       y [batch, height, width, channels] of x of any height and width
 * @throws RangeError  a number out of range
 * @throws ShapeError  x has other axes
 * @example
 * sequential([conv2d(3, 8, 3), relu(), adaptiveAvgPool2d([2, 2]), flatten(), linear(2 * 2 * 8, 10)]);
 * @see He, Zhang, Ren and Sun, *Spatial pyramid pooling in deep convolutional networks*, ECCV 2014, sec. 2.2
 */
export const adaptiveAvgPool2d = /* @__PURE__ */ imagesOnly(function adaptiveAvgPool2d(outputSize: Extents): Layer {
  return adaptive("adaptiveAvgPool2d", outputSize, poolMeanAdaptive);
});

/**
 * Adaptive max pooling to a given output size: y = the largest value of each window, window i of an axis being the pixels from
 * ⌊i extent / out⌋ up to, but not including, ⌈(i + 1) extent / out⌉; of equal values the first has the gradient.
 *
 * @param outputSize  a number or [height, width] of y, ≥ 1
 * @returns       y [batch, height, width, channels] of x of any height and width
 * @throws RangeError  a number out of range
 * @throws ShapeError  x has other axes
 * @example
 * sequential([conv2d(3, 8, 3), relu(), adaptiveMaxPool2d([2, 2]), flatten(), linear(2 * 2 * 8, 10)]);
 * @see He, Zhang, Ren and Sun, *Spatial pyramid pooling in deep convolutional networks*, ECCV 2014, sec. 2.2
 */
export const adaptiveMaxPool2d = /* @__PURE__ */ imagesOnly(function adaptiveMaxPool2d(outputSize: Extents): Layer {
  return adaptive("adaptiveMaxPool2d", outputSize, poolMaxAdaptive);
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
  return imageLayer("globalAvgPool2d", ["globalAvgPool2d"], 2, (x) => x.mean({ axes: [1, 2] }));
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
  return imageLayer("globalMaxPool2d", ["globalMaxPool2d"], 2, (x) =>
    poolMaxAdaptive(x, 1).reshape([x.shape[0] as number, x.shape[3] as number]),
  );
});
