// The examples of dropout against overfitting, of covariate shift, and of the noise of batch statistics.

import { beforeAll, describe, expect, it } from "vitest";
import * as dropping from "../../examples/dropoutRates.js";
import * as shift from "../../examples/internalShift.js";
import * as shifted from "../../examples/shiftedInputs.js";
import * as noise from "../../examples/statisticsNoise.js";
import { build, testEngine } from "./engine.js";

const engine = await testEngine();
const release = build === "release";

it.runIf(release)("dropout closes the gap, and lowers the validation loss until p is too large", async () => {
  for (const seed of dropping.seeds) {
    const runs: Awaited<ReturnType<typeof dropping.trainWithDropout>>[] = [];
    for (const rate of dropping.rates) runs.push(await dropping.trainWithDropout(engine, rate, seed));
    const [none, few, half, most] = runs.map((rows) => rows.at(-1)!);
    for (const { training, validation, gap } of runs.flat()) expect(gap).toBe(validation - training);
    expect(few!.gap).toBeLessThan(0.95 * none!.gap);
    expect(half!.gap).toBeLessThan(0.9 * few!.gap);
    expect(most!.gap).toBeLessThan(0.7 * none!.gap);
    expect(few!.validation).toBeLessThan(0.95 * none!.validation);
    expect(half!.validation).toBeLessThan(0.95 * none!.validation);
    expect(most!.validation).toBeGreaterThan(1.2 * none!.validation);
    expect(few!.accuracy).toBeGreaterThan(none!.accuracy);
    // How far the validation loss has risen again from its least.
    const risen = (rows: (typeof runs)[number]): number =>
      rows.at(-1)!.validation / Math.min(...rows.map(({ validation }) => validation));
    expect(risen(runs[0]!)).toBeGreaterThan(1.1);
    expect(risen(runs[3]!)).toBeLessThan(1.01);
  }
});

it.runIf(release)("inputs of the last hidden layer shift and spread, and hardly with batch norm", async () => {
  for (const seed of [1, 2, 3]) {
    const [without, normalized] = [
      await shift.lookInside(engine, false, seed),
      await shift.lookInside(engine, true, seed),
    ];
    const spread = ({ units }: shift.Look): number =>
      units.reduce((sum, [low, , high]) => sum + (high - low) / units.length, 0);
    const grown = (looks: shift.Look[]): number => spread(looks.at(-1)!) / spread(looks[0]!);
    expect(without[1]!.moved).toBeGreaterThan(1);
    expect(grown(without)).toBeGreaterThan(20);
    // Batch norm starts with mean 0 and deviation 1, between whose percentiles of 15 and 85 a normal variable has 2.07.
    expect(spread(normalized[0]!)).toBeCloseTo(2.07, 0);
    for (const { moved } of normalized.slice(1)) expect(moved).toBeLessThan(0.2);
    expect(grown(normalized)).toBeLessThan(3);
    expect(normalized[2]!.accuracy).toBeGreaterThan(without[2]!.accuracy + 0.3);
    expect(normalized.at(-1)!.accuracy).toBeGreaterThan(without.at(-1)!.accuracy);
  }
});

describe("the noise of batch statistics", () => {
  it("follows 1 / √m and √(2 (m − 1)) / m", () => {
    for (const m of noise.sizes) {
      const { mean, variance } = noise.scatter(engine, m);
      const expected = noise.law(m);
      // A deviation of n values is off by a share of √((κ − 1) / 4 n), with the kurtosis κ = 3 + 12 / (m − 1) of a χ² variable.
      const share = (kurtosis: number): number => 4 * Math.sqrt((kurtosis - 1) / (4 * noise.batches));
      expect(Math.abs(mean / expected.mean - 1)).toBeLessThan(share(3));
      expect(Math.abs(variance / expected.variance - 1)).toBeLessThan(share(3 + 12 / (m - 1)));
    }
  });

  it("turns one sample among m − 1 others into −1 or 1, and into nearly itself among many", () => {
    // P(output < 0) = P(the mean of the others > 1) = Φ(−√(m − 1)), from a table of the normal distribution.
    const belowZero = { 2: 0.158655, 4: 0.041632, 8: 0.004075 };
    for (const [size, below] of Object.entries(belowZero)) {
      const { outputs } = noise.scatter(engine, Number(size));
      const negative = outputs.filter((y) => y < 0).length / noise.batches;
      expect(Math.abs(negative - below)).toBeLessThan(4 * Math.sqrt((below * (1 - below)) / noise.batches));
    }
    for (const m of noise.sizes) {
      const { outputs } = noise.scatter(engine, m);
      // Samuelson, How deviant can you be?, JASA 63, 1968: no value is further than √(m − 1) deviations from the mean.
      expect(Math.max(...outputs.map(Math.abs))).toBeLessThanOrEqual(Math.sqrt(m - 1));
      // To first order the output x has the deviation √((1 + x² / 2) / m).
      if (m >= 32) expect(noise.deviation(outputs) * Math.sqrt(m / 1.5)).toBeCloseTo(1, 1);
    }
    const pairs = noise.scatter(engine, 2).outputs;
    expect(pairs.filter((y) => Math.abs(y) > 0.9).length).toBeGreaterThan(0.99 * noise.batches);
  });

  it.runIf(release)("makes digits harder to learn by heart, and others no easier to read", async () => {
    for (const seed of [1, 2, 3]) {
      const runs = [];
      for (const part of [200, 10, 5]) runs.push(await noise.trainInParts(engine, part, seed));
      const [whole, tens, fives] = runs;
      expect(tens!.training).toBeGreaterThan(1.5 * whole!.training);
      expect(fives!.training).toBeGreaterThan(2 * tens!.training);
      expect(tens!.gap).toBeLessThan(0.98 * whole!.gap);
      expect(fives!.gap).toBeLessThan(0.95 * tens!.gap);
      expect(Math.abs(tens!.validation / whole!.validation - 1)).toBeLessThan(0.06);
      expect(fives!.validation).toBeGreaterThan(whole!.validation);
    }
  });
});

describe.runIf(release)("covariate shift", () => {
  const digits = (name: string) => shifted.changedDigits(engine, shifted.changes[name]!);
  let trained: Awaited<ReturnType<typeof shifted.learnDigits>>[][] = [];
  beforeAll(async () => {
    trained = [];
    for (const seed of [1, 2, 3])
      trained.push([await shifted.learnDigits(engine, false, seed), await shifted.learnDigits(engine, true, seed)]);
  });

  it("of what is the same in all images is undone by renormalizing: W (a x + b) normalizes as W x does", () => {
    for (const [plain, normal] of trained) {
      const before = shifted.renormalized(normal!, digits("none"));
      expect(before).toBeGreaterThan(0.83);
      expect(Math.abs(before - shifted.accuracyOn(normal!, digits("none")))).toBeLessThan(0.02);
      for (const name of ["brighter", "less contrast", "lit from left"]) {
        expect(shifted.accuracyOn(plain!, digits(name))).toBeLessThan(0.75);
        expect(shifted.accuracyOn(normal!, digits(name))).toBeLessThan(0.75);
        // Up to a rounding or two, and ε beside a variance 0.09 as large.
        expect(Math.abs(shifted.renormalized(normal!, digits(name)) - before)).toBeLessThanOrEqual(0.003);
      }
    }
  });

  it("by noise or by inverted colors is not undone, and needs samples of all classes", () => {
    for (const [, normal] of trained) {
      const noisy = digits("noise");
      expect(shifted.renormalized(normal!, noisy)).toBeLessThan(shifted.accuracyOn(normal!, noisy) + 0.1);
      // With a < 0 what batch norm gives changes its sign.
      expect(shifted.renormalized(normal!, digits("inverted"))).toBeLessThan(0.1);
      const bright = digits("brighter");
      const labels = Array.from(bright.targets as Int32Array);
      const by = (rows: number[]) => shifted.renormalized(normal!, bright, shifted.rowsOf(bright, rows));
      const all = by([...labels.keys()]);
      expect(by([...labels.keys()].slice(0, 100))).toBeGreaterThan(all - 0.03);
      expect(by([...labels.keys()].slice(0, 5))).toBeLessThan(all - 0.05);
      expect(by(labels.flatMap((label, row) => (label < 2 ? [row] : [])))).toBeLessThan(all - 0.05);
    }
  });

  it("is measured without changing the trainer", () => {
    const [, normal] = trained[0]!;
    const before = normal!.state();
    shifted.renormalized(normal!, digits("brighter"));
    expect(normal!.state()).toEqual(before);
  });
});
