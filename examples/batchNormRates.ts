// Batch normalization lets a deep network learn with larger rates and from a careless start.

import {
  batchNorm,
  createTrainer,
  DivergenceError,
  type Engine,
  heNormal,
  type Initializer,
  type Layer,
  linear,
  normalInitializer,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from "thalweg";
import { fewDigits } from "./course/fewDigits.js";
import { print, program } from "./course/program.js";

export const starts: Record<string, Initializer> = { He: heNormal, "N(0, 0.01²)": normalInitializer(0.01) };

/** Loss on the training digits after 5 epochs, five hidden layers deep; NaN if it diverged. */
export async function train(engine: Engine, normalized: boolean, weight: Initializer, learningRate: number) {
  const hidden = (inputs: number): Layer[] => [
    linear(inputs, 32, { weight }),
    ...(normalized ? [batchNorm(32)] : []),
    relu(),
  ];
  const { train, standardize } = fewDigits();
  const trainer = createTrainer(engine, {
    model: sequential([...[784, 32, 32, 32, 32].flatMap(hidden), linear(32, 10, { weight })]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate }),
    standardize,
    seed: 1,
  });
  try {
    await trainer.fit(train, { epochs: 5, batchSize: 50 });
    return trainer.evaluate(train).loss;
  } catch (error) {
    if (error instanceof DivergenceError) return Number.NaN;
    throw error;
  } finally {
    trainer.free();
  }
}

await program(import.meta.url, async (engine) => {
  const rates = [0.01, 0.1, 1];
  print("start", "batch norm", ...rates.map((rate) => `h = ${rate}`));
  for (const [name, weight] of Object.entries(starts))
    for (const normalized of [false, true]) {
      const losses: number[] = [];
      for (const rate of rates) losses.push(await train(engine, normalized, weight, rate));
      print(name, normalized ? "with" : "without", ...losses.map((loss) => (Number.isNaN(loss) ? "diverged" : loss)));
    }
});
