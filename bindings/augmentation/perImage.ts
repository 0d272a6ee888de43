// Random parameters, one set for each image. They are drawn and computed in f64, so that trainers in f32 and in f64 use the
// same.

import type { LayerContext } from "../layers/layer.js";
import { hyperName, type Value } from "../layers/scheduledNumber.js";
import { checkHyper, type Hyper, type Schedulable } from "../schedules/scheduled.js";
import type { Tensor } from "../tensors/tensor.js";
import type { Trace } from "../tensors/trace.js";
import type { NumberBounds } from "../values/options.js";
import { rangeOf } from "./imageOp.js";

/** Amount of an op: a number or a schedule of it, or [least, most], from which each image draws uniformly. */
export type Amount = Schedulable | readonly [number, number];

/** A checked amount. @internal */
export type CheckedAmount = Hyper | readonly [number, number];

/** Checks an amount: a number against `bounds`, the numbers of a pair against `pair`. @internal */
export function checkAmount(
  where: string,
  name: string,
  value: Amount,
  bounds: NumberBounds,
  pair: NumberBounds,
): CheckedAmount {
  return Array.isArray(value)
    ? rangeOf(where, name, value, pair)
    : checkHyper(where, name, value as Schedulable, bounds);
}

/** True for a pair [least, most]. @internal */
export function isPair(amount: CheckedAmount): amount is readonly [number, number] {
  return Array.isArray(amount);
}

/** Returns the amounts that are numbers or schedules. @internal */
export function numbersOf(amounts: Readonly<Record<string, CheckedAmount>>): Record<string, Hyper> {
  return Object.fromEntries(Object.entries(amounts).filter((entry): entry is [string, Hyper] => !isPair(entry[1])));
}

/** Text of an amount, for the name of a layer. @internal */
export function amountName(amount: CheckedAmount): string {
  return isPair(amount) ? amount.join(" to ") : hyperName(amount);
}

/** Draws for each "sample", or once for the "batch". */
export type DrawUnit = "sample" | "batch";

/** Draws a uniform number in [0, 1) for each of the rows, [rows], or for the batch, [1]; f64. @internal */
export function uniformFor(context: LayerContext, rows: number, draw: DrawUnit): Tensor {
  const perRow = draw === "sample";
  return context.uniform([perRow ? rows : 1], { dtype: "f64", perRow });
}

/** Numbers of the rows, [rows] or [1], in the type of x and with its axes, so that they broadcast over it. @internal */
export function overRows(numbers: Tensor, x: Tensor): Tensor {
  return numbers.cast(x.dtype).reshape([numbers.size, ...x.shape.slice(1).map(() => 1)]);
}

/** A number as a scalar in f64. @internal */
export function scalar(trace: Trace, value: Value): Tensor {
  return typeof value === "number" ? trace.fill(value, [], "f64") : value;
}

/** least + u (most − least). @internal */
export function between(u: Tensor, least: Value, most: Value): Tensor {
  return u.multiply(scalar(u.trace, most).subtract(scalar(u.trace, least))).add(least);
}

/** ⌊x⌋ for x ≥ 0, at most 2³¹ − 1. @internal */
export function floor(x: Tensor): Tensor {
  return x.cast("i32").cast(x.dtype);
}
