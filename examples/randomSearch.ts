// Random search against gradient descent, for the weights of a linear classifier of digits.

import {
  accuracy,
  createDataset,
  createTrainer,
  type Engine,
  linear,
  normalInitializer,
  sgd,
  softmaxCrossEntropy,
} from "thalweg";
import { fewDigits } from "./course/fewDigits.js";
import { print, program } from "./course/program.js";

/** Best accuracy on 1,000 digits so far after every draw of 0.0001 N(0, 1), and that of descent after every update. */
export async function compare(engine: Engine, draws: number, updates: number) {
  const { train, standardize } = fewDigits();
  const data = createDataset(engine, train);
  const weight = normalInitializer(1e-4);
  const classifier = (seed: number) =>
    createTrainer(engine, {
      model: linear(784, 10, { weight, bias: weight }),
      loss: softmaxCrossEntropy(),
      optimizer: sgd({ learningRate: 0.01 }),
      metrics: [accuracy()],
      standardize,
      seed,
    });
  const best: number[] = [];
  for (let seed = 0; seed < draws; seed++) {
    const trainer = classifier(seed);
    best.push(Math.max(best.at(-1) ?? 0, trainer.evaluate(data).accuracy ?? 0));
    trainer.free();
  }
  const trainer = classifier(0);
  const { epochs } = await trainer.fit(data, { epochs: updates, batchSize: 1000, validation: data });
  trainer.free();
  data.free();
  return { best, descent: epochs.map(({ validation }) => validation?.accuracy ?? 0) };
}

await program(import.meta.url, async (engine) => {
  const { best, descent } = await compare(engine, 1000, 100);
  print("after", "draws", "updates");
  for (const k of [1, 10, 100]) print(String(k), best[k - 1] ?? 0, descent[k - 1] ?? 0);
  print("1000", best[999] ?? 0);
});
