// Batches of one feature through the library's batch norm: outputs, statistics of each batch, and the running ones.

import { applyLayer, batchNorm, compile, concatenate, type Engine, type Tensor } from "thalweg";
import { drawn } from "../kit/draws.ts";
import { type State, steps } from "./controls.ts";

export const epsilon = 1e-5;
export const largest = 256;

/** Statistics of some numbers. */
export interface Statistics {
  readonly mean: number;
  readonly variance: number;
}

/** Everything about the batch that is shown. */
export interface Shown {
  readonly inputs: Float64Array;
  /** Outputs in training, and in evaluation by the running statistics. */
  readonly outputs: Float64Array;
  readonly evaluated: Float64Array;
  readonly gamma: number;
  readonly beta: number;
}

type Inputs = {
  readonly x: Tensor;
  readonly gamma: Tensor;
  readonly beta: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
};

/** Outputs in training and in evaluation, then mean and variance of the batch and the new running ones, in one column. */
const layerOf =
  (momentum: number) =>
  ({ x, gamma, beta, mean, variance }: Inputs): Tensor => {
    const layer = batchNorm(1, { momentum, epsilon });
    const state = { mean, variance };
    const trained = applyLayer(layer, { gamma, beta }, x, { training: true, state });
    const evaluated = applyLayer(layer, { gamma, beta }, x, { training: false, state: trained.state });
    const statistics = [x.mean({ axes: 0 }), x.variance({ axes: 0 }), trained.state.mean, trained.state.variance];
    const rows = statistics.map((value) => (value as Tensor).reshape([1, 1]));
    return concatenate([trained.output, evaluated.output, ...rows], 0);
  };

/** The batches of a state, and what batch norm makes of them. */
export class Batches {
  readonly #program;
  readonly #engine: Engine;
  readonly batch: readonly Statistics[];
  readonly running: readonly Statistics[];
  readonly #inputs: readonly Float64Array[];

  constructor(engine: Engine, { size, mean, deviation, momentum, seed }: State) {
    this.#engine = engine;
    this.#program = compile(this.#engine, layerOf(momentum));
    const count = 2 ** size;
    const values = drawn(engine, [steps, largest], seed);
    this.#inputs = Array.from({ length: steps }, (_, k) =>
      values.slice(k * largest, k * largest + count).map((z) => mean + deviation * z),
    );
    const [batch, running]: [Statistics[], Statistics[]] = [[], []];
    let last: Statistics = { mean: 0, variance: 1 };
    for (const inputs of this.#inputs) {
      const all = this.#apply(inputs, 1, 0, last);
      const [m, v, runningMean, runningVariance] = all.subarray(2 * count) as unknown as [
        number,
        number,
        number,
        number,
      ];
      batch.push({ mean: m, variance: v });
      last = { mean: runningMean, variance: runningVariance };
      running.push(last);
    }
    this.batch = batch;
    this.running = running;
  }

  #apply(inputs: Float64Array, gamma: number, beta: number, { mean, variance }: Statistics): Float64Array {
    const one = (value: number): number[] => [value];
    const result = this.#program({
      x: { data: inputs, shape: [inputs.length, 1] },
      ...{ gamma: one(gamma), beta: one(beta), mean: one(mean), variance: one(variance) },
    });
    return (result as { data: Float64Array }).data;
  }

  /** The batch with index k, with γ and β of the state, or those that undo the normalization. */
  show(k: number, { gamma, beta, undo }: State): Shown {
    const inputs = this.#inputs[k] as Float64Array;
    const { mean, variance } = this.batch[k] as Statistics;
    const before = k === 0 ? { mean: 0, variance: 1 } : (this.running[k - 1] as Statistics);
    const [scale, shift] = undo ? [Math.sqrt(variance + epsilon), mean] : [gamma, beta];
    const all = this.#apply(inputs, scale, shift, before);
    const count = inputs.length;
    return { inputs, outputs: all.slice(0, count), evaluated: all.slice(count, 2 * count), gamma: scale, beta: shift };
  }

  free(): void {
    this.#program.free();
  }
}

/** Mean and deviation of numbers. */
export function momentsOf(values: ArrayLike<number>): { readonly mean: number; readonly deviation: number } {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  return { mean, deviation: Math.sqrt(list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length) };
}
