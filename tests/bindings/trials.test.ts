// The trials of a search: line searches, trust regions and damping, against the formulas of the methods.

import {
  adam,
  bfgs,
  concatenate,
  conjugateGradient,
  dampedNewton,
  gaussNewton,
  gradientDescent,
  lbfgs,
  levenbergMarquardt,
  type MinimizeMethod,
  newton,
  saddleFreeNewton,
  trustRegionNewton,
} from "thalweg";
import { createSearch } from "thalweg/minimizers";
import { describe, expect, it } from "vitest";
import { engine, engineForAll } from "./engine.js";

engineForAll();

type Point = ArrayLike<number>;
const at = ({ 0: x = 0, 1: y = 0 }: Point) => ({ x, y });
/** Rosenbrock's function, by hand. */
const value = (point: Point) => {
  const { x, y } = at(point);
  return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
};
const gradient = (point: Point) => {
  const { x, y } = at(point);
  return [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)] as const;
};
const hessian = (point: Point) => {
  const { x, y } = at(point);
  return [2 - 400 * (y - 3 * x * x), -400 * x, -400 * x, 200] as const;
};
const dot = (a: Point, b: Point) => Array.from(a).reduce((sum, x, k) => sum + x * (b[k] ?? 0), 0);
const times = (h: readonly number[], v: Point) => [dot(h.slice(0, 2), v), dot(h.slice(2), v)];
const traced = (x: import("thalweg").Tensor) => {
  const [a, b] = [x.slice(0, 0, 1), x.slice(0, 1, 2)];
  return b.subtract(a.square()).square().multiply(100).add(a.negate().add(1).square()).sum();
};
const plain = {
  value,
  gradient: (x: Point) => [...gradient(x)],
  hessian: (x: Point) => [hessian(x).slice(0, 2), hessian(x).slice(2)] as never,
};
const residuals = (x: import("thalweg").Tensor) => {
  const [a, b] = [x.slice(0, 0, 1), x.slice(0, 1, 2)];
  return concatenate([a.negate().add(1).multiply(Math.SQRT2), b.subtract(a.square()).multiply(Math.sqrt(200))]);
};

const searches: Record<string, MinimizeMethod> = {
  gradientDescent: gradientDescent(),
  conjugateGradient: conjugateGradient(),
  bfgs: bfgs(),
  lbfgs: lbfgs(),
  newton: newton(),
  dampedNewton: dampedNewton(),
  saddleFreeNewton: saddleFreeNewton(),
  trustRegionNewton: trustRegionNewton(),
};
const start = [-1.2, 1];
const options = { maxIterations: 20, trials: true };

/** Trials as rows. */
function rowsOf(search: ReturnType<typeof createSearch>) {
  const { trials, trace } = search;
  if (!trials) throw new Error("no trials");
  const row = (numbers: Float64Array, k: number) => numbers.slice(2 * k, 2 * k + 2);
  return Array.from({ length: trials.count }, (_, k) => ({
    from: row(trace.x, trials.from[k] ?? -1),
    point: trials.from[k] ?? -1,
    x: row(trials.x, k),
    direction: row(trials.direction, k),
    step: trials.step[k] ?? Number.NaN,
    value: trials.value[k] ?? Number.NaN,
    slope: trials.slope[k] ?? Number.NaN,
    decrease: trials.decrease[k] ?? Number.NaN,
    radius: trials.radius[k] ?? Number.NaN,
    damping: trials.damping[k] ?? Number.NaN,
  }));
}

describe.each(Object.entries(searches))("trials of %s", (name, method) => {
  it.each([
    ["a traced function", traced],
    ["plain functions", plain],
  ])("lie on the lines, with value and slope, for %s", (_, f) => {
    const search = createSearch(engine, f as never, start, method, options);
    search.advance();
    const rows = rowsOf(search as never);
    const { points, x } = search.trace;
    expect(rows.length).toBeGreaterThanOrEqual(points - 1);
    for (const { from, x, direction, step, value: found, slope } of rows) {
      for (const k of [0, 1]) expect(x[k]).toBeCloseTo((from[k] ?? 0) + step * (direction[k] ?? 0), 12);
      expect(Math.abs(found - value(x)) / Math.max(1, found)).toBeLessThan(1e-13);
      if (!Number.isNaN(slope)) expect(slope / dot(gradient(x), direction)).toBeCloseTo(1, 9);
    }
    // Every accepted point was the last trial from the point before it.
    for (let k = 1; k < points; k++) {
      const last = rows.filter(({ point }) => point === k - 1).at(-1);
      expect(Array.from(last?.x ?? [])).toEqual(Array.from(x.slice(2 * k, 2 * k + 2)));
      expect(last?.slope).not.toBeNaN();
    }
    expect(rows.every(({ damping }) => Number.isNaN(damping) === (name !== "dampedNewton"))).toBe(true);
    expect(rows.every(({ radius }) => Number.isNaN(radius) === (name !== "trustRegionNewton"))).toBe(true);
  });

  it("do not change the points", () => {
    const search = createSearch(engine, traced, start, method, options);
    search.advance();
    const without = createSearch(engine, traced, start, method, { maxIterations: 20 });
    without.advance();
    expect(search.trace).toEqual(without.trace);
    expect(search.result).toEqual(without.result);
    expect(without.trials).toBeUndefined();
  });
});

describe("what led to a trial", () => {
  it("is the damping α for which (H + α I) d = −g", () => {
    for (const [from, method] of [
      [[0, 1], dampedNewton()], // where H is indefinite
      [start, dampedNewton({ damping: 3 })],
    ] as const) {
      const search = createSearch(engine, traced, from as number[], method, options);
      search.advance(4);
      const rows = rowsOf(search as never);
      for (const { from, direction, damping } of rows) {
        const left = times(hessian(from), direction);
        for (const k of [0, 1] as const)
          expect((left[k] ?? 0) + damping * (direction[k] ?? 0)).toBeCloseTo(-gradient(from)[k], 8);
      }
      expect(rows[0]?.damping).toBeGreaterThan(0);
    }
  });

  it("is the radius of the trust region and the decrease of the model, also of rejected steps", () => {
    const search = createSearch(engine, traced, start, trustRegionNewton(), options);
    search.advance();
    const rows = rowsOf(search as never);
    for (const { from, direction: p, radius, decrease } of rows) {
      expect(Math.hypot(...p)).toBeLessThanOrEqual(radius * (1 + 1e-12));
      const model = -dot(gradient(from), p) - 0.5 * dot(p, times(hessian(from), p));
      expect(decrease / model).toBeCloseTo(1, 9);
    }
    expect(new Set(rows.map(({ point }) => point)).size).toBeLessThan(rows.length);
  });

  it("is λ and the radius of Levenberg-Marquardt", () => {
    const search = createSearch(engine, residuals as never, start, levenbergMarquardt(), options);
    search.advance();
    const rows = rowsOf(search as never);
    expect(rows.some(({ damping }) => damping > 0)).toBe(true);
    for (const { x, value: found, slope, decrease, radius } of rows) {
      expect(Math.abs(found - value(x))).toBeLessThan(1e-12 * Math.max(1, found));
      expect([slope, decrease >= 0, radius > 0]).toEqual([Number.NaN, true, true]);
    }
    const gauss = createSearch(engine, residuals as never, start, gaussNewton(), options);
    gauss.advance();
    for (const { x, value: found } of rowsOf(gauss as never))
      expect(Math.abs(found - value(x))).toBeLessThan(1e-12 * Math.max(1, found));
  });

  it("is nothing for first-order optimizers", () => {
    const search = createSearch(engine, traced, start, adam(), options);
    search.advance(3);
    expect(search.trials).toBeUndefined();
    expect(() => createSearch(engine, traced, start, bfgs(), { trials: 1 as never })).toThrow(
      "createSearch: trials must be true or false, got 1.",
    );
  });
});
