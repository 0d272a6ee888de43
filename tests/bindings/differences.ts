// Derivatives of both orders against central differences of the fourth order.

import type { Engine, Tensor } from "thalweg";
import { expect } from "vitest";
import { expectClose, flat, numbers } from "./numbers.js";
import { compile, hvp, type Inputs, valueAndGrad } from "./transforms.js";

export type Doubles = Readonly<Record<string, { readonly data: readonly number[]; readonly shape: number[] }>>;

/** (8 (f(x + h) − f(x − h)) − (f(x + 2h) − f(x − 2h))) / 12h for each coordinate: error O(h⁴). */
function centralDifferences(inputs: Doubles, h: number, f: (inputs: Doubles) => number[]): number[][] {
  return Object.entries(inputs).flatMap(([name, { data, shape }]) =>
    data.map((_, k) => {
      const at = (step: number): number[] =>
        f({ ...inputs, [name]: { data: data.map((value, j) => (j === k ? value + step : value)), shape } });
      const [near, mirrored, far, farMirrored] = [at(h), at(-h), at(2 * h), at(-2 * h)];
      return near.map((value, j) => (8 * (value - mirrored[j]!) - (far[j]! - farMirrored[j]!)) / (12 * h));
    }),
  );
}

/** Fails unless the gradient of a scalar function, and its Hessian times a vector, agree with differences by steps of h. */
export function expectDerivatives(engine: Engine, f: (inputs: Inputs) => Tensor, inputs: Doubles, h: number): void {
  const [value, slope, curvature] = [compile(engine, f), valueAndGrad(engine, f), hvp(engine, f)];
  const flatOf = (arrays: Readonly<Record<string, unknown>>): number[] =>
    Object.values(arrays).flatMap((array) => flat(array));
  const gradientOf = (at: Doubles): number[] => flatOf(slope(at).gradient);
  expect(slope(inputs).value).toBe(value(inputs));
  const differences = centralDifferences(inputs, h, (at) => [value(at) as number]);
  expectClose(gradientOf(inputs), differences.flat(), 1e-8, "first derivative");
  const direction = Object.fromEntries(
    Object.entries(inputs).map(([name, { data, shape }], k) => [
      name,
      { data: numbers(data.length, -1, 1, 31 + k), shape },
    ]),
  );
  const v = flatOf(direction);
  const hessian = centralDifferences(inputs, h, gradientOf);
  expectClose(
    flatOf(curvature(inputs, direction)),
    v.map((_, i) => hessian.reduce((total, row, j) => total + row[i]! * v[j]!, 0)),
    1e-7,
    "second derivative",
  );
  for (const made of [value, slope, curvature]) made.free();
}
