import { imagesOnly } from "../engine/featureSets.js";
import type { Layer, LayerContext } from "../layers/layer.js";
import type { Value } from "../layers/scheduledNumber.js";
import type { Tensor } from "../tensors/tensor.js";
import { checkOptions } from "../values/options.js";
import { blend, checkColors, greyOf, imagesOf, meanOf, planesOf, turnHue } from "./color.js";
import { imageOp } from "./imageOp.js";
import { upToPeak } from "./peak.js";
import { type Amount, amountName, between, type CheckedAmount, checkAmount, isPair, numbersOf } from "./perPicture.js";

export interface ColorJitterOptions {
  /** b ≥ 0: the factor is uniform in max(0, 1 − b) .. 1 + b; or its [least, most] ≥ 0. Default 0, off. */
  readonly brightness?: Amount;
  /** As brightness. */
  readonly contrast?: Amount;
  /** As brightness. */
  readonly saturation?: Amount;
  /** h, 0 .. 0.5: hues are turned by −h .. h, uniform, a whole turn being 1; or its [least, most] in −0.5 .. 0.5. Default 0, off. */
  readonly hue?: Amount;
}

const ops = ["brightness", "contrast", "saturation", "hue"] as const;
type Op = (typeof ops)[number];

/** An op that is switched on: for every picture its factor or shift, and its place in the order; both f64 [batch, 1, 1]. */
interface Drawn {
  readonly amount: Tensor;
  readonly rank: Tensor;
}

/** Places of the ops in the order of each picture: the ranks of as many uniform numbers, of equal ones the first first. */
function ranksOf(keys: readonly Tensor[]): Tensor[] {
  return keys.map((own, i) =>
    keys
      .flatMap((other, j) => (j === i ? [] : [j < i ? other.lessEqual(own) : other.less(own)]))
      .reduce((sum, one) => sum.add(one), own.trace.fill(0, [], "f64")),
  );
}

type Range = readonly [least: Value, most: Value];

/** Range that an amount stands for. */
function factors(op: Op, amount: Value): Range {
  if (typeof amount === "number") return op === "hue" ? [-amount, amount] : [Math.max(0, 1 - amount), 1 + amount];
  return op === "hue" ? [amount.negate(), amount] : [amount.negate().add(1).relu(), amount.add(1)];
}

/** Draws amount and place of each op. */
function draw(
  context: LayerContext,
  { shape }: Tensor,
  ranges: readonly (readonly [Op, Range])[],
): ReadonlyMap<Op, Drawn> {
  const batch = shape[0] as number;
  const columns = (): Tensor[] => {
    const drawn = context.uniform([batch, ranges.length], { dtype: "f64" });
    return ranges.map((_, k) => drawn.slice(1, k, k + 1).reshape([batch, 1, 1]));
  };
  const [amounts, ranks] = [columns(), ranksOf(columns())];
  return new Map(
    ranges.map(([op, range], k) => [op, { amount: between(amounts[k] as Tensor, ...range), rank: ranks[k] as Tensor }]),
  );
}

/**
 * Stage k of the order: to each picture the op that has this place, if it is a blend and `open`, f64 [batch, 1, 1], is 1.
 * Blends differ in their base alone: 0, the mean of the grey, or the grey itself.
 */
function stage(planes: Tensor, k: number, drawn: ReadonlyMap<Op, Drawn>, open: Tensor | number, peak: number): Tensor {
  const grey = drawn.has("contrast") || drawn.has("saturation") ? greyOf(planes) : null;
  let factor: Tensor | number = 1;
  let base: Tensor | 0 = 0;
  for (const [op, { amount, rank }] of drawn) {
    if (op === "hue") continue;
    const chosen = rank.equal(k).multiply(open);
    factor = chosen.where(amount, factor);
    if (grey && op !== "brightness")
      base = chosen.cast(planes.dtype).where(op === "contrast" ? meanOf(grey) : grey, base);
  }
  return blend(planes, base, factor as Tensor, peak);
}

/** All stages: the hue has one place among the blends, so it is computed once, between those before and those after it. */
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
 * Color jitter: changes brightness (f x), contrast (f x + (1 − f) m, m the mean grey of the picture), saturation
 * (f x + (1 − f) grey) and hue of each picture by random amounts in a random order; grey = 0.2989 r + 0.587 g + 0.114 b. Each
 * result is clamped to 0 .. 1, or 0 .. 255 where `augment` gets u8 data. Only in training. Images of one channel keep their
 * saturation and hue. As torchvision's `ColorJitter`.
 *
 * @param options  brightness, contrast, saturation, hue: each a number, a schedule or a pair
 * @throws RangeError  an amount out of range
 * @throws ShapeError  x is not [batch, height, width, 1 or 3]
 * @example
 * sequential([colorJitter({ brightness: 0.2, hue: [-0.1, 0.1] }), conv2d(3, 8, 3)]);
 * @see Krizhevsky, Sutskever and Hinton, *ImageNet classification with deep convolutional neural networks*, NeurIPS 2012,
 * sec. 4.1
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
