// Trains small networks of one hidden layer from many random starts, width by width.

import { adam, cosineDecay, createTrainer, type Engine, linear, meanSquaredError, sequential, tanh } from "thalweg";
import type { State } from "./controls.ts";

export const samples = 32;
export const rate = 0.03;
/** Updates between two looks at the clock. */
const slice = 25;

/** Samples of sin(ω x) on −2 .. 2. */
export function samplesOf(frequency: number) {
  const x = Array.from({ length: samples }, (_, k) => -2 + (4 * k) / (samples - 1));
  return { inputs: x.map((value) => [value]), targets: x.map((value) => [Math.sin(frequency * value)]) };
}

/** Final losses of networks of a width, one for each start, ascending; yields between updates. */
export function* trained(engine: Engine, width: number, state: State): Generator<unknown, number[]> {
  const data = samplesOf(state.frequency);
  const losses: number[] = [];
  for (let start = 0; start < state.starts; start++) {
    const trainer = createTrainer(engine, {
      model: sequential([linear(1, width), tanh(), linear(width, 1)]),
      loss: meanSquaredError(),
      optimizer: adam({ learningRate: cosineDecay({ initial: rate, length: state.updates }) }),
      seed: state.seed + start,
    });
    try {
      for (let update = 1; update <= state.updates; update++) {
        trainer.step(data);
        if (update % slice === 0) yield;
      }
      losses.push(trainer.evaluate(data).loss);
    } finally {
      trainer.free();
    }
  }
  return losses.sort((a, b) => a - b);
}

/** Lowest, middle and highest of ascending numbers, and their standard deviation. */
export function spreadOf(losses: readonly number[]) {
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  const variance = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / losses.length;
  return {
    lowest: losses[0] as number,
    median: losses[Math.floor(losses.length / 2)] as number,
    highest: losses.at(-1) as number,
    deviation: Math.sqrt(variance),
  };
}
