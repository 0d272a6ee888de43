// The examples of sequences give closed forms.

import { describe, expect, it } from "vitest";
import { explodingStep, gradientByStep, steps } from "../../examples/longTerm.js";
import { testEngine } from "./engine.js";
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
