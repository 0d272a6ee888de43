// What erased pixels become: one number, or one for each channel.

import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { checkNumber } from "../values/options.js";

/** A number for all channels or an array of one for each channel, in the unit of the data. */
export type FillValue = number | readonly number[];

/** Checks a value. @internal */
export function checkFill(where: string, name: string, value: unknown): FillValue {
  if (!Array.isArray(value)) return checkNumber(where, name, value, {});
  return value.map((one) => checkNumber(where, name, one, {}));
}

/** The value as an operand beside x. @internal */
export function fillFor(where: string, name: string, value: FillValue, x: Tensor): number | Tensor {
  if (typeof value === "number") return value;
  const channels = x.shape[3] as number;
  if (value.length === channels) return x.trace.constant(value, x.dtype);
  throw new ShapeError(
    `${where}: ${name} has ${value.length} numbers for ${channels} channels. Give one number, or one for each channel.`,
  );
}
