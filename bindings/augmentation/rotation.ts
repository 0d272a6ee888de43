import { imagesOnly } from "../engine/featureSets.js";
import type { Layer } from "../layers/layer.js";
import { hyperName, type Value } from "../layers/scheduledNumber.js";
import { checkHyper, type Hyper, type Schedulable } from "../schedules/scheduled.js";
import type { Tensor } from "../tensors/tensor.js";
import { checkNumber, checkOptions, shown } from "../values/options.js";
import { around, draws, imageOp } from "./imageOp.js";
import { checkSampling, type PerImage, type SamplingOptions, warp } from "./warp.js";

/**
 * Returns m₀ .. m₅ of a linear map [m₀, m₁, m₃, m₄] by which pixels of the output read the source: the center of the source goes to
 * the center of the output, shifted to the right and down by pixels. @internal
 */
export function aboutCenter(
  { shape: [, height = 0, width = 0] }: Tensor,
  [a, b, c, d]: readonly [Tensor, Tensor, Tensor, Tensor],
  right: PerImage = 0,
  down: PerImage = 0,
): Tensor[] {
  const [centerX, centerY] = [(width - 1) / 2, (height - 1) / 2];
  const plus = (shift: PerImage, center: number) => (typeof shift === "number" ? shift + center : shift.add(center));
  const [fromX, fromY] = [plus(right, centerX), plus(down, centerY)];
  const rest = (across: Tensor, along: Tensor, center: number): Tensor =>
    across.multiply(fromX).add(along.multiply(fromY)).negate().add(center);
  return [a, b, rest(a, b, centerX), c, d, rest(c, d, centerY)];
}

export type Degrees = { readonly amount: Hyper; readonly least: number; readonly name: string };

/** Rotation: angles in [−amount, amount) if `least` is NaN, else in [least, least + amount). */
export function degreesOf(where: string, value: unknown): Degrees {
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

/** Angle from a draw u in [0, 1). */
export function angleOf(u: Tensor, { least }: Degrees, amount: Value): Tensor {
  return Number.isNaN(least) ? around(u, amount) : u.multiply(amount).add(least);
}

/**
 * Random rotations of images about their center: in training each image is turned by its own angle, uniform in [−d, d)
 * degrees or [least, most), positive counter-clockwise; y = x in evaluation. The size is kept. Pixels from outside x are
 * `fill`, with which "bilinear" blends at the border, as in torchvision.
 *
 * @param degrees  largest angle d ≥ 0 in degrees, or a schedule of it, or [least, most]
 * @param options  interpolation, fill
 * @returns        a layer y [batch, height, width, channels] of x of this shape
 * @throws RangeError  degrees or an option is out of range
 * @throws ShapeError  x is not [batch, height, width, channels]
 * @example
 * augment([randomRotation(15, { interpolation: "bilinear" })]);
 * @see Simard, Steinkraus and Platt, *Best practices for convolutional neural networks applied to visual document analysis*,
 * ICDAR 2003, sec. 2
 */
export const randomRotation = /* @__PURE__ */ imagesOnly(function randomRotation(
  degrees: Schedulable | readonly [number, number],
  options: SamplingOptions = {},
): Layer {
  const where = "randomRotation";
  const rotation = degreesOf(where, degrees);
  checkOptions(where, options, ["interpolation", "fill"]);
  const sampling = checkSampling(where, options);
  return imageOp(where, rotation.name, { degrees: rotation.amount }, (x, context, values) => {
    const [u] = draws(context, x, 1) as [Tensor];
    const radians = angleOf(u, rotation, values.degrees).multiply(Math.PI / 180);
    const [cos, sin] = [radians.cos(), radians.sin()];
    return warp(x, aboutCenter(x, [cos, sin.negate(), sin, cos]), x.shape.slice(1, 3) as [number, number], sampling);
  });
});
