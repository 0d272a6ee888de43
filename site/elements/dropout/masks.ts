// Masks: random ones as in training, the scale of an evaluated network, and one unit taken out.

import { uniformNumbers } from "../kit/noise.ts";
import type { State } from "./controls.ts";
import { type Masks, width } from "./network.ts";

const filled = (count: number, value: number): Float32Array => new Float32Array(count * width).fill(value);

/** The same mask for both layers, `count` times. */
const alike = (mask: Float32Array): Masks => ({ first: mask, last: mask });

/** By what every unit is multiplied when the network is evaluated. */
export const evaluatedScale = ({ mode }: State, rate: number): number => (mode === "testScaled" ? 1 - rate : 1);

/** Random masks: a unit is dropped with the rate, and the kept ones are scaled if the state says so. */
export function randomMasks({ mode, rate }: State, count: number, seed: number): Masks {
  const kept = mode === "inverted" ? 1 / (1 - rate) : 1;
  const [first, last] = [0, 1].map((layer) =>
    Float32Array.from(uniformNumbers(count * width, 2 * seed + layer + 1), (u) => (u < rate ? 0 : kept)),
  ) as [Float32Array, Float32Array];
  return { first, last };
}

/** Every unit multiplied by the same number. */
export const scaled = (factor: number): Masks => alike(filled(1, factor));

/** One mask for each unit of the last hidden layer, without that unit. */
export function withoutOne(factor: number): Masks {
  const last = filled(width, factor);
  for (let unit = 0; unit < width; unit++) last[unit * width + unit] = 0;
  return { first: filled(width, factor), last };
}
