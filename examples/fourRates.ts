// Four learning rates on the same digits: too small is slow, too large does not settle, and one is about right.

import { createTrainer, type Engine, heNormal, linear, relu, sequential, sgd, softmaxCrossEntropy } from "thalweg";
import { fewDigits } from "./course/fewDigits.js";
import { print, program } from "./course/program.js";

export const rates = [0.001, 0.01, 0.1, 1];

/** The loss of every batch of 25 before its update, for 8 epochs of 1,000 digits. */
export async function lossesWith(engine: Engine, learningRate: number): Promise<number[]> {
  const { train, standardize } = fewDigits();
  const trainer = createTrainer(engine, {
    model: sequential([linear(784, 32, { weight: heNormal }), relu(), linear(32, 10)]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate }),
    standardize,
    seed: 1,
  });
  const losses: number[] = [];
  await trainer.fit(train, { epochs: 8, batchSize: 25, onProgress: (progress) => losses.push(...progress.losses) });
  trainer.free();
  return losses;
}

await program(import.meta.url, async (engine) => {
  print("mean loss of", "epoch 1", "epoch 2", "epoch 4", "epoch 8");
  for (const rate of rates) {
    const losses = await lossesWith(engine, rate);
    const mean = (epoch: number): number => losses.slice(40 * epoch - 40, 40 * epoch).reduce((a, b) => a + b / 40, 0);
    print(`h = ${rate}`, ...[1, 2, 4, 8].map(mean));
  }
});
