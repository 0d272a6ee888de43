// Tests of bad input: what an error must be and say, and that nothing is half-changed and everything goes on working.

import {
  accuracy,
  adam,
  createTrainer,
  type Engine,
  linear,
  sequential,
  softmaxCrossEntropy,
  type Tensor,
  type Trainer,
  type TrainerOptions,
  tanh,
} from "thalweg";
import { expect, it } from "vitest";
import { hash } from "./numbers.js";
import { run } from "./transforms.js";

export const batch = {
  inputs: [
    [1, 2],
    [3, 4],
    [5, 6],
    [0, 1],
  ],
  targets: [0, 1, 2, 1],
};

/** A small network that tells three classes apart. */
export function classifier(engine: Engine, options: Partial<TrainerOptions> = {}): Trainer {
  return createTrainer(engine, {
    model: sequential([linear(2, 4), tanh(), linear(4, 3)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam(),
    metrics: [accuracy()],
    seed: 1,
    ...options,
  });
}
export const hashOf = (t: Trainer): string => hash([t.save()]);

export type Kind = new (...args: never[]) => Error;
export type Case = readonly [name: string, body: () => unknown, kind: Kind, words: RegExp];
/** A TypeError or any RangeError. */
export const either: Kind = Error;
/** Values that TypeScript would refuse. */
export const wrong = (value: unknown): never => value as never;

/** The error of a body, thrown or rejected. */
export async function errorOf(body: () => unknown): Promise<unknown> {
  try {
    // A run is a thenable, not a promise.
    const answer = body() as PromiseLike<unknown> | undefined;
    if (typeof answer?.then === "function") await answer;
  } catch (error) {
    return error;
  }
  return null;
}

/** The body fails as it should, what was trained is as it was, and everything still works. */
export async function expectFailure(trainer: Trainer, [name, body, kind, words]: Case): Promise<void> {
  const before = hashOf(trainer);
  const error = await errorOf(body);
  expect(error, `${name}: throws`).toBeInstanceOf(Error);
  const { message } = error as Error;
  const own = (error as Error).constructor.name;
  expect(message, `${name}: ${own}`).toMatch(words);
  const kinds = kind === either ? ["TypeError", "RangeError", "ShapeError"] : [kind.name];
  if (kind === RangeError) kinds.push("ShapeError"); // a ShapeError is a RangeError
  expect(kinds, `${name}: ${message}`).toContain(own);
  expect(message, `${name}: says where`).toMatch(/^[\w .]+: /);
  expect(hashOf(trainer), `${name}: the trainer is as it was`).toBe(before);
  expect(run(trainer.engine, (x: Tensor) => x.square().sum(), [3, 4])).toBe(25);
}

/** One test for each row of a table that needs the engine of the test; `trained` answers a classifier of that engine. */
export function expectFailures(trained: () => Trainer, rows: () => readonly Case[]): void {
  const names = rowsNames(rows);
  it.each(names)("%s", async (name) => {
    const trainer = trained();
    await expectFailure(trainer, rows().find(([own]) => own === name) as Case);
    const twin = classifier(trainer.engine);
    twin.restore(trainer.save());
    const steps = trainer.steps;
    trainer.step(batch);
    twin.step(batch);
    expect(trainer.steps).toBe(steps + 1);
    expect(hashOf(trainer)).toBe(hashOf(twin));
  });
}
export function rowsNames(rows: () => readonly Case[]): string[] {
  const names = rows().map(([name]) => name);
  expect(new Set(names).size).toBe(names.length);
  return names;
}
