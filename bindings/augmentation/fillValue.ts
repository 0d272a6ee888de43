// Values of erased pixels: one number, or one for each channel.

import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { checkNumber, wrongKind } from "../values/options.js";

/** A number for all channels, or an array of one for each channel, in the unit of the data. */
export type FillValue = number | readonly number[];

/** Checks a value; `other` names a further value that the caller accepts. @internal */
export function checkFill(where: string, name: string, value: unknown, other = ""): FillValue {
  if (Array.isArray(value)) return value.map((one) => checkNumber(where, name, one, {}));
  if (typeof value === "number") return checkNumber(where, name, value, {});
  const wanted = other
    ? `a number, an array of one for each channel or ${other}`
    : "a number or an array of one for each channel";
  throw wrongKind(where, name, wanted, value);
}

/** The value as an operand of ops with x. @internal */
export function fillFor(where: string, name: string, value: FillValue, x: Tensor): number | Tensor {
  if (typeof value === "number") return value;
  const channels = x.shape[3] as number;
  if (value.length === channels) return x.trace.constant(value, x.dtype);
  throw new ShapeError(
    `${where}: ${name} has ${value.length} number${value.length === 1 ? "" : "s"} for ${channels} channels. Give one number, or one for each channel.`,
  );
}
