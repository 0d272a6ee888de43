// Common parts of layers that change images, in training only.

import { needContext } from "../layers/context.js";
import { checkImage } from "../layers/images.js";
import type { Layer, LayerContext, Parameters } from "../layers/layer.js";
import { numberIn, scheduledState, type Value } from "../layers/scheduledNumber.js";
import type { Hyper } from "../schedules/scheduled.js";
import type { Tensor } from "../tensors/tensor.js";
import { checkNumber, type NumberBounds, shown, wrongKind } from "../values/options.js";

/**
 * Makes a layer without parameters that applies `op` to images in training, and returns x in evaluation. `numbers` are options
 * that may be schedules; `op` gets their current values by the same names. @internal
 */
export function imageOp<N extends string>(
  where: string,
  name: string,
  numbers: Readonly<Record<N, Hyper>>,
  op: (x: Tensor, context: LayerContext, values: Readonly<Record<N, Value>>) => Tensor,
): Layer {
  const hypers = Object.entries(numbers) as [N, Hyper][];
  return {
    name: `${where}(${name})`,
    parameters: {},
    state: Object.assign({}, ...hypers.map(([key, hyper]) => scheduledState(key, hyper).state)) as Parameters,
    checkData: () => true,
    apply(_, input, given) {
      const context = needContext(where, given);
      const x = input.trace.asFloat(input);
      checkImage(where, x, 2);
      if (!context.training) return input;
      const values = hypers.map(([key, hyper]) => [key, numberIn(context, key, hyper)]);
      return op(x, context, Object.fromEntries(values) as Record<N, Value>);
    },
  };
}

/** Draws `count` uniform numbers in [0, 1) for each image of x, each f64 [batch, 1 ...] of a rank, by default 2. @internal */
export function draws(context: LayerContext, x: Tensor, count: number, rank = 2): Tensor[] {
  const batch = x.shape[0] as number;
  return splitColumns(context.uniform([batch, count], { dtype: "f64" }), rank);
}

/** Columns of numbers [batch, columns], each [batch, 1 ...] of a rank. @internal */
export function splitColumns(numbers: Tensor, rank: number): Tensor[] {
  const [batch, count] = numbers.shape as [number, number];
  const shape = [batch, ...Array<number>(rank - 1).fill(1)];
  return Array.from({ length: count }, (_, k) => numbers.slice(1, k, k + 1).reshape(shape));
}

/** Uniform number in [−amount, amount) from a draw u in [0, 1). @internal */
export function around(u: Tensor, amount: Value): Tensor {
  return u.multiply(2).subtract(1).multiply(amount);
}

/** Checks a pair [least, most] of numbers, positive ones by default. @internal */
export function rangeOf(
  where: string,
  name: string,
  value: unknown,
  bounds: NumberBounds = { above: 0 },
): [number, number] {
  if (!Array.isArray(value) || value.length !== 2) throw wrongKind(where, name, "[least, most]", value, "[0.5, 1]");
  const [least, most] = value.map((one) => checkNumber(where, name, one, bounds)) as [number, number];
  if (least <= most) return [least, most];
  throw new RangeError(`${where}: ${name} must be [least, most], got ${shown(value)}. Give the smaller one first.`);
}
