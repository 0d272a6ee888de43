// The course's three rates, 0.01, 0.003 and 0.001, side by side on digits. Each is about a third of the one before, and while
// rates are small, a third of the rate takes three times the updates.

import {
  accuracy,
  adam,
  createDataset,
  createTrainer,
  type Engine,
  flatten,
  heNormal,
  linear,
  type Optimizer,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from "thalweg";
import { print, program } from "./course/program.js";
import { smallDigits } from "./course/smallDigits.js";

export const rates = [0.01, 0.003, 0.001];
export const rules: Record<string, (learningRate: number) => Optimizer> = {
  descent: (learningRate) => sgd({ learningRate }),
  momentum: (learningRate) => sgd({ learningRate, momentum: 0.9 }),
  Adam: (learningRate) => adam({ learningRate }),
};

/** Loss on 1,000 digits and accuracy on others, at the start and after every epoch of batches of 20. */
export async function learn(engine: Engine, rule: string, rate: number, epochs: number) {
  const { train, test, standardize } = smallDigits(1000);
  const data = createDataset(engine, train);
  const trainer = createTrainer(engine, {
    model: sequential([flatten(), linear(196, 32, { weight: heNormal }), relu(), linear(32, 10)]),
    loss: softmaxCrossEntropy(),
    optimizer: (rules[rule] as (typeof rules)[string])(rate),
    metrics: [accuracy()],
    standardize,
    seed: 1,
  });
  const losses = [trainer.evaluate(data).loss];
  for await (const _ of trainer.fit(data, { epochs, batchSize: 20 })) losses.push(trainer.evaluate(data).loss);
  const answer = { losses, accuracy: trainer.evaluate(test).accuracy ?? 0 };
  trainer.free();
  data.free();
  return answer;
}

await program(import.meta.url, async (engine) => {
  for (const rule of Object.keys(rules)) {
    print(`\n${rule}, h`, "loss, start", "epoch 1", "epoch 3", "epoch 10", "accuracy");
    for (const rate of rates) {
      const { losses, accuracy } = await learn(engine, rule, rate, 10);
      print(String(rate), ...[0, 1, 3, 10].map((epoch) => (losses[epoch] ?? 0).toFixed(3)), accuracy);
    }
  }
});
