import { imagesOnly } from "../engine/featureSets.js";
import type { Layer, LayerContext } from "../layers/layer.js";
import type { Value } from "../layers/scheduledNumber.js";
import type { Tensor } from "../tensors/tensor.js";
import { checkOptions } from "../values/options.js";
import { blend, checkColors, grayOf, imagesOf, meanOf, planesOf, turnHue } from "./color.js";
import { draws, imageOp } from "./imageOp.js";
import { upToPeak } from "./peak.js";
import { type Amount, amountName, between, type CheckedAmount, checkAmount, isPair, numbersOf } from "./perImage.js";

/** Options of `colorJitter`. */
export interface ColorJitterOptions {
  /**
   * b ≥ 0 or a schedule of it, for a factor uniform in max(0, 1 − b) .. 1 + b; or [least, most] of the factor, ≥ 0. Default
   * 0, off.
   */
  readonly brightness?: Amount;
  /** Likewise; default 0, off. */
  readonly contrast?: Amount;
  /** Likewise; default 0, off. */
  readonly saturation?: Amount;
  /**
   * h, 0 .. 0.5, or a schedule of it, for a shift uniform in −h .. h turns; or [least, most] of the shift, −0.5 .. 0.5.
   * Default 0, off.
   */
  readonly hue?: Amount;
}

const ops = ["brightness", "contrast", "saturation", "hue"] as const;
type Op = (typeof ops)[number];

/** Draws of an op for each image: its factor or shift, and its place in the order; both f64 [batch, 1, 1]. */
interface Drawn {
  readonly amount: Tensor;
  readonly rank: Tensor;
}

/** A random order of the ops for each image: the ranks of as many uniform numbers; of equal ones the first comes first. */
function ranksOf(keys: readonly Tensor[]): Tensor[] {
  return keys.map((own, i) =>
    keys
      .flatMap((other, j) => (j === i ? [] : [j < i ? other.lessEqual(own) : other.less(own)]))
      .reduce((sum, one) => sum.add(one), own.trace.fill(0, [], "f64")),
  );
}

type Range = readonly [least: Value, most: Value];

/** Range of factors, or of shifts of the hue, for an amount. */
function factors(op: Op, amount: Value): Range {
  if (typeof amount === "number") return op === "hue" ? [-amount, amount] : [Math.max(0, 1 - amount), 1 + amount];
  return op === "hue" ? [amount.negate(), amount] : [amount.negate().add(1).relu(), amount.add(1)];
}

/** Draws the amount and the place of each op. */
function draw(context: LayerContext, x: Tensor, ranges: readonly (readonly [Op, Range])[]): ReadonlyMap<Op, Drawn> {
  const columns = (): Tensor[] => draws(context, x, ranges.length, 3);
  const [amounts, ranks] = [columns(), ranksOf(columns())];
  return new Map(
    ranges.map(([op, range], k) => [op, { amount: between(amounts[k] as Tensor, ...range), rank: ranks[k] as Tensor }]),
  );
}

/**
 * Stage k of the order: applies to each image the op at this place, if it is a blend and `open`, f64 [batch, 1, 1], is 1.
 * Blends f x + (1 − f) base differ in their base: 0 for brightness, the mean gray for contrast, the gray for saturation.
 */
function stage(planes: Tensor, k: number, drawn: ReadonlyMap<Op, Drawn>, open: Tensor | number, peak: number): Tensor {
  const gray = drawn.has("contrast") || drawn.has("saturation") ? grayOf(planes) : null;
  let factor: Tensor | number = 1;
  let base: Tensor | 0 = 0;
  for (const [op, { amount, rank }] of drawn) {
    if (op === "hue") continue;
    const chosen = rank.equal(k).multiply(open);
    factor = chosen.where(amount, factor);
    if (gray && op !== "brightness")
      base = chosen.cast(planes.dtype).where(op === "contrast" ? meanOf(gray) : gray, base);
  }
  return blend(planes, base, factor as Tensor, peak);
}

/** All stages. The hue, which costs most, is computed once: between the blends that come before it and those after it. */
function jitter(planes: Tensor, drawn: ReadonlyMap<Op, Drawn>, peak: number): Tensor {
  const hue = drawn.get("hue");
  const last = drawn.size - 1;
  let y = planes;
  if (!hue) {
    for (let k = 0; k <= last; k++) y = stage(y, k, drawn, 1, peak);
    return y;
  }
  for (let k = 0; k < last; k++) y = stage(y, k, drawn, hue.rank.greater(k), peak);
  y = turnHue(y, hue.amount, peak);
  for (let k = 1; k <= last; k++) y = stage(y, k, drawn, hue.rank.less(k), peak);
  return y;
}

/**
 * Color jitter: in training brightness (f x), contrast (f x + (1 − f) mean gray), saturation (f x + (1 − f) gray) and hue of
 * each image change by random amounts in a random order, where gray = 0.2989 r + 0.587 g + 0.114 b; y = x in evaluation. Each
 * result is clamped to 0 .. peak: 255 for u8 data in `augment`, else 1. Images of one channel have no saturation and hue. As
 * torchvision's `ColorJitter`.
 *
 * @param options  brightness, contrast, saturation, hue: each a number, a schedule or a pair
 * @returns        a layer y [batch, height, width, channels] of x of this shape
 * @throws RangeError  an amount is out of range, or a pixel is outside 0 .. peak; in a model: outside 0 .. 1 after `standardize`
 * @throws ShapeError  x is not [batch, height, width, 1 or 3]
 * @example
 * augment([colorJitter({ brightness: 0.2, hue: [-0.1, 0.1] })]);
 * @see Howard, *Some improvements on deep convolutional neural network based image classification*, arXiv 1312.5402, 2013
 */
export const colorJitter = /* @__PURE__ */ imagesOnly(function colorJitter(options: ColorJitterOptions): Layer {
  const where = "colorJitter";
  checkOptions(where, options, ops);
  const amounts = ops.map((op): readonly [Op, CheckedAmount] => {
    const bounds = op === "hue" ? { min: 0, max: 0.5 } : { min: 0 };
    return [op, checkAmount(where, op, options[op] ?? 0, bounds, op === "hue" ? { min: -0.5, max: 0.5 } : bounds)];
  });
  const on = amounts.filter(([, amount]) => amount !== 0);
  const name = on.map(([op, amount]) => `${op} ${amountName(amount)}`).join(", ");
  const layer = imageOp(where, name, numbersOf(Object.fromEntries(on)), (x, context, values) => {
    checkColors(where, x);
    const own = x.shape[3] === 3 ? on : on.filter(([op]) => op === "brightness" || op === "contrast");
    if (own.length === 0) return x;
    const ranges = own.map(([op, amount]) => [op, isPair(amount) ? amount : factors(op, values[op] as Value)] as const);
    return imagesOf(jitter(planesOf(x), draw(context, x, ranges), context.peak));
  });
  return upToPeak(layer);
});
