// Near the minimum the noise of small batches keeps the weights moving; their average lies still, and lower.

import { createTrainer, type Engine, ema, linear, meanSquaredError, sgd, zerosInitializer } from "thalweg";
import { line } from "./course/line.js";
import { print, program } from "./course/program.js";

const mean = 9.5;
const samples = { inputs: line.x.map((x) => [(x - mean) / 5]), targets: line.y.map((y) => [y]) };

/** Loss over all points after every tenth epoch of single samples: of the weights, and of their average. */
export async function fitBoth(engine: Engine, epochs: number): Promise<{ current: number; average: number }[]> {
  const trainer = createTrainer(engine, {
    model: linear(1, 1, { weight: zerosInitializer }),
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: 0.1 }),
    average: ema({ decay: 0.99 }),
    dtype: "f64",
    seed: 1,
  });
  const rows: { current: number; average: number }[] = [];
  for await (const { epoch } of trainer.fit(samples, { epochs, batchSize: 1 }))
    if (epoch % 10 === 0) {
      const loss = (weights: "current" | "average"): number => trainer.evaluate(samples, { weights }).loss;
      rows.push({ current: loss("current"), average: loss("average") });
    }
  trainer.free();
  return rows;
}

await program(import.meta.url, async (engine) => {
  print("least loss", 2 * 0.44066);
  print("epoch", "weights", "average");
  const rows = await fitBoth(engine, 100);
  for (const [k, { current, average }] of rows.entries()) print(String(10 * (k + 1)), current, average);
});
