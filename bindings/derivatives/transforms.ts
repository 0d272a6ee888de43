// Derivatives of functions of arrays: values, gradients, and Hessian-vector products.

import * as abi from "../../assembly/abi.js";
import type { Engine } from "../engine/engine.js";
import { type Freeable, programsOf } from "../tensors/compile.js";
import { Tensor } from "../tensors/tensor.js";
import {
  type ArraysFor,
  asTree,
  differentiableLeaves,
  type ResultTree,
  readLeaves,
  scalarOf,
  type TensorTree,
} from "../tensors/trees.js";
import { type ArrayLike, type NDArray, sameShape } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";

/** Function that returns { value, gradient } at a point. */
export interface ValueAndGradient<T> extends Freeable {
  (parameters: ArraysFor<T>): { value: number; gradient: ResultTree<T> };
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
  return cache.freeable((parameters: unknown) => {
    const inputs = differentiableLeaves(where, parameters);
    const [value, ...gradients] = cache.use(inputs, parameters, (compiled) => compiled.run(inputs));
    return { value: value?.data[0] as number, gradient: asTree(parameters, gradients) as NDArray };
  });
}

/** Function that returns the gradient at a point: arrays for arrays, a tensor for a tensor of another traced function. */
export interface Gradient<T> extends Freeable {
  (parameters: Tensor): Tensor;
  (parameters: ArraysFor<T>): ResultTree<T>;
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
  return Object.assign(call, { free: outer.free, [Symbol.dispose]: outer.free });
}

/** Function that returns H(x) v, arranged like x. */
export interface HessianVectorProduct<T> extends Freeable {
  (parameters: ArraysFor<T>, vector: ArraysFor<T>): ResultTree<T>;
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
