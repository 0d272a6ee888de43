// mixUp on points of two half-moons: a network that learned from mixed points and mixed labels is less sure between the
// classes, and names about as many correctly.

import {
  accuracy,
  adam,
  augment,
  createTrainer,
  type Engine,
  linear,
  mixUp,
  relu,
  sequential,
  softmaxCrossEntropy,
  type Trainer,
  uniformInitializer,
} from "thalweg";
import { print, program } from "./course/program.js";
import { draw } from "./course/random.js";

/** Points of two interleaved half-moons with noise, alternately of class 0 and 1. */
export function moons(engine: Engine, count: number, seed: number): { inputs: number[][]; targets: number[] } {
  const angles = draw(engine, [count], seed, uniformInitializer(0, Math.PI));
  const noise = draw(engine, [count, 2], seed + 1);
  const inputs = Array.from(angles, (angle, k) => {
    const [x, y] = k % 2 === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
    return [x - 0.5 + 0.15 * (noise[2 * k] ?? 0), y - 0.25 + 0.15 * (noise[2 * k + 1] ?? 0)];
  });
  return { inputs, targets: inputs.map((_, k) => k % 2) };
}

/** Trains a network of two hidden layers on 200 points, plain or mixed. The caller frees it. */
export async function learnMoons(engine: Engine, mixed: boolean, seed = 1): Promise<Trainer> {
  const trainer = createTrainer(engine, {
    model: sequential([linear(2, 32), relu(), linear(32, 32), relu(), linear(32, 2)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.01 }),
    metrics: [accuracy()],
    seed,
  });
  const { inputs, targets } = moons(engine, 200, 1);
  const mixing = mixed ? { augment: augment([mixUp({ alpha: 0.5, draw: "sample" })]) } : {};
  await trainer.fit({ inputs, targets: Int32Array.from(targets) }, { epochs: 200, batchSize: 50, ...mixing });
  return trainer;
}

/** Scores of two classes and of a third, doubt, which is the largest where neither class has a probability above 0.9. */
export const withDoubt = (scores: ArrayLike<number>): number[] =>
  Array.from({ length: scores.length / 2 }, (_, k) => {
    const lead = (scores[2 * k] ?? 0) - (scores[2 * k + 1] ?? 0);
    return [lead - Math.log(9), -lead - Math.log(9), 0];
  }).flat();

/** Range of both axes of the square that is evaluated. */
export const range: readonly [number, number] = [-2, 2];

/**
 * Certainty of a network, as the larger of its two probabilities: its mean halfway between points of one moon and points of the
 * other, and the share of the square where it is below 0.9; and the accuracy on 1,000 other points.
 */
export function certainty(engine: Engine, trainer: Trainer): { between: number; undecided: number; accuracy: number } {
  const sure = (points: number[][]): number[] => {
    const { data } = trainer.predict(points);
    return points.map((_, k) => 1 / (1 + Math.exp(-Math.abs((data[2 * k] ?? 0) - (data[2 * k + 1] ?? 0)))));
  };
  const { inputs } = moons(engine, 200, 1);
  const halfway = inputs.slice(1).map((point, k) => point.map((x, at) => (x + (inputs[k]?.[at] ?? 0)) / 2));
  const [from, to] = range;
  const steps = Array.from({ length: 50 }, (_, k) => from + ((to - from) * (k + 0.5)) / 50);
  const square = sure(steps.flatMap((x) => steps.map((y) => [x, y])));
  const others = moons(engine, 1000, 3);
  return {
    between: sure(halfway).reduce((sum, p) => sum + p / halfway.length, 0),
    undecided: square.filter((p) => p < 0.9).length / square.length,
    accuracy: trainer.evaluate({ ...others, targets: Int32Array.from(others.targets) }).accuracy ?? 0,
  };
}

await program(import.meta.url, async (engine) => {
  print("", "halfway", "undecided", "accuracy");
  for (const mixed of [false, true]) {
    const trainer = await learnMoons(engine, mixed);
    const { between, undecided, accuracy } = certainty(engine, trainer);
    print(mixed ? "mixUp" : "plain", between, undecided, accuracy);
    trainer.free();
  }
});
