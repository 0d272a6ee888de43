// A plateau: a saturated sigmoid has hardly a slope left. A rate that adapts to the slope crosses it, and cross-entropy
// does not make it in the first place.

import { adam, type Engine, type Optimizer, rmsprop, sgd, type Tensor } from "thalweg";
import { pointOf, startAt, update } from "./course/point.js";
import { print, program } from "./course/program.js";

/** Losses of one sigmoid with target 1. */
const losses = {
  "squared error": (x: Tensor) => x.sigmoid().subtract(1).square().sum(),
  "cross-entropy": (x: Tensor) => x.negate().softplus().sum(),
};

export const ways: Record<string, { loss: keyof typeof losses; rule: Optimizer }> = {
  descent: { loss: "squared error", rule: sgd({ learningRate: 1 }) },
  momentum: { loss: "squared error", rule: sgd({ learningRate: 1, momentum: 0.9 }) },
  RMSprop: { loss: "squared error", rule: rmsprop({ learningRate: 0.1 }) },
  Adam: { loss: "squared error", rule: adam({ learningRate: 0.1 }) },
  "descent, log": { loss: "cross-entropy", rule: sgd({ learningRate: 1 }) },
};

/** Updates from −12, where the sigmoid is 6e-6, until it is above ½; at most `limit`. */
export function cross(engine: Engine, name: string, limit: number): { updates: number; slope: number } {
  const { loss, rule } = ways[name] as (typeof ways)[string];
  const trainer = startAt(engine, losses[loss], [-12], rule);
  const slope = update(trainer).gradientNorm;
  while ((pointOf(trainer)[0] ?? 0) < 0 && trainer.steps < limit) update(trainer);
  const updates = trainer.steps;
  trainer.free();
  return { updates, slope };
}

await program(import.meta.url, (engine) => {
  print("", "first slope", "updates");
  for (const name of Object.keys(ways)) {
    const { updates, slope } = cross(engine, name, 20_000);
    print(name, slope.toExponential(1), updates < 20_000 ? updates : "over 20,000");
  }
});
