// Derivatives of functions of arrays: values, gradients, and Hessian-vector products.

import * as abi from "../../assembly/abi.js";
import type { Engine } from "../engine/engine.js";
import { type Compiled, type Freeable, programsOf } from "../tensors/compile.js";
import type { Resident } from "../tensors/resident.js";
import { Tensor } from "../tensors/tensor.js";
import {
  type ArraysFor,
  asTree,
  differentiableLeaves,
  type Leaf,
  type ResidentTree,
  type ResultTree,
  readLeaves,
  scalarOf,
  type TensorTree,
} from "../tensors/trees.js";
import { type ArrayLike, type NDArray, sameShape } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";

/** Function that returns { value, gradient } at a point. */
export interface ValueAndGradient<T> extends Freeable {
  /** Calls it. @param parameters  x, arranged like the argument of f */
  (parameters: ArraysFor<T>): { value: number; gradient: ResultTree<T> };
  /** The same, but the gradient stays in the engine. @param parameters  x, arranged like the argument of f */
  resident(parameters: ArraysFor<T>): { value: number; gradient: ResidentTree<T> };
}

/**
 * Value and gradient of a scalar function: f(x) and ∂f/∂x.
 *
 * @param f  a function of a tensor, or of a tree of tensors, that returns a scalar
 * @returns  a function of x that returns { value, gradient }, the gradient arranged like x
 * @throws ShapeError  f does not return a scalar
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

/** Implements valueAndGrad and grad; `where` is the name in errors. */
function differentiated(where: string, engine: Engine, f: unknown): ValueAndGradient<Tensor> {
  const cache = programsOf(where, engine, (inputs, trace, example) => {
    const y = scalarOf(where, f, example, inputs);
    return [y, ...trace.differentiate(y, inputs)];
  });
  const results = <R>(parameters: unknown, body: (compiled: Compiled, inputs: Leaf[]) => R): R => {
    const inputs = differentiableLeaves(where, parameters);
    return cache.use(inputs, parameters, (compiled) => body(compiled, inputs));
  };
  const call = (parameters: unknown) => {
    const [value, ...gradients] = results(parameters, (compiled, inputs) => compiled.run(inputs));
    return { value: value?.data[0] as number, gradient: asTree(parameters, gradients) as NDArray };
  };
  const resident = (parameters: unknown) => {
    const [value, ...gradients] = results(parameters, (compiled, inputs) => compiled.runResident(inputs));
    const [scalar] = (value as Resident).data;
    value?.free();
    return { value: scalar as number, gradient: asTree(parameters, gradients) as Resident };
  };
  return cache.freeable(Object.assign(call, { resident }));
}

/** Function that returns the gradient at a point: arrays for arrays, a tensor for a tensor of another traced function. */
export interface Gradient<T> extends Freeable {
  /** Gradient inside another traced function. @param parameters  x, a tensor of that function */
  (parameters: Tensor): Tensor;
  /** Calls it. @param parameters  x, arranged like the argument of f */
  (parameters: ArraysFor<T>): ResultTree<T>;
  /** The same for arrays, but the gradient stays in the engine. @param parameters  x, arranged like the argument of f */
  resident(parameters: ArraysFor<T>): ResidentTree<T>;
}

/**
 * Gradient of a scalar function: ∂f/∂x. Inside another traced function it can be called with a tensor and returns a
 * tensor, so that gradients can be nested.
 *
 * @param f  a function of a tensor, or of a tree of tensors, that returns a scalar
 * @returns  a function of x that returns the gradient, arranged like x
 * @throws ShapeError  f does not return a scalar
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
    // Ops on a fill node are folded to constants, without a derivative. stopGradient makes a variable of it.
    const x = trace.engine.core.nodeOp(node) === abi.opFill ? parameters.stopGradient() : parameters;
    const y = scalarOf("grad", f, 0, [x]);
    return trace.differentiate(y, [x])[0] as Tensor;
  };
  const resident = (parameters: unknown) => outer.resident(parameters as ArrayLike).gradient;
  return Object.assign(call, { resident, free: outer.free, [Symbol.dispose]: outer.free });
}

/** Function that returns H(x) v, arranged like x. */
export interface HessianVectorProduct<T> extends Freeable {
  /**
   * Calls it.
   * @param parameters  x, arranged like the argument of f
   * @param vector      v, arranged and shaped like x
   */
  (parameters: ArraysFor<T>, vector: ArraysFor<T>): ResultTree<T>;
  /**
   * The same, but the product stays in the engine.
   * @param parameters  x, arranged like the argument of f
   * @param vector      v, arranged and shaped like x
   */
  resident(parameters: ArraysFor<T>, vector: ArraysFor<T>): ResidentTree<T>;
}

/**
 * Hessian-vector product of a scalar function: H(x) v, computed without forming H as the gradient of ⟨∇f, v⟩.
 *
 * @param f  a function of a tensor, or of a tree of tensors, that returns a scalar
 * @returns  a function of x and v, a tree of the same names and shapes, that returns H(x) v, arranged like x
 * @throws TypeError   an argument holds integers
 * @throws ShapeError  f does not return a scalar, or v is not arranged and shaped like x
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
  const results = <R extends NDArray>(
    parameters: unknown,
    vector: unknown,
    body: (compiled: Compiled, inputs: Leaf[]) => R[],
  ) => {
    const x = differentiableLeaves("hvp", parameters);
    const inputs = [...x, ...vectorLike(x, vector)];
    return asTree(
      parameters,
      cache.use(inputs, parameters, (compiled) => body(compiled, inputs)),
    );
  };
  return cache.freeable(
    Object.assign(
      (parameters: unknown, vector: unknown) => results(parameters, vector, (compiled, inputs) => compiled.run(inputs)),
      {
        resident: (parameters: unknown, vector: unknown) =>
          results(parameters, vector, (compiled, inputs) => compiled.runResident(inputs)),
      },
    ),
  );
}

/** Leaves of the vector of a product in the order, and of the types, of those of x. */
function vectorLike(x: readonly Leaf[], vector: unknown): Leaf[] {
  if (x.length === 0) throw new ShapeError("hvp: there are no parameters. Give at least 1 number.");
  const given = new Map(readLeaves("hvp", vector).map((leaf) => [leaf.name, leaf]));
  return x.map(({ name, shape, dtype, weak = false }) => {
    const leaf = given.get(name);
    if (leaf && given.size === x.length && sameShape(leaf.shape, shape)) {
      if (leaf.resident && leaf.dtype === dtype) return leaf;
      return { name, shape, dtype, weak, data: leaf.data };
    }
    throw new ShapeError(
      `hvp: the vector must be arranged like the argument: expected ${name ? `"${name}" of ` : ""}shape ` +
        `[${shape.join(", ")}], got ${leaf ? `[${leaf.shape.join(", ")}]` : "none"}.`,
    );
  });
}
