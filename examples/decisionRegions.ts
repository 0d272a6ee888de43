// A linear classifier cannot tell a ring from what is around it, nor three modes from their surroundings;
// W₂ max(0, W₁ x) can.

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

/** Which points of the square are class 1. */
export const problems: Record<string, (x: number, y: number) => boolean> = {
  annulus: (x, y) => Math.hypot(x, y) >= 1 && Math.hypot(x, y) <= 2,
  "three modes": (x, y) => modes.some(([u, v]) => Math.hypot(x - u, y - v) < 0.7),
};

export const models: Record<string, () => Layer> = {
  linear: () => linear(2, 2),
  network: () => sequential([linear(2, 24), relu(), linear(24, 2)]),
};

/** 400 points of the square ±2.5 with their classes. */
export function samplesOf(engine: Engine, problem: string): { inputs: number[][]; targets: number[] } {
  const numbers = draw(engine, [400, 2], 5, uniformInitializer(-2.5, 2.5));
  const inputs = Array.from({ length: 400 }, (_, i) => [numbers[2 * i] ?? 0, numbers[2 * i + 1] ?? 0]);
  const inside = problems[problem] as (typeof problems)[string];
  return { inputs, targets: inputs.map(([x = 0, y = 0]) => Number(inside(x, y))) };
}

/** The trained model, and its accuracy on the points it was trained on. */
export async function learnRegions(engine: Engine, problem: string, model: string): Promise<[Trainer, number]> {
  const { inputs, targets } = samplesOf(engine, problem);
  const data = { inputs, targets: Int32Array.from(targets) };
  const trainer = createTrainer(engine, {
    model: (models[model] as (typeof models)[string])(),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.02 }),
    metrics: [accuracy()],
    seed: 2,
  });
  await trainer.fit(data, { epochs: 300, batchSize: 50 });
  return [trainer, trainer.evaluate(data).accuracy ?? 0];
}

await program(import.meta.url, async (engine) => {
  print("accuracy", ...Object.keys(models), "larger class");
  for (const problem of Object.keys(problems)) {
    const accuracies: number[] = [];
    for (const model of Object.keys(models)) {
      const [trainer, accuracy] = await learnRegions(engine, problem, model);
      accuracies.push(accuracy);
      trainer.free();
    }
    const { targets } = samplesOf(engine, problem);
    const share = targets.reduce((sum, target) => sum + target, 0) / targets.length;
    print(problem, ...accuracies, Math.max(share, 1 - share));
  }
});
