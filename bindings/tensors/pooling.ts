// Pooling, resizing and padding of images [batch, height, width, channels] and signals [batch, length, channels]. All need a
// feature set with ops on images.

import * as abi from "../../assembly/abi.js";
import { imagesOnly } from "../engine/featureSets.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkFlag, checkOptions, shown } from "../values/options.js";
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
import { Tensor } from "./tensor.js";

/** Positions of the windows of a pool. */
export interface PoolOptions {
  /** Pixels from one window to the next. Default: the kernel. */
  readonly stride?: Extents;
  /**
   * Padding around the image, at most half of the kernel: a number or [top, bottom, left, right], for signals a number or
   * [before, after]. Default 0.
   */
  readonly padding?: Padding;
  /** True rounds the number of windows up, so that the last one may end beyond the padding. Default false. */
  readonly ceilMode?: boolean;
}

/** Options of `poolMax`, `maxPool1d` and `maxPool2d`. */
export interface MaxPoolOptions extends PoolOptions {
  /** Pixels from one tap of a window to the next. Default 1. */
  readonly dilation?: Extents;
}

/** Options of `poolMean`, `avgPool1d` and `avgPool2d`. */
export interface MeanPoolOptions extends PoolOptions {
  /** True counts padding as zeros in the mean, false leaves it out. Default true. */
  readonly countIncludePad?: boolean;
}

const plain = { kernel: 1, stride: 1, before: 0, after: 0, dilation: 1 } as const;

/** Advice if an image is so low that its channels may stand first: other libraries have them before height and width. */
function channelsFirst({ shape }: Tensor, axes: 1 | 2, k: 0 | 1): string {
  const [, height = 0, width = 0, last = 0] = shape;
  const low = axes === 1 ? width < last : k === 0 && height < Math.min(width, last);
  if (!low) return "";
  const [given, order] = axes === 1 ? [[shape[0], width, last], "0, 2, 1"] : [shape, "0, 2, 3, 1"];
  return `; or, if [${given.join(", ")}] has its channels first, transpose it by [${order}]: channels come last`;
}

/** The windows of a pool along both axes. */
function windowsOf(
  where: string,
  image: Tensor,
  axes: 1 | 2,
  kernel: Extents,
  { stride = kernel, padding = 0, dilation = 1, ceilMode = false }: MaxPoolOptions,
): [AxisGeometry, AxisGeometry] {
  const kernels = pairOf(where, "kernel", kernel, axes);
  const strides = pairOf(where, "stride", stride, axes);
  const dilations = pairOf(where, "dilation", dilation, axes);
  const sides = sidesOf(where, padding, axes);
  checkFlag(where, "ceilMode", ceilMode);
  const axis = (k: 0 | 1): AxisGeometry => {
    const [kernel, extent, stride, dilation] = [kernels[k], image.shape[1 + k]!, strides[k], dilations[k]];
    const [before, after] = sides[k];
    const reach = dilation * (kernel - 1) + 1;
    const room = extent + before + after;
    if (Math.max(before, after) > reach / 2)
      throw new RangeError(
        `${where}: padding must be at most half of the kernel, got ${Math.max(before, after)} for ${reach} pixels. ` +
          "Lower padding: a window must reach the image.",
      );
    if (extent < 1 || reach > room)
      throw new ShapeError(
        `${where}: a window of ${reach} pixels does not fit into ${room} pixels of ${axisNames[k]}, padding ` +
          `included. Take a smaller kernel${channelsFirst(image, axes, k)}.`,
      );
    let count = (ceilMode ? Math.ceil : Math.floor)((room - reach) / stride) + 1;
    // A window that would start beyond the image is dropped, as in PyTorch.
    if (ceilMode && (count - 1) * stride >= extent + before) count--;
    // Taps far apart may step over a small image.
    for (let o = 0, first = -before; dilation > 1 && o < count; o++, first += stride) {
      const tap = first + Math.max(Math.ceil(-first / dilation), 0) * dilation;
      if (tap >= extent || tap > first + reach - 1)
        throw new ShapeError(
          `${where}: window ${o} has no pixel of ${axisNames[k]}: taps ${dilation} apart from ${first}, image 0 .. ` +
            `${extent - 1}. Lower dilation or padding.`,
        );
    }
    return { kernel, stride, before, after, dilation, extent, count };
  };
  return [axis(0), axis(1)];
}

/** Axes with only the extents of the image and of the output. */
function sizedAxes(image: Tensor, [height, width]: readonly [number, number]): [AxisGeometry, AxisGeometry] {
  const [, h, w] = image.shape as [number, number, number, number];
  return [
    { ...plain, extent: h, count: height },
    { ...plain, extent: w, count: width },
  ];
}

/** Checks that x is an image or signal with at least one pixel. */
function pixelsOf(where: string, x: unknown): { readonly image: Tensor; readonly axes: 1 | 2 } {
  const given = imageOf(where, "x", x);
  const { shape } = given.image;
  if (shape[1] === 0 || shape[2] === 0)
    throw new ShapeError(`${where}: x ${shapeOf(x as Tensor)} has no pixels, expected at least 1.`);
  return given;
}

/**
 * Max pooling: the largest value of every window. Padding counts as −∞. Of equal values the first, row by row, gets the gradient;
 * a window that contains NaN is NaN.
 *
 * @param x  [batch, height, width, channels] or [batch, length, channels]
 * @param kernel  size of a window in pixels, ≥ 1: a number or [height, width]
 * @param options  stride, padding, dilation, ceilMode
 * @returns [batch, ⌊(height + padding − dilation (kernel − 1) − 1) / stride⌋ + 1, likewise width, channels]
 * @throws ShapeError  a window larger than the padded image, or without a pixel of it
 * @throws RangeError  padding above half of the kernel
 * @example
 * compile(engine, (x) => poolMax(x.reshape([1, 4, 1]), 2))([1, 3, 2, 0]).data; // [3, 2]
 */
export const poolMax = /* @__PURE__ */ imagesOnly(function poolMax(
  x: Tensor,
  kernel: Extents,
  options: MaxPoolOptions = {},
): Tensor {
  const { image, axes } = imageOf("poolMax", "x", x);
  checkOptions("poolMax", options, ["stride", "padding", "dilation", "ceilMode"]);
  const windows = windowsOf("poolMax", image, axes, kernel, options);
  return emitOnImage("poolMax", abi.opPoolGather, [image, image], axes, windows, abi.windowStrided);
});

/**
 * Average pooling: the mean of every window.
 *
 * @param x  [batch, height, width, channels] or [batch, length, channels]
 * @param kernel  size of a window in pixels, ≥ 1: a number or [height, width]
 * @param options  stride, padding, ceilMode, countIncludePad
 * @returns [batch, ⌊(height + padding − kernel) / stride⌋ + 1, likewise width, channels]
 * @throws ShapeError  a window larger than the padded image
 * @throws RangeError  padding above half of the kernel
 * @example
 * compile(engine, (x) => poolMean(x.reshape([1, 4, 1]), 2))([1, 3, 2, 0]).data; // [2, 1]
 */
export const poolMean = /* @__PURE__ */ imagesOnly(function poolMean(
  x: Tensor,
  kernel: Extents,
  options: MeanPoolOptions = {},
): Tensor {
  const { image, axes } = imageOf("poolMean", "x", x);
  checkOptions("poolMean", options, ["stride", "padding", "ceilMode", "countIncludePad"]);
  const { countIncludePad = true, ...others } = options;
  const form = checkFlag("poolMean", "countIncludePad", countIncludePad) ? abi.windowPadded : abi.windowStrided;
  const windows = windowsOf("poolMean", image, axes, kernel, others);
  return emitOnImage("poolMean", abi.opResample, [image], axes, windows, form);
});

/**
 * Adaptive max pooling: the largest value of window i of `outputSize` along each axis, the pixels from ⌊i · extent / outputs⌋ up to,
 * but not including, ⌈(i + 1) · extent / outputs⌉. Of equal values the first gets the gradient.
 *
 * @param x  [batch, height, width, channels] or [batch, length, channels]
 * @param outputSize  size of the output, ≥ 1: a number or [height, width]
 * @returns [batch, ...outputSize, channels]
 * @example
 * compile(engine, (x) => poolMaxAdaptive(x.reshape([1, 3, 1]), 2))([1, 3, 2]).data; // [3, 3]
 */
export const poolMaxAdaptive = /* @__PURE__ */ imagesOnly(function poolMaxAdaptive(
  x: Tensor,
  outputSize: Extents,
): Tensor {
  const { image, axes } = pixelsOf("poolMaxAdaptive", x);
  const size = pairOf("poolMaxAdaptive", "outputSize", outputSize, axes);
  return emitOnImage(
    "poolMaxAdaptive",
    abi.opPoolGather,
    [image, image],
    axes,
    sizedAxes(image, size),
    abi.windowAdaptive,
  );
});

/**
 * Adaptive average pooling: the mean of each of the windows of `poolMaxAdaptive`.
 *
 * @param x  [batch, height, width, channels] or [batch, length, channels]
 * @param outputSize  size of the output, ≥ 1: a number or [height, width]
 * @returns [batch, ...outputSize, channels]
 * @example
 * compile(engine, (x) => poolMeanAdaptive(x.reshape([1, 3, 1]), 2))([1, 3, 2]).data; // [2, 2.5]
 */
export const poolMeanAdaptive = /* @__PURE__ */ imagesOnly(function poolMeanAdaptive(
  x: Tensor,
  outputSize: Extents,
): Tensor {
  const { image, axes } = pixelsOf("poolMeanAdaptive", x);
  const size = pairOf("poolMeanAdaptive", "outputSize", outputSize, axes);
  return emitOnImage("poolMeanAdaptive", abi.opResample, [image], axes, sizedAxes(image, size), abi.windowAdaptive);
});

/**
 * Max pooling with windows whose positions are tensors, as in fractional pooling.
 *
 * @param x  [batch, height, width, channels] or [batch, length, channels]
 * @param starts  first pixel of each window, in i32: [rows, columns], of a signal [positions], each a tensor
 *   [batch or 1, outputs, channels or 1]. If a window is not inside the image, the program throws a RangeError when it runs
 * @param kernel  size of a window in pixels, ≥ 1; or null: every window ends where the next one starts, the last one at the border
 * @returns [batch, outputs of rows, outputs of columns, channels], of a signal [batch, outputs, channels]
 * @throws ShapeError  starts for other batches or channels, a window larger than the image
 * @example
 * compile(engine, (x) => poolMaxFrom(x.reshape([1, 4, 1]), [constant(engine, [[[0], [3]]], "i32")], null))([1, 3, 2, 0]).data; // [3, 0]
 */
export const poolMaxFrom = /* @__PURE__ */ imagesOnly(function poolMaxFrom(
  x: Tensor,
  starts: readonly Tensor[],
  kernel: Extents | null,
): Tensor {
  const where = "poolMaxFrom";
  const { image, axes } = pixelsOf(where, x);
  if (!Array.isArray(starts) || starts.length !== axes || starts.some((one) => !(one instanceof Tensor)))
    throw new TypeError(`${where}: starts must be an array of ${axes} tensors, one per axis, got ${shown(starts)}.`);
  const kernels = kernel === null ? ([1, 1] as const) : pairOf(where, "kernel", kernel, axes);
  const [batch, , , channels] = image.shape as [number, number, number, number];
  for (const { shape } of starts as readonly Tensor[])
    if (shape.length !== 3 || (shape[0] !== 1 && shape[0] !== batch) || (shape[2] !== 1 && shape[2] !== channels))
      throw new ShapeError(
        `${where}: starts must be [1 or ${batch}, outputs, 1 or ${channels}] for x [${x.shape.join(", ")}], got [${shape.join(", ")}].`,
      );
  const samples = Math.max(...starts.map(({ shape }) => shape[0]!));
  const parts = Math.max(...starts.map(({ shape }) => shape[2]!));
  // A signal is an image of one line, whose window starts at 0.
  const given = axes === 2 ? starts : [x.trace.constant([[[0]]], "i32"), ...starts];
  const wide = given.map((one) => one.broadcastTo([samples, one.shape[1]!, parts]));
  const [height, width] = sizedAxes(image, wide.map(({ shape }) => shape[1]!) as [number, number]);
  for (const [k, { extent }] of [height, width].entries())
    if (kernels[k]! > extent)
      throw new ShapeError(
        `${where}: a window of ${kernels[k]} pixels does not fit into ${extent}. Take a smaller kernel.`,
      );
  const form = kernel === null ? abi.windowDisjoint : abi.windowStarts;
  const windows = [
    { ...height, kernel: kernels[0] },
    { ...width, kernel: kernels[1] },
  ] as const;
  return emitOnImage(where, abi.opPoolGather, [image, image, x.trace.concatenate(wide, 1)], axes, windows, form);
});

/** Distance from the first to the last start, and the number of steps between; of disjoint windows, the extent and `count`. */
function steps(
  extent: number,
  count: number,
  kernel: number | null,
): { readonly pixels: number; readonly parts: number } {
  return kernel === null ? { pixels: extent, parts: count } : { pixels: extent - kernel, parts: count - 1 };
}

/**
 * Pseudo-random starts of fractional windows, ⌊(i + u) α⌋ − ⌊u α⌋ (B. Graham, "Fractional max-pooling", arXiv 1412.6071, 2014,
 * in the form of PyTorch): α = (extent − kernel) / (outputs − 1), or extent / outputs for disjoint windows (kernel null).
 *
 * @param u  f64 [batch or 1, 1, channels or 1], uniform in [0, 1)
 * @returns i32 [batch or 1, outputs, channels or 1]
 * @internal
 */
export function pseudoRandomStarts(u: Tensor, extent: number, outputs: number, kernel: number | null): Tensor {
  const { trace } = u;
  const { pixels, parts } = steps(extent, outputs, kernel);
  const floor = (t: Tensor): Tensor => t.cast("i32").cast("f64");
  const drawn = (): Tensor => {
    const at = trace.constant(
      Array.from({ length: parts }, (_, i) => [i]),
      "f64",
    );
    const alpha = pixels / parts;
    return floor(u.add(at).multiply(alpha)).subtract(floor(u.multiply(alpha)));
  };
  if (kernel === null) return drawn().cast("i32");
  const last = u.multiply(0).add(pixels);
  return (parts === 0 ? last : trace.concatenate([drawn(), last], 1)).cast("i32");
}

/**
 * Random starts of fractional windows (Graham 2014): steps of ⌊α⌋ and ⌈α⌉ pixels, shuffled by sorting random keys.
 *
 * @param keys  f64 [batch or 1, steps, channels or 1], uniform; steps = outputs if windows are disjoint, else outputs − 1
 * @returns i32 [batch or 1, outputs, channels or 1]
 * @internal
 */
export function randomStarts(keys: Tensor, extent: number, outputs: number, kernel: number | null): Tensor {
  const { trace } = keys;
  const { pixels, parts } = steps(extent, outputs, kernel);
  if (parts === 0) return trace.constant([[[pixels]]], "i32").broadcastTo([keys.shape[0]!, 1, keys.shape[2]!]);
  const least = Math.floor(pixels / parts);
  const [samples, , channels] = keys.shape as [number, number, number];
  const [mine, others] = [keys.reshape([samples, parts, 1, channels]), keys.reshape([samples, 1, parts, channels])];
  const earlier = trace.constant(
    Array.from({ length: parts }, (_, i) => Array.from({ length: parts }, (_, j) => [j < i ? 1 : 0])),
    "f64",
  );
  const rank = others.less(mine).add(others.equal(mine).multiply(earlier)).sum({ axes: 2 });
  const lengths = rank.less(pixels - least * parts).add(least);
  const ends = lengths.cumulativeSum(1);
  const starts = ends.subtract(lengths);
  return (kernel === null ? starts : trace.concatenate([starts, ends.slice(1, -1)], 1)).cast("i32");
}

/**
 * Resizes images, by the nearest pixel or by linear interpolation along each axis.
 *
 * @param x  [batch, height, width, channels] or [batch, length, channels]
 * @param outputSize  size of the output, ≥ 1: a number or [height, width]
 * @param method  "nearest" (default), output i being pixel ⌊i · extent / outputs⌋; or "bilinear", output i being the image at
 *   (i + ½) · extent / outputs − ½, at least 0
 * @param options  alignCorners: true aligns the centers of the corner pixels of image and output: "bilinear" then reads the image at
 *   i · (extent − 1) / (outputs − 1). Default false
 * @returns [batch, ...outputSize, channels]
 * @example
 * compile(engine, (x) => resize(x.reshape([1, 2, 1]), 4, "bilinear"))([0, 4]).data; // [0, 1, 3, 4]
 */
export const resize = /* @__PURE__ */ imagesOnly(function resize(
  x: Tensor,
  outputSize: Extents,
  method: "nearest" | "bilinear" = "nearest",
  options: { readonly alignCorners?: boolean } = {},
): Tensor {
  const { image, axes } = pixelsOf("resize", x);
  const size = pairOf("resize", "outputSize", outputSize, axes);
  checkChoice("resize", "method", method, ["nearest", "bilinear"]);
  checkOptions("resize", options, ["alignCorners"]);
  const { alignCorners = false } = options;
  checkFlag("resize", "alignCorners", alignCorners);
  const form = method === "nearest" ? abi.windowNearest : alignCorners ? abi.windowLinearCorners : abi.windowLinear;
  return emitOnImage("resize", abi.opResample, [image], axes, sizedAxes(image, size), form);
});

const borders = { reflect: abi.windowReflect, replicate: abi.windowReplicate, circular: abi.windowCircular };

/**
 * Pads images with their own pixels: mirrored at the border pixel ("reflect"), the border pixel repeated ("replicate"), or the
 * pixels of the opposite side ("circular"). For zeros use the method `pad` of a tensor.
 *
 * @param x  [batch, height, width, channels] or [batch, length, channels]
 * @param padding  a number or [top, bottom, left, right], for signals a number or [before, after]: below the extent for "reflect", at
 *   most the extent for "circular"
 * @param mode  "reflect", "replicate" or "circular"
 * @returns [batch, height + top + bottom, width + left + right, channels]
 * @throws ShapeError  padding larger than the image has pixels for
 * @example
 * compile(engine, (x) => padBorder(x.reshape([1, 3, 1]), 2, "reflect"))([1, 2, 3]).data; // [3, 2, 1, 2, 3, 2, 1]
 */
export const padBorder = /* @__PURE__ */ imagesOnly(function padBorder(
  x: Tensor,
  padding: Padding,
  mode: "reflect" | "replicate" | "circular",
): Tensor {
  const { image, axes } = pixelsOf("padBorder", x);
  const sides = sidesOf("padBorder", padding, axes);
  checkChoice("padBorder", "mode", mode, ["reflect", "replicate", "circular"]);
  const axis = (k: 0 | 1): AxisGeometry => {
    const extent = image.shape[1 + k]!;
    const [before, after] = sides[k];
    const most = mode === "reflect" ? extent - 1 : mode === "circular" ? extent : Number.POSITIVE_INFINITY;
    if (Math.max(before, after) > most)
      throw new ShapeError(
        `padBorder: padding by "${mode}" must be at most ${most} for ${extent} pixels of ${axisNames[k]}, got ` +
          `${Math.max(before, after)}. Lower padding.`,
      );
    return { ...plain, before, after, extent, count: extent + before + after };
  };
  return emitOnImage("padBorder", abi.opResample, [image], axes, [axis(0), axis(1)], borders[mode]);
});
