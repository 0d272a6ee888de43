// One of several ops, drawn for the batch or for each sample.

import { imagesOnly } from "../engine/featureSets.js";
import type { Layer, LayerContext } from "../layers/layer.js";
import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkNumber, checkOptions, shown } from "../values/options.js";
import { type AugmentOp, checked, declarationsOf, isMixing, type Mixed, type Mixing, opOf } from "./augment.js";
import { mixTargets } from "./mixTargets.js";
import { type DrawUnit, overRows, uniformFor } from "./perImage.js";

/** Options of `oneOf`. */
export interface OneOfOptions {
  /** Weight of each op, ≥ 0: an op is drawn with the probability weight / sum of weights. Default all 1. */
  readonly weights?: readonly number[];
  /** Draws an op for each "sample", or once for the "batch" (default). */
  readonly draw?: DrawUnit;
}

/** Cumulative probabilities before each op: op k is drawn by uniform numbers from its own on, below the next one. */
function limitsOf(where: string, weights: readonly number[], count: number): number[] {
  if (!Array.isArray(weights) || weights.length !== count)
    throw new RangeError(`${where}: weights must be ${count} numbers, one for each op, got ${shown(weights)}.`);
  for (const weight of weights) checkNumber(where, "weights", weight, { min: 0 });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0 && total < Number.POSITIVE_INFINITY))
    throw new RangeError(`${where}: weights must have a finite sum above 0, got ${shown(weights)}.`);
  return weights.map((_, k) => weights.slice(0, k).reduce((sum, weight) => sum + weight, 0) / total);
}

/** Selects for each row, or for all, the result of the last op whose limit is not above the drawn number. */
function choose(limits: readonly number[], drawn: Tensor, results: readonly Tensor[]): Tensor {
  return results.reduce((chosen, result, k) => {
    if (chosen.shape.join() !== result.shape.join())
      throw new ShapeError(
        `oneOf: ops return [${chosen.shape.join(", ")}] and [${result.shape.join(", ")}], expected equal shapes.`,
      );
    return overRows(drawn.greaterEqual(limits[k] as number), result).where(result, chosen);
  });
}

/**
 * One of several ops, drawn at random in every update, for the batch or for each sample. All are computed, and the result of
 * one is taken: the time is that of all. Layers return x in evaluation.
 *
 * @param ops      at least 2 ops of `augment` whose results have one shape; all of them mix rows, or none
 * @param options  weights, draw
 * @returns        an op that mixes rows if they do, else a layer
 * @throws TypeError   an element is not an op, or some mix rows and some do not
 * @throws RangeError  fewer than 2 ops, not one weight for each op, or a weight below 0, or their sum is 0
 * @throws ShapeError  ops return different shapes
 * @example
 * augment([oneOf([mixUp(), cutMix()])]);
 * augment([oneOf([randomFlip({ horizontal: 1 }), gaussianNoise(0.1)], { weights: [3, 1], draw: "sample" })]);
 */
export const oneOf = /* @__PURE__ */ imagesOnly(function oneOf<Op extends AugmentOp>(
  ops: readonly Op[],
  options: OneOfOptions = {},
): Op extends Mixing ? Mixing : Layer {
  const where = "oneOf";
  if (!Array.isArray(ops) || ops.length < 2)
    throw new RangeError(`${where}: expected an array of at least 2 ops, got ${shown(ops)}.`);
  checkOptions(where, options, ["weights", "draw"]);
  const { weights = ops.map(() => 1), draw = "batch" } = options;
  checkChoice(where, "draw", draw, ["sample", "batch"]);
  const limits = limitsOf(where, weights, ops.length);
  const own = ops.map((op, k) => opOf(where, op, k));
  const mixing = own.filter(isMixing).length;
  if (mixing !== 0 && mixing !== own.length)
    throw new TypeError(`${where}: some ops mix rows and others do not. Choose among ops of one kind.`);
  const made = {
    ...declarationsOf(own),
    name: `${where}(${own.map(({ name }) => name).join(", ")})`,
    checkData: (...given: [never, number, never?, number?]) => own.map((op) => op.checkData?.(...given)).every(Boolean),
  };
  const number = ({ shape }: Tensor, context: LayerContext): Tensor => uniformFor(context, shape[0] as number, draw);
  const layer: Layer = {
    ...made,
    apply(_, x, context) {
      if (!context.training) return x;
      const results = (own as Layer[]).map((op, k) =>
        checked(op.name, op.apply({}, x, context.of(`${k}`)), x.shape[0] as number, x),
      );
      return choose(limits, number(x, context), results);
    },
  };
  const mixed: Mixing = {
    ...made,
    mixTargets,
    mix(x, partner, context) {
      const results: Mixed[] = (own as Mixing[]).map((op, k) => op.mix(x, partner, context.of(`${k}`)));
      const drawn = number(x, context);
      return {
        x: choose(
          limits,
          drawn,
          results.map((result) => result.x),
        ),
        share: choose(
          limits,
          drawn,
          results.map(({ share }) => share),
        ),
      };
    },
  };
  return (mixing > 0 ? mixed : layer) as Op extends Mixing ? Mixing : Layer;
});
