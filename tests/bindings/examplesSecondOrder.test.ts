// Steps that know the curvature, and the curvature itself: the examples against closed forms.

import { describe, expect, it } from "vitest";
import { descend as descendAlways } from "../../examples/alwaysDown.js";
import {
  chain,
  ellipse,
  methods as exactMethods,
  rightAngles,
  slowest,
  withRestarts,
} from "../../examples/conjugate.js";
import { methods as costly, measure, slopeOf } from "../../examples/costs.js";
import { rosenbrock } from "../../examples/course/rosenbrock.js";
import { search } from "../../examples/course/search.js";
import { alphas, angle, atSaddle, descent, from, newtonStep, stepWith } from "../../examples/damping.js";
import { fitDecay, measured, noise, type Parameters, truth } from "../../examples/decayFit.js";
import { descendWith } from "../../examples/edgeOfStability.js";
import { methods as fullBatchMethods, lossesWith } from "../../examples/fullBatch.js";
import { directions, evaluationsOf, searches } from "../../examples/lineSearches.js";
import { functions, methods } from "../../examples/newton.js";
import { memories, runWith, secant } from "../../examples/quasiNewton.js";
import { sharesBelow, spectrum } from "../../examples/spectrum.js";
import { linesThrough, planesThrough, trained } from "../../examples/weightSpace.js";
import { build, testEngine } from "./engine.js";
import { expectClose } from "./numbers.js";

const engine = await testEngine();
const run = (name: keyof typeof functions, rule: keyof typeof methods) =>
  search(engine, functions[name].f, functions[name].start, methods[rule], { gradientTolerance: 1e-6 });

it("Newton is at the minimum of a bowl after one step", () => {
  const { iterations, x, value } = run("bowl", "Newton");
  expect(iterations).toBe(1);
  for (const at of x) expectClose(at, 1, 1e-14);
  expectClose(value, -4, 1e-14);
  expect(run("bowl", "descent").iterations).toBeGreaterThan(10);
});

it("Newton goes to the saddle by y ← 2y³ / (3y² − 1), and saddle-free Newton away from it", () => {
  const { path, value } = run("saddle", "Newton");
  for (const [k, [, y = 0]] of path.slice(0, -1).entries())
    expectClose(path[k + 1]![1]!, (2 * y ** 3) / (3 * y * y - 1), 1e-14);
  expectClose(value, 0, 1e-12);
  // On x² − y² alone each step doubles y: its first step here is y + |y² ⋅ 6 − 2|⁻¹ (2y − 2y³).
  const free = run("saddle", "saddle-free Newton");
  expectClose(free.path[1]![1]!, 0.3 + (0.6 - 0.054) / (2 - 0.54), 1e-14);
  for (const found of [free, run("saddle", "damped Newton")]) {
    expectClose(Math.abs(found.x[1]!), 1, 1e-6);
    expectClose(found.value, -0.5, 1e-12);
  }
});

it("a damped step is −g / (curvature + α), and turns from Newton's to −g / α", () => {
  for (const alpha of alphas) {
    const step = stepWith(engine, alpha);
    expectClose(step[0]!, -from[0]! / (1 + alpha), 1e-14);
    expectClose(step[1]!, (-9 * from[1]!) / (9 + alpha), 1e-14);
  }
  expectClose(angle(newtonStep, descent), (Math.acos(3 / 5) * 180) / Math.PI, 1e-12);
  const angles = alphas.map((alpha) => angle(stepWith(engine, alpha), descent));
  expect(angles).toEqual(angles.toSorted((a, b) => b - a));
  expect(angles.at(-1)).toBeLessThan(0.2);
  expect(atSaddle(engine, 1)).toBe("singular");
  expect(atSaddle(engine, 3)).toBe("maxIterations");
});

it("conjugate gradients end after n steps at right angles, descent shrinks by ((κ − 1) / (κ + 1))²", () => {
  for (const n of [1, 2, 7, 32]) {
    const { iterations, x } = search(engine, chain, new Array(n).fill(0), exactMethods["conjugate gradients"]);
    expect(iterations).toBe(n);
    for (const [k, at] of x.entries()) expectClose(at, 1 - (k + 1) / (n + 1), 1e-12);
  }
  const { gradients, directions } = rightAngles(engine, 16);
  expect(gradients.length).toBe(15);
  expect(directions.length).toBeGreaterThan(12);
  for (const cosine of [...gradients, ...directions]) expectClose(cosine, 0, 1e-12);
  const { path } = search(engine, ellipse, slowest, exactMethods.descent);
  const value = ([x = 0, y = 0]: number[]): number => (x * x + 10 * y * y) / 2;
  for (let k = 1; k < 20; k++) expectClose(value(path[k]!) / value(path[k - 1]!), (9 / 11) ** 2, 1e-9);
  expect(search(engine, ellipse, slowest, exactMethods["conjugate gradients"]).iterations).toBe(2);
});

it("Fletcher-Reeves gains by restarts, Polak-Ribière restarts itself", () => {
  const runs = (beta: "fletcherReeves" | "polakRibiere") =>
    [undefined, 5].map((restart) => withRestarts(engine, beta, restart));
  const [plain, restarted] = runs("fletcherReeves");
  const [polak, polakRestarted] = runs("polakRibiere");
  for (const { status } of [plain!, restarted!, polak!, polakRestarted!]) expect(status).toBe("converged");
  expect(restarted!.iterations).toBeLessThan(plain!.iterations / 2);
  expect(polak!.iterations).toBeLessThan(plain!.iterations / 2);
});

it("BFGS satisfies the secant condition in every update, and its steps follow −H g", () => {
  const updates = secant(engine, 6);
  expect(updates.length).toBeGreaterThan(20);
  for (const { misfit } of updates) expect(misfit).toBeLessThan(1e-9);
  for (const { sine } of updates.slice(0, 30)) expect(sine).toBeLessThan(1e-6);
});

it.runIf(build === "release")("five pairs do about as well as all of them, one is worse", () => {
  const found = [...memories, undefined].map((m) => runWith(engine, m));
  for (const { status, value, evaluations, iterations } of found) {
    expect(status).toBe("converged");
    expect(value).toBeLessThan(1e-10);
    expect(evaluations).toBeLessThan(1.3 * iterations);
  }
  const [one, two, five, ten, twenty, all] = found.map(({ iterations }) => iterations) as [number, ...number[]];
  expect(one).toBeGreaterThan(two!);
  expect(two).toBeGreaterThan(five!);
  for (const many of [five, ten, twenty]) expect(many).toBeLessThan(1.1 * all!);
});

it("memory grows as n for Adam, m n for L-BFGS, n² for BFGS and Newton", () => {
  const powers = Object.values(costly).map(({ operations, memory }) => [operations, memory]);
  expect(powers).toEqual([[1, 1], [1, 1], [2, 2], [3, 2]]); // biome-ignore format: rows
  expectClose(slopeOf([1, 2, 4], [3, 12, 48]), 2, 1e-12);
  const bytes = (name: string, n: number): number => measure(engine, costly[name]!.method, n).bytes;
  expectClose(bytes("Adam", 131_072) / bytes("Adam", 32_768), 4, 0.4);
  expectClose(bytes("L-BFGS, m = 10", 65_536) / bytes("L-BFGS, m = 10", 16_384), 4, 0.2);
  expectClose(bytes("BFGS", 1024) / bytes("BFGS", 512), 4, 0.2);
  expectClose(bytes("Newton", 256) / bytes("Newton", 128), 4, 0.5);
  expect(bytes("L-BFGS, m = 10", 65_536)).toBeGreaterThan(20 * 8 * 65_536);
  expect(bytes("BFGS", 512)).toBeGreaterThan(8 * 512 * 512);
});

it("every search under every direction comes to the end of the valley", () => {
  for (const direction of Object.keys(directions))
    for (const name of Object.keys(searches)) {
      const { status, value, values, gradients } = evaluationsOf(engine, direction, name);
      expect(status, `${direction}, ${name}`).toBe("converged");
      expect(value).toBeLessThan(1e-10);
      // Armijo asks for values alone while it shortens a step; the others ask for both.
      if (name === "Armijo") expect(gradients).toBeLessThan(values);
      else expect(gradients).toBe(values);
    }
  expectClose(search(engine, rosenbrock, [1, 1], directions.BFGS!(searches.Armijo!)).value, 0, 0);
});

it.runIf(build === "release")("on full batches L-BFGS needs far fewer gradients than Adam", () => {
  const best = (name: string, count: number): number => Math.min(...lossesWith(engine, fullBatchMethods[name]!, count));
  const adam = Math.min(best("Adam, 0.01", 60), best("Adam, 0.001", 60));
  expect(best("L-BFGS", 30)).toBeLessThan(adam);
  expect(lossesWith(engine, fullBatchMethods["Adam, 0.01"]!, 1)[0]).toBeCloseTo(
    lossesWith(engine, fullBatchMethods["L-BFGS"]!, 1)[0]!,
    12,
  );
});

it("lines and planes pass through the loss with the curvatures that Lanczos found", async () => {
  const { surface, way } = await trained(engine);
  const { curvatures, lines } = linesThrough(surface);
  const loss = surface.value();
  const h = 0.05; // between two of the 81 points
  for (const [name, curvature] of [
    ["steepest", curvatures[0]!],
    ["least", curvatures[2]!],
  ] as const) {
    const values = lines[name]!.map(([, value]) => value);
    expectClose(values[40]!, loss, 1e-12);
    const second = (values[41]! - 2 * values[40]! + values[39]!) / (h * h);
    expect(Math.abs(second - curvature)).toBeLessThan(0.02 * curvatures[0]!);
  }
  const { random, steepest, trajectory, explained, path } = planesThrough(surface, way);
  for (const plane of [random, steepest]) expectClose(plane.at(0, 0), loss, 1e-12);
  expect(explained[0] + explained[1]).toBeGreaterThan(0.95);
  expect(path.at(-1)).toEqual([0, 0]);
  expect(trajectory.at(...path[0]!)).toBeGreaterThan(5 * loss);
  const { eigenvalues, density } = spectrum(engine, surface);
  expectClose(eigenvalues.at(-1)!, curvatures[0]!, 1e-5);
  expectClose(eigenvalues[0]!, curvatures[2]!, 1e-5);
  expect(eigenvalues.length).toBe(82);
  // The weights of the nodes are random with a deviation of about √(2 / (82 · 40)) at most.
  for (const bound of [0.01, 0.1, 1]) {
    const [counted, estimated] = sharesBelow(bound, { eigenvalues, density });
    expect(Math.abs(counted - estimated)).toBeLessThan(4 * Math.sqrt(2 / (82 * 40)));
  }
  surface.free();
});

it.runIf(build === "release")("the largest curvature comes to 2 / h and stays about there", () => {
  const rows = descendWith(engine, 0.2, 3000, 250).slice(4);
  for (const { sharpness } of rows) expect(Math.abs(sharpness / 10 - 1)).toBeLessThan(0.15);
  const slow = descendWith(engine, 0.05, 1000, 250).map(({ sharpness }) => sharpness);
  expect(slow.at(-1)!).toBeGreaterThan(slow[0]!);
  expect(slow.at(-1)!).toBeLessThan(40);
});

it("standard errors are those of the normal equations, and the scatter of repeated fits", async () => {
  const data = measured(engine, 1);
  const { parameters, standardErrors, residualSumOfSquares, degreesOfFreedom } = await fitDecay(engine, data);
  expect(degreesOfFreedom).toBe(27);
  // s² (J'J)⁻¹ by Cramer's rule, J's columns being e, −a t e and 1.
  const columns = data.x.map((t) => {
    const e = Math.exp(-parameters.k * t);
    return [e, -parameters.a * t * e, 1];
  });
  const entry = (i: number, j: number): number => columns.reduce((sum, row) => sum + row[i]! * row[j]!, 0);
  const minor = (i: number): number => {
    const [p, q] = [0, 1, 2].filter((k) => k !== i) as [number, number];
    return entry(p, p) * entry(q, q) - entry(p, q) ** 2;
  };
  const determinant =
    entry(0, 0) * minor(0) -
    entry(0, 1) * (entry(0, 1) * entry(2, 2) - entry(1, 2) * entry(0, 2)) +
    entry(0, 2) * (entry(0, 1) * entry(1, 2) - entry(1, 1) * entry(0, 2));
  for (const [k, name] of (["a", "k", "c"] as const).entries()) {
    const variance = ((residualSumOfSquares / degreesOfFreedom) * minor(k)) / determinant;
    expectClose(standardErrors[name], Math.sqrt(variance), 1e-9);
  }
  const repeats = build === "debug" ? 40 : 200;
  let inside = 0;
  const spread: number[] = [];
  for (let seed = 1; seed <= repeats; seed++) {
    const fit = await fitDecay(engine, measured(engine, seed));
    const off = (name: keyof Parameters): number => (fit.parameters[name] - truth[name]) / fit.standardErrors[name];
    // 2.052 is the 97.5 % point of Student's t with 27 degrees of freedom.
    if (Math.abs(off("k")) < 2.052) inside++;
    spread.push(fit.residualSumOfSquares / fit.degreesOfFreedom);
  }
  expect(Math.abs(inside / repeats - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / repeats));
  const mean = spread.reduce((sum, at) => sum + at / repeats, 0);
  expect(Math.abs(mean / noise ** 2 - 1)).toBeLessThan(4 * Math.sqrt(2 / (27 * repeats)));
});

describe("conjugate directions after steps of any length", () => {
  it.each(["halving", 0.001, 0.01] as const)(
    "%s: the improved formula has g′d = −g′g, Fletcher and Reeves' may rise",
    (steps) => {
      const improved = descendAlways(engine, "improved", steps, 300, 4);
      expectClose(improved.slopes, new Array(improved.slopes.length).fill(-1), 1e-9);
      // Without a search values may rise, but never before the first step, which goes down −g.
      expect(improved.values[1]).toBeLessThan(improved.values[0]!);
      if (steps === "halving") expect(improved.values).toEqual(improved.values.toSorted((a, b) => b - a));
      const plain = descendAlways(engine, "Fletcher-Reeves", steps, 1000);
      expect(Math.max(...plain.slopes)).toBeGreaterThan(0);
    },
  );

  it("the first two directions are those of the formulas", () => {
    // Rosenbrock's gradient at (−1.2, 1) is (−215.6, −88), and one step of 0.01 leads 0.01 along its negative.
    const slope = ([x, y]: number[]): number[] => [-400 * x! * (y! - x! * x!) - 2 * (1 - x!), 200 * (y! - x! * x!)];
    const g = slope([-1.2, 1]);
    const size = Math.hypot(...g);
    const next = slope([-1.2 - (0.01 * g[0]!) / size, 1 - (0.01 * g[1]!) / size]);
    const square = (v: number[]): number => v.reduce((sum, at) => sum + at * at, 0);
    const beta = square(next) / square(g);
    const d = next.map((at, k) => -at - beta * g[k]!);
    const expected = (next[0]! * d[0]! + next[1]! * d[1]!) / square(next);
    expectClose(descendAlways(engine, "Fletcher-Reeves", 0.01, 1).slopes[1], expected, 1e-9);
  });
});
