// How far the first updates go, in units of the learning rate, when the gradient is always 1: what correcting the bias of
// Adam's averages is for.

import { adam, type Engine, nadam, type Optimizer, sgd } from "thalweg";
import { pathOf, startAt } from "./course/point.js";
import { print, program } from "./course/program.js";

const epsilon = 1e-12;
export const rules: Record<string, Optimizer> = {
  descent: sgd({ learningRate: 1 }),
  Adam: adam({ learningRate: 1, epsilon }),
  uncorrected: adam({ learningRate: 1, epsilon, biasCorrection: false }),
  "Nadam lecture": nadam({ learningRate: 1, epsilon, nadam: "lecture" }),
  "Nadam Optax": nadam({ learningRate: 1, epsilon, convention: "optax" }),
};

/** Lengths of the first updates. */
export function stepLengths(engine: Engine, optimizer: Optimizer, updates: number): number[] {
  const trainer = startAt(engine, (x) => x.sum(), [0], optimizer);
  const path = pathOf(trainer, updates).flat();
  trainer.free();
  return path.slice(1).map((x, k) => (path[k] ?? 0) - x);
}

await program(import.meta.url, (engine) => {
  const updates = [1, 2, 6, 12, 100];
  print("update", ...updates.map(String));
  for (const [name, rule] of Object.entries(rules)) {
    const lengths = stepLengths(engine, rule, 100);
    print(name, ...updates.map((t) => lengths[t - 1] ?? 0));
  }
});
