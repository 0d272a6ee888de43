// The first thousand handwritten digits to train on, and a thousand others.

import type { Samples } from "thalweg";
import { type DigitSet, pixelStatistics, readMnist } from "../digits/mnist.js";

const count = 1000;

const samples = ({ images, labels }: DigitSet): Samples => ({
  inputs: { data: images.subarray(0, count * 784), shape: [count, 784] },
  targets: Int32Array.from(labels.subarray(0, count)),
});

/** Both as samples, and what standardizes the pixels. */
export function fewDigits() {
  const { train, test } = readMnist();
  const standardize = pixelStatistics(train.images.subarray(0, count * 784));
  return { train: samples(train), test: samples(test), standardize };
}
