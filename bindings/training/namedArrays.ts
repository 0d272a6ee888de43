// Named arrays of an arena: parameters, state vectors of an optimizer, or running state.

import type { Engine } from "../engine/engine.js";
import { readArray, writeArray } from "../tensors/trace.js";
import { type ArrayLike, arrayTypes, bytesOf, type NDArray, sameShape, toArray } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { arrayOf } from "../values/lines.js";
import { isRecord, nearest, shown } from "../values/options.js";
import type { StoredArray } from "./parameters.js";

/** A block of memory with named arrays. */
export interface Arena {
  /** Kind of the arrays, for errors. */
  readonly kind: "parameter" | "state";
  readonly address: number;
  readonly dtype: "f32" | "f64";
  readonly arrays: readonly StoredArray[];
  /** Elements of the arena, padding included. */
  readonly elements: number;
}

/** Returns copies of the arrays by name. */
export function readNamed(engine: Engine, { address, dtype, arrays }: Arena): Record<string, NDArray> {
  return Object.fromEntries(
    arrays.map(({ name, shape, offset, elements }) => [
      name,
      arrayOf(readArray(engine, address + bytesOf(dtype, offset), dtype, elements), shape),
    ]),
  );
}

/** Checks named values against an arena and returns a function that writes them. */
export function checkNamed(
  engine: Engine,
  where: string,
  { kind, address, dtype, arrays }: Arena,
  values: Readonly<Record<string, ArrayLike>>,
  prefix = "",
  isValid: (value: number) => boolean = Number.isFinite,
): () => void {
  if (!isRecord(values)) throw new TypeError(`${where}: expected arrays by name, got ${shown(values)}.`);
  const names = arrays.map(({ name }) => name);
  const checked = Object.entries(values).map(([name, value]) => {
    const full = `"${prefix}${name}"`;
    const at = arrays.find((entry) => entry.name === name);
    if (!at) {
      const near = nearest(name, names);
      throw new RangeError(`${where}: no ${kind} ${full}. ${near ? `Did you mean "${near}"?` : "Check the name."}`);
    }
    const { data, shape } = toArray(`${where}: ${full}`, value);
    if (!sameShape(shape, at.shape))
      throw new ShapeError(
        `${where}: ${full} has the wrong shape: got [${shape.join(", ")}], expected [${at.shape.join(", ")}].` +
          (sameShape([...shape].reverse(), at.shape) ? " Transpose it: PyTorch keeps [outputs, inputs]." : ""),
      );
    // After conversion: beyond the range of f32 a number becomes infinite.
    if (!new arrayTypes[dtype](data).every(isValid))
      throw new RangeError(`${where}: ${full} holds a number that is not finite. Check where it comes from.`);
    return { offset: at.offset, data };
  });
  return () => {
    for (const { offset, data } of checked) writeArray(engine, address + bytesOf(dtype, offset), dtype, data);
  };
}
