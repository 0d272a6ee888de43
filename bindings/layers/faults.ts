// Faults of layers while a program runs: each has a sentence of its own, which names the layer and where in the batch something is
// wrong.

import * as abi from "../../assembly/abi.js";
import type { Tensor } from "../tensors/tensor.js";
import { type Sentence, sentences, wholeIndex } from "../values/errors.js";

/** Numbers of sentences by what these depend on; they fill the high half of a word, behind the op. */
const numbers = new Map<string, number>();

/** Returns the number of a sentence that depends on the key alone. */
export function layerFault(key: string, sentence: Sentence): number {
  const number = numbers.get(key) ?? (1 + numbers.size) << 16;
  numbers.set(key, number);
  sentences.set(number, sentence);
  return number;
}

/** Returns that of indices of a shape [batch, ...]: "`what` out of range: got 5 in row 2, place 7, expected 0 .. 4`cure`". */
export function indexFault(what: string, cure: string, [, ...inner]: readonly number[]): number {
  const width = inner.reduce((product, extent) => product * extent, 1);
  return layerFault(`${width} ${what}${cure}`, ([, index = 0, extent = 0, at = 0, , first = 0]) => {
    const place = width > 1 ? `, place ${at % width}` : "";
    const row = first + Math.floor(at / width);
    return new RangeError(
      `${what} out of range: got ${wholeIndex(index)} in row ${row}${place}, expected 0 .. ${extent - 1}${cure}`,
    );
  });
}

/** Rows of a table at indices [batch, ...], integers or floats that hold integers. */
export function rowsAt(table: Tensor, indices: Tensor, what: string, cure: string): Tensor {
  const { dtype, shape } = indices;
  let whole = indices.cast("i32");
  // A number that is not an integer becomes −2³¹, which no table has.
  if (dtype !== "i32")
    whole = whole
      .cast(dtype)
      .equal(indices)
      .where(indices, -(2 ** 31))
      .cast("i32");
  return table.trace.emit(abi.opGather, [table, whole], [], [indexFault(what, cure, shape)]);
}
