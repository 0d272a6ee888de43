// A linear classifier cuts space by hyperplanes, one between any two classes. It separates three classes that lie beside
// each other, but no ring from what is around it, nor three modes from their surroundings; W₂ max(0, W₁ x) can.

import {
  accuracy,
  adam,
  createTrainer,
  type Engine,
  type Layer,
  linear,
  relu,
  sequential,
  softmaxCrossEntropy,
  type Trainer,
  uniformInitializer,
} from "thalweg";
import { print, program } from "./course/program.js";
import { draw } from "./course/random.js";

const modes = [
  [-1.2, -1],
  [1.3, -0.8],
  [0, 1.4],
] as const;

/** The class of a point of the square. */
export const problems: Record<string, (x: number, y: number) => number> = {
  annulus: (x, y) => Number(Math.hypot(x, y) >= 1 && Math.hypot(x, y) <= 2),
  "three modes": (x, y) => Number(modes.some((mode) => distance(mode, x, y) < 0.7)),
  "three classes": (x, y) => {
    const far = modes.map((mode) => distance(mode, x, y));
    return far.indexOf(Math.min(...far));
  },
};

const distance = ([u, v]: (typeof modes)[number], x: number, y: number): number => Math.hypot(x - u, y - v);

export const models: Record<string, (classes: number) => Layer> = {
  linear: (classes) => linear(2, classes),
  network: (classes) => sequential([linear(2, 24), relu(), linear(24, classes)]),
};

/** Points of the square ±2.5 with their classes, 400 in all, as many of one class as of another. */
export function samplesOf(engine: Engine, problem: string): { inputs: number[][]; targets: number[] } {
  const numbers = draw(engine, [2000, 2], 5, uniformInitializer(-2.5, 2.5));
  const classOf = problems[problem] as (typeof problems)[string];
  const all = Array.from({ length: 2000 }, (_, i) => {
    const [x = 0, y = 0] = numbers.subarray(2 * i, 2 * i + 2);
    return { point: [x, y], target: classOf(x, y) };
  });
  const classes = classesOf(all.map(({ target }) => target));
  const each = Array.from({ length: classes }, (_, k) => all.filter(({ target }) => target === k));
  const kept = each.flatMap((own) => own.slice(0, Math.floor(400 / classes)));
  return { inputs: kept.map(({ point }) => point), targets: kept.map(({ target }) => target) };
}

const classesOf = (targets: readonly number[]): number => 1 + Math.max(...targets);

/** The trained model, and its accuracy on the points it was trained on. */
export async function learnRegions(engine: Engine, problem: string, model: string): Promise<[Trainer, number]> {
  const { inputs, targets } = samplesOf(engine, problem);
  const data = { inputs, targets: Int32Array.from(targets) };
  const trainer = createTrainer(engine, {
    model: (models[model] as (typeof models)[string])(classesOf(targets)),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.02 }),
    metrics: [accuracy()],
    seed: 2,
  });
  await trainer.fit(data, { epochs: 300, batchSize: 50 });
  return [trainer, trainer.evaluate(data).accuracy ?? 0];
}

await program(import.meta.url, async (engine) => {
  print("accuracy", ...Object.keys(models), "one class");
  for (const problem of Object.keys(problems)) {
    const accuracies: number[] = [];
    for (const model of Object.keys(models)) {
      const [trainer, accuracy] = await learnRegions(engine, problem, model);
      accuracies.push(accuracy);
      trainer.free();
    }
    print(problem, ...accuracies, 1 / classesOf(samplesOf(engine, problem).targets));
  }
});
