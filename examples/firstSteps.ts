// The first steps of nine rules on the function as the course prints it, on Beale's own, and on a bowl.

import type { Engine, Optimizer } from "thalweg";
import { objectives, rules } from "./course/nineRules.js";
import { pathOf, startAt } from "./course/point.js";
import { print, program } from "./course/program.js";

/** The start and the points after each of `updates`. */
export function firstSteps(engine: Engine, objective: string, rule: string, updates: number): number[][] {
  const { f, start, setting } = objectives[objective] as (typeof objectives)[string];
  const trainer = startAt(engine, f, start, (rules[rule] as [Optimizer, Optimizer])[setting]);
  const path = pathOf(trainer, updates);
  trainer.free();
  return path;
}

await program(import.meta.url, (engine) => {
  for (const [name, { start }] of Object.entries(objectives)) {
    const updates = start.length === 2 ? 2 : 1;
    print(`\n${name}, from (${start.join(", ")}): after ${updates === 2 ? "one update, after two" : "one update"}`);
    for (const rule of Object.keys(rules)) print(rule, ...firstSteps(engine, name, rule, updates).slice(1).flat());
  }
});
