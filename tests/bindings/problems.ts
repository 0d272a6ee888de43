// Small problems that every optimizer is asked to solve: a loss of named parameters, and where they start.

import type { Engine, Optimizer, Tensor, Trainer } from "thalweg";
import * as thalweg from "thalweg";
import * as suite from "../../conformance/adapters/thalweg/problems.mjs";
import { problems as stated } from "../../conformance/source/index.js";
import { flat } from "./numbers.js";

export interface Problem {
  readonly start: Readonly<Record<string, { readonly data: readonly number[]; readonly shape: readonly number[] }>>;
  readonly loss: (parameters: Readonly<Record<string, Tensor>>) => Tensor;
}

/** Those problems of the conformance suite that are not the plain quadratic. */
export const problems: Readonly<Record<string, Problem>> = Object.fromEntries(
  Object.values(stated as Readonly<Record<string, { name: string; start: Problem["start"] }>>)
    .filter(({ name }) => name !== "quadratic")
    .map(({ name, start }) => [name, { start, loss: suite.losses[name]! }]),
);

/** A trainer whose steps are updates on the problem, from its start. */
export const trainerOf = (
  engine: Engine,
  problem: Problem,
  optimizer: Optimizer,
  dtype: "f32" | "f64" = "f64",
): Trainer => suite.trainerOf(thalweg, engine, problem, optimizer, dtype);

const nothing = { inputs: [[0]], targets: [[0]] };

/** One update. */
export const update = (trainer: Trainer): number => suite.update(trainer);

/** Many. */
export async function updates(trainer: Trainer, steps: number): Promise<void> {
  if (steps > 0) await trainer.fit(nothing, { steps, batchSize: 1 });
}

/** All weights in declaration order. */
export const weightsOf = (trainer: Trainer): number[] =>
  Object.values(trainer.parameters()).flatMap((array) => flat(array.data));
