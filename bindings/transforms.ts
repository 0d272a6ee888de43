// Functions of arrays made from functions of tensors. A function is traced once for each shape and type of its
// argument; the program is kept with the transform and freed with it.

import * as abi from "../assembly/abi.js";
import {
  type ArrayLike,
  elementCount,
  floatTypeOf,
  leaves,
  mapLeaves,
  type NDArray,
  sameShape,
  type TypedArray,
  toArray,
} from "./arrays.js";
import { checkEngine, type Engine } from "./engine.js";
import { ShapeError, TraceError } from "./errors.js";
import { shown } from "./options.js";
import { Tensor } from "./tensor.js";
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

/** A tensor, or a tree of tensors: what a traced function takes. */
export type TensorTree = Tensor | readonly TensorTree[] | { readonly [key: string]: TensorTree };
/** Arrays arranged like a tree of tensors: what the transformed function takes. */
export type ArraysFor<T> = T extends Tensor ? ArrayLike : { readonly [K in keyof T]: ArraysFor<T[K]> };
/** Results arranged like a tree of tensors. */
export type Results<T> = T extends Tensor ? NDArray : { readonly [K in keyof T]: Results<T[K]> };

/** An array of a tree, as a program takes it. @internal */
export interface Leaf {
  readonly name: string;
  readonly dtype: "f32" | "f64" | "i32";
  readonly shape: readonly number[];
  readonly data: TypedArray | readonly number[];
}

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

/** Programs of a transform. */
function programsOf(
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

/** The leaves of a tree of arrays; floats take the type of their typed array, else f64. */
function readLeaves(where: string, tree: unknown): Leaf[] {
  return leaves(tree).map(([name, value]) => {
    const { data, shape } = toArray(name ? `${where}: "${name}"` : where, value);
    const dtype = data instanceof Int32Array ? "i32" : floatTypeOf(data, "f64");
    return { name, dtype, shape, data };
  });
}

/** Calls f on tensors arranged like the tree. @internal */
export function applyTo(where: string, f: unknown, tree: unknown, tensors: readonly Tensor[]): Tensor {
  if (typeof f !== "function") throw new TypeError(`${where}: expected a function of tensors, got ${shown(f)}.`);
  const queue = [...tensors];
  const answer: unknown = f(mapLeaves(tree, () => queue.shift()));
  if (answer instanceof Promise)
    throw new TraceError(`${where}: the function must answer a tensor, got a promise. Trace without async.`);
  if (!(answer instanceof Tensor))
    throw new TypeError(`${where}: the function must answer a tensor, got ${shown(answer)}. Return a tensor.`);
  return answer;
}

/** What f answers, which has to be a scalar. */
function scalarOf(where: string, f: unknown, tree: unknown, tensors: readonly Tensor[]): Tensor {
  const y = applyTo(where, f, tree, tensors);
  if (y.size === 1) return y;
  throw new ShapeError(
    `${where}: the function must answer a scalar: got shape [${y.shape.join(", ")}]. Reduce it with mean() or sum().`,
  );
}

/** Results as the user reads them: plain numbers for scalars. */
function answered(array: NDArray): number | NDArray {
  return array.shape.length === 0 ? (array.data[0] as number) : array;
}

/** Arrays arranged like the tree. */
function asTree(tree: unknown, arrays: readonly NDArray[]): unknown {
  const queue = [...arrays];
  return mapLeaves(tree, () => queue.shift());
}

/** Leaves of floats: integers carry no gradient. @internal */
export function differentiableLeaves(where: string, tree: unknown): Leaf[] {
  const inputs = readLeaves(where, tree);
  for (const { name, dtype } of inputs)
    if (dtype === "i32")
      throw new TypeError(
        `${where}: ${name ? `"${name}"` : "the argument"} holds integers, which carry no gradient. Use floats, or let the ` +
          "function close over it.",
      );
  return inputs;
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

/** Answers { value, gradient }. */
export interface ValueAndGradient<T> extends Freeable {
  (parameters: ArraysFor<T>): { value: number; gradient: Results<T> };
}

/**
 * Value and gradient of a scalar function: f(x) and ∂f/∂x.
 *
 * @param f  a function of a tensor, or of a tree of tensors, that answers a scalar
 * @returns  a function that answers { value, gradient }, the gradient arranged like its argument
 * @throws ShapeError  f does not answer a scalar
 * @throws TypeError   an argument holds integers
 * @example
 * const f = (x) => x.square().sum();
 * valueAndGrad(engine, f)([2, 3]); // { value: 13, gradient: { data: [4, 6], shape: [2] } }
 * @see Griewank and Walther, *Evaluating Derivatives*, 2008, ch. 3
 */
export function valueAndGrad(engine: Engine, f: (x: Tensor) => Tensor): ValueAndGradient<Tensor>;
export function valueAndGrad<T extends TensorTree>(engine: Engine, f: (parameters: T) => Tensor): ValueAndGradient<T>;
export function valueAndGrad(engine: Engine, f: unknown): unknown {
  return differentiated("valueAndGrad", engine, f);
}

/** Value and gradient, for the function the user called. */
function differentiated(where: string, engine: Engine, f: unknown): ValueAndGradient<Tensor> {
  const cache = programsOf(where, engine, (inputs, trace, example) => {
    const y = scalarOf(where, f, example, inputs);
    return [y, ...trace.differentiate(y, inputs)];
  });
  return cache.freeable((parameters: unknown) => {
    const inputs = differentiableLeaves(where, parameters);
    const [value, ...gradients] = cache.use(inputs, parameters, (compiled) => compiled.run(inputs));
    return { value: value?.data[0] as number, gradient: asTree(parameters, gradients) as NDArray };
  });
}

/** Answers the gradient; of a tensor, inside another traced function, as a tensor. */
export interface Gradient<T> extends Freeable {
  (parameters: Tensor): Tensor;
  (parameters: ArraysFor<T>): Results<T>;
}

/**
 * Gradient of a scalar function: ∂f/∂x. Applied to a tensor inside another traced function it emits its nodes there,
 * so that gradients of gradients need nothing more.
 *
 * @param f  a function of a tensor, or of a tree of tensors, that answers a scalar
 * @throws ShapeError  f does not answer a scalar
 * @throws TypeError   an argument holds integers
 * @example
 * grad(engine, (x) => x.square().sum())([2, 3]); // { data: [4, 6], shape: [2] }
 */
export function grad(engine: Engine, f: (x: Tensor) => Tensor): Gradient<Tensor>;
export function grad<T extends TensorTree>(engine: Engine, f: (parameters: T) => Tensor): Gradient<T>;
export function grad(engine: Engine, f: unknown): unknown {
  const outer = differentiated("grad", engine, f);
  const call = (parameters: unknown): unknown => {
    if (!(parameters instanceof Tensor)) return outer(parameters as ArrayLike).gradient;
    const { trace, node } = parameters;
    // What is made of one value everywhere is computed at once and forgets it; behind this it is a variable.
    const x = trace.engine.core.nodeOp(node) === abi.opFill ? parameters.stopGradient() : parameters;
    const y = scalarOf("grad", f, 0, [x]);
    return trace.differentiate(y, [x])[0] as Tensor;
  };
  return Object.assign(call, { free: outer.free, [Symbol.dispose]: outer.free });
}

/** Answers H(x) v, arranged like x. */
export interface HessianVectorProduct<T> extends Freeable {
  (parameters: ArraysFor<T>, vector: ArraysFor<T>): Results<T>;
}

/**
 * Hessian-vector product of a scalar function: H(x) v, without forming H; the gradient of ⟨∇f, v⟩.
 *
 * @returns  a function of x and of v, a tree of the same names and shapes
 * @throws ShapeError  v is not arranged and shaped like x
 * @example
 * hvp(engine, (x) => x.square().sum())([2, 3], [1, 0]); // { data: [2, 0], shape: [2] }
 * @see Pearlmutter, *Fast exact multiplication by the Hessian*, Neural Computation, 1994
 */
export function hvp(engine: Engine, f: (x: Tensor) => Tensor): HessianVectorProduct<Tensor>;
export function hvp<T extends TensorTree>(engine: Engine, f: (parameters: T) => Tensor): HessianVectorProduct<T>;
export function hvp(engine: Engine, f: unknown): unknown {
  const cache = programsOf("hvp", engine, (inputs, trace, example) => {
    const half = inputs.length / 2;
    const x = inputs.slice(0, half);
    const y = scalarOf("hvp", f, example, x);
    const slopes = trace.differentiate(y, x).map((g, k) => g.multiply(inputs[half + k] as Tensor).sum());
    const slope = slopes.reduce((total, term) => total.add(term));
    return trace.differentiate(slope, x);
  });
  return cache.freeable((parameters: unknown, vector: unknown) => {
    const x = differentiableLeaves("hvp", parameters);
    if (x.length === 0) throw new ShapeError("hvp: there are no parameters. Give at least 1 number.");
    const given = new Map(readLeaves("hvp", vector).map((leaf) => [leaf.name, leaf]));
    const v = x.map(({ name, shape, dtype }) => {
      const leaf = given.get(name);
      if (leaf && given.size === x.length && sameShape(leaf.shape, shape)) return { ...leaf, dtype };
      throw new ShapeError(
        `hvp: the vector must be arranged like the argument: expected ${name ? `"${name}" of ` : ""}shape ` +
          `[${shape.join(", ")}], got ${leaf ? `[${leaf.shape.join(", ")}]` : "none"}.`,
      );
    });
    const inputs = [...x, ...v];
    return asTree(
      parameters,
      cache.use(inputs, parameters, (compiled) => compiled.run(inputs)),
    );
  });
}
