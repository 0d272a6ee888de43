// The multiclass hinge of three images, of doubled weights, and the losses that a classifier should start with.

import {
  compile,
  createTrainer,
  type Engine,
  type Loss,
  linear,
  multiclassHinge,
  normalInitializer,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
} from "thalweg";
import { print, program } from "./course/program.js";

/** Scores of a cat, a car and a frog for the three classes. */
export const scores = [
  [3.2, 5.1, -1.7],
  [1.3, 4.9, 2.0],
  [2.2, 2.5, -3.1],
];

/** The hinge of every image and their mean, for scores times a factor: f(x, cW) = c f(x, W). */
export function hingeOf(engine: Engine, factor: number): { each: number[]; mean: number } {
  const loss = compile(engine, ({ s, y }: { s: Tensor; y: Tensor }) => multiclassHinge().apply(s.multiply(factor), y));
  const of = (rows: number[][], labels: number[]): number => loss({ s: rows, y: Int32Array.from(labels) }) as number;
  const answer = { each: scores.map((row, label) => of([row], [label])), mean: of(scores, [0, 1, 2]) };
  loss.free();
  return answer;
}

/** The loss of a linear classifier of CIFAR's shape, 3072 → 10, before any training. */
export function startOf(engine: Engine, loss: Loss): number {
  const model = linear(3072, 10, { weight: normalInitializer(1e-4) });
  const trainer = createTrainer(engine, { model, loss, optimizer: sgd({ learningRate: 0.01 }), seed: 1 });
  const pixels = Float32Array.from({ length: 20 * 3072 }, (_, k) => Math.sin(k));
  const targets = Int32Array.from({ length: 20 }, (_, k) => k % 10);
  const answer = trainer.evaluate({ inputs: { data: pixels, shape: [20, 3072] }, targets }).loss;
  trainer.free();
  return answer;
}

await program(import.meta.url, (engine) => {
  for (const factor of [1, 2]) {
    const { each, mean } = hingeOf(engine, factor);
    print(`scores of ${factor}W`, ...each, "mean", mean);
  }
  print("\nThe second stays 0 for every larger c: W is not unique, hence a penalty.\n");
  print("hinge starts", startOf(engine, multiclassHinge()), "C − 1 =", 9);
  print("softmax starts", startOf(engine, softmaxCrossEntropy()), "ln C =", Math.log(10));
});
