// Ops that mix every sample with a partner from its batch.

import type { Inputs } from "../data/augmentation.js";
import { imagesOnly } from "../engine/featureSets.js";
import { checkImage } from "../layers/images.js";
import type { LayerContext } from "../layers/layer.js";
import { hyperName, numberIn, scheduledState, type Value } from "../layers/scheduledNumber.js";
import { checkHyper, type Schedulable } from "../schedules/scheduled.js";
import { Tensor } from "../tensors/tensor.js";
import { checkChoice, checkOptions, wrongKind } from "../values/options.js";
import { checked, type Mixed, type Mixing } from "./augment.js";
import { boxMask } from "./box.js";
import { mixTargets } from "./mixTargets.js";
import { type DrawUnit, floor, overRows, uniformFor } from "./perImage.js";

/** Options of `mixUp` and `cutMix`. */
export interface MixOptions {
  /** α > 0 of λ ~ Beta(α, α), or a schedule of it; default 0.2 of mixUp, 1 of cutMix. */
  readonly alpha?: Schedulable;
  /** Draws λ, and the box of cutMix, for each "sample", or once for the "batch" (default). */
  readonly draw?: DrawUnit;
}

/**
 * Draws λ ~ Beta(α, α) by two draws of `uniform`: λ = 1/2 + T / (2 √(2α + T²)), where T = √(2α E) cos 2πV, E = U^(−1/α) − 1, has a t
 * distribution with 2α degrees of freedom (Bailey, *Polar generation of random variates with the t-distribution*, Math. Comp.
 * 1994; Devroye, *Random variate generation in one line of code*, WSC 1996). There is no rejection for any α.
 * Divided by √(2α E) it is 1/2 + cos 2πV / (2 √(1/E + cos² 2πV)), where E may overflow, as it does for small α.
 */
export function symmetricBeta(uniform: () => Tensor, alpha: Value): Tensor {
  const u = uniform().negate().add(1);
  const turn = uniform()
    .multiply(2 * Math.PI)
    .cos();
  const excess = u.log().divide(alpha).negate().expm1();
  return turn.divide(turn.square().add(excess.reciprocal()).sqrt()).multiply(0.5).add(0.5);
}

/** Makes a mixing op that checks what it returns: inputs as before, and a share in f64 for each row. */
function checkedMixing(
  name: string,
  mix: (x: Tensor, partner: Tensor, context: LayerContext) => Mixed | undefined,
): Mixing {
  return {
    name,
    mixTargets,
    checkData({ columns }: Inputs) {
      if (columns.some(({ role }) => role === "weights"))
        throw new TypeError(`${name}: samples with weights cannot be mixed. Leave out the weights.`);
      if (columns.filter(({ role }) => role === "inputs").length > 1)
        throw new TypeError(`${name}: samples of several inputs cannot be mixed. Give one input.`);
      return true;
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
  mix: (x: Tensor, partner: Tensor, share: Tensor, uniform: () => Tensor) => Mixed,
): Mixing {
  checkOptions(where, options, ["alpha", "draw"]);
  const { alpha = alphaDefault, draw = "batch" } = options;
  const hyper = checkHyper(where, "alpha", alpha, { above: 0 }, { above: 0 });
  checkChoice(where, "draw", draw, ["sample", "batch"]);
  return {
    ...scheduledState("alpha", hyper),
    ...checkedMixing(`${where}(${hyperName(hyper)})`, (x, partner, context) => {
      const rows = x.shape[0] as number;
      const uniform = (): Tensor => uniformFor(context, rows, draw);
      const mixed = mix(x, partner, symmetricBeta(uniform, numberIn(context, "alpha", hyper)), uniform);
      return { x: mixed.x, share: mixed.share.broadcastTo([rows]) };
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
    const own = overRows(share, x);
    const rest = overRows(share.negate().add(1), x);
    return { x: x.multiply(own).add(partner.multiply(rest)), share };
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
  return drawnMixing("cutMix", 1, options, (x, partner, lambda, uniform) => {
    checkImage("cutMix", x, 2);
    const [, height, width] = x.shape as [number, number, number, number];
    const side = lambda.negate().add(1).sqrt();
    const range = (pixels: number): { from: Tensor; extent: Tensor } => {
      // Half of the side and the center are whole pixels, as in the paper's code.
      const half = floor(floor(side.multiply(pixels)).multiply(0.5));
      const center = floor(uniform().multiply(pixels));
      const from = center.subtract(half).maximum(0);
      return { from, extent: center.add(half).minimum(pixels).subtract(from) };
    };
    const [rows, columns] = [range(height), range(width)];
    const wide = (numbers: Tensor): Tensor => numbers.reshape([numbers.size, 1, 1, 1]);
    const mask = boxMask(x, {
      top: wide(rows.from),
      left: wide(columns.from),
      height: wide(rows.extent),
      width: wide(columns.extent),
    });
    const share = rows.extent
      .multiply(columns.extent)
      .multiply(-1 / (height * width))
      .add(1);
    return { x: mask.where(partner, x), share };
  });
});
