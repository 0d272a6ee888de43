// randAugment and trivialAugment: each op at given magnitudes against torchvision (tests/fixtures/torchvision_policies.py), what
// is drawn, and bad input.

import {
  augment,
  createTrainer,
  flatten,
  type Layer,
  linear,
  linearSchedule,
  type NDArray,
  preview,
  randAugment,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
  type Trainer,
  trivialAugment,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { applyDrawn, policyOps } from "../../bindings/augmentation/policies.js";
import { applied, columnOf, types } from "./augmented.js";
import { engine, engineForAll, fixture } from "./engine.js";
import { expectClose, expectSameBits, flat, type Plain } from "./numbers.js";

engineForAll();

interface Case {
  readonly policy: "rand" | "trivial";
  readonly op: number;
  readonly channels: number;
  readonly bin: number;
  readonly sign: number;
  readonly interpolation: "nearest" | "bilinear";
  readonly y: readonly number[];
}

const { cases, equalized } = fixture<{
  cases: readonly Case[];
  equalized: readonly { readonly channels: number; readonly spread: number; readonly y: readonly number[] }[];
}>("torchvision_policies");

const [height, width] = [5, 6];

/** The pixels of the fixture. */
const levels = (count: number, spread = 256): number[] =>
  Array.from({ length: count }, (_, k) => Math.floor((((k * k * 31 + k * 17 + 11 * (k % 5)) % 256) * spread) / 256));

/** As randAugment and trivialAugment have them. */
const spaces = {
  rand: { shear: 0.3, blend: 0.9, rotate: 30, bits: 4, translate: (extent: number) => (150 / 331) * extent },
  trivial: { shear: 0.99, blend: 0.99, rotate: 135, bits: 6, translate: () => 32 },
};
const named = (op: number): string => policyOps[op] as string;

/** Ops of a list, one for each picture, at magnitudes in 31 steps. */
function drawn(x: Tensor, all: readonly Pick<Case, "op" | "bin" | "sign">[]) {
  return {
    op: columnOf(
      x,
      all.map(({ op }) => op),
    ),
    magnitude: columnOf(
      x,
      all.map(({ bin }) => bin / 30),
    ),
    sign: columnOf(
      x,
      all.map(({ sign }) => sign),
    ),
  };
}

describe("ops at given magnitudes equal torchvision", () => {
  const kinds = new Set(cases.map(({ policy, channels, interpolation }) => `${policy} ${channels} ${interpolation}`));

  it.each([...kinds])("%s", (kind) => {
    const [policy, channels, interpolation] = kind.split(" ") as ["rand" | "trivial", string, "nearest" | "bilinear"];
    const own = cases.filter(
      (one) => one.policy === policy && one.channels === Number(channels) && one.interpolation === interpolation,
    );
    const size = height * width * Number(channels);
    const pixels = levels(size);
    for (const dtype of types)
      for (const peak of [1, 255]) {
        const x: Plain = {
          data: own.flatMap(() => pixels.map((level) => (level * peak) / 255)),
          shape: [own.length, height, width, Number(channels)],
        };
        const reading = { interpolation, fill: 0.25 * peak };
        const y = applied(dtype, x, (t) => applyDrawn(t, drawn(t, own), spaces[policy], peak, reading));
        for (const [k, one] of own.entries()) {
          const what = `${named(one.op)} ${one.bin} ${one.sign} ${dtype} ${peak}`;
          const got = y.slice(k * size, (k + 1) * size).map((value) => value / peak);
          if (named(one.op) === "posterize")
            expect(
              got.map((value) => Math.round(255 * value * 1e3) / 1e3),
              what,
            ).toEqual(one.y);
          else expectClose(got, one.y, 2e-6, what);
        }
      }
  });

  it.each(equalized)("equalize, $channels channels of $spread levels", ({ channels, spread, y }) => {
    const pixels = levels(19 * 23 * channels, spread);
    const all = [{ op: policyOps.indexOf("equalize"), bin: 0, sign: 1 }];
    for (const dtype of types)
      for (const peak of [1, 255]) {
        const x = { data: pixels.map((level) => (level * peak) / 255), shape: [1, 19, 23, channels] };
        const reading = { interpolation: "nearest", fill: 0 } as const;
        const got = applied(dtype, x, (t) => applyDrawn(t, drawn(t, all), spaces.rand, peak, reading));
        expect(got.map((value) => Math.round(((255 * value) / peak) * 1e3) / 1e3)).toEqual(y);
      }
  });
});

const trainerOf = (dtype: "f32" | "f64" = "f64"): Trainer =>
  createTrainer(engine, {
    model: flatten(),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.1 }),
    dtype,
  });

/** Pictures as an update sees them. */
function seen(layer: Layer, inputs: NDArray | Plain, options: object = {}): number[][] {
  const trainer = trainerOf();
  const rows = [...Array(inputs.shape[0]).keys()];
  const { data } = preview(trainer, { inputs } as never, rows, { augment: augment([layer]), ...options }).inputs;
  trainer.free();
  const size = data.length / rows.length;
  return rows.map((k) => Array.from(data.slice(k * size, (k + 1) * size)));
}

describe("what is drawn", () => {
  const count = 3000;
  const size = 4 * 4 * 3;
  const picture = levels(size).map((level) => (level + 0.25) / 260);
  const inputs = { data: Array.from({ length: count }, () => picture).flat(), shape: [count, 4, 4, 3] };
  const reading = { interpolation: "nearest", fill: 0 } as const;

  /** What each op makes of the picture, with the names of those that make it. */
  function results(space: typeof spaces.rand | typeof spaces.trivial, bins: readonly number[]) {
    const all = bins.flatMap((bin) => policyOps.flatMap((_, op) => [1, -1].map((sign) => ({ op, bin, sign }))));
    const x = { data: all.flatMap(() => picture), shape: [all.length, 4, 4, 3] };
    const y = applied("f64", x, (t) => applyDrawn(t, drawn(t, all), space as typeof spaces.rand, 1, reading));
    return all.map((one, k) => ({ ...one, text: y.slice(k * size, (k + 1) * size).join() }));
  }

  /** Pearson's statistic of counts of equally likely results. */
  const pearson = (counts: readonly number[], wanted: number): number =>
    counts.reduce((sum, seen) => sum + (seen - wanted) ** 2 / wanted, 0);

  it("randAugment draws each op equally often, both signs of it, and pictures by themselves", () => {
    const table = results(spaces.rand, [20]);
    const ops = seen(randAugment({ ops: 1, magnitude: 20 }), inputs).map((row) => {
      const found = table.filter(({ text }) => text === row.join());
      expect(found.length).toBeGreaterThan(0);
      return found;
    });
    // Identity and equalize leave so small a picture as it is.
    const same = ["identity", "equalize"];
    const counted = policyOps.filter((name) => !same.includes(name));
    const counts = counted.map((name) => ops.filter((found) => named(found[0]!.op) === name).length);
    // Of 11 degrees of freedom: above 31 with probability 0.001.
    expect(pearson(counts, count / 14)).toBeLessThan(31);
    const twice = ops.filter((found) => same.includes(named(found[0]!.op))).length;
    expect(Math.abs(twice - count / 7)).toBeLessThan(4 * Math.sqrt((count * 6) / 49));
    const signs = ops.filter((found) => found.length === 1).map((found) => found[0]!.sign);
    const positive = signs.filter((sign) => sign > 0).length;
    expect(Math.abs(positive - signs.length / 2)).toBeLessThan(2 * Math.sqrt(signs.length));
    const repeats = ops.filter((found, k) => k > 0 && found[0]!.op === ops[k - 1]![0]!.op).length;
    expect(Math.abs(repeats - count * (12 / 196 + 4 / 196))).toBeLessThan(4 * Math.sqrt(count * 0.08));
  });

  it("trivialAugment draws the magnitude among 31 steps", () => {
    const bins = [...Array(31).keys()];
    const table = new Map(results(spaces.trivial, bins).map(({ text, ...one }) => [text, one]));
    const drawnBins = seen(trivialAugment(), inputs).flatMap((row) => {
      const found = table.get(row.join());
      expect(found).toBeDefined();
      return ["brightness", "sharpness"].includes(named(found!.op)) && found!.bin > 0 ? [found!.bin] : [];
    });
    const counts = bins.slice(1).map((bin) => drawnBins.filter((one) => one === bin).length);
    // Of 29 degrees of freedom: above 58 with probability 0.001.
    expect(pearson(counts, drawnBins.length / 30)).toBeLessThan(58);
    expect(Math.abs(drawnBins.length - (count * 2 * 30) / (14 * 31))).toBeLessThan(4 * Math.sqrt(count * 0.12));
  });

  it("a magnitude on a schedule is that of the update", () => {
    const scheduled = randAugment({ magnitude: linearSchedule({ from: 0, to: 30, length: 30 }) });
    const function_ = randAugment({ magnitude: (t) => t });
    for (const step of [0, 9, 30]) {
      const wanted = flat(seen(randAugment({ magnitude: step }), inputs, { step }));
      expectSameBits(flat(seen(scheduled, inputs, { step })), wanted, `law at ${step}`);
      expectSameBits(flat(seen(function_, inputs, { step })), wanted, `function at ${step}`);
    }
  });

  it("magnitude 0 changes no op but autocontrast, equalize and posterize", () => {
    for (const row of seen(randAugment({ magnitude: 0 }), inputs).slice(0, 200)) {
      const least = Math.min(...picture);
      const stretched = Math.min(...row) < least - 1e-9;
      if (!stretched) expectClose(row, picture, 1 / 255, "", 0.4);
    }
  });

  it("more ops come one after the other", () => {
    const firsts = results(spaces.rand, [20]);
    const pairs = firsts.flatMap((first) => firsts.map((second) => ({ first, second })));
    const x = {
      data: pairs.flatMap(({ first }) => first.text.split(",").map(Number)),
      shape: [pairs.length, 4, 4, 3],
    };
    const seconds = pairs.map(({ second }) => second);
    const y = applied("f64", x, (t) => applyDrawn(t, drawn(t, seconds), spaces.rand, 1, reading));
    const known = new Set(pairs.map((_, k) => y.slice(k * size, (k + 1) * size).join()));
    const two = seen(randAugment({ ops: 2, magnitude: 20 }), inputs).map((row) => row.join());
    expect(two.filter((text) => !known.has(text))).toEqual([]);
    // Of some hundred results nearly all are seen.
    expect(new Set(two).size).toBeGreaterThan(0.8 * known.size);
  });
});

describe("any picture stays in 0 .. peak", () => {
  it("each op at each sign, of numbers whose range has no reciprocal in f32", () => {
    const all = policyOps.flatMap((_, op) => [1, -1].map((sign) => ({ op, bin: 30, sign })));
    for (const least of [1e-39, 1e-45, 1e-30]) {
      const data = Array.from({ length: all.length * 48 }, (_, k) => (k % 5 === 0 ? least : 0));
      const reading = { interpolation: "bilinear", fill: 0 } as const;
      const y = applied("f32", { data, shape: [all.length, 4, 4, 3] }, (t) =>
        applyDrawn(t, drawn(t, all), spaces.trivial, 1, reading),
      );
      expect(y.filter((value) => !(value >= 0 && value <= 1))).toEqual([]);
    }
  });

  it.each([
    ["of one color", () => 0.3],
    ["black", () => 0],
    ["white", () => 1],
    ["almost black", (k: number) => (k % 5 === 0 ? 1e-39 : 0)],
    ["of a single pixel that is not black", (k: number) => Number(k === 7)],
  ])("%s", (_, pixel) => {
    for (const dtype of types)
      for (const shape of [
        [60, 4, 4, 3],
        [60, 1, 1, 1],
        [60, 2, 5, 3],
      ])
        for (const layer of [randAugment({ ops: 4, magnitude: 30 }), trivialAugment({ interpolation: "bilinear" })]) {
          const trainer = trainerOf(dtype);
          const size = shape.reduce((product, extent) => product * extent, 1);
          const inputs = { data: Float64Array.from({ length: size }, (_, k) => pixel(k)), shape };
          const { data } = preview(trainer, { inputs }, [...Array(60).keys()], { augment: augment([layer]) }).inputs;
          expect(Array.from(data).filter((value) => !(value >= 0 && value <= 1))).toEqual([]);
          trainer.free();
        }
  });
});

describe("bad input", () => {
  const net = (): Trainer =>
    createTrainer(engine, {
      model: { ...linear(1, 1), apply: (_, x) => x.reshape([x.shape[0]!, -1]) },
      loss: softmaxCrossEntropy(),
      optimizer: sgd({ learningRate: 0.1 }),
    });

  it.each([
    [() => randAugment({ ops: 0 }), "randAugment: ops must be"],
    [() => randAugment({ ops: 9 }), "randAugment: ops must be"],
    [() => randAugment({ ops: 1.5 }), "randAugment: ops must be"],
    [() => randAugment({ magnitude: 31 }), "randAugment: magnitude must be"],
    [() => randAugment({ magnitude: -1 }), "randAugment: magnitude must be"],
    [
      () => randAugment({ magnitude: linearSchedule({ from: 0, to: 40, length: 9 }) }),
      "randAugment: every value of the schedule of magnitude must be",
    ],
    [() => randAugment({ magnitud: 3 } as never), 'randAugment: unknown option "magnitud". Did you mean "magnitude"?'],
    [() => trivialAugment({ interpolation: "cubic" as never }), "trivialAugment: interpolation must be"],
    [() => trivialAugment({ fill: Number.NaN }), "trivialAugment: fill must be"],
    [() => trivialAugment({ magnitude: 3 } as never), 'trivialAugment: unknown option "magnitude"'],
  ])("%s", (body, words) => {
    expect(body).toThrow(words);
  });

  it("pictures of other channels, other axes and other ranges are refused in words", () => {
    const trainer = net();
    const step = (shape: number[], value = 0.5): void => {
      const size = shape.reduce((product, extent) => product * extent, 1);
      const inputs = { data: new Float64Array(size).fill(value), shape };
      trainer.step({ inputs, targets: new Int32Array(shape[0]!), augment: augment([randAugment()]) });
    };
    expect(() => step([2, 4, 4, 2])).toThrow(
      /^step: randAugment: got \[2, 4, 4, 2\] with 2 channels, expected 1 \(gray\) or 3/,
    );
    expect(() => step([2, 16])).toThrow(
      /^step: randAugment: got \[2, 16\], expected \[batch, height, width, channels\]/,
    );
    expect(() => step([2, 4, 4, 3], -0.5)).toThrow(
      /^randAugment\(2, 9\): sample 0 holds -0\.5, expected pixels from 0 to 1/,
    );
    expect(() => step([2, 4, 4, 3], Number.NaN)).toThrow(/sample 0 holds NaN/);
  });
});
