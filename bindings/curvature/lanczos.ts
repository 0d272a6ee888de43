// Shared parts of the Lanczos methods; the recurrences are in the core.

import type { Core, Engine } from "../engine/engine.js";
import { eigenOf, type SymmetricEigen } from "../linalg/symmetricEigen.js";
import { halvesOf } from "../values/arrays.js";
import { checkNumber } from "../values/options.js";

/** Checks a seed and splits it into two words. */
export function seedWords(where: string, seed: unknown = 0): [low: number, high: number] {
  return halvesOf(checkNumber(where, "seed", seed, { min: 0, integer: true }));
}

/** Calls the core, which returns the number of steps, -1 for a fault, or -2 for a product that is not finite. */
export function stepsDone(where: string, engine: Engine, call: (core: Core) => number): number {
  const done = engine.call(call);
  if (done === -1) engine.throwFault();
  if (done < 0)
    throw new RangeError(
      `${where}: a product with the Hessian is not finite. Check value() and gradient() at this point.`,
    );
  return done;
}

/** Eigendecomposition of the symmetric tridiagonal matrix with diagonal `alphas` and off-diagonal `betas`. */
export function tridiagonalEigen(
  where: string,
  engine: Engine,
  alphas: Float64Array,
  betas: Float64Array,
): SymmetricEigen {
  const n = alphas.length;
  const dense = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    dense[k * n + k] = alphas[k] as number;
    if (k === 0) continue;
    dense[k * n + k - 1] = betas[k - 1] as number;
    dense[(k - 1) * n + k] = betas[k - 1] as number;
  }
  return eigenOf(where, engine, dense, n, true);
}
