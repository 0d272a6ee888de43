// The course's example: two weights that give the same score, and what each penalty makes of them. The library computes both.

import { createTrainer, type Engine, elasticNet, l1, l2, linear, meanSquaredError, type Penalty, sgd } from "thalweg";

export const input = [1, 1, 1, 1];
export const candidates = [
  [1, 0, 0, 0],
  [0.25, 0.25, 0.25, 0.25],
];

export interface Scored {
  readonly w: readonly number[];
  readonly score: number;
  readonly l2: number;
  readonly l1: number;
  readonly elastic: number;
}

/** Score x·w and the penalties of both weights, with λ = 1. */
export function scored(engine: Engine, beta: number): Scored[] {
  const measure = (w: readonly number[], penalty: Penalty) => {
    const trainer = createTrainer(engine, {
      model: linear(input.length, 1, { bias: false }),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 0.1 }),
      penalty,
    });
    trainer.setParameters({ weight: w.map((value) => [value]) });
    const { penalty: value = 0 } = trainer.evaluate({ inputs: [input], targets: [[1]] });
    const score = trainer.predict([input]).data[0] as number;
    trainer.free();
    return { value, score };
  };
  return candidates.map((w) => ({
    w,
    score: measure(w, l2(1)).score,
    l2: measure(w, l2(1)).value,
    l1: measure(w, l1(1)).value,
    elastic: measure(w, elasticNet(1, { beta })).value,
  }));
}
