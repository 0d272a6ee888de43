// Ops that mix every sample with a partner from its batch.

import type { Inputs } from "../data/augmentation.js";
import { imagesOnly } from "../engine/featureSets.js";
import { checkImage } from "../layers/images.js";
import type { LayerContext } from "../layers/layer.js";
import { hyperName, numberIn, scheduledState, type Value } from "../layers/scheduledNumber.js";
import { checkHyper, type Schedulable } from "../schedules/scheduled.js";
import { iota } from "../tensors/ops.js";
import { Tensor } from "../tensors/tensor.js";
import { checkChoice, checkOptions, wrongKind } from "../values/options.js";
import { checked, type Mixed, type Mixing } from "./augment.js";
import { mixTargets } from "./mixTargets.js";

export interface MixOptions {
  /** α > 0 of λ ~ Beta(α, α), or a schedule of it; default 0.2 of mixUp, 1 of cutMix. */
  readonly alpha?: Schedulable;
  /** Draws λ, and the box of cutMix, for each "sample", or once for the "batch" (default). */
  readonly draw?: "sample" | "batch";
}

/**
 * Draws λ ~ Beta(α, α) of a shape in f64: λ = 1/2 + T / (2 √(2α + T²)), where T = √(2α E) cos 2πV, E = U^(−1/α) − 1, has a t
 * distribution with 2α degrees of freedom (Bailey, *Polar generation of random variates with the t-distribution*, Math. Comp.
 * 1994; Devroye, *Random variate generation in one line of code*, WSC 1996). Two uniforms give one λ for any α, without
 * rejection. Divided by √(2α E) it is 1/2 + cos 2πV / (2 √(1/E + cos² 2πV)), where E may overflow, as it does for small α.
 */
export function symmetricBeta(context: LayerContext, shape: readonly number[], perRow: boolean, alpha: Value): Tensor {
  const uniform = (): Tensor => context.uniform(shape, { dtype: "f64", perRow });
  const u = uniform().negate().add(1);
  const turn = uniform()
    .multiply(2 * Math.PI)
    .cos();
  const excess = u.log().divide(alpha).negate().expm1();
  return turn.divide(turn.square().add(excess.reciprocal()).sqrt()).multiply(0.5).add(0.5);
}

/** ⌊x⌋ for x ≥ 0. */
const whole = (x: Tensor): Tensor => x.cast("i32").cast("f64");

/** Makes a mixing op that checks what it returns: inputs as before, and a share in f64 for each row. */
function checkedMixing(
  name: string,
  mix: (x: Tensor, partner: Tensor, context: LayerContext) => Mixed | undefined,
): Mixing {
  return {
    name,
    mixTargets,
    checkData({ columns }: Inputs) {
      if (columns.length > 2)
        throw new TypeError(`${name}: samples with weights cannot be mixed. Leave out the weights.`);
    },
    mix(x, partner, context) {
      const mixed = mix(x, partner, context);
      const rows = x.shape[0] as number;
      if (!(mixed?.share instanceof Tensor) || mixed.share.size !== rows)
        throw new TypeError(`${name}: must return { x, share }, share a tensor [${rows}], one number for each row.`);
      return { x: checked(name, mixed.x, rows, x), share: mixed.share.cast("f64").reshape([rows]) };
    },
  };
}

/** Makes a mixing op whose λ is drawn for each sample, or for the batch. */
function drawnMixing(
  where: string,
  alphaDefault: number,
  options: MixOptions,
  mix: (x: Tensor, partner: Tensor, share: Tensor, context: LayerContext, perRow: boolean) => Mixed,
): Mixing {
  checkOptions(where, options, ["alpha", "draw"]);
  const { alpha = alphaDefault, draw = "batch" } = options;
  const hyper = checkHyper(where, "alpha", alpha, { above: 0 }, { above: 0 });
  checkChoice(where, "draw", draw, ["sample", "batch"]);
  const perRow = draw === "sample";
  return {
    ...scheduledState("alpha", hyper),
    ...checkedMixing(`${where}(${hyperName(hyper)})`, (x, partner, context) => {
      const rows = x.shape[0] as number;
      const share = symmetricBeta(context, [perRow ? rows : 1], perRow, numberIn(context, "alpha", hyper));
      return mix(x, partner, share, context, perRow);
    }),
  };
}

/**
 * A mixing op of your own, for `augment`. Targets are mixed by the shares that it returns, as
 * share · own + (1 − share) · partner's; class indices as one-hot rows, which needs a loss of probabilities, such as
 * `softmaxCrossEntropy`.
 *
 * @param name  name, for errors
 * @param mix   function of inputs [rows, ...], those of the partners, and a `LayerContext`; returns { x, share }: inputs
 *              [rows, ...], and the weight of each row's own targets, [rows], 0 .. 1
 * @returns     the op
 * @throws TypeError  name is not a string, or mix is not a function
 * @example
 * const even = mixing("even", (x, partner, context) => {
 *   const share = context.uniform([x.shape[0]]);
 *   const own = share.reshape([share.size, 1, 1, 1]);
 *   return { x: x.multiply(own).add(partner.multiply(own.negate().add(1))), share };
 * });
 * augment([even]);
 */
export const mixing = /* @__PURE__ */ imagesOnly(function mixing(
  name: string,
  mix: (x: Tensor, partner: Tensor, context: LayerContext) => Mixed,
): Mixing {
  if (typeof name !== "string") throw wrongKind("mixing", "name", "a name in quotes", name, '"halves"');
  if (typeof mix !== "function") throw wrongKind("mixing", "mix", "a function", mix);
  return checkedMixing(name, mix);
});

/** Numbers [rows] or [1] as [rows]. */
function perRowOf(numbers: Tensor, rows: number): Tensor {
  return numbers.broadcastTo([rows]);
}

/** Numbers [rows] or [1] in the type of x, to be broadcast over it. */
function over(numbers: Tensor, x: Tensor): Tensor {
  return numbers.cast(x.dtype).reshape([numbers.size, ...x.shape.slice(1).map(() => 1)]);
}

/**
 * mixUp: x = λ xᵢ + (1 − λ) xⱼ, and targets likewise, with λ ~ Beta(α, α). The partner of place i of a batch is place
 * j = (i + shift) mod rows, with a shift drawn once an update. Inputs have any shape; class indices are mixed as one-hot rows,
 * which needs a loss of probabilities, such as `softmaxCrossEntropy`. As of such rows, its mean is over the
 * rows, also with class weights.
 *
 * @param options  alpha, default 0.2: larger values mix more evenly, 1 makes λ uniform; draw
 * @returns        an op of `augment`
 * @throws RangeError  alpha is out of range, or draw is neither "sample" nor "batch"
 * @example
 * augment([mixUp({ alpha: 0.2 })]);
 * @see Zhang, Cisse, Dauphin and Lopez-Paz, *mixup: beyond empirical risk minimization*, ICLR 2018
 */
export const mixUp = /* @__PURE__ */ imagesOnly(function mixUp(options: MixOptions = {}): Mixing {
  return drawnMixing("mixUp", 0.2, options, (x, partner, share) => {
    const own = over(share, x);
    const rest = over(share.negate().add(1), x);
    return { x: x.multiply(own).add(partner.multiply(rest)), share: perRowOf(share, x.shape[0] as number) };
  });
});

/**
 * cutMix: a box of each image is replaced by the same box of its partner, and targets are mixed by areas, λ = 1 − area /
 * (height · width). The box has the proportions of the image and the share 1 − λ₀ of its area, λ₀ ~ Beta(α, α); its center is
 * uniform, and it is clipped at the border, after which its area counts. Partners and class indices are as in `mixUp`.
 *
 * @param options  alpha, default 1, which makes λ₀ uniform; draw
 * @returns        an op of `augment`
 * @throws RangeError  alpha is out of range, or draw is neither "sample" nor "batch"
 * @throws ShapeError  x is not [batch, height, width, channels]
 * @example
 * augment([cutMix()]);
 * @see Yun, Han, Oh, Chun, Choe and Yoo, *CutMix: regularization strategy to train strong classifiers with localizable
 * features*, ICCV 2019, sec. 3
 */
export const cutMix = /* @__PURE__ */ imagesOnly(function cutMix(options: MixOptions = {}): Mixing {
  return drawnMixing("cutMix", 1, options, (x, partner, lambda, context, perRow) => {
    checkImage("cutMix", x, 2);
    const rows = x.shape[0] as number;
    const drawn = perRow ? rows : 1;
    const side = lambda.negate().add(1).sqrt();
    const axis = (k: 1 | 2): { inside: Tensor; extent: Tensor } => {
      const pixels = x.shape[k] as number;
      // Half of the side and the center are whole pixels, as in the paper's code.
      const half = whole(whole(side.multiply(pixels)).multiply(0.5));
      const center = whole(context.uniform([drawn], { dtype: "f64", perRow }).multiply(pixels));
      const [from, to] = [center.subtract(half).maximum(0), center.add(half).minimum(pixels)];
      const place = iota(x.trace.engine, pixels, "f64");
      const inside = place.greaterEqual(from.reshape([drawn, 1])).multiply(place.less(to.reshape([drawn, 1])));
      return {
        inside: inside.reshape(k === 1 ? [drawn, pixels, 1, 1] : [drawn, 1, pixels, 1]),
        extent: to.subtract(from),
      };
    };
    const [height, width] = [axis(1), axis(2)];
    const inside = height.inside.multiply(width.inside);
    const pixels = (x.shape[1] as number) * (x.shape[2] as number);
    const share = height.extent
      .multiply(width.extent)
      .multiply(-1 / pixels)
      .add(1);
    return { x: inside.cast(x.dtype).where(partner, x), share: perRowOf(share, rows) };
  });
});
