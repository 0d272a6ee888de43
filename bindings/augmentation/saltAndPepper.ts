import { imagesOnly } from "../engine/featureSets.js";
import type { Layer } from "../layers/layer.js";
import { hyperName } from "../layers/scheduledNumber.js";
import { checkHyper, type Schedulable } from "../schedules/scheduled.js";
import { checkNumber, checkOptions } from "../values/options.js";
import { imageOp } from "./imageOp.js";

/** Options of `saltAndPepper`. */
export interface SaltAndPepperOptions {
  /** Value of salt, in the unit of the data; default the peak: 255 for u8 data in `augment`, else 1. */
  readonly salt?: number;
  /** Value of pepper, in the unit of the data; default 0. */
  readonly pepper?: number;
}

/**
 * Salt-and-pepper noise: in training each pixel, with all its channels, becomes salt with probability p / 2 and pepper with
 * probability p / 2; y = x in evaluation.
 *
 * @param p        probability that a pixel changes, 0 .. 1, or a schedule of it
 * @param options  salt, pepper
 * @returns        a layer y [batch, height, width, channels] of x of this shape
 * @throws RangeError  p is out of range
 * @throws ShapeError  x is not [batch, height, width, channels]
 * @example
 * augment([saltAndPepper(0.05)]);
 * @see Gonzalez and Woods, *Digital image processing*, 4th ed., 2018, sec. 5.2
 */
export const saltAndPepper = /* @__PURE__ */ imagesOnly(function saltAndPepper(
  p: Schedulable,
  options: SaltAndPepperOptions = {},
): Layer {
  const where = "saltAndPepper";
  const hyper = checkHyper(where, "p", p, { min: 0, max: 1 });
  checkOptions(where, options, ["salt", "pepper"]);
  const { salt, pepper = 0 } = options;
  if (salt !== undefined) checkNumber(where, "salt", salt, {});
  checkNumber(where, "pepper", pepper, {});
  return imageOp(where, hyperName(hyper), { p: hyper }, (x, context, values) => {
    if (hyper === 0) return x;
    const u = context.uniform([...x.shape.slice(0, 3), 1], { dtype: "f64" });
    const half = typeof values.p === "number" ? values.p / 2 : values.p.multiply(0.5);
    const grains = u
      .less(half)
      .where(pepper, salt ?? context.peak)
      .cast(x.dtype);
    return u.less(values.p).cast(x.dtype).where(grains, x);
  });
});
