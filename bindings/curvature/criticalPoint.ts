// What kind of point the gradient vanishes at.

import { wholeOnly } from "../engine/featureSets.js";
import { eigenOf } from "../linalg/symmetricEigen.js";
import { checkNumber, checkOptions } from "../values/options.js";
import { checkSurface, type LossSurface } from "./surface.js";

export interface CriticalPointOptions {
  /** Largest gradient norm at which a point counts as critical, beside max(1, |value|), > 0; default 1e-6. */
  readonly tolerance?: number;
}

/** What a point is, and why. */
export interface CriticalPoint {
  readonly kind: "minimum" | "maximum" | "saddle" | "undecided";
  /** Eigenvalues of the Hessian, ascending. */
  readonly eigenvalues: Float64Array;
  /** How far a computed eigenvalue may be from a true one: what is nearer to 0 has no sign. */
  readonly bound: number;
  /** Eigenvalues above the bound, below minus the bound, and between. */
  readonly positive: number;
  readonly negative: number;
  readonly near: number;
  readonly gradientNorm: number;
  /** The same in a sentence. */
  readonly reason: string;
}

/**
 * Classifies a critical point by the signs of the Hessian's eigenvalues: all positive is a strict minimum, all negative a
 * maximum, both signs a saddle. Undecided where the gradient is not small or where eigenvalues are zero within their
 * error, so that higher derivatives decide. Forms the whole Hessian: for some thousand parameters at most.
 *
 * @throws RangeError  an option out of range, or a Hessian that is not finite
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
  const gradientNorm = Math.hypot(...surface.gradient().data);
  const { data } = surface.hessian();
  if (!Number.isFinite(value) || !Number.isFinite(gradientNorm) || !data.every(Number.isFinite))
    throw new RangeError(`${where}: value, gradient or Hessian are not finite at this point. Move it.`);
  // Half the distance between H and its transpose is what rounding has done to its elements.
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
    ? `the gradient has norm ${gradientNorm.toExponential(2)}: not a critical point; ${counted}`
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
