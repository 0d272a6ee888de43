/** The networks and their data in WebAssembly memory. */

import {
  accuracy,
  batchNorm,
  conv2d,
  createDataset,
  createEngine,
  createTrainer,
  type Dataset,
  type Engine,
  flatten,
  heNormal,
  type Layer,
  linear,
  maxPool2d,
  type Optimizer,
  relu,
  sequential,
  softmaxCrossEntropy,
  type Trainer,
} from "thalweg";
import { type DigitSet, type Digits, pixelStatistics } from "./mnist.js";
import type { Network } from "./types.js";

const SIDE = 28;
const PIXELS = SIDE * SIDE;

/** All that the runs share. */
export interface Setting {
  engine: Engine;
  digits: Digits;
  /** The training digits as bytes in WebAssembly memory, for all runs. */
  train: Dataset;
  test: Dataset;
  /** One mean and one deviation over all training pixels, in units of a byte. */
  standardize: { mean: number; deviation: number };
  seed: number;
}

/** prepare: an engine with the digits in its memory. */
export async function prepare(digits: Digits, seed: number): Promise<Setting> {
  const engine = await createEngine();
  return {
    engine,
    digits,
    train: datasetOf(engine, digits.train),
    test: datasetOf(engine, digits.test),
    standardize: pixelStatistics(digits.train.images),
    seed,
  };
}

/** datasetOf: the first `count` digits of a set; default all of them. */
export function datasetOf(engine: Engine, { images, labels, count: all }: DigitSet, count = all): Dataset {
  return createDataset(engine, {
    inputs: { data: images.subarray(0, count * PIXELS), shape: [count, PIXELS] },
    targets: labels.subarray(0, count),
  });
}

const weight = heNormal;
/** The digits lie in memory as rows of pixels, for both networks. */
const images: Layer = { name: "images", parameters: {}, apply: (_, x) => x.reshape([-1, SIDE, SIDE, 1]) };
/** Pooling before normalization leaves a quarter of the numbers to normalize; its shift makes a bias superfluous. */
const block = (inputs: number, outputs: number): Layer[] => [
  conv2d(inputs, outputs, 3, { padding: "same", bias: false }),
  maxPool2d(2),
  batchNorm(outputs),
  relu(),
];

const MODELS: Record<Network, () => Layer> = {
  dense: () => sequential([linear(PIXELS, 128, { weight }), relu(), linear(128, 10, { weight })]),
  convolutional: () =>
    sequential([images, ...block(1, 8), ...block(8, 16), flatten(), linear(7 * 7 * 16, 10, { weight })]),
};

/** trainerOf: the same seed gives the same initial weights of a network to every optimizer. */
export function trainerOf({ engine, standardize, seed }: Setting, network: Network, optimizer: Optimizer): Trainer {
  return createTrainer(engine, {
    model: MODELS[network](),
    loss: softmaxCrossEntropy(),
    optimizer,
    metrics: [accuracy()],
    standardize,
    seed,
  });
}
