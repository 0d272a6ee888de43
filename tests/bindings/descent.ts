// A linear regression in plain f64 loops, y ≈ x W + b under the mean square: the oracle of tests that need to know every
// gradient. Nothing here calls the engine.

import { numbers } from "./numbers.js";

export const rows = 17;
export const [inputs, outputs] = [3, 2];
const x = numbers(rows * inputs, -1, 2, 3);
const y = numbers(rows * outputs, -2, 2, 5);

export const samples = {
  inputs: { data: Float64Array.from(x), shape: [rows, inputs] },
  targets: { data: Float64Array.from(y), shape: [rows, outputs] },
};
export const start = { weight: numbers(inputs * outputs, -1, 1, 23), bias: numbers(outputs, -1, 1, 29) };
export const startArrays = {
  weight: { data: start.weight, shape: [inputs, outputs] },
  bias: { data: start.bias, shape: [outputs] },
};

export type Point = { readonly weight: readonly number[]; readonly bias: readonly number[] };

/** Loss and gradient of (1 / n) Σ (x W + b − y)². */
export function lossAt({ weight, bias }: Point): { loss: number; gradient: { weight: number[]; bias: number[] } } {
  const gradient = { weight: weight.map(() => 0), bias: bias.map(() => 0) };
  let loss = 0;
  const n = rows * outputs;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < outputs; j++) {
      let e = (bias[j] as number) - (y[i * outputs + j] as number);
      for (let k = 0; k < inputs; k++) e += (x[i * inputs + k] as number) * (weight[k * outputs + j] as number);
      loss += (e * e) / n;
      gradient.bias[j] = (gradient.bias[j] as number) + (2 * e) / n;
      for (let k = 0; k < inputs; k++) {
        const at = k * outputs + j;
        gradient.weight[at] = (gradient.weight[at] as number) + (2 * e * (x[i * inputs + k] as number)) / n;
      }
    }
  return { loss, gradient };
}

export type Rule = (w: readonly number[], g: readonly number[], t: number) => number[];

/** w ← w − h g. */
export const descent =
  (h: number): Rule =>
  (w, g) =>
    w.map((value, k) => value - h * (g[k] as number));

/** Adam with its defaults, moments kept. */
export function adamRule(h: number): Rule {
  let m: number[] = [];
  let v: number[] = [];
  return (w, g, t) => {
    m = g.map((value, k) => 0.9 * (m[k] ?? 0) + 0.1 * value);
    v = g.map((value, k) => 0.999 * (v[k] ?? 0) + 0.001 * value * value);
    return w.map((value, k) => {
      const corrected = (m[k] as number) / (1 - 0.9 ** t);
      return value - (h * corrected) / (Math.sqrt((v[k] as number) / (1 - 0.999 ** t)) + 1e-8);
    });
  };
}
