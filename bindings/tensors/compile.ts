// Compiled functions: functions of arrays made from functions of tensors. A function is traced once for each arrangement,
// shape and type of its argument; its programs are cached until it is freed.

import * as abi from "../../assembly/abi.js";
import { checkEngine, type Engine } from "../engine/engine.js";
import { SharedRegion } from "../engine/sharedRegion.js";
import { elementCount, mapLeaves, type NDArray } from "../values/arrays.js";
import { TraceError } from "../values/errors.js";
import { Resident } from "./resident.js";
import { bindSpace, inPlaceLimit, Sources } from "./sources.js";
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
import { type ArraysFor, answered, applyTo, type Leaf, readLeaves, settled, type TensorTree } from "./trees.js";

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

/** Seed, step and first row of the random numbers of a run, as the core has them. @internal */
export type RandomStart = readonly [seedLow: number, seedHigh: number, stepLow: number, stepHigh: number, row: number];

/** Random numbers of a compiled function are those of seed 0 and step 0, regardless of earlier runs. */
const fixedStart: RandomStart = [0, 0, 0, 0, 0];

/** Program with its argument and result blocks. @internal */
export class Compiled {
  readonly program: Program;
  readonly #engine: Engine;
  readonly #types: Leaf["dtype"][];
  readonly #argumentOffsets: number[];
  readonly #results: readonly Tensor[];
  readonly #resultOffsets: number[];
  readonly #resultBytes: number;
  readonly #region: number;
  readonly #resultBlock: number;
  #sources!: Sources;

  constructor(engine: Engine, inputs: readonly Leaf[], body: (inputs: Tensor[], trace: Trace) => readonly Tensor[]) {
    this.#engine = engine;
    this.#types = inputs.map(({ dtype }) => dtype);
    const args = layOut(inputs);
    this.#argumentOffsets = args.offsets;
    engine.borrow(args.bytes, () => {}); // throws if offsets would exceed 32 bits
    let results: readonly Tensor[] = [];
    let bytes = 0;
    let offsets: number[] = [];
    this.program = traced(engine, (trace) => {
      this.#sources = new Sources(trace);
      const tensors = inputs.map(({ dtype, shape }, k) =>
        k < inPlaceLimit
          ? trace.leaf(abi.spaceInputs + k, 0, dtype, shape)
          : trace.leaf(abi.spaceArguments, args.offsets[k] as number, dtype, shape),
      );
      results = body(tensors, trace);
      ({ offsets, bytes } = layOut(results));
      return results.map((tensor, k): Placement => ({ tensor, space: abi.spaceResults, offset: offsets[k] as number }));
    });
    this.#results = results;
    this.#resultOffsets = offsets;
    this.#resultBytes = bytes;
    try {
      this.#region = engine.allocate(args.bytes + bytes + 64);
    } catch (error) {
      this.program.free();
      throw error;
    }
    this.#resultBlock = this.#region + args.bytes;
    engine.watch(this, [this.#region]);
  }

  /** Runs the program and copies the results out. */
  run(inputs: readonly Leaf[], random = fixedStart): NDArray[] {
    const engine = this.#engine;
    this.#run(inputs, this.#resultBlock, random);
    return this.#results.map(({ dtype, shape }, k) => ({
      data: readArray(engine, this.#resultBlock + (this.#resultOffsets[k] as number), dtype, elementCount(shape)),
      shape,
    }));
  }

  /** Runs the program and leaves the results in the engine. */
  runResident(inputs: readonly Leaf[]): Resident[] {
    const block = new SharedRegion(this.#engine, this.#resultBytes + 64);
    const residents = this.#results.map(
      ({ dtype, shape }, k) => new Resident(block, this.#resultOffsets[k] as number, dtype, shape),
    );
    try {
      this.#run(inputs, block.address, fixedStart);
      return residents;
    } catch (error) {
      for (const resident of residents) resident.free();
      throw error;
    }
  }

  #run(inputs: readonly Leaf[], results: number, random: RandomStart): void {
    const engine = this.#engine;
    const { address } = this.program;
    this.#sources.bind();
    for (const [k, leaf] of inputs.entries()) this.#place(k, leaf);
    engine.call((core) => core.bindRandom(...random));
    engine.checked((core) => core.run(address, this.#region, results));
  }

  /** Binds argument k to an array of this engine, or copies it into the argument block. */
  #place(k: number, leaf: Leaf): void {
    const engine = this.#engine;
    const { resident } = leaf;
    const own = this.#region + (this.#argumentOffsets[k] as number);
    const inPlace = k < inPlaceLimit && resident?.engine === engine;
    if (k < inPlaceLimit) bindSpace(engine, abi.spaceInputs + k, inPlace ? resident.address : own);
    if (!inPlace) writeArray(engine, own, this.#types[k] as Leaf["dtype"], leaf.data);
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
        kept = settled(inputs, (leaves) => this.make(leaves, example));
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
  const texts = inputs.map(({ dtype, shape, weak }) => `${weak ? "" : dtype}[${shape.join()}]`);
  // A single array, of which one call may be a few microseconds.
  if (inputs.length === 1 && inputs[0]?.name === "") return texts[0] as string;
  return JSON.stringify(mapLeaves(example, () => texts.shift()));
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
  /** Calls `free`, at the end of a block with `using`. */
  [Symbol.dispose](): void;
}

/** Compiled function of arrays; scalars are returned as numbers. */
export interface CompiledFunction<T> extends Freeable {
  /** Calls it. @param parameters  x, arranged like the argument of f */
  (parameters: ArraysFor<T>): number | NDArray;
  /** The same, but the result stays in the engine. @param parameters  x, arranged like the argument of f */
  resident(parameters: ArraysFor<T>): Resident;
  /** Returns the cost of a run, without running it. @param parameters  x, of which only the shapes count */
  cost(parameters: ArraysFor<T>): Cost;
}

/**
 * Compiles a function of tensors to a function of arrays: y = f(x). Traces f at the first call for each shape and type
 * of x.
 *
 * Typed arrays of floats keep their type, Int32Array is i32, other numbers are f64; where f combines them with f32 arrays
 * beside them, and there is no Float64Array, they are f32. f is then traced twice.
 *
 * @param f  a function of a tensor, or of a tree of tensors
 * @returns  a function of arrays of the same arrangement that returns a number for a scalar, else { data, shape }; its
 *           method `resident` leaves the result in the engine, where other compiled functions read it without a copy
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
  const results = <R>(parameters: unknown, body: (compiled: Compiled, inputs: Leaf[]) => R): R => {
    const inputs = readLeaves("compile", parameters);
    return cache.use(inputs, parameters, (compiled) => body(compiled, inputs));
  };
  const call = (parameters: unknown): number | NDArray =>
    answered(results(parameters, (compiled, inputs) => compiled.run(inputs))[0] as NDArray);
  return cache.freeable(
    Object.assign(call, {
      resident: (parameters: unknown) => results(parameters, (compiled, inputs) => compiled.runResident(inputs))[0],
      cost: (parameters: unknown): Cost => results(parameters, ({ program }) => program.cost),
    }),
  );
}
