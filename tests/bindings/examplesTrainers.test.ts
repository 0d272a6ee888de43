// The examples with several trainers of one model.

import type { Trainer } from "thalweg";
import { describe, expect, it } from "vitest";
import { learnRing, quality } from "../../examples/gan.js";
import { dice, learn, play } from "../../examples/policyGradient.js";
import { build, testEngine } from "./engine.js";

const engine = await testEngine();

describe("an adversarial network", () => {
  it.runIf(build === "release")("covers all eight Gaussians of the ring", () => {
    const shares: { near: number; least: number }[] = [];
    learnRing(engine, 3000, (_, generator) => shares.push(quality(engine, generator)));
    expect(shares).toHaveLength(7);
    expect(shares[0]?.near).toBeLessThan(0.1);
    expect(shares[0]?.least).toBe(0);
    expect(shares.at(-1)?.near).toBeGreaterThan(0.9);
    // An eighth would be even.
    expect(shares.at(-1)?.least).toBeGreaterThan(0.08);
  });
});

describe("a policy gradient", () => {
  const mean = (shares: readonly number[]): number => shares.reduce((sum, share) => sum + share / shares.length, 0);

  it.each([1, 2, 3])("learns to catch, seed %i", (seed) => {
    const shares = learn(engine, 300, seed);
    expect(mean(shares.slice(0, 5))).toBeLessThan(0.35);
    expect(mean(shares.slice(-20))).toBeGreaterThan(0.95);
  });

  it("plays by the rules: who always moves toward the ball catches it", () => {
    const chances = (state: number[]): number[] => {
      const [ball, paddle] = [state.indexOf(1), state.indexOf(1, 7) - 7];
      return [Number(ball < paddle), Number(ball === paddle), Number(ball > paddle)];
    };
    const player = { predict: (states: number[][]) => ({ data: states.flatMap(chances) }) };
    const { caught, states, outcomes } = play(player as unknown as Trainer, dice(5));
    expect(caught).toBe(32);
    expect(states).toHaveLength(5 * 32);
    expect(outcomes.every((outcome) => outcome === 1)).toBe(true);
  });
});
