// One of several ops, drawn for every batch or sample.

import { imagesOnly } from "../engine/featureSets.js";
import type { Layer, LayerContext } from "../layers/layer.js";
import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkNumber, checkOptions, shown } from "../values/options.js";
import { type AugmentOp, checked, isMixing, type Mixed, type Mixing, mixedBy, opOf } from "./augment.js";
import { mixTargets } from "./mixTargets.js";

export interface OneOfOptions {
  /** Weight of each op, ≥ 0; default all 1. An op is drawn with its share of their sum. */
  readonly weights?: readonly number[];
  /** Draws an op for every "sample", or once for the "batch" (default). */
  readonly draw?: "sample" | "batch";
}

/** Numbers at which each op begins, when a uniform number is drawn. */
function limitsOf(where: string, weights: readonly number[], count: number): number[] {
  if (!Array.isArray(weights) || weights.length !== count)
    throw new RangeError(`${where}: weights must be ${count} numbers, one for each op, got ${shown(weights)}.`);
  for (const weight of weights) checkNumber(where, "weights", weight, { min: 0 });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0 && total < Number.POSITIVE_INFINITY))
    throw new RangeError(`${where}: weights must have a finite sum above 0, got ${shown(weights)}.`);
  return weights.map((_, k) => weights.slice(0, k).reduce((sum, weight) => sum + weight, 0) / total);
}

/** Takes for each row the result of the op that is drawn: of the last one that begins at or below the number. */
function choose(limits: readonly number[], drawn: Tensor, results: readonly Tensor[]): Tensor {
  return results.reduce((chosen, result, k) => {
    if (chosen.shape.join() !== result.shape.join())
      throw new ShapeError(
        `oneOf: ops return [${chosen.shape.join(", ")}] and [${result.shape.join(", ")}], expected equal shapes.`,
      );
    const shape = [drawn.size, ...result.shape.slice(1).map(() => 1)];
    return drawn
      .greaterEqual(limits[k] as number)
      .cast(result.dtype)
      .reshape(shape)
      .where(result, chosen);
  });
}

/**
 * Applies one of several ops, drawn at random with a weight for each. All are computed, and the results of one are taken.
 *
 * @param ops      ops of `augment` that keep the shape of x or all change it alike: all of them mix rows, or none
 * @param options  weights; draw, default "batch"
 * @throws TypeError   an element is not an op, or some mix rows and some do not
 * @throws RangeError  fewer than 2 ops, other numbers of weights, or weights below 0 or that sum to 0
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
    name: `${where}(${own.map(({ name }) => name).join(", ")})`,
    parameters: Object.fromEntries(own.map(({ parameters }, k) => [`${k}`, parameters ?? {}])),
    state: Object.fromEntries(own.flatMap(({ state }, k) => (state ? [[`${k}`, state]] : []))),
  };
  const number = (x: Tensor, context: LayerContext): Tensor =>
    context.uniform([draw === "sample" ? (x.shape[0] as number) : 1], { dtype: "f64", perRow: draw === "sample" });
  const layer: Layer = {
    ...made,
    checkData(...given) {
      for (const op of own as Layer[]) op.checkData?.(...given);
    },
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
      const results: Mixed[] = (own as Mixing[]).map((op, k) => mixedBy(op, x, partner, context.of(`${k}`)));
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
