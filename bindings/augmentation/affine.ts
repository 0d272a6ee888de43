import { imagesOnly } from "../engine/featureSets.js";
import type { Layer } from "../layers/layer.js";
import { checkHyper, type Hyper, type Schedulable } from "../schedules/scheduled.js";
import type { Tensor } from "../tensors/tensor.js";
import { checkNumber, checkOptions, shown } from "../values/options.js";
import { around, draws, imageOp, rangeOf } from "./imageOp.js";
import { scalar } from "./perImage.js";
import { aboutCenter, angleOf, degreesOf } from "./rotation.js";
import { checkSampling, type PerImage, type SamplingOptions, warp } from "./warp.js";

/** Options of `randomAffine`. */
export interface RandomAffineOptions extends SamplingOptions {
  /** Rotation in degrees: d ≥ 0 or a schedule of it, for angles in [−d, d), or [least, most]; default 0. */
  readonly degrees?: Schedulable | readonly [number, number];
  /**
   * Largest shift to either side as a share of width and height, 0 .. 1, not in pixels: a number or a schedule for both, or
   * [x, y]; default 0. Shifts are uniform and need not be whole pixels.
   */
  readonly translate?: Schedulable | readonly [number, number];
  /** Magnification, positive: a fixed number, or [least, most], from which each image draws uniformly; default 1. */
  readonly scale?: number | readonly [number, number];
  /**
   * Largest shear to either side in degrees, below 90: a number or a schedule of it shifts rows along x, as in torchvision;
   * [x, y] also columns along y. Default 0.
   */
  readonly shear?: Schedulable | readonly [number, number];
}

/** Distortion of each image. */
export interface AffineParameters {
  /** Rotation in degrees, positive counter-clockwise. */
  readonly angle?: PerImage;
  /** Shift in pixels, to the right and down. */
  readonly translate?: readonly [x: PerImage, y: PerImage];
  /** Magnification. */
  readonly scale?: PerImage;
  /** Shear in degrees. */
  readonly shear?: readonly [x: PerImage, y: PerImage];
}

/**
 * Returns m₀ .. m₅ of a distortion about the center, which take pixels of the output to the source: the inverse of
 * T · R · Shy · Shx · S, translation, rotation, shears and scale. As `_get_inverse_affine_matrix` of torchvision, whose angle r is
 * positive clockwise; its quotients cos(r − s) / cos s are cos r + sin r tan s here. @internal
 */
export function affineCoefficients(
  x: Tensor,
  { angle = 0, translate: [right, down] = [0, 0], scale = 1, shear = [0, 0] }: AffineParameters,
): Tensor[] {
  const radians = (degrees: PerImage): Tensor => scalar(x.trace, degrees).multiply(Math.PI / 180);
  const [cos, sin] = [radians(angle).cos(), radians(angle).sin()];
  const [tanX, tanY] = shear.map((degrees) => radians(degrees).sin().divide(radians(degrees).cos())) as [
    Tensor,
    Tensor,
  ];
  const m4 = cos.subtract(sin.multiply(tanY));
  const m3 = sin.add(cos.multiply(tanY));
  const m1 = m4.multiply(tanX).subtract(sin);
  const m0 = cos.add(m3.multiply(tanX));
  const linear = [m0, m1, m3, m4].map((m) => m.divide(scale)) as [Tensor, Tensor, Tensor, Tensor];
  return aboutCenter(x, linear, right, down);
}

/** Distorts images; the size is kept. @internal */
export function affine(x: Tensor, parameters: AffineParameters, options: SamplingOptions = {}): Tensor {
  const [, height, width] = x.shape as [number, number, number, number];
  return warp(x, affineCoefficients(x, parameters), [height, width], options);
}

/** Bounds of x and y: the pair that is given, or the number or schedule for x and, if `both`, for y. */
function boundsOf(
  where: string,
  name: string,
  value: unknown,
  range: { readonly min: 0; readonly max?: number; readonly below?: number },
  both: boolean,
): [Hyper, Hyper] {
  if (!Array.isArray(value)) {
    const amount = checkHyper(where, name, value as Schedulable, range);
    return [amount, both ? amount : 0];
  }
  const bounds = value.map((one) => checkNumber(where, name, one, range));
  if (bounds.length === 2) return bounds as [number, number];
  throw new RangeError(`${where}: ${name} must be a number or [x, y], got ${shown(value)}.`);
}

/**
 * Random affine distortions of images about their center: in training each image is scaled, sheared, turned and shifted, in
 * this order, by its own amounts, each uniform; y = x in evaluation. The size is kept. Angles are positive counter-clockwise;
 * those of torchvision's `RandomAffine` are positive clockwise.
 *
 * @param options  degrees, translate, scale, shear, interpolation, fill
 * @returns        a layer y [batch, height, width, channels] of x of this shape
 * @throws RangeError  an option is out of range
 * @throws ShapeError  x is not [batch, height, width, channels]
 * @example
 * augment([randomAffine({ degrees: 10, translate: 0.1, scale: [0.9, 1.1], shear: 5, interpolation: "bilinear" })]);
 * @see Simard, Steinkraus and Platt, *Best practices for convolutional neural networks applied to visual document analysis*,
 * ICDAR 2003, sec. 2
 */
export const randomAffine = /* @__PURE__ */ imagesOnly(function randomAffine(options: RandomAffineOptions = {}): Layer {
  const where = "randomAffine";
  checkOptions(where, options, ["degrees", "translate", "scale", "shear", "interpolation", "fill"]);
  const { degrees = 0, translate = 0, scale = 1, shear = 0 } = options;
  const rotation = degreesOf(where, degrees);
  const [translateX, translateY] = boundsOf(where, "translate", translate, { min: 0, max: 1 }, true);
  const [shearX, shearY] = boundsOf(where, "shear", shear, { min: 0, below: 90 }, false);
  const [least, most] = Array.isArray(scale)
    ? rangeOf(where, "scale", scale)
    : Array(2).fill(checkNumber(where, "scale", scale, { above: 0 }));
  const sampling = checkSampling(where, options);
  const numbers = { degrees: rotation.amount, translateX, translateY, shearX, shearY };
  return imageOp(where, rotation.name, numbers, (x, context, values) => {
    const [turn, right, down, grow, slant, lean] = draws(context, x, 6) as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    const [, height, width] = x.shape as [number, number, number, number];
    const parameters: AffineParameters = {
      angle: angleOf(turn, rotation, values.degrees),
      translate: [around(right, values.translateX).multiply(width), around(down, values.translateY).multiply(height)],
      scale: grow.multiply(most - least).add(least),
      shear: [around(slant, values.shearX), around(lean, values.shearY)],
    };
    return affine(x, parameters, sampling);
  });
});
