// A larger momentum runs further past the minimum and oscillates longer; Nesterov, who looks ahead, overshoots less.

import { type Engine, sgd } from "thalweg";
import { pathOf, startAt } from "./course/point.js";
import { print, program } from "./course/program.js";

export const betas = [0.5, 0.9, 0.99];

/** Points after every update of descent on ½ x² from 1, with learning rate h = 0.1. */
export function walk(engine: Engine, momentum: number, nesterov: boolean, updates = 200): number[] {
  const rule = sgd({ learningRate: 0.1, momentum, nesterov: nesterov && "lookahead", momentumForm: "velocity" });
  const trainer = startAt(engine, (x) => x.square().sum().multiply(0.5), [1], rule);
  const path = pathOf(trainer, updates).flat();
  trainer.free();
  return path;
}

/** Largest distance beyond 0, and the number of times the path passes 0 before it stays within 0.01. */
export function overshoot(path: readonly number[]): { beyond: number; passes: number } {
  const settled = path.findLastIndex((x) => Math.abs(x) > 0.01);
  const passes = path.slice(1, settled + 1).filter((x, k) => x * (path[k] ?? 0) < 0).length;
  return { beyond: Math.max(0, -Math.min(...path)), passes };
}

await program(import.meta.url, (engine) => {
  print("momentum", "β", "beyond 0", "passes 0");
  for (const nesterov of [false, true])
    for (const beta of betas) {
      const { beyond, passes } = overshoot(walk(engine, beta, nesterov));
      print(nesterov ? "Nesterov" : "plain", String(beta), beyond, passes);
    }
});
