// The examples of what is learned from samples: risks, losses, batches, local optima by width, and a whole recipe.

import { describe, expect, it } from "vitest";
import { finalLosses } from "../../examples/localOptima.js";
import { learn as learnRecipe, parts } from "../../examples/recipe.js";
import { learn as learnBatches, noise } from "../../examples/smallBatches.js";
import { learn as learnLoss, lossesOfCat, lossOf } from "../../examples/softmaxHinge.js";
import { best, learn as learnSample, namedBy, risks, sample, trueRisk } from "../../examples/trueRisk.js";
import { build, testEngine } from "./engine.js";
import { expectClose } from "./numbers.js";

const engine = await testEngine();

describe("empirical and true risk", () => {
  /** Φ by Simpson's rule from −8. */
  const normalBelow = (x: number): number => {
    const [count, step] = [2000, (x + 8) / 2000];
    const density = (k: number): number => Math.exp(-((-8 + k * step) ** 2) / 2) / Math.sqrt(2 * Math.PI);
    let sum = density(0) + density(count);
    for (let k = 1; k < count; k++) sum += (k % 2 ? 4 : 2) * density(k);
    return (sum * step) / 3;
  };

  it("the true risk of a line is the closed form, and the least possible Φ(−1)", () => {
    // The sum over squares is off by their size squared.
    expectClose(best, normalBelow(-1), 1e-4);
    // The line x + y / 2 = 0.3: each class is normal along (1, 1/2), with means ∓1 and deviation √1.25.
    const named = trueRisk((points) => points.map(([x = 0, y = 0]) => (x + y / 2 < 0.3 ? 0 : 1)));
    const wrong = [-1.3, -0.7].map((far) => normalBelow(far / Math.sqrt(1.25)));
    expect(Math.abs(named - (wrong[0]! + wrong[1]!) / 2)).toBeLessThan(1e-3);
  });

  it("of a network it is the share of errors among many others of the distribution", async () => {
    const trainer = await learnSample(engine, sample(engine, 30, 2));
    const others = sample(engine, 20_000, 77);
    const risk = trueRisk(namedBy(trainer));
    const share = 1 - trainer.evaluate(others).accuracy!;
    trainer.free();
    expect(Math.abs(share - risk)).toBeLessThan(4 * Math.sqrt((risk * (1 - risk)) / 20_000));
  });

  it.runIf(build === "release")("part for small samples and meet for large ones", async () => {
    const [few, middle, many] = [await risks(engine, 30), await risks(engine, 100), await risks(engine, 1000)];
    expect(few.empirical).toBe(0);
    const gaps = [few, middle, many].map(({ empirical, risk }) => risk - empirical);
    expect(gaps).toEqual(gaps.toSorted((a, b) => b - a));
    expect(gaps[2]).toBeLessThan(0.02);
    for (const { risk } of [few, middle, many]) expect(risk).toBeGreaterThan(best);
  });
});

describe("softmax and hinge", () => {
  const images = [
    [3.2, 5.1, -1.7],
    [1.3, 4.9, 2.0],
    [2.2, 2.5, -3.1],
  ];

  it("on the same three images: 2.040, 0.079, 6.156 and 2.9, 0, 12.9", () => {
    const [softmax, hinge] = [lossOf(engine, "softmax"), lossOf(engine, "hinge")];
    for (const [label, row] of images.entries()) {
      const total = row.reduce((sum, score) => sum + Math.exp(score), 0);
      expectClose(softmax([row], [label]), Math.log(total) - row[label]!, 1e-5);
      const margins = row.map((score, k) => (k === label ? 0 : Math.max(0, score - row[label]! + 1)));
      expectClose(
        hinge([row], [label]),
        margins.reduce((a, b) => a + b),
        1e-5,
      );
    }
    softmax.free();
    hinge.free();
    expect(lossesOfCat(engine, "hinge", [6.2, 8, 20])).toEqual([0, 0, 0]);
    const [near = 0, far = 0] = lossesOfCat(engine, "softmax", [6.2, 8]);
    expectClose(near, Math.log1p(Math.exp(5.1 - 6.2) + Math.exp(-1.7 - 6.2)), 1e-5);
    expect(far).toBeGreaterThan(0);
  });

  it.runIf(build === "release")("on the same digits each is the smaller of what was minimized", async () => {
    const [softmax, hinge] = [await learnLoss(engine, "softmax", 20), await learnLoss(engine, "hinge", 20)];
    expect(softmax[0]).toEqual(hinge[0]);
    expect(Math.abs(softmax[0]!.softmax - Math.log(10))).toBeLessThan(0.01);
    expect(Math.abs(softmax[0]!.hinge - 9)).toBeLessThan(0.01);
    expect(softmax[20]!.softmax).toBeLessThan(hinge[20]!.softmax);
    expect(hinge[20]!.hinge).toBeLessThan(softmax[20]!.hinge);
    expect(Math.abs(softmax[20]!.others - hinge[20]!.others)).toBeLessThan(0.03);
    expect(softmax[20]!.others).toBeGreaterThan(0.8);
  });
});

describe("batches of 2 to 256", () => {
  it.runIf(build === "release")("of at most 32 read more than larger ones, with a noise of 1 / √B", async () => {
    const accuracies: number[] = [];
    for (const size of [8, 32, 128, 256]) accuracies.push(Math.max(...(await learnBatches(engine, size)).accuracies));
    expect(accuracies).toEqual(accuracies.toSorted((a, b) => b - a));
    expect(accuracies[1]! - accuracies[3]!).toBeGreaterThan(0.02);
    // Without replacement from 1,000: variances of (1000 − B) / 999 B.
    const law = (size: number): number => Math.sqrt((1000 - size) / (999 * size));
    for (const size of [32, 128])
      expect(Math.abs(noise(engine, size) / noise(engine, 8) / (law(size) / law(8)) - 1)).toBeLessThan(0.1);
  });
});

describe("local optima by width", () => {
  it.runIf(build === "release")("lie together and near 0 in a wide network", async () => {
    const [one, eight, many] = [
      await finalLosses(engine, 1),
      await finalLosses(engine, 8),
      await finalLosses(engine, 32),
    ];
    const spread = (losses: number[]): number => losses.at(-1)! - losses[0]!;
    // One unit can do no better than one class at worst, ln 2, and ends there from some starts.
    expect(Math.abs(one.at(-1)! - Math.LN2)).toBeLessThan(1e-3);
    expect(spread(eight)).toBeGreaterThan(0.1);
    expect(spread(many)).toBeLessThan(0.02);
    // No minimum is below 0, so all are this close to the least.
    expect(many.at(-1)).toBeLessThan(0.07);
  });
});

describe("the whole recipe", () => {
  it.runIf(build === "release")("reads more than what lacks a part of it", async () => {
    const whole = await learnRecipe(engine, []);
    const none = await learnRecipe(engine, parts);
    expect(none.training).toBe(1);
    expect(whole.training).toBeLessThan(0.99);
    expect(whole.others).toBeGreaterThan(none.others + 0.03);
    for (const part of ["batchNorm", "Adam", "augment"] as const)
      expect((await learnRecipe(engine, [part])).others).toBeLessThan(whole.others - 0.02);
    // Without augmentation it learns the digits by heart and stops early: eight epochs after the best.
    const plain = await learnRecipe(engine, ["augment"]);
    expect(plain.epochs).toBeLessThan(40);
    expect(whole.epochs).toBe(40);
  });
});
