// Handwritten digits as images of 14 × 14 pixels, each the mean of four, for networks that convolve them in little time.

import type { Samples } from "thalweg";
import { type DigitSet, pixelStatistics, readMnist } from "../digits/mnist.js";

const side = 14;

function shrunk({ images, labels }: DigitSet, count: number): Samples {
  const data = Uint8Array.from({ length: count * side * side }, (_, at) => {
    const [row, column] = [Math.floor(at / side), at % side];
    const four = [0, 1, 28, 29].reduce((sum, by) => sum + (images[56 * row + 2 * column + by] ?? 0), 0);
    return Math.round(four / 4);
  });
  return { inputs: { data, shape: [count, side, side, 1] }, targets: labels.slice(0, count) };
}

/** The first digits to train on, a thousand others, and what standardizes the pixels. */
export function smallDigits(count: number) {
  const { train, test } = readMnist();
  const standardize = pixelStatistics(train.images.subarray(0, count * 784));
  return { train: shrunk(train, count), test: shrunk(test, 1000), standardize };
}
