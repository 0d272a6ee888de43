// Dropout against overfitting: the more units are dropped, the smaller the gap between validation and training loss. With
// p = 0.2 or 0.5 the validation loss is lower too; with 0.8 the network learns too little.

import {
  accuracy,
  adam,
  createTrainer,
  dropout,
  type Engine,
  type Evaluation,
  flatten,
  heNormal,
  linear,
  relu,
  sequential,
  softmaxCrossEntropy,
} from "thalweg";
import { print, program } from "./course/program.js";
import { smallDigits } from "./course/smallDigits.js";

export const rates = [0, 0.2, 0.5, 0.8];
export const seeds = [1, 2, 3];
const width = 100;

/**
 * Loss on 1,000 training digits and on 1,000 others after every epoch, both evaluated without dropout. Hidden units are dropped
 * with probability p, pixels with 0.4 p: at p = 0.5 these are the rates of Srivastava, Hinton, Krizhevsky, Sutskever and
 * Salakhutdinov, Dropout: a simple way to prevent neural networks from overfitting, JMLR 15, 2014.
 */
export async function trainWithDropout(engine: Engine, rate: number, seed: number) {
  const { train, test, standardize } = smallDigits(1000);
  const trainer = createTrainer(engine, {
    model: sequential([
      ...[flatten(), dropout(0.4 * rate), linear(196, width, { weight: heNormal }), relu()],
      ...[dropout(rate), linear(width, 10)],
    ]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.003 }),
    metrics: [accuracy()],
    standardize,
    seed,
  });
  const rows: { training: number; validation: number; gap: number; accuracy: number }[] = [];
  for await (const { validation } of trainer.fit(train, { epochs: 30, batchSize: 50, validation: test })) {
    const { loss: training } = trainer.evaluate(train);
    const { loss, accuracy = Number.NaN } = validation as Evaluation;
    rows.push({ training, validation: loss, gap: loss - training, accuracy });
  }
  trainer.free();
  return rows;
}

await program(import.meta.url, async (engine) => {
  print("rate, seed", "training", "validation", "gap", "accuracy", "least loss");
  for (const rate of rates)
    for (const seed of seeds) {
      const rows = await trainWithDropout(engine, rate, seed);
      const losses = rows.map(({ validation }) => validation);
      const cells = Object.values(rows.at(-1) ?? {}).map((value) => value.toFixed(3));
      print(`${rate}, ${seed}`, ...cells, Math.min(...losses).toFixed(3));
    }
});
