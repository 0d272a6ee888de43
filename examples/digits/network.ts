/** The networks and their data in WebAssembly memory. */

import {
  accuracy,
  createDataset,
  createEngine,
  createTrainer,
  type Dataset,
  type Engine,
  heNormal,
  type Layer,
  linear,
  type Optimizer,
  relu,
  sequential,
  softmaxCrossEntropy,
  type Trainer,
} from "thalweg";
import { convolutional } from "./convolutional.js";
import { type DigitSet, type Digits, pixelStatistics } from "./mnist.js";
import type { Network } from "./types.js";

const PIXELS = 784;

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
const MODELS: Record<Network, () => Layer> = {
  dense: () => sequential([linear(PIXELS, 128, { weight }), relu(), linear(128, 10, { weight })]),
  convolutional,
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
