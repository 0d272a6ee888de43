// Exclusive or, learnt in Deno with no permission at all: `deno run examples/deno.ts`.

import { adam, createEngine, createTrainer, linear, meanSquaredError, sequential, sigmoid, tanh } from "thalweg";

const trainer = createTrainer(await createEngine(), {
  model: sequential([linear(2, 8), tanh(), linear(8, 1), sigmoid()]),
  loss: meanSquaredError(),
  optimizer: adam({ learningRate: 0.05 }),
  seed: 1,
});
const inputs = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const { steps, worker } = await trainer.fit(
  { inputs, targets: [[0], [1], [1], [0]] },
  { epochs: 500, batchSize: 4, worker: true },
);
const answers = Array.from(trainer.predict(inputs).data, (answer) => answer.toFixed(2));
console.log(`0⊕0, 0⊕1, 1⊕0, 1⊕1 are ${answers.join(", ")} after ${steps} updates${worker ? " in a worker" : ""}`);
trainer.free();
