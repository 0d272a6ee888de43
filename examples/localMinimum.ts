// A local minimum holds descent for ever. Noise in the gradient that dies away, or the best of a few random starts, finds the
// lower one.

import { type Engine, normal, sgd, type Tensor } from "thalweg";
import { type Objective, pointOf, startAt, update } from "./course/point.js";
import { print, program } from "./course/program.js";
import { draw } from "./course/random.js";

/** (x² − 1)² + 0.3 x: minima near −1.04, the lower one, and near 0.96, with a hill between. */
export const f: Objective = (x) => x.square().subtract(1).square().add(x.multiply(0.3)).sum();
export const start = 1.5;

/** Final point of gradient descent. */
export function descend(engine: Engine, from: number): number {
  const trainer = startAt(engine, f, [from], sgd({ learningRate: 0.02 }));
  while (update(trainer).gradientNorm > 1e-9);
  const [x = 0] = pointOf(trainer);
  trainer.free();
  return x;
}

/** Final point with noise N(0, σ²) added to every gradient, where σ falls to 0 in four rounds. */
export function descendNoisily(engine: Engine, seed: number): number {
  let x = start;
  for (const deviation of [8, 5, 4, 0]) {
    // The slope of ξ x is ξ, and ξ is another one in every update.
    const noisy = (x: Tensor): Tensor => f(x).add(normal(engine, [1]).multiply(x).multiply(deviation).sum());
    const trainer = startAt(engine, noisy, [x], sgd({ learningRate: 0.02 }), seed);
    for (let k = 0; k < 5000; k++) update(trainer);
    [x = 0] = pointOf(trainer);
    trainer.free();
  }
  return x;
}

/** The lowest of where descent from random starts ends. */
export function restart(engine: Engine, starts: number): number {
  const ends = Array.from(draw(engine, [starts], 1), (from) => descend(engine, from));
  const height = (x: number): number => (x * x - 1) ** 2 + 0.3 * x;
  return ends.reduce((best, x) => (height(x) < height(best) ? x : best));
}

await program(import.meta.url, (engine) => {
  print("", "ends at");
  print("descent", descend(engine, start));
  for (const seed of [1, 2, 3]) print(`noise, seed ${seed}`, descendNoisily(engine, seed));
  print("5 restarts", restart(engine, 5));
});
