// The chained Rosenbrock function of n numbers: a curved valley with its end at (1, ..., 1).

import type { Objective } from "./point.js";

/** Σ 100 (xₖ₊₁ − xₖ²)² + (1 − xₖ)². */
export const rosenbrock: Objective = (x) => {
  const [head, tail] = [x.slice(0, 0, x.size - 1), x.slice(0, 1, x.size)];
  const across = tail.subtract(head.square()).square().multiply(100);
  return across.add(head.subtract(1).square()).sum();
};

/** The usual start: −1.2 and 1 by turns. */
export const rosenbrockStart = (n: number): number[] => Array.from({ length: n }, (_, k) => (k % 2 === 0 ? -1.2 : 1));
