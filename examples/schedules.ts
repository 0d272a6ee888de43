// The course's schedules, looked at before they are used.

import {
  constantSchedule,
  cosineDecay,
  type Engine,
  exponentialDecay,
  inverseSquareRootDecay,
  inverseTimeDecay,
  linearSchedule,
  multiStepDecay,
  type Schedule,
  scheduleValues,
  warmRestarts,
  warmup,
} from "thalweg";
import { print, program } from "./course/program.js";

const initial = 0.1;
const length = 100;
export const schedules: Record<string, Schedule> = {
  constant: constantSchedule(initial),
  steps: multiStepDecay({ initial, milestones: [30, 60, 90] }),
  exponential: exponentialDecay({ initial, decay: 0.03 }),
  "inverse time": inverseTimeDecay({ initial, decay: 0.05 }),
  "inverse root": inverseSquareRootDecay({ initial }),
  linear: linearSchedule({ from: initial, length }),
  cosine: cosineDecay({ initial, length }),
  restarts: warmRestarts({ maximum: [initial, 0.06], minimum: 0.005, length: [40, 60] }),
  "warmed cosine": warmup({ length: 10, schedule: cosineDecay({ initial, length: 90 }) }),
};

/** h(0), h(1), ..., h(100), as the core computes them. */
export const valuesOf = (engine: Engine, name: string): Float64Array =>
  scheduleValues(engine, schedules[name] as Schedule, length + 1);

await program(import.meta.url, (engine) => {
  const at = [0, 10, 30, 50, 100];
  print("t", ...at.map(String));
  for (const name of Object.keys(schedules)) print(name, ...at.map((t) => valuesOf(engine, name)[t] ?? 0));
});
