// The samples: a smooth function, measured with noise at a few places, and at many others for the test.

import { normalNumbers } from "../kit/noise.ts";

/** Places of n samples between −0.95 and 0.95. */
export const inputsOf = (count: number): number[] =>
  Array.from({ length: count }, (_, k) => Number((-0.95 + (1.9 * k) / (count - 1)).toFixed(4)));

/** The function that the samples are measured of. */
export const truth = (x: number): number => Math.sin(Math.PI * x);

/** Values of the function with noise, in thousandths, so that addresses stay short. */
export function samplesOf(inputs: readonly number[], noise: number, seed: number): number[] {
  const drawn = normalNumbers(inputs.length, seed);
  return inputs.map((x, k) => Math.round(1000 * (truth(x) + noise * (drawn[k] as number))) / 1000);
}

/** Inputs of the test, evenly over the same range. */
export const testInputs = inputsOf(200);
export const testTargets = (noise: number, seed: number): number[] => samplesOf(testInputs, noise, seed + 10000);
