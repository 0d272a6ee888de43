// The examples of regularization, of noise, and of models that need it.

import { describe, expect, it } from "vitest";
import { fitBoth } from "../../examples/averaging.js";
import { starts as normStarts, train as trainDeep } from "../../examples/batchNormRates.js";
import { batch, normalized, undoing } from "../../examples/batchNormUndone.js";
import { fewDigits } from "../../examples/course/fewDigits.js";
import { learnRegions, models, problems, samplesOf } from "../../examples/decisionRegions.js";
import { meanOver, meanOverAll, modes, rate } from "../../examples/dropoutMean.js";
import { overfit } from "../../examples/earlyStopping.js";
import { fitNoisy, ridge } from "../../examples/inputNoise.js";
import { linearAccuracy, nearestAccuracy } from "../../examples/neighbours.js";
import { trainWith } from "../../examples/sharpness.js";
import { learnTemplates } from "../../examples/templates.js";
import { build, testEngine } from "./engine.js";
import { expectClose } from "./numbers.js";

const engine = await testEngine();

describe("dropout", () => {
  it.each(modes)("%s: over all masks a linear layer gives on average what it gives evaluated", (mode) => {
    const { evaluated } = meanOver(engine, mode, 1);
    expectClose(evaluated, mode === "inverted" ? -8.625 : -8.625 * (1 - rate), 1e-14);
    expectClose(meanOverAll(mode), evaluated, 1e-14);
    // Of many masks within four standard errors: the terms w x vary by p / (1 − p) of their squares.
    const terms = [0.5, -2, -2, 0.125, -2.25, -3].reduce((sum, term) => sum + term * term, 0);
    const scale = mode === "inverted" ? 1 : 1 - rate;
    const deviation = scale * Math.sqrt((terms * rate) / (1 - rate) / 20_000);
    expect(Math.abs(meanOver(engine, mode, 20_000).mean - evaluated)).toBeLessThan(4 * deviation);
  });
});

describe("batch normalization", () => {
  it("gives the batch back with γ = √(σ² + ε), β = μ", () => {
    const { gamma, beta } = undoing();
    expectClose(normalized(engine, gamma, beta), batch, 1e-14);
  });

  it.runIf(build === "release")("learns with larger rates and from a careless start", async () => {
    const loss = (normalized: boolean, start: string, rate: number) =>
      trainDeep(engine, normalized, normStarts[start]!, rate);
    expect(await loss(false, "He", 1)).toBeNaN();
    expect(await loss(true, "He", 1)).toBeLessThan(0.4);
    for (const rate of [0.01, 0.1, 1]) expect(await loss(false, "N(0, 0.01²)", rate)).toBeGreaterThan(2.25);
    for (const rate of [0.01, 0.1, 1]) expect(await loss(true, "N(0, 0.01²)", rate)).toBeLessThan(1.6);
  });
});

describe("noise", () => {
  it.runIf(build === "release")("on the inputs it is an L2 penalty", async () => {
    expectClose(await fitNoisy(engine, 0), [2, -1, 0.5], 1e-3);
    for (const deviation of [0.5, 1])
      expectClose(await fitNoisy(engine, deviation), ridge(engine, deviation ** 2), 0.01);
  });

  it("of single samples keeps the weights moving, not their average", async () => {
    const late = (await fitBoth(engine, 100)).slice(4);
    for (const { current, average } of late) {
      expect(average).toBeLessThan(current);
      expect(average - 2 * 0.4406605).toBeLessThan(0.01);
    }
  });

  it.runIf(build === "release")("of small batches leads to flatter places that generalize as well", async () => {
    const [small, middle, large] = [
      await trainWith(engine, 10),
      await trainWith(engine, 50),
      await trainWith(engine, 250),
    ];
    for (const { loss } of [small, middle, large]) expect(loss).toBeLessThanOrEqual(0.02);
    expect(middle.sharpness).toBeGreaterThan(small.sharpness);
    expect(large.sharpness).toBeGreaterThan(middle.sharpness);
    expect(small.accuracy).toBeGreaterThan(large.accuracy);
  });
});

it.runIf(build === "release")("early stopping goes back to the best epoch", async () => {
  const all = await overfit(engine, 15);
  for (const { train, validation, gap } of all.rows) expect(gap).toBe(validation - train);
  expect(all.rows[14]!.gap).toBeGreaterThan(all.rows[0]!.gap);
  const early = await overfit(engine, 15, 3);
  expect(early.stopped).toBe("earlyStopping");
  expect(early.rows).toEqual(all.rows.slice(0, early.rows.length));
  expect(early.rows.length).toBe(early.best!.epoch + 3);
  expect(early.loss).toBe(Math.min(...early.rows.map(({ validation }) => validation)));
  expect(early.loss).toBeLessThan(all.loss);
});

describe("models", () => {
  it("templates look like their digits: the mean of a class scores highest for it", async () => {
    const { templates, accuracy } = await learnTemplates(engine);
    expect(accuracy).toBeGreaterThan(0.8);
    const { train } = fewDigits();
    const pixels = (train.inputs as { data: Uint8Array }).data;
    const labels = Array.from(train.targets as Int32Array);
    const means = templates.map((_, digit) => {
      const of = labels.flatMap((label, i) => (label === digit ? [pixels.subarray(784 * i, 784 * i + 784)] : []));
      return Array.from({ length: 784 }, (_, k) => of.reduce((sum, image) => sum + image[k]! / of.length, 0));
    });
    const score = (a: number[], b: number[]): number => a.reduce((sum, x, k) => sum + x * b[k]!, 0);
    for (const [digit, mean] of means.entries()) {
      const scores = templates.map((template) => score(template, mean));
      expect(scores.indexOf(Math.max(...scores))).toBe(digit);
    }
  });

  it.each(Object.keys(problems))("%s: a linear classifier and W₂ max(0, W₁ x)", async (problem) => {
    const { targets } = samplesOf(engine, problem);
    const classes = new Set(targets).size;
    for (let k = 0; k < classes; k++)
      expect(targets.filter((target) => target === k)).toHaveLength(Math.floor(400 / classes));
    const accuracies = [];
    for (const model of Object.keys(models)) {
      const [trainer, accuracy] = await learnRegions(engine, problem, model);
      trainer.free();
      accuracies.push(accuracy);
    }
    // Half of the points are of one class; a line cuts off some more, or does all that is needed.
    if (problem === "three classes") expect(accuracies[0]).toBeGreaterThan(0.98);
    else expect(accuracies[0]).toBeLessThan(0.7);
    expect(accuracies[1]).toBeGreaterThan(0.97);
  });

  it.runIf(build === "release")("nearest neighbours are a baseline", async () => {
    const found = [1, 3, 10, 100].map((k) => nearestAccuracy(engine, k));
    expect(found).toEqual([0.832, 0.84, 0.844, 0.668]);
    expect(await linearAccuracy(engine)).toBeGreaterThan((found[0] as number) - 0.05);
  });
});
