// The 8x8 digits of data_small.json, and what runs over them share that PyTorch recorded.

import type { Trainer } from "thalweg";
import { expect } from "vitest";
import { fixture } from "./engine.js";
import { expectClose } from "./numbers.js";

interface Epoch {
  readonly epoch: number;
  readonly trainLoss: number;
  readonly trainCorrect: number;
  readonly testLoss: number;
  readonly testCorrect: number;
}

/** A recorded run: batch size, losses of its first steps, and what it evaluated to after each epoch. */
export interface RecordedRun {
  readonly batch: number;
  readonly epochs: number;
  readonly initialTrainLoss: number;
  readonly firstStepLosses: number[];
  readonly history: Epoch[];
}

interface Digit {
  readonly pixels: number[];
  readonly label: number;
}

const { digits } = fixture<{ digits: { rows: string[]; y: number[] } }>("data_small");
const samples = digits.rows.map((row, k): Digit => {
  // 0-9, then a-g for 10-16; "g" is no hexadecimal digit.
  const pixels = Array.from(row, (letter) => "0123456789abcdefg".indexOf(letter) / 16);
  return { pixels, label: digits.y[k]! };
});
export const train = samples.slice(0, 1437);
export const test = samples.slice(1437);

/** Digits as a trainer takes them, each of a shape. */
export const asData = (part: readonly Digit[], shape: readonly number[]) => ({
  inputs: { data: Float64Array.from(part.flatMap(({ pixels }) => pixels)), shape: [part.length, ...shape] },
  targets: part.map(({ label }) => label),
});

export const expectRelative = (actual: number, expected: number, tolerance: number, what: string): void =>
  expectClose(actual, expected, tolerance, what, 1e-300);

/** Fails unless losses agree to a tolerance, and counts of digits named correctly to within `counts`. */
export function expectEpoch(
  trainer: Trainer,
  shape: readonly number[],
  { epoch, trainLoss, trainCorrect, testLoss, testCorrect }: Epoch,
  tolerance: number,
  counts: number,
): void {
  const parts = [
    ["train", train, trainLoss, trainCorrect],
    ["test", test, testLoss, testCorrect],
  ] as const;
  for (const [name, part, loss, expected] of parts) {
    const got = trainer.evaluate(asData(part, shape));
    expectRelative(got.loss, loss, tolerance, `${name} loss of epoch ${epoch}`);
    const correct = (got.accuracy as number) * part.length;
    expect(Math.abs(Math.round(correct) - expected)).toBeLessThanOrEqual(counts);
    if (counts === 0) expectClose(correct, expected, 1e-12, "counts are whole");
  }
}

/** Trains the epochs of a run by fit, over data put into the recorded order; returns the loss of every step. */
export async function fitRecorded(
  trainer: Trainer,
  shape: readonly number[],
  { batch, epochs }: RecordedRun,
  draw: () => number,
  onEpoch: (epoch: number) => void,
): Promise<number[]> {
  const order = train.map((_, k) => k);
  const losses: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(draw() * (i + 1));
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    await trainer.fit(
      asData(
        order.map((k) => train[k]!),
        shape,
      ),
      { epochs: 1, batchSize: batch, shuffle: false, onProgress: (progress) => losses.push(...progress.losses) },
    );
    onEpoch(epoch);
  }
  return losses;
}
