// The copy task: three symbols, a hundred blanks, then a sign to repeat the symbols in their order. An LSTM learns it, a plain RNN
// stays at chance, and one with an orthogonal start recalls a part or all, depending on the seed.

import {
  accuracy,
  adam,
  clipGlobalNorm,
  cosineDecay,
  createTrainer,
  type Engine,
  type Evaluation,
  linear,
  sequential,
  softmaxCrossEntropy,
  uniformInitializer,
} from "thalweg";
import { memories } from "./course/memories.js";
import { print, program } from "./course/program.js";
import { draw } from "./course/random.js";

/** Number of symbols to recall, of kinds of symbols, and of blanks. */
export const [recalled, kinds, blanks] = [3, 4, 100];
const [length, units, samples, epochs, batchSize] = [blanks + 2 * recalled, 32, 1024, 20, 16];
const none = -1;

/** Sequences of the task: a feature for each kind of symbol and one for the sign. Targets count at the end alone. */
export function sequencesOf(engine: Engine, count: number, seed: number) {
  const symbols = draw(engine, [count, recalled], seed, uniformInitializer(0, kinds)).map(Math.floor);
  const inputs = { data: new Float32Array(count * length * (kinds + 1)), shape: [count, length, kinds + 1] };
  const targets = { data: new Int32Array(count * length).fill(none), shape: [count, length] };
  for (let row = 0; row < count; row++) {
    const at = (step: number): number => row * length + step;
    inputs.data[at(recalled + blanks - 1) * (kinds + 1) + kinds] = 1;
    for (let k = 0; k < recalled; k++) {
      const symbol = symbols[row * recalled + k] as number;
      inputs.data[at(k) * (kinds + 1) + symbol] = 1;
      targets.data[at(recalled + blanks + k)] = symbol;
    }
  }
  return { inputs, targets };
}

/**
 * Share of the symbols of 512 other sequences that are recalled, after each of 20 epochs of 64 updates. The task is that of
 * Arjovsky, Shah and Bengio, Unitary evolution recurrent neural networks, ICML 2016, sec. 5.1, after Hochreiter and Schmidhuber,
 * Long short-term memory, 1997; there with ten symbols of eight kinds, which take many more updates, and with a loss that also
 * counts the blanks.
 */
export async function learnToCopy(engine: Engine, kind: keyof typeof memories, seed: number): Promise<number[]> {
  const { layer, learningRate } = memories[kind];
  const trainer = createTrainer(engine, {
    model: sequential([layer(kinds + 1, units, blanks, true), linear(units, kinds)]),
    loss: softmaxCrossEntropy({ ignoreIndex: none }),
    optimizer: adam({ learningRate: cosineDecay({ initial: learningRate, length: epochs, unit: "epoch" }) }),
    gradient: [clipGlobalNorm(1)],
    metrics: [accuracy()],
    seed,
  });
  const accuracies: number[] = [];
  const validation = sequencesOf(engine, 512, 2);
  for await (const epoch of trainer.fit(sequencesOf(engine, samples, 1), { epochs, batchSize, validation }))
    accuracies.push((epoch.validation as Evaluation).accuracy as number);
  trainer.free();
  return accuracies;
}

await program(import.meta.url, async (engine) => {
  print("layer", "seed", "4 epochs", "10 epochs", "20 epochs");
  for (const kind of Object.keys(memories) as (keyof typeof memories)[])
    for (const seed of [1, 2, 3]) {
      const accuracies = await learnToCopy(engine, kind, seed);
      print(kind, String(seed), ...[3, 9, 19].map((k) => `${(100 * (accuracies[k] as number)).toFixed(1)} %`));
    }
});
