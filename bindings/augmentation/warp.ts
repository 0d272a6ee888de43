// Sampling of images at affine coordinates, with coefficients for each image: crops, flips, rotations and other affine
// distortions.

import * as abi from "../../assembly/abi.js";
import type { Tensor } from "../tensors/tensor.js";
import type { Trace } from "../tensors/trace.js";
import { checkChoice, checkNumber } from "../values/options.js";

/** Value between pixels: that of the nearest one, or the mean of the four nearest weighted by distance. */
export type Interpolation = "nearest" | "bilinear";

/** Options of all ops that resample an image. */
export interface SamplingOptions {
  /** "nearest" (default, as torchvision), or "bilinear": the mean of the four nearest pixels weighted by distance. */
  readonly interpolation?: Interpolation;
  /** Value of pixels that come from outside the image, in the unit of the data; default 0. */
  readonly fill?: number;
}

/** Checks the options; returns them with their defaults. @internal */
export function checkSampling(where: string, { interpolation = "nearest", fill = 0 }: SamplingOptions) {
  checkChoice(where, "interpolation", interpolation, ["nearest", "bilinear"]);
  checkNumber(where, "fill", fill, {});
  return { interpolation, fill };
}

/** A number for all images, or one for each as [batch, 1] in f64. */
export type PerImage = number | Tensor;

/** Returns [batch, count] in f64 of these columns. */
function joinColumns(trace: Trace, batch: number, values: readonly PerImage[]): Tensor {
  const columns = values.map((value) =>
    typeof value === "number" ? trace.fill(value, [batch, 1], "f64") : value.broadcastTo([batch, 1]),
  );
  return trace.concatenate(columns, 1);
}

/**
 * Samples images: pixel (p, q) of the output, row p and column q, reads x at column m₀ q + m₁ p + m₂ and row m₃ q + m₄ p +
 * m₅, where a whole number is the center of a pixel; pixels outside count as `fill`. With a box, coordinates are first
 * clamped to it.
 *
 * @param x             [batch, height, width, channels]
 * @param coefficients  m₀ .. m₅, and left, right, top, bottom of the box if there is one: 6 or 10 numbers, each for all images
 *                      or [batch, 1] in f64
 * @param size          height and width of the output
 * @returns             [batch, ...size, channels] in the type of x
 * @internal
 */
export function warp(
  x: Tensor,
  coefficients: readonly PerImage[],
  [height, width]: readonly [number, number],
  { interpolation = "nearest", fill = 0 }: SamplingOptions = {},
): Tensor {
  const m = joinColumns(x.trace, x.shape[0] as number, coefficients);
  const bilinear = coefficients.length > 6 ? abi.warpClamped : abi.warpBilinear;
  const form = interpolation === "nearest" ? abi.warpNearest : bilinear;
  return x.trace.emit(abi.opWarp, [x, m], [fill], [height, width, form]);
}
