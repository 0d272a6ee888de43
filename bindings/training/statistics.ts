// Statistics of single steps: norms of gradient, weights and update of every parameter, and the share of dead units. The
// core measures norms during the step; dead units come from a program over the same rows. Neither changes the training.

import * as abi from "../../assembly/abi.js";
import { doubleAt } from "../engine/addresses.js";
import * as fields from "../engine/recordFields.js";
import { batchesOf } from "../optimizers/gradientTransforms.js";
import { blockBytes, readArray } from "../tensors/trace.js";
import { wholeLines } from "../values/arrays.js";
import type { TrainerInternals } from "./internals.js";
import type { TrainerParts } from "./parts.js";
import { runsOf } from "./programs.js";
import type { ModelProgram } from "./purposes.js";
import { writeTable } from "./records.js";

type Parts = Pick<TrainerInternals, "memory" | "programs" | "options">;

/** Statistics of a parameter in one update. Norms are Euclidean, over the whole parameter, summed in f64. */
export interface ParameterStatistics {
  /** |g| of the gradient with the penalty's, before any transform; 0 with an optimizer that uses no gradient. */
  readonly gradientNorm: number;
  /** |w| before the update. */
  readonly weightNorm: number;
  /** |Δw| of the whole update: rule, decay, proximal step and constraint. */
  readonly updateNorm: number;
  /** |Δw| / |w|, about 0.001 for a suitable learning rate; 0 without an update, infinite for the update of a zero w. */
  readonly updateRatio: number;
}

/**
 * Statistics of one update.
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
   * By name of the layer, "1" for the second of a sequential: the share, 0 .. 1, of the units of a relu that are 0 for
   * every row of the batch, before the update. Custom layers are included by `context.observe`.
   */
  readonly deadUnits: Readonly<Record<string, number>>;
}

/** Allocates, at the first use, the norms and a copy of the weights before the step. */
function reserve({ memory, options }: Pick<Parts, "memory" | "options">): number {
  const { engine } = memory;
  const known = memory.get(fields.trainerStatistics);
  if (known) return known;
  const { parameters, elements } = memory.layout;
  const tensors = 64;
  const norms = tensors + abi.tensorBytes * parameters.length;
  const before = wholeLines(norms + 24 * parameters.length);
  const statistics = memory.own(before + blockBytes(options.dtype, elements) + 64);
  engine.write(statistics, {
    [fields.statisticsTensors]: statistics + tensors,
    [fields.statisticsTensorCount]: parameters.length,
    [fields.statisticsBefore]: statistics + before,
    [fields.statisticsNorms]: statistics + norms,
  });
  writeTable(engine, statistics + tensors, parameters);
  memory.set(fields.trainerStatistics, statistics);
  return statistics;
}

/** @throws TypeError  an update accumulates several batches */
export function checkMeasurable(where: string, options: TrainerParts): void {
  if (batchesOf(options.gradient) > 1)
    throw new TypeError(
      `${where}: statistics cannot be combined with accumulate, whose updates use several batches. Drop one of them.`,
    );
}

/**
 * Requests the measurement of the update after the first `done` ones, on a batch of `rows` rows; −1 requests none.
 * Everything that can fail in reading the statistics fails here, before the update. @internal
 */
export function measure(trainer: Parts, done: number, rows = 0): void {
  const { memory } = trainer;
  if (done >= 0) {
    reserve(trainer);
    const micro = memory.get(fields.trainerMicroBatch);
    for (const run of new Set(runsOf(rows, micro))) memory.engine.borrow(observer(trainer, run).bytes, () => {});
  }
  memory.set(fields.trainerMeasured, done);
}

/** Returns the statistics of the last update, whose `rows` rows are listed at address `order`. */
export function measured(trainer: Parts, order: number, rows: number): StepStatistics {
  const { memory } = trainer;
  const { engine } = memory;
  const { parameters } = memory.layout;
  const norms = engine.get(reserve(trainer), fields.statisticsNorms);
  const entries = parameters.map(({ name }, k): [string, ParameterStatistics] => {
    const at = doubleAt(norms + 24 * k);
    const [gradientNorm = 0, weightNorm = 0, updateNorm = 0] = engine.doubles.slice(at, at + 3);
    return [name, { gradientNorm, weightNorm, updateNorm, updateRatio: updateNorm && updateNorm / weightNorm }];
  });
  return {
    step: memory.steps,
    parameters: Object.fromEntries(entries),
    deadUnits: deadUnits(trainer, order, rows),
  };
}

/** Returns the program that observes a run of `rows` rows, and the bytes of its results. */
function observer({ programs, options }: Parts, rows: number): { program: ModelProgram; bytes: number } {
  const program = programs.get("observe", rows);
  const last = program.results.at(-1);
  return { program, bytes: last ? last.offset + blockBytes(options.dtype, last.elements) : 0 };
}

/** Returns the share of units that were 0 in all runs of the last update, by layer. */
function deadUnits(trainer: Parts, order: number, rows: number): Record<string, number> {
  const { memory, programs } = trainer;
  const { engine } = memory;
  const { dtype } = trainer.options;
  const micro = memory.get(fields.trainerMicroBatch);
  const before = engine.get(reserve(trainer), fields.statisticsBefore);
  const weights = memory.get(fields.trainerLookAhead) || before;
  const runs = runsOf(rows, micro);
  const { program: first, bytes } = observer(trainer, runs[0] as number);
  const { results: blocks, names: observed } = first;
  if (blocks.length === 0) return {};
  const alive = blocks.map(({ elements }) => new Uint8Array(elements));
  engine.borrow(bytes, (results) => {
    let done = 0;
    for (const take of runs) {
      const program = programs.get("observe", take);
      programs.runRows(program, { order, done, rows: take, total: rows, step: memory.steps - 1, weights }, results);
      for (const [k, { offset, elements }] of program.results.entries()) {
        const flags = readArray(engine, results + offset, dtype, elements);
        const units = alive[k] as Uint8Array;
        for (const [unit, flag] of flags.entries()) if (flag !== 0) units[unit] = 1;
      }
      done += take;
    }
  });
  return Object.fromEntries(
    alive.map((units, k) => [observed[k] as string, units.filter((flag) => flag === 0).length / units.length]),
  );
}
