// Density of the Hessian's eigenvalues.

import * as abi from "../../assembly/abi.js";
import { doubleAt } from "../engine/addresses.js";
import type { Engine } from "../engine/engine.js";
import { wholeOnly } from "../engine/featureSets.js";
import { compile } from "../tensors/compile.js";
import type { Tensor } from "../tensors/tensor.js";
import type { NDArray } from "../values/arrays.js";
import { checkNumber, checkOptions } from "../values/options.js";
import { seedWords, stepsDone, tridiagonalEigen } from "./lanczos.js";
import { checkSurface, type LossSurface } from "./surface.js";

/** Options of `spectralDensity`. */
export interface SpectralDensityOptions {
  /** Number of random vectors, ≥ 1; default 10. */
  readonly probes?: number;
  /** Lanczos steps for each vector, ≥ 1; default 80. At most the number of parameters are used. */
  readonly steps?: number;
  /** Standard deviation of the Gaussian for each node, > 0; default 1 % of the range of the nodes. */
  readonly width?: number;
  /** Number of points of the density, ≥ 2; default 201. */
  readonly points?: number;
  /** Seed: integer from 0 below 2⁵³; default 0. */
  readonly seed?: number;
}

/** Estimated distribution of eigenvalues. */
export interface SpectralDensity {
  /** Points [points], ascending, from 4 widths below the least node to 4 widths above the largest. */
  readonly x: Float64Array;
  /** Density at these points [points]; its integral is 1. */
  readonly density: Float64Array;
  /** Nodes of the quadrature, ascending. */
  readonly nodes: Float64Array;
  /** Weights of the nodes, with sum 1; Σ weight · nodeᵖ estimates the mean p-th power of the eigenvalues. */
  readonly weights: Float64Array;
  /** Standard deviation of the Gaussians. */
  readonly width: number;
}

/**
 * Density of the Hessian's eigenvalues by stochastic Lanczos quadrature: φ(x) = mean over random vectors of
 * Σᵢ τᵢ² g(x − θᵢ), where g is a Gaussian, θᵢ are the eigenvalues and τᵢ the first components of the eigenvectors of the
 * tridiagonal matrix of each vector.
 *
 * @param surface  a surface of lossSurface or trainerSurface
 * @param options  probes, steps, width, points, seed
 * @throws TypeError   surface is not a surface
 * @throws RangeError  an option is out of range, or the Hessian is not finite
 * @example
 * const surface = lossSurface(engine, (x) => x.square().multiply([3, 1, -2]).sum(), [0, 0, 0]);
 * const { nodes } = spectralDensity(surface, { probes: 1 });
 * nodes.map((node) => Math.round(node * 1e6) / 1e6); // [-4, 2, 6]
 * @see Ghorbani, Krishnan and Xiao, *An investigation into neural net optimization via Hessian eigenvalue density*,
 *   ICML 2019
 */
export const spectralDensity = /* @__PURE__ */ wholeOnly(function spectralDensity(
  surface: LossSurface,
  options: SpectralDensityOptions = {},
): SpectralDensity {
  const where = "spectralDensity";
  const { engine, elements: n, record } = checkSurface(where, surface);
  checkOptions(where, options, ["probes", "steps", "width", "points", "seed"]);
  const probes = checkNumber(where, "probes", options.probes ?? 10, { min: 1, integer: true });
  const steps = Math.min(n, checkNumber(where, "steps", options.steps ?? 80, { min: 1, integer: true }));
  const points = checkNumber(where, "points", options.points ?? 201, { min: 2, integer: true });
  const given = options.width === undefined ? null : checkNumber(where, "width", options.width, { above: 0 });
  const [low, high] = seedWords(where, options.seed);
  surface.prepare(abi.surfaceProduct);
  const found: { node: number; weight: number }[] = [];
  engine.borrow(8 * ((steps + 1) * n + 2 * steps) + 64, (basis) => {
    const alphas = basis + 8 * (steps + 1) * n;
    const betas = alphas + 8 * steps;
    for (let probe = 0; probe < probes; probe++) {
      const done = stepsDone(where, engine, (core) =>
        core.probeLanczos(record, probe, steps, low, high, basis, alphas, betas),
      );
      const t = engine.doubles.slice(doubleAt(alphas), doubleAt(alphas) + done);
      const offDiagonal = engine.doubles.slice(doubleAt(betas), doubleAt(betas) + done);
      const { values, vectors } = tridiagonalEigen(where, engine, t, offDiagonal);
      for (const [i, node] of values.data.entries())
        found.push({ node, weight: (vectors.data[i] as number) ** 2 / probes });
    }
  });
  found.sort((a, b) => a.node - b.node);
  const nodes = Float64Array.from(found, ({ node }) => node);
  const weights = Float64Array.from(found, ({ weight }) => weight);
  const least = nodes[0] as number;
  const most = nodes.at(-1) as number;
  const range = most - least;
  // Nodes that differ only by rounding form one peak.
  const size = Math.max(Math.abs(least), Math.abs(most));
  const width = given ?? (range > 1e-8 * size ? range : size || 1) / 100;
  const [from, to] = [least - 4 * width, most + 4 * width];
  const x = Float64Array.from({ length: points }, (_, k) => from + ((to - from) * k) / (points - 1));
  return { x, density: gaussians(engine, x, nodes, weights, width), nodes, weights, width };
});

/** Σ w exp(−((x − node) / width)² / 2) / (width √(2π)) at every x, with the core's exp: the same on all hosts. */
function gaussians(
  engine: Engine,
  x: Float64Array,
  nodes: Float64Array,
  weights: Float64Array,
  width: number,
): Float64Array {
  const sums = compile(engine, (tensors: { x: Tensor; nodes: Tensor; weights: Tensor }) =>
    tensors.x
      .reshape([-1, 1])
      .subtract(tensors.nodes)
      .divide(width)
      .square()
      .multiply(-0.5)
      .exp()
      .multiply(tensors.weights)
      .sum({ axes: 1 })
      .divide(width * Math.sqrt(2 * Math.PI)),
  );
  try {
    return (sums({ x, nodes, weights }) as NDArray<Float64Array>).data;
  } finally {
    sums.free();
  }
}
