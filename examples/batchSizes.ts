// The same line by batch, single samples and mini-batches of 10: one method, three values of batchSize.

import { createTrainer, type Engine, type Loss, linear, onesInitializer, sgd } from "thalweg";
import { line } from "./course/line.js";
import { print, program } from "./course/program.js";

const halfMeanSquare: Loss = {
  name: "halfMeanSquare",
  targets: "values",
  apply: (prediction, target) => prediction.subtract(target).square().mean().multiply(0.5),
};

/** (θ₀, θ₁) at the start and after every epoch. */
export async function pathOver(engine: Engine, batchSize: number, learningRate: number, epochs: number) {
  const trainer = createTrainer(engine, {
    model: linear(1, 1, { weight: onesInitializer, bias: onesInitializer }),
    loss: halfMeanSquare,
    optimizer: sgd({ learningRate }),
    dtype: "f64",
    seed: 1,
  });
  const theta = (): number[] => {
    const { weight, bias } = trainer.parameters();
    return [...(bias?.data ?? []), ...(weight?.data ?? [])];
  };
  const path = [theta()];
  const samples = { inputs: line.x.map((x) => [x]), targets: line.y.map((y) => [y]) };
  for await (const _ of trainer.fit(samples, { epochs, batchSize })) path.push(theta());
  const { steps } = trainer;
  trainer.free();
  return { path, steps };
}

await program(import.meta.url, async (engine) => {
  print("The least-squares line is", 7 / 51, 477 / 323);
  for (const batchSize of [18, 10, 1]) {
    const { path, steps } = await pathOver(engine, batchSize, 0.002, 400);
    print(`\nBatches of ${batchSize}: ${steps} updates in 400 epochs`);
    for (const epoch of [0, 1, 10, 100, 400]) print(`epoch ${epoch}`, ...(path[epoch] ?? []));
  }
});
