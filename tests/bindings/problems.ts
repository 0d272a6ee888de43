// Small problems that every optimizer is asked to solve: a loss of named parameters, and where they start.

import { createTrainer, type Engine, type Layer, type Loss, type Optimizer, type Tensor, type Trainer } from "thalweg";
import { fixture } from "./engine.js";
import { flat } from "./numbers.js";

export interface Problem {
  readonly start: Readonly<Record<string, { readonly data: readonly number[]; readonly shape: readonly number[] }>>;
  readonly loss: (parameters: Readonly<Record<string, Tensor>>) => Tensor;
}

export interface TorchRun {
  readonly problem: string;
  readonly optimizer: string;
  readonly hyper: Readonly<Record<string, never>>;
  readonly trace: {
    readonly step: number;
    readonly lossBefore: number;
    readonly weights: Readonly<Record<string, number[]>>;
  }[];
}

export const traces = fixture<{
  readonly data: Readonly<Record<"U" | "T" | "X" | "Y", number[] | number[][]>>;
  readonly start: Readonly<Record<string, Readonly<Record<string, number[] | number[][]>>>>;
  readonly runs: TorchRun[];
}>("optimizer_traces");
const { U, T, X, Y } = traces.data;

const shapeOf = (value: unknown): number[] => (Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : []);
const startOf = (name: string): Problem["start"] =>
  Object.fromEntries(
    Object.entries(traces.start[name]!).map(([key, value]) => [key, { data: flat(value), shape: shapeOf(value) }]),
  );
const constant = (like: Tensor, value: unknown): Tensor =>
  like
    .multiply(0)
    .sum()
    .add(value as never);

/** The problems of optimizer_traces.json, as optimizers.py states them. */
export const problems: Readonly<Record<string, Problem>> = {
  sparse: {
    start: startOf("sparse"),
    loss: ({ x }) => x!.subtract([1, 1, -1, 2]).square().multiply([2, 0, 50, 1e-9]).sum().multiply(0.5),
  },
  rosenbrock: {
    start: startOf("rosenbrock"),
    loss: ({ x }) => {
      const first = x!.multiply([1, 0]).sum();
      const second = x!.multiply([0, 1]).sum();
      const valley = second.subtract(first.square()).square().multiply(100);
      return first.subtract(1).square().add(valley);
    },
  },
  logistic: {
    start: startOf("logistic"),
    loss: ({ x }) =>
      constant(x!, U)
        .matmul(x!.reshape([3, 1]))
        .reshape([6])
        .multiply(T as number[])
        .negate()
        .softplus()
        .mean(),
  },
  mlp: {
    start: startOf("mlp"),
    loss: ({ w1, b1, w2, b2 }) =>
      constant(b1!, X)
        .matmul(w1!)
        .add(b1!)
        .tanh()
        .matmul(w2!)
        .add(b2!)
        .subtract(Y as number[][])
        .square()
        .mean(),
  },
};

const nothing = { inputs: [[0]], targets: [[0]] };

/** A trainer whose steps are updates on the problem, from its start. */
export function trainerOf(
  engine: Engine,
  { start, loss }: Problem,
  optimizer: Optimizer,
  dtype: "f32" | "f64" = "f64",
): Trainer {
  const names = Object.keys(start);
  const model: Layer = {
    name: "point",
    parameters: Object.fromEntries(
      names.map((name) => [name, { shape: start[name]!.shape, initializer: (context) => context.fill(0) }]),
    ),
    apply: (parameters) => loss(parameters).reshape([1, 1]),
  };
  const value: Loss = { name: "value", targets: "values", apply: (prediction) => prediction.sum() };
  const trainer = createTrainer(engine, { model, loss: value, optimizer, dtype });
  trainer.setParameters(
    Object.fromEntries(names.map((name) => [name, { ...start[name]!, data: [...start[name]!.data] }])) as never,
  );
  return trainer;
}

/** One update. */
export const update = (trainer: Trainer): number => trainer.step(nothing).loss;

/** Many. */
export async function updates(trainer: Trainer, steps: number): Promise<void> {
  if (steps > 0) await trainer.fit(nothing, { steps, batchSize: 1 });
}

/** All weights in declaration order. */
export const weightsOf = (trainer: Trainer): number[] =>
  Object.values(trainer.parameters()).flatMap((array) => flat(array.data));
