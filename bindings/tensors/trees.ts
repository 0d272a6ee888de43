// Trees of arrays and of tensors, the parameters of traced functions.

import { type ArrayLike, leaves, mapLeaves, type NDArray, type TypedArray, toArray } from "../values/arrays.js";
import { ShapeError, TraceError } from "../values/errors.js";
import { shown } from "../values/options.js";
import { programType, Resident } from "./resident.js";
import { Tensor } from "./tensor.js";

/** Tensor or tree of tensors, the parameter of a traced function. */
export type TensorTree = Tensor | readonly TensorTree[] | { readonly [key: string]: TensorTree };
/** Arrays arranged like a tree of tensors, the parameter of a compiled function. */
export type ArraysFor<T> = T extends Tensor ? ArrayLike : { readonly [K in keyof T]: ArraysFor<T[K]> };
/** Results arranged like a tree of tensors. */
export type ResultTree<T> = T extends Tensor ? NDArray : { readonly [K in keyof T]: ResultTree<T[K]> };
/** Results arranged like a tree of tensors that stay in the engine. */
export type ResidentTree<T> = T extends Tensor ? Resident : { readonly [K in keyof T]: ResidentTree<T[K]> };

/** Array of a tree, with the type that the program has for it. @internal */
export interface Leaf {
  readonly name: string;
  readonly dtype: "f32" | "f64" | "i32";
  readonly shape: readonly number[];
  readonly data: TypedArray | readonly number[];
  /** The array, if it stays in an engine. */
  readonly resident?: Resident;
  /** True if it has no type of its own, beside typed arrays of which all floats are f32: see `settled`. */
  readonly weak?: boolean;
}

function readLeaf(where: string, name: string, value: unknown): Leaf {
  if (value instanceof Resident) {
    const { dtype, shape } = value;
    return {
      name,
      dtype,
      shape,
      resident: value,
      get data() {
        return value.data;
      },
    };
  }
  const { data, shape } = toArray(name ? `${where}: "${name}"` : where, value);
  return { name, dtype: programType(data), shape, data };
}

/** True if the type of a leaf is that of its array, and not that of numbers without a type. */
function isTyped(leaf: Leaf): boolean {
  return leaf.resident !== undefined || leaf.dtype !== "f64" || leaf.data instanceof Float64Array;
}

/** Reads the leaves of a tree of arrays; typed arrays of floats keep their type, other numbers become f64. @internal */
export function readLeaves(where: string, tree: unknown): Leaf[] {
  const read = leaves(tree).map(([name, value]) => readLeaf(where, name, value));
  const narrow = read.some(({ dtype }) => dtype === "f32");
  if (!narrow || read.some((leaf) => leaf.dtype === "f64" && isTyped(leaf))) return read;
  return read.map((leaf) => (isTyped(leaf) ? leaf : { ...leaf, weak: true }));
}

/**
 * Returns what `make` makes of the leaves. Numbers without a type are f64; if that fails for their type, as the function
 * combines them with f32, they are f32.
 *
 * @internal
 */
export function settled<T>(inputs: readonly Leaf[], make: (inputs: readonly Leaf[]) => T): T {
  try {
    return make(inputs);
  } catch (error) {
    if (!(error instanceof TypeError) || !inputs.some(({ weak }) => weak)) throw error;
    return make(inputs.map((leaf) => (leaf.weak ? { ...leaf, dtype: "f32" } : leaf)));
  }
}

/** Calls f with tensors arranged like the tree, and checks that it returns a tensor. @internal */
export function applyTo(where: string, f: unknown, tree: unknown, tensors: readonly Tensor[]): Tensor {
  if (typeof f !== "function") throw new TypeError(`${where}: expected a function of tensors, got ${shown(f)}.`);
  const queue = [...tensors];
  const result: unknown = f(mapLeaves(tree, () => queue.shift()));
  if (result instanceof Promise)
    throw new TraceError(`${where}: the function must return a tensor, got a promise. Trace without async.`);
  if (!(result instanceof Tensor))
    throw new TypeError(`${where}: the function must return a tensor, got ${shown(result)}.`);
  return result;
}

/** Calls f as applyTo does, and checks that it returns a scalar. @internal */
export function scalarOf(where: string, f: unknown, tree: unknown, tensors: readonly Tensor[]): Tensor {
  const y = applyTo(where, f, tree, tensors);
  if (y.size === 1) return y;
  throw new ShapeError(
    `${where}: the function must return a scalar: got shape [${y.shape.join(", ")}]. Reduce it with mean() or sum().`,
  );
}

/** Converts a scalar result to a number. @internal */
export function answered(array: NDArray): number | NDArray {
  return array.shape.length === 0 ? (array.data[0] as number) : array;
}

/** Arranges arrays like a tree. @internal */
export function asTree(tree: unknown, arrays: readonly NDArray[]): unknown {
  const queue = [...arrays];
  return mapLeaves(tree, () => queue.shift());
}

/** Reads the leaves of a tree, which must be floats, as integers have no gradient. @internal */
export function differentiableLeaves(where: string, tree: unknown): Leaf[] {
  const inputs = readLeaves(where, tree);
  for (const { name, dtype } of inputs)
    if (dtype === "i32")
      throw new TypeError(
        `${where}: ${name ? `"${name}"` : "the argument"} holds integers, which have no gradient. Use floats, or let the ` +
          "function close over it.",
      );
  return inputs;
}
