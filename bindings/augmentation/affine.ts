import { imagesOnly } from "../engine/featureSets.js";
import type { Layer } from "../layers/layer.js";
import { hyperName, type Value } from "../layers/scheduledNumber.js";
import { checkHyper, type Hyper, type Schedulable } from "../schedules/scheduled.js";
import type { Tensor } from "../tensors/tensor.js";
import { checkChoice, checkNumber, checkOptions, shown } from "../values/options.js";
import { around, draws, imageOp, rangeOf } from "./imageOp.js";
import { type Interpolation, type PerPicture, warp } from "./warp.js";

export interface RandomRotationOptions {
  /** "nearest" (default, as torchvision) takes the nearest pixel, "bilinear" the mean of four weighted by distance. */
  readonly interpolation?: Interpolation;
  /** Value of pixels from outside the image, in the unit of x; default 0. */
  readonly fill?: number;
}

export interface RandomAffineOptions extends RandomRotationOptions {
  /** Rotation as in randomRotation: d or a schedule of it for [−d, d], or [least, most], in degrees; default 0. */
  readonly degrees?: Schedulable | readonly [number, number];
  /** Largest shift as a share of the width and height, 0 .. 1: a number or a schedule for both, or [x, y]; default 0. */
  readonly translate?: Schedulable | readonly [number, number];
  /** Magnification: 1 (default) or another fixed number, or [least, most], positive. */
  readonly scale?: number | readonly [number, number];
  /**
   * Largest shear in degrees, 0 .. 90: a number or a schedule shears rows along x as in torchvision, [x, y] rows and columns;
   * default 0.
   */
  readonly shear?: Schedulable | readonly [number, number];
}

/** Distortion of every picture. */
export interface AffineParameters {
  /** Rotation in degrees, positive counter-clockwise. */
  readonly angle?: PerPicture;
  /** Shift in pixels, to the right and down. */
  readonly translate?: readonly [x: PerPicture, y: PerPicture];
  /** Magnification. */
  readonly scale?: PerPicture;
  /** Shear in degrees. */
  readonly shear?: readonly [x: PerPicture, y: PerPicture];
}

/**
 * Returns m₀ .. m₅ of a distortion about the centre: the inverse of T · R · Shy · Shx · S, which takes pixels of the output to the
 * source. As `_get_inverse_affine_matrix` of torchvision, whose angle is positive clockwise in affine; the quotients
 * cos(r − s) / cos s there are cos r + sin r tan s. @internal
 */
export function affineCoefficients(
  x: Tensor,
  { angle = 0, translate: [right, down] = [0, 0], scale = 1, shear = [0, 0] }: AffineParameters,
): Tensor[] {
  const [, height, width] = x.shape as [number, number, number, number];
  const tensor = (value: PerPicture): Tensor => (typeof value === "number" ? x.trace.fill(value, [], "f64") : value);
  const radians = (degrees: PerPicture): Tensor => tensor(degrees).multiply(Math.PI / 180);
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
  // The centre, shifted, is where the centre of the source goes.
  const [centreX, centreY] = [(width - 1) / 2, (height - 1) / 2];
  const [fromX, fromY] = [tensor(right).add(centreX), tensor(down).add(centreY)];
  const rest = (across: Tensor, along: Tensor, centre: number): Tensor =>
    across.multiply(fromX).add(along.multiply(fromY)).negate().add(centre);
  const [a, b, c, d] = linear;
  return [a, b, rest(a, b, centreX), c, d, rest(c, d, centreY)];
}

/** Applies a distortion to images, whose size is kept. @internal */
export function affine(x: Tensor, parameters: AffineParameters, options: RandomRotationOptions = {}): Tensor {
  const [, height, width] = x.shape as [number, number, number, number];
  return warp(x, affineCoefficients(x, parameters), [height, width], options);
}

type Degrees = { readonly amount: Hyper; readonly least: number; readonly name: string };

/** A rotation: an angle d for [−d, d], or a range, which is `amount` around its middle. */
function degreesOf(where: string, value: unknown): Degrees {
  if (!Array.isArray(value)) {
    const amount = checkHyper(where, "degrees", value as Schedulable, { min: 0 });
    return { amount, least: Number.NaN, name: hyperName(amount) };
  }
  const [least, most] = value.map((one) => checkNumber(where, "degrees", one, {})) as [number, number];
  if (value.length !== 2 || !(least <= most))
    throw new RangeError(
      `${where}: degrees must be a number or [least, most], got ${shown(value)}. Give two numbers, the smaller one first.`,
    );
  return { amount: most - least, least, name: `[${value.join(", ")}]` };
}

/** Angle from a draw u. */
function angleOf(u: Tensor, { least }: Degrees, amount: Value): Tensor {
  return Number.isNaN(least) ? around(u, amount) : u.multiply(amount).add(least);
}

function readingOf(where: string, { interpolation = "nearest", fill = 0 }: RandomRotationOptions) {
  checkChoice(where, "interpolation", interpolation, ["nearest", "bilinear"]);
  checkNumber(where, "fill", fill, {});
  return { interpolation, fill };
}

/**
 * Random rotations of images about their centre: in training each picture is turned by its own angle, uniform in [−d, d) degrees or
 * [least, most), positive counter-clockwise; y = x in evaluation. The size is kept. Where no pixel of x comes to lie, y = fill;
 * at the border, "bilinear" blends with it as torchvision does.
 *
 * @param degrees  d ≥ 0 or a schedule of it, or [least, most]
 * @param options  interpolation, fill
 * @returns        a layer y [batch, height, width, channels] of x of this shape
 * @throws RangeError  degrees or an option is out of range
 * @throws ShapeError  x has other axes
 * @example
 * sequential([randomRotation(15, { interpolation: "bilinear" }), flatten(), linear(784, 10)]);
 * @see Simard, Steinkraus and Platt, *Best practices for convolutional neural networks applied to visual document analysis*,
 * ICDAR 2003, sec. 2
 */
export const randomRotation = /* @__PURE__ */ imagesOnly(function randomRotation(
  degrees: Schedulable | readonly [number, number],
  options: RandomRotationOptions = {},
): Layer {
  const where = "randomRotation";
  const rotation = degreesOf(where, degrees);
  checkOptions(where, options, ["interpolation", "fill"]);
  const reading = readingOf(where, options);
  return imageOp(where, rotation.name, { degrees: rotation.amount }, (x, context, values) => {
    const [u] = draws(context, x, 1) as [Tensor];
    return affine(x, { angle: angleOf(u, rotation, values.degrees) }, reading);
  });
});

/** A pair of bounds [x, y], or a number or a schedule for x and, if `both`, for y. */
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
 * Random affine distortions of images about their centre: in training each picture is scaled, sheared, turned and shifted, in this
 * order, each amount uniform; y = x in evaluation. The size is kept. Angles are positive counter-clockwise.
 *
 * @param options  degrees, translate, scale, shear, interpolation, fill
 * @returns        a layer y [batch, height, width, channels] of x of this shape
 * @throws RangeError  an option is out of range
 * @throws ShapeError  x has other axes
 * @example
 * const distort = randomAffine({ degrees: 10, translate: 0.1, scale: [0.9, 1.1], shear: 5, interpolation: "bilinear" });
 * sequential([distort, conv2d(1, 8, 3), relu(), flatten(), linear(8 * 26 * 26, 10)]);
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
  const reading = readingOf(where, options);
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
    return affine(x, parameters, reading);
  });
});
