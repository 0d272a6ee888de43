// The network, trained by the library, and the same network with masks of our own: which units are kept, and by what they are scaled.

import {
  adam,
  compile,
  createTrainer,
  dropout,
  type Engine,
  type Layer,
  linear,
  meanSquaredError,
  normalInitializer,
  sequential,
  type Tensor,
  tanh,
  uniformInitializer,
} from "thalweg";
import { inputsOf, samplesOf, testInputs, testTargets } from "../overfitting/samples.ts";
import type { State } from "./controls.ts";

/** Units of each hidden layer, updates, and the spread of the first weights, with which curves can bend quickly. */
export const width = 64;
export const updates = 2000;
export const learningRate = 0.01;
export const spread = 8;

export const column = (values: readonly number[]): number[][] => values.map((value) => [value]);

const modelOf = ({ layers, mode }: State, rate: number): Layer => {
  const options = { mode: mode as "inverted" | "testScaled" };
  const first = linear(1, width, {
    weight: normalInitializer(spread),
    bias: uniformInitializer(-spread, spread),
  });
  const second = layers === "two" ? [linear(width, width), tanh(), dropout(rate, options)] : [];
  return sequential([first, tanh(), dropout(rate, options), ...second, linear(width, 1)]);
};

/** A trainer of the network with a drop rate; both of a figure start with the same weights. */
export const networkOf = (engine: Engine, state: State, rate: number) =>
  createTrainer(engine, {
    model: modelOf(state, rate),
    loss: meanSquaredError(),
    optimizer: adam({ learningRate }),
    seed: state.seed,
  });

export type Network = ReturnType<typeof networkOf>;

/** Few samples to learn from, and many for the test. */
export function samples({ count, noise, seed }: State) {
  const inputs = inputsOf(count);
  const targets = samplesOf(inputs, noise, seed);
  const [train, test] = [
    { inputs: column(inputs), targets: column(targets) },
    { inputs: column(testInputs), targets: column(testTargets(noise, seed)) },
  ];
  return { inputs, targets, train, test };
}

type Inputs = {
  readonly x: Tensor;
  readonly first: Tensor;
  readonly last: Tensor;
  readonly weights: Readonly<Record<string, Tensor>>;
};

/** Outputs [masks, inputs] with the hidden units of both layers multiplied by masks [masks, units]; of one layer `last` is its mask. */
function masked({ x, first, last, weights }: Inputs): Tensor {
  const [count, rows] = [last.shape[0] as number, x.shape[0] as number];
  const names = Object.keys(weights).filter((name) => name.endsWith("weight"));
  const through = (input: Tensor, name: string): Tensor =>
    input.matmul(weights[name] as Tensor).add(weights[name.replace("weight", "bias")] as Tensor);
  const wide = (mask: Tensor): Tensor => mask.reshape([count, 1, width]);
  const flat = (values: Tensor): Tensor => values.reshape([count * rows, width]);
  let hidden = through(x, names[0] as string)
    .tanh()
    .reshape([1, rows, width]);
  if (names.length === 3)
    hidden = through(flat(hidden.multiply(wide(first))), names[1] as string)
      .tanh()
      .reshape([count, rows, width]);
  return through(flat(hidden.multiply(wide(last))), names.at(-1) as string).reshape([count, rows]);
}

/** Masks [masks, units], one for each of one or two layers. */
export interface Masks {
  readonly first: Float32Array;
  readonly last: Float32Array;
}

export function maskedNetwork(engine: Engine) {
  const program = compile(engine, masked);
  return {
    /** Outputs [masks, inputs], as one array. */
    outputs(network: Network, inputs: readonly number[], { first, last }: Masks): ArrayLike<number> {
      const shape = [last.length / width, width];
      const weights = Object.fromEntries(
        Object.entries(network.parameters()).map(([name, { data, shape: own }]) => [name, { data, shape: own }]),
      );
      const x = { data: Float32Array.from(inputs), shape: [inputs.length, 1] };
      const result = program({ x, weights, first: { data: first, shape }, last: { data: last, shape } });
      return (result as { data: Float32Array }).data;
    },
    free: () => program.free(),
  };
}

export type MaskedNetwork = ReturnType<typeof maskedNetwork>;
