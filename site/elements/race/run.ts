// Runs the race: the whole path of every method, which is computed in a few milliseconds and then shown step by step.

import { type Engine, gradientNoise } from "thalweg";
import { createSearch } from "thalweg/minimizers";
import type { PlotLattice } from "thalweg/plot";
import type { Values } from "../kit/controls.ts";
import { seriesLooks } from "../kit/style.ts";
import { callOf, isRule, made, methodNames } from "./methods.ts";
import type { Surface } from "./surfaces.ts";

export interface Path {
  readonly name: string;
  /** Index of color and dash. */
  readonly look: number;
  readonly steps: number;
  /** Coordinates [steps + 1, variables] and values [steps + 1]. */
  readonly x: Float64Array;
  readonly values: Float64Array;
  /** Step from which on the value stays within the tolerance of the minimum; −1 if it does not. */
  readonly reached: number;
  /** True if the search ended because a number was not finite. */
  readonly overflowed: boolean;
}

export interface Race {
  readonly paths: readonly Path[];
  /** Lowest value known: the published minimum, or else the lowest of all paths; −∞ if unbounded below. */
  readonly minimum: number;
}

/** Options of a rule besides its own: noise of standard deviation σ on every component of the gradient. */
export function noiseOf({ noise, seed }: Values) {
  return noise > 0 ? { gradient: [gradientNoise({ scale: noise * noise, decay: 0 })], seed } : {};
}

/** Looks of the chosen methods: each its own, and the next free one where another method has that. */
function looksOf(chosen: readonly string[]): Map<string, number> {
  const looks = new Map<string, number>();
  const taken = new Set<number>();
  for (const name of chosen) {
    let look = methodNames.indexOf(name) % seriesLooks;
    if (taken.size < seriesLooks) while (taken.has(look)) look = (look + 1) % seriesLooks;
    taken.add(look);
    looks.set(name, look);
  }
  return looks;
}

/** Start of all methods. */
export function startOf({ variables }: Surface, { start: [x, y], startZ: z }: Values) {
  return (variables === 3 ? { x, y, z } : { x, y }) as { x: number; y: number; z: number };
}

function pathOf(engine: Engine, surface: Surface, name: string, values: Values) {
  const options = { maxIterations: values.steps as number, ...(isRule(name) ? noiseOf(values) : {}) };
  const search = createSearch(engine, surface.f, startOf(surface, values), made(callOf(name, values)), options);
  search.advance();
  const { x: points, value, points: count } = search.trace;
  return {
    ...{ name, steps: count - 1, x: points, values: value },
    overflowed: search.result?.status === "notFinite",
  };
}

/** The first step from which on all values are within the tolerance; −1 if the last is not. */
function reachedAt(values: Float64Array, minimum: number, tolerance: number): number {
  let step = values.length;
  while (step > 0 && (values[step - 1] as number) - minimum <= tolerance) step--;
  return step === values.length ? -1 : step;
}

export function race(engine: Engine, surface: Surface, values: Values): Race {
  const paths = (values.rules as readonly string[]).map((name) => pathOf(engine, surface, name, values));
  const looks = looksOf(values.rules);
  const lowest = Math.min(...paths.flatMap(({ values: all }) => Array.from(all)));
  const minimum = Number.isNaN(surface.minimum) ? lowest : surface.minimum;
  return {
    minimum,
    paths: paths.map((path) => ({
      ...path,
      look: looks.get(path.name) as number,
      reached: reachedAt(path.values, minimum, 10 ** values.tolerance),
    })),
  };
}

/** Returns the values of a surface on a grid of so many points along each axis. */
export type LatticeOf = (surface: Surface, side?: number) => PlotLattice;
