// Gradients by differences against the curriculum's worked figures, and the check that names what is wrong.

import { gradientCheck, numericalGradient, type Tensor } from "thalweg";
import { describe, expect, it } from "vitest";
import { testEngine } from "./engine.js";

const engine = await testEngine();

describe("numericalGradient", () => {
  it("takes n + 1 evaluations forward and 2n central", () => {
    const f = (x: readonly number[]): number => (x[0] as number) ** 2 + 3 * (x[1] as number);
    const forward = numericalGradient(f, [2, 5], { form: "forward" });
    expect(forward.evaluations).toBe(3);
    expect(forward.gradient[0]).toBeCloseTo(4.0001, 8);
    const central = numericalGradient(f, [2, 5]);
    expect(central.evaluations).toBe(4);
    expect(central.gradient[0]).toBeCloseTo(4, 8);
    expect(central.gradient[1]).toBeCloseTo(3, 8);
  });

  it("gives the worked figures -2.5, 0.6 and 0 for losses 1.25322, 1.25353 and 1.25347 against 1.25347", () => {
    const losses = new Map([
      ["0.3401,-1.11,0.78", 1.25322],
      ["0.34,-1.1099,0.78", 1.25353],
      ["0.34,-1.11,0.7801", 1.25347],
    ]);
    const f = (x: readonly number[]): number => losses.get(x.map((v) => +v.toFixed(6)).join()) ?? 1.25347;
    const { gradient } = numericalGradient(f, [0.34, -1.11, 0.78], { form: "forward", step: 1e-4 });
    for (const [k, expected] of [-2.5, 0.6, 0].entries()) expect(gradient[k]).toBeCloseTo(expected, 8);
  });

  it("moves numbers far from 1 by their own size", () => {
    for (const unit of [1e-12, 1e12]) {
      // (x₀² + 3 x₁) of x in this unit.
      const f = (x: readonly number[]): number => ((x[0] as number) / unit) ** 2 + 3 * ((x[1] as number) / unit);
      for (const form of ["forward", "central"] as const) {
        const { gradient } = numericalGradient(f, [2 * unit, 5 * unit], { form });
        expect((gradient[0] as number) * unit).toBeCloseTo(4, form === "forward" ? 2 : 7);
        expect((gradient[1] as number) * unit).toBeCloseTo(3, 7);
      }
    }
  });

  it("refuses what it cannot use", () => {
    expect(() => numericalGradient(1 as never, [1])).toThrow(/expected a function of numbers, got 1/);
    expect(() => numericalGradient(() => 1, [1], { step: 0 })).toThrow(/step must be a positive number, got 0/);
    expect(() => numericalGradient(() => "1" as never, [1])).toThrow(/f must return a number/);
  });
});

describe("gradientCheck", () => {
  it("passes a right gradient over a tree", () => {
    const f = ({ w, b }: { w: Tensor; b: Tensor }): Tensor => w.tanh().multiply(b).sum();
    const check = gradientCheck(
      engine,
      f,
    )({
      w: [
        [0.3, -1],
        [0.2, 2],
      ],
      b: [0.5, 1.5],
    });
    expect(check).toMatchObject({ passed: true, kinks: [], coordinates: 6 });
  });

  it("names the worst coordinate of a wrong gradient", () => {
    const f = ({ a, b }: { a: Tensor; b: Tensor }): Tensor => a.square().sum().add(b.stopGradient().multiply(b).sum());
    const check = gradientCheck(engine, f)({ a: [1, 2], b: [0.1, 3] });
    expect(check.passed).toBe(false);
    expect(check.worst).toMatchObject({ name: "b", index: 1, analytic: 3 });
    expect(check.worst?.numerical).toBeCloseTo(6, 6);
  });

  it.each([1e-12, 1e12])("knows right from wrong whatever the unit of x: %d", (unit) => {
    const right = (x: Tensor): Tensor => x.divide(unit).square().sum();
    const wrong = (x: Tensor): Tensor => right(x).add(x.divide(unit).stopGradient().sum());
    expect(gradientCheck(engine, right)([unit, 2 * unit])).toMatchObject({ passed: true, kinks: [] });
    expect(gradientCheck(engine, wrong)([unit, 2 * unit])).toMatchObject({ passed: false, kinks: [] });
    // A number of another unit in the same array.
    const mixed = (x: Tensor): Tensor => x.divide([1, unit]).square().sum();
    expect(gradientCheck(engine, mixed)([3, 2 * unit])).toMatchObject({ passed: true, kinks: [] });
  });

  it("calls rounding of f no error where the gradient is nothing beside it", () => {
    const level = (x: Tensor): Tensor => x.multiply(1e-9).sum().add(1e3);
    expect(gradientCheck(engine, level)([0.3, -0.7])).toMatchObject({ passed: true, kinks: [] });
    const missing = (x: Tensor): Tensor => x.multiply(1e-7).sum().add(x.multiply(1e-7).stopGradient().sum());
    expect(gradientCheck(engine, missing)([0.3, -0.7]).passed).toBe(false);
  });

  it("fails where a coordinate is not a number, whatever the others are", () => {
    const check = gradientCheck(engine, (x) => x.sqrt().square().sum())([0, 4]);
    expect(check).toMatchObject({ passed: false, worst: { index: 0 } });
  });

  it("reports kinks as kinks", () => {
    const check = gradientCheck(engine, (x) => x.abs().sum().add(x.relu().sum()))([0, 1, -2]);
    expect(check.passed).toBe(true);
    expect(check.kinks).toMatchObject([{ index: 0 }]);
  });

  it("finds kinks anywhere between the two ends of the difference, and none where f is smooth", () => {
    const check = gradientCheck(engine, (x) => x.abs().sum(), { step: 1e-5 });
    for (const x of [-9e-6, -4e-6, -2e-6, -1e-7, 5e-7, 2e-6, 3e-6, 9.9e-6])
      expect(check([x, 1])).toMatchObject({ passed: true, kinks: [{ index: 0 }] });
    expect(check([1.1e-5, -1.1e-5])).toMatchObject({ passed: true, kinks: [] });
    const wrong = (x: Tensor): Tensor => x.square().multiply(x.multiply(0.999).stopGradient().add(1)).sum();
    for (const x of [0.1, 1, 100])
      expect(gradientCheck(engine, wrong)([x])).toMatchObject({ passed: false, kinks: [] });
  });
});
