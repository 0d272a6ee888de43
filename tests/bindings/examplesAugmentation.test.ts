// The examples of augmentation: what it makes a network indifferent to.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as augmentation from "../../bindings/augmentation/index.js";
import * as sheet from "../../examples/contactSheet.js";
import { learnClasses, pairsOf, variation } from "../../examples/hardClasses.js";
import { hardness, troubles } from "../../examples/hardImages.js";
import { certainty, learnMoons, withDoubt } from "../../examples/mixUpRegions.js";
import { shifted, shifts, tableOf } from "../../examples/shiftedDigits.js";
import { build, testEngine } from "./engine.js";

const engine = await testEngine();
const release = build === "release";
const sourceOf = (name: string): string => readFileSync(new URL(`../../examples/${name}.ts`, import.meta.url), "utf8");

describe("shifted digits", () => {
  it("move by whole pixels, and nothing comes in from outside", () => {
    const data = Uint8Array.from({ length: 2 * 784 }, (_, at) => (at % 251) + 1);
    const samples = { inputs: { data, shape: [2, 28, 28, 1] }, targets: [0, 1] };
    for (const [right, down] of Object.values(shifts)) {
      const moved = (shifted(samples, [right, down]).inputs as { data: Uint8Array }).data;
      for (let at = 0; at < data.length; at++) {
        const [row, column] = [(Math.floor(at / 28) % 28) - down, (at % 28) - right];
        const inside = row >= 0 && row < 28 && column >= 0 && column < 28;
        expect(moved[at]).toBe(inside ? data[784 * Math.floor(at / 784) + 28 * row + column] : 0);
      }
    }
  });

  it.runIf(release)("are read after random shifts, as the table of the example says", async () => {
    const table = await tableOf(engine);
    const source = sourceOf("shiftedDigits");
    for (const [name, without, along] of table) {
      expect(source).toMatch(new RegExp(`^// ${name} +${without} +${along}$`, "m"));
      if (name === "none") expect(Number(along)).toBeGreaterThanOrEqual(Number(without));
      else expect(Number(without)).toBeLessThan(50);
      expect(Number(along)).toBeGreaterThanOrEqual(name.includes(",") ? 86 : 90);
    }
  });
});

describe.runIf(release)("what makes images hard", () => {
  it("accuracy falls with the amount, and much less for a network that saw the same in training", async () => {
    for (const seed of [1, 2]) {
      const found = await hardness(engine, seed);
      expect(Object.keys(found)).toEqual(Object.keys(troubles));
      for (const [name, [without, along]] of Object.entries(found)) {
        expect(without[0]! - without.at(-1)!, name).toBeGreaterThan(0.15);
        expect(along.at(-1)! - without.at(-1)!, name).toBeGreaterThan(0.08);
        expect(along[0]! - along.at(-1)!, name).toBeLessThan(0.8 * (without[0]! - without.at(-1)!));
        // It costs something on plain digits; the background, which it no longer trusts, costs most.
        expect(along[0]!, name).toBeGreaterThan(0.7);
        for (const list of [without, along])
          for (const [k, share] of list.slice(1).entries()) expect(share, name).toBeLessThan(list[k]! + 0.05);
      }
      // Learned with the usual backgrounds, a network reads these, not the digits.
      const [without, along] = found.context!;
      expect(without[0]).toBeGreaterThan(0.99);
      expect(without.at(-1)).toBeLessThan(0.25);
      expect(Math.max(...along) - Math.min(...along)).toBeLessThan(0.05);
    }
  });

  it("digits far from the mean of their class and classes with close means are misread most", async () => {
    const gains: number[][] = [];
    for (const seed of [1, 2, 3]) {
      const trainers = [await learnClasses(engine, false, seed), await learnClasses(engine, true, seed)];
      const [plain, distorted] = trainers.map(variation) as [
        ReturnType<typeof variation>,
        ReturnType<typeof variation>,
      ];
      for (const { within, between } of [plain, distorted]) {
        expect(within[0]![1] - within[4]![1]).toBeGreaterThan(0.1);
        expect(between[4]![1] - between[0]![1]).toBeGreaterThan(0.01);
      }
      gains.push([distorted.within[4]![1] - plain.within[4]![1], distorted.between[0]![1] - plain.between[0]![1]]);
      const shareOf = (pair: string): number => pairsOf(trainers[0]!).find((one) => one.pair === pair)!.accuracy;
      expect(shareOf("0 1")).toBeGreaterThan(0.99);
      expect(shareOf("4 9")).toBeLessThan(0.97);
      for (const trainer of trainers) trainer.free();
    }
    for (const k of [0, 1]) expect(gains.reduce((sum, gain) => sum + gain[k]! / gains.length, 0)).toBeGreaterThan(0.01);
  });
});

describe("contact sheet", () => {
  it("has a line for every op", () => {
    // augment and mixing make augmentations and ops of one's own.
    const exported = Object.keys(augmentation).filter((name) => name !== "augment" && name !== "mixing");
    expect(Object.keys(sheet.ops).sort()).toEqual([...exported, "gaussianNoise"].sort());
  });

  it.each(Object.entries(sheet.ops))("%s changes pictures, and leaves them as large as they are", (_, op) => {
    const pictures = sheet.changed(engine, op);
    expect(pictures.map((picture) => picture.length)).toEqual(sheet.originals.map((picture) => picture.length));
    const same = pictures.filter((picture, k) => picture.every((x, at) => x === Math.fround(sheet.originals[k]![at]!)));
    expect(same.length).toBeLessThan(pictures.length);
    // Other updates see something else; a flip is seen on the horse alone.
    const others = [5, 6, 7, 8, 9].map((step) => sheet.changed(engine, op, step));
    expect(others.filter((other) => JSON.stringify(other) !== JSON.stringify(pictures))).not.toHaveLength(0);
  });

  it("puts pictures side by side with white between them", () => {
    const { data, shape } = sheet.strip(sheet.originals);
    expect(shape).toEqual([16, 50, 3]);
    expect(data.length).toBe(16 * 50 * 3);
    for (let row = 0; row < 16; row++) {
      expect(data.slice(3 * (50 * row + 16), 3 * (50 * row + 17))).toEqual(Array(3).fill(row < 15 ? 1 : 0));
      const second = sheet.originals[1]!.slice(48 * row, 48 * (row + 1));
      for (const [at, value] of second.entries())
        expect(Math.abs(data[3 * (50 * row + 17) + at]! - value)).toBeLessThanOrEqual(1 / 16);
    }
  });
});

it.runIf(release)("mixUp: less sure between the classes, with about the accuracy", async () => {
  for (const seed of [1, 2, 3]) {
    const [plain, mixed] = [await learnMoons(engine, false, seed), await learnMoons(engine, true, seed)];
    const [sure, unsure] = [certainty(engine, plain), certainty(engine, mixed)];
    expect(unsure.between).toBeLessThan(sure.between - 0.15);
    expect(unsure.undecided).toBeGreaterThan(3 * sure.undecided);
    expect(sure.accuracy).toBeGreaterThan(0.95);
    expect(unsure.accuracy).toBeGreaterThan(sure.accuracy - 0.04);
    for (const trainer of [plain, mixed]) trainer.free();
  }
});

it("doubt has the largest score where neither probability is above 0.9", () => {
  const [p, q] = [Math.log(0.89 / 0.11), Math.log(0.91 / 0.09)];
  const largest = (scores: number[]): number => scores.indexOf(Math.max(...scores));
  const kinds = [p, q, -p, -q].map((lead) => largest(withDoubt([lead + 3, 3])));
  expect(kinds).toEqual([2, 0, 2, 1]);
});
