// Tensors by name: several inputs, outputs or targets of a model.

import { Tensor } from "./tensor.js";

/** Tensors by name. */
export type NamedTensors = { readonly [name: string]: Tensor };

/** Names and tensors; null is the name of a single one. @internal */
export function membersOf(value: Tensor | NamedTensors): [name: string | null, tensor: Tensor][] {
  return value instanceof Tensor ? [[null, value]] : Object.entries(value);
}

/** The single member, whose name is null, or a record of all by name. @internal */
export function recordOf<T>(members: readonly (readonly [name: string | null, T])[]): T | { [name: string]: T } {
  const [first] = members;
  return first?.[0] === null ? first[1] : Object.fromEntries(members);
}

/** Names and shapes of the tensors. @internal */
export function shapesOf(value: Tensor | NamedTensors): [name: string | null, shape: readonly number[]][] {
  return membersOf(value).map(([name, { shape }]) => [name, shape]);
}

/** Calls f with the tensor, or with every one by name. @internal */
export function mapMembers(
  value: Tensor | NamedTensors,
  f: (tensor: Tensor, name: string | null) => Tensor,
): Tensor | NamedTensors {
  return recordOf(membersOf(value).map(([name, tensor]) => [name, f(tensor, name)] as const));
}
