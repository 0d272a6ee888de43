// Statistics of single steps: norms of gradient, weights and update of every parameter, and the share of dead units. The
// core measures norms during the step; dead units come from a program over the same rows. Neither changes the training.

import * as abi from "../../assembly/abi.js";
import type { doubleAt } from "../engine/addresses.js";
import * as fields from "../engine/recordFields.js";
import type { blockBytes, readArray } from "../tensors/trace.js";
import type { wholeLines } from "../values/arrays.js";
import type { TrainerInternals } from "./internals.js";
import type { runsOf } from "./programs.js";
import type { Emitter, ModelProgram } from "./purposes.js";
import type { writeTable } from "./records.js";

/** A trainer to measure, and functions of the main bundle: see RunParts. */
export interface MeasurementParts {
  readonly trainer: Pick<TrainerInternals, "memory" | "programs" | "options">;
  readonly doubleAt: typeof doubleAt;
  readonly blockBytes: typeof blockBytes;
  readonly readArray: typeof readArray;
  readonly wholeLines: typeof wholeLines;
  readonly runsOf: typeof runsOf;
  readonly writeTable: typeof writeTable;
}

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

/** For every unit of the observed layers 1 if it is not 0 for some row, else 0. */
const observe: Emitter = (apply) => {
  const { parts, rows, scope } = apply();
  const read = Array.from(scope.observed.values(), (output) => ({
    tensor: output.reshape([rows, -1]).notEqual(0).cast(parts.dtype).max({ axes: 0 }),
  }));
  return { read, names: [...scope.observed.keys()] };
};

/** Measures updates of a trainer. */
export class Measurement {
  readonly #parts: MeasurementParts;

  constructor(parts: MeasurementParts) {
    this.#parts = parts;
  }

  /**
   * Requests the measurement of the update after the first `done` ones, on a batch of `rows` rows. Everything that can fail in
   * reading the statistics fails here, before the update.
   */
  request(done: number, rows = 0): void {
    const { memory } = this.#parts.trainer;
    this.#reserve();
    for (const run of new Set(this.#runsOf(rows))) memory.engine.borrow(this.#observer(run).bytes, () => {});
    memory.set(fields.trainerMeasured, done);
  }

  /** Returns the statistics of the last update, whose `rows` rows are listed at address `order`. */
  read(order: number, rows: number): StepStatistics {
    const { trainer, doubleAt } = this.#parts;
    const { memory } = trainer;
    const { engine } = memory;
    const norms = engine.get(this.#reserve(), fields.statisticsNorms);
    const entries = memory.layout.parameters.map(({ name }, k): [string, ParameterStatistics] => {
      const at = doubleAt(norms + 24 * k);
      const [gradientNorm = 0, weightNorm = 0, updateNorm = 0] = engine.doubles.slice(at, at + 3);
      return [name, { gradientNorm, weightNorm, updateNorm, updateRatio: updateNorm && updateNorm / weightNorm }];
    });
    return {
      step: memory.steps,
      parameters: Object.fromEntries(entries),
      deadUnits: this.#deadUnits(order, rows),
    };
  }

  /** Allocates, at the first use, the norms and copies of the weights and the running state before the step. */
  #reserve(): number {
    const { trainer, wholeLines, blockBytes, writeTable } = this.#parts;
    const { memory, options } = trainer;
    const { engine } = memory;
    const known = memory.get(fields.trainerStatistics);
    if (known) return known;
    const { parameters, elements } = memory.layout;
    const tensors = 64;
    const norms = tensors + abi.tensorBytes * parameters.length;
    const before = wholeLines(norms + 24 * parameters.length);
    const state = memory.get(fields.trainerStateBytes);
    const statistics = memory.own(before + blockBytes(options.dtype, elements) + state + 64);
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

  #runsOf(rows: number): number[] {
    const { trainer, runsOf } = this.#parts;
    return runsOf(rows, trainer.memory.get(fields.trainerMicroBatch));
  }

  /** Returns the program that observes a run of `rows` rows, and the bytes of its results. */
  #observer(rows: number): { program: ModelProgram; bytes: number } {
    const { trainer, blockBytes } = this.#parts;
    const program = trainer.programs.get("observe", rows, observe);
    const last = program.results.at(-1);
    return { program, bytes: last ? last.offset + blockBytes(trainer.options.dtype, last.elements) : 0 };
  }

  /** Returns the share of units that were 0 in all runs of the last update, by layer. */
  #deadUnits(order: number, rows: number): Record<string, number> {
    const { trainer, readArray, blockBytes } = this.#parts;
    const { memory, programs, options } = trainer;
    const { engine } = memory;
    const before = engine.get(this.#reserve(), fields.statisticsBefore);
    const weights = memory.get(fields.trainerLookAhead) || before;
    const state = before + blockBytes(options.dtype, memory.layout.elements);
    const runs = this.#runsOf(rows);
    const { program: first, bytes } = this.#observer(runs[0] as number);
    const { results: blocks, names: observed } = first;
    if (blocks.length === 0) return {};
    const alive = blocks.map(({ elements }) => new Uint8Array(elements));
    engine.borrow(bytes, (results) => {
      let done = 0;
      for (const take of runs) {
        const program = programs.get("observe", take, observe);
        const batch = { order, done, rows: take, total: rows };
        programs.runRows(program, { ...batch, step: memory.steps - 1, weights, state }, results);
        for (const [k, { offset, elements }] of program.results.entries()) {
          const flags = readArray(engine, results + offset, options.dtype, elements);
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
}
