// Gradients of many batches at one point, for a line fitted to samples: a model of two parameters, whose gradients can be drawn.

import { type Engine, grad, type Tensor } from "thalweg";
import { normalNumbers, uniformNumbers } from "../kit/noise.ts";

const sampleCount = 512;
/** Batches of a cloud. */
export const batchCount = 400;

export interface Cloud {
  /** Gradients (∂L/∂θ₀, ∂L/∂θ₁) of the batches. */
  readonly points: readonly (readonly [number, number])[];
  /** Mean squared distance from the gradient of all samples. */
  readonly variance: number;
}

/** Samples y = 1 − x + noise. */
export interface Samples {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

export function makeSamples(seed: number): Samples {
  const x = Float64Array.from(uniformNumbers(sampleCount, seed), (value) => 4 * value - 1);
  const noise = normalNumbers(sampleCount, seed + 1);
  return { x, y: x.map((value, k) => 1 - value + (noise[k] as number)) };
}

/** The line of least squares. */
export function leastSquares({ x, y }: Samples): readonly [number, number] {
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const products = x.map((value, k) => (value - mx) * ((y[k] as number) - my));
  const slope = mean(products) / mean(x.map((value) => (value - mx) ** 2));
  return [my - slope * mx, slope];
}

/** Point at a distance from the minimum, always in the same direction. */
export const pointAt = (samples: Samples, distance: number): readonly [number, number] => {
  const [a, b] = leastSquares(samples);
  return [a + 0.6 * distance, b - 0.8 * distance];
};

/** The gradient of the mean squared error of many batches at once: each has parameters of its own. It is to be freed. */
export function makeGradient(engine: Engine) {
  return grad(engine, ({ a, b, x, y }: { a: Tensor; b: Tensor; x: Tensor; y: Tensor }) =>
    a.add(b.multiply(x)).subtract(y).square().mean({ axes: 1 }).sum(),
  );
}
export type BatchGradient = ReturnType<typeof makeGradient>;

/** Gradients of batches of rows at a point. */
function gradients(
  gradient: BatchGradient,
  samples: Samples,
  rows: Uint32Array,
  size: number,
  at: readonly [number, number],
) {
  const count = rows.length / size;
  const column = (value: number) => ({ data: new Float64Array(count).fill(value), shape: [count, 1] });
  const table = (values: Float64Array) => ({
    data: Float64Array.from(rows, (row) => values[row] as number),
    shape: [count, size],
  });
  const { a, b } = gradient({ a: column(at[0]), b: column(at[1]), x: table(samples.x), y: table(samples.y) });
  return Array.from({ length: count }, (_, k) => [a.data[k] as number, b.data[k] as number] as const);
}

/** Gradients of single samples, whose mean is the gradient of all. */
export function singleGradients(gradient: BatchGradient, samples: Samples, at: readonly [number, number]) {
  const rows = Uint32Array.from({ length: sampleCount }, (_, k) => k);
  return gradients(gradient, samples, rows, 1, at);
}

export const meanOf = (points: readonly (readonly [number, number])[]): readonly [number, number] => {
  const sum = points.reduce<readonly [number, number]>(([u, v], [x, y]) => [u + x, v + y], [0, 0]);
  return [sum[0] / points.length, sum[1] / points.length];
};

export const varianceAbout = (
  points: readonly (readonly [number, number])[],
  [u, v]: readonly [number, number],
): number => points.reduce((sum, [x, y]) => sum + (x - u) ** 2 + (y - v) ** 2, 0) / points.length;

/** A cloud of batches whose rows are drawn with replacement. */
export function cloudOf(
  gradient: BatchGradient,
  samples: Samples,
  size: number,
  given: { readonly at: readonly [number, number]; readonly full: readonly [number, number]; readonly seed: number },
): Cloud {
  const draws = uniformNumbers(batchCount * size, 1000 * given.seed + size);
  const rows = Uint32Array.from(draws, (draw) => Math.floor(draw * sampleCount));
  const points = gradients(gradient, samples, rows, size, given.at);
  return { points, variance: varianceAbout(points, given.full) };
}
