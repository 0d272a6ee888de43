import { imagesOnly } from "../engine/featureSets.js";
import { needContext } from "../layers/context.js";
import { checkImage } from "../layers/images.js";
import type { Layer } from "../layers/layer.js";
import { hyperName, numberIn } from "../layers/scheduledNumber.js";
import { type Extents, pairOf } from "../tensors/geometry.js";
import { padBorder } from "../tensors/pooling.js";
import type { Tensor } from "../tensors/tensor.js";
import { within } from "../values/errors.js";
import { checkOptions, shown } from "../values/options.js";
import { type Amount, amountsState, between, checkAmount, isPair, perPicture } from "./perPicture.js";

export interface GaussianBlurOptions {
  /** Standard deviation σ > 0 in pixels, or a schedule of it; or the [least, most] between which each picture draws one. Default [0.1, 2]. */ // biome-ignore format: a sentence
  readonly sigma?: Amount;
}

/** Weights exp(−½ (d / σ)²) of the pixels d = 0 .. half from the centre, for a sum of 1 over −half .. half. */
function weightsOf(sigma: Tensor, half: number): Tensor[] {
  const slope = sigma.square().reciprocal().multiply(-0.5);
  // A schedule may reach σ = 0, where the slope is −∞: all weight is then at the centre.
  const others = Array.from({ length: half }, (_, k) => slope.multiply((k + 1) ** 2).exp());
  const total = others
    .reduce((sum, one) => sum.add(one))
    .multiply(2)
    .add(1);
  return [total.reciprocal(), ...others.map((one) => one.divide(total))];
}

/** Weighted sum of the pixels −half .. half along an axis, which loses that many at each end. */
function blurAlong(x: Tensor, axis: 1 | 2, sigma: Tensor, half: number): Tensor {
  if (half === 0) return x;
  const extent = (x.shape[axis] as number) - 2 * half;
  const at = (d: number): Tensor => x.slice(axis, half + d, half + d + extent);
  return weightsOf(sigma, half)
    .map((weight, d) => (d === 0 ? at(0) : at(-d).add(at(d))).multiply(weight.cast(x.dtype)))
    .reduce((sum, one) => sum.add(one));
}

/**
 * Gaussian blur: each pixel becomes the mean of its neighbours with weights exp(−½ (d / σ)²) along both axes, one σ for each
 * picture; only in training. Beyond the border the image is mirrored. As torchvision's `GaussianBlur`.
 *
 * @param kernel   pixels along each axis, odd: a number or [height, width]
 * @param options  sigma
 * @throws RangeError  kernel is even, or sigma is not above 0
 * @throws ShapeError  x is not [batch, height, width, channels], or has no more than ⌊kernel / 2⌋ pixels
 * @example
 * sequential([gaussianBlur(3, { sigma: [0.1, 1] }), conv2d(1, 8, 3)]);
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
  return {
    name: `${where}([${height}, ${width}], sigma ${isPair(sigma) ? sigma.join(" to ") : hyperName(sigma)})`,
    parameters: {},
    ...amountsState({ sigma }),
    apply(_, x, given) {
      const context = needContext(where, given);
      checkImage(where, x, 2);
      if (!context.training) return x;
      const own = ((): Tensor => {
        if (isPair(sigma))
          return between(perPicture(context.uniform([x.shape[0] as number, 1], { dtype: "f64" }), 0), ...sigma);
        const value = numberIn(context, "sigma", sigma);
        return typeof value === "number" ? x.trace.fill(value, [], "f64") : value;
      })();
      const padded = within(where, () => padBorder(x, [down, down, right, right], "reflect"));
      return blurAlong(blurAlong(padded, 1, own, down), 2, own, right);
    },
  };
});
