// Batches of 2 to 256 in one table: accuracy on other digits after ten epochs, each with the best of three rates, the noise of
// the gradient, and the time. Batches of at most 32 read the most digits; larger ones take less time.

import {
  accuracy,
  createDataset,
  createTrainer,
  type Dataset,
  type Engine,
  flatten,
  heNormal,
  linear,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from "thalweg";
import { gradientVariance } from "./batchNoise.js";
import { print, program } from "./course/program.js";
import { smallDigits } from "./course/smallDigits.js";

/** Sizes of batches. The claim for 2 to 32: Masters and Luschi, Revisiting small batch training for deep neural networks, 2018. */
export const sizes = [2, 8, 32, 64, 128, 256];
export const rates = [0.03, 0.1, 0.3];
const seeds = [1, 2];

const { train, test, standardize } = smallDigits(1024);

async function accuracyWith(engine: Engine, data: Dataset, batchSize: number, learningRate: number, seed: number) {
  const trainer = createTrainer(engine, {
    model: sequential([flatten(), linear(196, 32, { weight: heNormal }), relu(), linear(32, 10)]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate }),
    metrics: [accuracy()],
    standardize,
    seed,
  });
  await trainer.fit(data, { epochs: 10, batchSize });
  const { accuracy: share = 0 } = trainer.evaluate(test);
  trainer.free();
  return share;
}

/** Accuracy on 1,000 other digits for each rate, as means of two seeds, and the milliseconds that ten epochs took on average. */
export async function learn(engine: Engine, batchSize: number) {
  using data = createDataset(engine, train);
  const begun = performance.now();
  const accuracies: number[] = [];
  for (const rate of rates) {
    let sum = 0;
    for (const seed of seeds) sum += await accuracyWith(engine, data, batchSize, rate, seed);
    accuracies.push(sum / seeds.length);
  }
  return { accuracies, milliseconds: (performance.now() - begun) / (rates.length * seeds.length) };
}

/** Noise of a batch's gradient, √(mean ‖g_B − g‖²), at the start of a linear classifier. */
export const noise = (engine: Engine, batchSize: number): number => Math.sqrt(gradientVariance(engine, batchSize));

await program(import.meta.url, async (engine) => {
  print("batch", "best rate", "accuracy", "noise", "ms");
  for (const size of sizes) {
    const { accuracies, milliseconds } = await learn(engine, size);
    const best = Math.max(...accuracies);
    const rate = rates[accuracies.indexOf(best)] ?? 0;
    print(String(size), rate, best.toFixed(3), noise(engine, size).toFixed(3), milliseconds.toFixed(0));
  }
});
