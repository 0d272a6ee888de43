// The noise of batch statistics: many batches of each size, each a feature of its own to the library's batch norm.

import { applyLayer, batchNorm, compile, concatenate, type Engine, type Tensor } from "thalweg";
import { drawn } from "../kit/draws.ts";
import { largest, momentsOf } from "./batches.ts";

const batches = 1500;

export interface Scatter {
  readonly size: number;
  /** Deviations of the batches' mean and variance, for inputs of deviation 1. */
  readonly mean: number;
  readonly variance: number;
  /** Output for an input one deviation above the mean: 15th and 85th percentile over the batches. */
  readonly low: number;
  readonly high: number;
}

/** Deviations of mean and biased variance of m standard normal values. */
export const law = (m: number) => ({ mean: 1 / Math.sqrt(m), variance: Math.sqrt(2 * (m - 1)) / m });

/** Computes the scatter of one batch size after the other. */
export function* scatters(engine: Engine): Generator<Scatter, void> {
  const layer = batchNorm(batches, { momentum: 1, runningVariance: "biased" });
  const program = compile(engine, (x: Tensor) => {
    const zero = x.multiply(0).sum({ axes: 0 });
    const options = { training: true, state: { mean: zero, variance: zero } };
    const { output, state } = applyLayer(layer, { gamma: zero.add(1), beta: zero }, x, options);
    const rows = [
      output.slice(0, 0, 1),
      ...[state.mean, state.variance].map((row) => (row as Tensor).reshape([1, batches])),
    ];
    return concatenate(rows, 0);
  });
  try {
    const values = drawn(engine, [largest, batches], 7);
    for (let size = 2; size <= largest; size *= 2) {
      const rowsOf = (data: Float64Array): Float64Array[] => {
        const result = program({ data, shape: [size, batches] }) as { data: Float64Array };
        return [0, 1, 2].map((k) => result.data.slice(k * batches, (k + 1) * batches));
      };
      const own = values.slice(0, size * batches);
      const [, means, variances] = rowsOf(own) as [Float64Array, Float64Array, Float64Array];
      const [outputs] = rowsOf(own.fill(1, 0, batches)) as [Float64Array];
      const sorted = outputs.sort();
      const at = (share: number): number => sorted[Math.floor(share * batches)] as number;
      yield {
        ...{ size, mean: momentsOf(means).deviation, variance: momentsOf(variances).deviation },
        ...{ low: at(0.15), high: at(0.85) },
      };
    }
  } finally {
    program.free();
  }
}
