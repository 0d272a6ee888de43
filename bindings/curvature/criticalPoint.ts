// Classification of critical points.

import { wholeOnly } from "../engine/featureSets.js";
import { largestOf, powerFor } from "../linalg/powerScaling.js";
import { eigenOf } from "../linalg/symmetricEigen.js";
import { checkNumber, checkOptions } from "../values/options.js";
import { checkSurface, type LossSurface } from "./surface.js";

/** Options of `criticalPoint`. */
export interface CriticalPointOptions {
  /** Largest gradient norm of a critical point, relative to max(1, |value|), > 0; default 1e-6. */
  readonly tolerance?: number;
}

/** Kind of a point, with the numbers that decide it. */
export interface CriticalPoint {
  /** Kind of the point; "undecided" if it is not critical, or the second derivatives do not decide. */
  readonly kind: "minimum" | "maximum" | "saddle" | "undecided";
  /** Eigenvalues of the Hessian, ascending. */
  readonly eigenvalues: Float64Array;
  /** Bound of the error of an eigenvalue; those of smaller magnitude count as zero. */
  readonly bound: number;
  /** Number of eigenvalues above the bound. */
  readonly positive: number;
  /** Number of eigenvalues below minus the bound. */
  readonly negative: number;
  /** Number of eigenvalues within the bound of 0. */
  readonly near: number;
  /** 2-norm of the gradient. */
  readonly gradientNorm: number;
  /** The result as text. */
  readonly reason: string;
}

/** √Σ x², scaled by a power of two so that squares neither overflow nor vanish. */
function normOf(data: Float64Array): number {
  const power = powerFor(largestOf(data));
  return Math.sqrt(data.reduce((sum, value) => sum + (value * power) ** 2, 0)) / power;
}

/**
 * Classifies a critical point by the signs of the eigenvalues of H = ∂²L/∂w ∂w: all positive is a strict minimum, all
 * negative a maximum, both signs a saddle point. Undecided if the gradient is not small, or if some eigenvalues are
 * zero within their error and the others have one sign, so that higher derivatives decide. Forms the Hessian, which is
 * feasible for up to some thousand parameters.
 *
 * @param surface  a surface of lossSurface or trainerSurface, at the point
 * @param options  tolerance
 * @throws TypeError   surface is not a surface
 * @throws RangeError  tolerance is out of range, or value, gradient or Hessian is not finite
 * @example
 * const surface = lossSurface(engine, (x) => x.square().multiply([0.5, -0.5]).sum(), [0, 0]);
 * criticalPoint(surface).kind; // "saddle"
 * @see Dauphin et al., *Identifying and attacking the saddle point problem in high-dimensional non-convex optimization*,
 *   NeurIPS 2014
 */
export const criticalPoint = /* @__PURE__ */ wholeOnly(function criticalPoint(
  surface: LossSurface,
  options: CriticalPointOptions = {},
): CriticalPoint {
  const where = "criticalPoint";
  const { engine, elements: n } = checkSurface(where, surface);
  checkOptions(where, options, ["tolerance"]);
  const tolerance = checkNumber(where, "tolerance", options.tolerance ?? 1e-6, { above: 0 });
  const value = surface.value();
  const gradientNorm = normOf(surface.gradient().data);
  const { data } = surface.hessian();
  if (!Number.isFinite(value) || !Number.isFinite(gradientNorm) || !data.every(Number.isFinite))
    throw new RangeError(`${where}: value, gradient or Hessian is not finite at this point. Use moveTo().`);
  // Half the difference between H and its transpose estimates the rounding error of its elements.
  let square = 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      const [below, above] = [data[i * n + j] as number, data[j * n + i] as number];
      square += (below - above) ** 2 / 2;
      data[i * n + j] = (below + above) / 2;
      data[j * n + i] = data[i * n + j] as number;
    }
  const eigenvalues = eigenOf(where, engine, data, n, false).values.data;
  const size = eigenvalues.reduce((most, eigenvalue) => Math.max(most, Math.abs(eigenvalue)), 0);
  const bound = Math.sqrt(square) + 10 * n * surface.precision * size;
  const positive = eigenvalues.filter((eigenvalue) => eigenvalue > bound).length;
  const negative = eigenvalues.filter((eigenvalue) => eigenvalue < -bound).length;
  const near = n - positive - negative;
  const counted = `${positive} eigenvalues are positive, ${negative} negative, ${near} zero within ${bound.toExponential(1)}`;
  const steep = !(gradientNorm <= tolerance * Math.max(1, Math.abs(value)));
  const reason = steep
    ? `the gradient has norm ${gradientNorm.toExponential(2)}, so the point is not critical; ${counted}`
    : counted;
  const kind =
    steep || (near > 0 && (positive === 0 || negative === 0))
      ? "undecided"
      : negative === 0
        ? "minimum"
        : positive === 0
          ? "maximum"
          : "saddle";
  return { kind, eigenvalues, bound, positive, negative, near, gradientNorm, reason };
});
