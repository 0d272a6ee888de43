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
import type { Engine } from "./engine.js";
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

/** A tree of tensors shaped like the tree of arrays P. */
export type Traced<P> = P extends ArrayLike ? Tensor : { readonly [K in keyof P]: Traced<P[K]> };
/** A tree of results shaped like the tree of arrays P. */
export type Arrays<P> = P extends ArrayLike ? NDArray<Float64Array> : { readonly [K in keyof P]: Arrays<P[K]> };
/** A function of a tree of tensors. */
export type TracedFunction<P, R = Tensor> = (parameters: Traced<P>) => R;

interface Leaf {
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

/** A program with its argument and result blocks. */
class Compiled {
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
    this.#region = engine.allocate(args.bytes + bytes + 64);
    this.#resultBlock = this.#region + args.bytes;
    engine.watch(this, this.#region);
  }

  run(inputs: readonly Leaf[]): NDArray[] {
    const engine = this.#engine;
    const { address } = this.program;
    for (const [k, leaf] of inputs.entries())
      writeArray(engine, this.#region + (this.#argumentOffsets[k] as number), leaf.dtype, leaf.data);
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

/** Programs of one transform, by the shapes and types of the arguments. */
class Cache {
  readonly #compiled = new Map<string, Compiled>();
  constructor(
    readonly engine: Engine,
    readonly body: (inputs: Tensor[], trace: Trace) => readonly Tensor[],
  ) {}

  get(inputs: readonly Leaf[]): Compiled {
    const key = inputs.map(({ dtype, shape }) => `${dtype}${shape.join("x")}`).join();
    let compiled = this.#compiled.get(key);
    if (!compiled) {
      compiled = new Compiled(this.engine, inputs, this.body);
      this.#compiled.set(key, compiled);
    }
    return compiled;
  }
}

/** The leaves of a tree of arrays; floats take the type of their typed array, else f64. */
function readLeaves(where: string, tree: unknown): Leaf[] {
  return leaves(tree).map(([name, value]) => {
    const { data, shape } = toArray(name ? `${where}: "${name}"` : where, value);
    const dtype = data instanceof Int32Array ? "i32" : floatTypeOf(data, "f64");
    return { name, dtype, shape, data };
  });
}

/** Calls f on tensors arranged like the tree. */
function applyTo(where: string, f: unknown, tree: unknown, tensors: readonly Tensor[]): Tensor {
  if (typeof f !== "function") throw new TypeError(`${where}: expected a function of tensors, got ${shown(f)}.`);
  const queue = [...tensors];
  const answer: unknown = f(mapLeaves(tree, () => queue.shift()));
  if (answer instanceof Promise)
    throw new TraceError(`${where}: the function must answer a tensor, got a promise. Trace without async.`);
  if (!(answer instanceof Tensor))
    throw new TypeError(`${where}: the function must answer a tensor, got ${shown(answer)}. Return a tensor.`);
  return answer;
}

/** Results as the user reads them: plain numbers for scalars. */
function answered(array: NDArray): number | NDArray {
  return array.shape.length === 0 ? (array.data[0] as number) : array;
}

function asTree<P>(tree: P, arrays: readonly NDArray[]): Arrays<P> {
  const queue = [...arrays];
  return mapLeaves(tree, () => queue.shift()) as Arrays<P>;
}

/** A compiled function: call it, ask what it costs, free it. */
export interface CompiledFunction<P> {
  (parameters: P): number | NDArray;
  /** What a run costs for arguments of these shapes, before it runs. */
  cost(parameters: P): Cost;
}

/**
 * Compiles f: y = f(x), traced once for each shape of x.
 *
 * @param f  a function of a tensor, or of a tree of tensors shaped like its argument
 * @returns  a function of arrays that answers a number for a scalar, else { data, shape }
 * @throws TypeError   f is not a function or does not answer a tensor
 * @throws ShapeError  shapes inside f do not fit
 * @example
 * const norm = compile(engine, (x) => x.square().sum().sqrt());
 * norm([3, 4]); // 5
 */
export function compile<P extends ArrayLike | object>(engine: Engine, f: TracedFunction<P>): CompiledFunction<P> {
  let example: unknown;
  const cache = new Cache(engine, (inputs) => [applyTo("compile", f, example, inputs)]);
  const prepare = (parameters: P): [Compiled, Leaf[]] => {
    const inputs = readLeaves("compile", parameters);
    example = parameters;
    return [cache.get(inputs), inputs];
  };
  const call = (parameters: P): number | NDArray => {
    const [compiled, inputs] = prepare(parameters);
    return answered(compiled.run(inputs)[0] as NDArray);
  };
  return Object.assign(call, { cost: (parameters: P) => prepare(parameters)[0].program.cost });
}

/**
 * Value and gradient of a scalar function: f(x) and ∂f/∂x.
 *
 * @param f  a function of a tensor, or of a tree of tensors, that answers a scalar
 * @returns  a function that answers { value, gradient }, the gradient shaped like its argument
 * @throws ShapeError  f does not answer a scalar
 * @example
 * const f = (x) => x.square().sum();
 * valueAndGrad(engine, f)([2, 3]); // { value: 13, gradient: { data: [4, 6], shape: [2] } }
 * @see Griewank and Walther, *Evaluating Derivatives*, 2008, ch. 3
 */
export function valueAndGrad<P extends ArrayLike | object>(
  engine: Engine,
  f: TracedFunction<P>,
): (parameters: P) => { value: number; gradient: Arrays<P> } {
  let example: unknown;
  const cache = new Cache(engine, (inputs, trace) => {
    const y = applyTo("grad", f, example, inputs);
    return [y, ...trace.differentiate(y, inputs)];
  });
  return (parameters) => {
    const inputs = readLeaves("grad", parameters);
    example = parameters;
    const [value, ...gradients] = cache.get(inputs).run(inputs);
    return { value: value?.data[0] as number, gradient: asTree(parameters, gradients) };
  };
}

/**
 * Gradient of a scalar function: ∂f/∂x. Applied to tensors inside another traced function it emits its nodes there, so
 * that gradients of gradients need nothing more.
 *
 * @example
 * grad(engine, (x) => x.square().sum())([2, 3]); // { data: [4, 6], shape: [2] }
 */
export function grad<P extends ArrayLike | object>(
  engine: Engine,
  f: TracedFunction<P>,
): { (parameters: P): Arrays<P>; (parameters: Tensor): Tensor } {
  const outer = valueAndGrad(engine, f);
  return ((parameters: P | Tensor) => {
    if (!(parameters instanceof Tensor)) return outer(parameters).gradient;
    const y = applyTo("grad", f, 0, [parameters]);
    return parameters.trace.differentiate(y, [parameters])[0];
  }) as { (parameters: P): Arrays<P>; (parameters: Tensor): Tensor };
}

/**
 * Hessian-vector product of a scalar function: H(x) v, without forming H; the gradient of ⟨∇f, v⟩.
 *
 * @returns  a function of x and of v, a tree of the same shapes
 * @throws ShapeError  v is not shaped like x
 * @example
 * hvp(engine, (x) => x.square().sum())([2, 3], [1, 0]); // { data: [2, 0], shape: [2] }
 * @see Pearlmutter, *Fast exact multiplication by the Hessian*, Neural Computation, 1994
 */
export function hvp<P extends ArrayLike | object>(
  engine: Engine,
  f: TracedFunction<P>,
): (parameters: P, vector: P) => Arrays<P> {
  let example: unknown;
  const cache = new Cache(engine, (inputs, trace) => {
    const half = inputs.length / 2;
    const x = inputs.slice(0, half);
    const y = applyTo("hvp", f, example, x);
    const slopes = trace.differentiate(y, x).map((g, k) => g.multiply(inputs[half + k] as Tensor).sum());
    const slope = slopes.reduce((total, term) => total.add(term));
    return trace.differentiate(slope, x);
  });
  return (parameters, vector) => {
    const x = readLeaves("hvp", parameters);
    const v = readLeaves("hvp", vector);
    for (const [k, { shape, dtype }] of x.entries())
      if (!v[k] || !sameShape(v[k].shape, shape) || v[k].dtype !== dtype)
        throw new ShapeError(`hvp: the vector must be shaped like the argument, [${shape.join(", ")}] in ${dtype}.`);
    example = parameters;
    return asTree(parameters, cache.get([...x, ...v]).run([...x, ...v]));
  };
}
