// The task: the first step of a sequence shows one of four symbols, the others noise, and after the last step the symbol is to be
// named. And the layers that are to remember it, each with its text for the figure's program.

import {
  concatenate,
  createTrainer,
  type Engine,
  gru,
  type Initializer,
  type Layer,
  lstm,
  meanSquaredError,
  normalInitializer,
  orthogonalInitializer,
  rnn,
  sgd,
  uniformInitializer,
} from "thalweg";
import type { State } from "./controls.ts";

export const symbols = 4;
export const units = 16;
/** Features of a step: one for each symbol, and one for the noise. */
export const features = symbols + 1;
export const deviation = 0.3;
export const batchSize = 16;
/** Rate of Adam, with which all layers learn if their gradients arrive. */
export const learningRate = 0.005;
/** Sequences to learn from, and others to test with. */
export const counts = { train: 512, test: 64 };

export interface Sequences {
  readonly inputs: { readonly data: Float32Array; readonly shape: readonly [number, number, number] };
  readonly targets: { readonly data: Int32Array; readonly shape: readonly [number] };
}

function drawn(engine: Engine, shape: readonly number[], seed: number, initializer: Initializer): Float32Array {
  const trainer = createTrainer(engine, {
    model: { name: "drawn", parameters: { x: { shape, initializer } }, apply: (_: unknown, input: never) => input },
    ...{ loss: meanSquaredError(), optimizer: sgd({ learningRate: 1 }), seed },
  });
  const { x } = trainer.parameters();
  trainer.free();
  return x?.data as Float32Array;
}

export function sequencesOf(engine: Engine, count: number, length: number, seed: number): Sequences {
  const kinds = drawn(engine, [count], seed, uniformInitializer(0, symbols)).map(Math.floor);
  const noise = drawn(engine, [count, length], seed + 1, normalInitializer(deviation));
  const data = new Float32Array(count * length * features);
  for (const [k, value] of noise.entries()) data[k * features + symbols] = value;
  for (const [row, kind] of kinds.entries()) data[row * length * features + kind] = 1;
  return {
    inputs: { data, shape: [count, length, features] },
    targets: { data: Int32Array.from(kinds), shape: [count] },
  };
}

export function batchOf({ inputs, targets }: Sequences, batch: number) {
  const [count, length] = inputs.shape;
  const from = (batch * batchSize) % count;
  const size = length * features;
  return {
    inputs: {
      data: inputs.data.subarray(from * size, (from + batchSize) * size),
      shape: [batchSize, length, features],
    },
    targets: { data: targets.data.subarray(from, from + batchSize), shape: [batchSize] },
  };
}

/** Biases of the gates i, f, g, o: the forget gate's is given, so that σ of it is kept of the state per step. */
const forgetBias =
  (bias: number): Initializer =>
  (context) =>
    concatenate([context.fill(0, [units]), context.fill(bias, [units]), context.fill(0, [2 * units])]);

interface Kind {
  readonly layer: (state: State) => Layer;
  readonly code: (state: State) => string;
  readonly imports: readonly string[];
}

export const kinds: Readonly<Record<string, Kind>> = {
  rnn: {
    layer: () => rnn(features, units) as Layer,
    code: () => `rnn(${features}, ${units})`,
    imports: ["rnn"],
  },
  orthogonal: {
    layer: ({ gain }) => rnn(features, units, { recurrent: orthogonalInitializer(gain) }) as Layer,
    code: ({ gain }) => `rnn(${features}, ${units}, { recurrent: orthogonalInitializer(${gain}) })`,
    imports: ["rnn", "orthogonalInitializer"],
  },
  lstm: {
    layer: ({ forget }) => lstm(features, units, { bias: forgetBias(forget) }) as Layer,
    code: ({ forget }) => `lstm(${features}, ${units}, { bias: forgetBias(${forget}) })`,
    imports: ["lstm", "concatenate"],
  },
  gru: {
    layer: () => gru(features, units) as Layer,
    code: () => `gru(${features}, ${units})`,
    imports: ["gru"],
  },
};
export const kindNames: readonly string[] = Object.keys(kinds);
