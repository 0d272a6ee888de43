// Windows over images: how options become the geometry that ops on images read, for images [batch, height, width, channels]
// and, as images of height 1, sequences [batch, length, channels].

import * as abi from "../../assembly/abi.js";
import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { type Bounds, checkNumber, wrongKind } from "../values/options.js";

/** Spatial axes: 1 of a sequence, 2 of an image. */
export type Axes = 1 | 2;

/** One number for both axes of an image, or one for each. */
export type Size = number | readonly [height: number, width: number];

/** How a kernel steps over one axis. */
export interface Stepping {
  readonly kernel: number;
  readonly stride: number;
  readonly before: number;
  readonly after: number;
  readonly dilation: number;
}

/** A pair of whole numbers, height first; a sequence has the least number for its height. */
export function checkSize(where: string, name: string, value: unknown, axes: Axes, min: 0 | 1): [number, number] {
  const bounds: Bounds = { min, integer: true };
  if (!Array.isArray(value)) {
    const size = checkNumber(where, name, value, bounds);
    return [axes === 1 ? min : size, size];
  }
  if (axes === 1 || value.length !== 2)
    throw wrongKind(where, name, axes === 1 ? "a whole number" : "a whole number or [height, width]", value);
  for (const size of value) checkNumber(where, name, size, bounds);
  return [value[0], value[1]];
}

/** Padding before and after: [[top, bottom], [left, right]], or "same". */
export function checkPadding(where: string, value: unknown, axes: Axes): "same" | [[number, number], [number, number]] {
  if (value === "same") return value;
  if (!Array.isArray(value)) {
    const size = checkNumber(where, "padding", value, { min: 0, integer: true });
    return [axes === 1 ? [0, 0] : [size, size], [size, size]];
  }
  const sides = axes === 2 && value.length === 2 ? value.flatMap((size) => [size, size]) : value;
  if (sides.length !== 2 * axes)
    throw wrongKind(
      where,
      "padding",
      `a whole number, "same" or ${axes === 1 ? "[before, after]" : "[top, bottom, left, right]"}`,
      value,
    );
  for (const size of sides) checkNumber(where, "padding", size, { min: 0, integer: true });
  return axes === 1 ? [[0, 0], [sides[0], sides[1]]] : [[sides[0], sides[1]], [sides[2], sides[3]]]; // biome-ignore format: pairs
}

/** Extents as sentences show them: those of the spatial axes. */
export function shownExtents(extents: readonly number[], axes: Axes): string {
  return axes === 1 ? `${extents[1]}` : `[${extents.join(", ")}]`;
}

/** x as an image [batch, height, width, channels], or a sentence that says what else it is. */
export function imageOf(where: string, x: Tensor, axes: Axes, channels?: number): Tensor {
  const { shape } = x;
  const spatial = axes === 1 ? "length" : "height, width";
  if (x.rank === axes + 2 && (channels === undefined || shape.at(-1) === channels))
    return axes === 1 ? x.reshape([shape[0] as number, 1, ...shape.slice(1)]) : x;
  const order = axes === 1 ? "[0, 2, 1]" : "[0, 2, 3, 1]";
  const advice =
    x.rank === axes + 1
      ? `Wrap one ${axes === 1 ? "sequence" : "image"} in an array; without channels, reshape to one channel.`
      : x.rank !== axes + 2
        ? `Reshape rows to [batch, ${spatial}, channels].`
        : shape[1] === channels
          ? `The channels seem to come first: transpose by ${order}, channels are the last axis.`
          : "Check the channels, or the layer before.";
  throw new ShapeError(
    `${where}: got [${shape.join(", ")}], expected [batch, ${spatial}, ${channels ?? "channels"}]. ${advice}`,
  );
}

/** An image of height 1 as a sequence again. */
export function fromImage(y: Tensor, axes: Axes): Tensor {
  return axes === 1 ? y.reshape([y.shape[0] as number, ...y.shape.slice(2)]) : y;
}

/** Height and width of an image. */
export function spatialOf({ shape }: Tensor): [number, number] {
  return [shape[1] as number, shape[2] as number];
}

/** Outputs of a kernel that steps over an axis: ⌊(extent + padding − reach) / stride⌋ + 1, below 1 if it does not fit. */
export function countOf({ kernel, stride, before, after, dilation }: Stepping, extent: number): number {
  return Math.floor((extent + before + after - dilation * (kernel - 1) - 1) / stride) + 1;
}

/** Refuses kernels that are larger than the padded image. */
export function checkFits(where: string, steps: readonly Stepping[], extents: readonly number[], axes: Axes): void {
  const reach = steps.map(({ kernel, dilation }) => dilation * (kernel - 1) + 1);
  const padded = steps.map(({ before, after }, k) => before + (extents[k] as number) + after);
  if (padded.every((extent, k) => (reach[k] as number) <= extent)) return;
  throw new ShapeError(
    `${where}: the kernel is larger than the padded image: got ${shownExtents(reach, axes)} with its dilation, expected at ` +
      `most ${shownExtents(padded, axes)}, from ${shownExtents(extents, axes)}. Use a smaller kernel, or more padding.`,
  );
}

/** The words of a geometry: both axes, then the groups of channels or the form of the windows. */
export function geometry(
  steps: readonly Stepping[],
  extents: readonly number[],
  counts: readonly number[],
  last: number,
): number[] {
  const axes = steps.flatMap(({ kernel, stride, before, after, dilation }, k) => [
    kernel,
    stride,
    before,
    after,
    dilation,
    extents[k] as number,
    counts[k] as number,
  ]);
  return [...axes, last];
}

/** A step of 1 by a kernel of 1. */
export const still: Stepping = { kernel: 1, stride: 1, before: 0, after: 0, dilation: 1 };

/** The value of x [batch, height, width, channels] that is largest in each window, the first of equal ones. */
export function largest(x: Tensor, words: readonly number[], starts?: Tensor): Tensor {
  return x.trace.emit(abi.opPoolGather, starts ? [x, x, starts] : [x, x], [], words);
}

/** Weighted means of windows of x [batch, height, width, channels]. */
export function resampled(x: Tensor, words: readonly number[]): Tensor {
  return x.trace.emit(abi.opResample, [x], [], words);
}
