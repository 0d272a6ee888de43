// AdaGrad for convex functions, RMSprop for networks. At the kink of max(2x, −x) AdaGrad's steps fall as 1 / √t and it settles,
// while RMSprop goes on jumping by about h. Behind a steep wall AdaGrad's rate stays small and it stalls, while RMSprop forgets
// the wall.

import { adagrad, type Engine, type Optimizer, rmsprop } from "thalweg";
import { coordinates, type Objective, pathOf, startAt } from "./course/point.js";
import { print, program } from "./course/program.js";

export const rules: Record<string, (learningRate: number) => Optimizer> = {
  AdaGrad: (learningRate) => adagrad({ learningRate }),
  RMSprop: (learningRate) => rmsprop({ learningRate, rho: 0.9 }),
};

interface Problem {
  readonly f: Objective;
  readonly start: number;
  readonly minimum: number;
}

/** A convex function, and one with a wall on the left and a valley around 4, of depth 1, on the right. */
export const problems = {
  convex: { f: (x) => x.multiply(2).maximum(x.negate()).sum(), start: 1, minimum: 0 },
  wall: {
    f: (x) => {
      const [at] = coordinates(x) as [typeof x];
      return at.multiply(-4).exp().subtract(at.subtract(4).square().multiply(0.25).add(1).reciprocal());
    },
    start: -1.5,
    minimum: 4,
  },
} satisfies Record<string, Problem>;

/** Distance from the minimum at the start and after every update. */
export function distances(engine: Engine, problem: keyof typeof problems, rule: string, rate: number, updates: number) {
  const { f, start, minimum }: Problem = problems[problem];
  const trainer = startAt(engine, f, [start], (rules[rule] as (typeof rules)[string])(rate));
  const path = pathOf(trainer, updates);
  trainer.free();
  return path.map(([x = 0]) => Math.abs(x - minimum));
}

/** The larger of two distances in a row: a point that jumps to and fro over a minimum is near it in every other update at most. */
export const lasting = (away: readonly number[], t: number): number => Math.max(away[t - 1] ?? 0, away[t] ?? 0);

await program(import.meta.url, (engine) => {
  const at = [1, 10, 100, 3000];
  for (const problem of ["convex", "wall"] as const) {
    print(`\n${problem}`, "rate", "update 1", ...at.slice(1).map(String));
    for (const rule of Object.keys(rules))
      for (const rate of [0.03, 0.1, 0.3]) {
        const away = distances(engine, problem, rule, rate, 3000);
        print(rule, String(rate), ...at.map((t) => lasting(away, t).toPrecision(3)));
      }
  }
});
