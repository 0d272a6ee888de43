// Policies: ops drawn from a list for each image, with one scale of magnitudes for all of them.

import { wholeOnly } from "../engine/featureSets.js";
import type { Layer, LayerContext } from "../layers/layer.js";
import { hyperName, type Value } from "../layers/scheduledNumber.js";
import { checkHyper, type Schedulable } from "../schedules/scheduled.js";
import type { Tensor } from "../tensors/tensor.js";
import { checkNumber, checkOptions } from "../values/options.js";
import { affineCoefficients } from "./affine.js";
import { blend, checkColors, grayOf, imagesOf, meanOf, planesOf } from "./color.js";
import { equalize } from "./equalize.js";
import { draws, imageOp } from "./imageOp.js";
import { upToPeak } from "./peak.js";
import { floor, scalar } from "./perImage.js";
import { autocontrast, posterize, solarize } from "./points.js";
import { sharpness } from "./sharpness.js";
import { checkSampling, type SamplingOptions, warp } from "./warp.js";

/** The ops, in torchvision's order. */
export const policyOps = [
  "identity",
  "shearX",
  "shearY",
  "translateX",
  "translateY",
  "rotate",
  "brightness",
  "color",
  "contrast",
  "sharpness",
  "posterize",
  "solarize",
  "autocontrast",
  "equalize",
] as const;
type PolicyOp = (typeof policyOps)[number];

/** Amounts of the ops at magnitude 1. */
interface Space {
  /** Shift per row or column, in pixels. */
  readonly shear: number;
  /** Difference of a factor from 1. */
  readonly blend: number;
  /** Angle in degrees. */
  readonly rotate: number;
  /** Bits that are removed, of 8. */
  readonly bits: number;
  /** Shift in pixels along an axis of this extent. */
  readonly translate: (extent: number) => number;
}

/** Draws for each image, each f64 [batch, 1]. */
interface Drawn {
  /** Index of the op in `policyOps`. */
  readonly op: Tensor;
  /** Magnitude, 0 .. 1. */
  readonly magnitude: Tensor;
  /** 1 or −1. */
  readonly sign: Tensor;
}

/**
 * Applies to each image the op that is drawn for it. All images go through all ops: those that move pixels are one warp,
 * those that blend are one blend; ops that an image did not draw leave it as it is. @internal
 */
export function applyDrawn(x: Tensor, drawn: Drawn, space: Space, peak: number, sampling: SamplingOptions): Tensor {
  const { op, magnitude, sign } = drawn;
  const [batch, height, width] = x.shape as [number, number, number, number];
  const is = (name: PolicyOp): Tensor => op.equal(policyOps.indexOf(name));
  const signed = magnitude.multiply(sign);
  /** Signed amount of the images that drew the op, 0 for the others. */
  const amount = (name: PolicyOp, most: number): Tensor => signed.multiply(most).multiply(is(name));
  const pixels = (name: PolicyOp, extent: number): Tensor =>
    floor(magnitude.multiply(space.translate(extent)))
      .multiply(sign)
      .multiply(is(name));
  const [shearX, shearY] = [amount("shearX", space.shear), amount("shearY", space.shear)];
  // Shears keep the top left corner of the image, half a pixel before the center of the first pixel.
  const [m0, m1, m2, m3, m4, m5] = affineCoefficients(x, { angle: amount("rotate", space.rotate) }) as [
    ...[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor],
  ];
  const coefficients = [
    ...[m0, m1.add(shearX), m2.add(shearX.multiply(0.5)).subtract(pixels("translateX", width))],
    ...[m3.add(shearY), m4, m5.add(shearY.multiply(0.5)).subtract(pixels("translateY", height))],
  ];
  const moved = warp(x, coefficients, [height, width], sampling);
  const wide = (numbers: Tensor): Tensor => numbers.reshape([batch, 1, 1, 1]);
  const choose = (name: PolicyOp, changed: Tensor, other: Tensor): Tensor =>
    wide(is(name)).cast(x.dtype).where(changed, other);
  const factor = (...names: PolicyOp[]): Tensor =>
    names
      .map((name) => amount(name, space.blend))
      .reduce((sum, one) => sum.add(one))
      .add(1);
  let y = sharpness(blended(moved, is, factor, peak), wide(factor("sharpness")), peak);
  // Whole bits, rounded to nearest. No magnitude of torchvision's 31 lies halfway between two.
  const bits = floor(magnitude.multiply(space.bits).add(0.5)).negate().add(8);
  y = choose("posterize", posterize(y, wide(bits), peak), y);
  y = choose("solarize", solarize(y, wide(magnitude.negate().add(1).multiply(peak)), peak), y);
  y = choose("autocontrast", autocontrast(y, peak), y);
  return choose("equalize", equalize(y, peak), y);
}

/** Brightness, color and contrast: blends with 0, with the gray, and with its mean. */
function blended(
  x: Tensor,
  is: (name: PolicyOp) => Tensor,
  factor: (...names: PolicyOp[]) => Tensor,
  peak: number,
): Tensor {
  const planes = planesOf(x);
  const gray = grayOf(planes);
  const of = (numbers: Tensor): Tensor => numbers.reshape([x.shape[0] as number, 1, 1]);
  const colors = of(is("color")).cast(x.dtype).where(gray, 0);
  const base = of(is("contrast")).cast(x.dtype).where(meanOf(gray), colors);
  return imagesOf(blend(planes, base, of(factor("brightness", "color", "contrast")), peak));
}

/** Options of `randAugment`. */
export interface RandAugmentOptions extends SamplingOptions {
  /** Number of ops that are applied to an image, one after the other, 1 .. 8; default 2. */
  readonly ops?: number;
  /** Magnitude of all ops, 0 .. 30, or a schedule of it; default 9. */
  readonly magnitude?: Schedulable;
}

const bins = 31;

/** Draws an op and a sign; the magnitude 0 .. 30 is given, or drawn too if it is null. */
function drawOp(context: LayerContext, x: Tensor, magnitude: Value | null): Drawn {
  const [op, side, bin] = draws(context, x, magnitude === null ? 3 : 2) as [Tensor, Tensor, Tensor?];
  const chosen = bin ? floor(bin.multiply(bins)) : scalar(x.trace, magnitude as Value);
  return {
    op: floor(op.multiply(policyOps.length)),
    magnitude: chosen.divide(bins - 1).broadcastTo([x.shape[0] as number, 1]),
    sign: side.less(0.5).multiply(2).subtract(1),
  };
}

/**
 * RandAugment: in training `ops` ops are applied to each image in turn, each drawn uniformly from identity, shears,
 * translations, rotation, brightness, color, contrast, sharpness, posterize, solarize, autocontrast and equalize, all with
 * one magnitude and a random sign; y = x in evaluation. Pixels lie in 0 .. peak: 255 for u8 data in `augment`, else 1. Ops,
 * order and magnitudes as in torchvision.
 *
 * @param options  ops, magnitude, interpolation, fill
 * @returns        a layer y [batch, height, width, channels] of x of this shape
 * @throws RangeError  an option is out of range, or a pixel is outside 0 .. peak; in a model: outside 0 .. 1 after `standardize`
 * @throws ShapeError  x is not [batch, height, width, 1 or 3]
 * @example
 * augment([randAugment({ ops: 2, magnitude: 9 })]);
 * @see Cubuk, Zoph, Shlens and Le, *RandAugment: practical automated data augmentation with a reduced search space*, NeurIPS 2020
 */
export const randAugment = /* @__PURE__ */ wholeOnly(function randAugment(options: RandAugmentOptions = {}): Layer {
  const where = "randAugment";
  checkOptions(where, options, ["ops", "magnitude", "interpolation", "fill"]);
  const { ops = 2, magnitude = 9 } = options;
  checkNumber(where, "ops", ops, { min: 1, max: 8, integer: true });
  const hyper = checkHyper(where, "magnitude", magnitude, { min: 0, max: bins - 1 });
  const sampling = checkSampling(where, options);
  const space: Space = { shear: 0.3, blend: 0.9, rotate: 30, bits: 4, translate: (extent) => (150 / 331) * extent };
  const layer = imageOp(where, `${ops}, ${hyperName(hyper)}`, { magnitude: hyper }, (x, context, values) => {
    checkColors(where, x);
    let y = x;
    for (let k = 0; k < ops; k++)
      y = applyDrawn(y, drawOp(context, x, values.magnitude), space, context.peak, sampling);
    return y;
  });
  return upToPeak(layer);
});

/**
 * TrivialAugment: in training one op of the list of `randAugment` is applied to each image, with a magnitude drawn uniformly
 * from 31 steps and a random sign; y = x in evaluation. The largest amounts are those of TrivialAugment Wide. It has nothing
 * to tune.
 *
 * @param options  interpolation, fill
 * @returns        a layer y [batch, height, width, channels] of x of this shape
 * @throws RangeError  an option is out of range, or a pixel is outside 0 .. peak; in a model: outside 0 .. 1 after `standardize`
 * @throws ShapeError  x is not [batch, height, width, 1 or 3]
 * @example
 * augment([trivialAugment()]);
 * @see Müller and Hutter, *TrivialAugment: tuning-free yet state-of-the-art data augmentation*, ICCV 2021
 */
export const trivialAugment = /* @__PURE__ */ wholeOnly(function trivialAugment(options: SamplingOptions = {}): Layer {
  const where = "trivialAugment";
  checkOptions(where, options, ["interpolation", "fill"]);
  const sampling = checkSampling(where, options);
  const space: Space = { shear: 0.99, blend: 0.99, rotate: 135, bits: 6, translate: () => 32 };
  const layer = imageOp(where, "", {}, (x, context) => {
    checkColors(where, x);
    return applyDrawn(x, drawOp(context, x, null), space, context.peak, sampling);
  });
  return upToPeak(layer);
});
