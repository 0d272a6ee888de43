// Hessian matrices of functions of arrays.

import * as abi from "../../assembly/abi.js";
import { preparing, surfaceOf } from "../curvature/lossSurface.js";
import type { Engine } from "../engine/engine.js";
import { wholeOnly } from "../engine/featureSets.js";
import { Cache, type Freeable } from "../tensors/compile.js";
import type { Tensor } from "../tensors/tensor.js";
import { type ArraysFor, differentiableLeaves, type TensorTree } from "../tensors/trees.js";
import { elementCount, leaves, mapLeaves, type NDArray } from "../values/arrays.js";

/** Second derivatives. For a tree, h.a.b is ∂²f/∂a ∂b: each leaf is replaced by a copy of the tree. */
export type Hessians<T> = T extends Tensor ? NDArray<Float64Array> : { readonly [K in keyof T]: unknown };

/** Function that returns the Hessian at a point. */
export interface Hessian<T> extends Freeable {
  /** Calls it. @param parameters  x, arranged like the argument of f */
  (parameters: ArraysFor<T>): Hessians<T>;
}

interface MakeHessian {
  (engine: Engine, f: (x: Tensor) => Tensor): Hessian<Tensor>;
  <T extends TensorTree>(engine: Engine, f: (parameters: T) => Tensor): Hessian<T>;
}

/**
 * Hessian of a scalar function: ∂²f/∂x ∂x. Computes all columns in one call, each as the gradient of ⟨∇f, eᵢ⟩.
 *
 * @param f  a function of a tensor, or of a tree of tensors, that returns a scalar
 * @returns  a function of x that returns the Hessian [...x, ...x] in f64; for a tree, a tree of trees with h.a.b of shape
 *           [...a, ...b]
 * @throws ShapeError  f does not return a scalar, or x is empty
 * @throws TypeError   an argument holds integers
 * @example
 * const product = hessian(engine, (x) => x.product());
 * product([2, 3]); // { data: [0, 1, 1, 0], shape: [2, 2] }
 * @see Griewank and Walther, *Evaluating Derivatives*, 2008, ch. 5
 */
export const hessian: MakeHessian = /* @__PURE__ */ wholeOnly(function hessian(engine: Engine, f: unknown) {
  const where = "hessian";
  const cache = new Cache(where, engine, (inputs, parameters) =>
    preparing(surfaceOf(where, engine, f, parameters, inputs), abi.surfaceProduct),
  );
  // The type of the result depends on the type of f, which only the caller knows.
  const call = (parameters: unknown): never => {
    const inputs = differentiableLeaves(where, parameters);
    const { data, shape } = cache.use(inputs, parameters, (surface) => {
      surface.moveTo(parameters);
      return surface.hessian();
    });
    const shapes = inputs.map((leaf) => leaf.shape);
    return arrangeBlocks(parameters, shapes, (row, rowStart) =>
      arrangeBlocks(parameters, shapes, (column, columnStart) =>
        block(data, shape[0] as number, rowStart, row, columnStart, column),
      ),
    ) as never;
  };
  return cache.freeable(call);
});

/** Copies a tree with each leaf replaced by the result of `replace` for its shape and its offset. @internal */
export function arrangeBlocks(
  tree: unknown,
  shapes: readonly (readonly number[])[],
  replace: (shape: readonly number[], start: number) => unknown,
): unknown {
  let start = 0;
  const replaced = shapes.map((shape) => {
    start += elementCount(shape);
    return replace(shape, start - elementCount(shape));
  });
  // A single array is a tree of one leaf without a name.
  return leaves(tree).length === 1 && replaced.length === 1 && leaves(tree)[0]?.[0] === ""
    ? replaced[0]
    : mapLeaves(tree, () => replaced.shift());
}

/** Block of a matrix of `width` columns, reshaped to the shape of its rows followed by that of its columns. @internal */
export function block(
  data: Float64Array,
  width: number,
  rowStart: number,
  row: readonly number[],
  columnStart: number,
  column: readonly number[],
): NDArray<Float64Array> {
  const [rows, columns] = [elementCount(row), elementCount(column)];
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const at = (rowStart + i) * width + columnStart;
    out.set(data.subarray(at, at + columns), i * columns);
  }
  return { data: out, shape: [...row, ...column] };
}
