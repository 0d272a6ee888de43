// Functions of arrays made from functions of tensors. A function is traced once for each shape and type of its
// argument; the program is kept with the function and freed with it.

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

/** Blocks one after the other, each aligned. */
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

/** A program with its argument and result blocks. @internal */
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
    engine.borrow(args.bytes, () => {}); // an offset has 32 bits
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
    // Random numbers of a bare function are those of seed 0, step 0, whatever ran before.
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

/** The cache of a function, by what frees it. @internal */
export const caches = new WeakMap<object, Cache>();

/** What a transform keeps for each arrangement, shape and type of its argument: programs, freed with it. @internal */
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

  /** What `body` returns of what is kept for inputs arranged like `example`, which nobody can free meanwhile. */
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

  /** What `body` returns while nothing is kept: what it makes is freed behind it. */
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

  /** `call` as a function that can be freed. */
  freeable<F extends object>(call: F): F & Freeable {
    const free = (): void => {
      if (this.#users > 0)
        throw new TraceError(`${this.where}: freed by the function that it calls. Free it after the call.`);
      for (const kept of this.#kept.values()) kept.free();
      this.#kept.clear();
      this.#freed = true;
    };
    caches.set(free, this as unknown as Cache);
    return Object.assign(call, { free, [Symbol.dispose]: free });
  }
}

/** The arrangement as a text that no other has: names may hold any character. */
function keyOf(inputs: readonly Leaf[], example: unknown): string {
  const queue = [...inputs];
  const leaf = (): unknown => {
    const { dtype, shape } = queue.shift() as Leaf;
    return [dtype, shape];
  };
  return JSON.stringify(mapLeaves(example, leaf));
}

/** Programs of a transform. @internal */
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

/** What holds wasm memory until it is freed or collected. */
export interface Freeable {
  /** Gives its programs back; using it afterwards is an error. */
  free(): void;
  [Symbol.dispose](): void;
}

/** A compiled function: call it, ask what it costs, free it. */
export interface CompiledFunction<T> extends Freeable {
  (parameters: ArraysFor<T>): number | NDArray;
  /** What a run costs for arguments of these shapes, before it runs. */
  cost(parameters: ArraysFor<T>): Cost;
}

/**
 * Compiles f: y = f(x), traced once for each shape of x.
 *
 * @param f  a function of a tensor, or of a tree of tensors
 * @returns  a function of arrays that answers a number for a scalar, else { data, shape }
 * @throws TypeError   f is not a function or does not answer a tensor
 * @throws ShapeError  shapes inside f do not fit
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
