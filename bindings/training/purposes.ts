// The programs of a model: what is traced for each purpose.

import * as abi from "../../assembly/abi.js";
import type { Augmentation, AugmentedRows } from "../data/augmentation.js";
import { ModelScope } from "../layers/context.js";
import { tensorFrom } from "../layers/layer.js";
import type { Loss } from "../losses/classes.js";
import { ignoring, spread } from "../losses/means.js";
import type { Metric } from "../losses/metrics.js";
import { Tensor } from "../tensors/tensor.js";
import { blockBytes, type Placement, type Program, type Trace, traced } from "../tensors/trace.js";
import { bytesOf } from "../values/arrays.js";
import { ShapeError, within } from "../values/errors.js";
import { has } from "../values/options.js";
import type { TrainerMemory } from "./memory.js";
import { arrangeTensors, type StoredArray, stateTensors, storedTensors } from "./parameters.js";
import type { TrainerParts } from "./parts.js";
import { standardized } from "./standardize.js";

/** Type of a column in the argument block, and the shape of one sample. */
export interface Argument {
  readonly type: "f32" | "f64" | "i32";
  readonly row: readonly number[];
}

/** Columns of the argument block. */
export interface Signature {
  /** Inputs, targets and weights; null if there are none. */
  readonly columns: readonly (Argument | null)[];
  /** Scheduled numbers of the augmentation. */
  readonly scheduled: number;
}

/** The data that all programs of a trainer share. */
export interface ProgramContext extends Signature {
  readonly memory: TrainerMemory;
  readonly parts: TrainerParts;
  /** Offsets of the columns in the argument block, and of the scheduled numbers of the augmentation. */
  readonly offsets: readonly number[];
  /** Augmentation of this program. */
  readonly augmentation: Augmentation | undefined;
  /** Largest value of a pixel for it. */
  readonly peak: number;
}

/** A program of the model. */
export interface ModelProgram {
  readonly program: Program;
  /** Shape of the model's output. */
  readonly shape: readonly number[];
  /**
   * Blocks of its results that are read: of "train" the loss, of "evaluate" the loss and then the metrics, of "observe" the
   * units of every observed layer.
   */
  readonly results: readonly ResultBlock[];
  /** True if it draws random numbers, or partners. */
  readonly random: boolean;
  /** True if its rows are augmented. */
  readonly augmented: boolean;
  /** Names of the observed layers, or in "refresh" of the state that changes. */
  readonly names: readonly string[];
}

/** A block of results: a scalar in the trainer's type, sums in f64, or numerator and denominator of a mean in f64. */
export interface ResultBlock {
  readonly offset: number;
  readonly elements: number;
  readonly dtype: "f32" | "f64";
  /** True if it is a numerator and a denominator. */
  readonly weighted: boolean;
}

/** The value of a loss or a metric for a batch. */
interface BatchValue {
  /** Tensor among the results: a scalar, sums, or numerator and denominator of a weighted mean. */
  readonly tensor: Tensor;
  /** Numerator of a weighted mean. */
  readonly sum?: Tensor;
}

/**
 * Purpose of a program that applies the model: "refresh" is a training run that only computes the running state, "observe" one
 * that returns for every unit of the observed layers whether it is 0 for all rows.
 */
type ModelPurpose = "train" | "evaluate" | "predict" | "classify" | "refresh" | "observe";

/** Purpose of a program; "preview" returns the augmented inputs, and the shares of the rows if they are mixed. */
export type Purpose = ModelPurpose | "preview";

/** True if programs of the purpose see augmented rows. */
export function augments(purpose: Purpose): boolean {
  return purpose === "train" || purpose === "observe" || purpose === "preview";
}

/** A program while it is traced: the model was applied. */
interface Tracing extends ProgramContext {
  readonly trace: Trace;
  readonly rows: number;
  readonly scope: ModelScope;
  readonly weights: readonly Tensor[];
  /** Running state before this run. */
  readonly state: ReadonlyMap<string, Tensor>;
  readonly prediction: Tensor;
  readonly mixed: AugmentedRows["mixed"];
}

/** Results of a trace. */
interface Traced {
  readonly results: Placement[];
  /** The values that are read: the first results, in order. */
  readonly read?: readonly BatchValue[];
  readonly names?: readonly string[];
}

/** Returns the value if it is a tensor of the trainer's type. @throws TypeError  naming the function that returned it */
export function ownTensor(name: string, value: unknown, dtype: string): Tensor {
  const tensor = tensorFrom(name, value);
  if (tensor.dtype === dtype) return tensor;
  throw new TypeError(
    `${name}: returns ${tensor.dtype}, expected ${dtype}, the type of the trainer. Use cast("${dtype}").`,
  );
}

/** Returns the value as a scalar of the trainer's type. */
export function scalar(name: string, value: unknown, dtype: string): Tensor {
  const tensor = ownTensor(name, value, dtype);
  if (tensor.size === 1) return tensor.reshape([]);
  throw new ShapeError(`${name}: must return a scalar, got shape [${tensor.shape.join(", ")}]. Reduce it with mean().`);
}

/** Returns a mean, or numerator and denominator of one in f64. */
export function meanOf(name: string, value: unknown, dtype: "f32" | "f64"): BatchValue {
  if (value instanceof Tensor || !has(value, "sum", "weight")) return { tensor: scalar(name, value, dtype) };
  const parts = value as Record<"sum" | "weight", unknown>;
  const wide = (part: "sum" | "weight"): Tensor => {
    const given = parts[part];
    const own = given instanceof Tensor && given.dtype === "f64" ? "f64" : dtype;
    return scalar(`${name}: ${part}`, given, own).cast("f64");
  };
  const sum = wide("sum");
  const weight = typeof parts.weight === "number" ? sum.trace.fill(parts.weight, [], "f64") : wide("weight");
  return { sum, tensor: sum.trace.concatenate([sum.reshape([1]), weight.reshape([1])], 0) };
}

/** Returns the value of a loss or a metric, which takes weights as its last parameter and then returns two sums, or sums. */
function taken(part: Loss | Metric, last: number, weights: Tensor | undefined, value: unknown): unknown {
  if (!weights || (part.apply.length >= last && ("finish" in part || has(value, "sum", "weight")))) return value;
  throw new TypeError(`${part.name}: takes no weights. Return { sum, weight } from apply(…, weights).`);
}

/** Returns the value of a metric for a batch: its mean, or its sums in f64. */
function metricOf({ name, finish }: Metric, value: unknown, dtype: "f32" | "f64"): BatchValue {
  if (!finish) return meanOf(name, value, dtype);
  const sums = value instanceof Tensor && value.dtype === "f64" ? value : ownTensor(name, value, dtype);
  if (sums.size === 0) throw new ShapeError(`${name}: returns no sums, expected at least 1 number.`);
  return { tensor: sums.dtype === "f64" ? sums : sums.cast("f64") };
}

/**
 * Applies a loss. Predictions of weight 0 are 0, so that what they would be has no influence on loss and gradient. Returns the
 * value, and the value of a metric.
 */
export function lossOver(
  loss: Loss,
  output: Tensor,
  labels: Tensor,
  given: Tensor | undefined,
  dtype: "f32" | "f64",
): { value: BatchValue; metric: (metric: Metric) => BatchValue } {
  const { target, weights } = ignoring(loss.name, loss.ignoreIndex, labels, given, dtype);
  const x = weights ? spread(loss.name, weights, output).where(output, 0) : output;
  return {
    value: meanOf(loss.name, taken(loss, 3, weights, loss.apply(x, labels, given)), dtype),
    metric: (metric) => metricOf(metric, taken(metric, 4, weights, metric.apply(x, target, loss, weights)), dtype),
  };
}

/** Traces and plans the program for a purpose and some of the rows of the data; a ShapeError has the shapes of all rows. */
export function traceModel(
  context: ProgramContext,
  caller: string,
  purpose: Purpose,
  rows: number,
  allRows: number,
): ModelProgram {
  let found!: Omit<ModelProgram, "program">;
  const augmented = context.augmentation !== undefined;
  const emitted = (trace: Trace, rows: number): Placement[] => {
    const tracing = purpose === "preview" ? null : applyModel(context, trace, purpose, rows);
    const {
      results,
      read = [],
      names = [],
    } = tracing ? emitters[purpose as ModelPurpose](tracing) : emitPreview(readInputs(context, trace, rows));
    const blocks = read.map(({ tensor, sum }, k) => ({
      offset: (results[k] as Placement).offset,
      elements: tensor.size,
      dtype: tensor.dtype as "f32" | "f64",
      weighted: sum !== undefined,
    }));
    found = {
      shape: (tracing?.prediction ?? (results[0] as Placement).tensor).shape,
      results: blocks,
      random: trace.drawsRandom || Boolean(tracing?.mixed),
      augmented,
      names,
    };
    return results;
  };
  const tracedFor = (rows: number): Program =>
    within(caller, () => traced(context.memory.engine, (trace) => emitted(trace, rows)));
  try {
    const program = tracedFor(rows);
    return { program, ...found };
  } catch (error) {
    if (!(error instanceof ShapeError) || rows === allRows) throw error;
    try {
      tracedFor(allRows).free();
    } catch (other) {
      if (other instanceof ShapeError) throw other;
    }
    throw error;
  }
}

/** Traces the model over the rows of the argument block. */
function applyModel(context: ProgramContext, trace: Trace, purpose: ModelPurpose, rows: number): Tracing {
  const { parts } = context;
  const { layout, stateLayout } = context.memory;
  const { model, dtype } = parts;
  const weights = storedTensors(trace, abi.spaceParameters, dtype, layout.parameters);
  const state = stateTensors(trace, abi.spaceState, 0, dtype, stateLayout);
  const training = purpose !== "evaluate" && purpose !== "predict" && purpose !== "classify";
  const scope = new ModelScope(trace, model, training, rows, dtype, state, purpose === "refresh");
  const { x, mixed } = readInputs(context, trace, rows);
  const own = scope.context; // what follows belongs to the model
  const inputs = standardized(x, parts.standardize, context.augmentation !== undefined);
  const output = model.apply(arrangeTensors(model.parameters, weights), inputs, own);
  return { ...context, trace, rows, scope, weights, state, mixed, prediction: ownTensor(model.name, output, dtype) };
}

/** Rows of column k in the argument block. */
function readColumn({ columns, offsets }: ProgramContext, trace: Trace, k: number, rows: number): Tensor {
  const { type, row } = columns[k] as Argument;
  return trace.leaf(abi.spaceArguments, offsets[k] as number, type, [rows, ...row]);
}

/** The inputs in the argument block, augmented if the program has an augmentation. */
function readInputs(context: ProgramContext, trace: Trace, rows: number): AugmentedRows {
  const { augmentation, peak, offsets } = context;
  const read = (rows: number): Tensor => readColumn(context, trace, 0, rows);
  const number = (k: number): Tensor => trace.leaf(abi.spaceArguments, (offsets[3] as number) + 8 * k, "f64", []);
  return augmentation ? augmentation.apply({ rows, read, number, peak }) : { x: read(rows), mixed: null };
}

/** The augmented inputs, and the shares. */
function emitPreview({ x, mixed }: AugmentedRows): Traced {
  return { results: inResults(mixed ? [{ tensor: x }, { tensor: mixed.share.cast("f64") }] : [{ tensor: x }]) };
}

/** Traces the loss, a weighted mean or a scalar. */
function emitLoss(tracing: Tracing) {
  const { trace, rows, prediction, parts, memory, columns, mixed } = tracing;
  const { loss, dtype } = parts;
  const targets = readColumn(tracing, trace, 1, mixed ? 2 * rows : rows);
  const target = mixed ? mixed.targets(targets, prediction, loss) : targets;
  memory.engine.inspector?.entered("loss");
  const weights = columns[2] ? readColumn(tracing, trace, 2, rows) : undefined;
  return lossOver(loss, prediction, target, weights, dtype);
}

/** Places values one after the other in the results. */
function inResults(values: readonly BatchValue[]): Placement[] {
  let next = 0;
  return values.map(({ tensor }) => {
    const offset = next;
    next += blockBytes(tensor.dtype, tensor.size);
    return { tensor, space: abi.spaceResults, offset };
  });
}

/** Places a tensor for each array at the offset of the array. */
function inArena(space: number, arrays: readonly StoredArray[], tensorOf: (array: StoredArray, k: number) => Tensor) {
  return arrays.map((array, k): Placement => {
    const tensor = tensorOf(array, k);
    return { tensor, space, offset: bytesOf(tensor.dtype, array.offset) };
  });
}

function nextState(
  { scope, memory }: Tracing,
  space: number,
  entries: readonly StoredArray[] = memory.stateLayout.entries,
): Placement[] {
  return inArena(space, entries, ({ name }) => scope.next(name));
}

/** The trace of each purpose, after the model. */
const emitters: Record<ModelPurpose, (tracing: Tracing) => Traced> = {
  /** The loss, its gradients and the next running state. */
  train(tracing) {
    const { trace, weights, memory, parts } = tracing;
    const { value } = emitLoss(tracing);
    const trained = memory.layout.parameters.filter(({ frozen }) => !frozen && !parts.optimizer.gradientFree);
    const gradients = trace.differentiate(
      value.sum ?? value.tensor,
      trained.map(({ index }) => weights[index] as Tensor),
    );
    const results = inResults([value]);
    results.push(...inArena(abi.spaceGradients, trained, (_, k) => gradients[k] as Tensor));
    results.push(...nextState(tracing, abi.spaceNextState));
    return { results, read: [value] };
  },
  /** The loss and the metrics. */
  evaluate(tracing) {
    const { parts } = tracing;
    const { value, metric } = emitLoss(tracing);
    const read = [value, ...parts.metrics.map(metric)];
    return { results: inResults(read), read };
  },
  predict({ parts, rows, prediction }) {
    if (prediction.shape[0] !== rows)
      throw new ShapeError(
        `${parts.model.name}: must return one row per sample: got shape [${prediction.shape.join(", ")}] for ${rows} ` +
          "samples. Keep the first axis.",
      );
    return { results: inResults([{ tensor: prediction }]) };
  },
  /** The running state that the model changes. */
  refresh(tracing) {
    const { scope, state, memory } = tracing;
    const changed = memory.stateLayout.entries.filter(({ name }) => scope.next(name) !== state.get(name));
    return { results: nextState(tracing, abi.spaceResults, changed), names: changed.map(({ name }) => name) };
  },
  /** The softmax of the outputs in f64, and the index of the largest. */
  classify({ prediction }) {
    const outputs = prediction.reshape([-1]);
    return { results: inResults([{ tensor: outputs.cast("f64").softmax() }, { tensor: outputs.argMax() }]) };
  },
  /** For every unit of the observed layers 1 if it is not 0 for some row, else 0. */
  observe({ parts, rows, scope }) {
    const read = Array.from(scope.observed.values(), (output) => ({
      tensor: output.reshape([rows, -1]).notEqual(0).cast(parts.dtype).max({ axes: 0 }),
    }));
    return { results: inResults(read), read, names: [...scope.observed.keys()] };
  },
};
