// Random search for the weights of a linear classifier, as the course has it: 10 × 3,073 numbers 0.0001 N(0, 1), hinge
// loss, the best of 1,000 draws kept; and gradient descent on the same. The images are digits, with the shape of the
// course's: 32 × 32 pixels in three colours, and 1 as the last number in place of a bias.

import {
  accuracy,
  createDataset,
  createTrainer,
  type Engine,
  linear,
  multiclassHinge,
  normalInitializer,
  type Optimizer,
  randomSearch,
  type Samples,
  sgd,
} from "thalweg";
import { fewDigits } from "./course/fewDigits.js";
import { print, program } from "./course/program.js";

/** Images of 28 × 28 in the middle of 32 × 32, three times, and a 1: rows of 3,073 bytes. */
function asColumns({ inputs, targets }: Samples): Samples {
  const { data, shape } = inputs as { data: Uint8Array; shape: number[] };
  const [rows = 0] = shape;
  const columns = new Uint8Array(rows * 3073);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < 784; k++) {
      const pixel = 32 * (2 + Math.floor(k / 28)) + 2 + (k % 28);
      for (let colour = 0; colour < 3; colour++) columns[i * 3073 + 1024 * colour + pixel] = data[i * 784 + k] ?? 0;
    }
    columns[i * 3073 + 3072] = 1;
  }
  return { inputs: { data: columns, shape: [rows, 3073] }, ...(targets ? { targets } : {}) };
}

/** Loss of every step on 1,000 digits, and the accuracy of the weights in the end on 1,000 others. */
async function learn(engine: Engine, optimizer: Optimizer, steps: number) {
  const { train, test } = fewDigits();
  using data = createDataset(engine, asColumns(train));
  using trainer = createTrainer(engine, {
    model: linear(3073, 10, { weight: normalInitializer(1e-4), bias: false }),
    loss: multiclassHinge(),
    optimizer,
    metrics: [accuracy()],
    seed: 1,
  });
  const { epochs } = await trainer.fit(data, { epochs: steps, batchSize: 1000 });
  return { losses: epochs.map(({ loss }) => loss), accuracy: trainer.evaluate(asColumns(test)).accuracy ?? 0 };
}

export const search = (engine: Engine, draws: number) => learn(engine, randomSearch({ scale: 1e-4 }), draws);
export const descend = (engine: Engine, updates: number) => learn(engine, sgd({ learningRate: 1e-7 }), updates);

await program(import.meta.url, async (engine) => {
  const drawn = await search(engine, 1000);
  let best = Number.POSITIVE_INFINITY;
  for (const [attempt, loss] of drawn.losses.entries()) {
    best = Math.min(best, loss);
    if (attempt < 7) print(`in attempt ${attempt} the loss was ${loss.toFixed(6)}, best ${best.toFixed(6)}`);
  }
  print(`of 1000 the best ${best.toFixed(6)}, accuracy ${drawn.accuracy}`);
  const { losses, accuracy } = await descend(engine, 100);
  print(`descent, 100 updates: ${losses[0]?.toFixed(6)} to ${losses.at(-1)?.toFixed(6)}, accuracy ${accuracy}`);
});
