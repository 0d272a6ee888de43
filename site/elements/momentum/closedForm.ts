// The convergence rate of gradient descent with momentum on a quadratic, in closed form.
//
// In the direction of an eigenvalue λ the error follows eₖ₊₁ = p eₖ − q eₖ₋₁, with p = 1 + β − hλ and q = β for the heavy ball,
// and p = (1 + β)(1 − hλ), q = β (1 − hλ) for Nesterov. The rate is the larger magnitude of the roots of z² − p z + q.
// Polyak, Some methods of speeding up the convergence of iteration methods, 1964; Goh, Why momentum really works, 2017.

import { compile, type Engine, type Tensor } from "thalweg";
import type { PlotLattice } from "thalweg/plot";

/** Least and largest eigenvalue of the quadratic. */
export interface Curvatures {
  readonly flat: number;
  readonly steep: number;
}

export const curvaturesOf = ({ steep, condition }: { steep: number; condition: number }): Curvatures => ({
  flat: steep / condition,
  steep,
});

/** Kind of motion of the error in one direction. */
export type Motion = "steady" | "oscillating" | "alternating" | "divergent";

/** Coefficients p and q of the recurrence in the direction of an eigenvalue. */
export function recurrence(isNesterov: boolean, eigenvalue: number, rate: number, momentum: number) {
  const shrink = 1 - rate * eigenvalue;
  return isNesterov ? { p: (1 + momentum) * shrink, q: momentum * shrink } : { p: momentum + shrink, q: momentum };
}

/** Motion in the direction of an eigenvalue: two complex roots turn, a negative one alternates. */
export function motionOf(isNesterov: boolean, eigenvalue: number, [rate, momentum]: readonly [number, number]): Motion {
  const { p, q } = recurrence(isNesterov, eigenvalue, rate, momentum);
  // Both roots lie within the unit circle exactly if |q| < 1 and |p| < 1 + q.
  if (Math.abs(q) >= 1 || Math.abs(p) >= 1 + q) return "divergent";
  if (p * p < 4 * q) return "oscillating";
  return p - Math.sqrt(p * p - 4 * q) < -1e-12 ? "alternating" : "steady";
}

/** Magnitude of the larger root, as tensors. With complex roots it is √q; with real ones (|p| + √(p² − 4q)) / 2, which is larger. */
function radius(isNesterov: boolean, eigenvalue: number, rate: Tensor, momentum: Tensor): Tensor {
  const shrink = rate.multiply(-eigenvalue).add(1);
  const [p, q] = isNesterov
    ? [momentum.add(1).multiply(shrink), momentum.multiply(shrink)]
    : [momentum.add(shrink), momentum];
  const root = p.square().subtract(q.multiply(4)).relu().sqrt();
  return p.abs().add(root).multiply(0.5).maximum(q.relu().sqrt());
}

/** Rates of convergence at lists of learning rates and momenta: the larger one of both directions. */
export function radii(
  engine: Engine,
  isNesterov: boolean,
  { flat, steep }: Curvatures,
  at: { rate: Float64Array; momentum: Float64Array },
): Float64Array {
  const program = compile(engine, ({ rate, momentum }: { rate: Tensor; momentum: Tensor }) =>
    radius(isNesterov, flat, rate, momentum).maximum(radius(isNesterov, steep, rate, momentum)),
  );
  try {
    return (program(at) as unknown as { data: Float64Array }).data;
  } finally {
    program.free();
  }
}

const columns = 201;
const rows = 141;

/** Rates of convergence over the map. */
export function radiusLattice(
  engine: Engine,
  isNesterov: boolean,
  curvatures: Curvatures,
  largest: number,
): PlotLattice {
  const count = columns * rows;
  const rate = Float64Array.from({ length: count }, (_, k) => ((k % columns) / (columns - 1)) * largest);
  const momentum = Float64Array.from({ length: count }, (_, k) => Math.floor(k / columns) / (rows - 1));
  return {
    ...{ xRange: [0, largest], yRange: [0, 1], resolution: [columns, rows] },
    values: radii(engine, isNesterov, curvatures, { rate, momentum }),
  };
}

/**
 * Rate and momentum of the fastest convergence. For the heavy ball Polyak's; for Nesterov those of which the flat direction has a
 * double root at the largest stable shrinking of the steep one: Lessard, Recht and Packard, 2016, table 1.
 */
export function bestPoint(isNesterov: boolean, { flat, steep }: Curvatures): [number, number] {
  if (isNesterov) {
    const root = Math.sqrt((3 * steep) / flat + 1);
    return [4 / (3 * steep + flat), (root - 2) / (root + 2)];
  }
  const [a, b] = [Math.sqrt(flat), Math.sqrt(steep)];
  return [(2 / (a + b)) ** 2, ((b - a) / (b + a)) ** 2];
}

/** Best rate without momentum, 2 / (λ₁ + λ₂), and the factor a step with it. */
export const bestWithout = ({ flat, steep }: Curvatures): { rate: number; factor: number } => ({
  rate: 2 / (flat + steep),
  factor: (steep - flat) / (steep + flat),
});

/** Learning rate from which on the steep direction diverges. */
export const limitOf = (isNesterov: boolean, steep: number, momentum: number): number =>
  (2 * (1 + momentum)) / ((isNesterov ? 1 + 2 * momentum : 1) * steep);

/** Learning rate up to which a direction neither turns nor alternates. */
export function steadyLimit(isNesterov: boolean, eigenvalue: number, momentum: number): number {
  const share = isNesterov ? ((1 - momentum) / (1 + momentum)) ** 2 : (1 - Math.sqrt(momentum)) ** 2;
  return share / eigenvalue;
}
