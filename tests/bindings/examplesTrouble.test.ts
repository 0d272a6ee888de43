// Trouble with and without its cure, and how signals start: the examples that experiments.test.ts does not have.

import { describe, expect, it } from "vitest";
import { shareOfDefinite } from "../../examples/definite.js";
import { descend, descendNoisily, restart, start } from "../../examples/localMinimum.js";
import { cross, ways } from "../../examples/plateau.js";
import { leaveSaddle, rules as saddleRules } from "../../examples/saddle.js";
import { variances } from "../../examples/signals.js";
import { build, testEngine } from "./engine.js";
import { expectClose } from "./numbers.js";

const engine = await testEngine();

describe("saddles", () => {
  it("noise leaves the ridge sooner than descent does", () => {
    expect(leaveSaddle(engine, saddleRules.descent!, 0.1).updates).toBeLessThan(76 / 2);
  });

  it("the share of definite matrices falls to 0 as the Gaussian orthogonal ensemble says", () => {
    const count = build === "debug" ? 5000 : 20_000;
    const exact = [0.5, (2 - Math.SQRT2) / 4, (Math.PI - 2 * Math.SQRT2) / (4 * Math.PI)];
    for (const [k, p] of exact.entries()) {
      const error = Math.sqrt((p * (1 - p)) / count);
      expect(Math.abs(shareOfDefinite(engine, k + 1, count) - p)).toBeLessThan(4 * error);
    }
    expect(shareOfDefinite(engine, 6, 1000)).toBe(0);
  });
});

describe("the plateau", () => {
  it("holds descent, lets adaptive rates pass, and is none under cross-entropy", () => {
    const limit = 2000;
    const crossing = Object.fromEntries(Object.keys(ways).map((name) => [name, cross(engine, name, limit)]));
    const y = 1 / (1 + Math.exp(12));
    expectClose(crossing.descent!.slope, 2 * (1 - y) * y * (1 - y), 1e-15, "slope", 1e-5);
    expectClose(crossing["descent, log"]!.slope, 1 - y, 1e-14);
    expect(crossing.descent!.updates).toBe(limit);
    for (const name of ["RMSprop", "Adam", "descent, log"]) expect(crossing[name]!.updates).toBeLessThan(100);
  });
});

describe("the local minimum", () => {
  /** The root of 4x³ − 4x + 0.3 by Newton's method. */
  const root = (from: number): number => {
    let x = from;
    for (let k = 0; k < 20; k++) x -= (4 * x ** 3 - 4 * x + 0.3) / (12 * x * x - 4);
    return x;
  };
  const [lower, higher] = [root(-1), root(1)];

  it("holds descent", () => {
    expectClose(descend(engine, start), higher, 1e-6);
  });

  it("does not hold noise that dies away, nor the best of five starts", () => {
    const ends = (build === "debug" ? [1] : [1, 2, 3, 4, 5]).map((seed) => descendNoisily(engine, seed));
    const found = ends.filter((x) => Math.abs(x - lower) < 1e-5).length;
    expect(found / ends.length).toBeGreaterThanOrEqual(0.8);
    expectClose(restart(engine, 5), lower, 1e-6);
  });
});

describe("signals per layer", () => {
  const last = 9;

  it("from zero nothing passes, from N(0, 0.01²) next to nothing", () => {
    for (const activation of ["tanh", "ReLU"]) {
      const zero = variances(engine, "zero", activation);
      expect([...zero.forward, ...zero.backward.slice(0, last)]).toEqual(new Array(19).fill(0));
      const small = variances(engine, "N(0, 0.01²)", activation);
      // A layer of 64 keeps 64 · 10⁻⁴ of a small signal, half of it behind ReLU.
      const kept = activation === "tanh" ? 0.0064 : 0.0032;
      for (const ratio of [small.forward[last]! / small.forward[0]!, small.backward[0]! / small.backward[last]!]) {
        expect(ratio / kept ** 9).toBeGreaterThan(0.2);
        expect(ratio / kept ** 9).toBeLessThan(5);
      }
    }
  });

  it("Xavier suits tanh, He suits ReLU, and Xavier halves at every ReLU", () => {
    for (const [start, activation] of [
      ["Xavier", "tanh"],
      ["He", "ReLU"],
    ] as const) {
      const { forward, backward } = variances(engine, start, activation);
      for (const values of [forward, backward])
        for (const value of values) {
          expect(value).toBeGreaterThan(0.03);
          expect(value).toBeLessThan(3);
        }
    }
    const { forward, backward } = variances(engine, "Xavier", "ReLU");
    for (const ratio of [forward[last]! / forward[0]!, backward[0]! / backward[last]!]) {
      expect(ratio * 2 ** 9).toBeGreaterThan(0.3);
      expect(ratio * 2 ** 9).toBeLessThan(3);
    }
  });
});
