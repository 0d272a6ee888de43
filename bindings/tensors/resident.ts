// Arrays that stay in the memory of the engine between calls of compiled functions.

import { checkEngine, type Engine } from "../engine/engine.js";
import { SharedRegion } from "../engine/sharedRegion.js";
import { type ArrayLike, elementCount, floatTypeOf, type NDArray, type TypedArray, toArray } from "../values/arrays.js";
import { type DType, TraceError, within } from "../values/errors.js";
import { blockBytes, readArray, writeArray } from "./trace.js";

/** Type that a program has for data: typed arrays of floats keep theirs, Int32Array is i32, other numbers are f64. @internal */
export function programType(data: TypedArray | number[]): DType {
  return data instanceof Int32Array ? "i32" : floatTypeOf(data, "f64");
}

/**
 * An array that stays in the memory of the engine, made by `resident` or by the method `resident` of a compiled function. It
 * can be given wherever an array can. Compiled functions of its engine read it where it lies, without copying it; everything
 * else copies it out.
 */
export class Resident implements NDArray {
  /** Extent of each axis. */
  readonly shape: readonly number[];
  /** Element type. */
  readonly dtype: DType;
  #block: SharedRegion | null;
  readonly #engine: Engine;
  readonly #offset: number;
  #data: TypedArray | null = null;

  /** @internal */
  constructor(block: SharedRegion, offset: number, dtype: DType, shape: readonly number[]) {
    this.#engine = block.engine;
    this.shape = shape;
    this.dtype = dtype;
    this.#block = block;
    this.#offset = offset;
    block.hold();
  }

  /** @internal */
  get engine(): Engine {
    return this.#engine;
  }

  /** Address of the first element. @internal */
  get address(): number {
    if (this.#block) return this.#block.address + this.#offset;
    throw new TraceError("resident: used after it was freed. Make it again, or free it later.");
  }

  /** The elements, copied out of the engine at the first access. */
  get data(): TypedArray {
    const { address, engine } = this;
    this.#data ??= engine.call(() => readArray(engine, address, this.dtype, elementCount(this.shape)));
    return this.#data;
  }

  /** Frees its memory; later use throws TraceError. Without it the memory is freed when the object is garbage-collected. */
  free(): void {
    this.#block?.release();
    this.#block = null;
    this.#data = null;
  }

  /** Calls `free`, at the end of a block with `using`. */
  [Symbol.dispose](): void {
    this.free();
  }
}

/**
 * Copies an array into the memory of the engine once, for compiled functions that read it there. Typed arrays of floats keep
 * their type, Int32Array becomes i32, other numbers f64.
 *
 * What a loop makes and drops is garbage-collected only between tasks; `free` what a loop no longer needs.
 *
 * @param array  a number, nested arrays, a typed array, or { data, shape }
 * @returns      an array { data, shape } whose elements stay in the engine until `data` is read
 * @throws TypeError    not an array of numbers
 * @throws MemoryError  it does not fit into the memory of the engine
 * @example
 * const square = compile(engine, (x) => x.square());
 * const x = resident(engine, [2, 3]);
 * const y = square.resident(square.resident(x));
 * y.data; // [16, 81]
 */
export function resident(engine: Engine, array: ArrayLike): Resident {
  const where = "resident";
  checkEngine(where, engine);
  const { data, shape } = toArray(where, array);
  const dtype = programType(data);
  const block = within(where, () => new SharedRegion(engine, blockBytes(dtype, data.length) + 64));
  writeArray(engine, block.address, dtype, data);
  return new Resident(block, 0, dtype, shape);
}
