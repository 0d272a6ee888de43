// Evaluation: loss and metrics of a data set, predictions, and the recomputation of running state.

import type { Dataset } from "../data/dataset.js";
import { doubleAt } from "../engine/addresses.js";
import type { Loss } from "../losses/classes.js";
import type { Metric } from "../losses/metrics.js";
import { recordOf } from "../tensors/named.js";
import { blockBytes, readArray } from "../tensors/trace.js";
import { arrayTypes, elementCount, type NDArray, type TypedArray, viewOf } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { arrayOf } from "../values/lines.js";
import { shown } from "../values/options.js";
import type { TrainerInternals } from "./internals.js";
import { checkNamed } from "./namedArrays.js";
import type { ModelProgram, ResultBlock } from "./purposes.js";
import { writeLayerNumbers, writeScheduled } from "./schedules.js";

/**
 * Mean loss and metrics over samples; a metric with `finish` is the value of its sums. `penalty` is that of the weights, if
 * the trainer has one; it is not part of the loss.
 */
export type Evaluation<Results extends string = string> = {
  /** Mean loss of the samples, without the penalty. */
  readonly loss: number;
  /** Penalty of the weights, if the trainer has one. */
  readonly penalty?: number;
} & { readonly [result in Results]: number };

/** A run of an evaluation. */
export interface EvaluationRun {
  readonly program: ModelProgram;
  /** First row. */
  readonly from: number;
  readonly rows: number;
}

/** Maximum rows of a run. */
export const chunkRows = 256;

/** Evaluates a model. */
export class Evaluator {
  readonly #trainer: TrainerInternals;

  constructor(trainer: TrainerInternals) {
    this.#trainer = trainer;
  }

  /** Prepares the evaluation of a data set; throws if it does not fit the model. */
  prepare(data: Dataset): void {
    const { programs } = this.#trainer;
    this.#reserve(data, chunkOf(data.rows), true);
    programs.checkTargets(data, programs.get("evaluate", chunkOf(data.rows)).outputs);
  }

  /** Reserves for runs of at most `rows` rows of the data, and writes what they read beside it. */
  #reserve(data: Dataset, rows: number, withTargets = false): void {
    const { programs } = this.#trainer;
    programs.reserve(data, rows, withTargets);
    programs.useData(data);
    writeLayerNumbers(this.#trainer);
  }

  /** Returns loss, penalty and metrics. */
  evaluate(data: Dataset): Evaluation {
    const { engine, programs } = this.#trainer;
    this.prepare(data);
    return engine.borrow(this.resultBytes(data), (results) =>
      this.combine(data, ({ program, from, rows }) => {
        programs.run(program, data, from, rows, results);
        return [engine.bytes, results];
      }),
    );
  }

  /** The runs that evaluate a data set. */
  runs(data: Dataset): EvaluationRun[] {
    const { programs } = this.#trainer;
    return chunksOf(data.rows).map((chunk) => ({ ...chunk, program: programs.get("evaluate", chunk.rows) }));
  }

  /** Bytes of the results of a run. */
  resultBytes(data: Dataset, purpose: "evaluate" | "predict" = "evaluate"): number {
    const last = this.#trainer.programs.get(purpose, chunkOf(data.rows)).results.at(-1);
    return last ? last.offset + blockBytes(last.dtype, last.elements) : 0;
  }

  /** Combines the results of all runs, which `run` leaves at an address of some bytes. */
  combine(
    data: Dataset,
    run: (part: EvaluationRun) => [bytes: Uint8Array, at: number],
    runs = this.runs(data),
  ): Evaluation {
    const { metrics, loss } = this.#trainer.options;
    const blocks = (runs[0] as EvaluationRun).program.results;
    const totals = blocks.map(({ elements }) => new Float64Array(elements));
    for (const part of runs) {
      for (const [k, { elements }] of part.program.results.entries()) {
        const { length } = totals[k] as Float64Array;
        if (elements !== length)
          throw new ShapeError(
            `${(metrics[k - 1] ?? loss).name}: returns ${elements} sums for ${part.rows} rows and ${length} for ` +
              `${chunkOf(data.rows)}, expected the same number for any number of rows. Sum over the rows.`,
          );
      }
      const [bytes, at] = run(part);
      for (const [k, { offset, elements, dtype, weighted }] of part.program.results.entries()) {
        const isSum = weighted || (k === 0 ? loss.reduction === "sum" : metrics[k - 1]?.finish !== undefined);
        const total = totals[k] as Float64Array;
        for (const [i, value] of viewOf(bytes.buffer, dtype, at + offset, elements).entries())
          total[i] = (total[i] as number) + (isSum ? value : part.rows * value);
      }
    }
    const [mean, ...values] = [loss, ...metrics].map((part, k) =>
      finished(part, totals[k] as Float64Array, data.rows, blocks[k]?.weighted === true),
    );
    const named = Object.fromEntries(metrics.map(({ name }, k) => [name, values[k] as number]));
    const total = loss.total?.(named, (name) => this.#layerNumber(name));
    return { loss: total ?? (mean as number), ...this.#penalty(), ...named };
  }

  /** Scheduled number of a layer or of the loss, as written last. */
  #layerNumber(name: string): number {
    const { engine, memory } = this.#trainer;
    const at = doubleAt(memory.layerNumbers);
    return engine.doubles[at + memory.stateLayout.scheduled.findIndex((entry) => entry.name === name)] as number;
  }

  /** The penalty of the weights that programs read; nothing if the trainer has none. */
  #penalty(): { readonly penalty?: number } {
    const { engine, memory } = this.#trainer;
    if (!memory.layout.penalized) return {};
    writeScheduled(this.#trainer);
    const { address } = memory.weights();
    return { penalty: engine.call((core) => core.penalty(memory.record, address)) };
  }

  /** Returns label and probabilities of one sample. */
  classify(data: Dataset): { label: number; probabilities: number[] } {
    const { engine, programs } = this.#trainer;
    this.#reserve(data, 1);
    const { outputs } = programs.get("predict", 1);
    if (outputs.length > 1) throw new ShapeError(`classify: the model has ${outputs.length} outputs. Use predict.`);
    const program = programs.get("classify", 1);
    const classes = elementCount(program.outputs[0]?.[1] as number[]);
    if (classes < 2) throw new ShapeError("classify: the model returns 1 score, expected one per class. Use predict.");
    const labelAt = blockBytes("f64", classes);
    return engine.borrow(labelAt + 8, (results) => {
      programs.run(program, data, 0, 1, results);
      const [label] = readArray(engine, results + labelAt, "i32", 1);
      return { label: label as number, probabilities: [...readArray(engine, results, "f64", classes)] };
    });
  }

  /** Returns the output of the model, or outputs by name. */
  predict(data: Dataset): NDArray | Record<string, NDArray> {
    const { engine, programs, options } = this.#trainer;
    const { dtype } = options;
    this.#reserve(data, chunkOf(data.rows));
    const { outputs } = programs.get("predict", chunkOf(data.rows));
    const all = outputs.map(([name, [, ...row]]) => {
      const width = elementCount(row);
      const out: TypedArray = new arrayTypes[dtype](data.rows * width);
      return { name, width, out, array: arrayOf(out, [data.rows, ...row]) };
    });
    engine.borrow(this.resultBytes(data, "predict"), (results) => {
      for (const { from, rows } of chunksOf(data.rows)) {
        const program = programs.get("predict", rows);
        programs.run(program, data, from, rows, results);
        for (const [k, { width, out }] of all.entries()) {
          const { offset } = program.results[k] as ResultBlock;
          out.set(readArray(engine, results + offset, dtype, rows * width), from * width);
        }
      }
    });
    return recordOf(all.map(({ name, array }) => [name, array]));
  }

  /** Replaces the running state by its mean over batches of at most `batchSize` rows. */
  refreshState(where: string, data: Dataset, batchSize: number): void {
    const { engine, memory, programs, options } = this.#trainer;
    const { dtype } = options;
    const { elements, entries } = memory.stateLayout;
    if (elements === 0) return;
    const batches = Math.ceil(data.rows / batchSize);
    const start = (k: number): number => Math.floor((k * data.rows) / batches);
    this.#reserve(data, Math.ceil(data.rows / batches));
    const means = new Float64Array(elements);
    engine.borrow(blockBytes(dtype, elements), (results) => {
      for (let k = 0; k < batches; k++) {
        const rows = start(k + 1) - start(k);
        programs.run(programs.get("refresh", rows), data, start(k), rows, results);
        for (const [i, value] of readArray(engine, results, dtype, elements).entries())
          means[i] = (means[i] as number) + value * (rows / data.rows);
      }
    });
    const { names } = programs.get("refresh", start(1));
    const changed = entries.filter(({ name }) => names.includes(name));
    const named = changed.map(({ name, shape, offset, elements: size }) => {
      const data = means.subarray(offset, offset + size);
      return [name, { data, shape }] as const;
    });
    checkNamed(engine, where, memory.state, Object.fromEntries(named))();
  }
}

/** Returns the value of the loss or of a metric over all samples: its mean, or `finish` of its sums. */
function finished(metric: Metric | Loss, sums: Float64Array, rows: number, weighted: boolean): number {
  if (!("finish" in metric) || !metric.finish) {
    const weight = weighted ? (sums[1] as number) : rows;
    if (weight !== 0) return (sums[0] as number) / weight;
    throw new RangeError(`${metric.name}: the weights of all samples sum to 0. Check the weights.`);
  }
  const value: unknown = metric.finish(sums, rows);
  if (typeof value === "number") return value;
  throw new TypeError(`${metric.name}: finish must return a number, got ${shown(value)}.`);
}

/** Rows of the next chunk of those left: 256, then powers of two, so that few programs suffice for any number. */
function chunkOf(left: number): number {
  return left >= chunkRows ? chunkRows : 2 ** (31 - Math.clz32(left));
}

/** Splits rows into chunks of few different sizes. */
export function chunksOf(rows: number): { from: number; rows: number }[] {
  const chunks: { from: number; rows: number }[] = [];
  for (let from = 0; from < rows; from += chunkOf(rows - from)) chunks.push({ from, rows: chunkOf(rows - from) });
  return chunks;
}
