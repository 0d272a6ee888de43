// Arguments of explain and profile: a compiled function, or a trainer.

import * as abi from "../../assembly/abi.js";
import { type AnySamples, Dataset, datasetOf } from "../data/dataset.js";
import type { Engine, Inspector } from "../engine/engine.js";
import * as fields from "../engine/recordFields.js";
import { caches, type Freeable } from "../tensors/compile.js";
import type { Program } from "../tensors/trace.js";
import { writeNext } from "../training/schedules.js";
import { type AnyTrainer, Trainer } from "../training/trainer.js";
import { shown } from "../values/options.js";
import { annotated } from "./listing.js";

/** Function of arrays made by compile, grad, valueAndGrad, hvp, jacobian or hessian. */
export type Explainable = Freeable & ((...args: never[]) => unknown);

/** Reads a program, which stays in memory during the call. @internal */
export type Look<T> = (engine: Engine, program: Program, parts: readonly string[]) => T;

/**
 * Plans the program of a function for its arguments, or the training program of a trainer, and passes it to `look`. With
 * `ready` its operands contain the numbers of one run. @internal
 */
export function lookInto<T>(
  where: string,
  subject: unknown,
  args: readonly unknown[],
  ready: boolean,
  look: Look<T>,
): T {
  if (subject instanceof Trainer)
    return lookIntoTrainer(where, subject, args[0] as AnySamples, args[1] as number | undefined, ready, look);
  const cache = caches.get((subject as Partial<Explainable> | null)?.free as object);
  if (typeof subject !== "function" || !cache)
    throw new TypeError(
      `${where}: expected a trainer, or a function made by compile, valueAndGrad, grad or hvp, got ${shown(subject)}. Give ` +
        "it with its arguments.",
    );
  return annotated(where, cache.engine, ready, (programs, parts) =>
    cache.afresh(() => {
      subject(...args);
      return look(cache.engine, programs[0] as Program, parts);
    }),
  );
}

function lookIntoTrainer<T>(
  where: string,
  trainer: AnyTrainer,
  samples: AnySamples | Dataset,
  rows: number | undefined,
  ready: boolean,
  look: Look<T>,
): T {
  const { engine, programs } = trainer;
  return withData(where, trainer, samples, (data) => {
    const count = rows ?? Math.min(data.rows, trainer.options.microBatch);
    trainer.cost(data, count); // throws if the samples do not fit
    return replanned(where, trainer, ready, (_, parts) => {
      const { program } = programs.get("train", count);
      if (ready) runOnce(trainer, data, count);
      return look(engine, program, parts);
    });
  });
}

/** Runs `body` while the programs of a trainer are planned with notes. @internal */
export function replanned<T>(
  where: string,
  trainer: AnyTrainer,
  keepInputs: boolean,
  body: (programs: readonly Program[], parts: readonly string[]) => T,
  entered?: Inspector["entered"],
): T {
  const run = (planned: readonly Program[], parts: readonly string[]): T => {
    trainer.programs.free();
    try {
      return trainer.lock.hold(() => body(planned, parts));
    } finally {
      if (!trainer.engine.broken) trainer.programs.free(); // the next step plans them anew, without notes
    }
  };
  return annotated(where, trainer.engine, keepInputs, run, entered);
}

/** Runs `body` with the samples as a data set. @internal */
export function withData<T>(
  where: string,
  trainer: AnyTrainer,
  samples: AnySamples | Dataset,
  body: (data: Dataset) => T,
): T {
  const { engine } = trainer;
  if (samples instanceof Dataset) return samples.hold(engine, body);
  const data = datasetOf(where, engine, samples, trainer.options.loss.targets);
  try {
    return body(data);
  } finally {
    if (!engine.broken) data.free();
  }
}

/** Runs the training program over the first rows; changes neither weights nor state. */
function runOnce(trainer: AnyTrainer, data: Dataset, rows: number): void {
  const { engine, memory, programs } = trainer;
  programs.useData(data, true);
  writeNext(trainer);
  engine.call((core) => {
    core.bindSpace(abi.spaceGradients, memory.get(fields.trainerGradients));
    core.bindSpace(abi.spaceNextState, memory.get(fields.trainerNextState));
  });
  const [weights, state] = [memory.get(fields.trainerParameters), memory.get(fields.trainerState)];
  const run = { order: data.order, done: 0, rows, total: data.rows, step: trainer.steps, weights, state };
  programs.runRows(programs.get("train", rows), run, memory.get(fields.trainerResults));
}
