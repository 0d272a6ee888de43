import { imagesOnly } from "../engine/featureSets.js";
import type { Layer } from "../layers/layer.js";
import type { Value } from "../layers/scheduledNumber.js";
import { axisNames, type Extents, pairOf } from "../tensors/geometry.js";
import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { checkOptions, shown } from "../values/options.js";
import { draws, imageOp } from "./imageOp.js";
import { type Amount, amountName, between, checkAmount, isPair, numbersOf, scalar } from "./perImage.js";

/** Options of `gaussianBlur`. */
export interface GaussianBlurOptions {
  /**
   * Standard deviation σ > 0 in pixels, or a schedule of it, or [least, most], from which each image draws uniformly; default
   * [0.1, 2].
   */
  readonly sigma?: Amount;
}

/** Weights of the pixels at distances d = 0 .. half, proportional to exp(−½ (d / σ)²), with the sum 1 over −half .. half. */
function weightsOf(sigma: Tensor, half: number): Tensor[] {
  const slope = sigma.square().reciprocal().multiply(-0.5);
  // A schedule may reach σ = 0, where the slope is −∞: all weight is then at the center.
  const others = Array.from({ length: half }, (_, k) => slope.multiply((k + 1) ** 2).exp());
  const total = others
    .reduce((sum, one) => sum.add(one))
    .multiply(2)
    .add(1);
  return [total.reciprocal(), ...others.map((one) => one.divide(total))];
}

/** Pads x by `half` mirrored pixels at both ends of an axis; the border pixel is not repeated. */
function mirrored(x: Tensor, axis: 1 | 2, half: number): Tensor {
  const last = (x.shape[axis] as number) - 1;
  const pixel = (k: number): Tensor => x.slice(axis, k, k + 1);
  const distances = Array.from({ length: half }, (_, k) => k + 1);
  const before = distances.map((d) => pixel(d)).reverse();
  return x.trace.concatenate([...before, x, ...distances.map((d) => pixel(last - d))], axis);
}

/** Weighted sum of the pixels at distances −half .. half along an axis. */
function blurAlong(x: Tensor, axis: 1 | 2, sigma: Tensor, half: number): Tensor {
  const extent = x.shape[axis] as number;
  if (half === 0) return x;
  if (half >= extent)
    throw new ShapeError(
      `gaussianBlur: a kernel of ${2 * half + 1} pixels mirrors ${half}, but x [${x.shape.join(", ")}] has ${extent} of ` +
        `${axisNames[axis - 1]}. Use a kernel of at most ${Math.max(2 * extent - 1, 1)}.`,
    );
  const padded = mirrored(x, axis, half);
  const at = (d: number): Tensor => padded.slice(axis, half + d, half + d + extent);
  return weightsOf(sigma, half)
    .map((weight, d) => (d === 0 ? x : at(-d).add(at(d))).multiply(weight.cast(x.dtype)))
    .reduce((sum, one) => sum.add(one));
}

/**
 * Gaussian blur: in training each pixel becomes the mean of its neighbors with weights exp(−½ (d / σ)²) along both axes, with
 * one σ for each image; y = x in evaluation. Beyond the border the image is mirrored. As torchvision's `GaussianBlur`.
 *
 * @param kernel   pixels along each axis, odd: a number or [height, width]
 * @param options  sigma
 * @returns        a layer y [batch, height, width, channels] of x of this shape
 * @throws RangeError  kernel is even, or sigma is not above 0
 * @throws ShapeError  x is not [batch, height, width, channels], or has no more than ⌊kernel / 2⌋ pixels
 * @example
 * augment([gaussianBlur(3, { sigma: [0.1, 1] })]);
 * @see Chen, Kornblith, Norouzi and Hinton, *A simple framework for contrastive learning of visual representations*, ICML
 * 2020, appendix A
 */
export const gaussianBlur = /* @__PURE__ */ imagesOnly(function gaussianBlur(
  kernel: Extents,
  options: GaussianBlurOptions = {},
): Layer {
  const where = "gaussianBlur";
  const [height, width] = pairOf(where, "kernel", kernel, 2);
  if (height % 2 === 0 || width % 2 === 0)
    throw new RangeError(`${where}: kernel must be odd, got ${shown(kernel)}. Add or subtract 1.`);
  checkOptions(where, options, ["sigma"]);
  const bounds = { above: 0 };
  const sigma = checkAmount(where, "sigma", options.sigma ?? [0.1, 2], bounds, bounds);
  const [down, right] = [(height - 1) / 2, (width - 1) / 2];
  const name = `[${height}, ${width}], sigma ${amountName(sigma)}`;
  return imageOp(where, name, numbersOf({ sigma }), (x, context, values) => {
    const own = isPair(sigma)
      ? between(draws(context, x, 1, 4)[0] as Tensor, ...sigma)
      : scalar(x.trace, values.sigma as Value);
    return blurAlong(blurAlong(x, 1, own, down), 2, own, right);
  });
});
