// Random tensors: against Philox4x32-10 as philox.ts writes it from its paper, checked with its authors' known answers.

import {
  adam,
  bernoulli,
  concatenate,
  createTrainer,
  type Engine,
  fill,
  heNormal,
  linear,
  meanSquaredError,
  normal,
  normalInitializer,
  type Tensor,
  uniform,
  xavierUniform,
} from "thalweg";
import { describe, expect, it } from "vitest";
import * as abi from "../../assembly/abi.js";
import { engine, engineForEach, testEngine } from "./engine.js";
import { expectSameBits, flat } from "./numbers.js";
import { philox } from "./philox.js";
import { compile, run } from "./transforms.js";

engineForEach();

/** Word `element` of a stream at seed and step 0. */
const word = (element: number, stream: number, seed = 0): number =>
  philox([Math.floor(element / 4), stream, 0, 0], [seed >>> 0, Math.floor(seed / 2 ** 32)])[element % 4] as number;

it("the generator of philox.ts gives the known answers of its authors", () => {
  const hex = (words: number[]): string => words.map((w) => w.toString(16).padStart(8, "0")).join(" ");
  expect(hex(philox([0, 0, 0, 0], [0, 0]))).toBe("6627e8d5 e169c58d bc57ac4c 9b00dbd8");
  const ones = 0xffffffff;
  expect(hex(philox([ones, ones, ones, ones], [ones, ones]))).toBe("408f276d 41c83b0e a20bc7c6 6d5451fd");
  expect(hex(philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]))).toBe(
    "d16cfe09 94fdcceb 5001e420 24126ea1",
  );
});

const moments = (values: readonly number[]) => {
  const mean = values.reduce((total, x) => total + x, 0) / values.length;
  const central = (power: number): number =>
    values.reduce((total, x) => total + (x - mean) ** power, 0) / values.length;
  const variance = central(2);
  return { mean, variance, skew: central(3) / variance ** 1.5, kurtosis: central(4) / variance ** 2 };
};

describe("uniform", () => {
  it.each(["f32", "f64"] as const)("is the upper 24 bits of Philox, element by element, in %s", (dtype) => {
    for (const count of [1, 3, 4, 5, 1023, 1024, 1025, 2051]) {
      const got = run(
        engine,
        (x: Tensor) => uniform(engine, [count], dtype).multiply(x),
        dtype === "f32" ? Float32Array.of(1) : 1,
      );
      const expected = Array.from({ length: count }, (_, k) => (word(k, abi.streamNoise) >>> 8) / 2 ** 24);
      expectSameBits(got, expected, `${count} elements`);
    }
  });

  it("lies in [0, 1) with the moments of the uniform law", () => {
    const values = flat(run(engine, () => uniform(engine, [200000]), {}));
    expect(Math.min(...values.slice(0, 100000))).toBeGreaterThanOrEqual(0);
    expect(values.every((x) => x >= 0 && x < 1)).toBe(true);
    const { mean, variance, skew, kurtosis } = moments(values);
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.003);
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.001);
    expect(Math.abs(skew)).toBeLessThan(0.02);
    expect(Math.abs(kurtosis - 1.8)).toBeLessThan(0.02);
  });
});

describe("normal", () => {
  it.each(["f32", "f64"] as const)("has the moments of the normal law, in %s", (dtype) => {
    const values = flat(run(engine, () => normal(engine, [200001], dtype), {}));
    expect(values.every(Number.isFinite)).toBe(true);
    const { mean, variance, skew, kurtosis } = moments(values);
    expect(Math.abs(mean)).toBeLessThan(0.01);
    expect(Math.abs(variance - 1)).toBeLessThan(0.015);
    expect(Math.abs(skew)).toBeLessThan(0.03);
    expect(Math.abs(kurtosis - 3)).toBeLessThan(0.06);
    const share = (limit: number): number => values.filter((x) => Math.abs(x) < limit).length / values.length;
    expect(Math.abs(share(1) - 0.6827)).toBeLessThan(0.005);
    expect(Math.abs(share(2) - 0.9545)).toBeLessThan(0.003);
  });

  it("neighbours are not correlated", () => {
    const values = flat(run(engine, () => normal(engine, [100000]), {}));
    for (const lag of [1, 2, 3, 4]) {
      const product = values.slice(lag).reduce((total, x, k) => total + x * (values[k] as number), 0);
      expect(Math.abs(product / values.length), `lag ${lag}`).toBeLessThan(0.015);
    }
  });
});

describe("bernoulli", () => {
  it.each([0, 0.1, 0.5, 0.9, 1])("is 1 with probability %d, else 0", (probability) => {
    const values = flat(run(engine, () => bernoulli(engine, probability, [50000]), {}));
    expect(values.every((x) => x === 0 || x === 1)).toBe(true);
    const mean = values.reduce((total, x) => total + x, 0) / values.length;
    if (probability === 0 || probability === 1) expect(mean).toBe(probability);
    else expect(Math.abs(mean - probability)).toBeLessThan(0.01);
  });
});

describe("addresses", () => {
  it("no two purposes share a stream", () => {
    const streams = Object.entries(abi).filter(([name]) => name.startsWith("stream"));
    expect(streams.length).toBeGreaterThan(5);
    expect(new Set(streams.map(([, stream]) => stream)).size).toBe(streams.length);
  });
  const draw = (e: Engine = engine): number[] => flat(run(e, () => uniform(e, [8]), {}));

  it("the same program gives the same numbers: now, later, in another engine, after training", async () => {
    const first = draw();
    expect(draw()).toEqual(first);
    const compiled = compile(engine, () => uniform(engine, [8]));
    expect(flat(compiled({}))).toEqual(first);
    const trainer = createTrainer(engine, {
      model: linear(1, 1),
      loss: meanSquaredError(),
      optimizer: adam(),
      seed: 77,
    });
    expect(flat(compiled({})), "after a trainer was made").toEqual(first);
    trainer.step({ inputs: [[1]], targets: [[1]] });
    expect(flat(compiled({})), "after a step").toEqual(first);
    expect(draw(await testEngine())).toEqual(first);
  });

  it("tensors of one program differ, and a longer one begins like a shorter one", () => {
    const both = flat(run(engine, () => concatenate([uniform(engine, [8]), uniform(engine, [8])]), {}));
    expect(both.slice(0, 8)).not.toEqual(both.slice(8));
    expect(flat(run(engine, () => uniform(engine, [100]), {})).slice(0, 8)).toEqual(both.slice(0, 8));
    expect(flat(run(engine, () => uniform(engine, [2, 4]), {}))).toEqual(both.slice(0, 8));
  });

  it("noise in training depends on seed and step, and replays from a checkpoint", async () => {
    const noisy = (seed: number) =>
      createTrainer(engine, {
        model: {
          name: "noise",
          parameters: { w: { shape: [4], initializer: (context) => context.fill(0) } },
          apply: ({ w }, x) => x.add(w!),
        },
        loss: { name: "noise", targets: "values", apply: (x) => x.add(normal(engine, [1, 4], "f32")).sum() },
        optimizer: adam(),
        seed,
      });
    const batch = { inputs: [[0, 0, 0, 0]], targets: [[0]] };
    const losses = (trainer: ReturnType<typeof noisy>, count: number): number[] =>
      Array.from({ length: count }, () => trainer.step(batch).loss);
    const all = losses(noisy(1), 6);
    expect(new Set(all).size).toBe(6);
    expect(losses(noisy(1), 6)).toEqual(all);
    expect(losses(noisy(2), 6)).not.toEqual(all);
    const trainer = noisy(1);
    losses(trainer, 3);
    const other = noisy(9);
    other.restore(trainer.save());
    expect(losses(other, 3)).toEqual(all.slice(3));
  });
});

describe("initial weights", () => {
  const weights = (weight: typeof heNormal, seed = 3, dtype: "f32" | "f64" = "f64"): number[] => {
    const trainer = createTrainer(engine, {
      model: linear(300, 200, { weight }),
      loss: meanSquaredError(),
      optimizer: adam(),
      seed,
      dtype,
    });
    return flat(trainer.parameters().weight);
  };

  it.each([
    ["heNormal", heNormal, 2 / 300, 3],
    ["normalInitializer(0.02)", normalInitializer(0.02), 0.0004, 3],
    ["xavierUniform", xavierUniform, 2 / 500, 1.8],
  ] as const)("%s has its variance and shape", (_, initializer, variance, kurtosis) => {
    const got = moments(weights(initializer));
    expect(Math.abs(got.mean)).toBeLessThan(0.02 * Math.sqrt(variance));
    expect(Math.abs(got.variance / variance - 1)).toBeLessThan(0.03);
    expect(Math.abs(got.kurtosis - kurtosis)).toBeLessThan(0.1);
  });

  it("differ between parameters and seeds", () => {
    expect(weights(heNormal, 3)).not.toEqual(weights(heNormal, 4));
    expect(weights(heNormal, 3)).toEqual(weights(heNormal, 3));
    const twins = createTrainer(engine, {
      model: {
        name: "twins",
        parameters: { a: { shape: [9, 9], initializer: heNormal }, b: { shape: [9, 9], initializer: heNormal } },
        apply: ({ a, b }, x) => x.matmul(a!).matmul(b!),
      },
      loss: meanSquaredError(),
      optimizer: adam(),
    }).parameters();
    expect(flat(twins.a)).not.toEqual(flat(twins.b));
  });
});

it("a shape of no elements is fine", () => {
  expect(flat(run(engine, () => uniform(engine, [0]), {}))).toEqual([]);
  expect(flat(run(engine, () => fill(engine, 1, [0, 3]), {}))).toEqual([]);
});
