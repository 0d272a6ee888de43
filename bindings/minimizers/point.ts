// Points: numbers, arrays or a tree of them, stored as one contiguous vector of doubles.

import type { Tensor } from "../tensors/tensor.js";
import { type ArrayLike, elementCount, leaves, mapLeaves, type NDArray, toArray } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { arrayOf } from "../values/lines.js";
import { shown } from "../values/options.js";

/** Number, array, or tree of them. */
export type StartingPoint = ArrayLike | readonly StartingPoint[] | { readonly [name: string]: StartingPoint };

/** Result arranged like the initial point: numbers for numbers, arrays for arrays. */
export type Arranged<X> = X extends number
  ? number
  : X extends ArrayLike
    ? NDArray
    : { readonly [K in keyof X]: Arranged<X[K]> };

interface Leaf {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
}

/** Arrangement of a point, with the numbers of the initial point. */
export class Arrangement {
  readonly leaves: readonly Leaf[];
  /** Initial point as one vector. */
  readonly start: Float64Array;

  constructor(
    where: string,
    readonly tree: unknown,
  ) {
    if (tree === undefined)
      throw new TypeError(`${where}: the start is missing: got undefined, expected numbers, arrays or a tree of them.`);
    const numbers: number[] = [];
    this.leaves = leaves(tree).map(([name, leaf]) => {
      const { data, shape } = toArray(name ? `${where}: "${name}"` : where, leaf);
      const offset = numbers.length;
      for (const value of data) numbers.push(value);
      return { name, shape, offset };
    });
    if (numbers.length === 0) throw new ShapeError(`${where}: the start is empty: got 0 numbers, expected at least 1.`);
    const wrong = numbers.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) throw new RangeError(`${where}: the start must be finite, got ${numbers[wrong]} at ${wrong}.`);
    this.start = Float64Array.from(numbers);
  }

  get elements(): number {
    return this.start.length;
  }

  /** Copies the tree with each leaf replaced by the result of `make`. */
  map(make: (leaf: Leaf) => unknown): unknown {
    const queue = [...this.leaves];
    return mapLeaves(this.tree, () => make(queue.shift() as Leaf));
  }

  /** Arranges a vector like the point, as numbers and arrays. */
  arranged(values: Float64Array): unknown {
    return this.map(({ shape, offset }): number | NDArray => {
      const data = values.slice(offset, offset + elementCount(shape));
      return shape.length === 0 ? (data[0] as number) : arrayOf(data, shape);
    });
  }

  /** Arranges a vector for a plain function: like `arranged`, but lists of numbers as typed arrays. */
  plain(values: Float64Array): unknown {
    return this.map(({ shape, offset }): number | Float64Array | NDArray => {
      const data = values.slice(offset, offset + elementCount(shape));
      if (shape.length === 0) return data[0] as number;
      return shape.length === 1 ? data : { data, shape };
    });
  }

  /** Arranges tensors like the point. */
  tensors(tensors: readonly Tensor[]): unknown {
    const queue = [...tensors];
    return this.map(() => queue.shift());
  }

  /** Reads a tree as one vector; throws if it is not arranged like the point. */
  read(where: string, what: string, tree: unknown): Float64Array {
    const out = new Float64Array(this.elements);
    if (tree === null || tree === undefined || (typeof tree !== "object" && typeof tree !== "number"))
      throw new TypeError(`${where}: ${what} must be numbers arranged like x, got ${shown(tree)}.`);
    const given = leaves(tree);
    const [only] = this.leaves;
    for (const [k, { name, shape, offset }] of this.leaves.entries()) {
      const entry = given[k];
      const { data } = toArray(`${where}: ${what}`, entry?.[1]);
      if (given.length !== this.leaves.length || data.length !== elementCount(shape) || (only && entry?.[0] !== name))
        throw new ShapeError(
          `${where}: ${what} ${name ? `of "${name}" ` : ""}has ${data.length} numbers, expected ${elementCount(shape)}, ` +
            "arranged like x.",
        );
      out.set(data, offset);
    }
    return out;
  }
}
