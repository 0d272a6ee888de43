// Equal initial weights: hidden units that start alike get the same gradient and stay alike. Random ones learn XOR.

import {
  adam,
  constantInitializer,
  createTrainer,
  type Engine,
  type Initializer,
  linear,
  meanSquaredError,
  sequential,
  tanh,
  xavierUniform,
} from "thalweg";
import { print, program } from "./course/program.js";

const xor = {
  inputs: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  targets: [[0], [1], [1], [0]],
};

/** Loss after 500 updates, and the first layer's weight: a column for each hidden unit. */
export async function learnXor(engine: Engine, weight: Initializer): Promise<{ loss: number; rows: number[][] }> {
  const trainer = createTrainer(engine, {
    model: sequential([linear(2, 4, { weight }), tanh(), linear(4, 1, { weight })]),
    loss: meanSquaredError(),
    optimizer: adam({ learningRate: 0.05 }),
    dtype: "f64",
    seed: 1,
  });
  await trainer.fit(xor, { steps: 500, batchSize: 4 });
  const { loss } = trainer.evaluate(xor);
  const first = Array.from(Object.values(trainer.parameters()).find(({ shape }) => shape[0] === 2)?.data ?? []);
  trainer.free();
  return { loss, rows: [first.slice(0, 4), first.slice(4)] };
}

await program(import.meta.url, async (engine) => {
  for (const [name, weight] of [
    ["all 0.5", constantInitializer(0.5)],
    ["random", xavierUniform],
  ] as const) {
    const { loss, rows } = await learnXor(engine, weight);
    print(name, "loss", loss);
    for (const row of rows) print("", "weights", ...row);
  }
});
