// v = μ v − h g, w += v and b = μ b + g, w −= h b are the same walk while h stays; where h drops, the velocity keeps its old speed.

import { type Engine, type Optimizer, type Schedulable, sgd, stepDecay } from "thalweg";
import { pathOf, startAt } from "./course/point.js";
import { print, program } from "./course/program.js";

export const rates: Record<string, Schedulable> = {
  constant: 0.05,
  "a tenth from 10": stepDecay({ initial: 0.05, factor: 0.1, length: 10 }),
};

/** The walks down ½ (10 x² + y²) with momentum 0.9 in both forms. */
export function bothWalks(engine: Engine, learningRate: Schedulable, updates: number): [number[][], number[][]] {
  const walk = (rule: Optimizer): number[][] => {
    const trainer = startAt(engine, (x) => x.square().multiply([5, 0.5]).sum(), [1, 1], rule);
    const path = pathOf(trainer, updates);
    trainer.free();
    return path;
  };
  const options = { learningRate, momentum: 0.9 };
  return [walk(sgd({ ...options, momentumForm: "velocity" })), walk(sgd({ ...options, momentumForm: "buffer" }))];
}

/** The largest distance between points of the same number. */
export const apart = ([a, b]: [number[][], number[][]]): number =>
  Math.max(...a.map((point, k) => Math.hypot(...point.map((x, i) => x - (b[k]?.[i] ?? 0)))));

await program(import.meta.url, (engine) => {
  print("rate", "at most apart");
  for (const [name, rate] of Object.entries(rates)) print(name, apart(bothWalks(engine, rate, 40)).toExponential(1));
});
