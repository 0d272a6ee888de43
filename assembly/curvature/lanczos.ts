// The Lanczos recurrence H Q = Q T + β q eᵀ for the Hessian of a surface, with full reorthogonalization: without it, converged
// eigenvalues come back as copies. Where the recurrence ends early because the vectors span an invariant space, it goes on
// with a random vector outside of that space, so that multiple eigenvalues are found with their multiplicity.
// C. C. Paige, "The computation of eigenvalues and eigenvectors of very large sparse matrices", 1971.

import { streamCurvature } from "../abi";
import { normal } from "../kernels/random";
import { addScaledTo, dot, norm, scale } from "../kernels/vectors";
import { elementsOf, multiply } from "./surface";

/** Draws attempted for a vector outside of an invariant space. */
const DRAWS: u32 = 3;

/** Subtracts from v its projection on `count` orthonormal rows, twice, as in linalg/orthonormal. */
function orthogonalize(v: usize, rows: usize, count: usize, elements: usize): void {
  for (let pass = 0; pass < 2; pass++) {
    for (let k: usize = 0; k < count; k++) {
      const row = rows + ((k * elements) << 3);
      addScaledTo(v, row, -dot(v, row, elements), elements);
    }
  }
}

/** Writes a random unit vector orthogonal to the rows before it into row `count` of the basis; false if there is none. */
function draw(basis: usize, count: usize, elements: usize, seedLow: u32, seedHigh: u32): bool {
  const row = basis + ((count * elements) << 3);
  if (count >= elements) return false;
  for (let attempt: u32 = 0; attempt < DRAWS; attempt++) {
    normal<f64>(row, 0, <u32>elements, seedLow, seedHigh, streamCurvature, <u32>count, attempt);
    scale<f64>(row, row, 1 / norm(row, elements), elements);
    orthogonalize(row, basis, count, elements);
    const left = norm(row, elements);
    if (left > 1e-8) {
      scale<f64>(row, row, 1 / left, elements);
      return true;
    }
  }
  return false;
}

/**
 * Steps `from` to `to` of the recurrence. basis [to + 1, elements] holds the vectors found, alphas and betas [to] T:
 * betas[j] is between rows j and j + 1. If `from` is 0, row 0 is the start, of norm 1, or random if `drawn`. Returns the
 * steps done, fewer than `to` if the basis spans the whole space; -1 on a fault, -2 if a product is not finite.
 */
export function lanczos(
  surface: usize,
  from: usize,
  to: usize,
  drawn: bool,
  seedLow: u32,
  seedHigh: u32,
  basis: usize,
  alphas: usize,
  betas: usize,
): i32 {
  const elements: usize = elementsOf(surface);
  const bytes = elements << 3;
  if (from === 0 && drawn && !draw(basis, 0, elements, seedLow, seedHigh)) return 0;
  let size: f64 = 0;
  for (let j: usize = 0; j < from; j++)
    size = max(size, abs(load<f64>(alphas + (j << 3))) + load<f64>(betas + (j << 3)));
  for (let j = from; j < to; j++) {
    const q = basis + j * bytes;
    const w = q + bytes;
    if (!multiply(surface, q, w)) return -1;
    const alpha = dot(q, w, elements);
    if (!(abs(alpha) < Infinity)) return -2;
    store<f64>(alphas + (j << 3), alpha);
    const length = norm(w, elements);
    orthogonalize(w, basis, j + 1, elements);
    let beta = norm(w, elements);
    size = max(size, max(abs(alpha) + beta, length));
    if (!(beta < Infinity)) return -2;
    // The remainder is rounding: the space is invariant.
    if (!(beta > 1e-13 * size * sqrt<f64>(<f64>(j + 1)))) beta = 0;
    store<f64>(betas + (j << 3), beta);
    if (beta !== 0) scale<f64>(w, w, 1 / beta, elements);
    else if (!draw(basis, j + 1, elements, seedLow, seedHigh)) return <i32>(j + 1);
  }
  return <i32>to;
}
