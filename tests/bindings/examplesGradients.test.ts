// The examples of gradients and models of a function give the numbers of the course, or closed forms.

import { compile, grad } from "thalweg";
import { describe, expect, it } from "vitest";
import { activations, grid, tabulate } from "../../examples/activations.js";
import { classify, functions as critical } from "../../examples/criticalPoints.js";
import { byHand, compare } from "../../examples/differences.js";
import { check, functions as kinked } from "../../examples/kinks.js";
import { f, from, modelsAt } from "../../examples/localModels.js";
import { testEngine } from "./engine.js";
import { expectClose } from "./numbers.js";

const engine = await testEngine();

describe("gradients", () => {
  it("by differences: -2.5, 0.6, 0", () => {
    expectClose(byHand(), [-2.5, 0.6, 0], 1e-8);
  });

  it("n + 1 evaluations forward, 2n central, and central is nearer", () => {
    const [analytic, forward, central] = compare(engine, 10);
    expect([analytic, forward, central].map((row) => row!.evaluations)).toEqual([1, 11, 20]);
    expect(forward!.error).toBeLessThan(1e-3);
    expect(central!.error).toBeLessThan(1e-8);
    expect(central!.error).toBeLessThan(forward!.error / 1000);
  });

  it("kinks are no failures, and the smooth function has none", () => {
    for (const [name, kinky] of Object.entries(kinked)) {
      const { passed, kinks } = check(engine, kinky);
      expect(passed, name).toBe(true);
      expect(kinks.map(({ index }) => index)).toEqual(name === "smooth" ? [] : [1]);
    }
  });

  it("critical points by their curvatures", () => {
    const found = Object.values(critical).map((f) => classify(engine, f));
    expect(found.map(({ kind }) => kind)).toEqual(["minimum", "maximum", "saddle", "undecided"]);
    expect(found.map(({ slope }) => slope)).toEqual([0, 0, 0, 0]);
    expectClose(
      found.flatMap(({ curvatures }) => curvatures),
      [6, 2, -2, -6, 1, -1, 2, 0],
      1e-14,
    );
  });

  it("local models err with the square and the cube of the distance", () => {
    const { slope, curvature, linear, quadratic, descent, newton } = modelsAt(engine, from);
    expectClose([slope, curvature], [1.8 * 2.24 + 0.2, 3 * 3.24 - 1], 1e-14);
    expectClose([descent, newton], [1.8 - 0.4232, 1.8 - 4.232 / 8.72], 1e-14);
    using value = compile(engine, f);
    const errors = [0.02, 0.01].map((d) =>
      [linear, quadratic].map((model) => Math.abs(model(from - d) - (value([from - d]) as number))),
    );
    expect(errors[0]![0]! / errors[1]![0]!).toBeCloseTo(4, 1);
    expect(errors[0]![1]! / errors[1]![1]!).toBeCloseTo(8, 1);
    // The Newton step leads to the vertex of the parabola.
    using slopeThere = grad(engine, f);
    expect(Math.abs(slopeThere([newton]).data[0]!)).toBeLessThan(slope / 3);
    expectClose((quadratic(newton + 0.1) - quadratic(newton - 0.1)) / 0.2, 0, 1e-13);
  });
});

describe("activations and their derivatives", () => {
  it("sigmoid' is at most 1/4, tanh' at most 1", () => {
    expectClose(Math.max(...tabulate(engine, "sigmoid").slopes), 0.25, 1e-15);
    expectClose(Math.max(...tabulate(engine, "tanh").slopes), 1, 1e-15);
  });

  it.each(Object.keys(activations))("%s: the derivative is that of the values", (name) => {
    const { values, slopes } = tabulate(engine, name);
    for (const [k, x] of grid.entries()) {
      if (k === 0 || k === grid.length - 1) continue;
      const difference = (values[k + 1]! - values[k - 1]!) / 0.05;
      // At a kink the difference is the mean of both slopes.
      const kink = [-3, 0, 3].some((at) => Math.abs(x - at) < 1e-9);
      if (!kink) expect(Math.abs(slopes[k]! - difference)).toBeLessThan(5e-3);
    }
  });
});
