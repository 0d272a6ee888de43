// Elementary functions that are compositions, against those of JavaScript, with their derivatives by closed forms.

import { acos, acosh, asin, asinh, atanh, compile, cosh, grad, type NDArray, sinh, type Tensor, tan } from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForAll } from "./engine.js";

engineForAll();

const cases: Record<string, [(x: Tensor) => Tensor, (x: number) => number, (x: number) => number, number[]]> = {
  tan: [tan, Math.tan, (x) => 1 / Math.cos(x) ** 2, [-1.5, -0.3, 0, 1e-9, 1, 4]],
  asin: [asin, Math.asin, (x) => 1 / Math.sqrt((1 - x) * (1 + x)), [-0.999, -0.4, 0, 1e-12, 0.7, 1 - 1e-9]],
  acos: [acos, Math.acos, (x) => -1 / Math.sqrt((1 - x) * (1 + x)), [-0.999, -0.4, 0, 0.7, 1 - 1e-9]],
  sinh: [sinh, Math.sinh, Math.cosh, [-300, -2, -1e-9, 0, 1e-12, 0.5, 3, 300]],
  cosh: [cosh, Math.cosh, Math.sinh, [-300, -2, 1e-3, 0.5, 3, 300]],
  asinh: [asinh, Math.asinh, (x) => 1 / Math.hypot(x, 1), [-1e9, -2, -1e-9, 0, 1e-12, 0.5, 1e8, 1e9, 1e200]],
  acosh: [acosh, Math.acosh, (x) => 1 / (Math.sqrt(x - 1) * Math.sqrt(x + 1)), [1 + 1e-9, 1.5, 3, 1e8, 1e9, 1e200]],
  atanh: [atanh, Math.atanh, (x) => 1 / ((1 - x) * (1 + x)), [-0.999, -1e-9, 0, 1e-12, 0.5, 1 - 1e-9]],
};

const valuesOf = (f: (x: Tensor) => Tensor, data: Float64Array | Float32Array) =>
  (compile(engine, (x: Tensor) => f(x))({ data, shape: [data.length] }) as NDArray).data;
const near = (found: number, wanted: number, share: number): void =>
  expect(Math.abs(found - wanted)).toBeLessThanOrEqual(share * Math.abs(wanted));

describe.each(Object.entries(cases))("%s", (name, [f, value, slope, points]) => {
  it("has the values of JavaScript, and its derivative", () => {
    const values = valuesOf(f, Float64Array.from(points));
    const slopes = (grad(engine, (x: Tensor) => f(x).sum())(points) as { data: Float64Array }).data;
    for (const [k, x] of points.entries()) {
      near(values[k] as number, value(x), 1e-14);
      near(slopes[k] as number, slope(x), 1e-12);
    }
  });

  it("takes f32, and refuses what is no tensor", () => {
    const x = Float32Array.of(points.at(1) as number);
    const data = valuesOf(f, x);
    expect(data).toBeInstanceOf(Float32Array);
    near(data[0] as number, value(x[0] as number), 1e-5);
    expect(() => f(1 as never)).toThrow(`${name}: expected a tensor, got 1.`);
  });
});

it("has numbers in f32 whose square has none", () => {
  for (const [f, value] of [[asinh, Math.asinh] as const, [acosh, Math.acosh] as const])
    near(valuesOf(f, Float32Array.of(1e30))[0] as number, value(Math.fround(1e30)), 1e-6);
});

it("ends at the bounds, and is not a number beyond", () => {
  const at = (f: (x: Tensor) => Tensor, ...x: number[]) => Array.from(valuesOf(f, Float64Array.from(x)));
  expect(at(asin, -1, 1, 1.5)).toEqual([-Math.PI / 2, Math.PI / 2, Number.NaN]);
  expect(at(acos, 1, -1, 1.5)).toEqual([0, Math.PI, Number.NaN]);
  expect(at(acosh, 1, 0.5)).toEqual([0, Number.NaN]);
  expect(at(atanh, 1, 2)).toEqual([Number.POSITIVE_INFINITY, Number.NaN]);
  expect(at(sinh, 800, -800)).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
});
