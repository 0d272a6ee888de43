// Random numbers of an augmentation, one set for each picture. They are drawn and computed in f64, so that pictures in f32 and
// in f64 get the same ones.

import type { Layer } from "../layers/layer.js";
import { scheduledState, type Value } from "../layers/scheduledNumber.js";
import { checkHyper, type Hyper, type Schedulable } from "../schedules/scheduled.js";
import { Tensor } from "../tensors/tensor.js";
import { checkNumber, type NumberBounds, wrongKind } from "../values/options.js";

/** Checks a pair [least, most]. @internal */
export function checkPair(
  where: string,
  name: string,
  value: unknown,
  bounds: NumberBounds,
): readonly [number, number] {
  if (!Array.isArray(value) || value.length !== 2) throw wrongKind(where, name, "[least, most]", value);
  const [least, most] = value.map((one) => checkNumber(where, name, one, bounds)) as [number, number];
  if (least <= most) return [least, most];
  throw new RangeError(`${where}: ${name} must be [least, most], got [${least}, ${most}]. Swap them.`);
}

/** Amount of an op: a number or a schedule, or the pair [least, most] of what is drawn. */
export type Amount = Schedulable | readonly [number, number];

/** Amount after its check. @internal */
export type CheckedAmount = Hyper | readonly [number, number];

/** Checks an amount; `pair` bounds the numbers of a pair. @internal */
export function checkAmount(
  where: string,
  name: string,
  value: Amount,
  bounds: NumberBounds,
  pair: NumberBounds,
): CheckedAmount {
  return Array.isArray(value)
    ? checkPair(where, name, value, pair)
    : checkHyper(where, name, value as Schedulable, bounds);
}

/** True for the pair [least, most]. @internal */
export function isPair(amount: CheckedAmount): amount is readonly [number, number] {
  return Array.isArray(amount);
}

/** State of those amounts that are scheduled, by name. @internal */
export function amountsState(amounts: Readonly<Record<string, CheckedAmount>>): Pick<Layer, "state"> {
  const states = Object.entries(amounts).map(([name, amount]) =>
    isPair(amount) ? {} : (scheduledState(name, amount).state ?? {}),
  );
  const state = Object.assign({}, ...states) as NonNullable<Layer["state"]>;
  return Object.keys(state).length > 0 ? { state } : {};
}

/** Column k of numbers [batch, columns], as [batch, 1, 1, 1]. @internal */
export function perPicture(drawn: Tensor, k: number): Tensor {
  return drawn.slice(1, k, k + 1).reshape([drawn.shape[0] as number, 1, 1, 1]);
}

/** least + u (most − least). @internal */
export function between(u: Tensor, least: Value, most: Value): Tensor {
  const scalar = (value: Value): Tensor => (value instanceof Tensor ? value : u.trace.fill(value, [], "f64"));
  return u.multiply(scalar(most).subtract(scalar(least))).add(least);
}

/** ⌊x⌋ for x ≥ 0, at most 2³¹ − 1. @internal */
export function floor(x: Tensor): Tensor {
  return x.cast("i32").cast(x.dtype);
}
