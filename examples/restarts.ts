// Warm restarts leave a narrow minimum. Under a cosine, descent that arrives there late stays, because the rate is small by
// then. After a restart the rate is above 2 / f″ of the narrow minimum, and descent goes on to a wide and lower valley.

import { cosineDecay, type Engine, type Schedule, sgd, warmRestarts } from "thalweg";
import { type Objective, pathOf, startAt } from "./course/point.js";
import { print, program } from "./course/program.js";

/** 0.03 (x + 3)² − 0.35 exp(−(x − 1)² / 0.03): a wide valley around −3, and a narrow minimum near 1, which is higher. */
export const f: Objective = (x) => {
  const narrow = x.subtract(1).square().divide(-0.03).exp().multiply(0.35);
  return x.add(3).square().multiply(0.03).subtract(narrow).sum();
};

const initial = 0.3;
export const updates = 120;
export const schedules: Record<string, Schedule> = {
  cosine: cosineDecay({ initial, length: updates }),
  restarts: warmRestarts({ maximum: initial, length: updates / 5 }),
};

/** A hundred starts on the right of the narrow minimum, from 1.5 to 7. */
export const starts = Array.from({ length: 100 }, (_, k) => 1.5 + (5.5 * k) / 99);

/** All points, at the start and after every update. */
export function walk(engine: Engine, learningRate: Schedule): number[][] {
  const trainer = startAt(engine, f, starts, sgd({ learningRate }));
  const path = pathOf(trainer, updates);
  trainer.free();
  return path;
}

/** Share of the points that are in the narrow minimum. */
export const held = (points: readonly number[]): number =>
  points.filter((x) => Math.abs(x - 1) < 0.3).length / points.length;

await program(import.meta.url, (engine) => {
  const at = [24, 72, 96, 120];
  print("in the narrow", ...at.map((t) => `update ${t}`), "in the wide");
  for (const [name, schedule] of Object.entries(schedules)) {
    const path = walk(engine, schedule);
    const wide = (path[updates] ?? []).filter((x) => x < 0).length / starts.length;
    print(name, ...at.map((t) => held(path[t] ?? [])), wide);
  }
});
