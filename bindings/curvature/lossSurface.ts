// Loss surfaces of functions.

import * as abi from "../../assembly/abi.js";
import { checkEngine, type Engine } from "../engine/engine.js";
import { wholeOnly } from "../engine/featureSets.js";
import type { Tensor } from "../tensors/tensor.js";
import {
  type ArraysFor,
  applyTo,
  differentiableLeaves,
  type Leaf,
  settled,
  type TensorTree,
} from "../tensors/trees.js";
import type { ArrayLike } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { LossSurface } from "./surface.js";

interface MakeLossSurface {
  (engine: Engine, f: (x: Tensor) => Tensor, x: ArrayLike): LossSurface;
  <T extends TensorTree>(engine: Engine, f: (x: T) => Tensor, x: ArraysFor<T>): LossSurface;
}

/**
 * Surface of a scalar function L = f(x) at a point, for its value, gradient, Hessian and the functions of curvature.
 *
 * @param f  a function of a tensor, or of a tree of tensors, that returns a scalar
 * @param x  the point: arrays arranged like the tree
 * @returns  a surface with value(), gradient(), hvp(v), hessian(), moveTo(x); call free() when done
 * @throws ShapeError  f does not return a scalar, or x is empty
 * @throws TypeError   x holds integers
 * @example
 * const saddle = lossSurface(engine, (x) => x.square().multiply([0.5, -0.5]).sum(), [0, 0]);
 * saddle.hessian().data; // [1, 0, 0, -1]
 * @see Pearlmutter, *Fast exact multiplication by the Hessian*, Neural Computation, 1994
 */
export const lossSurface: MakeLossSurface = /* @__PURE__ */ wholeOnly(function lossSurface(
  engine: Engine,
  f: unknown,
  x: unknown,
): LossSurface {
  const where = "lossSurface";
  checkEngine(where, engine);
  return settled(differentiableLeaves(where, x), (inputs) => {
    const surface = surfaceOf(where, engine, f, x, inputs);
    // Otherwise f is traced when it is needed.
    if (inputs.some(({ weak }) => weak)) preparing(surface, abi.surfaceValue);
    return surface;
  });
});

/** Returns a surface with its programs of a kind, or frees it. @internal */
export function preparing(surface: LossSurface, kind: number): LossSurface {
  try {
    surface.prepare(kind);
    return surface;
  } catch (error) {
    surface.free();
    throw error;
  }
}

/** Implements lossSurface for functions of another name, which errors give. @internal */
export function surfaceOf(where: string, engine: Engine, f: unknown, x: unknown, inputs: readonly Leaf[]): LossSurface {
  const leaves = inputs.map((leaf) => ({ ...leaf, dtype: leaf.dtype as "f32" | "f64" }));
  const surface = new LossSurface({
    where,
    engine,
    leaves,
    example: x,
    parts: [{ from: 0, rows: 0, weight: 1 }],
    argumentBytes: 0,
    columnCount: 0,
    order: 0,
    random: [0, 0, 0, 0],
    emit(_, pieces) {
      const y = applyTo(where, f, x, pieces);
      if (y.size === 1) return y.reshape([]);
      throw new ShapeError(
        `${where}: f must return a scalar, got shape [${y.shape.join(", ")}]. Reduce it with sum() or mean().`,
      );
    },
    fill: () => {},
    check: () => {},
    free: () => {},
  });
  surface.vectorOf(where, surface.point);
  return surface;
}
