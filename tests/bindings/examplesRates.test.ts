// The examples of learning rates: too high at the start, fallen too early, by a grid, by a schedule, rising again.

import { compile, grad, scheduleValues } from "thalweg";
import { describe, expect, it } from "vitest";
import { schedules as decaying, epochs, lossesUnder } from "../../examples/decays.js";
import { curvatures, learn as learnWarmed, rate, ways } from "../../examples/explosion.js";
import { learn as learnWith, rates } from "../../examples/rateGrid.js";
import { f, held, schedules as restarting, starts, updates, walk } from "../../examples/restarts.js";
import { distances, lasting, problems, rules } from "../../examples/stalling.js";
import { build, testEngine } from "./engine.js";
import { expectClose } from "./numbers.js";

const engine = await testEngine();

describe("AdaGrad and RMSprop", () => {
  const slopes: Record<keyof typeof problems, (x: number) => number> = {
    convex: (x) => (x > 0 ? 2 : -1),
    wall: (x) => -4 * Math.exp(-4 * x) + (0.5 * (x - 4)) / (0.25 * (x - 4) ** 2 + 1) ** 2,
  };
  const byHand = (problem: keyof typeof problems, kept: number, added: number, epsilon: number, count: number) => {
    const { start, minimum } = problems[problem];
    let [x, s] = [start, 0];
    const away = [Math.abs(x - minimum)];
    for (let t = 0; t < count; t++) {
      const g = slopes[problem](x);
      s = kept * s + added * g * g;
      x -= (0.1 * g) / (Math.sqrt(s) + epsilon);
      away.push(Math.abs(x - minimum));
    }
    return away;
  };

  it.each(["convex", "wall"] as const)("%s: the ways of both are those of their formulas", (problem) => {
    expectClose(distances(engine, problem, "AdaGrad", 0.1, 200), byHand(problem, 1, 1, 1e-10, 200), 1e-8);
    expectClose(distances(engine, problem, "RMSprop", 0.1, 200), byHand(problem, 0.9, 0.1, 1e-8, 200), 1e-6);
  });

  it.each([0.03, 0.1, 0.3])("with h = %d AdaGrad settles where f is convex, and stalls behind the wall", (h) => {
    const at = (problem: keyof typeof problems, rule: string) => distances(engine, problem, rule, h, 3000);
    // Steps of h |g| / √Σ g², with |g| of at most 2 and Σ g² of at least t.
    expect(lasting(at("convex", "AdaGrad"), 3000)).toBeLessThan((2 * h) / Math.sqrt(3000));
    // RMSprop jumps by at least h / 2 · |g| / 2 between both sides of the kink.
    expect(lasting(at("convex", "RMSprop"), 3000)).toBeGreaterThan(h / 5);
    expect(lasting(at("wall", "AdaGrad"), 3000)).toBeGreaterThan(3);
    expect(lasting(at("wall", "RMSprop"), 1000)).toBeLessThan(0.51 * h);
    expect(Object.keys(rules)).toEqual(["AdaGrad", "RMSprop"]);
  });
});

describe("warm-up", () => {
  it.runIf(build === "release")("prevents the explosion of a high first rate, from every seed", async () => {
    for (const seed of [1, 2, 3]) {
      const once = await learnWarmed(engine, ways["at once"]!, seed);
      const warmed = await learnWarmed(engine, ways["warmed up"]!, seed);
      // The first loss is seen before any update.
      expect(once.losses[0]).toBe(warmed.losses[0]);
      expect(Math.max(...once.losses)).toBeGreaterThan(3 * once.losses[0]!);
      expect(once.accuracy).toBeLessThan(0.5);
      expect(Math.max(...warmed.losses)).toBeLessThan(1.2 * warmed.losses[0]!);
      expect(Math.max(...warmed.losses.slice(-10))).toBeLessThan(0.002);
      expect(warmed.accuracy).toBeGreaterThan(0.8);
    }
    const [first] = (await learnWarmed(engine, ways["at once"]!, 1)).losses.slice(-1);
    expect(first).toBe(Number.POSITIVE_INFINITY);
  });

  it.runIf(build === "release")("lets training move to lower curvature while the rate rises", async () => {
    const rows = await curvatures(engine, 1, 50);
    for (const { update, limit } of rows) expectClose(limit, update === 0 ? Infinity : 400 / (rate * update), 1e-12);
    expect(rows[0]!.curvature).toBeGreaterThan((20 * 2) / rate);
    for (const { curvature, limit } of rows) expect(curvature).toBeLessThan(2 * limit);
    expect(rows.at(-1)!.curvature).toBeLessThan(0.5 * (2 / rate));
  });
});

describe("decays", () => {
  it.runIf(build === "release")("the loss drops where the rate does, and under a cosine falls to the end", async () => {
    const constant = await lossesUnder(engine, decaying.constant!);
    const steps = await lossesUnder(engine, decaying.steps!);
    const cosine = await lossesUnder(engine, decaying.cosine!);
    const drop = epochs / 3;
    expect(steps.slice(0, drop + 1)).toEqual(constant.slice(0, drop + 1));
    expect(steps[drop + 1]).toBeLessThan(0.5 * steps[drop]!);
    expect(constant[drop + 1]).toBeGreaterThan(0.6 * constant[drop]!);
    // No two epochs before fell so far.
    expect(steps[drop]! - steps[drop + 1]!).toBeGreaterThan(steps[2]! - steps[drop]!);
    expect(steps[epochs]).toBeLessThan(0.5 * constant[epochs]!);
    expect(cosine[epochs]).toBeLessThan(0.6 * steps[epochs]!);
    const last = cosine.slice(-5);
    expect(last).toEqual(last.toSorted((a, b) => b - a));
  });

  it("have the rates of their formulas", () => {
    const length = epochs * 400;
    for (const t of [0, length / 3 - 1, length / 3, length / 2, (2 * length) / 3, length - 1]) {
      const at = (name: string): number => scheduleValues(engine, decaying[name]!, length)[t]!;
      expectClose(at("steps"), 0.3 * 0.1 ** Math.floor((3 * t) / length), 1e-12);
      expectClose(at("cosine"), 0.15 * (1 + Math.cos((Math.PI * t) / length)), 1e-12);
    }
  });
});

describe("the grid of 0.01, 0.003 and 0.001", () => {
  it.runIf(build === "release")("three times the rate goes as far in a third of the epochs", async () => {
    const ratio = rates[0]! / rates[1]!;
    expectClose(ratio, 10 / 3, 1e-12);
    const fast = (await learnWith(engine, "descent", rates[0]!, 3)).losses;
    const slow = (await learnWith(engine, "descent", rates[1]!, 10)).losses;
    const slowest = (await learnWith(engine, "descent", rates[2]!, 9)).losses;
    expect(fast[0]).toBe(slow[0]);
    expect(Math.abs(fast[3]! / slow[10]! - 1)).toBeLessThan(0.02);
    expect(Math.abs(slow[3]! / slowest[9]! - 1)).toBeLessThan(0.02);
  });

  it.runIf(build === "release")("of the three the largest is best here, for each rule", async () => {
    for (const rule of ["momentum", "Adam"]) {
      const ends: number[] = [];
      for (const h of rates) ends.push((await learnWith(engine, rule, h, 10)).losses[10]!);
      expect(ends).toEqual(ends.toSorted((a, b) => a - b));
      expect(ends[2]).toBeGreaterThan(4 * ends[0]!);
    }
  });
});

describe("restarts", () => {
  it("empty a narrow minimum that a cosine leaves descent in", () => {
    const [cosine, cycles] = [walk(engine, restarting.cosine!), walk(engine, restarting.restarts!)];
    expect(held(cosine[updates]!)).toBeGreaterThan(0.5);
    expect(held(cycles[updates]!)).toBeLessThan(0.1);
    // The same path in plain numbers, from one of the starts.
    const slope = (x: number): number => 0.06 * (x + 3) + (0.7 / 0.03) * (x - 1) * Math.exp(-((x - 1) ** 2) / 0.03);
    let x = starts[40]!;
    const byHand = [x];
    for (let t = 0; t < updates; t++) {
      x -= 0.15 * (1 + Math.cos((Math.PI * (t % 24)) / 24)) * slope(x);
      byHand.push(x);
    }
    expectClose(
      cycles.slice(0, 40).map((points) => points[40]!),
      byHand.slice(0, 40),
      1e-9,
    );
  });

  it("begin above 2 / f″ of the narrow minimum, and below that of the wide valley", () => {
    using slope = grad(engine, f);
    using value = compile(engine, f);
    const curvature = (x: number): number => (slope([x + 1e-5]).data[0]! - slope([x - 1e-5]).data[0]!) / 2e-5;
    const minimum = (from: number, rate: number): number => {
      let x = from;
      for (let k = 0; k < 1000; k++) x -= rate * slope([x]).data[0]!;
      return x;
    };
    const [narrow, wide] = [minimum(1, 0.02), minimum(-1, 1)];
    expect(2 / curvature(narrow)).toBeLessThan(0.1);
    expect(2 / curvature(wide)).toBeGreaterThan(30);
    expect(Math.abs(narrow - 1)).toBeLessThan(0.05);
    expectClose(wide, -3, 1e-9);
    expect(value([wide])).toBeLessThan((value([narrow]) as number) - 0.1);
    expect(scheduleValues(engine, restarting.restarts!, 25)[24]).toBe(0.3);
  });
});
