// The programs of a model: one for each purpose and number of rows, traced at its first use over one argument block.

import * as abi from "../../assembly/abi.js";
import { argumentType, type Dataset, writeColumn } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { ModelScope } from "../layers/context.js";
import { tensorFrom } from "../layers/layer.js";
import type { Metric } from "../losses/metrics.js";
import { Tensor } from "../tensors/tensor.js";
import { blockBytes, type Placement, type Program, type Trace, traced } from "../tensors/trace.js";
import { bytesOf, elementCount, halvesOf } from "../values/arrays.js";
import { ShapeError, within } from "../values/errors.js";
import { has } from "../values/options.js";
import type { TrainerMemory, TrainerParts } from "./memory.js";
import { arrangeTensors, placedTensors, stateTensors } from "./parameters.js";

/** How rows lie in the argument block. */
interface Signature {
  readonly inputRow: readonly number[];
  readonly targetRow: readonly number[] | null;
  readonly targetType: "f32" | "f64" | "i32";
}

/** A program and the shape of the model's output in it. */
export interface ModelProgram {
  readonly program: Program;
  readonly shape: readonly number[];
  /**
   * Where numbers lie among its results: in training the loss, of an evaluation the loss, then the metrics; of observed
   * layers their units.
   */
  readonly answers: readonly Answer[];
  /** Whether it draws random numbers. */
  readonly random: boolean;
  /** The layers that are observed, or in a refresh the states that change. */
  readonly names: readonly string[];
}

/** Numbers among the results: a scalar in the trainer's type, sums in f64, or a numerator and a denominator in f64. */
export interface Answer {
  readonly offset: number;
  readonly elements: number;
  readonly dtype: "f32" | "f64";
  /** Whether it is a numerator and a denominator. */
  readonly weighted: boolean;
}

/** What a loss or a metric returned for a batch. */
interface Returned {
  /** What is placed among the results: a scalar, sums, or the two numbers of a weighted mean. */
  readonly tensor: Tensor;
  /** Numerator of a weighted mean. */
  readonly sum?: Tensor;
}

/**
 * "refresh" is a training run for the sake of the running state alone; "observe" one that tells of every observed layer
 * which units are not 0 for all rows.
 */
export type Purpose = "train" | "evaluate" | "predict" | "refresh" | "observe";

/** A run over rows listed at an address, of which `done` of their batch went before. */
export interface RowsRun {
  readonly order: number;
  readonly done: number;
  readonly rows: number;
  /** Updates done, as random numbers count them. */
  readonly step: number;
  /** Address of the weights. */
  readonly weights: number;
}

/** Rows of the runs of a step over a batch, each at most so many, as the core cuts them. @internal */
export function runsOf(rows: number, most: number): number[] {
  const runs = Math.ceil(rows / most);
  return Array.from({ length: runs }, (_, k) => Math.floor(rows / runs) + Number(k < rows % runs));
}

/** A tensor of the trainer's own type, or a sentence that names whose answer it is not. @internal */
export function ownTensor(name: string, answer: unknown, dtype: string): Tensor {
  const tensor = tensorFrom(name, answer);
  if (tensor.dtype === dtype) return tensor;
  throw new TypeError(
    `${name}: answers ${tensor.dtype}, expected ${dtype}, the type of the trainer. Use cast("${dtype}").`,
  );
}

/** A scalar of the trainer's own type. @internal */
export function scalar(name: string, answer: unknown, dtype: string): Tensor {
  const tensor = ownTensor(name, answer, dtype);
  if (tensor.size === 1) return tensor.reshape([]);
  throw new ShapeError(`${name}: must answer a scalar, got shape [${tensor.shape.join(", ")}]. Reduce it with mean().`);
}

/** A mean, or the numerator and the denominator of one, in f64. @internal */
export function meanOf(name: string, answer: unknown, dtype: "f32" | "f64"): Returned {
  if (answer instanceof Tensor || !has(answer, "sum", "weight")) return { tensor: scalar(name, answer, dtype) };
  const parts = answer as Record<"sum" | "weight", unknown>;
  const wide = (what: "sum" | "weight", value: unknown): Tensor => {
    const own = value instanceof Tensor && value.dtype === "f64" ? "f64" : dtype;
    return scalar(`${name}: ${what}`, value, own).cast("f64");
  };
  const sum = wide("sum", parts.sum);
  const weight =
    typeof parts.weight === "number" ? sum.trace.fill(parts.weight, [], "f64") : wide("weight", parts.weight);
  return { sum, tensor: sum.trace.concatenate([sum.reshape([1]), weight.reshape([1])], 0) };
}

/** What a metric returns for a batch: its mean, or its sums widened to f64. */
function measured(metric: Metric, prediction: Tensor, target: Tensor, { dtype, loss }: TrainerParts): Returned {
  const answer: unknown = metric.apply(prediction, target, loss);
  if (!metric.finish) return meanOf(metric.name, answer, dtype);
  const sums = answer instanceof Tensor && answer.dtype === "f64" ? answer : ownTensor(metric.name, answer, dtype);
  if (sums.size === 0) throw new ShapeError(`${metric.name}: answers no sums, expected at least 1 number.`);
  return { tensor: sums.dtype === "f64" ? sums : sums.cast("f64") };
}

/** Traces, keeps and runs what a trainer computes. */
export class ModelPrograms {
  readonly #engine: Engine;
  readonly #memory: TrainerMemory;
  readonly #parts: TrainerParts;
  readonly #programs = new Map<string, ModelProgram>();
  /** Who runs them, for sentences. */
  caller = "trainer";
  /** The largest of the runs that were prepared. */
  largestRun!: ModelProgram;
  #signature: Signature | null = null;
  #capacity = 0;
  #block = 0;
  #targetOffset = 0;
  #warned = false;

  constructor(memory: TrainerMemory, parts: TrainerParts) {
    this.#engine = memory.engine;
    this.#memory = memory;
    this.#parts = parts;
  }

  /** Makes the argument block fit for `rows` rows of this data; programs of another layout are dropped. */
  reserve(data: Dataset, rows: number, withTargets: boolean): void {
    const signature = this.#signatureOf(data, withTargets);
    const same = this.#signature !== null && describe(this.#signature) === describe(signature);
    if (same && rows <= this.#capacity) return;
    const capacity = Math.max(rows, same ? this.#capacity : 0);
    const { inputRow, targetRow, targetType } = signature;
    const inputs = blockBytes(this.#parts.dtype, capacity * elementCount(inputRow));
    const targets = targetRow ? blockBytes(targetType, capacity * elementCount(targetRow)) : 0;
    const block = this.#memory.own(inputs + targets);
    this.#memory.disown(this.#block);
    this.free();
    this.#block = block;
    this.#targetOffset = inputs;
    this.#capacity = capacity;
    this.#signature = signature;
    this.#memory.set(abi.trainerArguments, block);
  }

  #signatureOf(data: Dataset, withTargets: boolean): Signature {
    const [inputs, targets] = data.columns;
    if (withTargets && !targets)
      throw new ShapeError(`${this.caller}: the data has no targets. Give { inputs, targets }.`);
    const { dtype, loss } = this.#parts;
    const kept = this.#signature;
    return {
      inputRow: inputs?.row ?? [],
      targetRow: targets?.row ?? kept?.targetRow ?? null,
      targetType: targets ? argumentType(targets, dtype, loss.targets === "classes") : (kept?.targetType ?? dtype),
    };
  }

  /** The program for a purpose and a number of rows. */
  get(purpose: Purpose, rows: number): ModelProgram {
    const key = `${purpose} ${rows}`;
    let found = this.#programs.get(key);
    if (!found) {
      found = this.#trace(purpose, rows);
      this.#programs.set(key, found);
    }
    return found;
  }

  #trace(purpose: Purpose, rows: number): ModelProgram {
    let shape: readonly number[] = [];
    let answers: Answer[] = [];
    let names: readonly string[] = [];
    let random = false;
    const emitted = (trace: Trace): Placement[] => {
      const emitted = this.#emit(trace, purpose, rows);
      const { results, prediction, weighted = new Set() } = emitted;
      ({ shape } = prediction);
      random = trace.drawsRandom;
      ({ names = [] } = emitted);
      const reported = purpose === "train" ? 1 : purpose === "evaluate" || purpose === "observe" ? results.length : 0;
      answers = results.slice(0, reported).map(({ tensor, offset }) => ({
        offset,
        elements: tensor.size,
        dtype: tensor.dtype as "f32" | "f64",
        weighted: weighted.has(tensor),
      }));
      return results;
    };
    const program = within(this.caller, () => traced(this.#engine, emitted));
    return { program, shape, answers, random, names };
  }

  #emit(
    trace: Trace,
    purpose: Purpose,
    rows: number,
  ): {
    results: Placement[];
    prediction: Tensor;
    names?: readonly string[];
    weighted?: ReadonlySet<Tensor>;
  } {
    const { model, loss, metrics, dtype, optimizer } = this.#parts;
    const { layout, stateLayout } = this.#memory;
    const { inputRow, targetRow, targetType } = this.#signature as Signature;
    const weights = placedTensors(trace, abi.spaceParameters, dtype, layout.parameters);
    const states = stateLayout.entries;
    const named = stateTensors(trace, abi.spaceState, 0, dtype, stateLayout);
    const training = purpose === "train" || purpose === "observe" || purpose === "refresh";
    const scope = new ModelScope(trace, model, training, rows, dtype, named, purpose === "refresh");
    const x = trace.leaf(abi.spaceArguments, 0, dtype, [rows, ...inputRow]);
    const prediction = ownTensor(
      model.name,
      model.apply(arrangeTensors(model.parameters, weights), x, scope.context),
      dtype,
    );
    const results: Placement[] = [];
    const place = (tensor: Tensor, space: number, offset: number): void => {
      results.push({ tensor, space, offset });
    };
    if (purpose === "refresh") {
      const moved = states.filter(({ name }) => scope.next(name) !== named.get(name));
      for (const { name, offset } of moved) place(scope.next(name), abi.spaceResults, bytesOf(dtype, offset));
      return { results, prediction, names: moved.map(({ name }) => name) };
    }
    if (purpose === "predict") {
      if (prediction.shape[0] !== rows)
        throw new ShapeError(
          `${model.name}: must answer one row a sample: got shape [${prediction.shape.join(", ")}] for ${rows} samples. ` +
            "Keep the first axis.",
        );
      place(prediction, abi.spaceResults, 0);
      return { results, prediction };
    }
    if (purpose === "observe") {
      let offset = 0;
      for (const output of scope.observed.values()) {
        const alive = output.reshape([rows, -1]).notEqual(0).cast(dtype).max({ axes: 0 });
        place(alive, abi.spaceResults, offset);
        offset += blockBytes(dtype, alive.size);
      }
      return { results, prediction, names: [...scope.observed.keys()] };
    }
    const y = trace.leaf(abi.spaceArguments, this.#targetOffset, targetType, [rows, ...(targetRow ?? [])]);
    const weighted = new Set<Tensor>();
    const report = ({ tensor, sum }: Returned, offset: number): void => {
      if (sum) weighted.add(tensor);
      place(tensor, abi.spaceResults, offset);
    };
    this.#engine.inspector?.entered("loss");
    const value = meanOf(loss.name, loss.apply(prediction, y), dtype);
    report(value, 0);
    if (purpose === "evaluate") {
      let offset = 64;
      for (const metric of metrics) {
        const answer = measured(metric, prediction, y, this.#parts);
        report(answer, offset);
        offset += blockBytes(answer.tensor.dtype as "f32" | "f64", answer.tensor.size);
      }
      return { results, prediction, weighted };
    }
    const moving = layout.parameters.flatMap(({ frozen, offset }, k) =>
      frozen || optimizer.gradientFree ? [] : [{ weight: weights[k] as Tensor, offset }],
    );
    const gradients = trace.differentiate(
      value.sum ?? value.tensor,
      moving.map(({ weight }) => weight),
    );
    for (const [k, gradient] of gradients.entries())
      place(gradient, abi.spaceGradients, bytesOf(dtype, (moving[k] as (typeof moving)[number]).offset));
    for (const { name, offset } of states) place(scope.next(name), abi.spaceNextState, bytesOf(dtype, offset));
    return { results, prediction, weighted };
  }

  /**
   * Makes ready for steps over this data of the numbers of rows in `batches`: programs for every run that can occur, the
   * gathering, and the accumulator if a step takes several runs. `shuffled` says that the rows of a run are drawn from
   * all of the batch.
   */
  prepareRuns(data: Dataset, batches: readonly number[], shuffled = true): void {
    const largest = Math.max(...batches);
    const micro = Math.min(this.#parts.microBatch, largest);
    if (largest > micro && !shuffled) this.#warnOfRuns(largest, micro);
    const sizes = [...new Set(batches.flatMap((rows) => runsOf(rows, micro)))];
    this.reserve(data, Math.max(...sizes), true);
    const kinds = new Set<boolean>();
    const programs = sizes.flatMap((rows) => {
      const { program, shape, answers } = this.get("train", rows);
      this.checkTargets(data, shape);
      kinds.add(answers[0]?.weighted === true);
      return [rows, program.address];
    });
    this.largestRun = this.get("train", Math.max(...sizes));
    const { loss } = this.#parts;
    if (kinds.size > 1)
      throw new TypeError(`${loss.name}: returns { sum, weight } for some numbers of rows. Return it for all or none.`);
    const memory = this.#memory;
    memory.set(abi.trainerWeighted, Number(kinds.has(true)));
    if (largest > micro) memory.reserveAccumulator();
    for (let k = 0; k < 2 * abi.trainerProgramSlots; k++) memory.set(abi.trainerPrograms + 4 * k, programs[k] ?? 0);
    memory.write({ [abi.trainerMicroBatch]: micro, [abi.trainerStepRows]: 0, [abi.trainerEvaluation]: 0 });
    this.useData(data);
  }

  /** Says once that running statistics, such as those of batch norm, see rows that may be sorted run by run. */
  #warnOfRuns(rows: number, micro: number): void {
    if (this.#warned || this.#memory.stateLayout.elements === 0) return;
    this.#warned = true;
    console.warn(
      `trainer: a batch of ${rows} rows in their order is cut into runs of ${micro}, and batch norm normalizes each run by ` +
        "itself: sorted rows give other results than uncut. Shuffle them, or raise microBatch of createTrainer.",
    );
  }

  /** Points the gathering at this data. */
  useData(data: Dataset): void {
    const { dtype, standardize } = this.#parts;
    const signature = this.#signature as Signature;
    for (const [k, column] of data.columns.entries()) {
      const source = { address: data.addresses[k] as number, type: column.type, rowElements: elementCount(column.row) };
      const target = k === 0 ? { offset: 0, type: dtype } : { offset: this.#targetOffset, type: signature.targetType };
      const at = this.#memory.columns + k * abi.columnBytes;
      writeColumn(this.#engine, at, source, target, k === 0 ? (standardize ?? null) : null);
    }
    this.#memory.set(abi.trainerColumnCount, data.columns.length);
  }

  /** Refuses labels that the model has no output for, and targets that the loss does not take. */
  checkTargets(data: Dataset, outputs: readonly number[]): void {
    const { loss } = this.#parts;
    if (loss.targets !== "classes" || !data.labelRange) {
      data.checkRange(loss);
      return;
    }
    const classes = outputs.at(-1) ?? 0;
    const [least, largest] = data.labelRange;
    if (least >= 0 && largest < classes) return;
    throw new RangeError(
      `${this.caller}: label out of range: got ${least < 0 ? least : largest}, expected 0 .. ${classes - 1} for ${classes} ` +
        "outputs. Check the labels, or widen the last layer.",
    );
  }

  /** Runs a program that changes nothing over `rows` rows of the data from row `from` on. */
  run(program: ModelProgram, data: Dataset, from: number, rows: number, results: number): void {
    const memory = this.#memory;
    const { address: weights } = memory.readsAverage ? memory.average : memory.parameters;
    const step = memory.real(abi.trainerStep);
    this.runRows(program, { order: data.order + 4 * from, done: from, rows, step, weights }, results);
  }

  /** Runs a program that changes nothing over rows of the data that is in use. */
  runRows({ program }: ModelProgram, { order, done, rows, step, weights }: RowsRun, results: number): void {
    const memory = this.#memory;
    const { seed } = this.#parts;
    const block = this.#block;
    this.#engine.call((core) => {
      core.gather(memory.columns, memory.get(abi.trainerColumnCount), block, order, rows);
      core.bindRandom(...halvesOf(seed), ...halvesOf(step), done);
      core.bindSpace(abi.spaceParameters, weights);
      core.bindSpace(abi.spaceState, memory.get(abi.trainerState));
    });
    this.#engine.checked((core) => core.run(program.address, block, results));
  }

  /** The regions of all programs. */
  get regions(): number[] {
    return [...this.#programs.values()].map(({ program }) => program.address);
  }

  /** Gives the programs back. */
  free(): void {
    for (const { program } of this.#programs.values()) program.free();
    this.#programs.clear();
  }
}

function describe({ inputRow, targetRow, targetType }: Signature): string {
  return `${inputRow.join("x")} ${targetRow?.join("x")} ${targetType}`;
}
