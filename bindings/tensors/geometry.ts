// Geometry of ops on images [batch, height, width, channels] and signals [batch, length, channels], as the words of an
// instruction. A signal is an image of height 1.

import { ShapeError } from "../values/errors.js";
import { checkNumber, shown, wrongKind } from "../values/options.js";
import { Tensor } from "./tensor.js";

/** A number for both axes or [height, width]; for signals a number or a list of one. */
export type Extents = number | readonly number[];

/** Padding: a number for all sides or [top, bottom, left, right]; for signals a number or [before, after]. */
export type Padding = number | readonly number[];

/** Names of the axes of an image, for errors. @internal */
export const axisNames = ["height", "width"] as const;

/** One axis of a geometry. @internal */
export interface AxisGeometry {
  readonly kernel: number;
  readonly stride: number;
  readonly before: number;
  readonly after: number;
  readonly dilation: number;
  /** Pixels of the image. */
  readonly extent: number;
  /** Outputs. */
  readonly count: number;
}

/** Checks that an output is below the limit of the core along height (k = 0) or width. @internal */
export function checkOutput(where: string, pixels: number, k: number): void {
  if (pixels < 2 ** 30) return;
  throw new ShapeError(
    `${where}: the output is too large: got ${pixels} pixels of ${axisNames[k]}, expected fewer than 2³⁰. ` +
      "Lower the padding, or enlarge by less.",
  );
}

/** Shape of a tensor, for errors. @internal */
export const shapeOf = ({ shape }: Tensor): string => `[${shape.join(", ")}]`;

/** A tensor of three or four axes as an image of four axes. @internal */
export function imageOf(where: string, name: string, x: unknown): { readonly image: Tensor; readonly axes: 1 | 2 } {
  if (!(x instanceof Tensor))
    throw new TypeError(`${where}: ${name} must be a tensor, got ${shown(x)}. Give it first.`);
  if (x.rank === 4) return { image: x, axes: 2 };
  const [first, ...others] = x.shape as [number, ...number[]];
  if (x.rank === 3) return { image: x.reshape([first, 1, ...others]), axes: 1 };
  throw new ShapeError(
    `${where}: ${name} has ${x.rank} axes (shape ${shapeOf(x)}), expected 4, [batch, height, width, channels], or 3, ` +
      "[batch, length, channels]. Reshape it.",
  );
}

/**
 * Emits an op on images, the first of its inputs the image; from a signal comes a signal.
 *
 * @param last  last word of the instruction: groups of a convolution, or the form of windows
 * @throws ShapeError  an output too large for the core
 * @internal
 */
export function emitOnImage(
  where: string,
  op: number,
  inputs: readonly [Tensor, ...Tensor[]],
  axes: 1 | 2,
  sides: readonly [height: AxisGeometry, width: AxisGeometry],
  last: number,
): Tensor {
  for (const [k, { extent, count }] of sides.entries()) checkOutput(where, Math.max(extent, count), k);
  const words = sides.flatMap(({ kernel, stride, before, after, dilation, extent, count }) => [
    ...[kernel, stride, before, after, dilation, extent, count],
  ]);
  const y = inputs[0].trace.emit(op, inputs, [], [...words, last]);
  return axes === 2 ? y : y.reshape(y.shape.filter((_, axis) => axis !== 1));
}

/** Integers ≥ `min` for height and width; for signals the first is `alone`, default 1. @internal */
export function pairOf(where: string, name: string, value: unknown, axes: 1 | 2, min = 1, alone = 1): [number, number] {
  const whole = (one: unknown): number => checkNumber(where, name, one, { min, below: 2 ** 30, integer: true });
  if (typeof value === "number") return axes === 1 ? [alone, whole(value)] : [whole(value), whole(value)];
  if (!Array.isArray(value)) throw wrongKind(where, name, "a number or an array of numbers", value);
  if (value.length !== axes)
    throw new RangeError(
      `${where}: ${name} must be a number${axes === 1 ? "" : " or [height, width]"}, got ${shown(value)}.`,
    );
  return axes === 1 ? [alone, whole(value[0])] : [whole(value[0]), whole(value[1])];
}

/** Padding of every side: [[top, bottom], [left, right]]; `same` if the caller accepts "same" beside it. @internal */
export function sidesOf(
  where: string,
  padding: unknown,
  axes: 1 | 2,
  same = false,
): [[number, number], [number, number]] {
  const lists = axes === 1 ? "[before, after]" : "[top, bottom, left, right]";
  const wanted = same ? `a number, ${lists} or "same"` : `a number or ${lists}`;
  const whole = (one: unknown): number => checkNumber(where, "padding", one, { min: 0, below: 2 ** 30, integer: true });
  if (typeof padding === "number") {
    const side = whole(padding);
    return [axes === 1 ? [0, 0] : [side, side], [side, side]];
  }
  if (!Array.isArray(padding)) throw wrongKind(where, "padding", wanted, padding, "0 for none");
  const sides = padding.map(whole);
  if (sides.length !== 2 * axes) throw new RangeError(`${where}: padding must be ${wanted}, got ${shown(padding)}.`);
  const [top, bottom, left = top, right = bottom] = sides as [number, number, number?, number?];
  return [axes === 1 ? [0, 0] : [top, bottom], [left, right]];
}
