// A function of many variables as programs compute it: a weighted sum of runs, each over some rows of a data set or, of a
// bare function, over none. Everything here asks for values, gradients and products at points that it sets itself, so
// nothing of a trainer is ever touched.

import {
  partBytes,
  partFrom,
  partPrograms,
  partRows,
  partWeight,
  spaceArguments,
  spaceResults,
  surfaceArguments,
  surfaceColumnCount,
  surfaceColumns,
  surfaceElements,
  surfaceOrder,
  surfacePartCount,
  surfaceParts,
  surfacePoint,
  surfaceProduct,
  surfaceRandom,
  surfaceResults,
  surfaceValue,
  surfaceVector,
} from "../abi";
import { gatherBatch } from "../data/columns";
import { addScaled } from "../linalg/vectors";
import { faulted, randomAddress, setBase } from "../memory/engine";
import { reserveFor, run as runProgram } from "../program/run";

/** out [count] ← what the programs of this kind (value, gradient, product) answer; false on a fault. */
export function ask(surface: usize, kind: usize, out: usize, count: usize): bool {
  memory.fill(out, 0, count << 3);
  const results = load<u32>(surface, surfaceResults);
  const block = load<u32>(surface, surfaceArguments);
  let part: usize = load<u32>(surface, surfaceParts);
  for (let left = load<u32>(surface, surfacePartCount); left; left--, part += partBytes) {
    const from = load<u32>(part, partFrom);
    const columns = load<u32>(surface, surfaceColumnCount);
    if (columns !== 0) {
      const order: usize = load<u32>(surface, surfaceOrder) + (from << 2);
      gatherBatch(load<u32>(surface, surfaceColumns), columns, block, order, load<u32>(part, partRows));
    }
    const program: usize = load<u32>(part + partPrograms + (kind << 2));
    if (!reserveFor(program)) return false;
    memory.copy(randomAddress(), surface + surfaceRandom, 16);
    store<u32>(randomAddress(), from, 16);
    setBase(spaceArguments, block);
    setBase(spaceResults, results);
    runProgram(program);
    if (faulted()) return false;
    addScaled(out, results, count, load<f64>(part, partWeight));
  }
  return true;
}

/** out [rows, width] ← the products with the unit vectors one after the other. */
export function products(surface: usize, rows: usize, width: usize, out: usize): bool {
  const vector: usize = load<u32>(surface, surfaceVector);
  memory.fill(vector, 0, rows << 3);
  for (let i: usize = 0; i < rows; i++) {
    store<f64>(vector + (i << 3), 1);
    const done = ask(surface, surfaceProduct, out + ((i * width) << 3), width);
    store<f64>(vector + (i << 3), 0);
    if (!done) return false;
  }
  return true;
}

/** product ← H v for v at `from`, both [elements]. */
export function multiply(surface: usize, from: usize, product: usize): bool {
  const elements: usize = load<u32>(surface, surfaceElements);
  memory.copy(load<u32>(surface, surfaceVector), from, elements << 3);
  return ask(surface, surfaceProduct, product, elements);
}

/**
 * out [count] ← the values at base + Σₖ c[i, k] directionₖ for the rows of c [count, axes]; directions [axes, elements].
 * The point of the surface is its own again afterwards.
 */
export function alongAxes(
  surface: usize,
  base: usize,
  directions: usize,
  axes: usize,
  c: usize,
  count: usize,
  out: usize,
): bool {
  const elements: usize = load<u32>(surface, surfaceElements);
  const point: usize = load<u32>(surface, surfacePoint);
  let done = true;
  for (; done && count; count--, out += 8) {
    memory.copy(point, base, elements << 3);
    for (let k: usize = 0; k < axes; k++, c += 8) {
      addScaled(point, directions + ((k * elements) << 3), elements, load<f64>(c));
    }
    done = ask(surface, surfaceValue, out, 1);
  }
  memory.copy(point, base, elements << 3);
  return done;
}
