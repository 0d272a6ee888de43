// The examples of sequences: closed forms of their data and gradients, and what layers and optimizers learn in as many updates as
// the programs run.

import { describe, expect, it } from "vitest";
import { learnToAdd, sumsOf, variance } from "../../examples/addingTask.js";
import { learnText, type optimizers, writeText } from "../../examples/characterRnn.js";
import { blanks, kinds, learnToCopy, recalled, sequencesOf } from "../../examples/copyTask.js";
import { river } from "../../examples/course/river.js";
import { explodingStep, gradientByStep, steps } from "../../examples/longTerm.js";
import { build, testEngine } from "./engine.js";
import { expectClose } from "./numbers.js";

const engine = await testEngine();

describe("long-term dependencies", () => {
  it.each([
    ["rnn", 0.8],
    ["rnn", 1.1],
    ["lstm", 0.8],
    ["lstm", 0.99],
  ] as const)("the gradient of %s with factor %d falls or grows by it with every step back", (kind, factor) => {
    const norms = gradientByStep(engine, kind, factor);
    expect(norms).toHaveLength(steps);
    // tanh has slope 1 at 0, as the states of such inputs are; the gates are open up to 1e-13.
    const wanted = Array.from({ length: steps }, (_, t) => factor ** (steps - 1 - t));
    for (const [t, norm] of norms.entries()) expectClose(norm / wanted[t]!, 1, 1e-9, `step ${t}`);
  });

  it("clipping bounds the update where the gradient explodes", () => {
    // h = Σ 2ᵏ x over 20 steps, ∂h/∂w = h and ∂h/∂u = Σ k 2ᵏ⁻¹ x; the loss is h².
    const h = 1e-3 * (2 ** 20 - 1);
    const slope = 1e-3 * Array.from({ length: 20 }, (_, k) => k * 2 ** (k - 1)).reduce((a, b) => a + b);
    const norm = 2 * h * Math.hypot(h, slope);
    for (const clipped of [false, true]) {
      const { gradient, update } = explodingStep(engine, clipped);
      expectClose(gradient / norm, 1, 1e-12);
      expectClose(update / (clipped ? 1 : norm), 1, 1e-6);
    }
  });
});

const release = build === "release";
const seeds = [1, 2, 3];

describe("the copy task", () => {
  it("shows every symbol once, 100 blanks and a sign before it counts what is recalled", () => {
    const { inputs, targets } = sequencesOf(engine, 200, 5);
    const [, length = 0, features = 0] = inputs.shape;
    expect([blanks, length, features]).toEqual([100, 106, kinds + 1]);
    const seen = new Set<number>();
    for (let row = 0; row < 200; row++) {
      const at = (step: number): number[] =>
        Array.from(inputs.data.subarray((row * length + step) * features).slice(0, features));
      const target = targets.data.subarray(row * length, (row + 1) * length);
      const shown = [0, 1, 2].map((k) => at(k).indexOf(1));
      expect(Array.from(target.subarray(recalled + blanks))).toEqual(shown);
      for (const symbol of shown) seen.add(symbol);
      expect(at(recalled + blanks - 1)).toEqual([0, 0, 0, 0, 1]);
      // Nothing else is shown, and nothing else counts.
      const sum = inputs.data.subarray(row * length * features, (row + 1) * length * features).reduce((a, b) => a + b);
      expect([sum, target.filter((label) => label >= 0).length]).toEqual([recalled + 1, recalled]);
    }
    expect([...seen].sort()).toEqual([0, 1, 2, 3]);
  });

  it.runIf(release).each(seeds)(
    "an LSTM recalls at least 99 of 100 symbols after 100 blanks, seed %d",
    async (seed) => {
      expect((await learnToCopy(engine, "lstm", seed)).at(-1)).toBeGreaterThanOrEqual(0.99);
    },
  );

  it.runIf(release).each(seeds)("a plain RNN stays at chance, seed %d", async (seed) => {
    // Of 1,536 symbols to guess, with a deviation of 0.011: what is the most frequent one is known, no more.
    for (const share of await learnToCopy(engine, "rnn", seed)) expect(Math.abs(share - 1 / kinds)).toBeLessThan(0.035);
  });
});

describe("the adding problem", () => {
  it("marks a number in each half; the target is their sum, whose variance is 1/6", () => {
    const { inputs, targets } = sumsOf(engine, 2000, 5);
    for (const [row, [target]] of targets.entries()) {
      const own = inputs.data.subarray(row * 200, (row + 1) * 200);
      const marked = Array.from({ length: 100 }, (_, step) => step).filter((step) => own[2 * step + 1] === 1);
      expect(marked.map((step) => Math.floor(step / 50))).toEqual([0, 1]);
      expectClose(
        marked.reduce((sum, step) => sum + own[2 * step]!, 0),
        target!,
        1e-6,
      );
    }
    const spread = targets.reduce((sum, [y]) => sum + (y! - 1) ** 2, 0) / targets.length;
    expectClose(spread, variance, 0.015);
  });

  it.runIf(release).each(seeds)("an LSTM has a hundredth of the error of predicting 1, seed %d", async (seed) => {
    expect((await learnToAdd(engine, "lstm", seed)).at(-1)).toBeLessThan(variance / 100);
  });

  it.runIf(release).each(seeds)("plain RNNs have that error or more, seed %d", async (seed) => {
    for (const kind of ["rnn", "orthogonal rnn"] as const)
      expect(Math.min(...(await learnToAdd(engine, kind, seed)))).toBeGreaterThan(0.9 * variance);
  });
});

describe.runIf(release)("a text learned character by character", () => {
  it.each(seeds)("Adam is ahead; SGD is behind RMSprop at first and near it in the end, seed %d", async (seed) => {
    const curves: number[][] = [];
    for (const name of ["Adam", "RMSprop", "SGD"] as (keyof typeof optimizers)[]) {
      const { trainer, bits } = await learnText(engine, name, seed);
      trainer.free();
      curves.push(bits);
    }
    for (const epoch of [9, 19, 39]) {
      const [adam, rmsprop, sgd] = curves.map((bits) => bits[epoch]!) as [number, number, number];
      expect(adam).toBeLessThan(0.97 * Math.min(rmsprop, sgd));
      if (epoch < 39) expect(rmsprop).toBeLessThan(0.97 * sgd);
      else expect(Math.abs(rmsprop / sgd - 1)).toBeLessThan(0.25);
    }
  });

  it("begins at about the logarithm of the vocabulary, and writes words of the text, the same ones from the same seed", async () => {
    const { trainer, bits } = await learnText(engine, "Adam");
    // The entropy of single characters bounds what can be known without those before.
    const counts = Array.from(new Set(river), (character) => river.split(character).length - 1);
    const entropy = counts.reduce((sum, count) => sum - (count / river.length) * Math.log2(count / river.length), 0);
    expect(bits[0]).toBeLessThan(Math.log2(counts.length));
    expect(bits.at(-1)).toBeLessThan(entropy / 4);
    const [text, again, other] = [1, 1, 2].map((seed) => writeText(engine, trainer.parameters(), 400, seed)) as [
      string,
      string,
      string,
    ];
    trainer.free();
    expect(text).toHaveLength(400);
    expect(again).toBe(text);
    expect(other).not.toBe(text);
    const known = new Set(river.split(/\W+/));
    const words = text.split(/\W+/).slice(1, -1);
    expect(words.filter((word) => known.has(word)).length / words.length).toBeGreaterThan(0.6);
  });
});
