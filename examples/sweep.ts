// Thirty weights for twenty samples, the penalty swept: the training loss rises, the test loss dips, and where |w|
// counts, weights become exactly 0.

import {
  createTrainer,
  type Engine,
  elasticNet,
  l1,
  l2,
  linear,
  meanSquaredError,
  type Penalty,
  sgd,
  zerosInitializer,
} from "thalweg";
import { print, program } from "./course/program.js";

const weights = 30;

/** Numbers without a pattern, the same ones every time. */
const noise = (k: number): number => 2 * ((Math.abs(Math.sin(12.9898 * k + 4) * 43758.5453) % 1) - 0.5);
const rows = (count: number, from: number): number[][] =>
  Array.from({ length: count }, (_, i) => Array.from({ length: weights }, (_, j) => noise(from + weights * i + j)));
/** Only the first four features matter. */
const answers = (design: number[][], from: number): number[] =>
  design.map(([a = 0, b = 0, c = 0, d = 0], i) => 2 * a - 2 * b + c - d + noise(from + i));
const [trainRows, testRows] = [rows(20, 0), rows(200, 5000)];
const [trainAnswers, testAnswers] = [answers(trainRows, 20000), answers(testRows, 30000)];

const samples = (design: number[][], y: number[]) => ({ inputs: design, targets: y.map((value) => [value]) });

export const kinds: Record<"L2" | "L1" | "elastic net", (lambda: number) => Penalty> = {
  L2: (lambda) => l2(lambda),
  L1: (lambda) => l1(lambda, { proximal: true }),
  "elastic net": (lambda) => elasticNet(lambda, { proximal: true }),
};

/** Losses and the share of exact zeros after 3,000 updates with all samples. */
export async function fitWith(engine: Engine, kind: keyof typeof kinds, lambda: number) {
  using trainer = createTrainer(engine, {
    model: linear(weights, 1, { bias: false, weight: zerosInitializer }),
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: 0.1 }),
    penalty: kinds[kind](lambda),
    dtype: "f64",
  });
  const train = samples(trainRows, trainAnswers);
  await trainer.fit(train, { steps: 3000, batchSize: trainRows.length });
  const w = trainer.parameters().weight?.data ?? [];
  return {
    train: trainer.evaluate(train).loss,
    test: trainer.evaluate(samples(testRows, testAnswers)).loss,
    zeros: Array.from(w).filter((value) => value === 0).length / weights,
  };
}

await program(import.meta.url, async (engine) => {
  for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
    print(`\n${kind}`, "train loss", "test loss", "zeros");
    for (const lambda of [0, 0.001, 0.01, 0.1, 1])
      print(`λ = ${lambda}`, ...Object.values(await fitWith(engine, kind, lambda)));
  }
});
