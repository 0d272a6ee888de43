// Searches for the minimum of a function of a point, with the points they came through.

import { type Engine, type MinimizeMethod, type MinimizeSyncOptions, type Minimum, minimizeSync } from "thalweg";
import type { Objective } from "./point.js";

/** Result of a search, with its path: every accepted point, from the start. */
export type Found = Omit<Minimum<unknown>, "x" | "trace"> & { readonly x: number[]; readonly path: number[][] };

/** Minimizes f by a method. */
export function search(
  engine: Engine,
  f: Objective,
  start: readonly number[],
  method: MinimizeMethod,
  options: MinimizeSyncOptions = {},
): Found {
  const { x, trace = [], ...found } = minimizeSync(engine, f, [...start], method, { ...options, trace: true });
  const numbers = (at: typeof x): number[] => (typeof at === "number" ? [at] : Array.from(at.data));
  return { ...found, x: numbers(x), path: trace.map((entry) => numbers(entry.x)) };
}
