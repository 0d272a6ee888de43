// Jacobian matrices of functions of arrays.

import * as abi from "../../assembly/abi.js";
import { doubleAt } from "../engine/addresses.js";
import { checkEngine, type Engine } from "../engine/engine.js";
import { solversOf, wholeOnly } from "../engine/featureSets.js";
import * as fields from "../engine/recordFields.js";
import { Cache, type Freeable } from "../tensors/compile.js";
import { Sources } from "../tensors/sources.js";
import type { Tensor } from "../tensors/tensor.js";
import { blockBytes, type Program, traced } from "../tensors/trace.js";
import { type ArraysFor, applyTo, differentiableLeaves, type Leaf, type TensorTree } from "../tensors/trees.js";
import { dot, joined, split } from "../tensors/vectors.js";
import { elementCount, type NDArray, wholeLines } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { arrangeBlocks, block } from "./hessian.js";

/** First derivatives. For a tree, each leaf is replaced by the derivative with respect to it. */
export type Jacobians<T> = T extends Tensor ? NDArray<Float64Array> : { readonly [K in keyof T]: Jacobians<T[K]> };

/** Function that returns the Jacobian at a point. */
export interface Jacobian<T> extends Freeable {
  /** Calls it. @param parameters  x, arranged like the argument of f */
  (parameters: ArraysFor<T>): Jacobians<T>;
}

interface MakeJacobian {
  (engine: Engine, f: (x: Tensor) => Tensor): Jacobian<Tensor>;
  <T extends TensorTree>(engine: Engine, f: (parameters: T) => Tensor): Jacobian<T>;
}

/**
 * Jacobian of a function: ∂y/∂x, in one call. If y has at most as many elements as x, rows are computed in reverse mode;
 * else columns in forward mode, as the transpose of the reverse derivative.
 *
 * @param f  a function of a tensor, or of a tree of tensors, that returns a tensor y of any shape
 * @returns  a function of x that returns the Jacobian [...y, ...x] in f64; for a tree, one such array for each leaf
 * @throws TypeError   an argument holds integers, or f returns integers
 * @throws ShapeError  x or y is empty
 * @example
 * jacobian(engine, (x) => x.square())([2, 3]); // { data: [4, 0, 0, 6], shape: [2, 2] }
 * jacobian(engine, (x) => x.broadcastTo([3]))(5); // { data: [1, 1, 1], shape: [3] }
 * @see Griewank and Walther, *Evaluating Derivatives*, 2008, ch. 3
 */
export const jacobian: MakeJacobian = /* @__PURE__ */ wholeOnly(function jacobian(engine: Engine, f: unknown) {
  const where = "jacobian";
  solversOf(where, checkEngine(where, engine), "surfaceProducts");
  const cache = new Cache(where, engine, (inputs, parameters) => new Sweep(where, engine, f, parameters, inputs));
  // The type of the result depends on the type of f, which only the caller knows.
  const call = (parameters: unknown): never => {
    const inputs = differentiableLeaves(where, parameters);
    const { data, shape, n } = cache.use(inputs, parameters, (sweep) => ({
      data: sweep.run(inputs),
      shape: sweep.shape,
      n: sweep.n,
    }));
    const shapes = inputs.map((leaf) => leaf.shape);
    return arrangeBlocks(parameters, shapes, (column, start) => block(data, n, 0, shape, start, column)) as never;
  };
  return cache.freeable(call);
});

/** Program whose runs, one for each unit vector, compute the rows or the columns of a Jacobian. */
class Sweep {
  /** Shape of y. */
  readonly shape: readonly number[];
  /** Number of elements of x. */
  readonly n: number;
  readonly #engine: Engine;
  readonly #m: number;
  readonly #program: Program;
  readonly #region: number;
  readonly #block: number;
  #sources!: Sources;

  constructor(where: string, engine: Engine, f: unknown, example: unknown, inputs: readonly Leaf[]) {
    this.#engine = engine;
    this.n = inputs.reduce((sum, leaf) => sum + elementCount(leaf.shape), 0);
    if (this.n === 0) throw new ShapeError(`${where}: there are no parameters. Give at least 1 number.`);
    const { n } = this;
    const bytes = blockBytes("f64", n);
    let shape: readonly number[] = [];
    this.#program = traced(engine, (trace) => {
      this.#sources = new Sources(trace);
      const pieces = split(trace.leaf(abi.spaceArguments, 0, "f64", [n]), inputs);
      const y = applyTo(where, f, example, pieces);
      if (y.dtype === "i32")
        throw new TypeError(`${where}: f returns integers, which have no derivative. Return floats.`);
      if (y.size === 0) throw new ShapeError(`${where}: f returns an empty tensor. Return at least 1 number.`);
      shape = y.shape;
      const place = (tensor: Tensor) => [{ tensor, space: abi.spaceResults, offset: 0 }];
      const rowwise = y.size <= n;
      // In forward mode the cotangent is a variable of any value, because the reverse derivative is linear in it.
      const cotangent = trace.leaf(abi.spaceArguments, rowwise ? bytes : 2 * bytes, "f64", [y.size]);
      const gradient = trace.differentiate(y, pieces, cotangent.reshape(shape).cast(y.dtype));
      if (rowwise) return place(joined(trace, gradient));
      const vector = split(trace.leaf(abi.spaceArguments, bytes, "f64", [n]), inputs);
      return place(joined(trace, trace.differentiate(dot(gradient, vector), [cotangent])));
    });
    this.shape = shape;
    this.#m = elementCount(shape);
    const longest = blockBytes("f64", Math.max(n, this.#m));
    const header = wholeLines(abi.surfaceBytes + abi.partBytes);
    const whole = header + 2 * bytes + 2 * longest + 64;
    try {
      this.#region = engine.allocate(whole);
    } catch (error) {
      this.#program.free();
      throw error;
    }
    this.#block = this.#region + header;
    engine.bytes.fill(0, this.#region, this.#region + whole);
    const part = this.#region + abi.surfaceBytes;
    engine.write(this.#region, {
      [fields.surfaceVector]: this.#block + bytes,
      [fields.surfaceArguments]: this.#block,
      [fields.surfaceResults]: this.#block + 2 * bytes + longest,
      [fields.surfaceParts]: part,
      [fields.surfacePartCount]: 1,
    });
    engine.write(part, {
      [fields.partPrograms + 4 * abi.surfaceProduct]: this.#program.address,
      [fields.partWeight]: 1,
    });
    engine.watch(this, [this.#region]);
  }

  /** Computes the Jacobian [m, n] at x. */
  run(inputs: readonly Leaf[]): Float64Array {
    const engine = this.#engine;
    const { n } = this;
    const m = this.#m;
    let at = doubleAt(this.#block);
    for (const { data } of inputs) {
      engine.doubles.set(data, at);
      at += data.length;
    }
    this.#sources.bind();
    const [rows, width] = m <= n ? [m, n] : [n, m];
    return engine.borrow(8 * m * n, (out) => {
      engine.checked((core) => core.surfaceProducts(this.#region, rows, width, out));
      const data = engine.doubles.slice(doubleAt(out), doubleAt(out) + m * n);
      if (m <= n) return data;
      const turned = new Float64Array(m * n);
      for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) turned[i * n + j] = data[j * m + i] as number;
      return turned;
    });
  }

  free(): void {
    this.#program.free();
    this.#engine.unwatch(this);
    this.#engine.release(this.#region);
  }
}
