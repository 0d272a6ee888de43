// Decay as a penalty and decay of its own: the same thing under plain descent, two things under Adam.

import {
  accuracy,
  adam,
  adamW,
  createTrainer,
  type Engine,
  heNormal,
  linear,
  type Optimizer,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from "thalweg";
import { fewDigits } from "./course/fewDigits.js";
import { print, program } from "./course/program.js";

const decay = { weightDecay: 0.1 } as const;
export const rules: Record<string, Optimizer> = {
  "descent, L2": sgd({ learningRate: 0.05, ...decay, decayCoupling: "l2" }),
  "descent, own": sgd({ learningRate: 0.05, ...decay, decayCoupling: "decoupledLearningRate" }),
  "Adam, L2": adam({ learningRate: 0.002, ...decay }),
  AdamW: adamW({ learningRate: 0.002, ...decay }),
};

/** Test accuracy, norm of all weights and the weights, after 5 epochs on 1,000 digits from the same start. */
export async function train(engine: Engine, optimizer: Optimizer) {
  const { train, test, standardize } = fewDigits();
  const trainer = createTrainer(engine, {
    model: sequential([linear(784, 32, { weight: heNormal }), relu(), linear(32, 10)]),
    loss: softmaxCrossEntropy(),
    metrics: [accuracy()],
    standardize,
    optimizer,
    seed: 1,
  });
  await trainer.fit(train, { epochs: 5, batchSize: 50 });
  const weights = Object.values(trainer.parameters()).flatMap(({ data }) => Array.from(data));
  const answer = { accuracy: trainer.evaluate(test).accuracy ?? 0, norm: Math.hypot(...weights), weights };
  trainer.free();
  return answer;
}

await program(import.meta.url, async (engine) => {
  print("decay 0.1", "accuracy", "norm of w");
  for (const [name, rule] of Object.entries(rules)) {
    const { accuracy, norm } = await train(engine, rule);
    print(name, accuracy, norm);
  }
});
