// A contact sheet: three pictures after each op of an augmentation, to look at before training.

import {
  type AugmentOp,
  augment,
  colorJitter,
  createTrainer,
  cutMix,
  cutout,
  type Engine,
  gaussianBlur,
  gaussianNoise,
  linearClassifier,
  mixUp,
  oneOf,
  preview,
  randAugment,
  randomAffine,
  randomCrop,
  randomErasing,
  randomFlip,
  randomResizedCrop,
  randomRotation,
  saltAndPepper,
  sgd,
  softmaxCrossEntropy,
  trivialAugment,
} from "thalweg";
import { names, plainPicture, side } from "./colorTemplates.js";
import { print, program } from "./course/program.js";

const bilinear = { interpolation: "bilinear" } as const;

/** Every op, strong enough to be seen on 16 × 16 pixels. */
export const ops: Readonly<Record<string, AugmentOp>> = {
  randomCrop: randomCrop(side, { padding: 4 }),
  randomResizedCrop: randomResizedCrop(side, { scale: [0.3, 0.8] }),
  randomFlip: randomFlip(),
  randomRotation: randomRotation(40, bilinear),
  randomAffine: randomAffine({ degrees: 10, translate: 0.1, scale: [0.7, 1.3], shear: 20, ...bilinear }),
  colorJitter: colorJitter({ brightness: 0.4, contrast: 0.4, saturation: 0.7, hue: 0.2 }),
  randomErasing: randomErasing({ p: 1, scale: [0.1, 0.3], value: "random" }),
  cutout: cutout(6),
  gaussianNoise: gaussianNoise(0.1),
  saltAndPepper: saltAndPepper(0.1),
  gaussianBlur: gaussianBlur(5, { sigma: [0.5, 1.5] }),
  randAugment: randAugment(),
  trivialAugment: trivialAugment(),
  mixUp: mixUp({ alpha: 1, draw: "sample" }),
  cutMix: cutMix({ draw: "sample" }),
  oneOf: oneOf([randomFlip(), randomRotation(40, bilinear), cutout(6), gaussianNoise(0.1)], { draw: "sample" }),
};

/** The pictures as they are: a horse, a ship and a car, [16, 16, 3] of 0 .. 1 each. */
const shown = names.slice(0, 3);
export const originals = shown.map((name) => plainPicture(name));

/** The pictures after an op, as the update after `step` others would see them. */
export function changed(engine: Engine, op: AugmentOp, step = 4): number[][] {
  const trainer = createTrainer(engine, {
    model: linearClassifier(side * side * 3, names.length),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.01 }),
    seed: 1,
  });
  const inputs = { data: originals.flat(), shape: [originals.length, side, side, 3] };
  const rows = originals.map((_, k) => k);
  const { data } = preview(trainer, { inputs }, rows, { step, augment: augment([op]) }).inputs;
  trainer.free();
  const size = data.length / rows.length;
  return rows.map((k) => Array.from(data.subarray(k * size, (k + 1) * size)));
}

/** Colors in eighths draw as smaller files, and look the same. */
const eighths = (value: number): number => Math.round(8 * Math.min(1, Math.max(0, value))) / 8;

/** Joins pictures to one strip. The line between them is white and ends in black, so that all strips have the same range 0 .. 1. */
export function strip(pictures: readonly (readonly number[])[]): { data: number[]; shape: [number, number, 3] } {
  const rows = Array.from({ length: side }, (_, row) =>
    pictures.flatMap((picture, k) => [
      ...(k > 0 ? Array(3).fill(row < side - 1 ? 1 : 0) : []),
      ...picture.slice(3 * side * row, 3 * side * (row + 1)).map(eighths),
    ]),
  );
  return { data: rows.flat(), shape: [side, (side + 1) * pictures.length - 1, 3] };
}

await program(import.meta.url, (engine) => {
  print("mean change", ...shown);
  for (const [name, op] of Object.entries(ops)) {
    const differences = changed(engine, op).map((picture, k) =>
      picture.reduce((sum, value, at) => sum + Math.abs(value - (originals[k]?.[at] ?? 0)) / picture.length, 0),
    );
    print(name, ...differences.map((difference) => difference.toFixed(3)));
  }
});
