// Monte Carlo dropout: predictions with dropout still drawing scatter. They scatter more the farther an input is from the
// samples that the network learned from, which shows where its predictions are uncertain.

import {
  adam,
  createTrainer,
  dropout,
  type Engine,
  linear,
  meanSquaredError,
  predictDraws,
  relu,
  sequential,
  type Trainer,
} from "thalweg";
import { print, program } from "./course/program.js";

/** A network that learned sin x from samples between −2 and 2. */
export async function learnSine(engine: Engine): Promise<Trainer> {
  const x = Array.from({ length: 200 }, (_, k) => -2 + (4 * k) / 199);
  const trainer = createTrainer(engine, {
    model: sequential([linear(1, 64), relu(), dropout(0.1), linear(64, 64), relu(), dropout(0.1), linear(64, 1)]),
    loss: meanSquaredError(),
    optimizer: adam({ learningRate: 0.005 }),
    seed: 1,
  });
  const samples = { inputs: x.map((value) => [value]), targets: x.map((value) => [Math.sin(value)]) };
  await trainer.fit(samples, { epochs: 200, batchSize: 50 });
  return trainer;
}

/** Mean and standard deviation of the predictions at each x. */
export function spread(trainer: Trainer, x: readonly number[], draws = 1000): { mean: number; deviation: number }[] {
  const inputs = x.map((value) => [value]);
  const { data } = predictDraws(trainer, inputs, { draws });
  return x.map((_, row) => {
    const values = Array.from({ length: draws }, (_, k) => data[k * x.length + row] as number);
    const mean = values.reduce((sum, y) => sum + y, 0) / draws;
    return { mean, deviation: Math.sqrt(values.reduce((sum, y) => sum + (y - mean) ** 2, 0) / draws) };
  });
}

await program(import.meta.url, async (engine) => {
  const trainer = await learnSine(engine);
  const x = [-1, 0, 1, 2, 4, 6, 8];
  print("x", "sin x", "mean", "deviation");
  for (const [k, { mean, deviation }] of spread(trainer, x).entries())
    print(String(x[k]), Math.sin(x[k] as number), mean, deviation);
});
