// Handles of nodes in the graph of a trace: shape, type and axes of a tensor, without its operations.

import type { Engine } from "../engine/engine.js";
import { typeNames } from "../values/contract.js";
import { type DType, TraceError } from "../values/errors.js";
import { shown, wrongKind } from "../values/options.js";

/** One axis or several. */
export type Axes = number | readonly number[];

const noNumber = (what: string): TraceError =>
  new TraceError(`tensor: has no ${what} while it is traced. Use tensor operations, and read numbers from results.`);

/** Handle of a node. It has a shape and a type, but no numbers. */
export abstract class Handle {
  /** Extent of each axis. */
  readonly shape: readonly number[];
  /** Element type. */
  readonly dtype: DType;

  /** Number of the node in the graph. @internal */
  readonly node: number;

  /** @internal */
  constructor({ engine }: { readonly engine: Engine }, node: number) {
    this.node = node;
    this.shape = engine.shapeOf(node);
    this.dtype = typeNames[engine.core.nodeType(node)] as DType;
  }

  /** Number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return this.shape.reduce((product, extent) => product * extent, 1);
  }

  /** Converts an axis, which may be negative, to one from 0; throws if there is none. @internal */
  axis(where: string, axis: number): number {
    const own = Number.isInteger(axis) && axis < 0 ? axis + this.rank : axis;
    if (!Number.isInteger(own) || own < 0 || own >= this.rank)
      throw new RangeError(`${where}: no axis ${shown(axis)} in shape [${this.shape.join(", ")}]. Axes count from 0.`);
    return own;
  }

  /** Converts axes to a bit mask. @internal */
  mask(where: string, axes: Axes | undefined): number {
    if (axes === undefined) return (1 << this.rank) - 1;
    let mask = 0;
    if (typeof axes !== "number" && !Array.isArray(axes))
      throw wrongKind(where, "axes", "a number or an array of numbers", axes);
    for (const axis of typeof axes === "number" ? [axes] : axes) mask |= 1 << this.axis(where, axis);
    return mask;
  }

  /** Throws TraceError: it has no value while it is traced. */
  valueOf(): never {
    throw noNumber("value");
  }
  /** Throws TraceError: it has no value while it is traced. */
  toJSON(): never {
    throw noNumber("value");
  }
  /** Throws TraceError: it has no value while it is traced. */
  [Symbol.toPrimitive](): never {
    throw noNumber("value");
  }
  /** Throws TraceError: it has no elements to iterate over. */
  [Symbol.iterator](): never {
    throw noNumber("elements to iterate over");
  }
}
