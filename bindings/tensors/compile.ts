// Compiled functions: functions of arrays made from functions of tensors. A function is traced once for each arrangement,
// shape and type of its argument; its programs are cached until it is freed.

import * as abi from "../../assembly/abi.js";
import { checkEngine, type Engine } from "../engine/engine.js";
import { elementCount, mapLeaves, type NDArray } from "../values/arrays.js";
import { TraceError } from "../values/errors.js";
import type { Tensor } from "./tensor.js";
import {
  blockBytes,
  type Cost,
  type Placement,
  type Program,
  readArray,
  type Trace,
  traced,
  writeArray,
} from "./trace.js";
import { type ArraysFor, answered, applyTo, type Leaf, readLeaves, type TensorTree } from "./trees.js";

/** Offsets of consecutive aligned blocks, and their total size. */
function layOut(blocks: readonly { dtype: "f32" | "f64" | "i32"; shape: readonly number[] }[]): {
  offsets: number[];
  bytes: number;
} {
  let bytes = 0;
  const offsets = blocks.map(({ dtype, shape }) => {
    const at = bytes;
    bytes += blockBytes(dtype, elementCount(shape));
    return at;
  });
  return { offsets, bytes };
}

/** Program with its argument and result blocks. @internal */
export class Compiled {
  readonly program: Program;
  readonly #engine: Engine;
  readonly #argumentOffsets: number[];
  readonly #results: readonly Tensor[];
  readonly #resultOffsets: number[];
  readonly #region: number;
  readonly #resultBlock: number;

  constructor(engine: Engine, inputs: readonly Leaf[], body: (inputs: Tensor[], trace: Trace) => readonly Tensor[]) {
    this.#engine = engine;
    const args = layOut(inputs);
    this.#argumentOffsets = args.offsets;
    engine.borrow(args.bytes, () => {}); // throws if offsets would exceed 32 bits
    let results: readonly Tensor[] = [];
    let bytes = 0;
    let offsets: number[] = [];
    this.program = traced(engine, (trace) => {
      const tensors = inputs.map((leaf, k) =>
        trace.leaf(abi.spaceArguments, args.offsets[k] as number, leaf.dtype, leaf.shape),
      );
      results = body(tensors, trace);
      ({ offsets, bytes } = layOut(results));
      return results.map((tensor, k): Placement => ({ tensor, space: abi.spaceResults, offset: offsets[k] as number }));
    });
    this.#results = results;
    this.#resultOffsets = offsets;
    try {
      this.#region = engine.allocate(args.bytes + bytes + 64);
    } catch (error) {
      this.program.free();
      throw error;
    }
    this.#resultBlock = this.#region + args.bytes;
    engine.watch(this, [this.#region]);
  }

  run(inputs: readonly Leaf[]): NDArray[] {
    const engine = this.#engine;
    const { address } = this.program;
    for (const [k, leaf] of inputs.entries())
      writeArray(engine, this.#region + (this.#argumentOffsets[k] as number), leaf.dtype, leaf.data);
    // Random numbers of a compiled function are those of seed 0 and step 0, regardless of earlier runs.
    engine.call((core) => core.bindRandom(0, 0, 0, 0, 0));
    engine.checked((core) => core.run(address, this.#region, this.#resultBlock));
    return this.#results.map(({ dtype, shape }, k) => ({
      data: readArray(engine, this.#resultBlock + (this.#resultOffsets[k] as number), dtype, elementCount(shape)),
      shape,
    }));
  }

  free(): void {
    this.program.free();
    this.#engine.unwatch(this);
    this.#engine.release(this.#region);
  }
}

/** Cache of each compiled function, by its `free` method. @internal */
export const caches = new WeakMap<object, Cache>();

/** Programs of a transform, one for each arrangement, shape and type of its argument. @internal */
export class Cache<Kept extends { free(): void } = Compiled> {
  readonly #kept = new Map<string, Kept>();
  #freed = false;
  #users = 0;
  constructor(
    readonly where: string,
    readonly engine: Engine,
    readonly make: (inputs: readonly Leaf[], example: unknown) => Kept,
  ) {
    checkEngine(where, engine);
  }

  /** Runs `body` with the program for inputs arranged like `example`; it cannot be freed during the call. */
  use<T>(inputs: readonly Leaf[], example: unknown, body: (kept: Kept) => T): T {
    if (this.#freed) throw new TraceError(`${this.where}: used after it was freed. Make it again.`);
    const key = keyOf(inputs, example);
    this.#users++;
    try {
      let kept = this.#kept.get(key);
      if (!kept) {
        kept = this.make(inputs, example);
        this.#kept.set(key, kept);
      }
      return body(kept);
    } finally {
      this.#users--;
    }
  }

  /** Runs `body` with an empty cache, and frees the programs it makes. */
  afresh<T>(body: () => T): T {
    const before = [...this.#kept];
    this.#kept.clear();
    try {
      return body();
    } finally {
      for (const kept of this.#kept.values()) kept.free();
      this.#kept.clear();
      for (const [key, kept] of before) this.#kept.set(key, kept);
    }
  }

  /** Adds `free` to a function. */
  freeable<F extends object>(call: F): F & Freeable {
    const free = (): void => {
      if (this.#users > 0) throw new TraceError(`${this.where}: freed during its own call. Free it after the call.`);
      for (const kept of this.#kept.values()) kept.free();
      this.#kept.clear();
      this.#freed = true;
    };
    caches.set(free, this as unknown as Cache);
    return Object.assign(call, { free, [Symbol.dispose]: free });
  }
}

/** Unique text for an arrangement; JSON, as names may contain any character. */
function keyOf(inputs: readonly Leaf[], example: unknown): string {
  const queue = [...inputs];
  const leaf = (): unknown => {
    const { dtype, shape } = queue.shift() as Leaf;
    return [dtype, shape];
  };
  return JSON.stringify(mapLeaves(example, leaf));
}

/** Cache for a transform with this body. @internal */
export function programsOf(
  where: string,
  engine: Engine,
  body: (inputs: Tensor[], trace: Trace, example: unknown) => readonly Tensor[],
): Cache {
  return new Cache(
    where,
    engine,
    (inputs, example) => new Compiled(engine, inputs, (tensors, trace) => body(tensors, trace, example)),
  );
}

/** Object that holds wasm memory until it is freed or garbage-collected. */
export interface Freeable {
  /** Frees its memory; later calls throw TraceError. */
  free(): void;
  [Symbol.dispose](): void;
}

/** Compiled function of arrays; scalars are returned as numbers. */
export interface CompiledFunction<T> extends Freeable {
  (parameters: ArraysFor<T>): number | NDArray;
  /** Returns the cost of a run for arguments of these shapes, without running it. */
  cost(parameters: ArraysFor<T>): Cost;
}

/**
 * Compiles a function of tensors to a function of arrays: y = f(x). Traces f at the first call for each shape and type
 * of x.
 *
 * @param f  a function of a tensor, or of a tree of tensors
 * @returns  a function of arrays of the same arrangement that returns a number for a scalar, else { data, shape }
 * @throws TypeError   f is not a function, or does not return a tensor (at the first call)
 * @throws ShapeError  shapes inside f do not fit (at the first call)
 * @example
 * const norm = compile(engine, (x) => x.square().sum().sqrt());
 * norm([3, 4]); // 5
 */
export function compile(engine: Engine, f: (x: Tensor) => Tensor): CompiledFunction<Tensor>;
export function compile<T extends TensorTree>(engine: Engine, f: (parameters: T) => Tensor): CompiledFunction<T>;
export function compile(engine: Engine, f: unknown): unknown {
  const cache = programsOf("compile", engine, (inputs, _, example) => [applyTo("compile", f, example, inputs)]);
  const call = (parameters: unknown): number | NDArray => {
    const inputs = readLeaves("compile", parameters);
    return answered(cache.use(inputs, parameters, (compiled) => compiled.run(inputs))[0] as NDArray);
  };
  const cost = (parameters: unknown): Cost =>
    cache.use(readLeaves("compile", parameters), parameters, ({ program }) => program.cost);
  return cache.freeable(Object.assign(call, { cost }));
}
