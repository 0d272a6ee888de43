// The first handwritten digits to train on, and others.

import type { NDArray, Samples } from "thalweg";
import { type DigitSet, pixelStatistics, readMnist } from "../digits/mnist.js";

const samples = ({ images, labels }: DigitSet, count: number): Samples => ({
  inputs: { data: images.subarray(0, count * 784), shape: [count, 784] },
  targets: Int32Array.from(labels.subarray(0, count)),
});

/** Both as samples, a thousand of each unless others are given, and what standardizes the pixels. */
export function fewDigits(count = 1000, others = 1000) {
  const { train, test } = readMnist();
  const standardize = pixelStatistics(train.images.subarray(0, count * 784));
  return { train: samples(train, count), test: samples(test, others), standardize };
}

/** Samples of 784 pixels as images of 28 × 28. */
export function asImages({ inputs, ...rest }: Samples): Samples {
  const { data } = inputs as NDArray;
  return { inputs: { data, shape: [data.length / 784, 28, 28, 1] }, ...rest };
}
