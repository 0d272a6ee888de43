// Trains XOR; what every bundler bundles and every host runs.

import { adam, createEngine, createTrainer, linear, meanSquaredError, sequential, sigmoid, tanh } from "thalweg";

async function train({ worker, ...options }) {
  const engine = await createEngine(options);
  const model = sequential([linear(2, 8), tanh(), linear(8, 1), sigmoid()]);
  const optimizer = adam({ learningRate: 0.05 });
  const trainer = createTrainer(engine, { model, loss: meanSquaredError(), optimizer, seed: 7 });
  const inputs = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  const data = { inputs, targets: [[0], [1], [1], [0]] };
  const history = await trainer.fit(data, { steps: 500, batchSize: 4, worker: worker === true });
  trainer.restore(trainer.save());
  const answers = Array.from(trainer.predict(inputs).data).join(" ");
  return worker ? `${answers}, worker: ${history.worker}` : answers;
}

/** What it predicts, or the error. */
export const report = (options) => train(options).catch((error) => `${error.name}: ${error.message}`);
