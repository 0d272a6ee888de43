// Boxes, one for each image: drawn, and as masks.

import type { Tensor } from "../tensors/tensor.js";
import { between, floor } from "./perImage.js";

/** First pixels and sizes of a box, or of one for each image; it may reach beyond the image. @internal */
export interface Box<V = Tensor> {
  readonly top: V;
  readonly left: V;
  readonly height: V;
  readonly width: V;
}

/** Boxes that are drawn for an image, as in torchvision. @internal */
export const tries = 10;

type Pair = readonly [least: number, most: number];

/**
 * Sides in whole pixels of the first of ten boxes that fits, f64 [batch, 1], 0 for images where none does. The area is uniform in a
 * range of shares of `pixels`, the logarithm of first / second side uniform too.
 *
 * @param areas   uniform draws [batch, tries]
 * @param ratios  likewise
 * @internal
 */
export function firstFit(
  [areas, ratios]: readonly [Tensor, Tensor],
  pixels: number,
  scale: Pair,
  ratio: Pair,
  fits: (first: Tensor, second: Tensor) => Tensor,
): { first: Tensor; second: Tensor } {
  const area = between(areas, ...scale).multiply(pixels);
  const [least, most] = ratio.map((one) => areas.trace.fill(one, [], "f64").log()) as [Tensor, Tensor];
  const quotient = between(ratios, least, most).exp();
  const rounded = (square: Tensor): Tensor => floor(square.sqrt().add(0.5));
  const [firsts, seconds] = [rounded(area.multiply(quotient)), rounded(area.divide(quotient))];
  const fitting = fits(firsts, seconds);
  const chosen = fitting.multiply(fitting.cumulativeSum().equal(1));
  const side = (sides: Tensor): Tensor => chosen.multiply(sides).sum({ axes: 1, keepDimensions: true });
  return { first: side(firsts), second: side(seconds) };
}

/**
 * Returns 1 in the box of each image of x [batch, height, width, channels], else 0, in the shape and type of x; numbers of the box
 * are f64 [batch or 1, 1, 1, 1]. @internal
 */
export function boxMask({ shape, dtype, trace }: Tensor, { top, left, height, width }: Box): Tensor {
  const [, rows, columns, channels] = shape as [number, number, number, number];
  const y = trace.constant(
    Array.from({ length: rows }, (_, k) => [[k]]),
    "f64",
  );
  // With channels, because broadcasting single numbers costs more than broadcasting rows.
  const x = trace.constant(
    Array.from({ length: columns }, (_, k) => Array<number>(channels).fill(k)),
    "f64",
  );
  const inside = (at: Tensor, first: Tensor, size: Tensor): Tensor =>
    at
      .greaterEqual(first)
      .multiply(at.less(first.add(size)))
      .cast(dtype);
  return inside(y, top, height).multiply(inside(x, left, width));
}
