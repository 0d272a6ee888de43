// L-BFGS against Adam on full batches of digits, where a gradient has no noise: the loss by the number of gradients.

import {
  adam,
  createTrainer,
  type Engine,
  heNormal,
  lbfgs,
  linear,
  type MinimizeMethod,
  minimizeSync,
  type Optimizer,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
  trainerSurface,
} from "thalweg";
import { fewDigits } from "./course/fewDigits.js";
import { print, program } from "./course/program.js";

export const methods: Record<string, MinimizeMethod | Optimizer> = {
  "L-BFGS": lbfgs(),
  "Adam, 0.01": adam({ learningRate: 0.01 }),
  "Adam, 0.001": adam({ learningRate: 0.001 }),
  descent: sgd({ learningRate: 0.1 }),
};

/** The loss of 1,000 digits at each of so many evaluations of loss and gradient, tried steps among them. */
export function lossesWith(engine: Engine, method: MinimizeMethod | Optimizer, evaluations: number): number[] {
  const { train, standardize } = fewDigits();
  using trainer = createTrainer(engine, {
    model: sequential([linear(784, 16, { weight: heNormal }), relu(), linear(16, 10)]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 1 }),
    standardize,
    seed: 1,
  });
  using surface = trainerSurface(trainer, train, { dtype: "f32" });
  const losses: number[] = [];
  const valueAndGradient = (x: Float64Array) => {
    surface.moveTo(x);
    const value = surface.value();
    losses.push(value);
    return { value, gradient: surface.gradient() };
  };
  minimizeSync(engine, { valueAndGradient }, surface.point, method, {
    maxEvaluations: evaluations,
    gradientTolerance: 0,
  });
  return losses;
}

await program(import.meta.url, (engine) => {
  const counts = [1, 10, 20, 40, 80];
  print("evaluations", ...counts);
  for (const [name, method] of Object.entries(methods)) {
    const losses = lossesWith(engine, method, 80);
    const best = (count: number): number => Math.min(...losses.slice(0, count));
    print(name, ...counts.map((count) => best(count).toPrecision(3)));
  }
});
