// The training loss under a constant rate, a step decay and a cosine. At a constant rate the noise of small batches keeps the
// loss up; where the rate is divided by ten the loss drops at once; under a cosine it falls to the end.

import {
  constantSchedule,
  cosineDecay,
  createDataset,
  createTrainer,
  type Engine,
  flatten,
  linear,
  multiStepDecay,
  type Schedule,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from "thalweg";
import { print, program } from "./course/program.js";
import { smallDigits } from "./course/smallDigits.js";

const initial = 0.3;
export const epochs = 18;
const [digits, batchSize] = [2000, 5];
const length = (epochs * digits) / batchSize;

export const schedules: Record<string, Schedule> = {
  constant: constantSchedule(initial),
  steps: multiStepDecay({ initial, milestones: [length / 3, (2 * length) / 3] }),
  cosine: cosineDecay({ initial, length }),
};

const seeds = [1, 2, 3, 4];

/** Training loss of a linear classifier of 2,000 digits at the start and after every epoch. */
async function lossesOf(engine: Engine, learningRate: Schedule, seed: number): Promise<number[]> {
  const { train, standardize } = smallDigits(digits);
  const data = createDataset(engine, train);
  const trainer = createTrainer(engine, {
    model: sequential([flatten(), linear(196, 10)]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate }),
    standardize,
    seed,
  });
  const losses = [trainer.evaluate(data).loss];
  for await (const _ of trainer.fit(data, { epochs, batchSize })) losses.push(trainer.evaluate(data).loss);
  trainer.free();
  data.free();
  return losses;
}

/** The same, as the mean of all seeds. */
export async function lossesUnder(engine: Engine, learningRate: Schedule): Promise<number[]> {
  const runs: number[][] = [];
  for (const seed of seeds) runs.push(await lossesOf(engine, learningRate, seed));
  return (runs[0] ?? []).map((_, epoch) => runs.reduce((sum, losses) => sum + (losses[epoch] ?? 0) / runs.length, 0));
}

await program(import.meta.url, async (engine) => {
  const at = [0, 3, 6, 7, 18];
  print("epoch", ...at.map(String));
  for (const [name, schedule] of Object.entries(schedules)) {
    const losses = await lossesUnder(engine, schedule);
    print(name, ...at.map((epoch) => losses[epoch] ?? 0));
  }
});
