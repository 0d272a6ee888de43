// A 1-4-2-3 network of sigmoids with the constant input 1 learns where x₁² + x₂² + x₃² is least, until the loss is below
// 1e-7. A sigmoid never is 0: its slope dies with its output, which plain descent takes millions of updates over.

import { adam, createTrainer, type Engine, type Loss, mlp, sequential, sigmoid, xavierUniform } from "thalweg";
import { print, program } from "./course/program.js";

const sumOfSquares: Loss = { name: "sumOfSquares", targets: "values", apply: (x) => x.square().sum() };
const batch = { inputs: [[1]], targets: [[0, 0, 0]] };

/** Updates, the three outputs and their loss at the stop. */
export async function learnMinimizer(engine: Engine): Promise<{ updates: number; outputs: number[]; loss: number }> {
  using trainer = createTrainer(engine, {
    model: sequential([mlp([1, 4, 2, 3], { activation: sigmoid, weight: xavierUniform }), sigmoid()]),
    loss: sumOfSquares,
    optimizer: adam({ learningRate: 0.001 }),
    dtype: "f64",
    seed: 1,
  });
  await trainer.fit(batch, { epochs: 100_000, batchSize: 1, targetLoss: 1e-7 });
  const outputs = Array.from(trainer.predict(batch.inputs).data);
  return { updates: trainer.steps, outputs, loss: trainer.evaluate(batch).loss };
}

await program(import.meta.url, async (engine) => {
  const { updates, outputs, loss } = await learnMinimizer(engine);
  print(`${updates} updates`, "loss", loss);
  print("outputs", ...outputs);
});
