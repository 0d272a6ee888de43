// The adding problem: of a hundred random numbers two are marked, one in each half, and the target is their sum. An LSTM learns it;
// plain RNNs stay at the error of predicting 1, the mean of the sum.

import {
  adam,
  clipGlobalNorm,
  cosineDecay,
  createTrainer,
  type Engine,
  type Evaluation,
  linear,
  meanSquaredError,
  sequential,
  uniformInitializer,
} from "thalweg";
import { memories } from "./course/memories.js";
import { print, program } from "./course/program.js";
import { draw } from "./course/random.js";

/** Steps of a sequence, and the variance of the sum of two numbers from U(0, 1): the error of always predicting 1. */
export const [steps, variance] = [100, 1 / 6];
const [units, samples, epochs, batchSize] = [32, 1024, 14, 16];

/** Sequences of the task: a feature for the numbers and one for the marks. Targets are the sums. */
export function sumsOf(engine: Engine, count: number, seed: number) {
  const numbers = draw(engine, [count, steps], seed, uniformInitializer(0, 1));
  const marks = draw(engine, [count, 2], seed + 100, uniformInitializer(0, steps / 2)).map(Math.floor);
  const inputs = { data: new Float32Array(count * steps * 2), shape: [count, steps, 2] };
  for (const [k, number] of numbers.entries()) inputs.data[2 * k] = number;
  const targets = Array.from({ length: count }, (_, row) => {
    const places = [0, 1].map((half) => row * steps + (half * steps) / 2 + (marks[2 * row + half] as number));
    for (const place of places) inputs.data[2 * place + 1] = 1;
    return [places.reduce((sum, place) => sum + (numbers[place] as number), 0)];
  });
  return { inputs, targets };
}

/**
 * Mean squared error on 512 other sequences after each of 14 epochs of 64 updates. The task is that of Hochreiter and Schmidhuber,
 * Long short-term memory, Neural Computation 9, 1997, experiment 4, in the form of Arjovsky, Shah and Bengio, Unitary evolution
 * recurrent neural networks, ICML 2016, sec. 5.2.
 */
export async function learnToAdd(engine: Engine, kind: keyof typeof memories, seed: number): Promise<number[]> {
  const { layer, learningRate } = memories[kind];
  const trainer = createTrainer(engine, {
    model: sequential([layer(2, units, steps), linear(units, 1)]),
    loss: meanSquaredError(),
    optimizer: adam({ learningRate: cosineDecay({ initial: learningRate, length: epochs, unit: "epoch" }) }),
    gradient: [clipGlobalNorm(1)],
    seed,
  });
  const errors: number[] = [];
  const validation = sumsOf(engine, 512, 2);
  for await (const epoch of trainer.fit(sumsOf(engine, samples, 1), { epochs, batchSize, validation }))
    errors.push((epoch.validation as Evaluation).loss);
  trainer.free();
  return errors;
}

await program(import.meta.url, async (engine) => {
  print("layer", "seed", "4 epochs", "8 epochs", "14 epochs");
  for (const kind of Object.keys(memories) as (keyof typeof memories)[])
    for (const seed of [1, 2, 3]) {
      const errors = await learnToAdd(engine, kind, seed);
      print(kind, String(seed), ...[3, 7, 13].map((k) => (errors[k] as number).toFixed(4)));
    }
});
