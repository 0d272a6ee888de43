// The examples of trained models as functions, of uncertainty, of labelling, and of a model with a layer of its own.

import { applyLayer, gradientCheck, type NDArray, type Tensor } from "thalweg";
import { describe, expect, it } from "vitest";
import { learnSine, spread } from "../../examples/dropoutUncertainty.js";
import { label } from "../../examples/labelling.js";
import { erased, learnDigits, saliency } from "../../examples/saliency.js";
import { components, pixels, reconstruct, tied } from "../../examples/tiedWeights.js";
import { testEngine } from "./engine.js";
import { expectClose } from "./numbers.js";

const engine = await testEngine();

describe("saliency", () => {
  it("is the product of the weights of the units that are on, and names the pixels that count", async () => {
    const { trainer, digit } = await learnDigits(engine);
    const slopes = saliency(engine, trainer, digit);
    const { label } = trainer.classify(digit);
    const p = trainer.parameters() as Record<string, NDArray>;
    const [w, b, v] = ["0.weight", "0.bias", "2.weight"].map((name) => p[name]?.data) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const { mean, deviation } = trainer.options.standardize![""]!;
    const x = Array.from(digit, (value) => (value - mean[0]!) / deviation[0]!);
    const isOn = Array.from(
      { length: 64 },
      (_, j) => x.reduce((sum, value, i) => sum + value * w[64 * i + j]!, b[j]!) > 0,
    );
    const wanted = x.map((_, i) =>
      isOn.reduce((sum, on, j) => sum + (on ? (w[64 * i + j]! * v[10 * j + label]!) / deviation[0]! : 0), 0),
    );
    expectClose(slopes, wanted, 1e-5, "", 1e-3);
    for (const count of [5, 20]) {
      const [salient, others] = erased(engine, trainer, digit, count);
      expect(salient).toBeGreaterThan(2);
      expect(others).toBeLessThan(0);
    }
    trainer.free();
  });
});

describe("Monte Carlo dropout", () => {
  it("scatters more the farther an input is from the samples", async () => {
    const trainer = await learnSine(engine);
    const x = [-1, 0, 1, 4, 6, 8];
    const found = spread(trainer, x);
    for (const [k, { mean }] of found.slice(0, 3).entries()) expect(Math.abs(mean - Math.sin(x[k]!))).toBeLessThan(0.1);
    const deviations = found.map(({ deviation }) => deviation);
    const near = Math.max(...deviations.slice(0, 3));
    expect(deviations[3]).toBeGreaterThan(2 * near);
    expect(deviations[4]).toBeGreaterThan(deviations[3]!);
    expect(deviations[5]).toBeGreaterThan(deviations[4]!);
    trainer.free();
  });
});

describe("labelling while training", () => {
  it("learns more from the digits of which the network is least sure", async () => {
    const [chosen, inOrder] = [await label(engine, 70, true), await label(engine, 70, false)];
    expect(chosen.map(({ labels }) => labels)).toEqual([10, 40, 70]);
    expect(chosen[0]).toEqual(inOrder[0]);
    expect(chosen[2]!.accuracy).toBeGreaterThan(inOrder[2]!.accuracy + 0.05);
  });
});

describe("tied weights", () => {
  it("both uses of the weights add to their gradient", () => {
    const f = ({ weight, bias, x }: Record<"weight" | "bias" | "x", Tensor>) =>
      applyLayer(tied(3, 2), { weight, bias }, x).output.subtract(x).square().mean();
    const weight = [0, 1, 2].map((i) => [0, 1].map((j) => Math.sin(5 * i + j)));
    expect(
      gradientCheck(
        engine,
        f,
      )({
        weight,
        bias: [0.1, -0.2, 0.3],
        x: [
          [1, 2, -1],
          [0.5, 0, 2],
        ],
      }).passed,
    ).toBe(true);
  });

  it("ends with the error of the principal components (Baldi and Hornik 1989)", async () => {
    const x = pixels(200);
    for (const code of [1, 4]) {
      const least = components(engine, x, code);
      const found = await reconstruct(engine, x, code, 100);
      expect(found).toBeGreaterThan(least * (1 - 1e-5));
      expect(found).toBeLessThan(1.05 * least);
    }
  });
});
