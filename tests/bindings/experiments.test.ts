// The examples give the numbers of the course, recomputed where it rounds or errs.

import { multiclassHinge, softmaxCrossEntropy } from "thalweg";
import { describe, expect, it } from "vitest";
import { pathOver } from "../../examples/batchSizes.js";
import { descent } from "../../examples/conditionNumber.js";
import { hingeOf, startOf } from "../../examples/hinge.js";
import { curvatures, fitLine } from "../../examples/leastSquares.js";
import { descend } from "../../examples/parabola.js";
import { candidates, penaltiesOf } from "../../examples/preference.js";
import { testEngine } from "./engine.js";

const engine = await testEngine();

/** Every figure within `tolerance` of the expected one, relative to numbers above 1. */
function expectFigures(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  for (const [k, figure] of expected.entries())
    expect(Math.abs((actual[k] as number) - figure)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(figure)));
}

describe("losses and penalties", () => {
  it("the hinge of three images, and of doubled weights", () => {
    const once = hingeOf(engine, 1);
    expectFigures([...once.each, once.mean], [2.9, 0, 12.9, 15.8 / 3], 1e-12);
    expectFigures(hingeOf(engine, 2).each, [4.8, 0, 23.8], 1e-12);
    for (const factor of [1.5, 10, 1000]) expect(hingeOf(engine, factor).each[1]).toBe(0);
  });

  it("a classifier starts at C − 1 and at ln C", () => {
    expectFigures([startOf(engine, multiclassHinge())], [9], 0.01);
    expectFigures([startOf(engine, softmaxCrossEntropy())], [Math.log(10)], 0.01);
  });

  it("L2 prefers the spread weight, L1 is indifferent", () => {
    expect(candidates.map((w) => penaltiesOf(engine, w))).toEqual([
      { score: 1, l2: 1, l1: 1 },
      { score: 1, l2: 0.25, l1: 1 },
    ]);
  });

  it("L2 shrinks the condition number and the way", () => {
    const ways = [0, 0.5, 5, 50].map((lambda) => descent(engine, lambda));
    expectFigures(
      ways.map(({ condition }) => condition),
      [100, 101 / 2, 110 / 11, 200 / 101],
      1e-12,
    );
    for (const { condition, updates } of ways) {
      // With the best rate every update keeps (κ − 1) / (κ + 1) of the gradient.
      const expected = Math.log(1e-6 / Math.hypot(100, 1)) / Math.log((condition - 1) / (condition + 1));
      expect(updates).toBe(Math.ceil(expected));
    }
  });
});

describe("gradient descent", () => {
  it("1: x² from 1", () => {
    expectFigures(descend(engine, [1], 0.4, 4).flat(), [1, 0.2, 0.04, 0.008, 0.0016], 1e-15);
    expect(descend(engine, [1], 0.5, 1).flat()).toEqual([1, 0]);
    expect(descend(engine, [1], 1, 4).flat()).toEqual([1, -1, 1, -1, 1]);
    expectFigures(descend(engine, [1], 1.1, 3).flat(), [1, -1.2, 1.44, -1.728], 1e-14);
  });

  it("2: x₁² + x₂² from (2, 3)", () => {
    const path = descend(engine, [2, 3], 0.1, 99);
    expectFigures(path.slice(0, 3).flat(), [2, 3, 1.6, 2.4, 1.28, 1.92], 1e-14);
    expectFigures([...path[98]!, ...path[99]!], [6.3657e-10, 9.5486e-10, 5.0926e-10, 7.6389e-10], 5e-14);
    expectFigures(
      path.flat().map((figure) => figure / 3),
      path.flatMap((_, step) => [(2 / 3) * 0.8 ** step, 0.8 ** step]),
      1e-13,
    );
  });

  it("3: the least-squares line", () => {
    const { updates, theta, loss } = fitLine(engine, 0.01);
    expect(updates).toBe(4344);
    expectFigures(theta, [0.1372987, 1.4767766], 5e-8);
    expectFigures(theta, [7 / 51, 477 / 323], 1e-4);
    expectFigures([loss], [0.4406605], 5e-8);
    const [largest, least] = curvatures();
    expectFigures([largest / least, 2 / largest], [516.8, 0.016958], 1e-4);
    expect(fitLine(engine, 0.0169).slope).toBeLessThan(1e-5);
    expect(fitLine(engine, 0.0171).slope).toBeGreaterThan(1e5);
  });

  it("3b: batch, mini-batches of 10, single samples", async () => {
    const way = async (batchSize: number) => pathOver(engine, batchSize, 0.002, 400);
    const [batch, mini, single] = await Promise.all([way(18), way(10), way(1)]);
    expect([batch.steps, mini.steps, single.steps]).toEqual([400, 800, 7200]);
    // The batch path is the closed form's: θ − θ* shrinks by I − h H.
    const [b, c] = [9.5, 2109 / 18];
    let theta = [1, 1];
    for (let k = 0; k < 400; k++) {
      const [u, v] = [theta[0]! - 7 / 51, theta[1]! - 477 / 323];
      theta = [theta[0]! - 0.002 * (u + b * v), theta[1]! - 0.002 * (b * u + c * v)];
    }
    expectFigures(batch.path[400]!, theta, 1e-11);
    // All head for the same line; the noise of single samples keeps them within a band about it.
    for (const { path } of [batch, mini, single]) {
      expect(path).toHaveLength(401);
      const [intercept, slope] = path[400]!;
      expect(Math.abs(intercept! + 9.5 * slope! - 85 / 6)).toBeLessThan(1);
    }
    const distance = ([u, v]: number[]): number => Math.hypot(u! - 7 / 51, v! - 477 / 323);
    expect(distance(mini.path[400]!)).toBeLessThan(distance(batch.path[400]!));
  });
});
