// The examples of first-order methods: steps, momentum, rates, batches and schedules.

import { describe, expect, it } from "vitest";
import { bounds, gaps, slope, rules as slopeRules } from "../../examples/acceleration.js";
import { gradientVariance } from "../../examples/batchNoise.js";
import { effectiveRates, rules as rateRules } from "../../examples/effectiveRates.js";
import { rules as firstRules, stepLengths } from "../../examples/firstUpdates.js";
import { rates as fourRates, lossesWith } from "../../examples/fourRates.js";
import { betas, overshoot, walk } from "../../examples/overshoot.js";
import { learn, plans } from "../../examples/scaledBatch.js";
import { valuesOf } from "../../examples/schedules.js";
import { apart, bothWalks, rates as velocityRates } from "../../examples/velocity.js";
import { build, testEngine } from "./engine.js";
import { expectClose } from "./numbers.js";

const engine = await testEngine();

describe("the first updates under a constant gradient", () => {
  const lengths = (name: string): number[] => stepLengths(engine, firstRules[name]!, 100);

  it("Adam: h; without correction 3.162 h, at most 6.57 h at t = 12", () => {
    expectClose(lengths("Adam"), new Array(100).fill(1), 1e-9);
    const uncorrected = lengths("uncorrected");
    const byHand = uncorrected.map((_, k) => (1 - 0.9 ** (k + 1)) / Math.sqrt(1 - 0.999 ** (k + 1)));
    expectClose(uncorrected, byHand, 1e-9);
    expectClose(uncorrected[0], 0.1 / Math.sqrt(0.001), 1e-9);
    expect(uncorrected.indexOf(Math.max(...uncorrected)) + 1).toBe(12);
    expectClose(uncorrected[11], 6.57, 1e-3);
  });

  it("Nadam: 1.9 h, in Optax's form 1.474 h", () => {
    expectClose([lengths("Nadam lecture")[0], lengths("Nadam Optax")[0]], [1.9, 0.9 * (0.1 / 0.19) + 1], 1e-9);
  });
});

describe("momentum", () => {
  it("velocity and buffer are one while the rate is constant, two when it drops", () => {
    expect(apart(bothWalks(engine, velocityRates.constant!, 200))).toBeLessThan(1e-12);
    const [velocity, buffer] = bothWalks(engine, velocityRates["a tenth from 10"]!, 40);
    expectClose(velocity.slice(0, 11), buffer.slice(0, 11), 1e-14);
    expect(apart([velocity, buffer])).toBeGreaterThan(0.1);
  });

  it("more of it overshoots and oscillates more, Nesterov less", () => {
    const plain = betas.map((beta) => overshoot(walk(engine, beta, false)));
    const nesterov = betas.map((beta) => overshoot(walk(engine, beta, true)));
    for (const k of [0, 1]) {
      expect(plain[k + 1]!.beyond).toBeGreaterThan(plain[k]!.beyond);
      expect(plain[k + 1]!.passes).toBeGreaterThan(plain[k]!.passes);
    }
    for (const k of [0, 1, 2]) expect(nesterov[k]!.beyond).toBeLessThan(plain[k]!.beyond);
    // x' = x + v', v' = β v − 0.1 x, on plain numbers.
    let [x, v] = [1, 0];
    const byHand = [x];
    for (let k = 0; k < 50; k++) {
      v = 0.9 * v - 0.1 * x;
      x += v;
      byHand.push(x);
    }
    expectClose(walk(engine, 0.9, false, 50), byHand, 1e-13);
  });
});

describe("effective rates", () => {
  const gradients = (path: number[][], k: number): number[] => path.slice(0, -1).map((x) => [100, 1][k]! * x[k]!);

  it("AdaGrad's are h / (√Σg² + ε) and only fall; RMSprop's come back", () => {
    const grad = effectiveRates(engine, rateRules.AdaGrad!, 100);
    for (const [k, rates] of [grad.steep, grad.flat].entries()) {
      let sum = 0;
      const byHand = gradients(grad.path, k).map((g) => {
        sum += g * g;
        return 0.5 / (Math.sqrt(sum) + 1e-10);
      });
      expectClose(rates.slice(0, 30), byHand.slice(0, 30), 1e-9, "AdaGrad", 1e-3);
      for (let t = 1; t < 30; t++) expect(rates[t]!).toBeLessThanOrEqual(rates[t - 1]! * (1 + 1e-9));
    }
    const prop = effectiveRates(engine, rateRules.RMSprop!, 100);
    for (const [k, rates] of [prop.steep, prop.flat].entries()) {
      let mean = 0;
      const byHand = gradients(prop.path, k).map((g) => {
        mean = 0.9 * mean + 0.1 * g * g;
        return 0.05 / (Math.sqrt(mean) + 1e-8);
      });
      expectClose(rates.slice(0, 50), byHand.slice(0, 50), 1e-6, "RMSprop", 1e-3);
    }
    expect(prop.steep[99]!).toBeGreaterThan(10 * prop.steep[4]!);
  });

  it("both slow the steep direction and speed the flat one", () => {
    for (const name of ["AdaGrad", "RMSprop"]) {
      const { steep, flat } = effectiveRates(engine, rateRules[name]!, 20);
      for (const t of steep.keys()) expect(flat[t]!).toBeGreaterThan(2 * steep[t]!);
    }
  });
});

describe("slopes on a smooth convex function", () => {
  it("descent falls as 1/k, accelerated as 1/k², both below their bounds", () => {
    const descent = gaps(engine, slopeRules.descent!, 300);
    const accelerated = gaps(engine, slopeRules.accelerated!, 300);
    const byHand = descent.map((_, k) => {
      let sum = 0;
      for (let i = 0; i < 1000; i++) sum += 0.5 * (1 - (i + 0.5) / 1000) ** (2 * k);
      return sum;
    });
    expectClose(descent, byHand, 1e-12);
    for (let k = 1; k <= 300; k++) {
      expect(descent[k]!).toBeLessThanOrEqual(bounds.descent!(k));
      expect(accelerated[k]!).toBeLessThanOrEqual(bounds.accelerated!(k));
    }
    expect(slope(descent, 10, 300)).toBeCloseTo(-1, 1);
    expect(slope(accelerated, 10, 300)).toBeLessThan(-1.9);
  });
});

describe("batches", () => {
  it("the variance of a batch's gradient is about 1/B", () => {
    const single = gradientVariance(engine, 1);
    for (const size of build === "debug" ? [20] : [5, 20, 50]) {
      // Without replacement from 1,000: (1000 − B) / 999 of the variance with it.
      const expected = ((single / size) * (1000 - size)) / 999;
      expect(Math.abs(gradientVariance(engine, size) / expected - 1)).toBeLessThan(0.15);
    }
  });

  it.runIf(build === "release")("ten times the batch with ten times the rate learns as the small one", async () => {
    const lossOf = async (name: string): Promise<number> => (await learn(engine, plans[name]!, 10)).losses.at(-1)!;
    const small = await lossOf("10, h");
    expect(Math.abs((await lossOf("100, 10 h")) - small)).toBeLessThan(0.1 * small);
    expect(Math.abs((await lossOf("… warmed up")) - small)).toBeLessThan(0.1 * small);
    expect(await lossOf("100, h")).toBeGreaterThan(4 * small);
  });

  it.runIf(build === "release")("of four rates the third is right, and the last does not settle", async () => {
    const ends: number[] = [];
    for (const rate of fourRates) {
      const losses = await lossesWith(engine, rate);
      expect(losses).toHaveLength(320);
      ends.push(losses.slice(-40).reduce((sum, loss) => sum + loss / 40, 0));
    }
    expect(ends[0]).toBeGreaterThan(1);
    expect(ends[1]).toBeLessThan(ends[0]! / 2);
    expect(ends[2]).toBeLessThan(ends[1]! / 2);
    expect(ends[3]).toBeGreaterThan(1);
  });
});

describe("schedules", () => {
  const restarts = (t: number): number => {
    const [past, length, top] = t < 40 ? [t, 40, 0.1] : t < 100 ? [t - 40, 60, 0.06] : [0, 60, 0.06];
    return 0.005 + ((top - 0.005) / 2) * (1 + Math.cos((Math.PI * past) / length));
  };
  const laws: Record<string, (t: number) => number> = {
    constant: () => 0.1,
    steps: (t) => 0.1 * 0.1 ** [30, 60, 90].filter((milestone) => milestone <= t).length,
    exponential: (t) => 0.1 * Math.exp(-0.03 * t),
    "inverse time": (t) => 0.1 / (1 + 0.05 * t),
    "inverse root": (t) => 0.1 / Math.sqrt(Math.max(t, 1)),
    linear: (t) => 0.1 * (1 - t / 100),
    cosine: (t) => 0.05 * (1 + Math.cos((Math.PI * t) / 100)),
    restarts,
    "warmed cosine": (t) => (t < 10 ? 0.01 * t : 0.05 * (1 + Math.cos((Math.PI * (t - 10)) / 90))),
  };
  it.each(Object.keys(laws))("%s is the course's formula", (name) => {
    const expected = Array.from({ length: 101 }, (_, t) => laws[name]!(t));
    expectClose(valuesOf(engine, name), expected, 1e-15);
  });
});
