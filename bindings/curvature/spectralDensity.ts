// How the Hessian's eigenvalues are spread.

import * as abi from "../../assembly/abi.js";
import { doubleAt } from "../engine/addresses.js";
import { wholeOnly } from "../engine/featureSets.js";
import { checkNumber, checkOptions } from "../values/options.js";
import { seedWords, stepsDone, tridiagonalEigen } from "./lanczos.js";
import { checkSurface, type LossSurface } from "./surface.js";

export interface SpectralDensityOptions {
  /** Random vectors, ≥ 1; default 10. */
  readonly probes?: number;
  /** Lanczos steps for each, ≥ 1; default 80, at most the number of parameters. */
  readonly steps?: number;
  /** Width of the Gaussian that stands for each node, > 0; default a hundredth of the spectrum. */
  readonly width?: number;
  /** Points of the density, ≥ 2; default 201. */
  readonly points?: number;
  /** Whole number from 0; default 0. */
  readonly seed?: number;
}

/** An estimate of the distribution of eigenvalues. */
export interface SpectralDensity {
  /** Where the density was taken [points], ascending, four widths beyond the spectrum on both sides. */
  readonly x: Float64Array;
  /** Density there [points]: its integral is 1. */
  readonly density: Float64Array;
  /** Nodes of the quadrature, ascending. */
  readonly nodes: Float64Array;
  /** Their weights: the sum is 1, and Σ weight · nodeᵖ estimates the mean p-th power of the eigenvalues. */
  readonly weights: Float64Array;
  /** Width of the Gaussians. */
  readonly width: number;
}

/**
 * Density of the Hessian's eigenvalues by stochastic Lanczos quadrature: φ(x) = mean over random vectors of
 * Σᵢ τᵢ² g(x − θᵢ), θᵢ being the eigenvalues and τᵢ the first components of the eigenvectors of their tridiagonal matrices.
 *
 * @throws RangeError  an option out of range, or a Hessian that is not finite
 * @example
 * const surface = lossSurface(engine, (x) => x.square().multiply([3, 1, -2]).sum(), [0, 0, 0]);
 * const { nodes } = spectralDensity(surface, { probes: 1 });
 * nodes.map((node) => Math.round(node * 1e6) / 1e6); // [-4, 2, 6]
 * @see Ghorbani, Krishnan and Xiao, *An investigation into neural net optimization via Hessian eigenvalue density*, ICML 2019
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
  const asked = options.width === undefined ? null : checkNumber(where, "width", options.width, { above: 0 });
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
      const beside = engine.doubles.slice(doubleAt(betas), doubleAt(betas) + done);
      const { values, vectors } = tridiagonalEigen(where, engine, t, beside);
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
  // Eigenvalues that differ by rounding are one peak.
  const size = Math.max(Math.abs(least), Math.abs(most));
  const width = asked ?? (range > 1e-8 * size ? range : size || 1) / 100;
  const [from, to] = [least - 4 * width, most + 4 * width];
  const x = Float64Array.from({ length: points }, (_, k) => from + ((to - from) * k) / (points - 1));
  const density = x.map((at) => {
    let sum = 0;
    for (const { node, weight } of found) sum += weight * Math.exp(-(((at - node) / width) ** 2) / 2);
    return sum / (width * Math.sqrt(2 * Math.PI));
  });
  return { x, density, nodes, weights, width };
});
