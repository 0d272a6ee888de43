// Splits and scales against plain JavaScript.

import { centerScaling, minMaxScaling, type Scaling, splitSamples, standardScaling } from "thalweg";
import { describe, expect, it } from "vitest";
import { expectClose, expectSameBits, flat, numbers } from "./numbers.js";

describe("a split", () => {
  const rows = 103;
  const inputs = { data: Float32Array.from({ length: 2 * rows }, (_, k) => k), shape: [rows, 2] };
  const targets = Uint8Array.from({ length: rows }, (_, k) => k);
  const split = (options?: Parameters<typeof splitSamples>[1]) => splitSamples({ inputs, targets }, options);

  it("holds every sample once, inputs beside their targets", () => {
    for (const [fraction, held] of [
      [0.2, 21],
      [0.5, 52],
      [0.001, 1],
      [0.999, 102],
    ] as const) {
      const { train, validation } = split({ fraction, seed: 3 });
      expect(validation.targets?.shape).toEqual([held]);
      expect(train.inputs.shape).toEqual([rows - held, 2]);
      const all = [...flat(train.targets), ...flat(validation.targets)];
      expect(all.sort((a, b) => a - b)).toEqual(Array.from(targets));
      for (const part of [train, validation])
        expect(flat(part.inputs)).toEqual(flat(part.targets).flatMap((row) => [2 * row, 2 * row + 1]));
    }
  });

  it("keeps types, and is the same for the same seed alone", () => {
    const { validation } = split();
    expect(validation.inputs.data).toBeInstanceOf(Float32Array);
    expect(validation.targets?.data).toBeInstanceOf(Uint8Array);
    expect(split({ fraction: 0.2, seed: 0 })).toEqual(split());
    const seeds = [0, 1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1].map((seed) =>
      String(flat(split({ seed }).validation.targets)),
    );
    expect(new Set(seeds).size).toBe(5);
  });

  it("holds out every sample about as often", () => {
    const counts = new Array<number>(rows).fill(0);
    const draws = 2000;
    for (let seed = 0; seed < draws; seed++)
      for (const row of flat(split({ fraction: 0.5, seed }).validation.targets))
        counts[row] = (counts[row] as number) + 1;
    // 5 deviations of a binomial count.
    for (const count of counts) expect(Math.abs(count - (draws * 52) / rows)).toBeLessThan(5 * Math.sqrt(draws / 4));
  });

  it("takes nested arrays, and inputs alone", () => {
    const { train, validation } = splitSamples({ inputs: [[1], [2]] }, { fraction: 0.5 });
    expect([...flat(train.inputs), ...flat(validation.inputs)].sort()).toEqual([1, 2]);
    expect("targets" in train).toBe(false);
  });

  it.each([
    [{ fraction: 0 }, "fraction must be a number above 0 and below 1, got 0"],
    [{ fraction: 1 }, "fraction must be"],
    [{ seed: -1 }, "seed must be"],
    [{ ratio: 0.2 }, 'unknown option "ratio"'],
  ])("refuses %j", (options, sentence) => {
    expect(() => split(options as object)).toThrow(sentence);
  });

  it("refuses too few samples and unequal columns", () => {
    expect(() => splitSamples({ inputs: [[1]] })).toThrow("got 1 samples, expected at least 2");
    expect(() => splitSamples({ inputs: [[1], [2]], targets: [1] })).toThrow("got 2 inputs and 1 targets");
  });
});

describe("scaling", () => {
  const rows = 40;
  const data = Float64Array.from(numbers(rows * 3, -5, 5), (x, k) => x * 10 ** (k % 3) + 100);
  const inputs = { data, shape: [rows, 3] };
  const later = { data: Float64Array.from(numbers(6, -900, 900, 5)), shape: [2, 3] };
  const column = (j: number): number[] => Array.from(data).filter((_, k) => k % 3 === j);
  const mean = (values: number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
  const deviation = (values: number[]): number => Math.sqrt(mean(values.map((x) => (x - mean(values)) ** 2)));

  const cases: [string, Scaling, (x: number, values: number[]) => number][] = [
    ["standardScaling", standardScaling(inputs), (x, values) => (x - mean(values)) / deviation(values)],
    ["centerScaling", centerScaling(inputs), (x, values) => x - mean(values)],
    ["minMaxScaling", minMaxScaling(inputs), (x, v) => (x - Math.min(...v)) / (Math.max(...v) - Math.min(...v))],
    [
      "minMaxScaling to -1 .. 3",
      minMaxScaling(inputs, { low: -1, high: 3 }),
      (x, v) => -1 + (4 * (x - Math.min(...v))) / (Math.max(...v) - Math.min(...v)),
    ],
  ];

  it.each(cases)("%s applies the statistics of training, and goes back", (_, scale, expected) => {
    for (const given of [inputs, later]) {
      const scaled = scale.apply(given);
      expect(scaled.shape).toEqual(given.shape);
      const wanted = Array.from(given.data, (x, k) => expected(x, column(k % 3)));
      expectClose(scaled, wanted, 1e-13);
      expectClose(scale.invert(scaled), given.data, 1e-13);
    }
  });

  it("leaves features that do not vary finite", () => {
    const same = Array.from({ length: 7 }, () => [0.1, 1e9 + 0.1]);
    for (const scale of [standardScaling(same), centerScaling(same), minMaxScaling(same, { low: 2, high: 3 })]) {
      expect(Array.from(scale.scale)).toEqual([1, 1]);
      expectClose(scale.invert(scale.apply(same)), same, 1e-15);
    }
    expectSameBits(minMaxScaling(same).apply(same), new Array(14).fill(0));
    expectClose(standardScaling(same).apply([[1.1, 1e9 + 1.1]]), [1, 1], 1e-6);
  });

  it("takes one feature a sample, and images", () => {
    expectSameBits(standardScaling([1, 3]).apply([5]), [3]);
    const image = { data: [0, 1, 2, 3, 4, 5, 6, 7], shape: [2, 2, 2] };
    expect(minMaxScaling(image).apply(image)).toEqual({
      data: Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1),
      shape: [2, 2, 2],
    });
  });

  it("brings huge and tiny features to one scale, and refuses what is beyond doubles", () => {
    const apart = (large: number, small: number) => [[large, small], [-large, 3 * small]]; // biome-ignore format: rows
    const ends = apart(1e200, 1e-200);
    expectClose(standardScaling(ends).apply(ends), [1, -1, -1, 1], 1e-15);
    expectClose(minMaxScaling(ends).apply(ends), [1, 0, 0, 1], 1e-15);
    expect(() => minMaxScaling([[1e-320], [5e-324]], { high: 1e10 })).toThrow(
      "minMaxScaling: the range of feature 0 underflows",
    );
    expect(() => minMaxScaling(apart(1.7e308, 1))).toThrow(
      "minMaxScaling: sample 0 holds 1.7e+308, expected finite numbers, below",
    );
    expect(() => minMaxScaling(apart(8e307, 1), { high: 1e-9 })).toThrow(
      "minMaxScaling: statistics of feature 0 exceed 1.8e308",
    );
    expect(() => centerScaling([8e307, 8e307, 8e307])).toThrow("centerScaling: statistics of feature 0 exceed 1.8e308");
  });

  it("names what does not fit", () => {
    expect(() => standardScaling([])).toThrow("standardScaling: no samples");
    expect(() => centerScaling([[1], [Number.NaN]])).toThrow("centerScaling: sample 1 holds NaN");
    expect(() => centerScaling([[1, 2]]).apply([[1]])).toThrow(
      "centerScaling: apply: got shape [1, 1], expected [samples, 2]",
    );
    expect(() => minMaxScaling([[1]], { low: 1, high: 1 })).toThrow("minMaxScaling: high must be");
    expect(() => minMaxScaling([[1]]).invert(3)).toThrow("minMaxScaling: invert: got shape []");
  });
});
