// A surface: a function of many variables that programs compute, as a weighted sum of runs over parts of a data set, or of one
// run without data. Values, gradients and Hessian-vector products are taken at points of its own, so a trainer is not changed.

import { partBytes, spaceArguments, spaceResults, surfaceProduct, surfaceValue } from "../abi";
import { gatherBatch } from "../data/columns";
import { addScaledTo } from "../kernels/vectors";
import { faulted, randomAddress, setBase } from "../memory/engine";
import { reserveFor, run as runProgram } from "../program/run";

/** A function of x: the weighted sum of runs over parts of the data. @record */
@unmanaged
class Surface {
  /** x, then the vector that products are taken with; f64. */
  point: u32;
  vector: u32;
  elements: u32;
  arguments: u32;
  /** Results of one run. */
  results: u32;
  columns: u32;
  /** 0 if there is no data. */
  columnCount: u32;
  order: u32;
  parts: u32;
  partCount: u32;
  /** Seed and step. @times 4 */
  random: u32;
}

/** @record */
@unmanaged
class Part {
  /** First row. */
  from: u32;
  rows: u32;
  weight: f64;
  /** One a kind. @times 3 */
  programs: u32;
}

/** out [count] ← value, gradient or product, by `kind`; returns false on a fault. */
export function ask(surface: usize, kind: usize, out: usize, count: usize): bool {
  memory.fill(out, 0, count << 3);
  const s = changetype<Surface>(surface);
  let at = <usize>s.parts;
  for (let left = s.partCount; left; left--, at += partBytes) {
    const part = changetype<Part>(at);
    if (s.columnCount !== 0) {
      gatherBatch(s.columns, s.columnCount, s.arguments, s.order + (part.from << 2), part.rows);
    }
    const program: usize = load<u32>(at + (kind << 2), offsetof<Part>("programs"));
    if (!reserveFor(program)) return false;
    memory.copy(changetype<usize>(randomAddress()), surface + offsetof<Surface>("random"), 16);
    randomAddress().row = part.from;
    setBase(spaceArguments, s.arguments);
    setBase(spaceResults, s.results);
    runProgram(program);
    if (faulted()) return false;
    addScaledTo(out, s.results, part.weight, count);
  }
  return true;
}

/** out [rows, width] ← the products with each unit vector. */
export function products(surface: usize, rows: usize, width: usize, out: usize): bool {
  const vector: usize = changetype<Surface>(surface).vector;
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
  const elements: usize = changetype<Surface>(surface).elements;
  memory.copy(changetype<Surface>(surface).vector, from, elements << 3);
  return ask(surface, surfaceProduct, product, elements);
}

/**
 * out [count] ← the values at base + Σₖ c[i, k] directionₖ for the rows of c [count, axes]; directions [axes, elements].
 * The point of the surface is restored afterwards.
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
  const elements: usize = changetype<Surface>(surface).elements;
  const point: usize = changetype<Surface>(surface).point;
  let done = true;
  for (; done && count; count--, out += 8) {
    memory.copy(point, base, elements << 3);
    for (let k: usize = 0; k < axes; k++, c += 8) {
      addScaledTo(point, directions + ((k * elements) << 3), load<f64>(c), elements);
    }
    done = ask(surface, surfaceValue, out, 1);
  }
  memory.copy(point, base, elements << 3);
  return done;
}

/** Elements of x. */
export function elementsOf(surface: usize): usize {
  return changetype<Surface>(surface).elements;
}
