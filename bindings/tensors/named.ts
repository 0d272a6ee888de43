// Tensors by name: several inputs, outputs or targets of a model.

import { Tensor } from "./tensor.js";

/** Tensors by name. */
export type NamedTensors = { readonly [name: string]: Tensor };

/** Names and tensors; null is the name of a single one. @internal */
export function membersOf(value: Tensor | NamedTensors): [name: string | null, tensor: Tensor][] {
  return value instanceof Tensor ? [[null, value]] : Object.entries(value);
}

/** Calls f with the tensor, or with every one by name. @internal */
export function mapMembers(
  value: Tensor | NamedTensors,
  f: (tensor: Tensor, name: string | null) => Tensor,
): Tensor | NamedTensors {
  if (value instanceof Tensor) return f(value, null);
  return Object.fromEntries(Object.entries(value).map(([name, tensor]) => [name, f(tensor, name)]));
}
