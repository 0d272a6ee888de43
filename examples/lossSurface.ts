// The loss of y = sigmoid(w₂ sigmoid(w₁ x)) at x = y = 1: not convex, with squared error as little as with cross-entropy.

import { compile, type Engine, hvp, type Tensor } from "thalweg";
import { coordinates, type Objective } from "./course/point.js";
import { print, program } from "./course/program.js";
import { eigenvalues } from "./course/symmetric.js";

function output(w: Tensor): Tensor {
  const [first, second] = coordinates(w) as [Tensor, Tensor];
  return first.sigmoid().multiply(second).sigmoid();
}

export const losses: Record<string, Objective> = {
  "squared error": (w) => output(w).subtract(1).square(),
  "cross-entropy": (w) => output(w).log().negate(),
};

/** Eigenvalues of the Hessian at a point, the largest first. */
export function curvatures(engine: Engine, loss: Objective, at: readonly number[]): [number, number] {
  using product = hvp(engine, loss);
  const [a = 0, b = 0] = product(at, [1, 0]).data;
  const [, c = 0] = product(at, [0, 1]).data;
  return eigenvalues(a, b, c);
}

await program(import.meta.url, (engine) => {
  const grid = [-6, -3, 0, 3, 6];
  for (const [name, loss] of Object.entries(losses)) {
    using value = compile(engine, loss);
    print(`\n${name}`, ...grid.map((w1) => `w₁ = ${w1}`));
    for (const w2 of grid) print(`w₂ = ${w2}`, ...grid.map((w1) => value([w1, w2]) as number));
    print("At (0, 0) the curvatures are", ...curvatures(engine, loss, [0, 0]), "not convex");
  }
});
