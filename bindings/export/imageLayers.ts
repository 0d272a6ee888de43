// Layers on images and sequences as operations, with the sizes that follow from the shape of the image. The layers have checked
// their numbers. Only types come from the files of these layers: what two entries share, pages download as files of their own.

import type { ConvOptions, DepthwiseConvOptions } from "../layers/convolution.js";
import type { FractionalMaxPool2dOptions } from "../layers/fractionalPooling.js";
import type { ConvTransposeOptions } from "../layers/transposedConvolution.js";
import type { Extents, Padding } from "../tensors/geometry.js";
import type { MaxPoolOptions, MeanPoolOptions } from "../tensors/pooling.js";
import type { Resolver } from "./denseLayers.js";
import type { Op, Region, Weight, Windows } from "./op.js";
import type { Place } from "./place.js";

type Axes = 1 | 2;
type Value = "max" | "mean";

/** Numbers along the spatial axes. */
const along = (axes: Axes, value: Extents): number[] =>
  typeof value === "number" ? new Array<number>(axes).fill(value) : [...value];

/** Padding before and after, along the spatial axes. */
function sidesAlong(axes: Axes, padding: Padding): [number, number][] {
  const sides = typeof padding === "number" ? new Array<number>(2 * axes).fill(padding) : padding;
  return range(axes, (k) => [sides[2 * k] as number, sides[2 * k + 1] as number]);
}

/** Zeros that give ⌈extent / stride⌉ windows, the larger half at the end. */
function same(extent: number, kernel: number, stride: number, dilation: number): [number, number] {
  const total = Math.max((Math.ceil(extent / stride) - 1) * stride + dilation * (kernel - 1) + 1 - extent, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

const range = <T>(count: number, at: (k: number) => T): T[] => Array.from({ length: count }, (_, k) => at(k));
const spatial = ({ shape }: Place): readonly number[] => shape.slice(0, -1);
const channels = ({ shape }: Place): number => shape.at(-1) as number;
/** Pixels that a window reaches over. */
const reach = ({ kernel, dilation }: Windows, k: number): number =>
  (dilation[k] as number) * ((kernel[k] as number) - 1) + 1;

/** Numbers of windows. */
function counts(windows: Windows, extents: readonly number[]): number[] {
  return extents.map((extent, k) => {
    const [before, after] = windows.sides[k] as readonly [number, number];
    return Math.floor((extent + before + after - reach(windows, k)) / (windows.stride[k] as number)) + 1;
  });
}

function bordered(
  place: Place,
  mode: "constant" | "reflect" | "replicate" | "circular",
  sides: Windows["sides"],
  value = 0,
): Op {
  // biome-ignore format: one line
  const extents = spatial(place).map((extent, k) => extent + (sides[k] as [number, number])[0] + (sides[k] as [number, number])[1]); // biome-ignore format: one line
  return place.op("border", { mode, sides, value }, [...extents, channels(place)]);
}

function convolution(axes: Axes, place: Place, outputs: number, kernel: Extents, options: ConvOptions): Op[] {
  const { stride = 1, padding = 0, dilation = 1, groups = 1, paddingMode = "zeros" } = options;
  const steps = { kernel: along(axes, kernel), stride: along(axes, stride), dilation: along(axes, dilation) };
  const { kernel: sizes, stride: strides, dilation: dilations } = steps;
  const sides =
    padding === "same"
      ? spatial(place).map((extent, k) =>
          same(extent, sizes[k] as number, strides[k] as number, dilations[k] as number),
        )
      : sidesAlong(axes, padding);
  const border = paddingMode === "zeros" ? [] : [bordered(place, paddingMode, sides)];
  const inner = border[0] ? place.after(border[0]) : place;
  const windows = { ...steps, sides: border[0] ? sides.map(() => [0, 0] as const) : sides };
  const content = {
    ...{ windows, groups, bias: place.parameter("bias") },
    weight: place.parameter("weight") as Weight,
  };
  return [...border, inner.op("convolution", content, [...counts(windows, spatial(inner)), outputs])];
}

const convolving =
  (axes: Axes): Resolver =>
  (place, _inputs, outputs: number, kernel: Extents, options: ConvOptions) =>
    convolution(axes, place, outputs, kernel, options);

function depthwise(place: Place, kernel: Extents, { multiplier = 1, ...options }: DepthwiseConvOptions): Op[] {
  const groups = channels(place);
  return convolution(2, place, groups * multiplier, kernel, { ...options, groups });
}

const transposing =
  (axes: Axes): Resolver =>
  (place, _inputs, outputs: number, kernel: Extents, options: ConvTransposeOptions) => {
    const { stride = 1, padding = 0, outputPadding = 0, dilation = 1, groups = 1 } = options;
    const windows = {
      ...{ kernel: along(axes, kernel), stride: along(axes, stride), dilation: along(axes, dilation) },
      sides: sidesAlong(axes, padding),
    };
    const extra = along(axes, outputPadding);
    const extents = spatial(place).map((extent, k) => {
      const [before, after] = windows.sides[k] as [number, number];
      return (extent - 1) * (windows.stride[k] as number) - before - after + reach(windows, k) + (extra[k] as number);
    });
    const content = {
      ...{ windows, groups, outputPadding: extra, bias: place.parameter("bias") },
      weight: place.parameter("weight") as Weight,
    };
    return [place.op("transposedConvolution", content, [...extents, outputs])];
  };

function regions(place: Place, value: Value, all: readonly (readonly Region[])[]): Op {
  return place.op("regions", { value, regions: all }, [...all.map(({ length }) => length), channels(place)]);
}

/** Numbers of the windows of a pool, and the padding up to the end of the last one, which `ceilMode` may add behind the given padding. */
function pooled(
  given: Windows,
  extents: readonly number[],
  ceilMode: boolean,
): { counts: number[]; sides: [number, number][] } {
  // biome-ignore format: one line
  const all = counts(given, extents).map((floor, k) => {
    const [extent, step] = [extents[k] as number, given.stride[k] as number];
    const [before, after] = given.sides[k] as [number, number];
    const rest = extent + before + after - reach(given, k) - (floor - 1) * step;
    const count = ceilMode && rest > 0 && floor * step < extent + before ? floor + 1 : floor;
    const end = (count - 1) * step + reach(given, k) - before - extent;
    return { count, side: [before, Math.max(after, end)] as [number, number] };
  });
  return { counts: all.map(({ count }) => count), sides: all.map(({ side }) => side) };
}

/** Padding counts as −∞. ONNX Runtime takes less of it than the kernel is long; what is more comes before the pool. */
function maxPool(place: Place, given: Windows, ceilMode: boolean): Op[] {
  const { counts: numbers, sides } = pooled(given, spatial(place), ceilMode);
  const isFar = sides.some(([, after], k) => after >= (given.kernel[k] as number));
  const border = isFar ? [bordered(place, "constant", sides, Number.NEGATIVE_INFINITY)] : [];
  const windows = { ...given, sides: isFar ? sides.map(() => [0, 0] as const) : sides };
  const inner = border[0] ? place.after(border[0]) : place;
  return [...border, inner.op("pool", { value: "max", windows }, [...numbers, channels(place)])];
}

/** Windows with fewer pixels at the borders are regions of the image, or of the padded image. */
function meanPool(place: Place, given: Windows, ceilMode: boolean, countsPadding: boolean): Op[] {
  const { counts: numbers, sides } = pooled(given, spatial(place), ceilMode);
  const isEqual = given.sides.every((side, k) => side.join() === sides[k]?.join() && (countsPadding || side.join() === "0,0")); // biome-ignore format: one line
  if (isEqual) return [place.op("pool", { value: "mean", windows: given }, [...numbers, channels(place)])];
  const border = countsPadding ? [bordered(place, "constant", given.sides)] : [];
  const inner = border[0] ? place.after(border[0]) : place;
  const windows = numbers.map((count, k) =>
    range(count, (i): Region => {
      const from = i * (given.stride[k] as number) - (countsPadding ? 0 : (given.sides[k] as [number, number])[0]);
      return [Math.max(from, 0), Math.min(from + (given.kernel[k] as number), spatial(inner)[k] as number)];
    }),
  );
  return [...border, regions(inner, "mean", windows)];
}

const pooling =
  (axes: Axes, value: Value): Resolver =>
  (place, kernel: Extents, options: MaxPoolOptions & MeanPoolOptions) => {
    const { stride = kernel, padding = 0, dilation = 1, ceilMode = false, countIncludePad = true } = options;
    const steps = { kernel: along(axes, kernel), stride: along(axes, stride), dilation: along(axes, dilation) };
    const given = { ...steps, sides: sidesAlong(axes, padding) };
    return value === "max" ? maxPool(place, given, ceilMode) : meanPool(place, given, ceilMode, countIncludePad);
  };

const adaptive =
  (value: Value): Resolver =>
  (place, outputSize: Extents) => {
    const outputs = along(2, outputSize);
    const extents = spatial(place);
    const sizes = outputs.map((count, k) => (extents[k] as number) / count);
    if (sizes.every(Number.isInteger)) {
      const windows = { kernel: sizes, stride: sizes, dilation: [1, 1], sides: [[0, 0], [0, 0]] } as const; // biome-ignore format: one line
      return [place.op("pool", { value, windows }, [...outputs, channels(place)])];
    }
    const all = sizes.map((_, k) => {
      const [extent, count] = [extents[k] as number, outputs[k] as number];
      return range(count, (i): Region => [Math.floor((i * extent) / count), Math.ceil(((i + 1) * extent) / count)]);
    });
    return [regions(place, value, all)];
  };

/** The regions of evaluation: ⌊(i + ½) α⌋ − ⌊α / 2⌋, the last at the border. */
const fractional: Resolver = (place, kernel: Extents, options: FractionalMaxPool2dOptions) => {
  const { outputSize, outputRatio, overlapping = true } = options;
  const sizes = along(2, kernel);
  const ratios = [outputRatio ?? []].flat();
  const all = spatial(place).map((extent, k) => {
    const size = sizes[k] as number;
    const ratio = (ratios[k] ?? ratios[0]) as number;
    const count = outputSize === undefined ? Math.floor(extent * ratio) : (along(2, outputSize)[k] as number);
    const alpha = overlapping ? (extent - size) / (count - 1) : extent / count;
    const start = (i: number): number => Math.floor((i + 0.5) * alpha) - Math.floor(0.5 * alpha);
    if (overlapping)
      return range(count, (i): Region => (i === count - 1 ? [extent - size, extent] : [start(i), start(i) + size]));
    return range(count, (i): Region => [start(i), i === count - 1 ? extent : start(i + 1)]);
  });
  return [regions(place, "max", all)];
};

const globalPool =
  (value: Value): Resolver =>
  (place) => [place.op("globalPool", { value }, [channels(place)])];

/** By name of the layer's function. */
export const imageLayers: Readonly<Record<string, Resolver>> = {
  conv1d: convolving(1),
  conv2d: convolving(2),
  depthwiseConv2d: (place, _channels, kernel: Extents, options: DepthwiseConvOptions) =>
    depthwise(place, kernel, options),
  separableConv2d: (place, _inputs, outputs: number, kernel: Extents, options: DepthwiseConvOptions) => {
    const first = depthwise(place.nested("depthwise"), kernel, options);
    const { output } = first.at(-1) as Op;
    return [
      place.op("sequence", { ops: [...first, ...convolution(2, place.nested("pointwise", output), outputs, 1, {})] }, [
        ...output.slice(0, -1),
        outputs,
      ]),
    ];
  },
  convTranspose1d: transposing(1),
  convTranspose2d: transposing(2),
  maxPool1d: pooling(1, "max"),
  maxPool2d: pooling(2, "max"),
  avgPool1d: pooling(1, "mean"),
  avgPool2d: pooling(2, "mean"),
  adaptiveAvgPool2d: adaptive("mean"),
  adaptiveMaxPool2d: adaptive("max"),
  globalAvgPool2d: globalPool("mean"),
  globalMaxPool2d: globalPool("max"),
  fractionalMaxPool2d: fractional,
  upsample2d: (place, factor: Extents, mode: "nearest" | "bilinear", alignCorners: boolean) => {
    const factors = along(2, factor);
    const extents = spatial(place).map((extent, k) => extent * (factors[k] as number));
    return [place.op("upsample", { factors, mode, alignCorners }, [...extents, channels(place)])];
  },
};
