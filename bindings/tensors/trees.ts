// Trees of arrays and of tensors: how the parameters of a bare function are arranged, and how it is called on tensors.

import {
  type ArrayLike,
  floatTypeOf,
  leaves,
  mapLeaves,
  type NDArray,
  type TypedArray,
  toArray,
} from "../values/arrays.js";
import { ShapeError, TraceError } from "../values/errors.js";
import { shown } from "../values/options.js";
import { Tensor } from "./tensor.js";

/** A tensor, or a tree of tensors: what a traced function takes. */
export type TensorTree = Tensor | readonly TensorTree[] | { readonly [key: string]: TensorTree };
/** Arrays arranged like a tree of tensors: what the transformed function takes. */
export type ArraysFor<T> = T extends Tensor ? ArrayLike : { readonly [K in keyof T]: ArraysFor<T[K]> };
/** Results arranged like a tree of tensors. */
export type ResultTree<T> = T extends Tensor ? NDArray : { readonly [K in keyof T]: ResultTree<T[K]> };

/** An array of a tree, as a program takes it. @internal */
export interface Leaf {
  readonly name: string;
  readonly dtype: "f32" | "f64" | "i32";
  readonly shape: readonly number[];
  readonly data: TypedArray | readonly number[];
}

/** The leaves of a tree of arrays; floats take the type of their typed array, else f64. @internal */
export function readLeaves(where: string, tree: unknown): Leaf[] {
  return leaves(tree).map(([name, value]) => {
    const { data, shape } = toArray(name ? `${where}: "${name}"` : where, value);
    const dtype = data instanceof Int32Array ? "i32" : floatTypeOf(data, "f64");
    return { name, dtype, shape, data };
  });
}

/** Calls f on tensors arranged like the tree. @internal */
export function applyTo(where: string, f: unknown, tree: unknown, tensors: readonly Tensor[]): Tensor {
  if (typeof f !== "function") throw new TypeError(`${where}: expected a function of tensors, got ${shown(f)}.`);
  const queue = [...tensors];
  const answer: unknown = f(mapLeaves(tree, () => queue.shift()));
  if (answer instanceof Promise)
    throw new TraceError(`${where}: the function must answer a tensor, got a promise. Trace without async.`);
  if (!(answer instanceof Tensor))
    throw new TypeError(`${where}: the function must answer a tensor, got ${shown(answer)}. Return a tensor.`);
  return answer;
}

/** What f answers, which has to be a scalar. @internal */
export function scalarOf(where: string, f: unknown, tree: unknown, tensors: readonly Tensor[]): Tensor {
  const y = applyTo(where, f, tree, tensors);
  if (y.size === 1) return y;
  throw new ShapeError(
    `${where}: the function must answer a scalar: got shape [${y.shape.join(", ")}]. Reduce it with mean() or sum().`,
  );
}

/** Results as the user reads them: plain numbers for scalars. @internal */
export function answered(array: NDArray): number | NDArray {
  return array.shape.length === 0 ? (array.data[0] as number) : array;
}

/** Arrays arranged like the tree. @internal */
export function asTree(tree: unknown, arrays: readonly NDArray[]): unknown {
  const queue = [...arrays];
  return mapLeaves(tree, () => queue.shift());
}

/** Leaves of floats: integers carry no gradient. @internal */
export function differentiableLeaves(where: string, tree: unknown): Leaf[] {
  const inputs = readLeaves(where, tree);
  for (const { name, dtype } of inputs)
    if (dtype === "i32")
      throw new TypeError(
        `${where}: ${name ? `"${name}"` : "the argument"} holds integers, which carry no gradient. Use floats, or let the ` +
          "function close over it.",
      );
  return inputs;
}
