// A network with more weights than digits to learn from: the gap between validation and training loss opens, and early
// stopping goes back to where the validation loss was least.

import {
  accuracy,
  adam,
  createTrainer,
  type Engine,
  heNormal,
  linear,
  relu,
  sequential,
  softmaxCrossEntropy,
} from "thalweg";
import { fewDigits } from "./course/fewDigits.js";
import { print, program } from "./course/program.js";

/** Training loss, validation loss and their difference after every epoch, and what is left at the end. */
export async function overfit(engine: Engine, epochs: number, patience?: number) {
  const { train, test, standardize } = fewDigits();
  const trainer = createTrainer(engine, {
    model: sequential([linear(784, 64, { weight: heNormal }), relu(), linear(64, 10)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.005 }),
    metrics: [accuracy()],
    standardize,
    seed: 1,
  });
  const stops = patience === undefined ? {} : { earlyStopping: { patience } };
  const run = trainer.fit(train, { epochs, batchSize: 50, validation: test, ...stops });
  const rows: { train: number; validation: number; gap: number }[] = [];
  for await (const { validation } of run) {
    const { loss } = trainer.evaluate(train);
    const validated = validation?.loss ?? Number.NaN;
    rows.push({ train: loss, validation: validated, gap: validated - loss });
  }
  const { stopped, best } = await run;
  const answer = { rows, stopped, best, loss: trainer.evaluate(test).loss };
  trainer.free();
  return answer;
}

await program(import.meta.url, async (engine) => {
  const all = await overfit(engine, 30);
  print("epoch", "training", "validation", "gap");
  for (const epoch of [1, 2, 3, 5, 10, 30]) print(String(epoch), ...Object.values(all.rows[epoch - 1] ?? {}));
  const { rows, best, loss } = await overfit(engine, 30, 3);
  print("\nPatience 3:", `stopped after ${rows.length}, best ${best?.epoch}, validation loss`, loss);
  print("without:", "validation loss", all.loss);
});
