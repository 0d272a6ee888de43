// Functions of a trained model over all rows of some inputs, which run part by part.

import type { ColumnData } from "../data/dataset.js";
import type { Compiled, RandomStart } from "../tensors/compile.js";
import type { Leaf } from "../tensors/trees.js";
import { arrayTypes, elementCount, type NDArray, storageType } from "../values/arrays.js";
import { within } from "../values/errors.js";
import { arrayOf } from "../values/lines.js";
import { chunksOf } from "./evaluate.js";
import type { AnyTrainer } from "./trainer.js";

/** Program for a number of rows, and the names of its results. @internal */
export interface NamedProgram<Name> {
  readonly compiled: Compiled;
  readonly names: readonly Name[];
}

/** Number of runs of every part, and the start of the random numbers of run k for the rows from `from` on. @internal */
export interface Repetition {
  readonly runs: number;
  readonly start: (k: number, from: number) => RandomStart;
}

/**
 * Runs a program over the rows of columns, part by part; `trace` makes it for the rows of some leaves, once for each number of rows.
 * Returns the results by name, [samples, ...], or [runs, samples, ...] if every part runs several times. @internal
 */
export function collected<Name>(
  where: string,
  { engine, options }: AnyTrainer,
  columns: readonly ColumnData[],
  trace: (leaves: readonly Leaf[]) => NamedProgram<Name>,
  repetition?: Repetition,
): Map<Name, NDArray> {
  const samples = columns[0]?.rows as number;
  const { runs = 1, start } = repetition ?? {};
  const programs = new Map<number, NamedProgram<Name>>();
  const results = new Map<Name, NDArray>();
  const runAll = (): void => {
    for (const { from, rows } of chunksOf(samples)) {
      const leaves = columns.map((column) => leafOf(column, from, rows, options.dtype));
      const program = programs.get(rows) ?? trace(leaves);
      programs.set(rows, program);
      for (let k = 0; k < runs; k++)
        for (const [at, { data, shape }] of program.compiled.run(leaves, start?.(k, from)).entries()) {
          const name = program.names[at] as Name;
          const whole = [...(start ? [runs] : []), samples, ...shape.slice(1)];
          const out = results.get(name) ?? arrayOf(new arrayTypes[storageType(data)](elementCount(whole)), whole);
          results.set(name, out);
          out.data.set(data, (k * samples + from) * (data.length / rows));
        }
    }
  };
  try {
    within(where, runAll);
  } finally {
    if (!engine.broken) for (const { compiled } of programs.values()) compiled.free();
  }
  return results;
}

/** Rows of a column, in the type that the programs of a trainer have for it. */
function leafOf({ data, type, row, rowElements }: ColumnData, from: number, rows: number, dtype: "f32" | "f64"): Leaf {
  return {
    name: "",
    dtype: type === "i32" ? "i32" : dtype,
    shape: [rows, ...row],
    data: data.subarray(from * rowElements, (from + rows) * rowElements),
  };
}
