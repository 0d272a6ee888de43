// Ten times the batch, ten times the rate: the larger batch then learns as much per sample as the smaller one; warmed up, so
// that the large rate does not meet the steep start.

import {
  accuracy,
  createTrainer,
  type Engine,
  heNormal,
  linear,
  relu,
  type Schedulable,
  scaleSchedule,
  sequential,
  sgd,
  softmaxCrossEntropy,
  warmup,
} from "thalweg";
import { fewDigits } from "./course/fewDigits.js";
import { print, program } from "./course/program.js";

const rate = 0.01;
const scaled = scaleSchedule(rate, { batchSize: 100, referenceBatchSize: 10 });
export const plans: Record<string, { batchSize: number; learningRate: Schedulable }> = {
  "10, h": { batchSize: 10, learningRate: rate },
  "100, h": { batchSize: 100, learningRate: rate },
  "100, 10 h": { batchSize: 100, learningRate: scaled },
  "… warmed up": { batchSize: 100, learningRate: warmup({ length: 10, schedule: scaled }) },
};

/** Training losses after 1, 2, ... epochs on 1,000 digits, and the accuracy on others at the end. */
export async function learn(engine: Engine, { batchSize, learningRate }: (typeof plans)[string], epochs: number) {
  const { train, test, standardize } = fewDigits();
  const trainer = createTrainer(engine, {
    model: sequential([linear(784, 32, { weight: heNormal }), relu(), linear(32, 10)]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate }),
    metrics: [accuracy()],
    standardize,
    seed: 1,
  });
  const losses: number[] = [];
  for await (const { validation } of trainer.fit(train, { epochs, batchSize, validation: train }))
    losses.push(validation?.loss ?? Number.NaN);
  const answer = { losses, accuracy: trainer.evaluate(test).accuracy ?? 0 };
  trainer.free();
  return answer;
}

await program(import.meta.url, async (engine) => {
  print("batch, rate", "loss after 1", "after 3", "after 10", "accuracy");
  for (const [name, plan] of Object.entries(plans)) {
    const { losses, accuracy } = await learn(engine, plan, 10);
    print(name, ...[1, 3, 10].map((epoch) => losses[epoch - 1] ?? 0), accuracy);
  }
});
