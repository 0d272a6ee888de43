// A curve through measurements, y = a exp(−k t) + c, and how far its parameters are to be believed: the standard errors
// are the scatter of the parameters over repeated measurements.

import { type CurveFit, type Engine, fitCurve, type Tensor } from "thalweg";
import { print, program } from "./course/program.js";
import { draw } from "./course/random.js";

export const truth = { a: 2, k: 0.8, c: 0.5 };
export type Parameters = typeof truth;
export const noise = 0.08;

/** 30 moments from 0 to 5, and what was measured there. */
export function measured(engine: Engine, seed: number): { x: number[]; y: number[] } {
  const scatter = draw(engine, [30], seed);
  const x = Array.from({ length: 30 }, (_, i) => (5 * i) / 29);
  return { x, y: x.map((t, i) => decay(t, truth) + noise * (scatter[i] ?? 0)) };
}

/** The curve, for numbers. */
export const decay = (t: number, { a, k, c }: Parameters): number => a * Math.exp(-k * t) + c;

/** The fit, started from (1, 1, 0). */
export const fitDecay = (engine: Engine, data: { x: number[]; y: number[] }) =>
  fitCurve(
    engine,
    (t: Tensor, { a, k, c }: Record<keyof Parameters, Tensor>) => t.multiply(k).negate().exp().multiply(a).add(c),
    data,
    { a: 1, k: 1, c: 0 },
  ) as Promise<CurveFit<Parameters>>;

await program(import.meta.url, async (engine) => {
  const { parameters, standardErrors, residualSumOfSquares, degreesOfFreedom } = await fitDecay(
    engine,
    measured(engine, 1),
  );
  print("", "fitted", "± error", "truth");
  for (const name of ["a", "k", "c"] as const) print(name, parameters[name], standardErrors[name], truth[name]);
  print("noise", Math.sqrt(residualSumOfSquares / degreesOfFreedom), "", noise);
});
