// Labelling while the network trains: it starts with ten digits. Meanwhile the program finds the digit without a label
// about which the network is least sure; that digit is labelled and used from the next epoch on. The same number of
// labels in the order of the digits gives a lower accuracy.

import {
  accuracy,
  adam,
  createRollingDataset,
  createTrainer,
  type Engine,
  linear,
  relu,
  sequential,
  softmaxCrossEntropy,
} from "thalweg";
import { print, program } from "./course/program.js";
import { type DigitSet, pixelStatistics, readMnist } from "./digits/mnist.js";

/** Updates between two labels. */
const pace = 4;

/** Accuracy on the test digits by the number of labels, when those that `choose` picks are labelled one after the other. */
export async function label(engine: Engine, most: number, leastSure: boolean) {
  const { train, test } = readMnist();
  /** Some digits, with the labels that somebody gives. */
  const digits = ({ images, labels }: DigitSet, list: readonly number[]) => ({
    inputs: {
      data: Uint8Array.from({ length: 784 * list.length }, (_, k) => {
        return images[784 * (list[Math.floor(k / 784)] as number) + (k % 784)] as number;
      }),
      shape: [list.length, 784],
    },
    targets: Int32Array.from(list, (k) => labels[k] as number),
  });
  const unlabelled = Array.from({ length: 1000 }, (_, k) => k);
  const others = digits(test, unlabelled);
  const trainer = createTrainer(engine, {
    model: sequential([linear(784, 32), relu(), linear(32, 10)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.002 }),
    metrics: [accuracy()],
    standardize: pixelStatistics(train.images.subarray(0, 784 * unlabelled.length)),
    seed: 1,
  });
  const labelled = createRollingDataset(engine, digits(train, unlabelled.splice(0, 10)), { capacity: most });
  const stop = new AbortController();
  const rows: { labels: number; accuracy: number }[] = [];
  await trainer.fit(labelled, {
    epochs: 1_000_000,
    batchSize: 10,
    signal: stop.signal,
    progressEvery: pace,
    onProgress() {
      if (labelled.rows % 30 === 10) rows.push({ labels: labelled.rows, accuracy: trainer.evaluate(others).accuracy });
      if (labelled.rows === most) return stop.abort();
      const place = leastSure ? placeOfLeast(margins(trainer.predict(digits(train, unlabelled).inputs).data)) : 0;
      labelled.append(digits(train, unlabelled.splice(place, 1)));
    },
  });
  labelled.free();
  trainer.free();
  return rows;
}

/** By how much the best of ten scores is above the second. */
function margins(scores: ArrayLike<number>): number[] {
  return Array.from({ length: scores.length / 10 }, (_, k) => {
    const [best, second] = Array.from({ length: 10 }, (_, j) => scores[10 * k + j] as number).sort((a, b) => b - a);
    return (best as number) - (second as number);
  });
}

function placeOfLeast(values: readonly number[]): number {
  return values.indexOf(Math.min(...values));
}

await program(import.meta.url, async (engine) => {
  const [chosen, inOrder] = [await label(engine, 250, true), await label(engine, 250, false)];
  print("labels", "least sure", "in order");
  for (const [k, { labels, accuracy }] of chosen.entries()) print(String(labels), accuracy, inOrder[k]?.accuracy ?? 0);
});
