// Ops of augmentation on the values of pixels: against torchvision's figures, against its formulas in plain loops, and what is
// drawn.

import { colorJitter, gaussianBlur, type Layer, linearSchedule, type NDArray, ShapeError } from "thalweg";
import { describe, expect, it } from "vitest";
import { equalize } from "../../bindings/augmentation/equalize.js";
import { autocontrast, invert, posterize, solarize } from "../../bindings/augmentation/points.js";
import { sharpness } from "../../bindings/augmentation/sharpness.js";
import type { Tensor } from "../../bindings/tensors/tensor.js";
import { augmented, correlation, images, inSteps, mixed } from "./augmentedImages.js";
import { engine, engineForAll, fixture } from "./engine.js";
import { wrong } from "./refusals.js";
import { grad } from "./transforms.js";

engineForAll();

interface Case {
  readonly op: string;
  readonly args: Readonly<Record<string, number>>;
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Figures [channels, height, width] as [height, width, channels]. */
function channelsLast({ shape: [channels, height, width] }: Case, values: readonly number[]): number[] {
  const pixels = height * width;
  return Array.from(
    { length: channels * pixels },
    (_, i) => values[(i % channels) * pixels + Math.floor(i / channels)]!,
  );
}

function expectNear(got: readonly number[], expected: readonly number[], within: number): void {
  expect(got.length).toBe(expected.length);
  got.forEach((value, k) => {
    expect(Math.abs(value - expected[k]!), `element ${k}: ${value} and ${expected[k]}`).toBeLessThanOrEqual(within);
  });
}

describe("torchvision's figures", () => {
  const makers: Readonly<Record<string, (args: Case["args"]) => Layer>> = {
    adjust_brightness: ({ factor }) => colorJitter({ brightness: [factor!, factor!] }),
    adjust_contrast: ({ factor }) => colorJitter({ contrast: [factor!, factor!] }),
    adjust_saturation: ({ factor }) => colorJitter({ saturation: [factor!, factor!] }),
    adjust_hue: ({ factor }) => colorJitter({ hue: [factor!, factor!] }),
    gaussian_blur: ({ kernel, sigma }) => gaussianBlur(kernel!, { sigma: sigma! }),
  };
  const { cases } = fixture<{ cases: readonly Case[] }>("torchvision_augment");
  const own = cases.filter(({ op }) => op in makers);
  it("are there for each op", () => {
    expect(own.map(({ op }) => op)).toEqual(Object.keys(makers));
  });
  it.each(own.flatMap((one) => (["f32", "f64"] as const).map((dtype) => [one.op, dtype, one] as const)))(
    "%s in %s",
    (op, dtype, one) => {
      const [channels, height, width] = one.shape;
      const given = channelsLast(one, one.x);
      // Twice the picture in the batch, and the levels of u8 data.
      for (const peak of [1, 255]) {
        const x = images([2, height, width, channels], (i) => given[i % given.length]! * peak);
        const y = augmented(engine, makers[op]!(one.args), x, { dtype, peak }).map((value) => value / peak);
        expectNear(y, [...channelsLast(one, one.y), ...channelsLast(one, one.y)], 2e-6);
      }
    },
  );
});

type Pixel = readonly number[];

/** torchvision's formulas for the pixels of one picture in 0 .. 1. */
const clamp = (v: number): number => Math.min(Math.max(v, 0), 1);
const grey = ([r, g, b]: Pixel): number => 0.2989 * r! + 0.587 * g! + 0.114 * b!;
function hueOf([r, g, b]: Pixel): number {
  const [most, least] = [Math.max(r!, g!, b!), Math.min(r!, g!, b!)];
  if (most === least) return 0;
  const [rc, gc, bc] = [r!, g!, b!].map((v) => (most - v) / (most - least)) as [number, number, number];
  const h = most === r ? bc - gc : most === g ? 2 + rc - bc : 4 + gc - rc;
  return (h / 6 + 1) % 1;
}
function turned(pixel: Pixel, shift: number): Pixel {
  const v = Math.max(...pixel);
  const s = v === 0 ? 0 : (v - Math.min(...pixel)) / v;
  const h = (((hueOf(pixel) + shift) % 1) + 1) % 1;
  const sector = Math.floor(h * 6);
  const f = h * 6 - sector;
  const [p, q, t] = [v * (1 - s), v * (1 - s * f), v * (1 - s * (1 - f))];
  return [
    [v, t, p],
    [q, v, p],
    [p, v, t],
    [p, q, v],
    [t, p, v],
    [v, p, q],
  ][sector % 6]!;
}
const adjust: Readonly<Record<string, (picture: readonly Pixel[], amount: number) => readonly Pixel[]>> = {
  brightness: (picture, f) => picture.map((pixel) => pixel.map((v) => clamp(f * v))),
  contrast: (picture, f) => {
    const mean = picture.reduce((sum, pixel) => sum + grey(pixel), 0) / picture.length;
    return picture.map((pixel) => pixel.map((v) => clamp(f * v + (1 - f) * mean)));
  },
  saturation: (picture, f) => picture.map((pixel) => pixel.map((v) => clamp(f * v + (1 - f) * grey(pixel)))),
  hue: (picture, shift) => picture.map((pixel) => turned(pixel, shift).map(clamp)),
};

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return [[...list]];
  return list.flatMap((one, k) => permutations(list.filter((_, j) => j !== k)).map((rest) => [one, ...rest]));
}

describe("colorJitter", () => {
  const same = (picture: readonly Pixel[], rows: number): NDArray =>
    images([rows, 1, picture.length, picture[0]!.length], (i) => picture.flat()[i % picture.flat().length]!);

  it.each([
    [{ brightness: 1.4, contrast: 0.6, saturation: 1.7, hue: 0.2 }],
    [{ brightness: 1.4, contrast: 0.6, saturation: 1.7 }],
    [{ contrast: 1.5, hue: -0.4 }],
  ] as readonly (readonly [Readonly<Record<string, number>>])[])(
    "applies %o in each order equally often",
    (amounts) => {
      const picture = [
        [0.9, 0.35, 0.2],
        [0.1, 0.6, 0.75],
        [0.5, 0.5, 0.05],
      ];
      const orders = permutations(Object.keys(amounts));
      const results = orders.map((order) =>
        order.reduce((y, op) => adjust[op]!(y, amounts[op]!), picture as readonly Pixel[]).flat(),
      );
      const rows = 200 * orders.length;
      const options = Object.fromEntries(Object.entries(amounts).map(([op, amount]) => [op, [amount, amount]]));
      const y = augmented(engine, colorJitter(options), same(picture, rows));
      const counts = orders.map(() => 0);
      for (let row = 0; row < rows; row++) {
        const own = y.slice(9 * row, 9 * row + 9);
        const found = results.flatMap((result, k) =>
          result.every((v, j) => Math.abs(v - own[j]!) < 1e-12) ? [k] : [],
        );
        expect(found, `picture ${row}`).toHaveLength(1);
        counts[found[0]!]!++;
      }
      const chiSquare = counts.reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0);
      const freedom = orders.length - 1;
      expect(chiSquare).toBeLessThan(freedom + 4 * Math.sqrt(2 * freedom));
    },
  );

  /** Factor and shift of each picture, from those of one color, whose largest channel is red. */
  function drawnFor(options: Parameters<typeof colorJitter>[0], rows = 4000): { factors: number[]; shifts: number[] } {
    const y = augmented(engine, colorJitter(options), same([[0.2, 0.1, 0.1]], rows));
    const pixels = Array.from({ length: rows }, (_, row) => y.slice(3 * row, 3 * row + 3));
    return {
      factors: pixels.map((pixel) => Math.max(...pixel) / 0.2),
      shifts: pixels.map((pixel) => ((hueOf(pixel) + 0.5) % 1) - 0.5),
    };
  }
  function expectUniform(values: readonly number[], least: number, most: number): void {
    const scaled = values.map((value) => (value - least) / (most - least));
    expect(Math.min(...scaled)).toBeGreaterThan(-1e-9);
    expect(Math.max(...scaled)).toBeLessThan(1 + 1e-9);
    const counts = Array.from({ length: 10 }, (_, k) => scaled.filter((v) => Math.floor(v * 10) === k).length);
    const wanted = values.length / 10;
    expect(counts.reduce((sum, count) => sum + (count - wanted) ** 2 / wanted, 0)).toBeLessThan(9 + 4 * Math.sqrt(18));
  }
  it("draws its factors and shifts uniformly, apart for pictures and ops", () => {
    const { factors, shifts } = drawnFor({ brightness: 0.4, hue: 0.25 });
    expectUniform(factors, 0.6, 1.4);
    expectUniform(shifts, -0.25, 0.25);
    for (const [a, b] of [
      [factors, shifts],
      [factors.slice(1), factors.slice(0, -1)],
      [shifts.slice(1), shifts.slice(0, -1)],
    ] as const)
      expect(Math.abs(correlation(a, b))).toBeLessThan(4 / Math.sqrt(a.length));
    // No factor is below 0, and a pair is what it says.
    expectUniform(drawnFor({ brightness: 3 }).factors, 0, 4);
    expectUniform(drawnFor({ brightness: [0.5, 0.75], hue: [0.1, 0.2] }).factors, 0.5, 0.75);
    expectUniform(drawnFor({ brightness: [0.5, 0.75], hue: [0.1, 0.2] }).shifts, 0.1, 0.2);
  });

  it("has the parameters of f64 in f32", () => {
    const layer = colorJitter({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 });
    const x = images([16, 5, 4, 3], mixed);
    expectNear(augmented(engine, layer, x, { dtype: "f32" }), augmented(engine, layer, x), 4e-6);
  });

  it("leaves saturation and hue of one channel alone", () => {
    const x = images([8, 3, 4, 1], mixed);
    expect(augmented(engine, colorJitter({ saturation: [2, 2], hue: 0.5 }), x)).toEqual(Array.from(x.data));
    // torchvision 0.14.1, adjust_contrast(x / 255, 0.4).
    const levels = [37, 60, 128, 45, 210, 64, 63, 47, 90, 91, 160, 53, 155, 70, 127, 180];
    const figures = [
      0.2903922, 0.3264706, 0.4331373, 0.3029412, 0.5617648, 0.3327451, 0.3311765, 0.3060785, 0.3735295, 0.3750981,
      0.4833334, 0.3154902, 0.4754903, 0.3421569, 0.4315687, 0.514706,
    ];
    const picture = images([1, 4, 4, 1], (i) => levels[i]! / 255);
    const layer = colorJitter({ contrast: [0.4, 0.4], saturation: 0.5, hue: [0.3, 0.3] });
    expectNear(augmented(engine, layer, picture), figures, 2e-6);
  });

  it("keeps a pixel that is not a number apart from other pictures, and from other pixels where only brightness changes", () => {
    const x = images([2, 2, 2, 3], (i) => (i === 4 ? Number.NaN : mixed(i)));
    const y = augmented(engine, colorJitter({ brightness: 0.5, contrast: 0.5, saturation: 0.5, hue: 0.2 }), x);
    expect(y.slice(12).every((v) => v >= 0 && v <= 1)).toBe(true);
    const bright = augmented(engine, colorJitter({ brightness: 0.5 }), x);
    expect(bright.flatMap((v, k) => (Number.isNaN(v) ? [k] : []))).toEqual([4]);
  });
});

describe("gaussianBlur", () => {
  it("draws one deviation for each picture, uniform in its range", () => {
    // A single bright pixel: the ratio of its neighbour to itself is exp(−½ / σ²).
    const rows = 2000;
    const y = augmented(
      engine,
      gaussianBlur(5, { sigma: [0.5, 1.5] }),
      images([rows, 7, 7, 1], (i) => Number(i % 49 === 24)),
    );
    const sigmas = Array.from({ length: rows }, (_, r) =>
      Math.sqrt(-0.5 / Math.log(y[49 * r + 25]! / y[49 * r + 24]!)),
    );
    expect(Math.min(...sigmas)).toBeGreaterThan(0.5 - 1e-9);
    expect(Math.max(...sigmas)).toBeLessThan(1.5 + 1e-9);
    expect(sigmas.reduce((sum, one) => sum + one, 0) / rows).toBeCloseTo(1, 1);
    expect(Math.abs(correlation(sigmas.slice(1), sigmas.slice(0, -1)))).toBeLessThan(4 / Math.sqrt(rows));
    for (const down of [7, -7]) expect(y[24 + down]! / y[24]!).toBeCloseTo(Math.exp(-0.5 / sigmas[0]! ** 2), 12);
  });

  it("equals the double sum over mirrored pixels, with a kernel of two sizes", () => {
    const [height, width, sigma] = [5, 6, 1.3];
    const x = images([1, height, width, 2], mixed);
    const mirror = (k: number, extent: number): number => (k < 0 ? -k : k >= extent ? 2 * extent - 2 - k : k);
    const weight = (d: number): number => Math.exp(-0.5 * (d / sigma) ** 2);
    const total = (half: number): number =>
      Array.from({ length: 2 * half + 1 }, (_, k) => weight(k - half)).reduce((sum, one) => sum + one);
    const expected = Array.from({ length: height * width * 2 }, (_, i) => {
      const [row, column, channel] = [Math.floor(i / (2 * width)), Math.floor(i / 2) % width, i % 2];
      let sum = 0;
      for (let a = -1; a <= 1; a++)
        for (let b = -3; b <= 3; b++) {
          const at = (mirror(row + a, height) * width + mirror(column + b, width)) * 2 + channel;
          sum += ((weight(a) * weight(b)) / (total(1) * total(3))) * x.data[at]!;
        }
      return sum;
    });
    expectNear(augmented(engine, gaussianBlur([3, 7], { sigma }), x), expected, 1e-14);
  });

  it("is x where a schedule has σ = 0", () => {
    const x = images([2, 4, 4, 1], mixed);
    const [first, second] = inSteps(
      engine,
      gaussianBlur(3, { sigma: linearSchedule({ from: 0, to: 1, length: 1 }) }),
      x,
      2,
    );
    expect(first).toEqual(Array.from(x.data));
    expectNear(second!, augmented(engine, gaussianBlur(3, { sigma: 1 }), x), 1e-15);
  });
});

describe("point ops of policies", () => {
  /** An op on the picture of these levels, as levels. */
  function levelsOf(
    op: (x: Tensor, peak: number) => Tensor,
    levels: readonly number[],
    shape: readonly number[],
  ): number[][] {
    const layer: Layer = { name: "op", parameters: {}, apply: (_, x, { peak }) => op(x, peak) };
    return [1, 255].flatMap((peak) =>
      (["f32", "f64"] as const).map((dtype) =>
        augmented(
          engine,
          layer,
          images(shape, (i) => (levels[i]! / 255) * peak),
          { peak, dtype },
        ).map((value) => (value / peak) * 255),
      ),
    );
  }
  const amount = (x: Tensor, value: number): Tensor => x.trace.fill(value, [x.shape[0]!, 1, 1, 1], "f64");
  const levels = [37, 200, 128, 5, 250, 64, 63, 17, 90, 91, 160, 33, 255, 0, 127, 180];

  // torchvision 0.14.1 on uint8.
  it.each([
    [0, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    [1, [0, 128, 128, 0, 128, 0, 0, 0, 0, 0, 128, 0, 128, 0, 0, 128]],
    [3, [32, 192, 128, 0, 224, 64, 32, 0, 64, 64, 160, 32, 224, 0, 96, 160]],
    [5, [32, 200, 128, 0, 248, 64, 56, 16, 88, 88, 160, 32, 248, 0, 120, 176]],
    [8, levels],
  ])("posterize keeps %i bits", (bits, expected) => {
    for (const y of levelsOf((x, peak) => posterize(x, amount(x, bits), peak), levels, [1, 4, 4, 1]))
      expectNear(y, expected, 2e-5);
  });
  it("posterize rounds to the nearest level first", () => {
    for (const y of levelsOf((x, peak) => posterize(x, amount(x, 3), peak), [63.6, 63.4], [1, 1, 2, 1]))
      expectNear(y, [64, 32], 2e-5);
  });
  it("solarize and invert", () => {
    const solarized = [37, 55, 127, 5, 5, 64, 63, 17, 90, 91, 95, 33, 0, 0, 127, 75];
    for (const y of levelsOf(
      (x, peak) => solarize(x, amount(x, (128 / 255) * peak - 1e-9), peak),
      levels,
      [1, 4, 4, 1],
    ))
      expectNear(y, solarized, 2e-5);
    const inverted = [218, 55, 127, 250, 5, 191, 192, 238, 165, 164, 95, 222, 0, 255, 128, 75];
    for (const y of levelsOf(invert, levels, [1, 4, 4, 1])) expectNear(y, inverted, 2e-5);
  });

  const soft = [37, 60, 128, 45, 210, 64, 63, 47, 90, 91, 160, 53, 155, 70, 127, 180];
  it("autocontrast stretches each channel, and leaves one without contrast", () => {
    const figures = [
      0, 0.132948, 0.5260116, 0.0462428, 1, 0.1560694, 0.150289, 0.0578035, 0.3063584, 0.3121387, 0.7109827, 0.0924855,
      0.682081, 0.1907514, 0.5202312, 0.8265896,
    ];
    const two = soft.flatMap((level) => [level, 77]);
    for (const y of levelsOf(autocontrast, two, [1, 4, 4, 2]))
      expectNear(
        y,
        figures.flatMap((value) => [value * 255, 77]),
        255 * 2e-6,
      );
  });
  it.each([
    [0, [0.349623, 0.2904978, 0.4205128, 0.4509804]],
    [0.5, [0.3003017, 0.2687783, 0.3886878, 0.5392157]],
    [2, [0.1523378, 0.2036199, 0.2932127, 0.8039216]],
  ] as const)("sharpness of %d changes the inner pixels", (factor, [a, b, c, d]) => {
    const expected = soft.map((level) => level / 255);
    [expected[5], expected[6], expected[9], expected[10]] = [a, b, c, d];
    for (const y of levelsOf((x, peak) => sharpness(x, amount(x, factor), peak), soft, [1, 4, 4, 1]))
      expectNear(
        y,
        expected.map((value) => value * 255),
        255 * 2e-6,
      );
    expect(levelsOf((x, peak) => sharpness(x, amount(x, factor), peak), soft, [1, 2, 8, 1])[3]).toEqual(soft);
  });

  it("equalize has torchvision's levels for each channel of each picture", () => {
    // Levels of pixel i, and what torchvision 0.14.1 makes of them on uint8.
    const uneven = (i: number): number => ((i * i * 7 + 31 * i) % 97) + 40;
    const unevenLevels = [
      [40, 42, 43, 44, 46, 49, 51, 52, 53, 57, 60, 61, 62, 63, 64, 65, 68, 69, 74, 75, 78, 79, 80, 81, 82, 83, 86, 90, 91],
      [0, 6, 12, 18, 24, 30, 36, 42, 48, 54, 60, 66, 72, 78, 84, 90, 96, 102, 108, 114, 120, 126, 132, 138, 144, 150, 156, 162, 168],
      [92, 94, 97, 99, 100, 101, 103, 105, 106, 107, 110, 113, 115, 120, 125, 127, 130, 133, 134, 135],
      [174, 180, 186, 192, 198, 204, 210, 215, 221, 227, 232, 238, 244, 250, 253, 255, 255, 255, 255, 255],
    ] as const; // biome-ignore format: a table
    const skewed = (i: number): number => Math.floor((i * i) / 1300);
    const skewedLevels = [
      0, 19, 26, 32, 37, 41, 45, 48, 51, 55, 58, 60, 63, 65, 68, 70, 73, 75, 77, 79, 81, 83, 85, 87,
    ];
    const given = Array.from({ length: 2 * 576 }, (_, i) => [uneven(i % 576), i < 576 ? skewed(i) : 7]).flat();
    for (const y of levelsOf(equalize, given, [2, 24, 24, 2])) {
      for (let i = 0; i < 576; i++) {
        const [from, to] = unevenLevels[0].includes(uneven(i) as never) ? ([0, 1] as const) : ([2, 3] as const);
        const expected = unevenLevels[to][unevenLevels[from].indexOf(uneven(i) as never)]!;
        expect(y[2 * i]).toBeCloseTo(expected, 4);
        expect(y[2 * (576 + i)]).toBeCloseTo(expected, 4);
        if (skewed(i) < skewedLevels.length) expect(y[2 * i + 1]).toBeCloseTo(skewedLevels[skewed(i)]!, 4);
        if (skewed(i) >= 250) expect(y[2 * i + 1]).toBeCloseTo(255, 4);
        // One level only: nothing to equalize.
        expect(y[2 * (576 + i) + 1]).toBeCloseTo(7, 4);
      }
    }
    // A pixel that is not a number counts as 0.
    const odd = given.map((level, i) => (i === 20 ? Number.NaN : level));
    const zero = given.map((level, i) => (i === 20 ? 0 : level));
    expect(levelsOf(equalize, odd, [2, 24, 24, 2])).toEqual(levelsOf(equalize, zero, [2, 24, 24, 2]));
    // Fewer than 256 pixels below the highest level: left alone.
    for (const y of levelsOf(equalize, levels, [1, 4, 4, 1])) expectNear(y, levels, 2e-5);
  });

  it("equalize and posterize have the derivative 0, the others theirs", () => {
    const x = images([1, 20, 20, 1], mixed);
    const slope = (op: (x: Tensor) => Tensor): Set<number> =>
      new Set(grad(engine, ((t: Tensor) => op(t.reshape([1, 20, 20, 1])).sum()) as never)(Array.from(x.data)).data);
    expect(slope((t) => equalize(t, 1).add(t.multiply(0)))).toEqual(new Set([0]));
    expect(slope((t) => posterize(t, amount(t, 3), 1).add(t.multiply(0)))).toEqual(new Set([0]));
    expect(slope((t) => solarize(t, amount(t, 0.5), 1))).toEqual(new Set([1, -1]));
  });
});

describe("all", () => {
  const layers: Readonly<Record<string, Layer>> = {
    colorJitter: colorJitter({
      brightness: 0.4,
      contrast: linearSchedule({ from: 0.1, to: 0.5, length: 4 }),
      saturation: 0.3,
      hue: 0.1,
    }),
    gaussianBlur: gaussianBlur(3),
  };
  it.each(Object.keys(layers))("%s does not depend on the runs of a step, and evaluation leaves x alone", (name) => {
    const layer = layers[name]!;
    const x = images([7, 4, 5, 3], mixed);
    const [whole, parts] = [inSteps(engine, layer, x, 7), inSteps(engine, layer, x, 3)];
    expect(parts).toEqual(whole);
    expect(whole[0]).not.toEqual(whole[1]);
    expect(augmented(engine, colorJitter({ hue: 0.1 }), x, { training: false })).toEqual(Array.from(x.data));
    expect(augmented(engine, gaussianBlur(3), x, { training: false })).toEqual(Array.from(x.data));
  });

  const on = (layer: Layer, shape: readonly number[]) => () => augmented(engine, layer, images(shape, mixed));
  it.each([
    [
      () => colorJitter({ brightness: -0.1 }),
      RangeError,
      "colorJitter: brightness must be a number of at least 0, got -0.1.",
    ],
    [
      () => colorJitter({ hue: 0.6 }),
      RangeError,
      "colorJitter: hue must be a number of at least 0 and at most 0.5, got 0.6.",
    ],
    [
      () => colorJitter({ hue: [-0.6, 0] }),
      RangeError,
      "colorJitter: hue must be a number of at least -0.5 and at most 0.5, got -0.6.",
    ],
    [
      () => colorJitter({ contrast: [1, 0.5] }),
      RangeError,
      "colorJitter: contrast must be [least, most], got [1, 0.5]. Give the smaller one first.",
    ],
    [() => colorJitter({ contrast: wrong([1]) }), TypeError, "colorJitter: contrast must be [least, most], got [1]."],
    [() => colorJitter(wrong({ colour: 1, hues: 0.1 })), TypeError, /^colorJitter: unknown option "colour"\./],
    [
      () => colorJitter(wrong({ saturatoin: 0.1 })),
      TypeError,
      'colorJitter: unknown option "saturatoin". Did you mean "saturation"?',
    ],
    [
      () => colorJitter({ hue: linearSchedule({ from: 0, to: 1, length: 2 }) }),
      RangeError,
      "colorJitter: every value of the schedule of hue must be a number of at least 0 and at most 0.5, got 1.",
    ],
    [
      on(colorJitter({ saturation: 0.1 }), [2, 3, 3, 2]),
      ShapeError,
      "colorJitter: got [2, 3, 3, 2] with 2 channels, expected 1 (gray) or 3 (red, green, blue). Use images of such channels.",
    ],
    [
      on(colorJitter({ brightness: 0.1 }), [2, 9]),
      ShapeError,
      "colorJitter: got [2, 9], expected [batch, height, width, channels]. Reshape it to [batch, height, width, channels].",
    ],
    [() => gaussianBlur(4), RangeError, "gaussianBlur: kernel must be odd, got 4. Add or subtract 1."],
    [() => gaussianBlur([3, 2]), RangeError, "gaussianBlur: kernel must be odd, got [3, 2]. Add or subtract 1."],
    [() => gaussianBlur(3, { sigma: 0 }), RangeError, "gaussianBlur: sigma must be a positive number, got 0."],
    [() => gaussianBlur(3, { sigma: [0, 1] }), RangeError, "gaussianBlur: sigma must be a positive number, got 0."],
    [
      () => gaussianBlur(3, wrong({ sigmas: 1 })),
      TypeError,
      'gaussianBlur: unknown option "sigmas". Did you mean "sigma"?',
    ],
    [
      on(gaussianBlur(7), [2, 3, 8, 1]),
      ShapeError,
      "gaussianBlur: a kernel of 7 pixels mirrors 3, but x [2, 3, 8, 1] has 3 of height. Use a kernel of at most 5.",
    ],
    [
      on(gaussianBlur(3), [2, 9]),
      ShapeError,
      "gaussianBlur: got [2, 9], expected [batch, height, width, channels]. Reshape it to [batch, height, width, channels].",
    ],
  ] as const)("bad input %#", (body, kind, words) => {
    // biome-ignore format: a table
    expect(body).toThrow(kind);
    expect(body).toThrow(words);
  });
});
