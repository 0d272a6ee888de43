import * as abi from "../../assembly/abi.js";
import { checkShape } from "../values/arrays.js";
import { checkChoice, checkNumber, checkOptions } from "../values/options.js";
import type { Layer } from "./layer.js";
import { type AffineOptions, affineParameters, checkTrailing } from "./moments.js";

/** Options of `layerNorm`. */
export interface LayerNormOptions extends AffineOptions {
  /** Library whose default of epsilon applies: "pytorch" (default) or "keras". */
  readonly convention?: "pytorch" | "keras";
  /** Constant ε > 0 added to the variance; default 1e-5, with convention "keras" 1e-3. */
  readonly epsilon?: number;
}

/**
 * Layer normalization: y = γ (x − μ) / √(σ² + ε) + β, with mean μ and biased variance σ² over the last axes of each
 * sample, in training and in evaluation.
 *
 * @param shape    extent of the last axis, or extents of the last axes, of x [batch, ..., features], each ≥ 1
 * @param options  convention, epsilon, gamma, beta
 * @throws RangeError  a number is out of range
 * @throws ShapeError  the last axes of x differ from shape
 * @example
 * sequential([linear(784, 128), layerNorm(128), relu(), linear(128, 10)]);
 * @see Ba, Kiros and Hinton, *Layer normalization*, 2016, eq. 3
 */
export function layerNorm(shape: number | readonly number[], options: LayerNormOptions = {}): Layer {
  const where = "layerNorm";
  const extents = typeof shape === "number" ? [shape] : checkShape(where, shape);
  for (const extent of extents) checkNumber(where, "shape", extent, { min: 1, integer: true });
  checkOptions(where, options, ["convention", "epsilon", "gamma", "beta"]);
  const { convention = "pytorch" } = options;
  checkChoice(where, "convention", convention, ["pytorch", "keras"]);
  const { epsilon = convention === "keras" ? 1e-3 : 1e-5 } = options;
  checkNumber(where, "epsilon", epsilon, { above: 0 });
  return {
    name: `layerNorm(${extents.join(", ")})`,
    definition: [where, extents, { ...options }],
    parameters: affineParameters(extents, options),
    apply({ gamma, beta }, x) {
      checkTrailing(where, x, extents);
      // One kernel with moments in f64, which is also its own derivative: see assembly/ops/normalization.ts.
      const { trace, shape } = x;
      const width = extents.reduce((product, extent) => product * extent);
      const rows = trace.asFloat(x).reshape([-1, width]);
      const normal = trace.emit(abi.opStandardize, [rows], [epsilon], [width]).reshape(shape);
      const scaled = gamma ? normal.multiply(gamma) : normal;
      return beta ? scaled.add(beta) : scaled;
    },
  };
}
