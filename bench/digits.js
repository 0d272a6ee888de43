// The network that several rows train: 784-128-10 with ReLU, on bytes that look like digits to the clock.

import { bytes, labels } from "./numbers.js";

export const rows = 8192;
export const width = 784;
export const hidden = 128;
export const classes = 10;
export const standardize = { mean: 33, deviation: 78 };

/** Flops of the matrix products of a step: X W₁, H W₂, Xᵀ G₁, Hᵀ G₂ and G₂ W₂ᵀ. */
export function productFlops(batch) {
  return 2 * batch * (2 * width * hidden + 3 * hidden * classes);
}

export const images = bytes(rows * width);
export const digits = labels(rows, classes);

export function createDigits(thalweg, engine) {
  return thalweg.createDataset(engine, { inputs: { data: images, shape: [rows, width] }, targets: digits });
}

export function createDigitsTrainer(thalweg, engine, optimizer) {
  return thalweg.createTrainer(engine, {
    model: thalweg.sequential([thalweg.linear(width, hidden), thalweg.relu(), thalweg.linear(hidden, classes)]),
    loss: thalweg.softmaxCrossEntropy(),
    optimizer,
    seed: 1,
    standardize,
  });
}

/** The weights by the names that plain/trainer.js uses. */
export function plainWeights(trainer) {
  const [W1, b1, W2, b2] = Object.values(trainer.parameters()).map(({ data }) => data);
  return { W1, b1, W2, b2 };
}
