// Covariate shift: a network meets digits in another light than those it was trained on. Batch statistics of the new digits,
// which need no labels, undo a change that is the same for all of them, but neither noise nor inverted colors.

import {
  accuracy,
  adam,
  batchNorm,
  createTrainer,
  type Engine,
  flatten,
  heNormal,
  linear,
  relu,
  type Samples,
  sequential,
  softmaxCrossEntropy,
  type Trainer,
} from "thalweg";
import { print, program } from "./course/program.js";
import { draw } from "./course/random.js";
import { smallDigits } from "./course/smallDigits.js";

const [side, pixels, count] = [14, 196, 1000];

/** Pixel `at` of an image, 0 .. 255, as it is seen; results may lie outside. `normal` is a draw of its own from N(0, 1). */
export type Change = (x: number, at: number, normal: number) => number;
export const changes: Record<string, Change> = {
  none: (x) => x,
  brighter: (x) => x + 100,
  "less contrast": (x) => 0.3 * x,
  "lit from left": (x, at) => x + 15 * (side - 1 - (at % side)),
  noise: (x, _, normal) => x + 80 * normal,
  inverted: (x) => 255 - x,
};

/** 1,000 test digits, changed. */
export function changedDigits(engine: Engine, change: Change): Samples {
  const { test } = smallDigits(count);
  const { data } = test.inputs as { data: Uint8Array };
  const normals = draw(engine, [data.length], 5);
  const seen = Float32Array.from(data, (x, at) => change(x, at % pixels, normals[at] ?? 0));
  return { inputs: { data: seen, shape: [count, side, side, 1] }, targets: test.targets as Int32Array };
}

/** Some rows of the changed digits. */
export function rowsOf({ inputs, targets }: Samples, rows: readonly number[]): Samples {
  const { data } = inputs as { data: Float32Array };
  const picked = new Float32Array(rows.length * pixels);
  for (const [k, row] of rows.entries()) picked.set(data.subarray(row * pixels, (row + 1) * pixels), k * pixels);
  return {
    inputs: { data: picked, shape: [rows.length, side, side, 1] },
    targets: rows.map((row) => (targets as Int32Array)[row] ?? 0),
  };
}

/** Two hidden layers, trained on 1,000 digits as they are. */
export async function learnDigits(engine: Engine, normalized: boolean, seed: number): Promise<Trainer> {
  const { train, standardize } = smallDigits(count);
  const hidden = (inputs: number) => [
    linear(inputs, 64, { weight: heNormal }),
    ...(normalized ? [batchNorm(64)] : []),
    relu(),
  ];
  const trainer = createTrainer(engine, {
    model: sequential([flatten(), ...hidden(pixels), ...hidden(64), linear(64, 10)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.003 }),
    metrics: [accuracy()],
    standardize,
    seed,
  });
  await trainer.fit(train, { epochs: 15, batchSize: 50 });
  if (normalized) trainer.refreshStatistics(train);
  return trainer;
}

export const accuracyOn = (trainer: Trainer, samples: Samples): number => trainer.evaluate(samples).accuracy ?? 0;

/**
 * Accuracy with batch statistics of other inputs, which need no labels. Li, Wang, Shi, Hou and Liu, Adaptive batch
 * normalization for practical domain adaptation, Pattern Recognition 80, 2018.
 */
export function renormalized(trainer: Trainer, samples: Samples, by: Samples = samples): number {
  const before = trainer.state();
  trainer.refreshStatistics(by);
  const renewed = accuracyOn(trainer, samples);
  trainer.setState(before);
  return renewed;
}

await program(import.meta.url, async (engine) => {
  const [plain, normal] = [await learnDigits(engine, false, 1), await learnDigits(engine, true, 1)];
  print("change", "no batch norm", "batch norm", "renormalized");
  for (const [name, change] of Object.entries(changes)) {
    const digits = changedDigits(engine, change);
    const shares = [accuracyOn(plain, digits), accuracyOn(normal, digits), renormalized(normal, digits)];
    print(name, ...shares.map((share) => share.toFixed(3)));
  }
  const digits = changedDigits(engine, changes.brighter as Change);
  const labels = Array.from(digits.targets as Int32Array);
  console.log("\nBrighter digits, renormalized by some of them:");
  for (const rows of [5, 20, 100, 1000])
    print(
      `the first ${rows}`,
      renormalized(normal, digits, rowsOf(digits, [...labels.keys()].slice(0, rows))).toFixed(3),
    );
  const zerosAndOnes = labels.flatMap((label, row) => (label < 2 ? [row] : []));
  print("all 0s and 1s", renormalized(normal, digits, rowsOf(digits, zerosAndOnes)).toFixed(3));
});
