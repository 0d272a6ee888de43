// Where to start: numbers, arrays or a tree of them, laid out as one vector of doubles without gaps.

import type { Tensor } from "../tensors/tensor.js";
import { type ArrayLike, elementCount, leaves, mapLeaves, type NDArray, toArray } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { arrayOf } from "../values/lines.js";
import { shown } from "../values/options.js";

/** A number, an array, or a tree of them. */
export type StartingPoint = ArrayLike | readonly StartingPoint[] | { readonly [name: string]: StartingPoint };

/** A result arranged like where it started: numbers for numbers, arrays for arrays. */
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

/** The arrangement of a point, and its numbers. */
export class Arrangement {
  readonly leaves: readonly Leaf[];
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
    if (numbers.length === 0) throw new ShapeError(`${where}: nothing to vary: got 0 numbers, expected at least 1.`);
    const wrong = numbers.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) throw new RangeError(`${where}: the start must be finite, got ${numbers[wrong]} at ${wrong}.`);
    this.start = Float64Array.from(numbers);
  }

  get elements(): number {
    return this.start.length;
  }

  /** The tree with what `make` answers in place of its leaves. */
  map(make: (leaf: Leaf) => unknown): unknown {
    const queue = [...this.leaves];
    return mapLeaves(this.tree, () => make(queue.shift() as Leaf));
  }

  /** The tree with numbers and arrays in place of its leaves. */
  arranged(values: Float64Array): unknown {
    return this.map(({ shape, offset }): number | NDArray => {
      const data = values.slice(offset, offset + elementCount(shape));
      return shape.length === 0 ? (data[0] as number) : arrayOf(data, shape);
    });
  }

  /** The tree as a plain function takes it: every list of numbers a typed array, the rest as `arranged`. */
  plain(values: Float64Array): unknown {
    return this.map(({ shape, offset }): number | Float64Array | NDArray => {
      const data = values.slice(offset, offset + elementCount(shape));
      if (shape.length === 0) return data[0] as number;
      return shape.length === 1 ? data : { data, shape };
    });
  }

  tensors(tensors: readonly Tensor[]): unknown {
    const queue = [...tensors];
    return this.map(() => queue.shift());
  }

  /** The numbers of a tree that must be arranged like this one. */
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
