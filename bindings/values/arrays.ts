// Arrays as users write them (numbers, nested arrays, typed arrays, { data, shape }) and as the engine returns them.

import { typeNames } from "./contract.js";
import { type DType, ShapeError } from "./errors.js";
import { checkChoice, has, isRecord, shown, wrongKind } from "./options.js";

/** Typed arrays of the element types that arrays are stored in. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;
/** Arrays of arrays of numbers, all of one length at each depth. */
export type NestedNumbers = readonly (number | NestedNumbers)[];

/** A dense row-major array. */
export interface NDArray<D extends TypedArray = TypedArray> {
  /** Elements in row-major order. */
  readonly data: D;
  /** Extent of each axis; empty for a scalar. */
  readonly shape: readonly number[];
}

/** Any accepted form of an array: a number, nested arrays, a typed array, or row-major data with its shape. */
export type ArrayLike =
  | number
  | NestedNumbers
  | TypedArray
  | Uint8ClampedArray
  | {
      /** Elements in row-major order. */
      data: TypedArray | Uint8ClampedArray | readonly number[];
      /** Extent of each axis. */
      shape: readonly number[];
    };

export const arrayTypes = { f32: Float32Array, f64: Float64Array, i32: Int32Array, u8: Uint8Array } as const;
/** Element type of a stored array. */
export type StorageType = "f32" | "f64" | "i32" | "u8";

/** Code of an element type, as the core numbers them. */
export function typeCode(type: StorageType): number {
  return typeNames.indexOf(type);
}

/** Bytes that `elements` numbers of a type occupy. */
export function bytesOf(type: StorageType, elements: number): number {
  return elements * arrayTypes[type].BYTES_PER_ELEMENT;
}

/** Bytes rounded up to a multiple of 64, the size of a cache line. */
export function wholeLines(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

/** Splits an integer from 0 below 2⁵³ into two 32-bit words, the low one first. */
export function halvesOf(whole: number): [low: number, high: number] {
  return [whole >>> 0, Math.floor(whole / 2 ** 32)];
}

/** Accepted typed arrays, for error messages. */
const known = "a Float32Array, Float64Array, Int32Array or Uint8Array";

const typesByTag: Readonly<Record<string, StorageType>> = {
  Float32Array: "f32",
  Float64Array: "f64",
  Int32Array: "i32",
  Uint8Array: "u8",
  Uint8ClampedArray: "u8", // pixels of a canvas
};

/** Element type of a typed array, else undefined. Compares the tag, as the array may be of another realm, or a Buffer. */
function typeOf(value: unknown): StorageType | undefined {
  return ArrayBuffer.isView(value) ? typesByTag[(value as TypedArray)[Symbol.toStringTag]] : undefined;
}

export function isTypedArray(value: unknown): value is TypedArray {
  return typeOf(value) !== undefined;
}

export function storageType(data: TypedArray): StorageType {
  return typeOf(data) as StorageType;
}

/**
 * Views the same elements as a plain typed array of this realm; a Buffer, for example, has a `slice` that does not
 * copy.
 */
export function plainArray<T extends TypedArray>(data: T): T {
  const type = storageType(data);
  const plain = data.constructor === arrayTypes[type] ? data : viewOf(data.buffer, type, data.byteOffset, data.length);
  return plain as T;
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Index of the first number that is not finite, -1 if there is none. */
export function firstNotFinite(data: TypedArray): number {
  if (data instanceof Uint8Array || data instanceof Int32Array) return -1;
  let total = 0;
  for (let i = 0; i < data.length; i++) total += (data[i] as number) * 0;
  return total === 0 ? -1 : (data as Float64Array).findIndex((value) => !Number.isFinite(value));
}

/** Checks a shape: integers ≥ 0, below 2³¹. */
export function checkShape(where: string, shape: readonly number[]): readonly number[] {
  if (!Array.isArray(shape)) throw wrongKind(where, "shape", "an array of whole numbers", shape);
  for (const extent of shape)
    if (!Number.isInteger(extent) || extent < 0 || extent >= 2 ** 31)
      throw new ShapeError(
        `${where}: extents must be whole numbers from 0 below 2³¹, got ${shown(extent)} in ${shown(shape)}.`,
      );
  return shape;
}

/** Checks that a dtype is one of `known`. */
export function checkType<T extends string>(where: string, dtype: T, known: readonly T[]): T {
  return checkChoice(where, "dtype", dtype, known);
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** Maximum nesting depth of arrays, trees and names. Deeper values contain themselves, or would overflow the stack. */
export const depthLimit = 128;

/** Error for a value nested more than `depthLimit` deep. */
export function tooDeep(where: string, what: string): RangeError {
  return new RangeError(`${where}: ${what} nest more than ${depthLimit} deep, or hold themselves. Flatten them.`);
}

function flatten(where: string, value: NestedNumbers, shape: number[], depth: number, out: number[]): void {
  const mixed = (): ShapeError => new ShapeError(`${where}: numbers and arrays are mixed. Nest evenly.`);
  if (depth === depthLimit) throw tooDeep(where, "arrays");
  if (shape.length === depth) {
    if (out.length > 0) throw mixed();
    shape.push(value.length);
  }
  if (shape[depth] !== value.length)
    throw new ShapeError(
      `${where}: rows differ in length: got ${value.length}, expected ${shape[depth]}. Pad or cut them.`,
    );
  for (const item of value) {
    if (typeof item === "number") {
      if (shape.length > depth + 1) throw mixed();
      out.push(item);
    } else if (Array.isArray(item)) flatten(where, item, shape, depth + 1, out);
    else if (isTypedArray(item)) flatten(where, Array.from(item), shape, depth + 1, out);
    else {
      // All rows before this one have equal length, so the count of numbers gives the position.
      const width = elementCount(shape.slice(1));
      const [row, column] = [Math.floor(out.length / width), out.length % width];
      const at = shape.length > 1 ? `row ${row}, column ${column}` : `place ${out.length}`;
      throw new TypeError(
        `${where}: expected numbers, got ${shown(item)} in ${at} (from 0). Fill it, or leave the row out.`,
      );
    }
  }
}

/** True for values that `toArray` accepts. */
export function isArrayLike(value: unknown): value is ArrayLike {
  if (typeof value === "number" || Array.isArray(value) || isTypedArray(value)) return true;
  return has(value, "data", "shape");
}

/** Converts a value to flat data with a shape; typed arrays are not copied. */
export function toArray(where: string, value: unknown): { data: TypedArray | number[]; shape: number[] } {
  if (typeof value === "number") return { data: [value], shape: [] };
  if (isTypedArray(value)) return { data: plainArray(value), shape: [value.length] };
  if (Array.isArray(value)) {
    const shape: number[] = [];
    const data: number[] = [];
    flatten(where, value as NestedNumbers, shape, 0, data);
    return checkCount(where, { data, shape });
  }
  if (isArrayLike(value)) {
    const { data: given, shape: extents } = value as { data: TypedArray | number[]; shape: readonly number[] };
    if (!isTypedArray(given) && !Array.isArray(given)) throw wrongKind(where, "data", `numbers, ${known}`, given);
    const shape = [...checkShape(where, extents)];
    if (!Array.isArray(given)) return checkCount(where, { data: plainArray(given), shape });
    // Copied, because reading an element may run user code if the array is a proxy.
    const nested: number[] = [];
    const data: number[] = [];
    flatten(where, given, nested, 0, data);
    if (nested.length > 1)
      throw new ShapeError(
        `${where}: data beside a shape must be flat, got [${nested.join(", ")}]. Leave the shape out.`,
      );
    return checkCount(where, { data, shape });
  }
  const advice = ArrayBuffer.isView(value) ? " Try Float64Array.from(it, Number)." : "";
  throw new TypeError(
    `${where}: expected numbers, an array, ${known}, or { data, shape }, got ${shown(value)}.${advice}`,
  );
}

/** Checks that data has as many elements as its shape. */
function checkCount<T extends { data: TypedArray | number[]; shape: number[] }>(where: string, array: T): T {
  const { data, shape } = array;
  if (elementCount(shape) === data.length) return array;
  throw new ShapeError(
    `${where}: data has ${data.length} elements, but shape [${shape.join(", ")}] holds ${elementCount(shape)}.`,
  );
}

/** Float type of data: that of a Float32Array or Float64Array, else `otherwise`. */
export function floatTypeOf(data: TypedArray | number[], otherwise: "f32" | "f64"): "f32" | "f64" {
  if (data instanceof Float32Array) return "f32";
  if (data instanceof Float64Array) return "f64";
  return otherwise;
}

/** A tree of values: a leaf, an array of trees or a record of trees. */
export type Tree<L> = L | readonly Tree<L>[] | { readonly [key: string]: Tree<L> };

/** Lists the leaves of a parameter tree with their dotted names, in declaration order. */
export function leaves(tree: unknown, name = "", out: [string, unknown][] = [], depth = 0): [string, unknown][] {
  if (depth === depthLimit) throw tooDeep("parameters", "trees");
  // Other typed arrays and tensors count as leaves, so that toArray rejects them.
  const whole = ArrayBuffer.isView(tree) || has(tree, "trace", "node");
  if (whole || (isArrayLike(tree) && !isArrayOfTrees(tree))) out.push([name, tree]);
  else if (Array.isArray(tree))
    for (const [k, item] of tree.entries()) leaves(item, name ? `${name}.${k}` : `${k}`, out, depth + 1);
  else if (isRecord(tree))
    for (const [key, item] of Object.entries(tree)) leaves(item, name ? `${name}.${key}` : key, out, depth + 1);
  else throw wrongKind("parameters", `"${name || "value"}"`, "an array or an object of arrays", tree);
  return out;
}

/** True for an array of records or typed arrays, which is a tree; an array of numbers is one leaf. */
function isArrayOfTrees(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const first: unknown = value[0];
  return isTypedArray(first) || (typeof first === "object" && first !== null && !Array.isArray(first));
}

/** Copies a tree with each leaf replaced by the result of `replace`, in the order of `leaves`. */
export function mapLeaves(tree: unknown, replace: () => unknown): unknown {
  if (isArrayLike(tree) && !isArrayOfTrees(tree)) return replace();
  if (Array.isArray(tree)) return tree.map((item) => mapLeaves(item, replace));
  return Object.fromEntries(Object.entries(tree as object).map(([key, item]) => [key, mapLeaves(item, replace)]));
}

/** Views `count` elements of a type at an address of a buffer. */
export function viewOf(buffer: ArrayBufferLike, type: DType | StorageType, address: number, count: number): TypedArray {
  return new arrayTypes[type](buffer as ArrayBuffer, address, count);
}
