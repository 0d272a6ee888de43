// Noise as regularization: N(0, σ²) on the inputs of a linear fit is, on average, an L2 penalty with λ = σ².

import {
  constantSchedule,
  createTrainer,
  type Engine,
  ema,
  gaussianNoise,
  linear,
  meanSquaredError,
  sequential,
  sgd,
  zerosInitializer,
} from "thalweg";
import { print, program } from "./course/program.js";
import { draw } from "./course/random.js";

const [samples, features] = [40, 3];
const design = (engine: Engine): number[][] => {
  const x = draw(engine, [samples, features], 1);
  return Array.from({ length: samples }, (_, i) => Array.from(x.subarray(i * features, (i + 1) * features)));
};
const answer = ([a = 0, b = 0, c = 0]: readonly number[]): number => 2 * a - b + 0.5 * c;

/** The average of the weights along a fit with noise on the inputs. */
export async function fitNoisy(engine: Engine, deviation: number): Promise<number[]> {
  const inputs = design(engine);
  const trainer = createTrainer(engine, {
    model: sequential([gaussianNoise(deviation), linear(features, 1, { weight: zerosInitializer, bias: false })]),
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: constantSchedule(0.01) }),
    average: ema({ decay: 0.9995 }),
    dtype: "f64",
    seed: 1,
  });
  await trainer.fit({ inputs, targets: inputs.map((row) => [answer(row)]) }, { steps: 20_000, batchSize: samples });
  const weights = Array.from(Object.values(trainer.parameters({ weights: "average" }))[0]?.data ?? []);
  trainer.free();
  return weights;
}

/** The least of mean (Xw − y)² + λ ‖w‖², by descent. */
export function ridge(engine: Engine, lambda: number): number[] {
  const x = design(engine);
  let w = [0, 0, 0];
  for (let k = 0; k < 5000; k++) {
    const gradient = w.map((value) => 2 * lambda * value);
    for (const row of x) {
      const error = row.reduce((sum, value, j) => sum + value * (w[j] ?? 0), 0) - answer(row);
      for (const [j, value] of row.entries()) gradient[j] = (gradient[j] ?? 0) + (2 / samples) * error * value;
    }
    w = w.map((value, j) => value - 0.05 * (gradient[j] ?? 0));
  }
  return w;
}

await program(import.meta.url, async (engine) => {
  for (const deviation of [0, 0.5, 1]) {
    print(`σ = ${deviation}`, "with noise", ...(await fitNoisy(engine, deviation)));
    print("", "ridge", ...ridge(engine, deviation ** 2));
  }
});
