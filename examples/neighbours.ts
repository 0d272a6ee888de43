// What a classifier has to beat: the label of the nearest training digit, without any training.

import {
  accuracy,
  createTrainer,
  type Engine,
  linearClassifier,
  nearestNeighbors,
  type Samples,
  sgd,
  softmaxCrossEntropy,
} from "thalweg";
import { fewDigits } from "./course/fewDigits.js";
import { print, program } from "./course/program.js";

/** Digits that are named. */
const count = 250;

/** Share of 250 other digits that the k nearest of 1,000 digits name rightly. */
export function nearestAccuracy(engine: Engine, k: number): number {
  const { train, test } = fewDigits();
  using neighbours = nearestNeighbors({ neighbors: k }).fit(engine, train);
  const named = neighbours.predict(firstOf(test).inputs);
  const targets = test.targets as Int32Array;
  return named.filter((label, i) => label === targets[i]).length / count;
}

/** The digits that are named. */
function firstOf(test: Samples): Samples {
  const { data } = test.inputs as { data: Uint8Array };
  const inputs = { data: data.subarray(0, count * 784), shape: [count, 784] };
  return { inputs, targets: (test.targets as Int32Array).subarray(0, count) };
}

/** The same of a linear classifier. */
export async function linearAccuracy(engine: Engine): Promise<number> {
  const { train, test, standardize } = fewDigits();
  const trainer = createTrainer(engine, {
    model: linearClassifier(784, 10),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.01 }),
    metrics: [accuracy()],
    standardize,
    seed: 1,
  });
  await trainer.fit(train, { epochs: 20, batchSize: 50 });
  const answer = trainer.evaluate(firstOf(test)).accuracy ?? 0;
  trainer.free();
  return answer;
}

await program(import.meta.url, async (engine) => {
  print("", "accuracy");
  for (const k of [1, 3, 10, 100]) print(`k = ${k}`, nearestAccuracy(engine, k));
  print("linear", await linearAccuracy(engine));
});
