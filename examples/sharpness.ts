// Small batches end in flatter places than large ones: the loss there rises less when all weights are shaken.

import {
  accuracy,
  createDataset,
  createTrainer,
  type Engine,
  heNormal,
  linear,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from "thalweg";
import { fewDigits } from "./course/fewDigits.js";
import { print, program } from "./course/program.js";
import { draw } from "./course/random.js";

/** After training on 1,000 digits to the same loss: accuracy on others, and how much shaking by three tenths costs. */
export async function trainWith(engine: Engine, batchSize: number) {
  const { train, test, standardize } = fewDigits();
  const data = createDataset(engine, train);
  const trainer = createTrainer(engine, {
    model: sequential([linear(784, 32, { weight: heNormal }), relu(), linear(32, 10)]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.1 }),
    metrics: [accuracy()],
    standardize,
    seed: 1,
  });
  const { epochs } = await trainer.fit(data, { epochs: 1000, batchSize, validation: data, targetLoss: 0.02 });
  const loss = trainer.evaluate(data).loss;
  const found = trainer.parameters();
  const answer = { epochs: epochs.length, loss, accuracy: trainer.evaluate(test).accuracy ?? 0, sharpness: 0 };
  const shakes = 10;
  for (let seed = 0; seed < shakes; seed++) {
    const shaken = Object.entries(found).map(([name, { data, shape }], k) => {
      const noise = draw(engine, shape, 100 * seed + k);
      const size = (0.3 * norm(data)) / norm(noise);
      return [name, { data: Float32Array.from(data, (w, i) => w + size * (noise[i] ?? 0)), shape }] as const;
    });
    trainer.setParameters(Object.fromEntries(shaken));
    answer.sharpness += (trainer.evaluate(data).loss - loss) / shakes;
  }
  trainer.free();
  data.free();
  return answer;
}

const norm = (data: ArrayLike<number>): number => Math.sqrt(Array.from(data).reduce((sum, x) => sum + x * x, 0));

await program(import.meta.url, async (engine) => {
  print("batch", "epochs", "loss", "accuracy", "sharpness");
  for (const batchSize of [10, 50, 250]) print(String(batchSize), ...Object.values(await trainWith(engine, batchSize)));
});
