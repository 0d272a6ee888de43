// What another library keeps for a layer, and how its arrays become ours.

import type { Parameter } from "../layers/layer.js";
import type { TypedArray } from "../values/arrays.js";
import { joined, type Leaf } from "./walk.js";

/** Returns the numbers of one of their arrays, by its name within their module. */
export type Read = (key: string) => TypedArray;

/** An array of ours. */
export interface Made {
  readonly kind: "parameters" | "state";
  /** Full name in the model. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Names of their arrays, within their module. */
  readonly from: readonly string[];
  make(read: Read): TypedArray;
}

/** A module of theirs, which holds the arrays of a layer of ours or of a part of it. */
export interface Source {
  /** Name of the part of our model. */
  readonly path: string;
  readonly leaf: Leaf;
  /** Shapes of their arrays by name within the module. */
  readonly pieces: ReadonlyMap<string, readonly number[]>;
  /** Other names of these arrays. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly arrays: readonly Made[];
}

/** Layout of the arrays of layers in a library. */
export interface Layout {
  /** Modules of a layer of this library. */
  sources(leaf: Leaf): Source[];
  /** Ends of names of arrays without a counterpart. */
  readonly dropped: RegExp | null;
  /** Advice for an array of another shape than expected. */
  hint(got: readonly number[], expected: readonly number[]): string;
}

/** Collects what a module holds. */
export class SourceBuilder {
  readonly #pieces = new Map<string, readonly number[]>();
  readonly #arrays: Made[] = [];

  constructor(
    readonly leaf: Leaf,
    /** Name of the part within the layer, "" for the layer itself. */
    readonly part = "",
    readonly aliases: Readonly<Record<string, string>> = {},
  ) {}

  /** Adds an array of ours, unless the layer has none of this name, that is made of theirs, given with their shapes. */
  add(
    name: string,
    declared: Parameter | undefined,
    pieces: Readonly<Record<string, readonly number[]>>,
    make: (read: Read, shape: readonly number[]) => TypedArray = (read) => read(Object.keys(pieces)[0] as string),
    kind: Made["kind"] = "parameters",
  ): this {
    if (!declared) return this;
    for (const [key, shape] of Object.entries(pieces)) this.#pieces.set(key, shape);
    this.#arrays.push({
      kind,
      name: joined(this.leaf.path, name),
      shape: declared.shape,
      from: Object.keys(pieces),
      make: (read) => make(read, declared.shape),
    });
    return this;
  }

  build(): Source {
    const path = this.part === "" ? this.leaf.path : joined(this.leaf.path, this.part);
    return { path, leaf: this.leaf, pieces: this.#pieces, aliases: this.aliases, arrays: this.#arrays };
  }
}

/** Returns the sum of arrays in f64. */
export function sum(arrays: readonly TypedArray[]): Float64Array {
  const total = new Float64Array((arrays[0] as TypedArray).length);
  for (const array of arrays)
    for (let k = 0; k < total.length; k++) total[k] = (total[k] as number) + (array[k] as number);
  return total;
}
