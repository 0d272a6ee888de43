// Numbers of a layer that may be given as schedules, such as the rate of dropout. A fixed number is part of the program; a
// scheduled one is state that the core writes before every update, so that many updates are still one call.

import type { Hyper } from "../schedules/scheduled.js";
import type { Tensor } from "../tensors/tensor.js";
import type { DType } from "../values/errors.js";
import { zerosInitializer } from "./initializers.js";
import type { Layer, LayerContext } from "./layer.js";

/** A number while a program is traced: itself, or a scalar in f64. */
export type Value = number | Tensor;

/** State that a layer declares for this number: a scalar if it is scheduled, else none. */
export function scheduledState(name: string, hyper: Hyper): Pick<Layer, "state"> {
  return typeof hyper === "number"
    ? {}
    : { state: { [name]: { shape: [], initializer: zerosInitializer, scheduled: hyper } } };
}

/** Value of the number in a program. */
export function numberIn(context: LayerContext, name: string, hyper: Hyper): Value {
  return typeof hyper === "number" ? hyper : (context.state[name] as Tensor);
}

/** Text of the number in the name of a layer. */
export function hyperName(hyper: Hyper): string {
  return typeof hyper === "number" ? String(hyper) : hyper.schedule.schedule;
}

/** 1 − f (1 − s): s where f is 1. */
export function towardsOne(s: Value, f: number): Value {
  if (f === 1) return s;
  return typeof s === "number" ? 1 - f * (1 - s) : s.negate().add(1).multiply(f).negate().add(1);
}

/** 1 with a probability, else 0: a fixed one and a scheduled one of the same value have the same draws. */
export function drawn(
  context: LayerContext,
  probability: Value,
  shape: readonly number[],
  { dtype, perRow = true }: { readonly dtype: DType; readonly perRow?: boolean },
): Tensor {
  const own = dtype as "f32" | "f64";
  if (typeof probability === "number") return context.bernoulli(probability, shape, { dtype: own, perRow });
  return context.uniform(shape, { dtype: "f64", perRow }).less(probability).cast(own);
}

/** x times the number. */
export function times(given: Tensor, factor: Value): Tensor {
  const x = given.trace.asFloat(given);
  return x.multiply(typeof factor === "number" ? factor : factor.cast(x.dtype));
}

/** x divided by the number, as x times 1 / factor. */
export function over(x: Tensor, factor: Value): Tensor {
  return times(x, typeof factor === "number" ? 1 / factor : factor.reciprocal());
}
