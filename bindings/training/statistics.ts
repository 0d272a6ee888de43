// Statistics of single steps, on request: how large gradient, weights and update of every parameter are, and which units
// are dead. The core measures norms beside the step; dead units are seen by a program over the same rows. Neither changes
// a number of training.

import * as abi from "../../assembly/abi.js";
import { doubleAt } from "../engine/addresses.js";
import { batchesOf } from "../optimizers/gradientTransforms.js";
import { blockBytes, readArray } from "../tensors/trace.js";
import { wholeLines } from "../values/arrays.js";
import { type ModelProgram, runsOf } from "./programs.js";
import type { Trainer } from "./trainer.js";

/** One parameter in one update. Norms are Euclidean, over the whole parameter, summed in f64. */
export interface ParameterStatistics {
  /** |g|, of the gradient as it came: with the penalty's, before any transform. */
  readonly gradientNorm: number;
  /** |w| before the update. */
  readonly weightNorm: number;
  /** |Δw|, of all that the update did: rule, decay, proximal step and constraint. */
  readonly updateNorm: number;
  /** |Δw| / |w|, about 0.001 where a rate is right; 0 if nothing moved, infinite if weights of 0 did. */
  readonly updateRatio: number;
}

/**
 * What one update did.
 *
 * @see Glorot and Bengio, *Understanding the difficulty of training deep feedforward neural networks*, AISTATS 2010 (norms
 * by layer)
 * @see Lu, Shin, Su and Karniadakis, *Dying ReLU and initialization*, Communications in Computational Physics 28, 2020
 */
export interface StepStatistics {
  /** The update, counted from 1 over the life of the trainer. */
  readonly step: number;
  /** By name of the parameter. */
  readonly parameters: Readonly<Record<string, ParameterStatistics>>;
  /**
   * By name of the layer, "1" for the second of a sequential: the share of a relu's units that are 0 for every row of the
   * batch, before the update. Layers of one's own join with `context.observe`.
   */
  readonly deadUnits: Readonly<Record<string, number>>;
}

/** Room for the norms and for the weights before the step. */
function reserve({ memory, engine, options }: Trainer): number {
  const known = memory.get(abi.trainerStatistics);
  if (known) return known;
  const { parameters, elements } = memory.layout;
  const tensors = 64;
  const norms = tensors + abi.tensorBytes * parameters.length;
  const before = wholeLines(norms + 24 * parameters.length);
  const statistics = memory.own(before + blockBytes(options.dtype, elements) + 64);
  engine.write(statistics, {
    [abi.statisticsTensors]: statistics + tensors,
    [abi.statisticsTensorCount]: parameters.length,
    [abi.statisticsBefore]: statistics + before,
    [abi.statisticsNorms]: statistics + norms,
  });
  for (const [k, { offset, elements: count }] of parameters.entries())
    engine.write(statistics + tensors + k * abi.tensorBytes, {
      [abi.tensorOffset]: offset,
      [abi.tensorElements]: count,
    });
  memory.set(abi.trainerStatistics, statistics);
  return statistics;
}

/** Refuses to measure updates that are no single batch's. @internal */
export function checkMeasurable(where: string, { options }: Trainer): void {
  if (batchesOf(options.gradient) > 1)
    throw new TypeError(
      `${where}: statistics cannot be combined with accumulate, whose updates are of several batches. Drop one of them.`,
    );
}

/**
 * Has the core measure the update that `done` updates precede, on a batch of so many rows; −1 for none. Whatever can be
 * refused when it is looked at is refused here: nothing may throw once the update is done. @internal
 */
export function measure(trainer: Trainer, done: number, rows = 0): void {
  if (done >= 0) {
    reserve(trainer);
    const micro = trainer.memory.get(abi.trainerMicroBatch);
    for (const run of new Set(runsOf(rows, micro))) trainer.engine.borrow(observer(trainer, run).bytes, () => {});
  }
  trainer.memory.setReal(abi.trainerMeasured, done);
}

/** What was measured of the last update, whose `rows` rows are listed at `order`. @internal */
export function measured(trainer: Trainer, order: number, rows: number): StepStatistics {
  const { engine, memory } = trainer;
  const { parameters } = memory.layout;
  const statistics = reserve(trainer);
  const norms = engine.word(statistics + abi.statisticsNorms);
  const entries = parameters.map(({ name }, k): [string, ParameterStatistics] => {
    const at = doubleAt(norms + 24 * k);
    const [gradientNorm = 0, weightNorm = 0, updateNorm = 0] = engine.doubles.slice(at, at + 3);
    return [name, { gradientNorm, weightNorm, updateNorm, updateRatio: updateNorm && updateNorm / weightNorm }];
  });
  return {
    step: trainer.steps,
    parameters: Object.fromEntries(entries),
    deadUnits: deadUnits(trainer, order, rows),
  };
}

/** What observes a run of so many rows, and the bytes of its results. */
function observer({ programs, options }: Trainer, rows: number): { program: ModelProgram; bytes: number } {
  const program = programs.get("observe", rows);
  const last = program.answers.at(-1);
  return { program, bytes: last ? last.offset + blockBytes(options.dtype, last.elements) : 0 };
}

/** The share of units that were 0 in all runs of the last update, by layer. */
function deadUnits(trainer: Trainer, order: number, rows: number): Record<string, number> {
  const { engine, memory, programs } = trainer;
  const { dtype } = trainer.options;
  const micro = memory.get(abi.trainerMicroBatch);
  const statistics = reserve(trainer);
  const before = engine.word(statistics + abi.statisticsBefore);
  const weights = memory.get(abi.trainerLookAhead) || before;
  const runs = runsOf(rows, micro);
  const { program: first, bytes } = observer(trainer, runs[0] as number);
  const { answers, names } = first;
  if (answers.length === 0) return {};
  const alive = answers.map(({ elements }) => new Uint8Array(elements));
  engine.borrow(bytes, (results) => {
    let done = 0;
    for (const take of runs) {
      const program = programs.get("observe", take);
      programs.runRows(
        program,
        { order: order + 4 * done, done, rows: take, step: trainer.steps - 1, weights },
        results,
      );
      for (const [k, { offset, elements }] of program.answers.entries()) {
        const flags = readArray(engine, results + offset, dtype, elements);
        const seen = alive[k] as Uint8Array;
        for (const [unit, flag] of flags.entries()) if (flag !== 0) seen[unit] = 1;
      }
      done += take;
    }
  });
  return Object.fromEntries(
    alive.map((units, k) => [names[k] as string, units.filter((flag) => flag === 0).length / units.length]),
  );
}

/** Where the order of an epoch's last batch begins, and its rows, after the update on it. @internal */
export function lastBatch({ memory }: Trainer): { order: number; rows: number } {
  const rows = memory.get(abi.trainerRows);
  const batch = memory.get(abi.trainerBatch);
  const position = memory.get(abi.trainerPosition);
  const rest = memory.get(abi.trainerKeepLast) ? rows % batch : 0;
  const end = position > 0 ? position : rows - (rest > 0 ? 0 : rows % batch);
  const taken = position > 0 || rest === 0 ? batch : rest;
  return { order: memory.get(abi.trainerOrder) + 4 * (end - taken), rows: taken };
}
