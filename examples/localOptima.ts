// Local minima against the size of a network: from twelve starts, networks of 1 to 8 hidden units end at different losses; one
// of 32 ends at nearly the same loss from all of them, close to 0.

import {
  adam,
  cosineDecay,
  createDataset,
  createTrainer,
  type Engine,
  linear,
  sequential,
  softmaxCrossEntropy,
  tanh,
} from "thalweg";
import { print, program } from "./course/program.js";
import { samplesOf } from "./decisionRegions.js";

export const widths = [1, 2, 4, 8, 16, 32];
export const starts = 12;

/** Final losses of full-batch training on two rings, from the least to the largest, one for each start. */
export async function finalLosses(engine: Engine, width: number): Promise<number[]> {
  using data = createDataset(engine, samplesOf(engine, "annulus"), "classes");
  const losses: number[] = [];
  for (let seed = 1; seed <= starts; seed++) {
    const updates = 400;
    const trainer = createTrainer(engine, {
      model: sequential([linear(2, width), tanh(), linear(width, 2)]),
      loss: softmaxCrossEntropy(),
      optimizer: adam({ learningRate: cosineDecay({ initial: 0.1, length: updates }) }),
      seed,
    });
    await trainer.fit(data, { epochs: updates, batchSize: 400 });
    losses.push(trainer.evaluate(data).loss);
    trainer.free();
  }
  return losses.sort((a, b) => a - b);
}

await program(import.meta.url, async (engine) => {
  print("hidden units", "least", "median", "largest");
  for (const width of widths) {
    const losses = await finalLosses(engine, width);
    print(String(width), ...[0, starts / 2, starts - 1].map((k) => losses[k] ?? 0));
  }
});
