// Ops of augmentation that replace pixels, and noise: against plain loops over what is drawn, and the distributions of that.

import {
  cutout,
  gaussianNoise,
  type Layer,
  linearSchedule,
  type RandomErasingOptions,
  randomErasing,
  ShapeError,
  saltAndPepper,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { augmented, correlation, images, inSteps, mixed } from "./augmentedImages.js";
import { engine, engineForAll } from "./engine.js";
import { wrong } from "./refusals.js";

engineForAll();

const mean = (list: readonly number[]): number => list.reduce((sum, one) => sum + one, 0) / list.length;

interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Box of the pixels that are −1 in each picture of y [rows, height, width, 1]; throws if they are no full rectangle. */
function boxesOf(y: readonly number[], [rows, height, width]: readonly number[]): (Box | null)[] {
  const size = height! * width!;
  return Array.from({ length: rows! }, (_, r) => {
    const erased = Array.from({ length: size }, (_, i) => i).filter((i) => y[r * size + i] === -1);
    if (erased.length === 0) return null;
    const [lines, columns] = [erased.map((i) => Math.floor(i / width!)), erased.map((i) => i % width!)];
    const [top, left] = [Math.min(...lines), Math.min(...columns)];
    const box = { top, left, height: Math.max(...lines) - top + 1, width: Math.max(...columns) - left + 1 };
    if (box.height * box.width !== erased.length) throw new Error(`picture ${r} has a hole`);
    return box;
  });
}

function boxesFrom(layer: Layer, shape: readonly [number, number, number]): (Box | null)[] {
  return boxesOf(augmented(engine, layer, images([...shape, 1], mixed)), shape);
}

/** Chi-square of whole numbers below `kinds` that should be equally frequent, in deviations from its mean. */
function unevenness(values: readonly number[], kinds: number): number {
  const counts = Array.from({ length: kinds }, (_, k) => values.filter((value) => value === k).length);
  const wanted = values.length / kinds;
  const chiSquare = counts.reduce((sum, count) => sum + (count - wanted) ** 2 / wanted, 0);
  return (chiSquare - (kinds - 1)) / Math.sqrt(2 * (kinds - 1));
}

describe("randomErasing", () => {
  const rows = 4000;
  const erasing = (options: RandomErasingOptions) => randomErasing({ value: -1, ...options });

  it("erases with probability p, a fixed or a scheduled one", () => {
    for (const p of [0, 0.25, 0.5, 1]) {
      const erased = boxesFrom(erasing({ p }), [rows, 12, 10]).filter((box) => box !== null).length;
      expect(Math.abs(erased - p * rows)).toBeLessThanOrEqual(4 * Math.sqrt(p * (1 - p) * rows));
    }
    const x = images([50, 6, 6, 1], mixed);
    const [first, second] = inSteps(engine, erasing({ p: linearSchedule({ from: 0, to: 1, length: 1 }) }), x, 50);
    expect(first).toEqual(Array.from(x.data));
    expect(boxesOf(second!, x.shape).every((box) => box !== null)).toBe(true);
    expect(second).toEqual(inSteps(engine, erasing({ p: 1 }), x, 50)[1]);
  });

  it("draws boxes as torchvision: log-uniform ratios, areas of the scale, every place equally often", () => {
    const [height, width] = [64, 48];
    const found = boxesFrom(erasing({ p: 1, scale: [0.1, 0.3], ratio: [0.5, 2] }), [rows, height, width]);
    const boxes = found.filter((box) => box !== null);
    expect(boxes).toHaveLength(rows);
    const areas = boxes.map((box) => (box.height * box.width) / (height * width));
    const logs = boxes.map((box) => Math.log(box.height / box.width));
    // Sizes are rounded to whole pixels.
    expect(Math.min(...areas)).toBeGreaterThan(0.09);
    expect(Math.max(...areas)).toBeLessThan(0.32);
    expect(mean(areas)).toBeCloseTo(0.2, 2);
    expect(Math.max(...logs.map(Math.abs))).toBeLessThan(Math.log(2) + 0.1);
    expect(Math.abs(mean(logs))).toBeLessThan(0.03);
    // The variance of a uniform number in −a .. a is a² / 3.
    expect(mean(logs.map((one) => one * one))).toBeCloseTo(Math.log(2) ** 2 / 3, 1);
    const tops = boxes.map((box) => Math.floor((10 * (box.top + 0.5)) / (height - box.height + 1)));
    expect(Math.max(...tops)).toBe(9);
    const lefts = boxes.map((box) => box.left / (width - box.width));
    expect(mean(lefts)).toBeCloseTo(0.5, 1);
    expect([Math.min(...lefts), Math.max(...lefts)]).toEqual([0, 1]);
    for (const [a, b] of [
      [areas, logs],
      [tops, lefts],
      [areas.slice(1), areas.slice(0, -1)],
      [lefts.slice(1), lefts.slice(0, -1)],
    ] as const)
      expect(Math.abs(correlation(a, b))).toBeLessThan(4 / Math.sqrt(rows));
  });

  it("takes every place of a box of one size equally often", () => {
    // 4 of 16 pixels with ratio 1: a square of 2.
    const boxes = boxesFrom(erasing({ p: 1, scale: [0.25, 0.25], ratio: [1, 1] }), [rows, 4, 4]);
    expect(boxes.every((box) => box?.height === 2 && box.width === 2)).toBe(true);
    expect(
      unevenness(
        boxes.map((box) => box!.top * 3 + box!.left),
        9,
      ),
    ).toBeLessThan(4);
  });

  it("tries ten times, and leaves a picture alone where no box is smaller than it", () => {
    expect(boxesFrom(erasing({ p: 1, scale: [1, 1], ratio: [1, 1] }), [20, 6, 6]).every((box) => box === null)).toBe(
      true,
    );
    // Of 6 pixels, the height √(6 r) is below 3.5 for r < 3.5² / 6; log r is uniform in 0 .. ln 16.
    const [count, fits] = [20_000, Math.log(3.5 ** 2 / 6) / Math.log(16)];
    const boxes = boxesFrom(erasing({ p: 1, scale: [0.25, 0.25], ratio: [1, 16] }), [count, 4, 6]);
    const expected = (1 - fits) ** 10;
    const left = boxes.filter((box) => box === null).length;
    expect(Math.abs(left - expected * count)).toBeLessThan(4 * Math.sqrt(expected * count));
    expect(boxes.every((box) => box === null || (box.height < 4 && box.width < 6))).toBe(true);
  });

  it("fills with one value, one for each channel, or normal numbers", () => {
    const x = images([30, 8, 8, 2], (i) => 3 + (i % 2));
    const [boxed, colored, random] = [-1, [7, 8], "random" as const].map((value) =>
      augmented(engine, randomErasing({ p: 0.7, value: value as never }), x, { peak: 255 }),
    ) as [number[], number[], number[]];
    // The same boxes, as the draws are the same.
    expect(colored).toEqual(boxed.map((v, i) => (v === -1 ? 7 + (i % 2) : v)));
    const noise = random.filter((_, i) => boxed[i] === -1);
    expect(random.filter((_, i) => boxed[i] !== -1)).toEqual(boxed.filter((v) => v !== -1));
    expect(Math.abs(mean(noise) / 255)).toBeLessThan(4 / Math.sqrt(noise.length));
    expect(mean(noise.map((v) => (v / 255) ** 2))).toBeCloseTo(1, 0.5);
    expect(new Set(noise).size).toBe(noise.length);
  });
});

describe("cutout", () => {
  it.each([4, 3])("fills a square of %i pixels around every pixel equally often, cut at the border", (size) => {
    const [rows, height, width] = [6000, 5, 6];
    const y = augmented(engine, cutout(size, { value: -1 }), images([rows, height, width, 1], mixed));
    // Every centre by a plain loop.
    const pictures = new Map<string, number>();
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        const [top, left] = [row - Math.floor(size / 2), column - Math.floor(size / 2)];
        const mask = Array.from({ length: height * width }, (_, i) => {
          const [a, b] = [Math.floor(i / width) - top, (i % width) - left];
          return a >= 0 && a < size && b >= 0 && b < size;
        });
        pictures.set(String(mask), row * width + column);
      }
    expect(pictures.size).toBe(height * width);
    const centres = Array.from({ length: rows }, (_, r) =>
      pictures.get(String(y.slice(r * height * width, (r + 1) * height * width).map((v) => v === -1))),
    ) as number[];
    expect(centres).not.toContain(undefined);
    expect(unevenness(centres, height * width)).toBeLessThan(4);
    expect(Math.abs(correlation(centres.slice(1), centres.slice(0, -1)))).toBeLessThan(4 / Math.sqrt(rows));
  });

  it("keeps the other pixels, and takes a value for each channel", () => {
    const x = images([9, 5, 5, 3], mixed);
    const plain = augmented(engine, cutout(3, { value: -1 }), x, { dtype: "f32" });
    const colored = augmented(engine, cutout(3, { value: [5, 6, 7] }), x, { dtype: "f32" });
    expect(colored).toEqual(plain.map((v, i) => (v === -1 ? 5 + (i % 3) : Math.fround(x.data[i]!))));
    expect(augmented(engine, cutout(50), x).every((v) => v === 0)).toBe(true);
  });
});

describe("saltAndPepper", () => {
  it("replaces each pixel with all its channels, half by salt and half by pepper", () => {
    const x = images([100, 10, 8, 3], (i) => 0.25 + mixed(i) / 2);
    const pixels = 100 * 10 * 8;
    for (const peak of [1, 255]) {
      const y = augmented(engine, saltAndPepper(0.2), x, { peak });
      const kinds = Array.from({ length: pixels }, (_, i) => {
        const own = y.slice(3 * i, 3 * i + 3);
        if (own.every((v) => v === peak)) return 1;
        if (own.every((v) => v === 0)) return -1;
        expect(own).toEqual(Array.from(x.data.slice(3 * i, 3 * i + 3)));
        return 0;
      });
      for (const kind of [1, -1]) {
        const count = kinds.filter((one) => one === kind).length;
        expect(Math.abs(count - 0.1 * pixels)).toBeLessThan(4 * Math.sqrt(0.09 * pixels));
      }
      for (const lag of [1, 80])
        expect(Math.abs(correlation(kinds.slice(lag), kinds.slice(0, -lag)))).toBeLessThan(4 / Math.sqrt(pixels));
    }
  });

  it("has the grains of its formula: pepper where u < p / 2, salt where u < p", () => {
    const x = images([6, 4, 4, 2], mixed);
    const u = augmented(
      engine,
      {
        name: "draws",
        parameters: {},
        apply: (_, t, context) => context.uniform([...t.shape.slice(0, 3), 1], { dtype: "f64" }),
      },
      x,
    );
    const expected = Array.from(x.data, (v, i) => {
      const own = u[Math.floor(i / 2)]!;
      return own < 0.25 ? -2 : own < 0.5 ? 3 : v;
    });
    expect(augmented(engine, saltAndPepper(0.5, { salt: 3, pepper: -2 }), x)).toEqual(expected);
    expect(augmented(engine, saltAndPepper(0.5, { salt: 3, pepper: -2 }), x, { dtype: "f32" })).toEqual(
      expected.map(Math.fround),
    );
    expect(augmented(engine, saltAndPepper(0), x)).toEqual(Array.from(x.data));
    expect(augmented(engine, saltAndPepper(1), x).every((v) => v === 0 || v === 1)).toBe(true);
    const followed = inSteps(engine, saltAndPepper(linearSchedule({ from: 0.1, to: 0.9, length: 1 })), x, 6);
    expect(followed[0]).toEqual(inSteps(engine, saltAndPepper(0.1), x, 6)[0]);
    expect(followed[1]).toEqual(inSteps(engine, saltAndPepper(0.9), x, 6)[1]);
  });
});

describe("all", () => {
  const layers: Readonly<Record<string, Layer>> = {
    randomErasing: randomErasing(),
    "randomErasing, random": randomErasing({ p: 0.8, value: "random" }),
    cutout: cutout(3, { value: [1, 2] }),
    saltAndPepper: saltAndPepper(0.3),
    gaussianNoise: gaussianNoise(linearSchedule({ from: 0.1, to: 0.5, length: 4 })),
  };
  it.each(Object.keys(layers))("%s does not depend on the runs of a step, and evaluation leaves x alone", (name) => {
    const layer = layers[name]!;
    const x = images([11, 5, 4, 2], mixed);
    const [whole, parts] = [inSteps(engine, layer, x, 11), inSteps(engine, layer, x, 4)];
    expect(parts).toEqual(whole);
    expect(whole[0]).not.toEqual(whole[1]);
    expect(whole[0]).not.toEqual(Array.from(x.data));
    if (!layer.state) expect(augmented(engine, layer, x, { training: false })).toEqual(Array.from(x.data));
  });

  const on = (layer: Layer, shape: readonly number[]) => () => augmented(engine, layer, images(shape, mixed));
  const flat = "got [2, 9], expected [batch, height, width, channels]. Reshape it to [batch, height, width, channels].";
  it.each([
    [
      () => randomErasing({ p: 1.5 }),
      RangeError,
      "randomErasing: p must be a number of at least 0 and at most 1, got 1.5.",
    ],
    [
      () => randomErasing({ p: linearSchedule({ from: -1, to: 1, length: 2 }) }),
      RangeError,
      "randomErasing: every value of the schedule of p must be a number of at least 0 and at most 1, got -1.",
    ],
    [
      () => randomErasing({ scale: [0.3, 0.1] }),
      RangeError,
      "randomErasing: scale must be [least, most], got [0.3, 0.1]. Give the smaller one first.",
    ],
    [
      () => randomErasing({ scale: [0.3, 1.1] }),
      RangeError,
      "randomErasing: scale must be a number of at least 0 and at most 1, got 1.1.",
    ],
    [() => randomErasing({ ratio: [0, 1] }), RangeError, "randomErasing: ratio must be a positive number, got 0."],
    [() => randomErasing({ ratio: wrong(2) }), TypeError, "randomErasing: ratio must be [least, most], got 2."],
    [
      () => randomErasing({ value: wrong("noise") }),
      TypeError,
      'randomErasing: value must be a number, an array of one for each channel or "random", got "noise".',
    ],
    [() => randomErasing(wrong({ probability: 1 })), TypeError, /^randomErasing: unknown option "probability"\./],
    [
      on(randomErasing({ value: [1, 2] }), [2, 3, 3, 3]),
      ShapeError,
      "randomErasing: value has 2 numbers for 3 channels. Give one number, or one for each channel.",
    ],
    [on(randomErasing(), [2, 9]), ShapeError, `randomErasing: ${flat}`],
    [() => cutout(0), RangeError, "cutout: size must be a whole number of at least 1 and below 1073741824, got 0."],
    [() => cutout(2.5), RangeError, "cutout: size must be a whole number of at least 1 and below 1073741824, got 2.5."],
    [() => cutout(2, wrong({ valeu: 1 })), TypeError, 'cutout: unknown option "valeu". Did you mean "value"?'],
    [
      () => cutout(2, { value: wrong("random") }),
      TypeError,
      'cutout: value must be a number or an array of one for each channel, got "random".',
    ],
    [
      on(cutout(2, { value: [1] }), [2, 3, 3, 3]),
      ShapeError,
      "cutout: value has 1 number for 3 channels. Give one number, or one for each channel.",
    ],
    [on(cutout(2), [2, 9]), ShapeError, `cutout: ${flat}`],
    [() => saltAndPepper(-0.1), RangeError, "saltAndPepper: p must be a number of at least 0 and at most 1, got -0.1."],
    [
      () => saltAndPepper(0.1, { salt: Number.NaN }),
      RangeError,
      "saltAndPepper: salt must be a finite number, got NaN.",
    ],
    [
      () => saltAndPepper(0.1, wrong({ sal: 1 })),
      TypeError,
      'saltAndPepper: unknown option "sal". Did you mean "salt"?',
    ],
    [on(saltAndPepper(0.1), [2, 9]), ShapeError, `saltAndPepper: ${flat}`],
    [() => gaussianNoise(-1), RangeError, "gaussianNoise: deviation must be a number of at least 0, got -1."],
    [
      () => gaussianNoise(linearSchedule({ from: 1, to: -1, length: 2 })),
      RangeError,
      "gaussianNoise: every value of the schedule of deviation must be a number of at least 0, got -1.",
    ],
  ] as const)("bad input %#", (body, kind, words) => {
    // biome-ignore format: a table
    expect(body).toThrow(kind);
    expect(body).toThrow(words);
  });
});
