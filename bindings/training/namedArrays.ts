// Arrays by name in an arena: parameters, the state vectors of an optimizer, running state.

import type { Engine } from "../engine/engine.js";
import { readArray, writeArray } from "../tensors/trace.js";
import { type ArrayLike, arrayTypes, bytesOf, type NDArray, sameShape, toArray } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { arrayOf } from "../values/lines.js";
import { isRecord, nearest, shown } from "../values/options.js";
import type { Placed } from "./parameters.js";

/** Where named arrays lie. */
export interface Arena {
  /** What its arrays are, for sentences. */
  readonly what: "parameter" | "state";
  readonly address: number;
  readonly dtype: "f32" | "f64";
  readonly placed: readonly Placed[];
  /** Elements of the whole arena, padding included. */
  readonly elements: number;
}

/** Copies of the arrays by name. */
export function readNamed(engine: Engine, { address, dtype, placed }: Arena): Record<string, NDArray> {
  return Object.fromEntries(
    placed.map(({ name, shape, offset, elements }) => [
      name,
      arrayOf(readArray(engine, address + bytesOf(dtype, offset), dtype, elements), shape),
    ]),
  );
}

/** Checks values by name against an arena; answers what writes them all, so that nothing is written before all fit. */
export function checkNamed(
  engine: Engine,
  where: string,
  { what, address, dtype, placed }: Arena,
  values: Readonly<Record<string, ArrayLike>>,
  prefix = "",
  fits: (value: number) => boolean = Number.isFinite,
): () => void {
  if (!isRecord(values)) throw new TypeError(`${where}: expected arrays by name, got ${shown(values)}.`);
  const names = placed.map(({ name }) => name);
  const checked = Object.entries(values).map(([name, value]) => {
    const full = `"${prefix}${name}"`;
    const at = placed.find((entry) => entry.name === name);
    if (!at) {
      const near = nearest(name, names);
      throw new RangeError(`${where}: no ${what} ${full}. ${near ? `Did you mean "${near}"?` : "Check the name."}`);
    }
    const { data, shape } = toArray(`${where}: ${full}`, value);
    if (!sameShape(shape, at.shape))
      throw new ShapeError(
        `${where}: ${full} has the wrong shape: got [${shape.join(", ")}], expected [${at.shape.join(", ")}].` +
          (sameShape([...shape].reverse(), at.shape) ? " Transpose it: PyTorch keeps [outputs, inputs]." : ""),
      );
    // As it will stand there: beyond the range of f32 a number becomes infinite.
    if (!new arrayTypes[dtype](data).every(fits))
      throw new RangeError(`${where}: ${full} holds a number that is not finite. Check where it comes from.`);
    return { offset: at.offset, data };
  });
  return () => {
    for (const { offset, data } of checked) writeArray(engine, address + bytesOf(dtype, offset), dtype, data);
  };
}
