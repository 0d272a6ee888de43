// The examples of images and of deep networks.

import { encode } from "fast-png";
import { beforeAll, describe, expect, it } from "vitest";
import * as color from "../../examples/colorTemplates.js";
import { fewDigits } from "../../examples/course/fewDigits.js";
import * as maps from "../../examples/filters.js";
import * as pooling from "../../examples/fractionalPooling.js";
import { convolutions, gradientNorms } from "../../examples/gradientNorms.js";
import { learnPictures, pictureFile, readPng, samplesOf } from "../../examples/pictureFiles.js";
import { planeOf, shares } from "../../examples/skipConnections.js";
import { blocks, depths, trainDeep } from "../../examples/stochasticDepth.js";
import { learnTemplates } from "../../examples/templates.js";
import { build, testEngine } from "./engine.js";
import { expectClose } from "./numbers.js";

type Run = Awaited<ReturnType<typeof pooling.trainWith>>;

const engine = await testEngine();
const release = build === "release";

describe.runIf(release)("filters", () => {
  let learned: Awaited<ReturnType<typeof maps.learnFilters>>;
  beforeAll(async () => {
    learned = await maps.learnFilters(engine);
  });

  it("become smooth, and read more digits than templates of the whole image", async () => {
    expect(Math.abs(maps.smoothness(learned.start))).toBeLessThan(0.2);
    expect(maps.smoothness(learned.learned)).toBeGreaterThan(0.5);
    expect(learned.accuracy).toBeGreaterThan((await learnTemplates(engine)).accuracy + 0.05);
  });

  it("make maps max(0, Σ w x + b), by plain loops", () => {
    const digit = maps.exampleDigit();
    const drawn = maps.mapsOf(engine, learned.learned, learned.bias, digit);
    const { mean, deviation } = fewDigits().standardize;
    for (const [k, filter] of learned.learned.entries()) {
      const expected = Array.from({ length: 784 }, (_, at) => {
        let sum = learned.bias[k]!;
        for (let i = 0; i < 49; i++) {
          const [y, x] = [Math.floor(at / 28) + Math.floor(i / 7) - 3, (at % 28) + (i % 7) - 3];
          if (y >= 0 && y < 28 && x >= 0 && x < 28) sum += (filter[i]! * (digit[28 * y + x]! - mean)) / deviation;
        }
        return Math.max(0, sum);
      });
      expectClose(drawn[k]!, expected, 1e-12);
    }
  });

  it("map a digit that moves to the same maps, moved, bit for bit", () => {
    const digit = maps.exampleDigit();
    const still = maps.mapsOf(engine, learned.learned, learned.bias, digit);
    const moved = maps.mapsOf(engine, learned.learned, learned.bias, maps.moved(digit, 3));
    for (const [k, map] of still.entries()) {
      expect(maps.differenceMoved(map, moved[k]!, 3)).toBe(0);
      expect(maps.differenceMoved(map, moved[k]!, 2)).toBeGreaterThan(0.1);
    }
  });
});

describe("templates in color", () => {
  it("that of horses has two heads, and each is the best for its class", async () => {
    const learned = await color.learnColors(engine);
    expect(learned.accuracy).toBeGreaterThan(0.98);
    for (const [k, name] of color.names.entries()) {
      const scores = color.scores(learned, color.plainPicture(name));
      expect(scores.indexOf(Math.max(...scores))).toBe(k);
    }
    const horseScore = (picture: number[]): number => color.scores(learned, picture)[0]!;
    for (const which of [0, 1])
      expect(horseScore(color.twoHeads())).toBeGreaterThan(horseScore(color.plainPicture("horse", which)));
  });

  it("no horse to learn from has two heads", () => {
    const pixelsOf = (picture: number[]): number =>
      picture.filter((value, at) => at % 3 === 0 && value === 0.45).length;
    const one = pixelsOf(color.plainPicture("horse"));
    expect(pixelsOf(color.plainPicture("horse", 1))).toBe(one);
    expect(pixelsOf(color.twoHeads())).toBeGreaterThan(one);
  });
});

describe.runIf(release)("fractional pooling", () => {
  it("has less loss than max pooling on average, and more than fixed windows of its size", async () => {
    const [max, fixed, drawn]: [Run[], Run[], Run[]] = [[], [], []];
    for (const seed of pooling.seeds)
      for (const [k, runs] of [max, fixed, drawn].entries())
        runs.push(await pooling.trainWith(engine, Object.keys(pooling.ways)[k]!, seed));
    const last = ({ losses }: Run): number => losses.at(-1)!;
    const mean = (runs: Run[]): number => runs.reduce((sum, run) => sum + last(run) / runs.length, 0);
    expect(mean(drawn)).toBeLessThan(0.95 * mean(max));
    for (const [k, run] of drawn.entries()) {
      expect(last(fixed[k]!)).toBeLessThan(last(max[k]!));
      expect(last(fixed[k]!)).toBeLessThan(last(run));
      // What is drawn anew is harder to learn by heart.
      expect(run.training).toBeGreaterThan(Math.max(max[k]!.training, fixed[k]!.training));
    }
  });
});

describe("stochastic depth", () => {
  it("keeps (3 L − 1) / 4 of L blocks on average, and as many in evaluation", () => {
    const { counted, evaluated } = depths(engine);
    expectClose([evaluated], [(3 * blocks - 1) / 4], 1e-12);
    // Four standard errors of 10,000 rows, in each of which block k is there with s = 1 − k / 2L.
    const variance = Array.from({ length: blocks }, (_, k) => 1 - (k + 1) / (2 * blocks)).reduce(
      (sum, s) => sum + s * (1 - s),
      0,
    );
    expect(Math.abs(counted - evaluated)).toBeLessThan(4 * Math.sqrt(variance / 10_000));
    expect(counted).not.toBe(evaluated);
  });

  it.runIf(release)("learns more slowly, and has less loss on other digits", async () => {
    for (const seed of [1, 2, 3]) {
      const [all, some] = [await trainDeep(engine, false, seed), await trainDeep(engine, true, seed)];
      expect(some.losses.at(-1)!.training).toBeGreaterThan(2 * all.losses.at(-1)!.training);
      expect(some.losses.at(-1)!.test).toBeLessThan(0.9 * all.losses.at(-1)!.test);
    }
  });
});

it.runIf(release)("skip connections: the valley is wider, and less around it is bent down", async () => {
  const [without, skipping] = [await planeOf(engine, false), await planeOf(engine, true)];
  for (const { values } of [without, skipping]) expect(Math.min(...values)).toBeLessThan(0.1);
  const [narrow, wide] = [shares(without), shares(skipping)];
  expect(wide.better).toBeGreaterThan(1.5 * narrow.better);
  expect(wide.down).toBeLessThan(0.75 * narrow.down);
  expect(Math.max(...skipping.values)).toBeLessThan(Math.max(...without.values));
});

describe.runIf(release)("batch norm and gradients", () => {
  it("with it, weights a times as large have gradients 1 / a times as large in every layer", async () => {
    const usual = await gradientNorms(engine, true, 1);
    expect(usual).toHaveLength(convolutions);
    for (const scale of [0.5, 2]) {
      const norms = await gradientNorms(engine, true, scale);
      // Exact but for ε = 1e-5 beside the variance, and for f32.
      for (const [k, norm] of norms.entries()) expect((norm * scale) / usual[k]!).toBeCloseTo(1, 2);
    }
    expect(Math.max(...usual) / Math.min(...usual)).toBeLessThan(3);
  });

  it("without it they die or explode with the scale of the start", async () => {
    const [half, usual, double] = [
      await gradientNorms(engine, false, 0.5),
      await gradientNorms(engine, false, 1),
      await gradientNorms(engine, false, 2),
    ];
    for (let k = 0; k < convolutions; k++) {
      expect(half[k]! / usual[k]!).toBeLessThan(1 / 100);
      expect(double[k]! / usual[k]!).toBeGreaterThan(100);
    }
  });
});

describe("pictureFiles", () => {
  it("of many sizes become rows, and are told apart", async () => {
    const sizes = new Set(Array.from({ length: 20 }, (_, k) => `${readPng(pictureFile(k)).width}`));
    expect(sizes.size).toBeGreaterThan(10);
    expect((await samplesOf(0, 20)).inputs.shape).toEqual([20, 16, 16, 1]);
    if (release) expect((await learnPictures(engine)).others).toBeGreaterThan(0.9);
  });

  it("with a palette are read as colors", () => {
    const palette = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    const file = encode({ data: Uint8Array.of(0, 1, 1, 0), width: 2, height: 2, channels: 1, palette });
    expect(readPng(file)).toEqual({ data: Uint8Array.of(1, 2, 3, 4, 5, 6, 4, 5, 6, 1, 2, 3), width: 2, height: 2 });
  });
});
