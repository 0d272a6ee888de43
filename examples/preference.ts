// Two weights that score the same: L2 prefers the one that spreads over all inputs, L1 does not care.

import { compile, type Engine } from "thalweg";
import { print, program } from "./course/program.js";

const x = [1, 1, 1, 1];
export const candidates = [
  [1, 0, 0, 0],
  [0.25, 0.25, 0.25, 0.25],
];

/** Score x·w and both penalties of a weight. */
export function penaltiesOf(engine: Engine, w: readonly number[]): { score: number; l2: number; l1: number } {
  using score = compile(engine, (w) => w.multiply(x).sum());
  using l2 = compile(engine, (w) => w.square().sum());
  using l1 = compile(engine, (w) => w.abs().sum());
  return { score: score(w) as number, l2: l2(w) as number, l1: l1(w) as number };
}

await program(import.meta.url, (engine) => {
  for (const w of candidates) {
    print(`w = (${w.join(", ")})`);
    for (const [name, figure] of Object.entries(penaltiesOf(engine, w))) print("", name, figure);
  }
});
