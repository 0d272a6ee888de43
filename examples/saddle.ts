// The saddle of x² − y² at 0: from (1, 1e-6) descent takes the way down only slowly, momentum sooner, and so does noise
// like that of small batches: it is off the ridge at once.

import { adam, type Engine, normal, type Optimizer, sgd, type Tensor } from "thalweg";
import { pointOf, startAt, update } from "./course/point.js";
import { print, program } from "./course/program.js";

export const rules: Record<string, Optimizer> = {
  descent: sgd({ learningRate: 0.1 }),
  momentum: sgd({ learningRate: 0.1, momentum: 0.9 }),
  Adam: adam({ learningRate: 0.1 }),
};

/**
 * Updates until |y| > 1, and how flat the surface was on the way: the least norm of the gradient. With noise every gradient
 * gets N(0, noise²) on top, as small batches give it.
 */
export function leaveSaddle(engine: Engine, optimizer: Optimizer, noise = 0): { updates: number; flattest: number } {
  const saddle = (x: Tensor): Tensor => x.square().multiply([1, -1]).sum();
  const noisy = (x: Tensor): Tensor => saddle(x).add(normal(engine, [2]).multiply(x).multiply(noise).sum());
  const trainer = startAt(engine, noise > 0 ? noisy : saddle, [1, 1e-6], optimizer);
  let flattest = Number.POSITIVE_INFINITY;
  while (Math.abs(pointOf(trainer)[1] ?? 0) <= 1) flattest = Math.min(flattest, update(trainer).gradientNorm);
  const updates = trainer.steps;
  trainer.free();
  return { updates, flattest };
}

await program(import.meta.url, (engine) => {
  print("", "updates", "least norm");
  for (const [name, rule] of Object.entries(rules)) print(name, ...Object.values(leaveSaddle(engine, rule)));
  print("noise of 0.1", ...Object.values(leaveSaddle(engine, rules.descent as Optimizer, 0.1)));
});
