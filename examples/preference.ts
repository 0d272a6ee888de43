// Two weights that score the same: L2 prefers the one that spreads over all inputs, L1 does not care.

import { createTrainer, type Engine, l1, l2, linear, meanSquaredError, sgd } from "thalweg";
import { print, program } from "./course/program.js";

const x = [1, 1, 1, 1];
export const candidates = [
  [1, 0, 0, 0],
  [0.25, 0.25, 0.25, 0.25],
];

/** Score x·w and both penalties of a weight. */
export function penaltiesOf(engine: Engine, w: readonly number[]): { score: number; l2: number; l1: number } {
  const [square, magnitude] = [l2(1), l1(1)].map((penalty) => {
    using trainer = createTrainer(engine, {
      model: linear(4, 1, { bias: false }),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 0.1 }),
      penalty,
    });
    trainer.setParameters({ weight: w.map((value) => [value]) });
    const { penalty: value = 0 } = trainer.evaluate({ inputs: [x], targets: [[1]] });
    return { value, score: trainer.predict([x]).data[0] as number };
  }) as [{ value: number; score: number }, { value: number; score: number }];
  return { score: square.score, l2: square.value, l1: magnitude.value };
}

await program(import.meta.url, (engine) => {
  for (const w of candidates) {
    print(`w = (${w.join(", ")})`);
    for (const [name, figure] of Object.entries(penaltiesOf(engine, w))) print("", name, figure);
  }
});
