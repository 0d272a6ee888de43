// A 1-4-2-3 network with the constant input 1 learns where x₁² + x₂² + x₃² is least, until the loss is below 1e-7.

import { createTrainer, type Engine, type Loss, linear, sequential, sgd, sigmoid, xavierUniform } from "thalweg";
import { print, program } from "./course/program.js";

const sumOfSquares: Loss = { name: "sumOfSquares", targets: "values", apply: (x) => x.square().sum() };
const batch = { inputs: [[1]], targets: [[0, 0, 0]] };

/** Updates, the three outputs and their loss at the stop. */
export function learnMinimizer(engine: Engine): { updates: number; outputs: number[]; loss: number } {
  const weight = xavierUniform;
  const trainer = createTrainer(engine, {
    model: sequential([
      linear(1, 4, { weight }),
      sigmoid(),
      linear(4, 2, { weight }),
      sigmoid(),
      linear(2, 3, { weight }),
    ]),
    loss: sumOfSquares,
    optimizer: sgd({ learningRate: 0.01 }),
    dtype: "f64",
    seed: 1,
  });
  let { loss } = trainer.evaluate(batch);
  while (loss > 1e-7) {
    trainer.step(batch);
    ({ loss } = trainer.evaluate(batch));
  }
  const answer = { updates: trainer.steps, outputs: Array.from(trainer.predict(batch.inputs).data), loss };
  trainer.free();
  return answer;
}

await program(import.meta.url, (engine) => {
  const { updates, outputs, loss } = learnMinimizer(engine);
  print(`${updates} updates`, "loss", loss);
  print("outputs", ...outputs);
});
