// The worked experiments give the numbers of the course, recomputed where it rounds or errs.

import { compile, constantInitializer, multiclassHinge, softmaxCrossEntropy, xavierUniform } from "thalweg";
import { describe, expect, it } from "vitest";
import { pathOver } from "../../examples/batchSizes.js";
import { cures, walk } from "../../examples/cliff.js";
import { descent } from "../../examples/conditionNumber.js";
import { averageGap, functions as convexFunctions } from "../../examples/convexBound.js";
import { rules as nineRules, objectives } from "../../examples/course/nineRules.js";
import { pathOf, updatesTo } from "../../examples/course/point.js";
import { rules as decayRules, train as trainDigits } from "../../examples/decoupled.js";
import { learnXor } from "../../examples/equalWeights.js";
import { firstSteps } from "../../examples/firstSteps.js";
import { hingeOf, startOf } from "../../examples/hinge.js";
import { curvatures, fitLine } from "../../examples/leastSquares.js";
import { curvatures as surfaceCurvatures, losses as surfaceLosses } from "../../examples/lossSurface.js";
import { descend } from "../../examples/parabola.js";
import { candidates, penaltiesOf } from "../../examples/preference.js";
import { descend as descendDigits, search } from "../../examples/randomSearch.js";
import { leaveSaddle, rules as saddleRules } from "../../examples/saddle.js";
import { matrixChain, residual, sigmoid, slopeOf } from "../../examples/sigmoidChain.js";
import { fitFeatures, twoFeatures } from "../../examples/standardized.js";
import { fitWith } from "../../examples/sweep.js";
import { learnMinimizer } from "../../examples/targetLoss.js";
import { angle, valley, rules as valleyRules } from "../../examples/zigZag.js";
import { build, testEngine } from "./engine.js";

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

describe("trouble, with and without its cure", () => {
  it("the zig-zag", () => {
    const path = pathOf(valley(engine, valleyRules.descent!), 20);
    expectFigures(
      path.flat(),
      path.flatMap((_, k) => [(-0.9) ** k, 10 * 0.981 ** k]),
      1e-12,
    );
    for (const point of path.slice(0, 6)) expect(angle(point)).toBeGreaterThan(75);
    const updates = Object.values(valleyRules).map((rule) => updatesTo(1e-6, valley(engine, rule)));
    // ½ (10 · 0.981ᵏ)² falls to 1e-6 at k = 463; momentum needs a fifth, its own rate for each direction less still.
    expect(updates[0]).toBe(Math.ceil(Math.log(Math.sqrt(2e-6) / 10) / Math.log(0.981)));
    expect(updates[1]).toBeLessThan(updates[0]! / 5);
    expect(updates[2]).toBeLessThan(updates[0]! / 3);
    expect(updates[3]).toBeLessThan(updates[0]! / 20);
  });

  it("features of very different size", () => {
    const raw = fitFeatures(engine, false);
    const cured = fitFeatures(engine, true);
    expect(raw.condition).toBeGreaterThan(1e8);
    expect(raw.updates).toBe(5000);
    expect(cured.condition).toBeLessThan(1.5);
    expect(cured.updates).toBeLessThan(10);
    for (const standardized of [false, true]) {
      // The curvatures in one direction each, by differences: Hessian [[a, b], [b, c]] with condition (a + c + r) / (a + c − r).
      const { loss, condition, best } = twoFeatures(engine, 5, standardized);
      using value = compile(engine, loss);
      const f = (u: number, v: number): number => value([best[0]! + u, best[1]! + v]) as number;
      const [a, c, b] = [2 * f(1, 0), 2 * f(0, 1), f(1, 1) - f(1, 0) - f(0, 1)];
      const r = Math.sqrt((a - c) ** 2 + 4 * b * b);
      expectFigures([f(0, 0), condition], [0, (a + c + r) / (a + c - r)], 1e-12);
      expectFigures([condition], [standardized ? 1.41 : 25.8], 2e-3);
    }
  });

  it("the saddle", () => {
    // Under descent y grows by 1.2 an update, from 1e-6 to 1.
    const descent = leaveSaddle(engine, saddleRules.descent!);
    expect(descent.updates).toBe(Math.ceil(Math.log(1e6) / Math.log(1.2)));
    const norms = Array.from({ length: 76 }, (_, k) => 2 * Math.hypot(0.8 ** k, 1e-6 * 1.2 ** k));
    expectFigures([descent.flattest], [Math.min(...norms)], 1e-14);
    expect(leaveSaddle(engine, saddleRules.momentum!).updates).toBeLessThan(descent.updates / 2);
    expect(leaveSaddle(engine, saddleRules.Adam!).updates).toBeLessThan(descent.updates / 5);
  });

  it("the cliff", () => {
    const without = walk(engine, cures.none!);
    const first = 1.15 ** 50 - 1;
    expectFigures([without.losses[0]!], [first ** 2], 1e-12);
    expectFigures([without.firstNorm], [Math.hypot(2 * first * 50 * 1.15 ** 49, 2 * first)], 1e-12);
    expect(without.losses.slice(1)).toEqual([Number.POSITIVE_INFINITY]);
    expectFigures([without.path[1]![0]! / 1e3], [(1.15 - (2 * first * 50 * 1.15 ** 49) / 5000) / 1e3], 1e-12);
    for (const [name, steps] of [
      ["norm", 751],
      ["value", 739],
    ] as const) {
      const { losses } = walk(engine, cures[name]!);
      expect(losses.at(-1)).toBeLessThanOrEqual(1e-6);
      expect(losses).toHaveLength(steps);
    }
  });

  it("equal initial weights", async () => {
    const equal = await learnXor(engine, constantInitializer(0.5));
    for (const row of equal.rows) expect(new Set(row).size).toBe(1);
    expect(equal.loss).toBeGreaterThan(0.1);
    const random = await learnXor(engine, xavierUniform);
    for (const row of random.rows) expect(new Set(row).size).toBe(4);
    expect(random.loss).toBeLessThan(1e-6);
  });

  it("vanishing and exploding chains", () => {
    expectFigures([slopeOf(engine, sigmoid, 5)], [1 / 4 ** 5], 1e-18);
    for (const layers of [1, 2, 5, 20]) {
      expect(slopeOf(engine, sigmoid, layers)).toBeCloseTo(0.25 ** layers, 15);
      expectFigures([slopeOf(engine, residual, layers)], [1.25 ** layers], 1e-13);
      for (const lambda of [0.5, 1, 2])
        expectFigures([matrixChain(engine, lambda, layers) / lambda ** layers], [1], 1e-13);
    }
  });
});

// The nine rules once more, on plain numbers: each takes the gradient function and answers the point after every step.
type Gradient = (x: readonly number[]) => number[];
type Rule = (g: number[], t: number, s: Record<string, number[]>) => number[];
const each = (g: number[], f: (g: number, k: number) => number): number[] => g.map(f);
const decayed = (before: number[] | undefined, g: number[], rate: number, f: (g: number) => number): number[] =>
  each(g, (value, k) => rate * (before?.[k] ?? 0) + (1 - rate) * f(value));
const squareOf = (g: number): number => g * g;

const byHand: Record<string, (setting: 0 | 1) => Rule> = {
  descent: (k) => (g) => each(g, (v) => -[0.002, 0.1][k]! * v),
  momentum: (k) => (g, _, s) => {
    s.v = each(g, (value, i) => 0.9 * (s.v?.[i] ?? 0) + [0.001, 0.01][k]! * value);
    return s.v.map((v) => -v);
  },
  AdaGrad: () => (g, _, s) => {
    s.s = each(g, (value, i) => (s.s?.[i] ?? 0) + value * value);
    return each(g, (value, i) => (-0.5 * value) / Math.sqrt(s.s![i]! + 1e-6));
  },
  Adadelta: (k) => (g, _, s) => {
    const epsilon = [1e-6, 1e-5][k]!;
    s.s = decayed(s.s, g, 0.9, squareOf);
    const d = each(g, (v, i) => (-v * Math.sqrt((s.u?.[i] ?? 0) + epsilon)) / Math.sqrt(s.s![i]! + epsilon));
    s.u = decayed(s.u, d, 0.9, squareOf);
    return d;
  },
  RMSprop: () => (g, _, s) => {
    s.s = decayed(s.s, g, 0.9, squareOf);
    return each(g, (value, i) => (-0.01 * value) / Math.sqrt(s.s![i]! + 1e-8));
  },
  Adam: (k) => (g, t, s) => {
    const beta2 = [0.97, 0.999][k]!;
    s.m = decayed(s.m, g, 0.9, (v) => v);
    s.v = decayed(s.v, g, beta2, squareOf);
    return each(g, (_, i) => {
      const mean = s.m![i]! / (1 - 0.9 ** t);
      return (-[0.01, 0.1][k]! * mean) / Math.sqrt(s.v![i]! / (1 - beta2 ** t) + 1e-6);
    });
  },
  AdaMax: (k) => (g, t, s) => {
    s.m = decayed(s.m, g, 0.9, (v) => v);
    s.u = each(g, (value, i) => Math.max(0.999 * (s.u?.[i] ?? 0), Math.abs(value)));
    return each(g, (_, i) => ((-[0.5, 0.1][k]! / (1 - 0.9 ** t)) * s.m![i]!) / s.u![i]!);
  },
  Nadam: () => (g, t, s) => {
    s.m = decayed(s.m, g, 0.9, (v) => v);
    s.v = decayed(s.v, g, 0.999, squareOf);
    return each(g, (value, i) => {
      const mean = s.m![i]! / (1 - 0.9 ** t);
      const ahead = 0.9 * mean + (0.1 * value) / (1 - 0.9 ** t);
      return (-0.3 * ahead) / (Math.sqrt(s.v![i]! / (1 - 0.999 ** t)) + 1e-6);
    });
  },
};

const plainGradients: Record<string, Gradient> = {
  "as printed": ([x = 0, y = 0]) => {
    const [a, b, c] = [1.5 - x * y, 2.25 - x + x * y * y, 2.65 - x + x * y ** 3];
    return [
      -2 * a * y + 2 * b * (y * y - 1) + 3 * c * c * (y ** 3 - 1),
      -2 * a * x + 2 * b * 2 * x * y + 3 * c * c * 3 * x * y * y,
    ];
  },
  Beale: ([x = 0, y = 0]) => {
    const [a, b, c] = [1.5 - x + x * y, 2.25 - x + x * y * y, 2.625 - x + x * y ** 3];
    return [
      2 * a * (y - 1) + 2 * b * (y * y - 1) + 2 * c * (y ** 3 - 1),
      2 * a * x + 4 * b * x * y + 6 * c * x * y * y,
    ];
  },
  bowl: ([x = 0, y = 0, z = 0]) => [2 * x, 0.2 * y, 4 * z],
};

/** The path by plain numbers; `displaced` moves y by 1e-13 after so many updates. */
function pathByHand(objective: string, rule: string, updates: number, displaced = -1): number[][] {
  const { start, setting } = objectives[objective]!;
  const gradient = plainGradients[objective]!;
  const path = [[...start]];
  const state: Record<string, number[]> = {};
  let velocity = start.map(() => 0);
  for (let t = 1; t <= updates; t++) {
    const x = path.at(-1)!;
    if (rule === "Nesterov") {
      const ahead = gradient(x.map((value, k) => value - 0.9 * velocity[k]!));
      velocity = velocity.map((v, k) => 0.9 * v + [0.0005, 0.01][setting]! * ahead[k]!);
      path.push(x.map((value, k) => value - velocity[k]!));
    } else {
      const step = byHand[rule]!(setting)(gradient(x), t, state);
      path.push(x.map((value, k) => value + step[k]!));
    }
    if (t === displaced) path[t]![1]! += 1e-13;
  }
  return path;
}

describe("4: the first steps of nine rules", () => {
  const cases = Object.keys(objectives).flatMap((name) => Object.keys(nineRules).map((rule) => [name, rule] as const));
  it.each(cases)("%s: %s", (name, rule) => {
    // What is printed is unbounded below, and plain descent leaves all numbers behind within four steps.
    const updates = name === "as printed" ? 2 : 20;
    expectFigures(
      firstSteps(engine, name, rule, updates).flat(),
      pathByHand(name, rule, updates).flat(),
      name === "as printed" ? 1e-11 : 1e-9,
    );
  });

  it("RMSprop on Beale, 300 updates: off by no more than plain doubles are, as rounding grows there", () => {
    // By the same formulas in decimals of 60 digits.
    const exact = { 250: [2.241932562689677, 0.2491240808812805], 300: [2.618686851629898, 0.389774022906745] };
    const path = firstSteps(engine, "Beale", "RMSprop", 300);
    expectFigures(path[250]!, exact[250], 1e-14);
    expectFigures(path[300]!, exact[300], 1e-6);
    const plain = pathByHand("Beale", "RMSprop", 300);
    expectFigures(plain[250]!, exact[250], 1e-14);
    expect(Math.abs(plain[300]![1]! - exact[300][1]!)).toBeGreaterThan(1e-9);
    // The rate h / √s has grown beyond 2 / curvature by then: what displaces y by 1e-13 moves it a million times as far.
    const displaced = pathByHand("Beale", "RMSprop", 300, 280);
    expect(Math.abs(displaced[300]![1]! - plain[300]![1]!)).toBeGreaterThan(1e-7);
  });

  it("as printed, descent jumps to (-4.19, -17.23)", () => {
    expectFigures(firstSteps(engine, "as printed", "descent", 1)[1]!, [-4.19, -17.23], 1e-3);
    expect(() => firstSteps(engine, "as printed", "descent", 4)).toThrow("finite");
  });
});

describe("networks", () => {
  it("5: 1-4-2-3 learns the minimizer, to outputs of about 1.8e-4", async () => {
    const { outputs, loss } = await learnMinimizer(engine);
    // The course: 0.1815e-3, 0.1837e-3, 0.1825e-3, 9.9969e-8.
    expect(loss).toBeLessThanOrEqual(1e-7);
    expect(loss).toBeGreaterThan(9.99e-8);
    for (const output of outputs) expect(Math.abs(output - 0.18e-3)).toBeLessThan(0.015e-3);
    expectFigures([outputs.reduce((sum, x) => sum + x * x, 0)], [loss], 1e-20);
  });

  it("7: neither loss of two sigmoids is convex", () => {
    expectFigures(surfaceCurvatures(engine, surfaceLosses["squared error"]!, [0, 0]), [0.08, -0.049], 5e-4);
    expectFigures(surfaceCurvatures(engine, surfaceLosses["cross-entropy"]!, [0, 0]), [0.16, -0.098], 5e-4);
    // At 0 the Hessian is [[0, g/4], [g/4, c]] with the slope g of the loss over the last sum, −1/4 and −1/2.
    const determinants = Object.values(surfaceLosses).map((loss) => {
      const [most, least] = surfaceCurvatures(engine, loss, [0, 0]);
      return most * least;
    });
    expectFigures(determinants, [-1 / 256, -1 / 64], 1e-15);
  });

  it("9: L2 and decay of its own are one under descent, two under Adam", async () => {
    const train = (name: string) => trainDigits(engine, decayRules[name]!);
    const [descent, own] = [await train("descent, L2"), await train("descent, own")];
    const [penalized, decoupled] = [await train("Adam, L2"), await train("AdamW")];
    const difference = (a: number[], b: number[]): number => Math.max(...a.map((w, k) => Math.abs(w - b[k]!)));
    expect(difference(descent.weights, own.weights)).toBeLessThan(1e-3);
    expect(difference(penalized.weights, decoupled.weights)).toBeGreaterThan(0.1);
    expect(penalized.norm).toBeLessThan(decoupled.norm / 2);
    for (const { accuracy } of [descent, own, penalized, decoupled]) expect(accuracy).toBeGreaterThan(0.78);
  });

  it.runIf(build === "release")("8: random search against descent", async () => {
    const drawn = await search(engine, 1000);
    const best = Math.min(...drawn.losses);
    // The course, on other images: 9.40, 8.96, 9.04, 9.28, 8.86, 8.94, 8.61 and in the end 15.5 %.
    for (const loss of drawn.losses) expect(loss).toBeLessThan(25);
    expect(drawn.losses[0]).toBeGreaterThan(8.5);
    expect(drawn.losses[0]).toBeLessThan(10.5);
    expect(best).toBeLessThan(8.61);
    expect(best).toBeGreaterThan(5);
    expect(drawn.accuracy).toBeGreaterThan(0.1);
    expect(drawn.accuracy).toBeLessThan(0.25);
    const { losses, accuracy } = await descendDigits(engine, 100);
    expect(losses.at(-1)).toBeLessThan(1);
    expect(accuracy).toBeGreaterThan(0.8);
  });

  it("10: the average gap of descent on convex functions stays below R L / √T", () => {
    for (const name of Object.keys(convexFunctions))
      for (const steps of [1, 4, 10, 100, 1000])
        expect(averageGap(engine, name, steps)).toBeLessThanOrEqual((1 + 1e-9) / Math.sqrt(steps));
    expect(averageGap(engine, "|x|", 1)).toBe(1);
    expectFigures([averageGap(engine, "|x|", 100)], [0.1], 1e-9);
  });
});

describe("11: the penalty swept", () => {
  const sweep = [0, 0.001, 0.01, 0.1, 1];
  it.each(["L2", "L1", "elastic net"] as const)("%s", async (kind) => {
    const fits: Awaited<ReturnType<typeof fitWith>>[] = [];
    for (const lambda of sweep) fits.push(await fitWith(engine, kind, lambda));
    const least = Math.min(...fits.map(({ test }) => test));
    expect(fits[0]!.train).toBeLessThan(1e-6);
    expect(fits[0]!.zeros).toBe(0);
    for (let k = 1; k < sweep.length; k++) {
      expect(fits[k]!.train).toBeGreaterThan(fits[k - 1]!.train);
      if (kind === "L2") expect(fits[k]!.zeros).toBe(0);
      else expect(fits[k]!.zeros).toBeGreaterThan(fits[k - 1]!.zeros);
    }
    expect(least).toBeLessThan(fits[0]!.test);
    expect(least).toBeLessThan(fits.at(-1)!.test);
  });
});
